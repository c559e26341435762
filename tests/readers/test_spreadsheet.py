"""Workbooks: the right sheet and header, cells as text, rows as the owner's program shows them, losses said."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pandas as pd
import pytest
import xlsxwriter
import xlwt
from front_door import CANARY, repairs
from msoffcrypto.format.ooxml import OOXMLFile

NAMES = ("crime_ref", "sex", "dob")


def workbook(path, sheets, *, hide=(), merge=(), hidden_sheets=()):
    """Write an .xlsx: sheet -> rows, where a cell may be a text, a number, a truth or a date."""
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, (dt.date, dt.datetime)):
                    sheet.write_datetime(r, c, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(r, c, cell)
                elif cell is not None:
                    sheet.write(r, c, cell)
        for row in hide:
            sheet.set_row(row - 1, None, None, {"hidden": True})
        for area in merge:
            sheet.merge_range(area, rows[0][0])
        if name in hidden_sheets:
            sheet.hide()
    book.close()
    return path


def locked(path, password):
    """Protect an .xlsx by a password."""
    plain = path.read_bytes()
    with path.open("wb") as output:
        OOXMLFile(io.BytesIO(plain)).encrypt(password, output)
    return path


def unlock(word):
    return {"password": word}


def test_cells_become_text_and_rows_keep_their_numbers(tmp_path, read):
    path = workbook(tmp_path / "x.xlsx", {"Data": [
        ["Return of March"], [], [*NAMES, "n"], ["A1", "F", dt.date(2020, 2, 29), 12], [], ["A2", "M", None, 1.5],
        ["A3", "", dt.datetime(2020, 1, 2, 3, 4, 5), True],  # noqa: DTZ001 - a workbook knows no zone
    ]})  # fmt: skip
    opened, rows = read(path, NAMES)
    assert opened.columns == (*NAMES, "n")
    assert rows == [
        ("A1", "F", "2020-02-29", "12"),
        ("A2", "M", None, "1.5"),
        ("A3", None, "2020-01-02 03:04:05", "TRUE"),
    ]
    assert [opened.row_of(i) for i in range(3)] == [4, 6, 7]
    assert repairs(opened)["header_found"] == 2
    assert repairs(opened)["blank_lines"] == 1


def test_a_header_of_two_rows_with_merged_cells_is_joined(tmp_path, read):
    path = workbook(tmp_path / "x.xlsx", {"Data": [["Victim", None, "Crime"], ["Sex", "Age", "Ref"], ["F", 30, "A1"]]},
                    merge=["A1:B1"])  # fmt: skip
    opened, rows = read(path, ("Victim Sex", "Victim Age", "Crime Ref"))
    assert opened.columns == ("Victim Sex", "Victim Age", "Crime Ref")
    assert rows == [("F", "30", "A1")]
    assert opened.first_row == 3


@pytest.mark.parametrize("sheet", ["Data", "dat*"])
def test_the_sheet_is_named_or_fits_a_pattern(tmp_path, read, sheet):
    path = workbook(tmp_path / "x.xlsx", {"Notes": [["read me"]], "Data": [["sex"], ["F"]]})
    assert read(path, ("sex",), sheet=sheet)[1] == [("F",)]


def test_the_sheet_with_the_wanted_columns_is_chosen_and_said(tmp_path, read):
    sheets = {"Notes": [["read me"], [CANARY]], "Data": [["sex"], ["F"]], "Old": [["sex"], ["M"]]}
    opened, rows = read(workbook(tmp_path / "x.xlsx", sheets, hidden_sheets=["Old"]), ("sex",))
    assert rows == [("F",)]
    assert [r.detail for r in opened.repairs if r.kind == "sheet_chosen"] == ["of 3 sheets one was read; 1 are hidden"]


def test_two_sheets_alike_are_refused(tmp_path, refused):
    path = workbook(tmp_path / "x.xlsx", {"Jan": [["sex"], [CANARY]], "Feb": [["sex"], ["M"]]})
    assert refused(path, ("sex",)).slug == "sheet-unclear"
    assert refused(path, ("sex",), sheet="Mar").slug == "sheet-unclear"


def test_hidden_rows_are_counted_and_read(tmp_path, read):
    path = workbook(tmp_path / "x.xlsx", {"Data": [["sex"], ["F"], ["M"], ["F"]]}, hide=[1, 2, 4])
    opened, rows = read(path, ("sex",))
    assert len(rows) == 3
    assert repairs(opened)["hidden_rows"] == 2


def test_hidden_rows_of_a_long_sheet_are_counted(tmp_path, read):
    path = workbook(tmp_path / "x.xlsx", {"Data": [["sex"], *([["F" * 40]] * 40_000)]}, hide=[2, 20_000, 39_999])
    opened, rows = read(path, ("sex",))
    assert len(rows) == 40_000
    assert repairs(opened)["hidden_rows"] == 3


def test_zeros_and_digits_that_were_lost_are_reported(tmp_path, read):
    rows = [["ethnic", "code", "ref"], [1, "01", 1234567890123456789], ["02", 2, 5]]
    opened, found = read(workbook(tmp_path / "x.xlsx", {"D": rows}), ("ethnic",), {"code": frozenset({"2"})})
    assert found[0][:2] == ("1", "01")
    told = [(r.kind, r.count) for r in opened.repairs]
    assert told.count(("leading_zeros", 1)) == 2
    assert ("digits_lost", 1) in told
    assert told.count(("numbers_as_text", 1)) == 2


def test_a_row_of_totals_is_left_out(tmp_path, read):
    path = workbook(tmp_path / "x.xlsx", {"D": [["sex", "n"], ["F", 1], ["M", 2], ["Total", 3], []]})
    opened, rows = read(path, ("sex", "n"))
    assert rows == [("F", "1"), ("M", "2")]
    assert repairs(opened)["totals_row"] == 1


def test_a_locked_workbook_opens_with_its_password_only(tmp_path, read, refused):
    path = locked(workbook(tmp_path / "x.xlsx", {"D": [["sex", "n"], ["F", CANARY]]}), "secret-Qz")
    assert refused(path, ("sex",)).slug == "workbook-locked"
    wrong = refused(path, ("sex",), **unlock("other-Qz"))
    assert wrong.slug == "workbook-locked"
    assert "other-Qz" not in str(wrong)
    opened, rows = read(path, ("sex",), **unlock("secret-Qz"))
    assert rows == [("F", CANARY)]
    assert "secret-Qz" not in repr(opened)


@pytest.mark.parametrize("repeat", [1, 3])
def test_an_old_workbook_is_read(tmp_path, read, repeat):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Blätter" if repeat > 1 else "Data")
    for r, row in enumerate([["sex", "n"], *([["F", 1]] * repeat)]):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    sheet.write(repeat + 1, 0, dt.date(2020, 1, 2), xlwt.easyxf(num_format_str="dd/mm/yyyy"))
    sheet.row(repeat).hidden = True
    book.save(str(tmp_path / "x.xls"))
    opened, rows = read(tmp_path / "x.xls", ("sex", "n"))
    assert rows == [*[("F", "1")] * repeat, ("2020-01-02", None)]
    assert repairs(opened)["hidden_rows"] == 1


def test_an_open_document_is_read(tmp_path, read):
    pd.DataFrame({"sex": ["F", "M"], "n": ["01", 2]}).to_excel(tmp_path / "x.ods", engine="odf", index=False)
    opened, rows = read(tmp_path / "x.ods", ("sex", "n"))
    assert rows == [("F", "01"), ("M", "2")]
    assert "leading_zeros" in repairs(opened)


def test_broken_and_empty_workbooks_are_refused(tmp_path, refused):
    path = workbook(tmp_path / "x.xlsx", {"D": [["sex", "n"], ["F", CANARY]]})
    whole = path.read_bytes()
    for cut in (10, 300, len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:cut])
        assert refused(path, ("sex",)).slug in {"workbook-broken", "archive-broken", "archive-unclear"}
    assert refused(workbook(tmp_path / "e.xlsx", {"D": []}), ("sex",)).slug == "extract-empty"
    twice = workbook(tmp_path / "t.xlsx", {"D": [["sex", "sex"], ["F", CANARY]]})
    assert refused(twice, ("sex",)).slug == "header-duplicate"
    beyond = workbook(tmp_path / "b.xlsx", {"D": [["sex", "n"], ["F", 1, CANARY]]})
    assert refused(beyond, ("sex",)).slug == "ragged-row"
    again = workbook(tmp_path / "a.xlsx", {"D": [["sex", "n"], ["F", 1], ["sex", "n"], ["M", CANARY]]})
    assert refused(again, ("sex",)).slug == "header-repeated"


def test_a_workbook_that_unpacks_to_a_trap_is_refused(tmp_path, refused):
    path = workbook(tmp_path / "x.xlsx", {"D": [["sex"], ["F"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/trap.xml", "w") as output:
        for _ in range(1100):
            output.write(bytes(1 << 20))
    assert refused(path, ("sex",)).slug == "archive-bomb"


def test_a_first_row_that_may_be_a_record_is_never_quoted(tmp_path, read):
    rows = [[CANARY, "2020-01-01"], ["02", "x"], [1, "y"]]
    opened, _ = read(workbook(tmp_path / "x.xlsx", {"D": rows}), ("sex",))
    assert "leading_zeros" in repairs(opened)
    assert CANARY not in "".join(r.detail for r in opened.repairs)
