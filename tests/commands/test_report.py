"""A report written again from its result is the report, byte for byte; from nothing else, and never more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from everycase.cli import run_command

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = str(Path(__file__).parents[2])
DAY = "2026-06-15"


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a check of one source, whose extract is gone."""
    folder = tmp_path_factory.mktemp("checked")
    made = ["--out", str(folder / "extracts"), "--as-of", DAY, "--project", ROOT]
    assert run_command(["sample", "police_recorded_crime", "--rows", "1500", *made]) == 0
    extract = folder / "extracts" / "police_recorded_crime.csv"
    asked = ["--extract", f"police_recorded_crime={extract}", "--as-of", DAY, "--out", str(folder / "out")]
    code = run_command(["check", "police_recorded_crime", "--no-gx", "-q", "--project", ROOT, *asked])
    assert code == 1
    extract.unlink()
    return folder / "out"


@pytest.fixture
def again(checked: Path, tmp_path: Path) -> Callable[..., tuple[int, Path]]:
    def begin(*options: str) -> tuple[int, Path]:
        out = tmp_path / "again"
        return run_command(
            ["report", str(checked / "result.json"), "--project", ROOT, "--out", str(out), *options]
        ), out

    return begin


@pytest.mark.parametrize(("name", "file"), [("auditor", "scorecard.html"), ("gate", "result.json")])
def test_the_same_bytes_come_out(checked: Path, again: Callable[..., tuple[int, Path]], name: str, file: str) -> None:
    code, out = again("--report", name)
    assert code == 0
    assert (out / file).read_bytes() == (checked / file).read_bytes()


def test_the_owners_records_are_not_made_up(
    again: Callable[..., tuple[int, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = again("--report", "owner")
    said = capsys.readouterr().err
    assert "failing.csv" in said or "lists records" in said
    assert code in {0, 2}
    assert not (out / "failing.csv").exists()


def test_other_thresholds_change_verdicts_and_no_count(checked: Path, again: Callable[..., tuple[int, Path]]) -> None:
    before = json.loads((checked / "result.json").read_text(encoding="utf-8"))
    failed = [r["code"] for r in before["sources"][0]["rules"] if r["status"] == "failed"]
    options = [o for c in failed for o in ("--threshold", f"{c}=1")]
    code, out = again("--report", "gate", *options)
    assert code == 0
    after = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert after["run"]["status"] == "passed"
    for one, other in zip(before["sources"][0]["rules"], after["sources"][0]["rules"], strict=True):
        assert one["failing"] == other["failing"]
        assert other["status"] in {"passed", "not_applicable"}


@pytest.mark.parametrize(
    ("options", "slug"),
    [
        (("--report", "auditors"), "unknown-report"),
        (("--threshold", "FLG02"), "wrong-threshold"),
        (("--threshold", "FLG02=7"), "wrong-threshold"),
        (("--threshold", "FLG99=0.5"), "unknown-rule"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    again: Callable[..., tuple[int, Path]], capsys: pytest.CaptureFixture[str], options: tuple[str, ...], slug: str
) -> None:
    code, out = again(*options)
    assert code == 2
    assert f"errors.md#{slug}" in capsys.readouterr().err
    assert not out.exists()
