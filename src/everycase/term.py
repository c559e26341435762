"""A written piece of SQL and its kind, and which kinds may stand together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.errors import PredicateError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycase import coded


@dataclass(frozen=True, slots=True)
class Term:
    """A written piece of SQL: its kind is text, date, integer, number, truth or null."""

    sql: str
    kind: str
    coded: coded.Coded | None = None
    literal: str | None = None
    words: tuple[str, ...] = ()  # all that it can be, where those are few


def one_kind(kinds: Iterable[str], where: str) -> str:
    """Find the kind that all agree on; integers become numbers beside numbers."""
    found = {k for k in kinds if k != "null"}
    if found == {"integer", "number"}:
        return "number"
    if len(found) > 1:
        raise PredicateError("predicate-kind", f"{' and '.join(sorted(found))} cannot stand together", where=where)
    return found.pop() if found else "null"


def aligned(term: Term, other: Term, where: str) -> Term:
    """Read a text literal as a date beside a date; refuse any other difference of kind."""
    if term.literal is not None and other.kind == "date":
        try:
            day = dt.date.fromisoformat(term.literal)
        except ValueError:
            message = f"'{term.literal}' is no date"
            raise PredicateError("predicate-kind", message, where=where, instead="Write it as 'YYYY-MM-DD'.") from None
        return Term(f"DATE '{day.isoformat()}'", "date")
    if other.literal is None or term.kind != "date":
        one_kind([term.kind, other.kind], where)
    return term


def check_word(term: Term, other: Term, where: str) -> None:
    """Refuse a literal that a text of few words can never be."""
    if term.words and other.literal is not None and other.literal not in term.words:
        raise PredicateError("unknown-code", f"'{other.literal}' is none of: {', '.join(term.words)}", where=where,
                             instead=nearest(other.literal, term.words))  # fmt: skip
