"""What a database said when it refused, as sentences of ours: its own words may hold an address or a password."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from everycase.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHOLE = "Nothing was appended; what was in the ledger before stands."
_SQLITE = {
    "SQLITE_FULL": ("ledger-full", "the disk is full, so the ledger could not be written", f"Make room. {_WHOLE}"),
    "SQLITE_READONLY": ("ledger-read-only", "the ledger may not be written to", f"Check its folder's rights. {_WHOLE}"),
    "SQLITE_CANTOPEN": ("ledger-read-only", "the ledger cannot be opened", "Check that its folder exists, and rights."),
    "SQLITE_BUSY": ("ledger-busy", "another process keeps the ledger locked", f"Try again later. {_WHOLE}"),
    "SQLITE_CORRUPT": ("ledger-damaged", "the file of the ledger is damaged", "Restore it, then `everycase verify`."),
    "SQLITE_NOTADB": ("ledger-damaged", "the file is no database", "Name another with --ledger."),
    "SQLITE_IOERR": ("ledger-full", "the disk could not be written", f"Check the disk. {_WHOLE}"),
}
_POSTGRES = {
    "53100": _SQLITE["SQLITE_FULL"],
    "42501": ("ledger-read-only", "the role may not write to the ledger", "Ask for CREATE and INSERT on its schema."),
    "25006": _SQLITE["SQLITE_READONLY"],
    "55P03": _SQLITE["SQLITE_BUSY"],
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the database raises into a refusal.

    Raises:
        LedgerError: instead of it.
    """
    try:
        yield
    except DBAPIError as error:
        raise _refusal(error) from None
    except SQLAlchemyError as error:
        message = f"the ledger could not be used: {type(error).__name__}"
        raise LedgerError("ledger-failed", message, instead=_WHOLE) from None


@contextmanager
def of_the_system() -> Iterator[None]:
    """Turn what the operating system raises for a file of the ledger into a refusal."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        slug, message, instead = _SQLITE["SQLITE_FULL" if full else "SQLITE_CANTOPEN"]
        raise LedgerError(slug, message, instead=instead) from None


def _refusal(error: DBAPIError) -> LedgerError:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    state = str(getattr(error.orig, "sqlstate", "") or "")
    known = next((v for k, v in _SQLITE.items() if name.startswith(k)), None) or _POSTGRES.get(state)
    if known is None and (error.connection_invalidated or not (name or state)):
        known = (
            "ledger-unreachable",
            "the database of the ledger cannot be reached",
            "Check address, network and role.",
        )
    if known is None:
        known = ("ledger-failed", f"the database of the ledger refused ({state or name})", _WHOLE)
    slug, message, instead = known
    return LedgerError(slug, message, instead=instead)
