"""The delimited reader: what it reads unchanged, what it repairs and says so, and what it refuses without a cell."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
import random
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from everycase.errors import EXIT_COULD_NOT_CHECK, ExtractError
from everycase.readers import BLANKS, inspection
from everycase.readers.delimited import DelimitedOptions, Opened, blank_sql, explain_failure, no_records, open_delimited
from everycase.readers.inspection import inspect, survey

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "Qzx7canary"
Rows = list[tuple[str | None, ...]]


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@contextmanager
def loaded(path: Path, scratch: Path, options: DelimitedOptions | None = None) -> Iterator[tuple[Opened, Rows]]:
    """Open and load a file as an engine would: into a table, then in the order of rowid."""
    with open_delimited(path, options or DelimitedOptions(), scratch) as opened, duckdb.connect() as connection:
        try:
            connection.execute(f"CREATE TABLE t AS SELECT * FROM {opened.relation}")
        except duckdb.Error as error:
            raise opened.explain(error) from None
        rows = connection.execute("SELECT * FROM t ORDER BY rowid").fetchall()
        assert opened.records in {None, len(rows)}
        yield opened, rows


def read(content: bytes, scratch: Path, name: str = "x.csv", **options: object) -> tuple[Opened, Rows]:
    """Write a file beside the scratch folder, read it, and see that nothing stays behind."""
    path = scratch.parent / name
    path.write_bytes(content)
    with loaded(path, scratch, DelimitedOptions(**options)) as (opened, rows):  # type: ignore[arg-type]
        assert opened.inspected().sha256 == hashlib.sha256(content).hexdigest()
        for made in scratch.iterdir():
            assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert list(scratch.iterdir()) == []
    return opened, rows


def refused(content: bytes, scratch: Path, name: str = "x.csv", **options: object) -> ExtractError:
    """Give the refusal of a file, having seen that neither it nor what it hides holds a cell."""
    with pytest.raises(ExtractError) as caught:
        read(content, scratch, name, **options)
    error = caught.value
    assert CANARY not in f"{error}{error!r}{error.__cause__}"
    assert error.__suppress_context__ or error.__context__ is None
    assert error.exit_code == EXIT_COULD_NOT_CHECK
    assert list(scratch.iterdir()) == []
    return error


def kinds(opened: Opened) -> list[str]:
    return [repair.kind for repair in opened.repairs]


# What reads as it is ------------------------------------------------------------------------------------------------


def test_text_is_read_unchanged_and_in_order(scratch: Path) -> None:
    values = ["01", "no", "NULL", "\\N", "=1+1", "'; DROP TABLE t; --", "<b>x</b>", " x ", "1e5", "#1", "Llŷr", 'a"b']
    content = "id,v\n" + "".join(f"{i},{v}\n" for i, v in enumerate(values))
    opened, rows = read(content.encode(), scratch)
    assert [v for _, v in rows] == values
    assert opened.repairs == ()
    assert opened.records == (len(values) if '"' not in content else None)


@pytest.mark.parametrize(
    "blank", ["", " ", "     ", "\t", " \t ", "\u00a0", "\u200b", "\ufeff", "\u3000", '""', '"  "', '"\n"']
)
def test_a_cell_of_blanks_is_null(scratch: Path, blank: str) -> None:
    _, rows = read(f"a,b\n1,{blank}\n{blank},2\n".encode(), scratch)
    assert rows == [("1", None), (None, "2")]


def test_the_blank_expression_leaves_other_cells_alone() -> None:
    with duckdb.connect() as connection:
        cells = ["~x", "!", " x", "x ", "é", "\u00a0x", "\u200bx", "0"]
        for cell in cells:
            assert connection.execute(f"SELECT {blank_sql('v')} FROM (SELECT ? AS v)", [cell]).fetchone() == (cell,)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_line_end_reads_alike(scratch: Path, end: str, last: bool) -> None:
    text = end.join(["a,b", "1,2", "3,4"]) + (end if last else "")
    opened, rows = read(text.encode(), scratch)
    assert rows == [("1", "2"), ("3", "4")]
    assert kinds(opened) == (["line_endings"] if end == "\r" else [])
    assert opened.records == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", " "])
def test_the_registry_says_the_delimiter(scratch: Path, delimiter: str) -> None:
    content = "a,b\n1,2\n\u00a0,\n".replace(",", delimiter).encode()
    assert read(content, scratch, delimiter=delimiter)[1] == [("1", "2"), (None, None)]


def test_another_quote_and_no_quote(scratch: Path) -> None:
    assert read(b"a,b\n'1,1',2\n", scratch, quote="'")[1] == [("1,1", "2")]
    assert read(b'a,b\n"1,2\n', scratch, quote="")[1] == [('"1', "2")]


def test_a_cell_of_one_megabyte_and_a_row_of_several(scratch: Path) -> None:
    cell = "x" * 1_000_000
    lines = "line\n" * 1_500_000
    _, rows = read(f'a,b\n1,{cell}\n2,"{lines}"\n3,4\n'.encode(), scratch)
    assert rows == [("1", cell), ("2", lines), ("3", "4")]


def test_two_thousand_columns(scratch: Path) -> None:
    header = ",".join(f"column {i}" for i in range(2000))
    opened, rows = read(f"{header}\n{',' * 1999}\n{'7,' * 1999}7\n".encode(), scratch)
    assert len(opened.columns) == 2000
    assert rows == [(None,) * 2000, ("7",) * 2000]


@pytest.mark.parametrize(
    "name",
    [
        "a[1]*.csv",
        "it's.csv",
        "a?.csv",
        "x.csv.gz",
        "x.parquet",
        "year=2020.csv",
        "a]b[.csv",
        "a\nb.csv",
        "~.csv",
        "%.csv",
    ],
)
def test_exactly_the_named_file_is_opened(scratch: Path, name: str) -> None:
    for other in ("a1.csv", "a1zz.csv", "ab.csv"):
        (scratch.parent / other).write_bytes(b"a,b\nwrong,file\n")
    opened, rows = read(b"a,b\n1,2\n", scratch, name)
    assert rows == [("1", "2")]
    assert opened.columns == ("a", "b")


def test_a_folder_like_a_partition_or_a_pattern_adds_nothing(scratch: Path) -> None:
    folder = scratch.parent / "year=2020" / "d[1]*"
    folder.mkdir(parents=True)
    assert read(b"a,b\n1,2\n", scratch, str(folder / "x.csv"))[1] == [("1", "2")]


# The header ---------------------------------------------------------------------------------------------------------


def test_hostile_header_names_are_only_names(scratch: Path) -> None:
    names = ['say "x"', "a'); DROP TABLE t; --", "select", "group", "force", "two\nlines", "c0", "{}", "ŷ"]
    header = ",".join('"' + n.replace('"', '""') + '"' for n in names)
    opened, rows = read(f"{header}\n{','.join('123456789')}\n".encode(), scratch)
    assert opened.columns == tuple(names)
    assert rows == [tuple("123456789")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("inner", ["\n", "\r\n", "\r"])
def test_a_header_over_several_lines_loses_no_rows(scratch: Path, end: str, inner: str) -> None:
    """DuckDB itself gives no rows and no error where the two kinds of line end differ."""
    opened, rows = read(f'"a{inner}x",b{end}1,2{end}3,4{end}'.encode(), scratch)
    assert opened.columns == (f"a{inner}x", "b")
    assert rows == [("1", "2"), ("3", "4")]
    titled = f'"t{inner}x",,{end}a,b{end}1,2{end}3,4{end}'.encode()
    assert read(titled, scratch, header_row=2)[1] == [("1", "2"), ("3", "4")]


def test_header_names_lose_outer_blanks_and_it_is_said(scratch: Path) -> None:
    opened, rows = read('a , "b,c",\u00a0d,\n1,2,3,4\n'.encode(), scratch)
    assert opened.columns == ("a", "b,c", "d", "")
    assert rows == [("1", "2", "3", "4")]
    assert kinds(opened) == ["header_trimmed", "header_unnamed"]


@pytest.mark.parametrize("above", ["Report of July\n", "\n", 'x,"y\nz",w\n', 'the 5" list\n'])
def test_the_header_may_stand_lower(scratch: Path, above: str) -> None:
    opened, rows = read(f"{above}\na,b\n1,2\n3,4\n".encode(), scratch, header_row=3)
    assert opened.columns == ("a", "b")
    assert rows == [("1", "2"), ("3", "4")]
    assert opened.first_row == 4


def test_a_blank_header_row_names_the_next_row(scratch: Path) -> None:
    error = refused(f"\n,,\na,b\n{CANARY},2\n".encode(), scratch)
    assert error.slug == "header-blank"
    assert "3" in error.instead
    assert refused(b"a,b\n1,2\n", scratch, header_row=9).slug == "header-missing"
    assert refused(b"\n\n\n", scratch).slug == "header-missing"


def test_names_that_stand_twice_are_refused_by_place(scratch: Path) -> None:
    error = refused(f"ref,sex,dob, sex\n{CANARY},1,2,3\n".encode(), scratch)
    assert error.slug == "header-duplicate"
    assert "columns 2, 4" in error.message
    assert "sex" not in error.message


@pytest.mark.parametrize("cell", ["2001-02-03", "03/02/2001", "0000123456", "1", "7700900123x55555"])
def test_a_first_row_that_may_be_a_record_is_not_quoted(scratch: Path, cell: str) -> None:
    error = refused(f"{CANARY},{CANARY},{cell}\n1,2,3\n".encode(), scratch)
    assert error.slug == "header-duplicate"
    opened, _ = read(f"{CANARY},b,{cell}\n1,2,3\n".encode(), scratch)
    assert not opened.header_like


def test_a_wrong_delimiter_is_named_with_the_right_one(scratch: Path) -> None:
    for rival, called in ((";", "semicolon"), ("\t", "tab"), ("|", "bar")):
        error = refused(f"ref,sex,dob\n{CANARY},2,3\n".replace(",", rival).encode(), scratch)
        assert error.slug == "delimiter-wrong"
        assert called in error.message
    assert 'delimiter: "\\t"' in refused(b"a\tb\n1\t2\n", scratch).instead
    assert refused(b"a,b\n1,2\n", scratch, delimiter=";").slug == "delimiter-wrong"
    assert read(b"notes; all\nx\ny\n", scratch)[1] == [("x",), ("y",)]


def test_a_header_alone_gives_no_records(scratch: Path) -> None:
    for content in (b"a,b\n", b"a,b", b'"a\nx",b\r\n', b"a\n\n\n"):
        assert read(content, scratch)[1] == []
    assert no_records(Path("x.csv")).slug == "extract-no-records"


# What is refused ----------------------------------------------------------------------------------------------------


def test_what_is_no_readable_file_is_refused(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slug(path: Path) -> str:
        with pytest.raises(ExtractError) as caught, open_delimited(path, DelimitedOptions(), scratch):
            pass
        return caught.value.slug

    assert slug(scratch.parent / "none.csv") == "extract-missing"
    assert slug(scratch) == "extract-not-a-file"
    if hasattr(os, "mkfifo"):
        os.mkfifo(scratch.parent / "pipe")
        assert slug(scratch.parent / "pipe") == "extract-not-a-file"
    (scratch.parent / "empty.csv").touch()
    assert slug(scratch.parent / "empty.csv") == "extract-empty"

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert slug(scratch.parent / "empty.csv") == "extract-unreadable"


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"PK\x03\x04", "Excel"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
        (b"PAR1", "Parquet"),
    ],
)
def test_other_formats_are_named(scratch: Path, head: bytes, word: str) -> None:
    error = refused(head + CANARY.encode(), scratch)
    assert error.slug == "extract-not-text"
    assert word in error.message


@pytest.mark.parametrize("row", [f"{CANARY}", f"1,{CANARY},3", f"{CANARY},CSV Error on Line: 99\nExpected,2,3"])
def test_a_ragged_row_is_named_by_line_and_widths(scratch: Path, row: str) -> None:
    error = refused(f'a,b\n1,"x\ny"\n5,6\n{row}\n7,8\n'.encode(), scratch)
    assert error.slug == "ragged-row"
    assert error.where == ("x.csv:5" if "CSV" not in row else "x.csv:6")
    assert "header has 2" in error.message


def test_an_open_quote_is_named_by_the_line_it_opens_on(scratch: Path) -> None:
    error = refused(f'a,b\n1,"x\ny"\n3,"{CANARY}\n5,6\n'.encode(), scratch)
    assert (error.slug, error.where) == ("quote-open", "x.csv:4")
    error = refused(f'a,b\n1,2\n3,"{CANARY}\n5,"6"\n'.encode(), scratch)
    assert (error.slug, error.where) == ("quote-unescaped", "x.csv:3")
    error = refused(f'a,b\n1,2\n3,"{CANARY}"{CANARY}\n5,6\n'.encode(), scratch)
    assert (error.slug, error.where) == ("quote-unescaped", "x.csv:3")
    error = refused(f'a,"{CANARY}\n1,2\n'.encode(), scratch)
    assert (error.slug, error.where) == ("quote-open", "x.csv:1")


def test_an_endless_quote_is_refused_without_reading_it_whole(scratch: Path) -> None:
    error = refused(b'a,b\n1,2\n3,"' + CANARY.encode() + b"x,y\n" * 5_000_000, scratch)
    assert error.slug in {"line-too-long", "quote-open"}
    assert error.where == "x.csv:3"


def test_a_nul_byte_is_refused_by_line(scratch: Path) -> None:
    error = refused(f"a,b\n1,2\n3,{CANARY}\0\n".encode(), scratch)
    assert (error.slug, error.where) == ("nul-byte", "x.csv:3")
    error = refused(f"a,b\n1,{CANARY}\n".encode("utf-16-le"), scratch)
    assert error.slug == "nul-byte"
    assert "utf-16-le" in error.instead


def test_a_file_that_changes_meanwhile_is_refused(scratch: Path) -> None:
    path = scratch.parent / "x.csv"
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(ExtractError, match="changed"), open_delimited(path, DelimitedOptions(), scratch):
        path.write_bytes(b"a,b\n1,2\n3,4\n")


def test_a_failure_can_be_explained_from_the_path_alone(scratch: Path) -> None:
    path = scratch.parent / "x.csv"
    path.write_bytes(f"a,b\n1,2\n{CANARY}\n".encode())
    error = explain_failure(duckdb.InvalidInputException(f"Original Line: {CANARY}"), path)
    assert (error.slug, error.where) == ("ragged-row", "x.csv:3")
    path.write_bytes(b"a,b\n1,2\n")
    error = explain_failure(duckdb.OutOfMemoryException(f"{CANARY}"), path)
    assert error.slug == "extract-unloadable"
    assert CANARY not in str(error)


# Encodings ----------------------------------------------------------------------------------------------------------

WELSH = "ref,town\n1,Llŷn\n2,Môn\n"
WESTERN = "ref,name\n1,José\n2,O\u2019Brien\n3,£20\n"


def test_utf8_with_and_without_its_mark(scratch: Path) -> None:
    for content, said in ((WELSH.encode(), []), (WELSH.encode("utf-8-sig"), ["bom"])):
        opened, rows = read(content, scratch)
        assert opened.columns == ("ref", "town")
        assert rows == [("1", "Llŷn"), ("2", "Môn")]
        assert kinds(opened) == said


@pytest.mark.parametrize(("mark", "codec"), [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")])
def test_utf16_with_its_mark_is_transcoded(scratch: Path, mark: bytes, codec: str) -> None:
    for declared in (None, "utf-16", codec):
        opened, rows = read(mark + WELSH.encode(codec), scratch, encoding=declared)
        assert opened.columns == ("ref", "town")
        assert rows == [("1", "Llŷn"), ("2", "Môn")]
        assert kinds(opened) == ["encoding"]
    assert read(WELSH.encode(codec), scratch, encoding=codec)[1] == [("1", "Llŷn"), ("2", "Môn")]
    odd = mark + f"a,b\n1,{CANARY}\n".encode(codec) + b"\x00"
    assert refused(odd, scratch).slug == "encoding-undecodable"


def test_undeclared_windows_1252_is_read_and_said(scratch: Path) -> None:
    opened, rows = read(WESTERN.encode("cp1252"), scratch)
    assert [name for _, name in rows] == ["José", "O\u2019Brien", "£20"]
    assert kinds(opened) == ["encoding"]
    assert "Windows-1252" in opened.repairs[0].detail
    mixed, _ = read(WESTERN.encode("cp1252") + "4,José\n".encode(), scratch)
    assert "mixed" in mixed.repairs[0].detail
    dos, _ = read("a,b\n1,caféx\n".encode("cp850"), scratch)
    assert "850" in dos.repairs[0].detail


def test_a_declared_encoding_is_honoured(scratch: Path) -> None:
    text = "a,b\n1,José\n2,Zoë\n"
    for name in ("windows-1252", "latin-1", "cp850", "mac-roman", "UTF-8", "cp037", "utf-7"):
        assert read(text.encode(name), scratch, encoding=name)[1] == [("1", "José"), ("2", "Zoë")]
    assert kinds(read(b"a,b\n1,2\n", scratch, encoding="windows-1252")[0]) == []


def test_what_cannot_be_decoded_is_refused_by_name_and_line(scratch: Path) -> None:
    error = refused(b"a,b\n1,2\n3," + CANARY.encode() + b"\x81\n", scratch)
    assert (error.slug, error.where) == ("encoding-undecodable", "x.csv:3")
    error = refused(b"a,b\n1,2\n3," + CANARY.encode() + b"\xff\n", scratch, encoding="utf-8")
    assert (error.slug, error.where) == ("encoding-undecodable", "x.csv:3")
    error = refused(b"a,b\n1,2\n3," + CANARY.encode() + b"\xff\n", scratch, encoding="ascii")
    assert (error.slug, error.where) == ("encoding-undecodable", "x.csv:3")
    assert refused(codecs.BOM_UTF32_LE + b"a\0\0\0", scratch).slug == "encoding-unsupported"
    assert refused(WELSH.encode("utf-8-sig"), scratch, encoding="cp1252").slug == "encoding-contradicted"
    for unknown in ("klingon", "rot13", "zlib", ""):
        if unknown:
            assert refused(b"a,b\n1,2\n", scratch, encoding=unknown).slug == "encoding-unknown"


# Line ends and blank lines ------------------------------------------------------------------------------------------


def test_line_ends_inside_quotes_are_kept(scratch: Path) -> None:
    for end, inner in (("\r\n", "\n"), ("\n", "\r\n"), ("\n", "\r"), ("\r\n", "\n\n")):
        opened, rows = read(f'a,b{end}1,"x{inner}y"{end}3,4{end}'.encode(), scratch)
        assert rows == [("1", f"x{inner}y"), ("3", "4")]
        assert kinds(opened) == []
        assert opened.row_of(1) == 3


@pytest.mark.parametrize("ends", [("\n", "\r\n"), ("\r\n", "\n"), ("\r", "\n"), ("\n", "\r"), ("\r\n", "\r")])
def test_mixed_line_ends_are_mended_and_said(scratch: Path, ends: tuple[str, str]) -> None:
    first, second = ends
    text = f'a,b{first}1,"x{second}{first}y ""q"""{first}3,\ufeffé{second} 5,{second}7,8'
    opened, rows = read(text.encode(), scratch)
    assert rows == [("1", f'x{second}{first}y "q"'), ("3", "\ufeffé"), (" 5", None), ("7", "8")]
    assert kinds(opened) == ["line_endings"]
    assert opened.records == 4
    error = refused(f"a,b{first}1,2{second}3,{CANARY},4{second}".encode(), scratch)
    assert (error.slug, error.where) == ("ragged-row", "x.csv:3")


