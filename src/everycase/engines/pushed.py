"""What engines that are asked where the data lie have in common: every layer is a subquery, and only counts come back.

A table of texts becomes typed columns, those the class of each cell, those the marks, those the profiles, and one
statement counts them all. An engine says how it writes names, texts and functions, and how it types a cell.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from everycase.errors import UnsupportedError
from everycase.marks import codes_in_force

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from everycase.marks import Classes
    from everycase.plan import Layout, Plan
    from everycase.suites import FieldSpec

BLANK, UNMAPPED = "(blank)", "(unmapped)"


@dataclass(slots=True)
class PushedColumns:
    """Writes columns of the typed relation; see `coded.Columns`.

    Attributes:
        day: the day on which a code must be in force; what is not is unmapped. None takes every code.
        digits: field -> its finest classes.
        windows: sets of fields in which records are counted against each other.
        fence: what keeps the engine from writing a column out again wherever it is read.
        once: what has a named subquery worked out once.
        text: the engine's type of texts.
        scatter: some number of a record, so that those with a blank key are not all counted in one place.
    """

    fence: ClassVar[str] = ""
    once: ClassVar[str] = ""
    text: ClassVar[str] = "text"
    scatter: ClassVar[str] = ""

    day: dt.date | None = None
    digits: dict[str, Classes] = field(default_factory=dict)
    windows: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def answers_only(self) -> bool:
        """Say that values can be written."""
        return False

    def outside(self) -> str:
        """Never be asked: values can be written."""
        raise NotImplementedError

    def _one_table(self, table: str, /, *_: object) -> NoReturn:
        message = f"this engine does not look at the rows of another table, such as '{table}'"
        raise UnsupportedError("engine-lacks", message)

    belongs = look_at = rows = kinds = _one_table

    def name(self, name: str) -> str:
        """Write the name of a column."""
        raise NotImplementedError

    def literal(self, text: str) -> str:
        """Write a text as a literal."""
        raise NotImplementedError

    def short(self, text: str, longest: int) -> str:
        """Write whether a text is as short as a code, and letters and digits alone."""
        raise NotImplementedError

    def keep(self, field: FieldSpec) -> None:
        """Do nothing: all values stay where they are."""

    def value(self, field: FieldSpec) -> str:
        """Write the typed value as text, date or number."""
        return self.name(field.name)

    def member(self, field: FieldSpec, codes: Iterable[str]) -> str:
        """Write membership by the codes themselves."""
        name = self.name(field.name)
        held = set(codes_in_force(field, self.day))
        listed = ", ".join(self.literal(c) for c in sorted(set(codes)) if c in held)
        return f"({name} IN ({listed}))" if listed else f"({name} <> {name})"

    def supplied(self, field: FieldSpec) -> str:
        """Write whether anything was supplied."""
        if plain(field):
            return f"({self.name(field.name)} IS NOT NULL)"
        return f"({self.name(field.name)} IS NOT NULL OR {self.name(raw_name(field.name))} IS NOT NULL)"

    def typed(self, field: FieldSpec) -> str:
        """Write whether the value is listed or well-formed."""
        return f"({self.name(field.name)} IS NOT NULL)"

    def digit(self, field: FieldSpec, classes: Classes) -> str:
        """Write the class of the field's cell, a column of its own."""
        self.digits[field.name] = classes
        return self.name(digit_name(field.name))

    def placed_digit(self, digit: str, table: Sequence[int], offset: int) -> str:
        """Write what stands in a table of small numbers at a digit, moved up by some bits."""
        if list(table) == list(range(len(table))):
            return f"{digit} * {1 << offset}" if offset else digit
        moved = [number << offset for number in table]
        return classed(moved, lambda places: f"{digit} IN ({', '.join(map(str, places))})")

    def placed_answer(self, condition: str, offset: int) -> str:
        """Write 0 where a condition is false, 1 where it is true and 2 where it is unknown, moved up by some bits."""
        return f"CASE {condition} WHEN TRUE THEN {1 << offset} WHEN FALSE THEN 0 ELSE {2 << offset} END"

    def together(self, marks: Sequence[str]) -> str:
        """Write the number that has the bits of all marks."""
        return " + ".join(marks) or "0"

    def group(self, field: FieldSpec) -> tuple[str, list[str] | None]:
        """Write the value a record is grouped by: a listed code, or blank or unmapped, never a free text."""
        return (
            f"CASE WHEN {self.typed(field)} THEN {self.value(field)} WHEN {self.supplied(field)} "
            f"THEN {self.literal(UNMAPPED)} ELSE {self.literal(BLANK)} END"
        ), None

    def occurrences(self, fields: tuple[FieldSpec, ...]) -> str:
        """Write the count of equal records, a column of the layer above the typed one."""
        names = tuple(f.name for f in fields)
        self.windows.add(names)
        return self.name(window_column(names))

    def day_part(self, part: str, day: str) -> str:
        """Write a part of a date as a whole number."""
        raise NotImplementedError

    def whole(self, text: str) -> str:
        """Write the whole number that a text of digits stands for."""
        raise NotImplementedError

    def position(self, text: str, held: str) -> str:
        """Write the place of a single character."""
        raise NotImplementedError

    def quotient(self, number: str, divisor: int) -> str:
        """Write a whole division."""
        raise NotImplementedError

    def age(self, born: str, day: str) -> str:
        """Write completed years from YYYYMMDD numbers."""
        raise NotImplementedError

    def days_between(self, first: str, second: str) -> str:
        """Write the days between."""
        raise NotImplementedError

    def full_match(self, text: str, pattern: str) -> str:
        """Write a match of the whole text."""
        raise NotImplementedError

    def starts_with(self, text: str, start: str) -> str:
        """Write a test of the start."""
        raise NotImplementedError

    def contains(self, text: str, part: str) -> str:
        """Write a test of a part."""
        raise NotImplementedError

    def ordered(self, text: str) -> str:
        """Write a text so that it is compared by code point."""
        raise NotImplementedError

    def textual(self, name: str, arguments: list[str]) -> str:
        """Write length, lower, upper, trim or substr."""
        raise NotImplementedError


