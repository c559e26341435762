"""Loading: from a source of the registry to a prepared relation, by the kind of its reader."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from everycase.engines import duck, postgres
from everycase.errors import ExtractError, UsageError
from everycase.extract import Relation, open_extract, resolve, wanted_columns
from everycase.outcome import ExtractFacts, Repair
from everycase.readers import no_records
from everycase.registry import table_parts
from everycase.sqltext import identifier

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from contextlib import ExitStack
    from pathlib import Path

    import duckdb

    from everycase.readers import Opened
    from everycase.registry import SourceEntry
    from everycase.suites import FieldSpec, Suite

Columns: TypeAlias = duck.DuckColumns | postgres.PgColumns
Prepared: TypeAlias = duck.Prepared | postgres.PgPrepared


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source lies, and what its engine may use."""

    source_id: str
    source: SourceEntry
    suite: Suite
    path: Path | None
    scratch: Path
    threads: int | None = None
    memory: str | None = None


def columns_of(source: SourceEntry, day: dt.date) -> Columns:
    """Give the writer of the engine that judges a source."""
    return postgres.PgColumns(day) if source.reader.kind == "postgres" else duck.DuckColumns(day)


def find(source_id: str, source: SourceEntry, root: Path, given: Path | None) -> Path | None:
    """Find the file or folder of a source; None where it is a table of a database.

    Raises:
        ExtractError: nothing lies there, or more than one file fits.
        UsageError: a file is named for a source that is none.
    """
    if source.reader.kind != "postgres":
        return resolve(source_id, source, root, given)
    if given is not None:
        message = f"--extract names a file, but the source '{source_id}' is a table of a database"
        raise UsageError("wrong-extract-option", message, instead="Leave it out.")
    return None


def name_of(source: SourceEntry, path: Path | None) -> str:
    """Name what is read, in the result."""
    return path.name if path is not None else source.reader.table or "query"


def load(place: Place, columns: Columns, resources: ExitStack) -> tuple[Prepared, ExtractFacts]:
    """Prepare the relation of a source.

    Raises:
        ExtractError: it cannot be read, or holds nothing.
    """
    if isinstance(columns, postgres.PgColumns):
        return _from_postgres(place, columns, resources)
    assert place.path is not None  # noqa: S101 - only a database has none
    connection = duck.connect(place.scratch, threads=place.threads, memory=place.memory)
    resources.callback(connection.close)
    with open_extract(place.source_id, place.source, place.suite, place.path, place.scratch) as relation:
        return _from_files(place.source_id, relation, place.suite, connection, columns, place.source.keys)


def unmapped_values(
    prepared: Prepared, spec: FieldSpec, longest: int, fewest: int
) -> tuple[list[tuple[str, int]], int]:
    """List values outside a code list that may be shown, and count all others."""
    if isinstance(prepared, postgres.PgPrepared):
        return postgres.unmapped_values(prepared, spec, longest, fewest)
    return duck.unmapped_values(prepared, spec, longest, fewest)


def _trimmed(found: Sequence[tuple[str, int]]) -> list[Repair]:
    return [Repair("trimmed", f"blanks at the ends of codes in {name}", count) for name, count in found]


def _from_postgres(
    place: Place, columns: postgres.PgColumns, resources: ExitStack
) -> tuple[postgres.PgPrepared, ExtractFacts]:
    from everycase.engines.pg_server import connect

    reader = place.source.reader
    server = connect(place.source_id, reader.url or "", reader.timeout)
    resources.callback(server.close)
    if reader.table is not None:
        read = ".".join(identifier(part) for part in table_parts(reader.table))
    else:
        # NOTE: the line end closes a comment that the query may end in.
        read = f"({(reader.query or '').strip().removesuffix(';')}\n)"
    names = server.names(f"{read} AS given")
    wanted = wanted_columns(place.source, place.suite)
    twice = sorted({n for n in wanted.values() if names.count(n) > 1})
    if twice:
        raise ExtractError("header-duplicate", f"two columns are called '{twice[0]}'", where=place.source_id)
    supplied = {f: f"given.c{names.index(column)}" for f, column in wanted.items() if column in names}
    if not supplied:
        message = f"none of the {len(wanted)} columns that the registry names is in the table"
        raise ExtractError("wrong-extract", message, where=place.source_id, instead="Is this the right table?")
    relation = f"{read} AS given({', '.join(f'c{i}' for i in range(len(names)))})"
    prepared = postgres.prepare(server, relation, place.suite.fields, supplied, columns)
    repairs = _trimmed(postgres.survey(prepared, place.suite.fields))
    name = name_of(place.source, None)
    if prepared.records == 0:
        message = "the table or query has no records"
        raise ExtractError("extract-no-records", message, where=place.source_id)
    digest = hashlib.sha256(f"SELECT * FROM {read}".encode()).hexdigest()
    extra = len(names) - len({wanted[f] for f in supplied})
    return prepared, ExtractFacts(
        name, sha256=digest, rows=prepared.records, reader="postgres", repairs=tuple(repairs), extra_columns=extra
    )


def _from_files(
    source_id: str,
    relation: Relation,
    suite: Suite,
    connection: duckdb.DuckDBPyConnection,
    columns: duck.DuckColumns,
    keys: Sequence[str],
) -> tuple[duck.Prepared, ExtractFacts]:
    """Load a relation, and refuse one without records or whose join multiplied them."""
    from duckdb import Error, OutOfMemoryException

    try:
        prepared = duck.prepare(connection, relation.sql, suite.fields, relation.supplied, columns, keys=keys)
        before = connection.execute(relation.records).fetchone() if relation.records else None
    except OutOfMemoryException as error:
        raise duck.engine_error(error) from None
    except Error as error:
        raise relation.explain(error) from None
    if prepared.records == 0:
        raise no_records(relation.path)
    expected = before[0] if before else relation.opened[0][1].records
    if expected is not None and expected != prepared.records:
        message = f"{expected} records went in and {prepared.records} came out"
        instead = "A table that is joined must hold each key once." if before else "Please report this."
        raise ExtractError("records-lost", message, where=source_id, instead=instead)
    prepared.number_rows(relation.first_row, relation.blank_rows)
    repairs = _trimmed(duck.trimmed(prepared, suite.fields)) + _unmatched(relation, prepared)
    for name, opened in () if relation.records else relation.opened:
        inner = opened.inner_lines(prepared.records)
        if inner:
            repairs.append(Repair("line_ends_in_cells", "line ends inside quoted cells", inner))
            _refuse_swallowed(prepared, opened, name)
    return prepared, relation.complete_facts(prepared.records, repairs)


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
    tests = ", ".join(f"count_if({test})" for test in relation.unmatched.values())
    found = prepared.rows(f"SELECT {tests} FROM {relation.sql.rpartition(' ORDER BY ')[0]}")[0]
    counted = zip(relation.unmatched, found, strict=True)
    return [Repair("unmatched", f"records without a partner in the table {name}", int(n)) for name, n in counted if n]
