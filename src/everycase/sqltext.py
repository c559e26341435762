"""How a name and a text are written in SQL, so that neither can become anything else."""

from __future__ import annotations


def quoted(text: str) -> str:
    """Write a text as an SQL literal.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Write a name as a quoted SQL identifier.

    >>> identifier("force")
    '"force"'
    """
    return '"' + name.replace('"', '""') + '"'
