"""How DuckDB answers what rules ask of the typed columns of an extract."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from everycase.marks import codes_in_force
from everycase.partners import ROW
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from everycase.marks import Classes
    from everycase.suites import FieldSpec

#: the last place of a text that substr() takes
_FAR = 4294967295


@dataclass(slots=True)
class DuckColumns:
    """Writes columns of the typed relation, and remembers what it must therefore hold; see `coded.Columns`.

    Attributes:
        day: the day on which a code must be in force; what is not is unmapped. None takes every code.
        valued: fields whose values, not only their classes, are needed while reading.
        kept: fields whose values are needed after reading.
        raws: fields of which it must be known, beside the value, what ill-formed text was supplied.
        listed: fields of open lists of which it must be known which code they hold.
        digits: field -> its finest classes.
        windows: sets of fields in which records are counted against each other.
        tables: the writers of the tables of the same source, by table.
        looked: (table, table above both) -> the fields that are read of its rows.
    """

    day: dt.date | None = None
    valued: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    raws: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    digits: dict[str, Classes] = field(default_factory=dict)
    windows: set[tuple[str, ...]] = field(default_factory=set)
    tables: dict[str, DuckColumns] = field(default_factory=dict)
    looked: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    @property
    def answers_only(self) -> bool:
        """Say that values can be written."""
        return False

    def outside(self) -> str:
        """Never be asked: values can be written."""
        raise NotImplementedError

    def keep(self, field: FieldSpec) -> None:
        """Keep the value of a field after reading."""
        self.kept.add(field.name)
        self.valued.add(field.name)
        if not plain(field):
            self.raws.add(field.name)

    def name(self, name: str) -> str:
        """Write the name of a column."""
        return identifier(name)

    def literal(self, text: str) -> str:
        """Write a text as a literal."""
        return quoted(text)

    def _valued(self, field: FieldSpec) -> str:
        """Write the typed column of a field, and have it there; whoever looks at another row has it kept."""
        if field.row:
            return _of_row(field, field.name)
        self.valued.add(field.name)
        return identifier(field.name)

    def value(self, field: FieldSpec) -> str:
        """Write the typed value as text, date or number."""
        name = self._valued(field)
        return f"CAST({name} AS VARCHAR)" if closed(field) else name

    def member(self, field: FieldSpec, codes: Iterable[str]) -> str:
        """Write membership by the positions of the codes in the enum, which is many times faster than by text."""
        name = self._valued(field)
        codes = sorted(set(codes))
        if not codes:
            return f"({name} <> {name})"
        order = {code: position for position, code in enumerate(codes_in_force(field, self.day))}
        places = sorted(order[c] for c in codes if c in order)
        if closed(field):
            return f"({_ranges(f'enum_code({name})', places)})"
        # NOTE: what an open list does not name is none of its codes, unless it is no valid value at all.
        if not field.row:
            self.listed.add(field.name)
        held = _of_row(field, listed_name(field.name)) if field.row else identifier(listed_name(field.name))
        found = _ranges(f"enum_code({held})", places)
        return f"(CASE WHEN {name} IS NOT NULL THEN COALESCE({found}, FALSE) END)"

    def supplied(self, field: FieldSpec) -> str:
        """Write whether anything was supplied."""
        name = self._valued(field)
        if plain(field):
            return f"({name} IS NOT NULL)"
        if field.row:
            return f"({name} IS NOT NULL OR {_of_row(field, raw_name(field.name))} IS NOT NULL)"
        self.raws.add(field.name)
        return f"({name} IS NOT NULL OR {identifier(raw_name(field.name))} IS NOT NULL)"

    def typed(self, field: FieldSpec) -> str:
        """Write whether the value is listed or well-formed."""
        return f"({self._valued(field)} IS NOT NULL)"

    def digit(self, field: FieldSpec, classes: Classes) -> str:
        """Write the class of the field's cell."""
        self.digits[field.name] = classes
        if field.codelist is not None and field.codelist.open:
            self.listed.add(field.name)
        return identifier(digit_name(field.name))

    def placed_digit(self, digit: str, table: Sequence[int], offset: int) -> str:
        """Write what stands in a table of small numbers at a digit, moved up by some bits."""
        if list(table) != list(range(len(table))):
            return looked_up(digit, [number << offset for number in table])
        return f"{digit} << {offset}" if offset else digit

    def placed_answer(self, condition: str, offset: int) -> str:
        """Write 0 where a condition is false, 1 where it is true and 2 where it is unknown, moved up by some bits."""
        # NOTE: numbers of one narrow kind; widening them would take longer than choosing them.
        yes, no, unknown = (f"CAST({n << offset} AS UINTEGER)" for n in (1, 0, 2))
        return f"CASE {condition} WHEN TRUE THEN {yes} WHEN FALSE THEN {no} ELSE {unknown} END"

    def together(self, marks: Sequence[str]) -> str:
        """Write the number that has the bits of all marks; joining bits takes a tenth of adding numbers."""
        return " | ".join(f"CAST({m} AS UINTEGER)" for m in marks) or "CAST(0 AS UINTEGER)"

    def group(self, field: FieldSpec) -> tuple[str, list[str] | None]:
        """Write what records are grouped by, and the groups if they are written as numbers."""
        self.valued.add(field.name)
        self.raws.add(field.name)
        name, raw = identifier(field.name), identifier(raw_name(field.name))
        blank, unmapped = quoted("(blank)"), quoted("(unmapped)")
        if not closed(field):
            other = f"WHEN {raw} IS NOT NULL THEN {unmapped} " if not plain(field) else ""
            return f"CASE WHEN {name} IS NOT NULL THEN CAST({name} AS VARCHAR) {other}ELSE {blank} END", None
        number = f"CASE WHEN {name} IS NOT NULL THEN enum_code({name}) + 2 WHEN {raw} IS NOT NULL THEN 1 ELSE 0 END"
        return f"CAST({number} AS USMALLINT)", ["(blank)", "(unmapped)", *codes_in_force(field, self.day)]

    def occurrences(self, fields: tuple[FieldSpec, ...]) -> str:
        """Write the count of equal records, a column that is added once all are read."""
        names = tuple(f.name for f in fields)
        for spec in fields:
            self.keep(spec)
        self.windows.add(names)
        return identifier(window_column(names))

    def belongs(self, table: str) -> str:
        """Write whether the record belongs to one of a table above."""
        return f"({identifier(key_name(table))} IS NOT NULL)"

    def look_at(self, table: str, above: str, fields: Iterable[FieldSpec]) -> None:
        """Have the rows of a table within one above be there, with some of their fields."""
        asked = self.looked.setdefault((table, above), set())
        for spec in fields:
            asked.add(spec.name)
            self.tables[table].keep(spec)
            if spec.codelist is not None and spec.codelist.open:
                self.tables[table].listed.add(spec.name)

    def rows(self, table: str, above: str, condition: str) -> str:
        """Write how many rows meet a condition; NULL where the record belongs to none above."""
        return f"len({_filtered(table, above, condition)})"

    def kinds(self, table: str, above: str, condition: str, value: str) -> str:
        """Write how many different values such rows have; NULL where the record belongs to none above."""
        values = f"list_transform({_filtered(table, above, condition)}, lambda {ROW}: {value})"
        return f"len(list_distinct({values}))"

    def day_part(self, part: str, day: str) -> str:
        """Write a part of a date."""
        return f"{'isodow' if part == 'weekday' else part}({day})"

    def whole(self, text: str) -> str:
        """Write the whole number that a text of digits stands for."""
        return f"CASE WHEN regexp_full_match({text}, '[0-9]{{1,18}}') THEN TRY_CAST({text} AS BIGINT) END"

    def position(self, text: str, held: str) -> str:
        """Write the place of a single character."""
        return f"CASE WHEN length({text}) = 1 THEN strpos({quoted(held)}, {text}) END"

    def quotient(self, number: str, divisor: int) -> str:
        """Write a whole division."""
        return f"({number} // {divisor})"

    def age(self, born: str, day: str) -> str:
        """Write completed years from YYYYMMDD numbers, 29 February included."""
        # NOTE: before birth the age is negative and must round down too: hence the 999 years, put in and taken out.
        return f"(({_ymd(day)} - {_ymd(born)} + 9990000) // 10000 - 999)"

    def days_between(self, first: str, second: str) -> str:
        """Write the days between."""
        return f"date_diff('day', {first}, {second})"

    def full_match(self, text: str, pattern: str) -> str:
        """Write a match of the whole text."""
        return f"regexp_full_match({text}, {quoted(pattern)})"

    def starts_with(self, text: str, start: str) -> str:
        """Write a test of the start."""
        return f"starts_with({text}, {quoted(start)})"

    def contains(self, text: str, part: str) -> str:
        """Write a test of a part."""
        return f"contains({text}, {quoted(part)})"

    def ordered(self, text: str) -> str:
        """Write a text as it is: DuckDB compares by code point."""
        return text

    def textual(self, name: str, arguments: list[str]) -> str:
        """Write a function of a text; no place in it is so far away that the engine would stop."""
        text, *others = arguments
        far = [
            a if a.isdecimal() else f"CASE WHEN abs({a}) > {_FAR} THEN sign({a}) * {_FAR} ELSE {a} END" for a in others
        ]
        return f"{name}({', '.join([text, *far])})"


