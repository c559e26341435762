"""Reasons chosen in the return workbook: counted for the records that still fail, and never free text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest
from hostile import CANARY

from everycase.errors import UsageError
from everycase.outcome import Status
from everycase.reporting import return_reasons, return_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from everycase.run import Run


def filled(run: Run, path: Path, *reasons: str) -> Path:
    """Write the workbook of the crimes, and choose reasons from the top of the list of what needs explaining."""
    path.touch()
    checked = run.checked[0]
    return_xlsx.write(run, run.project.reports.writes("return_xlsx")[0][0], checked, path)
    book = openpyxl.load_workbook(path)
    sheet = book["Check and explain"]
    column = next(c.column for c in sheet[2] if c.value == "Reason")
    for place, reason in enumerate(reasons):
        sheet.cell(3 + place, column).value = reason
    book.save(path)
    return path


def explained(run: Run) -> dict[str, dict[str, int]]:
    return {r.code: dict(r.explained) for r in run.result().sources[0].rules if r.explained}


def test_reasons_are_counted_for_the_records_they_were_given_for(start: Callable[..., Run], tmp_path: Path) -> None:
    book = filled(start(), tmp_path / "r.xlsx", "R1: =It is so", "R2: It was: asked")
    run = start()
    assert return_reasons.take_in(run, [book]) == {"crimes": 0}
    assert explained(run) == {"OWN1": {"R1": 1, "R2": 1}}
    rule = next(r for r in run.result().sources[0].rules if r.code == "OWN1")
    assert rule.settled
    assert rule.status is Status.FAILED


def test_what_is_not_explained_in_full_stays_to_be_explained(start: Callable[..., Run], tmp_path: Path) -> None:
    book = filled(start(), tmp_path / "r.xlsx", "R1: =It is so")
    run = start()
    return_reasons.take_in(run, [book])
    assert explained(run) == {"OWN1": {"R1": 1}}
    assert not next(r for r in run.result().sources[0].rules if r.code == "OWN1").settled


def test_an_extract_made_again_is_known_by_its_keys(start: Callable[..., Run], tmp_path: Path) -> None:
    book = filled(start(), tmp_path / "r.xlsx", "R1: =It is so", "R2: It was: asked")
    extract = start().project.root / "crimes.csv"
    head, first, *rest = extract.read_text(encoding="utf-8").split("\n")
    moved = tmp_path / "crimes.csv"
    moved.write_text("\n".join([head, *rest[-2:-1], first, *rest]), encoding="utf-8")
    run = start("crimes", crimes=moved)
    assert return_reasons.take_in(run, [book]) == {"crimes": 0}
    assert explained(run) == {"OWN1": {"R1": 1, "R2": 1}}


def test_a_reason_for_what_fails_no_more_is_left_over(start: Callable[..., Run], tmp_path: Path) -> None:
    book = filled(start(), tmp_path / "r.xlsx", "R1: =It is so", "R2: It was: asked")
    mended = tmp_path / "crimes.csv"
    text = (start().project.root / "crimes.csv").read_text(encoding="utf-8")
    mended.write_text(text.replace("=1+1,X", "=1+1,F"), encoding="utf-8")
    run = start("crimes", crimes=mended)
    assert return_reasons.take_in(run, [book]) == {"crimes": 1}
    assert explained(run) == {"OWN1": {"R2": 1}}


def test_free_text_is_refused_and_not_repeated(start: Callable[..., Run], tmp_path: Path) -> None:
    book = filled(start(), tmp_path / "r.xlsx", f"{CANARY} told me")
    with pytest.raises(UsageError) as caught:
        return_reasons.take_in(start(), [book])
    assert caught.value.slug == "reason-unknown"
    assert "line 3" in str(caught.value)
    assert CANARY not in str(caught.value)


def test_another_file_is_refused_without_its_name(start: Callable[..., Run], tmp_path: Path) -> None:
    for name, content in ((f"{CANARY}.xlsx", b"no workbook"), (f"{CANARY}2.xlsx", None)):
        path = tmp_path / name
        if content is None:
            openpyxl.Workbook().save(path)
        else:
            path.write_bytes(content)
        with pytest.raises(UsageError) as caught:
            return_reasons.take_in(start(), [path])
        assert caught.value.slug == "reasons-unusable"
        assert CANARY not in str(caught.value)


def test_the_workbook_of_another_source_is_refused(start: Callable[..., Run], tmp_path: Path) -> None:
    book = filled(start(), tmp_path / "r.xlsx", "R1: =It is so")
    with pytest.raises(UsageError, match="not checked now"):
        return_reasons.take_in(start("quiet"), [book])


def test_a_return_that_is_explained_can_be_sent_and_says_by_what(start: Callable[..., Run], tmp_path: Path) -> None:
    book = filled(start(), tmp_path / "r.xlsx", "R1: =It is so", "R2: It was: asked")
    run = start()
    return_reasons.take_in(run, [book])
    again = openpyxl.load_workbook(filled(run, tmp_path / "again.xlsx"))
    said = [str(c) for sheet in again for row in sheet.iter_rows(values_only=True) for c in row if c is not None]
    assert any("R1: 1, R2: 1" in s for s in said)
    assert "Explained" in said
    sentence = next(s for s in said if s.startswith("This return"))
    assert "to explain" not in sentence
