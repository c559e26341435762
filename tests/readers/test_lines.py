"""Delimited files as owners send them: packed, under a title, with another delimiter, above totals."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile

import pytest
from front_door import CANARY, repairs

NAMES = ("ref", "sex")
PLAIN = "ref,sex\nA1,F\nA2,M\n"


def put(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_and_said(tmp_path, read, delimiter):
    opened, rows = read(put(tmp_path / "x.csv", PLAIN.replace(",", delimiter)), NAMES)
    assert rows == [("A1", "F"), ("A2", "M")]
    assert ("delimiter" in repairs(opened)) == (delimiter != ",")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_above_the_header_are_passed_over(tmp_path, read, encoding, end):
    text = f"Return of March, É\n\n{PLAIN}Total,\n".replace("\n", end)
    opened, rows = read(put(tmp_path / "x.csv", text.encode(encoding)), NAMES)
    assert rows == [("A1", "F"), ("A2", "M")]
    assert repairs(opened)["header_found"] == 2
    assert repairs(opened)["totals_row"] == 1
    assert opened.row_of(0) == 4
    assert opened.inspected().sha256 == hashlib.sha256(text.encode(encoding)).hexdigest()
    assert opened.inspected().size == len(text.encode(encoding))


def test_a_header_of_two_rows_is_joined(tmp_path, read):
    path = put(tmp_path / "x.csv", "Victim,,Crime\nSex,Age,Ref\nF,30,A1\n")
    opened, rows = read(path, ("Victim Sex", "Crime Ref"))
    assert opened.columns == ("Victim Sex", "Victim Age", "Crime Ref")
    assert rows == [("F", "30", "A1")]
    assert opened.first_row == 3


def test_a_record_about_totals_is_kept(tmp_path, read):
    path = put(tmp_path / "x.csv", PLAIN + "Total Recall,F\n")
    assert read(path, NAMES)[1][-1] == ("Total Recall", "F")


def test_gzip_and_zip_are_unpacked_and_digested_as_supplied(tmp_path, read):
    for path in (
        put(tmp_path / "x.csv.gz", gzip.compress(PLAIN.encode())),
        zipped(tmp_path / "x.zip", {"a/x.csv": PLAIN}),
    ):
        opened, rows = read(path, NAMES)
        assert rows == [("A1", "F"), ("A2", "M")]
        assert "unpacked" in repairs(opened)
        assert opened.inspected().sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_member_is_named_where_there_are_several(tmp_path, read, refused):
    path = zipped(tmp_path / "x.zip", {"notes.txt": CANARY, "data.csv": PLAIN, "__MACOSX/x": "x"})
    assert refused(path, NAMES).slug == "archive-unclear"
    assert len(read(path, NAMES, member="DATA*")[1]) == 2
    assert refused(path, NAMES, member="*.tsv").slug == "archive-unclear"


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "a\\..\\..\\x.csv", "C:\\x.csv"])
def test_a_name_that_leads_out_of_an_archive_is_refused(tmp_path, refused, name):
    assert refused(zipped(tmp_path / "x.zip", {name: PLAIN}), NAMES).slug == "archive-path"


def test_bombs_and_damage_are_refused(tmp_path, refused):
    bomb = io.BytesIO()
    with gzip.open(bomb, "wb", compresslevel=9) as output:
        for _ in range(300):
            output.write(bytes(1 << 20))
    assert refused(put(tmp_path / "b.gz", bomb.getvalue()), NAMES).slug == "archive-bomb"
    whole = gzip.compress(f"ref,sex\n{CANARY},F\n".encode() * 100)
    for cut in (5, len(whole) // 2, len(whole) - 2):
        assert refused(put(tmp_path / "c.gz", whole[:cut]), NAMES).slug == "archive-broken"
    archive = zipped(tmp_path / "x.zip", {"x.csv": PLAIN * 500}).read_bytes()
    damaged = bytearray(archive)
    damaged[60:70] = b"0123456789"
    assert refused(put(tmp_path / "d.zip", bytes(damaged)), NAMES).slug == "archive-broken"


def test_a_second_header_is_refused_with_its_line(tmp_path, refused):
    error = refused(put(tmp_path / "x.csv", f"{PLAIN}{CANARY},F\nref,sex\nA3,F\n"), NAMES)
    assert error.slug == "header-repeated"
    assert error.where == "x.csv:5"
