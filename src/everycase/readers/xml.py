"""XML of records as tables of text: each record with its line, and the record of another table that it lies in.

The file is read once, as a stream; what was read is let go. Document types are refused, so that no entity can be
expanded and nothing fetched. Where a schema is given the file is validated on the way.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from everycase.errors import ExtractError
from everycase.readers import inspection
from everycase.readers.inspection import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_BATCH = 10_000
_SHOWN = 5
Row = list[int | str | None]


@dataclass(frozen=True, slots=True)
class XmlTable:
    """One table in a file.

    Attributes:
        path: where its records are, as `Message/Children/Child`.
        parent: the table that its records belong to; "" for none.
        columns: names of elements whose text is kept, in order; the record's own where it holds only text.
    """

    path: str
    parent: str
    columns: tuple[str, ...]


@dataclass(slots=True)
class XmlFound:
    """What a file held.

    Attributes:
        records: table -> how many.
        unread: names of elements with text that no table has a column for, with how often.
        stray: how often text stood between elements.
        repeated: how often an element that may stand once stood again within a record; the first was kept.
        orphans: records outside any record of their parent's table.
        schema: what a schema says of the file: kind of disagreement -> the lines it was seen at, the first few.
        disagreements: how many those are in all.
    """

    records: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    stray: int = 0
    repeated: int = 0
    orphans: int = 0
    schema: dict[str, list[int]] = field(default_factory=dict)
    disagreements: int = 0


@dataclass(slots=True)
class _Open:
    """A record that is being read."""

    table: str
    number: int
    parent: int | None
    line: int
    cells: dict[str, str]


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
    reader = _Reader(tables, take)
    reader.read(path, _schema(schema) if schema is not None else None)
    return reader.found


def _refuse_other(path: Path) -> None:
    """Refuse what is no file, is empty, or is some other format by its first bytes."""
    inspection.regular_file(path)
    with path.open("rb") as stream:
        head = stream.read(256).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        raise ExtractError("extract-not-xml", "does not begin like XML", where=shown(path),
                           instead="Is this the right file, or is it packed?")  # fmt: skip


def _schema(path: Path) -> Any:
    from lxml import etree

    try:
        return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True, resolve_entities=False)))
    except (OSError, etree.LxmlError):
        message = "the XML Schema that the registry names cannot be used"
        raise ExtractError("xml-schema", message, where=shown(path), instead="Check the path and the file.") from None


class _Reader:
    def __init__(self, tables: Mapping[str, XmlTable], take: Callable[[str, Sequence[Row]], None]) -> None:
        self.tables = tables
        self.take = take
        self.found = XmlFound()
        self.at = {table.path: name for name, table in tables.items()}
        self.wanted = {name: frozenset(table.columns) for name, table in tables.items()}
        self.waiting: dict[str, list[Row]] = {name: [] for name in tables}
        self.open: list[_Open] = []
        self.last: dict[str, int] = {}

    def read(self, path: Path, schema: Any) -> None:
        from lxml import etree

        options: dict[str, Any] = {"load_dtd": False, "no_network": True, "resolve_entities": False, "huge_tree": False,
                                   "remove_comments": True, "remove_pis": True}  # fmt: skip
        events = etree.iterparse(str(path), events=("start", "end"), schema=schema, **options)
        seen = 0
        try:
            for names, event, element in _walked(events, path):
                if event == "start":
                    self.begin("/".join(names), element)
                    continue
                self.end("/".join(names), element)
                if schema is not None and len(events.error_log) > seen:
                    seen = self.disagree(events.error_log, seen, element.sourceline or 0)
        except etree.XMLSyntaxError as error:
            told = [e for e in events.error_log if e.domain_name != "SCHEMASV"]
            if told or schema is None:
                raise _not_well_formed(path, error) from None
            self.disagree(events.error_log, seen, 0)
        for name in self.tables:
            self.flush(name)

    def begin(self, path: str, element: Any) -> None:
        name = self.at.get(path)
        if name is None:
            return
        table = self.tables[name]
        parent = next((r.number for r in reversed(self.open) if r.table == table.parent), self.last.get(table.parent))
        if table.parent and parent is None:
            self.found.orphans += 1
        number = self.found.records[name]
        self.found.records[name] += 1
        self.open.append(_Open(name, number, parent, element.sourceline or 0, {}))

    def end(self, path: str, element: Any) -> None:
        name = element.tag.rpartition("}")[2]
        text = element.text if len(element) == 0 else None
        if self.open:
            record = self.open[-1]
            if text is not None and text.strip():
                self.put(record, name, text)
            if self.at.get(path) == record.table:
                self.close(self.open.pop())
        # NOTE: the text behind an element has been read only when the next one ends, or the one around it.
        before = element.getprevious()
        between = [before.tail if before is not None else None]
        between += [element.text, element[-1].tail] if len(element) else []
        self.found.stray += sum(1 for text in between if (text or "").strip())

    def put(self, record: _Open, name: str, text: str) -> None:
        if name not in self.wanted[record.table]:
            self.found.unread[name] += 1
        elif name in record.cells:
            self.found.repeated += 1
        else:
            record.cells[name] = text

    def close(self, record: _Open) -> None:
        self.last[record.table] = record.number
        cells = [record.cells.get(column) for column in self.tables[record.table].columns]
        rows = self.waiting[record.table]
        rows.append([record.number, record.parent, record.line, *cells])
        if len(rows) >= _BATCH:
            self.flush(record.table)

    def flush(self, name: str) -> None:
        if self.waiting[name]:
            self.take(name, self.waiting[name])
            self.waiting[name] = []

    def disagree(self, log: Any, seen: int, line: int) -> int:
        for error in list(log)[seen:]:
            lines = self.found.schema.setdefault(error.type_name.removeprefix("SCHEMAV_"), [])
            self.found.disagreements += 1
            if len(lines) < _SHOWN:
                lines.append(error.line or line)
        return len(log)


def _walked(events: Any, path: Path) -> Iterator[tuple[list[str], str, Any]]:
    """Give each element with the names above it, and let go of what was read."""
    names: list[str] = []
    for number, (event, element) in enumerate(events):
        if event == "start":
            if number == 0 and element.getroottree().docinfo.doctype:
                message = "has a document type, which could have anything expanded or fetched"
                raise ExtractError("xml-doctype", message, where=shown(path), instead="Take the <!DOCTYPE ...> out.")
            names.append(element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "")
            yield names, event, element
            continue
        yield names, event, element
        names.pop()
        element.clear(keep_tail=True)
        while element.getprevious() is not None:
            del element.getparent()[0]


def _not_well_formed(path: Path, error: Any) -> ExtractError:
    """Say where the file stops being XML; what the parser says may quote it."""
    line, column = error.position or (0, 0)
    message = f"is not well-formed at line {line}, column {column}"
    if "Premature end" in str(error) or "EndTag" in str(error):
        message = f"ends before its elements are closed, at line {line}"
    return ExtractError("xml-not-well-formed", message, where=f"{shown(path)}:{line}",
                        instead="Export it again; was it cut off on its way?")  # fmt: skip
