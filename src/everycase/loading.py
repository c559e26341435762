"""Loading: from a source of the registry to a prepared relation, by the kind of its reader."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from everycase.cells import wanted_of
from everycase.engines import duck, duck_engine, postgres, spark
from everycase.engines.duck_columns import DuckColumns
from everycase.errors import EngineError, ExtractError, UsageError
from everycase.extract import ROW, Relation, complete_facts, open_extract, open_files, resolve, wanted_columns
from everycase.outcome import ExtractFacts, Repair
from everycase.readers import inspection, no_records, trimmed_repair
from everycase.readers.opening import kind_for
from everycase.registry import DATABASES, table_parts
from everycase.sqltext import identifier

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence

    from everycase.engines import Prepared, Reading
    from everycase.engines.spark_session import Spark
    from everycase.plan import Layout, Plan, Planned
    from everycase.readers import Opened
    from everycase.registry import SourceEntry
    from everycase.suites import FieldSpec, Suite

Columns: TypeAlias = DuckColumns | postgres.PgColumns | spark.SparkColumns
#: kinds of reader whose records are no files
_TABLES = (*DATABASES, "spark_table")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source lies, and the engine that holds what is kept of it."""

    source_id: str
    source: SourceEntry
    suite: Suite
    path: Path | None
    scratch: Path
    root: Path
    engine: duck_engine.Engine
    spark: Spark | None = None


def pushed(source: SourceEntry, engine: str) -> bool:
    """Say whether the records of a source stay where they are, since its engine is asked there."""
    return source.reader.kind == "postgres" or engine == "spark"


def columns_of(source: SourceEntry, day: dt.date, engine: str = "duckdb") -> Columns:
    """Give the writer of the engine that judges a source: PostgreSQL its own tables, else the one asked for."""
    if source.reader.kind == "postgres":
        return postgres.PgColumns(day)
    return spark.SparkColumns(day) if engine == "spark" else DuckColumns(day)


def find(
    source_id: str, source: SourceEntry, root: Path, given: Path | None, engine: str = "duckdb", *, other: bool = False
) -> Path | None:
    """Find the file or folder of a source; None where it is a table, or lies where only Spark can reach.

    Args:
        source_id: for the message.
        source: its entry in the registry.
        root: what a relative path of the registry starts from.
        given: what --extract named; goes before the registry.
        engine: the one asked for.
        other: whether a DataFrame or table was given for it.

    Raises:
        ExtractError: nothing lies there, or more than one file fits.
        UsageError: a file is named for a source that is none.
    """
    if source.reader.kind == "spark_table" and engine != "spark":
        message = "the source is a table of Spark, and another engine was asked"
        raise ExtractError("engine-needed", message, where=source_id, instead="Ask with --engine spark.")
    remote = engine == "spark" and given is None and "://" in (source.extract or "")
    if source.reader.kind not in _TABLES and not other:
        return None if remote else resolve(source_id, source, root, given)
    if given is not None:
        message = f"--extract names a file, but the source '{source_id}' is a table of a database"
        raise UsageError("wrong-extract-option", message, instead="Leave it out.")
    return None


