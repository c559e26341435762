"""Every repair and every refusal of the table in docs/reading.md is brought about here by an extract like it."""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest
from front_door import CANARY, repairs
from test_kinds import FRAME, LAYOUT, fetched, made_sqlite
from test_lines import put, zipped
from test_spreadsheet import locked, unlock, workbook

from everycase import reading_pages
from everycase.error_pages import PAGES
from everycase.errors import ExtractError
from everycase.readers import Wanted, no_records
from everycase.readers.opening import open_file
from everycase.readers.spreadsheet import write_sheet
from everycase.readers.xml import XmlTable, read_xml
from everycase.registry import Reader
from everycase.tables import _xml_repairs as xml_repairs

SOURCE = Path(reading_pages.__file__).parent
NAMES = ("ref", "sex")
PLAIN = "ref,sex\nA1,F\nA2,M\n"
BODY = f"ref,sex\nA1,{CANARY}\nA2,M\n"


def put_text(text):
    return lambda folder: (put(folder / "x.csv", text), {})


def sheets(rows, reader=None, **more):
    return lambda folder: (workbook(folder / "x.xlsx", rows, **more), reader or {})


def labelled(folder):
    import pyreadstat

    pyreadstat.write_sav(pd.DataFrame({"ref": [1.0], "sex": [2.0]}), folder / "x.sav",
                         variable_value_labels={"sex": {2: "F"}})  # fmt: skip
    return folder / "x.sav", {}


REPAIRED = {
    "blank_lines": put_text("ref,sex\nA1,F\n\nA2,M\n"),
    "bom": put_text(b"\xef\xbb\xbf" + PLAIN.encode()),
    "delimiter": put_text(PLAIN.replace(",", ";")),
    "digits_lost": sheets({"D": [["ref", "sex"], [1234567890123456789, "F"]]}),
    "encoding": put_text("ref,sex\nA1,É\n".encode("cp1252")),
    "full": put_text("ref,sex\n" + "A1,F\n" * 1_048_575),
    "header_found": put_text("Return of March\n" + PLAIN),
    "header_joined": put_text("Victim,,\nref,sex,age\nA1,F,3\n"),
    "header_trimmed": put_text(PLAIN.replace("ref,", "ref ,")),
    "header_unnamed": put_text("ref,,sex\nA1,1,F\n"),
    "hidden_rows": sheets({"D": [["ref", "sex"], ["A1", "F"]]}, hide=[2]),
    "labels": labelled,
    "leading_zeros": sheets({"D": [["ref", "sex"], ["02", "F"], [1, "M"]]}),
    "line_endings": put_text("ref,sex\nA1,F\r\nA2,M\n"),
    "numbers_as_text": sheets({"D": [["ref", "sex"], ["02", "F"], [1, "M"]]}),
    "sheet_chosen": sheets({"Notes": [["x"]], "D": [["ref", "sex"], ["A1", "F"]]}),
    "short_lines": lambda folder: (put(folder / "x.txt", "0001 F\nA2\n"), {"kind": "fixed_width", "layout": LAYOUT}),
    "totals_row": put_text(PLAIN + "Total,2\n"),
    "unlocked": lambda folder: (
        locked(workbook(folder / "x.xlsx", {"D": [["ref", "sex"], ["A1", "F"]]}), "w"), unlock("w")
    ),
    "unpacked": lambda folder: (put(folder / "x.gz", gzip.compress(PLAIN.encode())), {}),
}  # fmt: skip
#: repairs that only a whole run tells, and where they are tried
ELSEWHERE = {"dates": "test_cells", "thousands": "test_cells", "trimmed": "test_", "unmatched": "test_joined",
             "repeated_elements": "test_", "schema": "test_", "stray_text": "test_"}  # fmt: skip


def test_the_tables_hold_all_that_readers_say():
    files = [*SOURCE.glob("readers/*.py"), SOURCE / "cells.py", SOURCE / "loading.py", SOURCE / "tables.py"]
    text = "".join(f.read_text(encoding="utf-8") for f in files)
    assert set(re.findall(r'Repair\(\s*"([a-z_]+)"', text)) == set(reading_pages.REPAIRS)
    assert set(REPAIRED) | set(ELSEWHERE) | {"orphans", "line_ends_in_cells"} == set(reading_pages.REPAIRS)
    read = "".join(f.read_text(encoding="utf-8") for f in SOURCE.glob("readers/*.py"))
    said = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', read)) & set(PAGES)
    assert said - {"records-lost"} <= set(reading_pages.REFUSALS)
    assert set(reading_pages.REFUSALS) <= set(PAGES)
    assert set(REFUSED) == set(reading_pages.REFUSALS)


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_what_only_a_run_tells_is_tried_in_its_tests(kind):
    tests = [p for p in Path(__file__).parents[1].rglob(f"{ELSEWHERE[kind]}*.py") if p != Path(__file__)]
    assert any(kind in p.read_text(encoding="utf-8") for p in tests)


