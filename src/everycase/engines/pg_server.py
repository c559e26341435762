"""A connection to PostgreSQL that can only read, and that says what went wrong without repeating what it was told."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycase.errors import EngineError, ExtractError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

#: the savepoint that every statement starts from
SAVED = "everycase"
#: SQLSTATE or its class -> slug, what is wrong, what to do instead.
_STATES: dict[str, tuple[str, str, str]] = {
    "42P01": ("table-missing", "the database has no such table", "Write it as schema.table."),
    "3F000": ("table-missing", "the database has no such schema", "Write it as schema.table."),
    "42501": ("database-permission", "the role may not read it", "Ask for SELECT on it."),
    "57014": ("database-timeout", "the server stopped the statement, at the time limit or on request",
              "Give it longer: `reader: {timeout: SECONDS}`."),
    "25006": ("database-read-only", "it would write, and everycase only reads", "Write a query that only reads."),
    "42601": ("query-wrong", "the query of the registry is not one statement that the server takes",
              "Try it in psql first."),
    "42703": ("query-wrong", "the query of the registry names a column that is not there", "Try it in psql first."),
    "57P01": ("database-unreachable", "the server ended the connection", "Try again."),
    "08": ("database-unreachable", "the connection to the database was lost", "Try again."),
}  # fmt: skip
_SETTINGS = {
    "standard_conforming_strings": "on",
    "datestyle": "ISO, YMD",
    "intervalstyle": "iso_8601",
    "timezone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    # NOTE: enough to count per group without sorting; the server's own default is a sixteenth of it.
    "work_mem": "64MB",
    # NOTE: compiling hundreds of conditions takes longer than it saves.
    "jit": "off",
}


@dataclass(slots=True)
class Server:
    """One read-only transaction, which sees the data as it stood at its first statement."""

    engine: Engine
    connection: Connection
    source_id: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and fetch its rows.

        Raises:
            CouldNotCheckError: what the server said is not repeated, since it may quote a cell.
        """
        return [tuple(row) for row in self._run(sql, {})]

    def binds(self, sql: str) -> bool:
        """Say whether the server takes a statement, without reading a record."""
        try:
            self._run(f"EXPLAIN {sql}", {})
        except EngineError:
            return False
        return True

    def names(self, relation: str) -> list[str]:
        """List the columns of a relation."""
        return [str(c[0]) for c in self._run(f"SELECT * FROM {relation} LIMIT 0", {}).cursor.description]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Run one statement and fetch its rows a few thousand at a time, through a cursor of the server."""
        from sqlalchemy.exc import DBAPIError

        try:
            for row in self._run(sql, {"stream_results": True, "yield_per": 5000}):
                yield tuple(row)
        except DBAPIError as error:
            raise self._explained(error) from None

    def close(self) -> None:
        """End the transaction and the connection."""
        self.connection.close()
        self.engine.dispose()

    def _run(self, sql: str, options: dict[str, Any]) -> Any:
        from sqlalchemy.exc import DBAPIError

        try:
            # NOTE: with an empty set of parameters the server takes one statement only, and % stands for itself.
            return self.connection.exec_driver_sql(sql.replace("%", "%%"), (), execution_options=options)
        except (DBAPIError, UnicodeError, ValueError) as error:
            explained = self._explained(error)
            self._recover()
            raise explained from None

    def _recover(self) -> None:
        """Go back to before the failed statement, so that others can still be asked."""
        from sqlalchemy.exc import SQLAlchemyError

        with suppress(SQLAlchemyError):  # a connection that is gone says so at the next statement
            self.connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {SAVED}")

    def _explained(self, error: Exception) -> EngineError:
        return explained(getattr(getattr(error, "orig", None), "sqlstate", None), self.source_id)


def explained(state: str | None, source_id: str) -> EngineError:
    """Say what went wrong by the SQLSTATE alone."""
    found = _STATES.get(state or "") or _STATES.get((state or "")[:2])
    if found is not None:
        return EngineError(found[0], found[1], where=source_id, instead=found[2])
    kind = f" (SQLSTATE {state})" if state and state.isalnum() else ""
    return EngineError("engine", f"the database stopped with a failure{kind}", where=source_id)


def connect(source_id: str, url: str, timeout: int) -> Server:
    """Open a connection of its own for one source; neither the URL nor what the driver says of it is ever repeated.

    Raises:
        ExtractError: the URL is none, the driver is not installed, or the server does not let us in.
    """
    try:
        import psycopg  # noqa: F401 - what SQLAlchemy will ask for
    except ImportError:
        message = "psycopg, which reads PostgreSQL, is not installed"
        instead = 'Install it: pip install "everycase[postgres]".'
        raise ExtractError("database-driver", message, where=source_id, instead=instead) from None
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    try:
        where = make_url(url)
    except (SQLAlchemyError, ValueError):
        where = None
    if where is None or where.get_backend_name() not in {"postgresql", "postgres"}:
        message = "'url' is no address of a PostgreSQL database"
        instead = "Write it as postgresql://user:password@host:port/database, in a variable."
        raise ExtractError("database-url", message, where=source_id, instead=instead)
    engine = create_engine(
        where.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"application_name": "everycase", "connect_timeout": 10, "prepare_threshold": None},
    )
    try:
        connection = engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        server = Server(engine, connection, source_id)
        connection.exec_driver_sql("SET default_transaction_read_only = on")
        for name, value in {**_SETTINGS, "statement_timeout": str(timeout * 1000)}.items():
            connection.exec_driver_sql(f"SET {name} = '{value}'")
        connection.exec_driver_sql("SET client_encoding = 'UTF8'")
        encoding = str(connection.exec_driver_sql("SHOW server_encoding").scalar())
        connection.exec_driver_sql(f"SAVEPOINT {SAVED}")
    except (SQLAlchemyError, UnicodeError, ValueError, OSError):
        engine.dispose()
        message = "the database cannot be reached, or does not let us in"
        instead = "Check the address, the network and the role; try the same with psql."
        raise ExtractError("database-unreachable", message, where=source_id, instead=instead) from None
    if encoding != "UTF8":
        server.close()
        message = f"the database keeps its texts as {encoding}; only UTF8 can be compared"
        raise ExtractError("database-encoding", message, where=source_id, instead="Send an extract instead.")
    return server