def _of_row(field: FieldSpec, name: str) -> str:
    """Write a column of the row being looked at; `table.field` is called `field` there."""
    return f"{field.row}.{identifier(name.partition('.')[2])}"


def _filtered(table: str, above: str, condition: str) -> str:
    rows = identifier(rows_name(table, above))
    return rows if condition == "TRUE" else f"list_filter({rows}, lambda {ROW}: {condition})"


def _ymd(day: str) -> str:
    return f"(year({day}) * 10000 + month({day}) * 100 + day({day}))"


def _ranges(code: str, places: list[int]) -> str:
    """Write membership of a whole number in a sorted list as few comparisons.

    >>> _ranges("x", [1, 2, 3, 7])
    'x BETWEEN 1 AND 3 OR x = 7'
    """
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    parts = [f"{code} = {r[0]}" if len(r) == 1 else f"{code} BETWEEN {r[0]} AND {r[-1]}" for r in runs]
    return " OR ".join(parts) or f"{code} < 0"


def looked_up(digit: str, table: Sequence[int]) -> str:
    """Write what stands in a table of small numbers at a digit.

    >>> looked_up("d", [0, 0, 1])
    'CASE WHEN d < 2 THEN 0 ELSE 1 END'
    """
    if list(table) == list(range(len(table))):
        return digit
    starts = [i for i, value in enumerate(table) if i == 0 or value != table[i - 1]]
    if len(starts) <= 3:
        ends = pairwise(starts)
        whens = " ".join(f"WHEN {digit} < {after} THEN {table[start]}" for start, after in ends)
        return f"CASE {whens} ELSE {table[-1]} END" if whens else str(table[0])
    return f"([{', '.join(map(str, table))}]::UINTEGER[])[{digit} + 1]"


def closed(field: FieldSpec) -> bool:
    """Say whether a field has a list that holds all that it may be."""
    return field.codelist is not None and not field.codelist.open


def plain(field: FieldSpec) -> bool:
    """Say whether a field takes any text."""
    return field.type == "text" and field.pattern is None


def window_column(names: tuple[str, ...]) -> str:
    """Name the column that counts records equal in some fields."""
    return "occurrences of " + ", ".join(names)


def key_name(table: str) -> str:
    """Name the column that numbers the records of a table, and in those below says to which they belong."""
    return f"key of {table}"


def rows_name(table: str, above: str) -> str:
    """Name the column that holds the rows of a table that belong to the same record above."""
    return f"rows of {table} within {above}"


def raw_name(name: str) -> str:
    """Name the column that keeps what was supplied and is no value of the field."""
    return f"{name}__raw"


def listed_name(name: str) -> str:
    """Name the column that holds the code of an open list."""
    return f"{name}__listed"


def digit_name(name: str) -> str:
    """Name the column that holds the class of a cell."""
    return f"digit of {name}"


def kind_name(name: str) -> str:
    """Name the enum of a field's codes."""
    return identifier(f"codes of {name}")