def test_line_ends_in_cells_are_kept_and_counted(tmp_path, check, extracts):
    lines = extracts["met_homicides"].extract.read_text(encoding="utf-8").splitlines()
    path = put(tmp_path / "x.csv", "\n".join([f"{lines[0]},note", f'{lines[1]},"two\nlines"', f"{lines[2]},"]))
    check("met_homicides", met_homicides=path)
    (source,) = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))["sources"]
    told = {r["kind"]: r["count"] for r in source["extract"]["repairs"]}
    assert told["line_ends_in_cells"] == 1


def test_records_outside_of_what_they_belong_to_are_counted(tmp_path):
    path = put(tmp_path / "x.xml", "<a><c><d>1</d></c><b><d>2</d><c><d>3</d></c></b></a>")
    tables = {"b": XmlTable("a/b", "", ("d",)), "c": XmlTable("a/c", "b", ("d",))}
    found = read_xml(path, tables, lambda *_: None)
    assert {r.kind: r.count for r in xml_repairs(found)}["orphans"] == found.orphans == 1


@pytest.mark.parametrize("kind", REPAIRED)
def test_a_repair_is_made_and_said(tmp_path, read, kind):
    path, reader = REPAIRED[kind](tmp_path)
    opened, rows = read(path, ("ref", "sex", "Victim ref", "Victim sex", "Victim age"), **reader)
    assert kind in repairs(opened)
    assert rows


def truncated(folder):
    FRAME.to_parquet(folder / "w.parquet")
    return put(folder / "x.parquet", (folder / "w.parquet").read_bytes()[:-9]), {}


def listed(folder):
    pd.DataFrame({"ref": [["a"]]}).to_parquet(folder / "x.parquet")
    return folder / "x.parquet", {}


def fraction(folder):
    pd.DataFrame({"ref": [1.5]}).to_parquet(folder / "x.parquet")
    return folder / "x.parquet", {}


def bomb(folder):
    with gzip.open(folder / "x.gz", "wb") as output:
        for _ in range(300):
            output.write(bytes(1 << 20))
    return folder / "x.gz", {}


def locked_zip(folder):
    content = bytearray(zipped(folder / "x.zip", {"x.csv": BODY}).read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + place] |= 1
    return put(folder / "x.zip", bytes(content)), {}


def broken_book(folder):
    whole = workbook(folder / "w.xlsx", {"D": [["ref", "sex"], ["A1", CANARY]]}).read_bytes()
    return put(folder / "x.xlsx", whole[:300] + whole[900:]), {"kind": "spreadsheet"}


def database(**asked):
    def ask(folder):
        reader = {"url": made_sqlite(folder / "x.db"), "table": "crimes"} | asked
        if "query" in reader:
            del reader["table"]
        private = folder / "private"
        return lambda: fetched(private, **reader)

    return ask


def xml(text, schema=None):
    def ask(folder):
        path = put(folder / "x.xml", text)
        given = put(folder / "s.xsd", schema) if schema is not None else None
        return lambda: read_xml(path, {"t": XmlTable("a/b", "", ("c",))}, lambda *_: None, given)

    return ask


def changing(folder):
    path = put(folder / "x.csv", BODY)

    def ask():
        with open_file(path, Reader(), Wanted(dict.fromkeys(NAMES, "text")), folder / "private"):
            path.write_text(BODY + "A3,M\n", encoding="utf-8")

    return ask


def without_package(folder):
    path, _ = labelled(folder)

    def ask():
        kept = sys.modules.get("pyreadstat")
        sys.modules["pyreadstat"] = None
        try:
            with open_file(path, Reader(), Wanted(), folder / "private"):
                pass
        finally:
            sys.modules["pyreadstat"] = kept

    return ask


def full_sheet(folder):
    path, made = workbook(folder / "x.xlsx", {"D": [["ref"], *[[CANARY]] * 7]}), put(folder / "made", "")
    return lambda: write_sheet(str(path), str(made), {}, ["ref"], {})


def no_record(folder):
    raise no_records(put(folder / "x.csv", "ref,sex\n"))


def forbidden(*_, **__):
    raise PermissionError(13, "Permission denied", CANARY)


