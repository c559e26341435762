"""XML of records as tables of text: each record with its line, and the record of another table that it lies in.

The file is read as a stream by expat, and nothing of it is kept but the records being read. Document types are refused,
so that no entity can be expanded and nothing fetched. Where a schema is given, libxml2 compares the file with it.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from everycase.errors import ExtractError
from everycase.readers import inspection
from everycase.readers.inspection import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_BATCH = 10_000
_PIECE = 1 << 16
MOST_DISAGREEMENTS = 10_000
Row = list[int | str | None]


@dataclass(frozen=True, slots=True)
class XmlTable:
    """One table in a file.

    Attributes:
        path: where its records are, as `Message/Children/Child`.
        parent: the table that its records belong to; "" for none.
        columns: names of elements whose text is kept, in order; the record's own where it holds only text.
        repeats: whether an element that stands again within a record makes it another record.
    """

    path: str
    parent: str
    columns: tuple[str, ...]
    repeats: bool = False


@dataclass(slots=True)
class XmlFound:
    """What a file held.

    Attributes:
        records: table -> how many.
        unread: names of elements with text that no table has a column for, with how often.
        stray: how often text stood between elements.
        repeated: how often an element that may stand once stood again within a record; the first was kept.
        orphans: records outside any record of their parent's table.
        schema: what a schema says of the file: kind of disagreement -> (the line it was first seen at, on how many).
    """

    records: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    stray: int = 0
    repeated: int = 0
    orphans: int = 0
    schema: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Place:
    """A place in the tree of elements that leads to records.

    Attributes:
        table: the table whose records lie here; "" where none do.
        below: name of an element -> its place.
    """

    table: str = ""
    below: dict[str, _Place] = field(default_factory=dict)


class _Record:
    """A record that is being read."""

    __slots__ = ("cells", "number", "table")

    def __init__(self, table: str, number: int, cells: Row) -> None:
        self.table = table
        self.number = number
        self.cells = cells


def read_xml(
    path: Path, tables: Mapping[str, XmlTable], take: Callable[[str, Sequence[Row]], None], schema: Path | None = None
) -> XmlFound:
    """Read a file and hand its records over, some thousand at a time.

    Args:
        path: the file.
        tables: what is wanted of it, a table after its parent.
        take: is given a table's name and rows: number of the record from 0, number of its parent's, line, cells.
        schema: an XML Schema to compare the file with; disagreements are told and stop nothing.

    Raises:
        ExtractError: no XML, or XML that is not read here; with line and column, never with what stands there.
    """
    _refuse_other(path)
    reader = _Reader(path, tables, take)
    reader.read()
    if schema is not None:
        _compare(path, schema, reader.found)
    return reader.found


def _refuse_other(path: Path) -> None:
    """Refuse what is no file, is empty, or is some other format by its first bytes."""
    inspection.regular_file(path)
    with path.open("rb") as stream:
        head = stream.read(256).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        raise ExtractError("extract-not-xml", "does not begin like XML", where=shown(path),
                           instead="Is this the right file, or is it packed?")  # fmt: skip


class _Enough(Exception):  # noqa: N818 - no error: it ends the reading of a file of which no more is wanted
    """The first record was read."""


def first_record(path: Path, table: XmlTable) -> Mapping[str, str] | None:
    """Read the first record of a table and no further; None where there is none.

    Raises:
        ExtractError: no XML as far as it was read, or XML that is not read here.
    """
    _refuse_other(path)
    found: list[Row] = []
    reader = _Reader(path, {"first": table}, lambda _, rows: found.extend(rows))
    reader.only_first = True
    with suppress(_Enough):
        reader.read()
    reader.flush("first")
    if not found:
        return None
    return {c: str(v) for c, v in zip(table.columns, found[0][3:], strict=True) if v is not None}


class _Reader:
    """Receives what expat finds.

    NOTE: these methods are called for every element of a file, so they do as little as they can.
    """

    def __init__(self, path: Path, tables: Mapping[str, XmlTable], take: Callable[[str, Sequence[Row]], None]) -> None:
        self.path = path
        self.tables = tables
        self.take = take
        self.found = XmlFound()
        self.top = _Place()
        for name, table in tables.items():
            place = self.top
            for step in table.path.split("/"):
                place = place.below.setdefault(step, _Place())
            place.table = name
        self.columns = {name: {c: i for i, c in enumerate(table.columns, 3)} for name, table in tables.items()}
        self.empty: dict[str, Row] = {name: [None] * (3 + len(table.columns)) for name, table in tables.items()}
        self.waiting: dict[str, list[Row]] = {name: [] for name in tables}
        self.records: list[_Record] = []
        self.places: list[_Place | None] = [self.top]
        self.last: dict[str, int] = {}
        self.text: list[str] = []
        self.leaf = False
        self.only_first = False
        self.parser = expat.ParserCreate(namespace_separator="}")

    def read(self) -> None:
        parser = self.parser
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text.append
        parser.StartDoctypeDeclHandler = self.refuse_doctype
        try:
            with self.path.open("rb") as stream:
                parser.ParseFile(stream)
        except expat.ExpatError as error:
            raise _not_well_formed(self.path, error) from None
        except (LookupError, ValueError):
            message = "says an encoding in its first line that is not known"
            raise ExtractError("encoding-unknown", message, where=shown(self.path)) from None
        for name in self.tables:
            self.flush(name)

    def refuse_doctype(self, *_: object) -> None:
        message = "has a document type, which could have anything expanded or fetched"
        raise ExtractError("xml-doctype", message, where=shown(self.path), instead="Take the <!DOCTYPE ...> out.")

    def start(self, name: str, _: object) -> None:
        if self.text:
            self.between()
        if "}" in name:
            name = name.rpartition("}")[2]
        place = self.places[-1]
        place = place.below.get(name) if place is not None else None
        self.places.append(place)
        self.leaf = True
        if place is not None and place.table:
            self.begin(place.table)

    def end(self, name: str) -> None:
        place = self.places.pop()
        if self.leaf:
            self.leaf = False
            if self.text:
                text = "".join(self.text)
                self.text.clear()
                if self.records and not text.isspace():
                    self.put(name.rpartition("}")[2] if "}" in name else name, text)
        elif self.text:
            self.between()
        if place is not None and place.table:
            self.close(self.records.pop())

    def between(self) -> None:
        """Take note of text that stands between elements."""
        if not "".join(self.text).isspace():
            self.found.stray += 1
        self.text.clear()

    def begin(self, table: str) -> None:
        above = self.tables[table].parent
        parent = next((r.number for r in reversed(self.records) if r.table == above), self.last.get(above))
        if above and parent is None:
            self.found.orphans += 1
        number = self.found.records[table]
        self.found.records[table] = number + 1
        cells = self.empty[table].copy()
        cells[0], cells[1], cells[2] = number, parent, self.parser.CurrentLineNumber
        self.records.append(_Record(table, number, cells))

    def put(self, name: str, text: str) -> None:
        record = self.records[-1]
        column = self.columns[record.table].get(name)
        if column is None:
            self.found.unread[name] += 1
        elif record.cells[column] is not None:
            self.again(record, column, text)
        else:
            record.cells[column] = text

    def again(self, record: _Record, column: int, text: str) -> None:
        """Take an element that stands again: as another record of the same one above, or not at all."""
        if not self.tables[record.table].repeats:
            self.found.repeated += 1
            return
        before = record.cells
        self.close(record)
        record.number = self.found.records[record.table]
        self.found.records[record.table] += 1
        record.cells = self.empty[record.table].copy()
        record.cells[:3] = [record.number, before[1], self.parser.CurrentLineNumber]
        record.cells[column] = text

    def close(self, record: _Record) -> None:
        self.last[record.table] = record.number
        rows = self.waiting[record.table]
        rows.append(record.cells)
        if self.only_first:
            raise _Enough
        if len(rows) >= _BATCH:
            self.flush(record.table)

    def flush(self, name: str) -> None:
        if self.waiting[name]:
            self.take(name, self.waiting[name])
            self.waiting[name] = []


def _not_well_formed(path: Path, error: expat.ExpatError) -> ExtractError:
    """Say where the file stops being XML; what the parser says may quote it."""
    cut = error.code in {
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    }
    message = f"is not well-formed at line {error.lineno}, column {error.offset + 1}"
    if cut:
        message = f"ends before its elements are closed, at line {error.lineno}"
    return ExtractError("xml-not-well-formed", message, where=f"{shown(path)}:{error.lineno}",
                        instead="Export it again; was it cut off on its way?")  # fmt: skip


def _compare(path: Path, schema: Path, found: XmlFound) -> None:
    """Compare a file with a schema, as a stream; each disagreement is told by its kind and line, never by a value."""
    from lxml import etree

    options: dict[str, Any] = {"load_dtd": False, "no_network": True, "resolve_entities": False}
    try:
        compiled = etree.XMLSchema(etree.parse(str(schema), etree.XMLParser(**options)))
    except (OSError, etree.LxmlError):
        message = "the XML Schema that the registry names cannot be used"
        raise ExtractError("xml-schema", message, where=shown(schema), instead="Check the path and the file.") from None
    parser = etree.XMLPullParser(events=("end",), schema=compiled, **options)
    seen, line, ended = 0, 0, True
    with path.open("rb") as stream:
        while seen < MOST_DISAGREEMENTS and (piece := stream.readline(_PIECE)):
            # NOTE: libxml2 tells no lines when it compares a stream, so the file is given to it line by line.
            line += ended
            ended = piece.endswith(b"\n")
            # NOTE: what is not well formed was refused before; here the library says that the file does not fit.
            with suppress(etree.XMLSyntaxError):
                parser.feed(piece)
            disagreements = list(parser.feed_error_log)
            for kind in {disagreement.type_name.removeprefix("SCHEMAV_") for disagreement in disagreements[seen:]}:
                first, times = found.schema.get(kind, (line, 0))
                found.schema[kind] = (first, times + 1)
            seen = len(disagreements)
            for _, element in parser.read_events():
                element.clear(keep_tail=True)
                above = element.getparent()
                while above is not None and element.getprevious() is not None:
                    del above[0]
