"""What several commands read from their options in the same way."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from everycase.errors import UsageError


def day_of(text: str | None) -> dt.date:
    """Read a day; today where none is given."""
    if text is None:
        return dt.datetime.now(dt.UTC).astimezone().date()
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        message = "--as-of is no date"
        raise UsageError("wrong-date", message, instead="Write it as YYYY-MM-DD.") from None


def memory_of(text: str | None) -> str | None:
    """Read a size of memory."""
    if text is not None and not re.fullmatch(r"[1-9][0-9]*(\.[0-9]+)?\s?[KMGT]i?B", text, re.IGNORECASE):
        raise UsageError("wrong-memory", "--memory is no size", instead="Write it like 500MB or 2GB.")
    return text


def extracts_of(pairs: list[str]) -> dict[str, Path]:
    """Read pairs SOURCE=PATH."""
    found: dict[str, Path] = {}
    for pair in pairs:
        source, sign, path = pair.partition("=")
        if not sign or not source or not path:
            message = f"--extract {pair.partition('=')[0]} does not name a source and a file"
            raise UsageError("wrong-extract-option", message, instead="Write --extract SOURCE=PATH.")
        if source in found:
            raise UsageError("wrong-extract-option", f"--extract names the source '{source}' twice")
        found[source] = Path(path)
    return found