REFUSED = {
    "archive-bomb": bomb,
    "archive-broken": lambda f: (put(f / "x.zip", zipped(f / "w.zip", {"x.csv": BODY}).read_bytes()[:-9]), {}),
    "archive-locked": locked_zip,
    "archive-path": lambda f: (zipped(f / "x.zip", {"../x.csv": BODY}), {}),
    "archive-unclear": lambda f: (zipped(f / "x.zip", {"a.csv": BODY, "b.csv": BODY}), {}),
    "column-fraction": fraction,
    "column-kind": listed,
    "database-driver": database(url=f"nosuch://{CANARY}@host/db"),
    "database-read-only": database(query=f"DELETE FROM crimes WHERE ref = '{CANARY}'"),
    "database-table": database(table=CANARY),
    "database-unreachable": database(url=f"sqlite:////nowhere/{CANARY}"),
    "database-url": database(url=CANARY),
    "delimiter-wrong": lambda f: (put(f / "x.csv", BODY.replace(",", ";")), {"delimiter": ","}),
    "encoding-contradicted": lambda f: (put(f / "x.csv", BODY.encode("utf-16")), {"encoding": "utf-8"}),
    "encoding-undecodable": put_text(BODY.encode() + b"A3,\x81\x8d\n"),
    "encoding-unknown": lambda f: (put(f / "x.csv", BODY), {"encoding": "utf-9"}),
    "encoding-unsupported": put_text(BODY.encode("utf-32")),
    "extract-changed": changing,
    "extract-empty": put_text(""),
    "extract-missing": lambda f: (f / "nowhere.csv", {}),
    "extract-no-records": no_record,
    "extract-not-a-file": lambda f: (f, {}),
    "extract-not-parquet": lambda f: (put(f / "x.parquet", BODY), {"kind": "parquet"}),
    "extract-not-text": put_text(f"%PDF-1.7 {CANARY}"),
    "extract-not-xml": xml(BODY),
    "extract-unloadable": truncated,
    "extract-unreadable": put_text(BODY),
    "header-blank": lambda f: (put(f / "x.csv", f"\n{BODY}"), {"header_row": 1}),
    "header-duplicate": put_text(f"sex,sex\n{CANARY},F\n"),
    "header-missing": lambda f: (put(f / "x.csv", BODY), {"header_row": 9}),
    "header-repeated": put_text(BODY + BODY),
    "line-too-long": put_text(f"ref,sex\n{CANARY * 1_800_000},F\n"),
    "nul-byte": put_text(f"ref,sex\nA1,F\0{CANARY}\n"),
    "package-missing": without_package,
    "quote-open": put_text(f'ref,sex\nA1,"{CANARY}\nA2,M\n'),
    "quote-unescaped": put_text(f'ref,sex\n"a"{CANARY},F\n'),
    "ragged-row": put_text(BODY + f"A3,M,{CANARY}\n"),
    "sheet-full": full_sheet,
    "sheet-unclear": sheets({"A": [["ref", "sex"], ["A1", CANARY]], "B": [["ref", "sex"], ["A1", "F"]]}),
    "workbook-broken": broken_book,
    "workbook-locked": lambda f: (locked(workbook(f / "x.xlsx", {"D": [["ref"], [CANARY]]}), "w"), {}),
    "xml-doctype": xml(f"<!DOCTYPE a [<!ENTITY e '{CANARY}'>]><a>&e;</a>"),
    "xml-not-well-formed": xml(f"<a><b><c>{CANARY}</c>"),
    "xml-schema": xml("<a><b><c>1</c></b></a>", "<not-a-schema/>"),
}


@pytest.mark.parametrize("slug", REFUSED)
def test_a_refusal_is_uttered_without_a_cell(tmp_path, private, refused, monkeypatch, slug):
    if slug == "sheet-full":
        monkeypatch.setattr("everycase.readers.spreadsheet._FULL_NEW", 8)
    asked = REFUSED[slug](tmp_path) if slug != "extract-no-records" else None
    if slug == "extract-unreadable":  # root may open everything
        monkeypatch.setattr(Path, "open", forbidden)
    if slug == "extract-no-records":
        with pytest.raises(ExtractError) as caught:
            no_record(tmp_path)
        assert caught.value.slug == slug
        return
    if callable(asked):
        with pytest.raises(ExtractError) as caught:
            asked()
        error = caught.value
    else:
        path, reader = asked
        error = refused(path, NAMES, **reader)
    assert error.slug == slug, error
    assert CANARY not in f"{error}{error.__cause__}"