def classed(table: Sequence[int], among: Any) -> str:
    """Write what stands in a table of small numbers, the most frequent last."""
    places: dict[int, list[int]] = {}
    for place, number in enumerate(table):
        places.setdefault(number, []).append(place)
    *others, (rest, _) = sorted(places.items(), key=lambda item: (len(item[1]), item[0]))
    whens = " ".join(f"WHEN {among(listed)} THEN {number}" for number, listed in others)
    return f"CASE {whens} ELSE {rest} END" if whens else str(rest)


def closed(field: FieldSpec) -> bool:
    """Say whether a field has a list that holds all that it may be."""
    return field.codelist is not None and not field.codelist.open


def plain(field: FieldSpec) -> bool:
    """Say whether a field takes any text."""
    return field.type == "text" and field.pattern is None


def raw_name(name: str) -> str:
    """Name the column that keeps what was supplied and is not exactly a value of the field."""
    return f"{name}__raw"


def digit_name(name: str) -> str:
    """Name the column that holds the class of a cell; short, since a server may cut long names off."""
    return f"digit {_short(name)}"


def window_column(names: tuple[str, ...]) -> str:
    """Name the column that counts records equal in some fields."""
    return f"occurrences {_short(repr(names))}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def profiled(
    base: str,
    fields: Mapping[str, FieldSpec],
    columns: PushedColumns,
    plan: Plan,
    layout: Layout,
    groups: Sequence[str],
    *,
    keep: Mapping[str, str],
) -> str:
    """Write the relation of groups (g0, g1 ...) and profiles (p0, p1 ...); it stands after FROM.

    Args:
        base: the typed relation.
        fields: the fields of the suite.
        columns: the writer that everything was written with.
        plan: of the source.
        layout: the profiles.
        groups: SQL of what to group by.
        keep: further columns, alias -> SQL over the typed relation.
    """
    early = {n: sql for n, (sql, late) in plan.derived.items() if not late}
    base = _over(base, [*_named(early, columns), *_digits(fields, columns)], columns)
    found = [f"{sql} AS {alias}" for alias, sql in keep.items()]
    found += [f"{sql} AS g{i}" for i, sql in enumerate(groups)]
    for number, marks in enumerate(layout.marks):
        found.append(f"{columns.together([m.sql(columns) for m in marks if not m.late])} AS p{number}")
    late = [m for marks in layout.marks for m in marks if m.late]
    if not late:
        return f"(SELECT {', '.join(found)} FROM {base}{columns.fence}) AS profiled"
    # NOTE: to count records against each other they are sorted, so only what is then still needed goes with them.
    needed = {columns.name(n) for mark in late for n in mark.fields}
    needed |= {columns.name(raw_name(n)) for mark in late for n in mark.fields if not plain(fields[n])}
    asked = " ".join([*(m.source for m in late), *(sql for sql, is_late in plan.derived.values() if is_late)])
    needed |= {columns.name(n) for n in early if columns.name(n) in asked}
    base = f"(SELECT {', '.join([*found, *sorted(needed)])} FROM {base}{columns.fence}) AS early"
    base = _over(base, _counts(columns), columns)
    base = _over(base, _named({n: sql for n, (sql, is_late) in plan.derived.items() if is_late}, columns), columns)
    whole = [*keep, *(f"g{i}" for i in range(len(groups)))]
    for number, marks in enumerate(layout.marks):
        bits = [f"p{number}", *(m.sql(columns) for m in marks if m.late)]
        whole.append(f"{columns.together(bits)} AS p{number}")
    return f"(SELECT {', '.join(whole)} FROM {base}{columns.fence}) AS profiled"


