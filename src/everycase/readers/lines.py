"""Delimited text as it comes: packed, under lines of another kind, cut at a sign nobody named, above its totals."""

from __future__ import annotations

import codecs
import csv
import io
import mmap
import shutil
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from everycase.errors import ExtractError
from everycase.readers import BLANKS, Repair, inspection
from everycase.readers.delimited import DelimitedOptions, open_delimited
from everycase.readers.header import DEPTH, find_header
from everycase.readers.packed import is_packed, unpacked
from everycase.readers.spreadsheet import is_totals
from everycase.readers.written import supplied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycase.readers import Opened, Wanted
    from everycase.readers.header import Header
    from everycase.registry import Reader

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_HEAD = 1 << 18
_TAIL = 1 << 16
#: rows of a file that a spreadsheet program wrote and could not hold more of
_EXCEL = 1_048_576


@dataclass(frozen=True, slots=True)
class Shape:
    """How a text is cut into columns, and where its header stands."""

    delimiter: str
    header: Header
    encoding: str


@contextmanager
def open_lines(path: Path, reader: Reader, wanted: Wanted, scratch: Path, *, plain: bool = False) -> Iterator[Opened]:
    """Make a delimited file ready to load, whatever it is wrapped in.

    Args:
        path: the extract as supplied.
        reader: what the registry says of it; what it leaves out is looked for and reported.
        wanted: the columns that the source is read with.
        scratch: an existing private folder.
        plain: see `open_delimited`.

    Raises:
        ExtractError: it cannot be read whole.
    """
    inspection.readable_file(path)
    with ExitStack() as stack:
        repairs: list[Repair] = []
        text = path
        if is_packed(path):
            text = unpacked(path, reader.member, scratch, stack, repairs)
        inspection.regular_file(text)
        shape = shape_of(text, reader, wanted)
        options = _options(shape, reader, repairs)
        if cut := _totals(text, shape, reader.quote):
            text = _cut(text, cut, scratch, stack)
            repairs.append(Repair("totals_row", "the last row holds totals and was left out", 1))
        whole = stack.enter_context(supplied(path)) if text != path else None
        opened = stack.enter_context(open_delimited(text, options, scratch, plain=plain))
        _refuse_second_header(text, shape, opened)
        if opened.records is not None and opened.records + opened.first_row - 1 == _EXCEL:
            detail = "has as many rows as a spreadsheet program holds: rows may have been cut off when it was saved"
            repairs.append(Repair("full", detail))
        opened = replace(opened, repairs=(*repairs, *opened.repairs))
        if whole is not None:
            size = path.stat().st_size
            opened = replace(opened, sha256=whole.sha256, supplied_size=size)
        yield opened


def _options(shape: Shape, reader: Reader, repairs: list[Repair]) -> DelimitedOptions:
    """Say how the text is read, and report what the registry did not say."""
    header = shape.header
    if reader.header_row is None and header.row > 1:
        repairs.append(Repair("header_found", f"the header was found in row {header.row}", header.row - 1))
    if header.rows > 1:
        repairs.append(Repair("header_joined", f"the header takes {header.rows} rows, which were joined"))
    if "delimiter" not in reader.model_fields_set and shape.delimiter != ",":
        repairs.append(Repair("delimiter", f"the columns are cut at {DELIMITERS[shape.delimiter]}"))
    return DelimitedOptions(
        delimiter=shape.delimiter,
        encoding=reader.encoding,
        quote=reader.quote,
        header_row=header.first_record - 1,
        names=header.cells if header.rows > 1 else (),
    )


def encoding_of(head: bytes, declared: str | None) -> str:
    """Name what the first bytes are text in: what is said, what the mark says, UTF-8, else Windows-1252."""
    if declared:
        with suppress(LookupError):
            return codecs.lookup(declared).name
    if mark := inspection.byte_order_mark(head):
        return "utf-8-sig" if mark == "utf-8" else mark
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def shape_of(path: Path, reader: Reader, wanted: Wanted) -> Shape:
    """Look at the beginning of a text for its delimiter and header; what the registry says goes before."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    encoding = encoding_of(head, reader.encoding)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    said = "delimiter" in reader.model_fields_set
    best: tuple[int, Shape] | None = None
    for delimiter in (reader.delimiter,) if said else DELIMITERS:
        rows = _rows(text, delimiter, reader.quote)
        header = find_header(rows, wanted.types, row=reader.header_row, deep=reader.header_rows)
        held = sum(c.strip(BLANKS) in wanted.types for c in header.cells)
        if best is None or held > best[0]:
            best = held, Shape(delimiter, header, encoding)
    assert best is not None  # noqa: S101 - there is always a comma to try
    return best[1]


def _rows(text: str, delimiter: str, quote: str) -> list[list[str]]:
    """Cut the first rows; what a wrong delimiter makes of them ends the list early and decides nothing."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote):
            rows.append(row)
            if len(rows) > DEPTH + 2:
                break
    return rows


def _totals(path: Path, shape: Shape, quote: str) -> int:
    """Give the length of a text without its last line where that holds totals, else 0."""
    size = path.stat().st_size
    unit = 2 if shape.encoding.startswith("utf-16") else 1
    with path.open("rb") as stream:
        mark = stream.read(2)
        stream.seek(max(0, size - _TAIL) // unit * unit)
        tail = stream.read()
    encoding = shape.encoding.removesuffix("-sig")
    if encoding == "utf-16":
        encoding = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-16-le"
    text = tail.decode(encoding, errors="replace")
    body = text.rstrip("\r\n" + BLANKS.replace(shape.delimiter, ""))
    start = max(body.rfind("\n"), body.rfind("\r")) + 1
    line = body[start:]
    if start == 0 or line.count(quote) % 2 or not is_totals(next(iter(_rows(line, shape.delimiter, quote)), [])):
        return 0
    # NOTE: counted from the end, since the beginning of the tail may lie within a letter.
    length = len(text[start:].encode(encoding, errors="replace"))
    return size - length if tail.endswith(text[start:].encode(encoding, errors="replace")) else 0


def _cut(path: Path, length: int, scratch: Path, stack: ExitStack) -> Path:
    """Copy the beginning of a file into a private folder, under its own name."""
    folder = Path(mkdtemp(prefix="cut-", dir=scratch))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    made = folder / path.name
    with path.open("rb") as source, made.open("xb") as output:
        made.chmod(0o600)
        while length > 0 and (piece := source.read(min(length, 1 << 20))):
            output.write(piece)
            length -= len(piece)
    return made


def _refuse_second_header(path: Path, shape: Shape, opened: Opened) -> None:
    """Refuse a text in which the line of the header stands once more: two exports were put together."""
    if not opened.header_like or len(opened.columns) < 2 or shape.encoding.startswith("utf-16"):
        return
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        place = 3 if content[:3] == codecs.BOM_UTF8 else 0
        for _ in range(shape.header.first_record - 2):
            place = content.find(b"\n", place) + 1
        end = content.find(b"\n", place)
        line = content[place:end].rstrip(b"\r") if end > 0 else b""
        again = content.find(b"\n" + line, end) if line else -1
        while again > 0:
            after = content[again + 1 + len(line) : again + 2 + len(line)]
            if after in {b"\n", b"\r", b""}:
                number = content[:again].count(b"\n") + 2
                message = "is the header once more on this line"
                instead = "Two exports were put together: take the second header out, and check nothing stands twice."
                raise ExtractError("header-repeated", message, where=f"{inspection.shown(path)}:{number}",
                                   instead=instead)  # fmt: skip
            again = content.find(b"\n" + line, again + 1)