def name_of(source: SourceEntry, path: Path | None) -> str:
    """Name what is read, in the result."""
    if path is not None:
        return path.name
    return source.reader.table or ("query" if source.reader.query else source.extract or "")


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A source that is open.

    Attributes:
        readings: one for each of its tables, in the order of the suite's parts.
        facts: what was read and what had to be put right; ask once all was read, and before it is closed.
    """

    readings: Sequence[Reading[Prepared]]
    facts: Callable[[], ExtractFacts]


@contextmanager
def opened(place: Place, planned: Sequence[Planned], resources: ExitStack) -> Iterator[OpenSource]:
    """Open the extract of a source, so that it is known what it has and what can be asked of it.

    Args:
        place: where it lies.
        planned: its tables with what will be asked of them.
        resources: closes what must stay open as long as the run.

    Raises:
        ExtractError: it cannot be read.
    """
    (part, *others), columns = planned, planned[0].columns
    if isinstance(columns, postgres.PgColumns):
        reading = _from_postgres(place, columns, part.plan, resources)
        yield OpenSource([reading], reading.facts)
        return
    if isinstance(columns, spark.SparkColumns):
        spark_reading = _from_spark(place, columns, part.plan, resources)
        yield OpenSource([spark_reading], spark_reading.facts)
        return
    if part.suite.table:
        with _tables(place, [part, *others], resources) as source:
            yield source
        return
    assert isinstance(columns, DuckColumns)  # noqa: S101 - the only other engine
    connection = place.engine.session()
    resources.callback(connection.close)
    for name in place.source.keys:
        columns.keep(place.suite.fields[name])
    path = place.path or Path(name_of(place.source, None))
    with open_extract(place.source_id, place.source, place.suite, path, place.scratch) as relation:
        from_file = FileReading(
            connection, relation.sql, place.suite.fields, relation.supplied, columns, part.plan, relation.also,
            source_id=place.source_id, opened=relation,
        )  # fmt: skip
        yield OpenSource([from_file], from_file.facts)


@contextmanager
def _tables(place: Place, planned: Sequence[Planned], resources: ExitStack) -> Iterator[OpenSource]:
    """Open the tables of a source of several."""
    from everycase import tables

    assert place.path is not None  # noqa: S101 - only a database has none
    names = [part.suite.table for part in planned]
    suites = [part.suite for part in planned]
    database, sessions = place.engine.sessions(names)
    for session in sessions.values():
        resources.callback(session.close)
    schemas = {name: f"{database}.{identifier(name)}" for name in names}
    main, first = f"{database}.main", sessions[names[0]]
    with ExitStack() as stack:
        if place.source.reader.kind == "xml":
            before = inspection.regular_file(place.path)
            sha256 = inspection.digest(place.path)
            xsd = place.root / place.source.reader.xsd if place.source.reader.xsd else None
            raw, found, repairs = tables.load_xml(place.path, place.source, suites, first, main, xsd)
            if inspection.identity(place.path) != before:
                message = "changed while it was being read, so what was counted is not what is there now"
                raise ExtractError("extract-changed", message, where=inspection.shown(place.path))
            described = ExtractFacts(
                place.path.name, sha256=sha256, bytes=place.path.stat().st_size, reader="xml",
                extra_columns=len(found.unread),
            )  # fmt: skip
            files: list[tuple[str, Opened]] = []
        else:
            opened = open_files(place.source, place.path, place.scratch, stack)
            files, repairs = list(opened.items()), []
            of_table = {name: opened[place.source.reader.tables[name].file or ""] for name in names}
            raw = tables.load_delimited(place.source_id, place.source, suites, of_table, first, main)
            described = ExtractFacts(place.path.name, reader=f"delimited, {len(names)} tables")
        readings = tables.open_tables(place.source_id, place.source, planned, raw, sessions, schemas)
        if not any(reading.expected for reading in readings):
            raise no_records(place.path)

        def facts() -> ExtractFacts:
            told = [
                trimmed_repair(f"{r.table}.{n}", c) for r in readings if r.prepared for n, c in duck.trimmed(r.prepared)
            ]
            rows = sum(reading.expected for reading in readings)
            if files:
                return complete_facts(described, files, rows, told)
            return replace(described, rows=rows, repairs=(*repairs, *told))

        yield OpenSource(readings, facts)


@dataclass(slots=True)
class FileReading(duck.Reading):
    """Files that are open, with what is known of them only once they were read."""

    source_id: str = ""
    opened: Relation = field(kw_only=True)
    prepared: duck.Prepared | None = None

    def read(self, layout: Layout, groups: Sequence[FieldSpec]) -> duck.Prepared:
        """Read all records, and refuse an extract without any or whose join multiplied them."""
        from duckdb import BinderException, Error, OutOfMemoryException

        relation = self.opened
        try:
            prepared = duck.Reading.read(self, layout, groups)
        except (OutOfMemoryException, BinderException) as error:
            raise duck_engine.engine_error(error) from None
        except Error as error:
            self._explain(error)
            raise duck_engine.engine_error(error) from None
        if prepared.records == 0:
            raise no_records(relation.path)
        expected = relation.opened[0][1].records
        if relation.joined:
            expected = int(prepared.rows(f"SELECT max({identifier(ROW)}) FROM {duck.TABLE}")[0][0])
        if expected is not None and expected != prepared.records:
            message = f"{expected} records went in and {prepared.records} came out"
            instead = "A table that is joined must hold each key once." if relation.joined else "Please report this."
            raise ExtractError("records-lost", message, where=self.source_id, instead=instead)
        prepared.number_rows(relation.first_row, relation.blank_rows)
        self.prepared = prepared
        return prepared

    def _explain(self, error: Exception) -> None:
        """Refuse the file where it is what made the reading fail, and not a rule."""
        from duckdb import Error

        try:
            self.holds([])
        except Error as again:
            raise self.opened.explain(again) from None
        if self.loaded and not self._runs("SELECT", []):
            raise self.opened.explain(error) from None

    def facts(self) -> ExtractFacts:
        """Say what was read and what had to be put right; ask once all was read, and before it is closed."""
        relation, prepared = self.opened, self.prepared
        assert prepared is not None  # noqa: S101 - whoever asks has read
        repairs = [trimmed_repair(*found) for found in duck.trimmed(prepared)] + _unmatched(relation, prepared)
        for name, opened in () if relation.joined else relation.opened:
            inner = opened.inner_lines(prepared.records)
            if inner:
                repairs.append(Repair("line_ends_in_cells", "line ends inside quoted cells", inner))
                _refuse_swallowed(prepared, opened, name)
        return relation.complete_facts(prepared.records, repairs)


def _from_postgres(place: Place, columns: postgres.PgColumns, plan: Plan, resources: ExitStack) -> postgres.PgReading:
    from everycase.engines.pg_server import connect

    reader = place.source.reader
    if place.suite.tables:
        message = "PostgreSQL is not asked about a source of several tables"
        instead = "Check an extract of it, or one table or query with a suite of its own."
        raise EngineError("engine-lacks", message, where=place.source_id, instead=instead)
    server = connect(place.source_id, reader.url or "", reader.timeout)
    resources.callback(server.close)
    if reader.table is not None:
        read = ".".join(identifier(part) for part in table_parts(reader.table))
    else:
        # NOTE: the line end closes a comment that the query may end in.
        read = f"({(reader.query or '').strip().removesuffix(';')}\n)"
    names = server.names(f"{read} AS given")
    supplied, extra = _supplied(place, names)
    relation = f"{read} AS given({', '.join(f'c{i}' for i in range(len(names)))})"
    facts = ExtractFacts(
        name_of(place.source, None),
        sha256=hashlib.sha256(f"SELECT * FROM {read}".encode()).hexdigest(),
        reader="postgres",
        extra_columns=extra,
    )
    supplied = {f: f"given.{c}" for f, c in supplied.items()}
    tables = place.engine.session()
    resources.callback(tables.close)
    return postgres.PgReading(server, tables, relation, place.suite.fields, supplied, columns, plan, facts)


def _from_spark(place: Place, columns: spark.SparkColumns, plan: Plan, resources: ExitStack) -> spark.SparkReading:
    from everycase.engines.spark_relation import files_relation, given_relation

    assert place.spark is not None  # noqa: S101 - the engine was asked for
    source, reader, fields = place.source, place.source.reader, place.suite.fields
    kind = reader.kind if place.path is None else kind_for(place.path, reader)
    wanted = wanted_of(place.suite, wanted_columns(source, place.suite))
    server, given = place.spark.server(place.source_id, place.scratch), place.spark.relations.get(place.source_id)
    _refuse_on_spark(place, kind if given is None else "")
    if given is not None or kind == "spark_table":
        found = given_relation(server, given, reader, place.spark.given, wanted.types, resources)
    else:
        found = files_relation(
            server, place.path, source.extract or "", reader.model_copy(update={"kind": kind}), wanted, place.scratch,
            resources,
        )  # fmt: skip
    if given is not None or kind != "delimited":
        # NOTE: dates that are dates are given as text in ISO, whatever the field is written in elsewhere; see `cells`.
        fields = {n: replace(f, formats=tuple(dict.fromkeys((*f.formats, "%Y-%m-%d")))) for n, f in fields.items()}
    supplied, extra = _supplied(place, found.names)
    tables = place.engine.session()
    resources.callback(tables.close)
    facts = replace(found.facts, extra_columns=extra)
    return spark.SparkReading(server, tables, found.records, fields, supplied, columns, plan, facts, given=found)


def _refuse_on_spark(place: Place, kind: str) -> None:
    """Refuse what only DuckDB reads; a DataFrame has no kind."""
    reader, message = place.source.reader, ""
    if reader.tables or place.suite.tables:
        message = "Spark does not read an extract of several tables"
    elif kind not in {"", "delimited", "parquet", "spark_table"}:
        message = f"Spark does not read an extract of the kind '{kind}'"
    elif reader.dates or reader.thousands:
        message = "Spark does not read 'dates' and 'thousands' of a reader"
    if message:
        raise EngineError("engine-lacks", message, where=place.source_id, instead="Check it on DuckDB, or send a view.")


def _supplied(place: Place, names: Sequence[str]) -> tuple[dict[str, str], int]:
    """Find the columns of a table or of files: field -> c0, c1 and so on, and how many columns are no field's."""
    wanted = wanted_columns(place.source, place.suite)
    twice = sorted({n for n in wanted.values() if names.count(n) > 1})
    if twice:
        raise ExtractError("header-duplicate", f"two columns are called '{twice[0]}'", where=place.source_id)
    supplied = {f: f"c{names.index(column)}" for f, column in wanted.items() if column in names}
    if not supplied:
        message = f"none of the {len(wanted)} columns that the registry names is in the table"
        raise ExtractError("wrong-extract", message, where=place.source_id, instead="Is this the right table?")
    return supplied, len(names) - len({wanted[f] for f in supplied})


def _refuse_swallowed(prepared: duck.Prepared, opened: Opened, name: str) -> None:
    """Refuse a file in which a quoted cell holds what looks like a whole row: a quote was left open there."""
    rows = f"(SELECT row_number() OVER () - 1 AS place, * FROM {opened.relation})"
    place = prepared.rows(f"SELECT min(place) FROM {rows} WHERE {opened.swallowed_sql()}")[0][0]
    if place is not None:
        message = f"row {opened.row_of(int(place))}: a quoted cell holds a whole row of its own"
        instead = "A quote was opened there and closed rows later: close it, or export the file again."
        raise ExtractError("quote-open", message, where=name, instead=instead)


def _unmatched(relation: Relation, prepared: duck.Prepared) -> list[Repair]:
    """Count, table by table, the records that name a partner which the table does not hold."""
    if not relation.unmatched:
        return []
    tests = ", ".join(f"count_if({identifier(name)})" for name in relation.unmatched.values())
    found = prepared.rows(f"SELECT {tests} FROM {duck.TABLE}")[0]
    counted = zip(relation.unmatched, found, strict=True)
    return [Repair("unmatched", f"records without a partner in the table {name}", int(n)) for name, n in counted if n]
