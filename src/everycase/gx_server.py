"""What Great Expectations sees of records that stay where they are: one column a field, in a transaction of ours.

Nothing is created there. On PostgreSQL it is a subquery on the connection that counted, on Spark a DataFrame.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.pool import StaticPool

from everycase.engines.pg_server import SAVED
from everycase.sqltext import identifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from everycase.engines.pg_server import Server
    from everycase.engines.pushed_records import PushedPrepared
    from everycase.engines.spark_session import SparkServer
    from everycase.suites import FieldSpec

_KINDS: dict[str, Any] = {"date": sa.Date, "integer": sa.BigInteger, "number": sa.Double}


def _columns(prepared: PushedPrepared, fields: Mapping[str, FieldSpec]) -> dict[str, str]:
    """Write the columns: a code or text as supplied, a date or number typed and NULL where it does not parse."""
    return {
        spec.name: prepared.as_supplied(spec) if spec.type in {"code", "text"} else prepared.columns.name(spec.name)
        for spec in fields.values()
        if spec.name not in prepared.missing
    }


def _others(extra: int) -> list[str]:
    """Name the columns that are no field, which are there empty so that columns can be counted."""
    return [f"column {n} that is no field" for n in range(1, extra + 1)]


def seen_on_postgres(prepared: PushedPrepared, fields: Mapping[str, FieldSpec], extra: int) -> sa.Subquery:
    """Give the columns of the suite that the table has as a subquery; see `gx_table.seen`."""
    listed = _columns(prepared, fields)
    columns = [f"{sql} AS {identifier(name)}" for name, sql in listed.items()]
    columns += [f"CAST(NULL AS text) AS {identifier(name)}" for name in _others(extra)]
    # NOTE: a colon before a letter would be taken for a parameter.
    text = f"SELECT {', '.join(columns)} FROM {prepared.base}".replace("\\", "\\\\").replace(":", "\\:")
    kinds = [sa.column(name, _KINDS.get(fields[name].type, sa.Text)()) for name in listed]
    return sa.text(text).columns(*kinds, *(sa.column(name, sa.Text()) for name in _others(extra))).subquery("seen")


class SeenColumns:
    """Says which columns a subquery has, to whoever would look them up by the name of a table.

    Args:
        seen: the subquery.
    """

    def __init__(self, seen: sa.Subquery) -> None:
        self.dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
        self._listed = [{"name": c.name, "type": c.type} for c in seen.columns]

    def get_columns(self, *_: object, **__: object) -> list[dict[str, Any]]:
        """List the columns."""
        return self._listed

    def get_pk_constraint(self, *_: object, **__: object) -> dict[str, Any]:
        """Say that it has no key."""
        return {}


def seen_on_spark(prepared: PushedPrepared, server: SparkServer, fields: Mapping[str, FieldSpec], extra: int) -> Any:
    """Give the columns of the suite that the table has as a DataFrame; see `gx_table.seen`."""
    listed = _columns(prepared, fields)
    columns = [f"{sql} AS c{i}" for i, sql in enumerate(listed.values())]
    columns += [f"CAST(NULL AS STRING) AS e{i}" for i in range(extra)]
    sql = f"SELECT {', '.join(columns)} FROM {prepared.base}"
    return server.ask(lambda: server.session.sql(sql).toDF(*listed, *_others(extra)))


@contextmanager
def lent_server(server: Server) -> Iterator[sa.Engine]:
    """Lend the connection of a server; whoever has it can neither close it nor end its transaction."""
    connection = server.connection.connection.dbapi_connection
    engine = sa.create_engine(
        "postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool, hide_parameters=True,
        pool_reset_on_return=None,
    )  # fmt: skip
    for name in ("do_commit", "do_close", "do_terminate"):
        setattr(engine.dialect, name, lambda *_: None)
    # NOTE: a statement that fails must not end the transaction, in which others have still to be asked.
    setattr(engine.dialect, "do_rollback", lambda lent: lent.execute(f"ROLLBACK TO SAVEPOINT {SAVED}"))  # noqa: B010
    try:
        yield engine
    finally:
        engine.dispose()
