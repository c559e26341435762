"""What Great Expectations sees of a source: one column a field, in a view on a connection that stays ours."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from everycase.engines.duck import TABLE
from everycase.sqltext import identifier

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from duckdb_sqlalchemy import ConnectionWrapper

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

    from everycase.engines.duck import Prepared
    from everycase.suites import FieldSpec

_VIEW = "seen by great expectations"


class _Borrowed(ConnectionWrapper):  # type: ignore[misc] # the driver has no types
    """A connection that is lent: whoever has it can neither close it nor end its transaction."""

    def close(self) -> None:
        """Leave it open."""

    def begin(self) -> None:
        """Stay in whatever transaction there is."""

    commit = rollback = begin


@contextmanager
def lent(connection: duckdb.DuckDBPyConnection) -> Iterator[sa.Engine]:
    """Lend a connection for a while; it is neither closed nor committed."""
    # NOTE: connection.cursor() would be another session, which sees no temporary view.
    borrowed = _Borrowed(connection)
    engine = sa.create_engine("duckdb://", creator=lambda: borrowed, poolclass=StaticPool)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def seen(prepared: Prepared, fields: Mapping[str, FieldSpec], extra: int) -> Iterator[str]:
    """Give the name of a view with one column for each field of the suite that the extract has.

    A code or text is as supplied, even where its code list or pattern does not hold it; a date or number is typed,
    and NULL where it does not parse. Columns have the names of the fields; those of the extract that are no field
    are there as well, nameless and empty, so that columns can be counted.
    """
    stored = dict(_stored(prepared))
    columns = [_as_supplied(f, stored) for f in fields.values() if f.name not in prepared.missing]
    columns += [f"CAST(NULL AS VARCHAR) AS {identifier(f'column {n} that is no field')}" for n in range(1, extra + 1)]
    view = identifier(_VIEW)
    prepared.connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {', '.join(columns)} FROM {TABLE}")
    try:
        yield _VIEW
    finally:
        prepared.connection.execute(f"DROP VIEW IF EXISTS {view}")


def unkept(prepared: Prepared, fields: Mapping[str, FieldSpec]) -> frozenset[str]:
    """List the columns whose values were not kept, since nothing asked for them."""
    return frozenset(set(fields) - {name for name, _ in _stored(prepared)} - prepared.missing)


def _stored(prepared: Prepared) -> list[tuple[str, str]]:
    return [(str(row[0]), str(row[1])) for row in prepared.rows(f"DESCRIBE {TABLE}")]


def _as_supplied(spec: FieldSpec, stored: Mapping[str, str]) -> str:
    name, raw = identifier(spec.name), f"{spec.name}__raw"
    if spec.name not in stored:
        return f"CAST(NULL AS VARCHAR) AS {name}"
    if spec.type in {"code", "text"} and raw in stored:
        return f"COALESCE(CAST({name} AS VARCHAR), {identifier(raw)}) AS {name}"
    return name
