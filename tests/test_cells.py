"""Dates and numbers as the registry says they are written; a day that is none stays as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from everycase.cells import cell_sql, wanted_of
from everycase.project import load
from everycase.registry import Reader

SUITE = load(Path(__file__).parents[1]).suite_of("police_recorded_crime")
DAY = next(s for s in SUITE.fields.values() if s.type == "date")


def written(value, spec, kind="delimited", **reader):
    sql, repair = cell_sql("c", spec, "x", Reader(**reader), kind)
    (found,) = duckdb.execute(f"SELECT {sql} FROM (SELECT ?::VARCHAR AS c)", [value]).fetchone()
    return found, repair


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("dd/mm/yyyy", "29/02/2020", "2020-02-29"),
        ("dd/mm/yyyy", "1/3/2020 ", "2020-03-01"),
        ("dd/mm/yyyy", "31/02/2020", "31/02/2020"),
        ("dd/mm/yyyy", "2020-02-29", "2020-02-29"),
        ("mm/dd/yyyy", "02/29/2020", "2020-02-29"),
        ("yyyymmdd", "20200229", "2020-02-29"),
        ("excel", "43890", "2020-02-29"),
        ("excel", "43890.75", "2020-02-29"),
        ("excel", "59", "1900-02-28"),
        ("excel", "60", "60"),
        ("excel", "61", "1900-03-01"),
        ("excel1904", "42428", "2020-02-29"),
        ("excel", None, None),
    ],
)
def test_a_date_is_read_as_the_registry_says(form, value, expected):
    found, repair = written(value, DAY, dates={"x": form})
    assert found == expected
    assert repair is not None
    assert repair.kind == "dates"


def test_the_dates_of_a_workbook_take_the_form_of_the_suite():
    other = replace(DAY, formats=("%d/%m/%Y",))
    assert written("2020-02-29", other, kind="spreadsheet") == ("29/02/2020", None)
    assert written("2020-02-30", other, kind="spreadsheet") == ("2020-02-30", None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1,234", "1234"), ("-1,234,567.5", "-1234567.5"), ("12,34", "12,34"), ("1234", "1234"), ("x", "x")],
)
def test_separators_of_thousands_are_left_out_of_numbers_only(value, expected):
    assert written(value, replace(DAY, type="integer"), thousands=",")[0] == expected
    assert written(value, replace(DAY, type="text"), thousands=",") == (value, None)


def test_codes_that_may_have_lost_a_zero_are_known():
    wanted = wanted_of(SUITE, {name: name for name in SUITE.fields})
    assert set(wanted.types) == set(SUITE.fields)
    for column, short in wanted.padded.items():
        codes = SUITE.fields[column].codelist.codes
        assert all(code not in codes for code in short)
