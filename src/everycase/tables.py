"""A source of several tables: each is loaded as text, and read with fields of the tables above it beside its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.engines import duck
from everycase.engines.duck_columns import DuckColumns, key_name
from everycase.engines.duck_engine import engine_error
from everycase.errors import ExtractError
from everycase.extract import ROW, wanted_columns
from everycase.outcome import Repair
from everycase.readers.xml import XmlTable, read_xml
from everycase.sqltext import identifier

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from everycase.plan import Layout, Planned
    from everycase.readers import Opened
    from everycase.readers.xml import Row, XmlFound
    from everycase.registry import SourceEntry
    from everycase.suites import FieldSpec, Suite


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as text.

    Attributes:
        name: where it lies, as it stands after FROM.
        columns: supplied name -> its column there.
        number: SQL of the number of a record, from 0.
        place: SQL of where its own program shows it: a row, or a line; over the columns of the table alone.
        link: SQL that is true of a record, `{own}`, and the one above it that it belongs to, `{above}`.
    """

    name: str
    columns: dict[str, str]
    number: str
    place: str
    link: str


@dataclass(slots=True)
class TableReading(duck.Reading):
    """One table of a source that is open."""

    source_id: str = ""
    expected: int = 0

    def read(self, layout: Layout, groups: Sequence[FieldSpec]) -> duck.Prepared:
        """Read all records of the table; there may be none.

        Raises:
            ExtractError: records were lost or came twice, since a key above stands twice.
            EngineError: the engine failed.
        """
        import duckdb

        try:
            prepared = duck.Reading.read(self, layout, groups)
        except duckdb.Error as error:
            raise engine_error(error) from None
        if prepared.records != self.expected:
            message = f"table '{self.table}': {self.expected} records went in and {prepared.records} came out"
            instead = "A table that others belong to must hold each key once."
            raise ExtractError("records-lost", message, where=self.source_id, instead=instead)
        prepared.row = identifier(ROW)
        return prepared


def open_tables(
    source_id: str,
    source: SourceEntry,
    planned: Sequence[Planned],
    raw: Mapping[str, RawTable],
    sessions: Mapping[str, duckdb.DuckDBPyConnection],
    schemas: Mapping[str, str],
) -> list[TableReading]:
    """Make the reading of each table over tables of text.

    Raises:
        ExtractError: a table has none of the columns that the registry names.
    """
    readings: dict[str, TableReading] = {}
    for part in planned:
        suite, table = part.suite, part.suite.table
        reached = {name: suite.reach[name] for name in sorted(part.plan.reached)}
        supplied = {f: c for f in suite.fields if (c := _column(source, suite, raw, table, f)) is not None}
        if not supplied:
            message = f"none of the columns of table '{table}' is in the extract"
            raise ExtractError("wrong-extract", message, where=source_id, instead="Is this the extract of this source?")
        for name in reached:
            above, _, own = name.partition(".")
            found = _column(source, suite.tables[above], raw, above, own)
            if found is not None:
                supplied[name] = found
        relation, also = _relation(suite, raw)
        reading = TableReading(
            sessions[table], relation, {**suite.fields, **reached}, supplied, _columns(part), part.plan, also,
            table=table, schema=f"{schemas[table]}.", beside=readings, source_id=source_id,
        )  # fmt: skip
        counted = sessions[table].execute(f"SELECT count(*) FROM {raw[table].name}").fetchone()
        reading.expected = counted[0] if counted else 0
        readings[table] = reading
    for part in planned:
        for name in part.suite.keys:
            spec = part.suite.fields.get(name) or part.suite.reach[name]
            part.columns.keep(spec)
    return list(readings.values())


def _columns(part: Planned) -> DuckColumns:
    assert isinstance(part.columns, DuckColumns)  # noqa: S101 - several tables are read by no other engine
    return part.columns


def _column(source: SourceEntry, suite: Suite, raw: Mapping[str, RawTable], table: str, name: str) -> str | None:
    """Find the text of a field; None where the extract does not have it."""
    supplied = wanted_columns(source, suite)[name]
    column = raw[table].columns.get(supplied)
    return None if column is None else f"{identifier(table)}.{column}"


def _relation(suite: Suite, raw: Mapping[str, RawTable]) -> tuple[str, dict[str, str]]:
    """Write a table with those above it beside; and the columns that say where a record is and to which it belongs."""
    table = suite.table
    relation = f"(SELECT *, {raw[table].place} AS place FROM {raw[table].name}) AS {identifier(table)}"
    also = {key_name(table): _of(raw[table].number, table), ROW: _of("place", table)}
    below = table
    for above in suite.above:
        link = raw[below].link.replace("{own}", identifier(below)).replace("{above}", identifier(above))
        relation += f" LEFT JOIN {raw[above].name} AS {identifier(above)} ON {link}"
        also[key_name(above)] = _of(raw[above].number, above)
        below = above
    return relation, also


