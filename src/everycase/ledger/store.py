"""The store of the ledger: opened, brought up to date, appended to in one transaction, read."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, insert, inspect, select, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from everycase.errors import LedgerError
from everycase.ledger import bodies, refusals
from everycase.ledger.chain import GENESIS, Head, Signer, canonical, chained, digest_of, read_head, write_head
from everycase.ledger.tables import DERIVED, ENTRIES, RUNS, VERSION, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Engine

DEFAULT_URL = "sqlite:///everycase-ledger.db"
#: seconds to wait for another process that is writing
PATIENCE = 60
#: locks the making of the tables on PostgreSQL; any number would do that nobody else uses
_LOCK = 7_305_442_318_119


class Ledger:
    """A ledger at an address.

    Args:
        url: of SQLAlchemy, for SQLite or PostgreSQL.
        signer: signs what is appended.
        head: where the head is kept; beside an SQLite file, or in the working folder, where None.
    """

    def __init__(self, url: str = DEFAULT_URL, signer: Signer | None = None, head: Path | None = None) -> None:
        self.url = _address(url)
        self.signer = signer or Signer()
        file = Path(self.url.database or "") if self.url.get_backend_name() == "sqlite" else None
        self.file = file
        self.head_file = head or (file.with_name(f"{file.name}.head") if file else Path("everycase-ledger.head"))
        self.engine = _engine(self.url)

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the ledger.

        Raises:
            LedgerError: there is none, it is of another version, or it cannot be read.
        """
        if self.file is not None and not self.file.is_file():
            message = "there is no ledger yet"
            raise LedgerError("ledger-missing", message, instead="Run `everycase gate`, or name it with --ledger.")
        with refusals.translated(), self.engine.connect() as connection:
            found = _version(connection)
            if found is None:
                message = "what lies there is no ledger"
                raise LedgerError("ledger-missing", message, instead="Name another with --ledger.")
            if found != VERSION:
                _refuse_newer(found)
                connection.rollback()
                with self.writing():
                    pass
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that alone may write; everything of the block is kept, or nothing.

        Raises:
            LedgerError: it cannot be written to, or is of a newer version.
        """
        with refusals.translated():
            if self.file is not None:
                # NOTE: SQLite would make it readable by everybody.
                with refusals.of_the_system():
                    os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o600))
            with self.engine.connect().execution_options(writing=True) as connection, connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                _migrate(connection)
                yield connection

    def append_run(self, document: Mapping[str, Any], keep_days: int | None = None) -> Head:
        """Append a run.

        Args:
            document: the result in the shape of result.json.
            keep_days: contents of runs that began longer ago are removed; None keeps all.

        Raises:
            LedgerError: it could not be appended; then nothing was.
        """
        from everycase.ledger.retention import expired

        entries = [(bodies.run_body(document), document["run"]["started"])]
        with self._appending() as connection:
            old = expired(connection, document["run"]["started"], keep_days) if keep_days is not None else []
            if old:
                entries.append((bodies.removal_body(old), document["run"]["started"]))
            return self._append(connection, entries)

    def append(self, body: Mapping[str, Any], recorded: str) -> Head:
        """Append one entry that is no run."""
        with self._appending() as connection:
            return self._append(connection, [(body, recorded)])

    @contextmanager
    def _appending(self) -> Iterator[Connection]:
        # NOTE: the head is written after the commit, so that it never leads; hence read before the lock is had.
        kept = read_head(self.head_file)
        with self.writing() as connection:
            if kept is not None:
                _refuse_behind(connection, kept)
            yield connection
        last = self.head()
        if last is not None:
            write_head(self.head_file, last)

    def _append(self, connection: Connection, entries: Sequence[tuple[Mapping[str, Any], str]]) -> Head:
        last = _last(connection)
        sequence, previous = (last.sequence, last.digest) if last else (0, GENESIS)
        for body, recorded in entries:
            sequence += 1
            content = canonical(body)
            digest = chained(sequence, body["kind"], recorded, previous, digest_of(content))
            head = Head(sequence, digest, self.signer.sign(digest), self.signer.public)
            row = {"sequence": sequence, "kind": body["kind"], "recorded": recorded, "previous": previous,
                   "content": digest_of(content), "digest": digest, "signature": head.signature, "key": head.key,
                   "body": content.decode()}  # fmt: skip
            connection.execute(insert(ENTRIES), [row])
            for table, rows in rows_of(sequence, body).items():
                if rows:
                    connection.execute(insert(table), rows)
            for removed in body.get("removed", ()):
                connection.execute(update(ENTRIES).where(ENTRIES.c.sequence == removed).values(body=None))
                for table in DERIVED:
                    connection.execute(table.delete().where(table.c.sequence == removed))
            previous = digest
        return head

    def head(self) -> Head | None:
        """Give the head; None where nothing was appended yet."""
        with self.reading() as connection:
            return _last(connection)

    def run_of(self, connection: Connection, run: str) -> tuple[int, dict[str, Any]]:
        """Find a run by its id, or by as much of the beginning as only one has; `last` is the newest.

        Raises:
            LedgerError: there is none, or more than one.
        """
        query = select(RUNS.c.sequence).order_by(RUNS.c.sequence.desc())
        if run != "last":
            query = query.where(RUNS.c.run.startswith(run, autoescape=True))
        found = [n for (n,) in connection.execute(query.limit(1 if run == "last" else 2))]
        if len(found) != 1:
            message = "more than one run begins like that" if found else "the ledger has no such run"
            raise LedgerError("unknown-run", message, instead="See `everycase history`.")
        body = connection.scalar(select(ENTRIES.c.body).where(ENTRIES.c.sequence == found[0]))
        return found[0], json.loads(body or "{}")


def _address(url: str) -> URL:
    """Read an address; a password in it is never shown."""
    try:
        found = make_url(url)
    except ArgumentError:
        found = None
    kind = found.get_backend_name() if found is not None else ""
    if found is None or kind not in {"sqlite", "postgresql"} or (kind == "sqlite" and not found.database):
        message = "--ledger is no address of a ledger"
        raise LedgerError("ledger-url", message, instead=f"Write it like {DEFAULT_URL}, or postgresql://host/database.")
    return found.set(drivername="postgresql+psycopg") if kind == "postgresql" else found


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        try:
            return create_engine(url, hide_parameters=True)
        except ImportError:
            message = "the package that speaks to PostgreSQL is not installed"
            raise LedgerError("database-driver", message, instead="pip install 'everycase[postgres]'") from None
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": PATIENCE})

    # NOTE: Python's driver begins transactions by itself, too late and not for DDL; so we do instead.
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _version(connection: Connection) -> str | None:
    """Give the migration that a ledger is at; None where there is no ledger."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(found) if found is not None else None


