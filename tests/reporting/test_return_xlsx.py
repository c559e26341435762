"""The return workbook: what to do first, each failing record once a rule, real tables, and no cell that computes."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hostile import CANARY

from everycase.codelists import Code, Codelist
from everycase.disclosure import FORMULA_STARTS
from everycase.outcome import Counts, Status
from everycase.reporting import return_xlsx
from everycase.reporting.book import Book, Column
from everycase.reporting.return_view import KINDS, View, kind_of, narrowed, nearest_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from everycase.run import Run

LISTS = ("Must fix", "Check and explain", "Worth a look")


def write(run: Run, source: str, path: Path) -> Path:
    path.touch(0o600)
    checked = next(c for c in run.checked if c.result.id == source)
    report = run.project.reports.writes("return_xlsx")[0][0]
    return_xlsx.write(run, report, checked, path)
    return path


def opened(run: Run, source: str, path: Path) -> Workbook:
    return openpyxl.load_workbook(write(run, source, path))


def listed(book: Workbook) -> list[dict[str, object]]:
    rows = []
    for name in LISTS:
        if name in book.sheetnames:
            head, *body = list(book[name].iter_rows(min_row=2, values_only=True))
            rows += [{"list": name, **dict(zip(head, row, strict=True))} for row in body]
    return rows


@pytest.fixture
def hostile(open_run: Run, tmp_path: Path) -> Workbook:
    return opened(open_run, "crimes", tmp_path / "return.xlsx")


def test_every_failing_record_stands_once_for_each_rule(sampled: Run, tmp_path: Path) -> None:
    for checked in sampled.checked:
        if checked.result.id not in {"police_recorded_crime", "looked_after_children"}:
            continue
        book = opened(sampled, checked.result.id, tmp_path / f"{checked.result.id}.xlsx")
        counted = {r.code: r.counts.failing for r in checked.result.rules if r.counts.failing}
        rows = listed(book)
        assert Counter(r["Rule"] for r in rows) == counted
        assert len({(r["Row"], r.get("Table"), r["Rule"], r["Key"]) for r in rows}) == len(rows)
        for code, failing in counted.items():
            if code in book.sheetnames:
                assert sum(1 for r in book[code].iter_rows(values_only=True) if isinstance(r[0], int)) == failing


def test_the_summary_says_what_comes_first_and_all_its_numbers_add_up(sampled: Run, tmp_path: Path) -> None:
    book = opened(sampled, "police_recorded_crime", tmp_path / "return.xlsx")
    result = next(c.result for c in sampled.checked if c.result.id == "police_recorded_crime")
    said = [str(c) for row in book["Summary"].iter_rows(values_only=True) for c in row if c is not None]
    sentence = next(s for s in said if s.startswith("This return"))
    fix, records = re.match(
        r"This return cannot be sent yet: (\d+) things to fix in (\d+) records, ", sentence
    ).groups()
    errors = [r for r in result.failed() if r.severity == "error"]
    rows = [r for r in listed(book) if r["list"] == "Must fix"]
    assert int(fix) == len(errors) == len({r["Rule"] for r in rows})
    assert int(records) == len({r["Row"] for r in rows})
    assert any(s.startswith(f"Start with {errors[0].code}: ") for s in said)
    table = next(iter(book["Summary"].tables.values()))
    head, *body = [[c.value for c in row] for row in book["Summary"][table.ref]]
    total = sum(row[head.index("Failing")] for row in body)
    assert total == sum(r.counts.failing for r in result.rules) == len(listed(book))


def test_tables_are_real_with_filters_and_heads_that_stay(sampled: Run, tmp_path: Path) -> None:
    book = opened(sampled, "police_recorded_crime", tmp_path / "return.xlsx")
    names = [t for sheet in book for t in sheet.tables]
    assert len(names) == len(set(names))
    for name in LISTS:
        (table,) = book[name].tables.values()
        assert table.autoFilter is not None
        assert book[name].freeze_panes == "A3"
        assert book[name].column_dimensions["B"].width > 20
        assert book[name].print_title_rows == "$2:$2"
    assert all(len(n) <= 31 for n in book.sheetnames)
    links = [c.hyperlink.location for row in book["Summary"] for c in row if c.hyperlink]
    assert {name.split("!")[0].strip("'") for name in links} <= set(book.sheetnames)


def test_reasons_are_chosen_from_the_list(hostile: Workbook) -> None:
    sheet = hostile["Check and explain"]
    (choice,) = sheet.data_validations.dataValidation
    assert choice.type == "list"
    found = re.fullmatch(r"'Reasons'!\$A\$(\d+):\$A\$(\d+)", choice.formula1)
    assert found is not None
    cells = [hostile["Reasons"][f"A{n}"].value for n in range(int(found[1]), int(found[2]) + 1)]
    assert cells == ["R1: =It is so", "R2: It was: asked"]
    assert str(choice.sqref) == "G3:G4"
    assert {r["Reason"] for r in listed(hostile) if r["list"] == "Check and explain"} == {None}


def test_no_cell_computes_and_no_key_begins_like_a_formula(open_run: Run, hostile: Workbook, tmp_path: Path) -> None:
    cells = [c for sheet in hostile for row in sheet for c in row if c.value is not None]
    assert {c.data_type for c in cells} <= {"s", "n"}
    assert not [r["Key"] for r in listed(hostile) if str(r["Key"]).startswith(FORMULA_STARTS)]
    with zipfile.ZipFile(write(open_run, "crimes", tmp_path / "again.xlsx")) as parts:
        text = b"".join(parts.read(n) for n in parts.namelist())
    assert b"<f>" not in text
    assert CANARY.encode() not in text
    assert b"externalLink" not in text


def test_codes_outside_the_list_stand_with_the_nearest(hostile: Workbook) -> None:
    rows = {(r[0], r[1]): r[2:] for r in hostile["Codes not recognised"].iter_rows(min_row=3, values_only=True)}
    assert rows["Sex", "Q"] == (2, None)
    assert rows["Area <i>of</i> force", "not shown, might be a name"][0] > 0


@pytest.mark.parametrize(
    ("value", "nearest"),
    [("f", "F"), ("M", "M"), ("1", "01"), ("female", "F"), ("Femal", "F"), ("Unk", "U"), ("Q", None), ("", None)],
)
def test_the_nearest_code_is_like_the_value_or_its_meaning(value: str, nearest: str | None) -> None:
    codes = {"F": "Female", "M": "Male", "U": "Unknown", "01": "First", "10": "Tenth"}
    found = nearest_code(value, Codelist("x", "x", None, {c: Code(c, m, "known") for c, m in codes.items()}))  # type: ignore[arg-type]
    assert (found.code if found else None) == nearest


def test_the_same_run_gives_the_same_bytes(sampled: Run, tmp_path: Path) -> None:
    one, two = (write(sampled, "domestic_homicides", tmp_path / f"{n}.xlsx").read_bytes() for n in "ab")
    assert one == two


def test_what_does_not_fit_is_said_and_counted(sampled: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(return_xlsx, "MOST_LINES", 25)
    monkeypatch.setattr(return_xlsx, "MOST_OF_RULE", 2)
    book = opened(sampled, "police_recorded_crime", tmp_path / "return.xlsx")
    result = next(c.result for c in sampled.checked if c.result.id == "police_recorded_crime")
    failing = sum(r.counts.failing for r in result.rules)
    assert len(listed(book)) == 25
    said = [str(c) for row in book["Summary"].iter_rows(values_only=True) for c in row if c is not None]
    (cut,) = [s for s in said if s.startswith("The lists show")]
    assert cut.startswith(f"The lists show 25 failing records; {failing - 25} more are in failing.csv beside this ")
    table = next(iter(book["Summary"].tables.values()))
    head, *body = [[c.value for c in row] for row in book["Summary"][table.ref]]
    assert sum(row[head.index("Failing")] for row in body) == failing


def test_a_clean_return_can_be_sent(open_run: Run, tmp_path: Path) -> None:
    book = opened(open_run, "quiet", tmp_path / "return.xlsx")
    said = [c for row in book["Summary"].iter_rows(values_only=True) for c in row if c is not None]
    assert any(str(s).startswith("This return can be sent: ") for s in said)
    assert not set(LISTS) & set(book.sheetnames)


def test_a_source_that_could_not_be_read_cannot_be_sent(start: Callable[..., Run], tmp_path: Path) -> None:
    book = opened(start("crimes", crimes=tmp_path / "absent.csv"), "crimes", tmp_path / "return.xlsx")
    said = " ".join(str(c) for row in book["Summary"].iter_rows(values_only=True) for c in row if c is not None)
    assert "This return could not be checked" in said
    assert "See docs/errors.md#" in said
    assert "can be sent" not in said


def test_a_rule_that_could_not_be_checked_keeps_it_from_being_sent(open_run: Run) -> None:
    source = open_run.result().sources[1]
    rule = dataclasses.replace(
        source.rules[0], status=Status.COULD_NOT_CHECK, reason="it has no column", counts=Counts()
    )
    view = View.of(dataclasses.replace(source, rules=(rule,), status=Status.COULD_NOT_CHECK), {})
    assert not view.sendable
    assert view.sentence == "This return cannot be sent yet: 1 rule could not be checked."


def test_without_leave_no_key_is_shown(open_run: Run, tmp_path: Path) -> None:
    report = open_run.project.reports.writes("return_xlsx")[0][0].model_copy(update={"redaction": "none"})
    path = tmp_path / "return.xlsx"
    path.touch()
    return_xlsx.write(open_run, report, open_run.checked[0], path)
    rows = listed(openpyxl.load_workbook(path))
    assert rows
    assert {r["Key"] for r in rows} == {None}


def test_the_parts_of_suppliers_make_the_whole(sampled: Run) -> None:
    source = next(c.result for c in sampled.checked if c.result.id == "police_recorded_crime")
    parts = [narrowed(source, g) for g in source.groups]
    assert sum(p.records for p in parts) == source.records
    for place, rule in enumerate(source.rules):
        if rule.code in source.groups[0].rules:
            assert sum(p.rules[place].counts.failing for p in parts) == rule.counts.failing
    assert all(kind_of(r) in KINDS for p in parts for r in p.rules)


def test_a_half_made_workbook_is_not_finished_later(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.touch()

    def fail() -> None:
        with Book(path, "x", "2026-11-23") as book:
            book.sheet("one").table([Column("a", 5)], [["x"]])
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert path.read_bytes() == b""


def cells(sheet: Worksheet) -> list[list[object]]:
    """Give what is filled in, row by row; a share is kept to fewer digits by some programs."""
    rows = [
        [round(c, 9) if isinstance(c, float) else c for c in row if c is not None]
        for row in sheet.iter_rows(values_only=True)
    ]
    return [r for r in rows if r]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_finds_every_cell(open_run: Run, tmp_path: Path) -> None:
    path = write(open_run, "crimes", tmp_path / "return.xlsx")
    before = openpyxl.load_workbook(path)
    home = f"-env:UserInstallation=file://{tmp_path / 'home'}"
    command = ["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "again"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "rror" not in done.stdout + done.stderr
    after = openpyxl.load_workbook(tmp_path / "again" / "return.xlsx")
    assert after.sheetnames == before.sheetnames
    for sheet in before:
        assert cells(after[sheet.title]) == cells(sheet)
        assert len(after[sheet.title].data_validations.dataValidation) == len(sheet.data_validations.dataValidation)