def _of(column: str, table: str) -> str:
    return f"{identifier(table)}.{column}"


# XML -----------------------------------------------------------------------------------------------------------------


def load_xml(
    path: Path,
    source: SourceEntry,
    suites: Sequence[Suite],
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    xsd: Path | None,
) -> tuple[dict[str, RawTable], XmlFound, list[Repair]]:
    """Load the tables of an XML file as text.

    Args:
        path: the file.
        source: its entry in the registry.
        suites: the parts of the suite.
        connection: where the tables go.
        schema: what stands before their names.
        xsd: an XML Schema to compare the file with.
    """
    wanted: dict[str, XmlTable] = {}
    raw: dict[str, RawTable] = {}
    for suite in suites:
        named = list(dict.fromkeys(wanted_columns(source, suite).values()))
        parent = suite.above[0] if suite.above else ""
        table = source.reader.tables[suite.table]
        wanted[suite.table] = XmlTable(table.path or "", parent, tuple(named), table.repeats)
        name = f"{schema}.{identifier(f'raw {suite.table}')}"
        columns = {supplied: f"c{i}" for i, supplied in enumerate(named)}
        cells = ", ".join(f"{c} VARCHAR" for c in columns.values())
        connection.execute(f"CREATE TABLE {name} (number BIGINT, above BIGINT, line BIGINT, {cells})")
        raw[suite.table] = RawTable(name, columns, "number", "line", "{own}.above = {above}.number")

    def take(table: str, rows: Sequence[Row]) -> None:
        lists = [list(column) for column in zip(*rows, strict=True)]
        marks = ", ".join(f"unnest(${i})" for i in range(1, len(lists) + 1))
        connection.execute(f"INSERT INTO {raw[table].name} SELECT {marks}", lists)

    found = read_xml(path, wanted, take, xsd)
    return raw, found, _xml_repairs(found)


def _xml_repairs(found: XmlFound) -> list[Repair]:
    """Say what of a file could not be taken as it is."""
    repairs = []
    if found.stray:
        repairs.append(Repair("stray_text", "text between elements was passed over", found.stray))
    if found.repeated:
        repairs.append(Repair("repeated_elements", "elements that may stand once stood again: the first counts",
                              found.repeated))  # fmt: skip
    if found.orphans:
        repairs.append(Repair("orphans", "records outside of what they belong to", found.orphans))
    for kind, (line, times) in sorted(found.schema.items()):
        words = kind.lower().replace("_", " ").removeprefix("cvc ")
        repairs.append(Repair("schema", f"differs from the XML Schema ({words}), first at line {line}", times))
    return repairs


# Delimited files -----------------------------------------------------------------------------------------------------


def load_delimited(
    source_id: str,
    source: SourceEntry,
    suites: Sequence[Suite],
    opened: Mapping[str, Opened],
    connection: duckdb.DuckDBPyConnection,
    schema: str,
) -> dict[str, RawTable]:
    """Load the files of a folder as text, one a table.

    Args:
        source_id: for the message.
        source: its entry in the registry.
        suites: the parts of the suite.
        opened: table -> its file.
        connection: where the tables go.
        schema: what stands before their names.

    Raises:
        ExtractError: a file could not be loaded, or lacks a column that it is joined by.
    """
    import duckdb

    raw: dict[str, RawTable] = {}
    for suite in suites:
        table, file = suite.table, opened[suite.table]
        name = f"{schema}.{identifier(f'raw {table}')}"
        columns = {title: f"c{i}" for i, title in enumerate(file.columns)}
        try:
            connection.execute(
                f"CREATE TABLE {name} AS SELECT *, row_number() OVER () - 1 AS number FROM {file.relation}"
            )
        except duckdb.Error as error:
            raise file.explain(error) from None
        pairs = []
        for own, target in source.reader.tables[table].join.items():
            above, _, theirs = target.partition(".")
            for held, title in ((columns, own), (raw[above].columns, theirs)):
                if title not in held:
                    message = f"needs the column '{title}' to join table '{table}', which this extract does not have"
                    raise ExtractError("missing-column", message, where=source_id)
            pairs.append(f"{{own}}.{columns[own]} = {{above}}.{raw[above].columns[theirs]}")
        place = duck.row_sql("number", file.first_row, file.blank_rows)
        raw[table] = RawTable(name, columns, "number", place, " AND ".join(pairs))
    return raw
