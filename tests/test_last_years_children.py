"""Looked-after children with last year's header as a file of its own, as a comment in the registry describes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from support import ROOT

from everycase.outcome import Status
from everycase.project import Place, load_place
from everycase.registry import Reader, Registry, Table
from everycase.run import Options, run
from everycase.testing import failing_rows

SOURCE = "looked_after_children"
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB,DEC,SEX_ADOPTR,LS_ADOPTR\n"
THIS_YEAR = HEADER + (
    "1,1,01/06/2012,WBRI,A801200120001,,,,,\n"
    "2,2,01/06/2012,WBRI,P801200120002,0,,,,\n"
    "3,1,02/06/2012,WBRI,A801200120001,,,,,\n"
    "4,1,01/06/2012,WBRI,UN4,,,,,\n"
)
LAST_YEAR = (
    "CHILD,SEX,DOB,ETHNIC,UPN\n"
    "4,1,01/06/2012,WBRI,A801200120001\n"
    "3,1,01/06/2012,WBRI,A801200120001\n"
    "2,1,01/06/2012,WBRI,P801200120002\n"
)


@pytest.fixture
def checked(tmp_path):
    """Give a function that checks a folder of this year's header and last year's."""

    def opened(last_year):
        project = load_place(Place(ROOT, "named"))
        source = project.sources[SOURCE]
        tables = {
            "header": Table(file="header.csv"),
            "previous": Table(file="header_last_year.csv", join={"CHILD": "header.CHILD"}),
        }
        columns = {
            f"previous.{c.removeprefix('PREVIOUS_')}" if c.startswith("PREVIOUS_") else f"header.{c}": f
            for c, f in source.columns.items()
        }
        changed = {"reader": Reader(records="header", tables=tables), "columns": columns}
        registry = Registry(project.registry.entry, project.registry.document)
        registry.sources = {**project.sources, SOURCE: source.model_copy(update=changed)}
        (tmp_path / "header.csv").write_text(THIS_YEAR, encoding="utf-8")
        (tmp_path / "header_last_year.csv").write_text(last_year, encoding="utf-8")
        options = Options(as_of=dt.date(2026, 6, 15), sources=(SOURCE,), extracts={SOURCE: tmp_path})
        return run(replace(project, registry=registry), options)

    return opened


def test_what_last_year_said_is_compared_child_by_child(checked):
    with checked(LAST_YEAR) as opened:
        (source,) = opened.checked
        assert source.result.problem is None
        assert source.result.records == 4
        found = {code: failing_rows(source, f"DRF01.{code}") for code in ("sex", "dob", "upn", "ethnic")}
        official = {r.code: r.official for r in source.rules}
    assert found == {"sex": [3], "dob": [4], "upn": [5], "ethnic": []}
    assert [official[f"DRF01.{code}"] for code in ("sex", "dob", "upn")] == ["202", "203", "208"]


def test_without_a_file_of_last_year_nothing_is_compared(checked):
    with checked(LAST_YEAR.splitlines()[0] + "\n") as opened:
        source = opened.result().sources[0]
    compared = [r for r in source.rules if r.code.startswith("DRF01")]
    assert source.problem is None
    assert {r.status for r in compared} == {Status.NOT_APPLICABLE}