def _refuse_newer(found: str) -> None:
    if found > VERSION:
        message = "the ledger was written by a newer everycase"
        raise LedgerError("ledger-newer", message, instead="Use that version; nothing was changed.")


def _migrate(connection: Connection) -> None:
    """Make the tables, or bring those of an older version up to date, within the caller's transaction."""
    found = _version(connection)
    if found == VERSION:
        return
    if found is not None:
        _refuse_newer(found)
    elif inspect(connection).get_table_names():
        message = "the database holds tables of something else"
        raise LedgerError("ledger-missing", message, instead="Name an empty one with --ledger.")
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, VERSION)


def _last(connection: Connection) -> Head | None:
    columns = (ENTRIES.c.sequence, ENTRIES.c.digest, ENTRIES.c.signature, ENTRIES.c.key)
    found = connection.execute(select(*columns).order_by(ENTRIES.c.sequence.desc()).limit(1)).first()
    return Head(*found) if found else None


def _refuse_behind(connection: Connection, kept: Head) -> None:
    """Refuse to go on with a ledger that does not hold the head that was kept of it."""
    found = connection.scalar(select(ENTRIES.c.digest).where(ENTRIES.c.sequence == kept.sequence))
    if found != kept.digest:
        message = f"the ledger does not hold entry {kept.sequence} as it was when its head was kept"
        instead = "Run `everycase verify`. If it is another ledger on purpose, keep the old head elsewhere first."
        raise LedgerError("ledger-head", message, instead=instead)
