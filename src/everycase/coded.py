"""What a predicate may ask of a coded field, as sets of codes.

Every question becomes a test of membership, so that each engine can answer it in its quickest way. The answer
is unknown (NULL) for a blank, for a code that the list does not hold, and for a code that gives no answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from everycase.codelists import ANSWERS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping

    from everycase.codelists import Code, Codelist
    from everycase.suites import FieldSpec

#: What concept() and attribute() yield for a real answer that has no concept or no such attribute.
NONE = "none"


class Columns(Protocol):
    """How one engine writes the columns of its typed relation, and the functions that engines write differently.

    Attributes:
        day: the day on which a code must be in force; None takes every code.
    """

    day: dt.date | None

    @property
    def answers_only(self) -> bool:
        """Whether nothing but answers to questions can be written; then values stand for what is outside."""

    def outside(self) -> str:
        """Write what stands for a value where nothing but answers can be written."""

    def name(self, name: str) -> str:
        """Write the name of a column."""

    def literal(self, text: str) -> str:
        """Write a text as a literal."""

    def value(self, field: FieldSpec) -> str:
        """Write the typed value; NULL where blank, ill-formed or unmapped."""

    def member(self, field: FieldSpec, codes: Iterable[str]) -> str:
        """Write the test whether the value is one of some codes; NULL where the value is."""

    def supplied(self, field: FieldSpec) -> str:
        """Write the test whether anything was supplied; never NULL."""

    def typed(self, field: FieldSpec) -> str:
        """Write the test whether what was supplied is well-formed or listed; never NULL."""

    def occurrences(self, fields: tuple[FieldSpec, ...]) -> str:
        """Write the number of records that share these values; NULL where one of them is."""

    def day_part(self, part: str, day: str) -> str:
        """Write the year, month, day or weekday (1 for Monday) of a date as a whole number."""

    def age(self, born: str, day: str) -> str:
        """Write completed years from one date to another, rounding down; before birth it is negative."""

    def days_between(self, first: str, second: str) -> str:
        """Write the days from one date to another."""

    def full_match(self, text: str, pattern: str) -> str:
        """Write whether the whole of a text matches a pattern."""

    def starts_with(self, text: str, start: str) -> str:
        """Write whether a text starts with another."""

    def contains(self, text: str, part: str) -> str:
        """Write whether a text holds another."""

    def ordered(self, text: str) -> str:
        """Write a text so that it is compared by code point."""

    def textual(self, name: str, arguments: list[str]) -> str:
        """Write length, lower, upper, trim or substr of a text."""

    def whole(self, text: str) -> str:
        """Write the whole number that a text of 1 to 18 digits stands for; NULL for any other text."""

    def position(self, text: str, held: str) -> str:
        """Write the place of a single character in a text of ASCII; 0 where it is not in it, NULL for other texts."""

    def quotient(self, number: str, divisor: int) -> str:
        """Write how often a number goes into another that is not below nought."""

    def belongs(self, table: str, /) -> str:
        """Write whether the record belongs to one of a table above; never NULL."""

    def look_at(self, table: str, above: str, fields: Iterable[FieldSpec], /) -> None:
        """Have the rows of a table within one above be there, with some of their fields."""

    def rows(self, table: str, above: str, condition: str, /) -> str:
        """Write how many rows of a table within the same record above meet a condition; never NULL."""

    def kinds(self, table: str, above: str, condition: str, value: str, /) -> str:
        """Write how many different values such rows have; never NULL."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A text value that depends on the code of one field alone.

    Attributes:
        values: value -> the codes that yield it.
        rest: the value of every listed or, in an open list, unlisted code that stands in neither `values`
            nor `unknown`; None where there is no such code.
        unknown: codes for which the value cannot be told.
    """

    field: FieldSpec
    values: Mapping[str, tuple[str, ...]]
    rest: str | None
    unknown: tuple[str, ...]

    def among(self, wanted: Iterable[str], member: Callable[[tuple[str, ...]], str]) -> str:
        """Write the test whether the value is one of some values."""
        wanted = set(wanted)
        if self.rest in wanted:
            true = f"(NOT {member(self._codes(lambda v: v not in wanted))})"
        else:
            true = member(self._codes(lambda v: v in wanted))
        if not self.unknown:
            return true
        return f"(CASE WHEN {member(self.unknown)} THEN NULL ELSE {true} END)"

    def told(self, member: Callable[[tuple[str, ...]], str]) -> str:
        """Write the test whether the value can be told; false or NULL where it cannot."""
        return f"(NOT {member(self.unknown)})"

    def _codes(self, wanted: Callable[[str], bool]) -> tuple[str, ...]:
        return tuple(c for v, codes in self.values.items() if wanted(v) for c in codes)

    def text(self, member: Callable[[tuple[str, ...]], str], quote: Callable[[str], str]) -> str:
        """Write the value itself."""
        parts = [f"WHEN {member(codes)} THEN {quote(value)}" for value, codes in self.values.items() if codes]
        if self.unknown:
            parts.append(f"WHEN {member(self.unknown)} THEN NULL")
        if self.rest is not None:
            parts.append(f"WHEN NOT {member(())} THEN {quote(self.rest)}")
        return f"(CASE {' '.join(parts)} END)" if parts else "NULL"


def _unknown(codelist: Codelist) -> tuple[str, ...]:
    return tuple(c.code for c in codelist.codes.values() if c.standing != "known")


def _grouped(codelist: Codelist, value: Callable[[Code], str | None]) -> tuple[dict[str, tuple[str, ...]], str | None]:
    groups: dict[str, list[str]] = {}
    rest = NONE if codelist.open else None
    for code in codelist.codes.values():
        if code.standing != "known":
            continue
        found = value(code)
        if found is None:
            rest = NONE
        else:
            groups.setdefault(found, []).append(code.code)
    return {k: tuple(v) for k, v in sorted(groups.items())}, rest


def itself(field: FieldSpec, codelist: Codelist) -> Coded:
    """Give the code as itself, so that a comparison with a code becomes membership."""
    return Coded(field, {c: (c,) for c in codelist.codes}, NONE if codelist.open else None, ())


def concept(field: FieldSpec, codelist: Codelist) -> Coded:
    """Give the concept a code stands for; unknown unless the code is a known answer."""
    values, rest = _grouped(codelist, lambda c: c.concept)
    return Coded(field, values, rest, _unknown(codelist))


def attribute(field: FieldSpec, codelist: Codelist, name: str) -> Coded:
    """Give an attribute of a code; 'none' for a known code without it, unknown unless the code is known."""
    values, rest = _grouped(codelist, lambda c: c.attributes.get(name))
    return Coded(field, values, rest, _unknown(codelist))


def answers(codelist: Codelist) -> tuple[str, ...]:
    """List the codes that are an answer."""
    return tuple(c.code for c in codelist.codes.values() if c.standing in ANSWERS)


def at_least(field: FieldSpec, codelist: Codelist, age: int) -> Coded:
    """Tell whether an age band lies wholly at or above an age; unknown where it straddles it."""
    yes = tuple(c.code for c in codelist.codes.values() if c.low is not None and c.low >= age)
    no = tuple(c.code for c in codelist.codes.values() if c.high is not None and c.high < age)
    unknown = tuple(c for c in codelist.codes if c not in yes and c not in no)
    return Coded(field, {"yes": yes, "no": no}, None, unknown)
