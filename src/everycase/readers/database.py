"""A table or query of a database that is fetched through SQLAlchemy, read-only: SQLite, DuckDB, and others by driver.

PostgreSQL is judged where it lies (`everycase.engines.postgres`) and never comes through here. Nothing that a driver
says is repeated, since it may quote the address, a password or a cell.
"""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycase.errors import ExtractError
from everycase.readers import inspection
from everycase.readers.written import cell_text, header_names, private_target, supplied, write_records
from everycase.sqltext import identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycase.readers import Opened
    from everycase.registry import Reader

_ROWS = 10_000


@contextmanager
def open_database(source_id: str, reader: Reader, parts: list[str], scratch: Path) -> Iterator[Opened]:
    """Fetch a table or query into a private scratch file, ready to load.

    Args:
        source_id: for messages.
        reader: the address, and the table or query.
        parts: the parts of the table's name; [] for a query.
        scratch: an existing private folder.

    Raises:
        ExtractError: the database cannot be reached or asked; or the driver is not installed.
    """
    from sqlalchemy import exc

    refuse = partial(ExtractError, where=source_id)
    query = (reader.query or "").strip().removesuffix(";")
    if query and not re.match(r"(?i)\s*(select|with|values|from)\b", query):
        raise refuse("database-read-only", "the query is no SELECT", instead="Write one that only reads.")
    # NOTE: the line end closes a comment that the query may end in.
    read = "SELECT * FROM " + (".".join(map(identifier, parts)) if parts else f"({query}\n) given")
    with ExitStack() as stack:
        engine = _engine(reader.url or "", refuse)
        stack.callback(engine.dispose)
        try:
            connection = stack.enter_context(engine.connect().execution_options(stream_results=True))
        except (exc.SQLAlchemyError, OSError):
            message = "the database cannot be reached"
            raise refuse("database-unreachable", message, instead="Check the address and that it is there.") from None
        try:
            result = connection.exec_driver_sql(read)
            names = header_names([str(k) for k in result.keys()], source_id, 1, [])  # noqa: SIM118 - no mapping
            rows = ([_text(v) for v in row] for part in result.partitions(_ROWS) for row in part)
            written = write_records(rows, len(names), 1, private_target(scratch, stack))
        except (exc.SQLAlchemyError, OSError, OverflowError, UnicodeError):
            message = "the table or query cannot be read: it is not there, or may not be"
            raise refuse("database-table", message, instead="Check its name, and who may SELECT from it.") from None
        # NOTE: the digest is of what was fetched, since a database has no bytes of its own to compare.
        file = stack.enter_context(supplied(written.path))
        yield file.opened(names, written, (), 1)


def _text(value: Any) -> str:
    if isinstance(value, (bytes, memoryview)):
        message = "a column holds bytes, which no field takes"
        raise ExtractError("column-kind", message, instead="Leave it out of the query.")
    return cell_text(value)


def _engine(url: str, refuse: Any) -> Any:
    """Make an engine that cannot write, where its driver lets one say so."""
    from sqlalchemy import create_engine, exc
    from sqlalchemy.engine import make_url
    from sqlalchemy.pool import NullPool

    try:
        parsed = make_url(url)
        dialect = parsed.get_backend_name()
        options: dict[str, Any] = {}
        if dialect in {"sqlite", "duckdb"}:
            path = Path(parsed.database or "")
            if not parsed.database or not path.is_file():
                message = "there is no database file at the `url` of the registry"
                raise refuse("database-unreachable", message, instead="Check the path.")
            inspection.readable_file(path)
            if dialect == "sqlite":
                parsed = parsed.set(database=f"file:{_quoted(path)}", query={"mode": "ro", "uri": "true"})
            else:
                options = {"connect_args": {"read_only": True, "config": {"autoload_known_extensions": "false"}}}
        return create_engine(parsed, poolclass=NullPool, hide_parameters=True, **options)
    except exc.NoSuchModuleError:
        message = "there is no driver for the address of the registry"
        raise refuse("database-driver", message, instead="Install the SQLAlchemy driver of this database.") from None
    except ImportError:
        message = "the driver of this database is not installed"
        raise refuse("database-driver", message, instead="Install the driver that SQLAlchemy names for it.") from None
    except (exc.ArgumentError, ValueError):
        message = "the `url` of the registry is no address of a database"
        raise refuse("database-url", message, instead="Write it as dialect://user:password@host/database.") from None


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.absolute()))
