"""The set of a run: every output of every report definition, for its owner alone, never a value beside the key."""

from __future__ import annotations

import stat
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from hostile import CANARY

from everycase.errors import CouldNotCheckError, UsageError
from everycase.reporting import FROM_RECORDS, FROM_RESULT, FROM_SOURCES, bundle, failing_csv, scorecard_html

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from everycase.run import Run


def content(path: Path) -> bytes:
    """Give the bytes of a file, those of the parts where it is a workbook."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as parts:
        return b"".join(parts.read(name) for name in parts.namelist())


def test_everything_is_written_at_once(open_run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    written = bundle.publish(open_run, out, {"gx/crimes.json": b"{}\n"})
    names = ["failing.csv", "gx/crimes.json", "result.json", "return/crimes.xlsx", "return/quiet.xlsx",
             "scorecard.html"]  # fmt: skip
    assert written == [out / n for n in names]
    assert (out / "gx/crimes.json").read_bytes() == b"{}\n"
    found = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert found == [".everycase", *names]
    if sys.platform != "win32":
        assert {stat.S_IMODE(p.stat().st_mode) for p in out.rglob("*") if p.is_file()} == {0o600}


def test_the_same_run_gives_the_same_bytes_but_for_its_id_and_time(start: Callable[..., Run], tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        open_run = start()
        bundle.publish(open_run, tmp_path / name)
        result = open_run.result()
        moment = (result.id, result.started, result.started.replace("T", " ").removesuffix("+00:00"))
        found = {}
        for path in sorted(p for p in (tmp_path / name).rglob("*") if p.is_file()):
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            for part in moment:
                text = text.replace(part, "-")
            found[path.relative_to(tmp_path / name).as_posix()] = text
        texts.append(found)
    assert texts[0] == texts[1]


def test_no_value_beside_the_key_is_in_any_file(open_run: Run, tmp_path: Path) -> None:
    for path in bundle.publish(open_run, tmp_path / "out"):
        assert CANARY.encode() not in content(path), path.name


def test_keys_are_in_the_owners_file_alone(open_run: Run, tmp_path: Path) -> None:
    for path in bundle.publish(open_run, tmp_path / "out"):
        shown = b"two\nlines" in content(path) or b"two?lines" in content(path)
        assert shown == (path.name in {"failing.csv", "crimes.xlsx"})


def test_a_format_that_fails_leaves_the_previous_set(
    open_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    bundle.publish(open_run, out)
    before = {p.name: p.read_bytes() for p in out.rglob("*") if p.is_file()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scorecard_html, "render", full)
    with pytest.raises(CouldNotCheckError, match="disk is full"):
        bundle.publish(open_run, out)
    assert {p.name: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_an_unusable_folder_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError):
        bundle.refuse_unusable(tmp_path)
    bundle.refuse_unusable(tmp_path / "new")
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_every_format_of_the_definitions_has_one_renderer() -> None:
    from typing import get_args

    from everycase.reports import PROTECTED, Format

    assert sorted([*FROM_RECORDS, *FROM_RESULT, *FROM_SOURCES, *PROTECTED]) == sorted(get_args(Format))
    assert FROM_RECORDS["failing_csv"] is failing_csv
