"""Functions that calculate: check characters of identifiers, working days, and what an interval may hold."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from everycase.errors import PredicateError
from everycase.term import Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from everycase.codelists import Codelist
    from everycase.functions import Call

#: a Monday before every date that can be read
_FIRST_MONDAY = "DATE '0001-01-01'"


def remainder(call: Call) -> Term:
    """Write the remainder of a division by a whole number above nought; it has the sign of the number divided."""
    divisor = call.of_kind(1, "integer")
    if not re.fullmatch(r"[1-9][0-9]{0,8}", divisor):
        message = "remainder() needs a whole number above nought, written out, as argument 2"
        raise PredicateError("predicate-shape", message, where=call.where)
    return Term(f"({call.of_kind(0, 'integer')} % {divisor})", "integer")


def whole(call: Call) -> Term:
    """Write the number that a text of 1 to 18 digits stands for; unknown for any other text."""
    return Term(call.writer.columns.whole(call.of_kind(0, "text")), "integer")


def concat(call: Call) -> Term:
    """Write texts one after the other; unknown where one of them is."""
    return Term(f"({' || '.join(call.of_kind(i, 'text') for i in range(len(call.nodes)))})", "text")


def place_in(call: Call) -> Term:
    """Write the place of a single character in a literal; 0 where it is not in it, unknown for any other text."""
    text, held = call.of_kind(0, "text"), call.text(1)
    if not held.isascii() or len(set(held)) != len(held):
        message = "place_in() needs different ASCII characters as argument 2"
        raise PredicateError("predicate-shape", message, where=call.where)
    return Term(call.writer.columns.position(text, held), "integer")


def weekday(call: Call) -> Term:
    """Write the day of the week, 1 for Monday to 7 for Sunday."""
    return Term(call.writer.columns.day_part("weekday", call.of_kind(0, "date")), "integer")


def workdays_between(call: Call) -> Term:
    """Write how many working days come after one day up to and including another.

    Monday to Friday are working days, less the days that the code list named last holds.
    """
    columns = call.writer.columns
    first, second = call.of_kind(0, "date"), call.of_kind(1, "date")
    free = _holidays(call)

    def until(day: str) -> str:
        passed = columns.days_between(_FIRST_MONDAY, day)
        weeks, rest = columns.quotient(passed, 7), f"({passed} % 7)"
        holidays = "".join(f" - CASE WHEN {day} >= DATE '{h}' THEN 1 ELSE 0 END" for h in free)
        return f"({weeks} * 5 + CASE WHEN {rest} > 4 THEN 5 ELSE {rest} + 1 END{holidays})"

    return Term(f"({until(second)} - {until(first)})", "integer")


def _holidays(call: Call) -> list[str]:
    name = call.text(2)
    codelist = check_calendar(call.writer.calendar(name, call.where), call.where)
    return sorted(day for day in codelist.codes if dt.date.fromisoformat(day).weekday() < 5)


def check_calendar(codelist: Codelist, where: str) -> Codelist:
    """Give the code list, and refuse one whose codes are not days.

    Raises:
        PredicateError: a code is no day written YYYY-MM-DD.
    """
    for code in codelist.codes:
        try:
            right = dt.date.fromisoformat(code).isoformat() == code
        except ValueError:
            right = False
        if not right:
            message = f"'{code}' of the code list '{codelist.name}' is no day, so that it is no calendar"
            raise PredicateError("predicate-kind", message, where=where, instead="Write each code as YYYY-MM-DD.")
    return codelist


def lowest(call: Call) -> Term:
    """Write the least whole number that a code of a band, or a suppressed count, may stand for."""
    return _bound(call, lambda low, _: low)


def highest(call: Call) -> Term:
    """Write the greatest; unknown where there is none."""
    return _bound(call, lambda _, high: high)


def _bound(call: Call, side: Callable[[int | None, int | None], int | None]) -> Term:
    spec, codelist = call.coded()
    bounds: dict[int, list[str]] = {}
    for code in codelist.codes.values():
        bound = side(code.low, code.high)
        if bound is not None:
            bounds.setdefault(bound, []).append(code.code)
    whens = "".join(f"WHEN {call.member(spec, tuple(codes))} THEN {bound} " for bound, codes in sorted(bounds.items()))
    if not whens and not codelist.open:
        message = f"no code of '{codelist.name}' says what it covers"
        raise PredicateError("predicate-kind", message, where=call.where, instead="Give its codes 'low' and 'high'.")
    if codelist.open:
        # NOTE: what the list does not name stands for itself, where it is a whole number.
        listed = call.member(spec, tuple(codelist.codes))
        whens += f"WHEN NOT {listed} THEN {call.writer.columns.whole(call.writer.columns.value(spec))} "
    return Term(f"(CASE {whens}END)", "integer")