def test_a_stray_quote_does_not_hide_mixed_line_ends(scratch: Path) -> None:
    opened, rows = read(b'a,b\r\n5" pipe,2\n3,4\r\n6" pipe,"x\ny"\r\n', scratch)
    assert rows == [('5" pipe', "2"), ("3", "4"), ('6" pipe', "x\ny")]
    assert kinds(opened) == ["line_endings"]


def test_delimiters_too_many_at_the_end_of_a_row_are_forgiven(scratch: Path) -> None:
    assert read(b"a,b\n1,2,,,\n3,4\n", scratch)[1] == [("1", "2"), ("3", "4")]
    error = refused(f"a,b\n1,2,\n3,4,{CANARY}\n".encode(), scratch)
    assert (error.slug, error.where) == ("ragged-row", "x.csv:3")


def test_mixed_line_ends_deep_in_a_large_file(scratch: Path) -> None:
    rows = [f"{i},{'v' * 60}" for i in range(200_000)]
    for at in (5, 120_000, 199_990):
        text = "a,b\n" + "\n".join(rows[:at]) + "\r\n" + "\n".join(rows[at:]) + "\n"
        opened, read_rows = read(text.encode(), scratch)
        assert len(read_rows) == 200_000
        assert read_rows[-1][0] == "199999"
        assert kinds(opened) == ["line_endings"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blank_lines_do_not_shift_row_numbers(scratch: Path, end: str) -> None:
    text = end.join(["a,b", "", "1,3", '2,"x', "", 'y"', "", "", "3,8", "4,9", "", ""])
    opened, rows = read(text.encode(), scratch)
    assert [a for a, _ in rows] == ["1", "2", "3", "4"]
    assert opened.blank_rows == (2, 5, 6)
    assert [opened.row_of(i) for i in range(4)] == [3, 4, 7, 8]
    assert opened.repairs[-1].count == 3


def test_blank_lines_at_the_end_are_nothing(scratch: Path) -> None:
    for content in (b"a,b\n1,2\n\n\n", b"a,b\r\n1,2\r\n\r\n", b"a\n1\n\n\n"):
        opened, rows = read(content, scratch)
        assert len(rows) == 1
        assert opened.blank_rows == ()
        assert opened.repairs == ()


def test_in_one_column_an_inner_blank_line_is_a_record_without_a_value(scratch: Path) -> None:
    for content in (b"a\n1\n\n5\n", b"a\n1\n\n5\n\n", b"a\r\n1\r\n\n5\r\n"):
        opened, rows = read(content, scratch)
        assert rows == [("1",), (None,), ("5",)]
        assert opened.row_of(2) == 4


def test_doubled_carriage_returns_are_blank_rows(scratch: Path) -> None:
    opened, rows = read(b"a,b\r\r\n1,2\r\r\n3,4\r\r\n", scratch)
    assert rows == [("1", "2"), ("3", "4")]
    assert [opened.row_of(0), opened.row_of(1)] == [3, 5]


def test_hostile_tables_come_back_cell_by_cell(scratch: Path) -> None:
    """What the csv module writes, in any dialect of line ends, is read as it was written."""
    rnd = random.Random(11)
    pieces = [
        "x",
        "01",
        '"',
        '""',
        ",",
        ";",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\t",
        "\\",
        "é",
        "\u00a0",
        "'",
        "--",
        "#",
        "\n\n",
    ]
    for _ in range(150):
        width = rnd.randint(2, 4)
        table = [
            ["".join(rnd.choices(pieces, k=rnd.randint(0, 4))) for _ in range(width)] for _ in range(rnd.randint(0, 8))
        ]
        written = io.StringIO()
        end = rnd.choice(["\n", "\r\n", "\r"])
        writer = csv.writer(written, lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerows([[f"h{i}" for i in range(width)], *table])
        _, rows = read(written.getvalue().encode(), scratch)
        assert rows == [tuple(cell if cell.strip(BLANKS) else None for cell in row) for row in table]


def test_any_bytes_are_read_or_refused(scratch: Path) -> None:
    """Whatever a file holds, it is read as the csv module reads it or refused in words."""
    rnd = random.Random(5)
    pieces = [b"a", b"1", b'"', b'""', b",", b"\n", b"\r\n", b"\r", b" ", b"\xe9", "é".encode(), b"\0", b";", b"\n\n"]
    for _ in range(400):
        weights = [9, 6, rnd.choice([0, 1]), rnd.choice([0, 1]), 9, 5, rnd.choice([0, 2]), rnd.choice([0, 0, 1]), 1]
        weights += [rnd.choice([0, 0, 1]), 1, rnd.choice([0, 0, 0, 1]), 1, 1]
        content = b"a,b\n" + b"".join(rnd.choices(pieces, weights, k=rnd.randint(1, 25)))
        try:
            opened, rows = read(content, scratch)
        except ExtractError:
            continue
        text = content.decode("cp1252" if "encoding" in kinds(opened) else "utf-8")
        expected = list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
        for row in expected:
            if not any(cell.strip(" ") for cell in row[2:]) and not any(len(cell) > 1 for cell in row[2:]):
                del row[2:]  # DuckDB forgives cells beyond the last column with nothing or one space in them
        assert rows == [tuple(c if c.strip(BLANKS) else None for c in row) for row in expected if row], content
        for ordinal, number in enumerate(i for i, row in enumerate(expected, start=2) if row):
            assert opened.row_of(ordinal) == number, content


# The inspection -----------------------------------------------------------------------------------------------------


def test_the_survey_does_not_depend_on_where_chunks_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    rnd = random.Random(7)
    alphabet = [b"\r", b"\n", b"\r\n", b'"', b"x", "ŷ".encode(), b",", b"\0", b"\xff"]
    for _ in range(300):
        weights = [1, 2, 2, 2, 8, 2, 2, rnd.choice([0, 1]), rnd.choice([0, 0, 1])]
        path.write_bytes(b"".join(rnd.choices(alphabet, weights, k=rnd.randint(0, 25))))
        monkeypatch.setattr(inspection, "_CHUNK", 1 << 20)
        monkeypatch.setattr(inspection, "_LARGE", rnd.choice([0, 1 << 26]))
        whole = survey(path)
        for size in (1, 2, 3, 5):
            monkeypatch.setattr(inspection, "_CHUNK", size)
            assert survey(path) == whole
        content = path.read_bytes()
        assert whole.crlf == content.count(b"\r\n")
        assert whole.lf + whole.crlf == content.count(b"\n")
        assert whole.cr + whole.crlf == content.count(b"\r")
        if b"\0" in content:
            assert whole.nul_line == len((content.split(b"\0")[0] + b"x").splitlines())


def test_inspect_gives_survey_and_digest(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\xef\xbb\xbfa\r\n\r\nb\r\n\r\n")
    found = inspect(path)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found.size, found.survey.mark, found.survey.crlf) == (13, "utf-8", 4)
    assert (found.survey.blank_lines, found.survey.blank_end) == (True, True)
    path.write_bytes(b"a,b\n1,2\n\n")
    assert (survey(path).blank_lines, survey(path).blank_end) == (False, True)
    path.write_bytes(b"a,\xe2\x82")
    assert (survey(path).utf8, survey(path).bad_line) == (False, 1)
