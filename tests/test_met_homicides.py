"""The published table of homicides in London: its figures come out, and nothing that it cannot tell is claimed."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from everycase.outcome import Counts, Status
from everycase.project import load
from everycase.run import Options, run
from everycase.testing import failing_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycase.outcome import FieldTally, SourceResult
    from everycase.run import Run

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "mps_homicides_2003_2023.csv"
SOURCE = "met_homicides"

pytestmark = pytest.mark.skipif(not DATA.is_file(), reason="the table of homicides is not beside this checkout")


@pytest.fixture(scope="module")
def opened() -> Iterator[Run]:
    options = Options(as_of=dt.date(2026, 6, 15), sources=(SOURCE,), extracts={SOURCE: DATA})
    with run(load(ROOT), options) as open_run:
        yield open_run


@pytest.fixture(scope="module")
def result(opened: Run) -> SourceResult:
    return opened.result().sources[0]


@pytest.fixture(scope="module")
def supplied() -> list[dict[str, str]]:
    with DATA.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def tally(result: SourceResult, name: str) -> FieldTally:
    return next(f.tally for f in result.fields if f.name == name)


def test_the_flag_stands_on_472_of_2670(result: SourceResult) -> None:
    assert result.records == tally(result, "da_flag").known == 2_670
    project = load(ROOT)
    project.sources[SOURCE] = project.sources[SOURCE].model_copy(update={"group_by": ["victim_sex"]})
    with run(project, Options(as_of=dt.date(2026, 6, 15), sources=(SOURCE,), extracts={SOURCE: DATA})) as grouped:
        groups = grouped.result().sources[0].groups
    assert {g.value: g.rules["FLG05.victim"].applicable for g in groups} == {"Female": 347, "Male": 125}
    flagged = next(r for r in result.rules if r.code == "FLG05.victim")
    assert flagged.counts.applicable == 472


def test_a_placeholder_is_not_known_although_no_cell_is_blank(
    result: SourceResult, supplied: list[dict[str, str]]
) -> None:
    assert all(cell.strip() for row in supplied for cell in row.values())
    for name, unknown in (("method", 141), ("ethnicity", 23)):
        found = tally(result, name)
        assert (found.supplied, found.valid, found.known) == (2_670, 2_670, 2_670 - unknown)
        assert {k: n for k, n in found.not_known.items() if n} == {"not_known": unknown}
    complete = {f.name for f in result.fields if f.tally.known == 2_670}
    assert complete == {f.name for f in result.fields} - {"method", "ethnicity"}


def test_children_with_the_flag_are_a_query_and_bands_across_16_cannot_be_judged(result: SourceResult) -> None:
    outcome = next(r for r in result.rules if r.code == "FLG05.victim")
    assert (outcome.status, outcome.severity) == (Status.FAILED, "query")
    assert outcome.counts == Counts(passing=418, failing=4, undetermined=50)
    assert result.status is Status.PASSED


def test_the_children_are_named_by_their_rows(opened: Run, supplied: list[dict[str, str]]) -> None:
    rows = failing_rows(opened.checked[0], "FLG05.victim")
    expected = [
        number
        for number, row in enumerate(supplied, start=2)
        if (row["Age_Group"], row["Domestic_Abuse"]) == ("Child", "Domestic Abuse")
    ]
    assert rows == expected
    assert len(rows) == 4


def test_identical_records_are_no_duplicates_where_nothing_identifies_a_record(
    opened: Run, result: SourceResult, supplied: list[dict[str, str]]
) -> None:
    times = Counter(tuple(row.values()) for row in supplied)
    assert len(supplied) - len(times) == 306
    assert opened.checked[0].keys == ()
    assert not [r.code for r in result.rules if r.dimension == "uniqueness"]


def test_a_year_written_as_a_decimal_is_a_number(result: SourceResult, supplied: list[dict[str, str]]) -> None:
    assert {row["Year"][-2:] for row in supplied} == {".0"}
    assert tally(result, "year").valid == 2_670


def test_every_value_of_the_extract_is_in_its_code_list(result: SourceResult) -> None:
    assert all(f.tally.valid == f.tally.supplied for f in result.fields)
    assert not [r.code for r in result.rules if r.code.startswith("CMP02") and r.counts.failing]