def shared(base: str, fields: Mapping[str, FieldSpec], columns: PushedColumns, plan: Plan) -> str:
    """Write the typed relation with, beside it, counts of equal records, derived values and classes of cells."""
    derived = {n: sql for n, (sql, _) in plan.derived.items()}
    base = _over(base, _counts(columns), columns)
    return _over(base, [*_named(derived, columns), *_digits(fields, columns)], columns)


def _over(base: str, layer: Sequence[str], columns: PushedColumns) -> str:
    """Add columns to a relation."""
    return f"(SELECT *, {', '.join(layer)} FROM {base}{columns.fence}) AS shared" if layer else base


def _named(derived: Mapping[str, str], columns: PushedColumns) -> list[str]:
    return [f"{sql} AS {columns.name(name)}" for name, sql in derived.items()]


def _counts(columns: PushedColumns) -> list[str]:
    """Write the counts of records that are equal in some fields."""
    found = []
    for names in sorted(columns.windows):
        keys = [columns.name(n) for n in names]
        filled = " AND ".join(f"{k} IS NOT NULL" for k in keys)
        scattered = [f"CASE WHEN {filled} THEN 0 ELSE {columns.scatter} END"] if columns.scatter else []
        times = f"CASE WHEN {filled} THEN count(*) OVER (PARTITION BY {', '.join([*keys, *scattered])}) END"
        found.append(f"{times} AS {columns.name(window_column(names))}")
    return found


def _digits(fields: Mapping[str, FieldSpec], columns: PushedColumns) -> Iterator[str]:
    for spec in fields.values():
        if spec.name in columns.digits:
            yield f"{_digit(spec, columns.digits[spec.name], columns)} AS {columns.name(digit_name(spec.name))}"


def _digit(spec: FieldSpec, classes: Classes, columns: PushedColumns) -> str:
    """Write the class of a cell."""
    name, codes = columns.name(spec.name), list(classes.codes)
    table = [*classes.codes.values(), *([] if closed(spec) else [classes.other])]

    def among(places: Sequence[int]) -> str:
        listed = ", ".join(columns.literal(codes[place]) for place in places if place < len(codes))
        if len(codes) not in places:
            return f"{name} IN ({listed})"
        # NOTE: what an open list does not name is told by its being none of the codes.
        unlisted = f"{name} NOT IN ({', '.join(columns.literal(code) for code in codes)})"
        return f"({name} IN ({listed}) OR {unlisted})" if listed else unlisted

    good = classed(table, among) if codes else str(classes.other)
    wrong = f"WHEN {columns.supplied(spec)} THEN {classes.wrong} " if classes.wrong != classes.blank else ""
    return f"CASE WHEN {name} IS NOT NULL THEN {good} {wrong}ELSE {classes.blank} END"


def count_sql(relation: str, profiles: int, axes: int, also: Sequence[str] = ()) -> str:
    """Write the one statement that counts every profile for every group, and some further columns by themselves."""
    sets = [f"(g{axis}, p{profile})" for profile in range(profiles) for axis in range(axes)]
    sets = sets or [f"(p{profile})" for profile in range(profiles)]
    sets += [f"({name})" for name in also]
    columns = [*(f"g{axis}" for axis in range(axes)), *(f"p{profile}" for profile in range(profiles)), *also]
    listed = ", ".join([*columns, "count(*)"])
    return f"SELECT {listed} FROM {relation} GROUP BY GROUPING SETS ({', '.join(sets)})"


def sorted_out(
    rows: Iterable[Sequence[Any]], profiles: int, axes: int
) -> tuple[dict[tuple[int, int], list[tuple[Any, int, int]]], dict[int, dict[Any, int]]]:
    """Put what `count_sql` gave into lists of (group, profile, number) by (profile, axis), and the further columns.

    Exactly the columns of its own set are filled in a row, and no group or profile is ever NULL.
    """
    counted: dict[tuple[int, int], list[tuple[Any, int, int]]] = {}
    others: dict[int, dict[Any, int]] = {}
    for row in rows:
        axis = next((i for i in range(axes) if row[i] is not None), 0)
        profile = next((i for i in range(profiles) if row[axes + i] is not None), None)
        if profile is None:
            place = next(i for i, v in enumerate(row[axes + profiles : -1]) if v is not None)
            others.setdefault(place, {})[row[axes + profiles + place]] = int(row[-1])
            continue
        group = row[axis] if axes else 0
        counted.setdefault((profile, axis), []).append((group, int(row[axes + profile]), int(row[-1])))
    return counted, others
