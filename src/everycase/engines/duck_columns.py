"""How DuckDB types the cells of an extract, and how it answers what rules ask of them.

Typing happens in layers of one statement: what most cells are is tried first and cheaply (the code as it stands, an
ISO date); blanks at the ends are looked for only in the few cells that are not that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from everycase.engines.duck_text import bare_cell, blank_cell, exact_cell, typed_cell
from everycase.marks import codes_in_force
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from everycase.marks import Classes
    from everycase.suites import FieldSpec

#: up to so many codes are compared one by one, which is quicker than looking them up
_FEW = 8


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
    """

    day: dt.date | None = None
    valued: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    raws: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    digits: dict[str, Classes] = field(default_factory=dict)
    windows: set[tuple[str, ...]] = field(default_factory=set)

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

    def value(self, field: FieldSpec) -> str:
        """Write the typed value as text, date or number."""
        self.valued.add(field.name)
        name = identifier(field.name)
        return f"CAST({name} AS VARCHAR)" if closed(field) else name

    def member(self, field: FieldSpec, codes: Iterable[str]) -> str:
        """Write membership by the positions of the codes in the enum, which is many times faster than by text."""
        self.valued.add(field.name)
        name = identifier(field.name)
        codes = sorted(set(codes))
        if not codes:
            return f"({name} <> {name})"
        order = {code: position for position, code in enumerate(codes_in_force(field, self.day))}
        places = sorted(order[c] for c in codes if c in order)
        if closed(field):
            return f"({_ranges(f'enum_code({name})', places)})"
        # NOTE: what an open list does not name is none of its codes, unless it is no valid value at all.
        self.listed.add(field.name)
        found = _ranges(f"enum_code({identifier(listed_name(field.name))})", places)
        return f"(CASE WHEN {name} IS NOT NULL THEN COALESCE({found}, FALSE) END)"

    def supplied(self, field: FieldSpec) -> str:
        """Write whether anything was supplied."""
        self.valued.add(field.name)
        if plain(field):
            return f"({identifier(field.name)} IS NOT NULL)"
        self.raws.add(field.name)
        return f"({identifier(field.name)} IS NOT NULL OR {identifier(raw_name(field.name))} IS NOT NULL)"

    def typed(self, field: FieldSpec) -> str:
        """Write whether the value is listed or well-formed."""
        self.valued.add(field.name)
        return f"({identifier(field.name)} IS NOT NULL)"

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

    def day_part(self, part: str, day: str) -> str:
        """Write a part of a date."""
        return f"{part}({day})"

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
        """Write a function of a text."""
        return f"{name}({', '.join(arguments)})"


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


def enum_types(fields: Mapping[str, FieldSpec], day: dt.date | None) -> Iterable[str]:
    """Write the statements that make an enum of each code list."""
    for spec in fields.values():
        if spec.codelist is not None:
            codes = ", ".join(quoted(c) for c in codes_in_force(spec, day)) or "''"
            yield f"CREATE TYPE {kind_name(spec.name)} AS ENUM ({codes})"


def odd_fields(fields: Mapping[str, FieldSpec], missing: frozenset[str]) -> list[str]:
    """List the fields of which odd cells are kept, in the order in which they stand in the column `odd`."""
    return [f.name for f in fields.values() if closed(f) and f.name not in missing]


def typed_sql(
    relation: str,
    fields: Mapping[str, FieldSpec],
    supplied: Mapping[str, str],
    columns: DuckColumns,
    derived: Mapping[str, str],
    also: Sequence[str] = (),
) -> str:
    """Write the typed relation over a relation of text columns; it stands after FROM.

    Args:
        relation: what stands after FROM and yields the records in the order of the file.
        fields: the fields of the suite.
        supplied: field -> SQL of its text column, a cell with nothing or one space being NULL.
        columns: what is asked of the columns.
        derived: name -> SQL of what several conditions share.
        also: further columns, as they are to be selected from the relation.
    """
    layers = _Layers([*also])
    for spec in fields.values():
        layers.cells.append(f"{supplied.get(spec.name) or 'CAST(NULL AS VARCHAR)'} AS {_cell(spec)}")
        if closed(spec):
            _closed_layers(spec, columns, layers)
        elif plain(spec):
            _plain_layers(spec, columns, layers)
        else:
            _typed_layers(spec, columns, layers)
    odd = odd_fields(fields, frozenset(set(fields) - set(supplied)))
    if odd:
        rests = ", ".join(_rest(fields[name]) for name in odd)
        layers.classes.append(f"CASE WHEN COALESCE({rests}) IS NOT NULL THEN [{rests}] END AS odd")
    layers.derived += [f"{sql} AS {identifier(n)}" for n, sql in derived.items()]
    for layer in (layers.cells, layers.exact, layers.rests, layers.values, layers.classes, layers.derived):
        if layer != ["*"]:
            relation = f"(SELECT {', '.join(layer)} FROM {relation})"
    return relation


@dataclass(slots=True)
class _Layers:
    """The select lists of the layers, each over the one before.

    Attributes:
        cells: the text as supplied.
        exact: what it is if it is written in the most usual way, else NULL.
        rests: without blanks at its ends, where it is not; NULL where nothing is left.
        values: the typed values, and the classes of codes.
        classes: the classes of all other cells, and what is kept of text.
        derived: what several conditions share.
    """

    cells: list[str]
    exact: list[str] = field(default_factory=lambda: ["*"])
    rests: list[str] = field(default_factory=lambda: ["*"])
    values: list[str] = field(default_factory=lambda: ["*"])
    classes: list[str] = field(default_factory=lambda: ["*"])
    derived: list[str] = field(default_factory=lambda: ["*"])


def _cell(spec: FieldSpec) -> str:
    return identifier(f"cell of {spec.name}")


def _exact(spec: FieldSpec) -> str:
    return identifier(f"exact {spec.name}")


def _rest(spec: FieldSpec) -> str:
    return identifier(f"rest of {spec.name}")


def _rest_sql(spec: FieldSpec) -> str:
    """Write the text of a cell that is not written in the most usual way."""
    cell, rest = _cell(spec), _rest(spec)
    return f"CASE WHEN {_exact(spec)} IS NULL AND {cell} IS NOT NULL THEN {bare_cell(cell)} END AS {rest}"


def _closed_layers(spec: FieldSpec, columns: DuckColumns, layers: _Layers) -> None:
    kind, exact, rest = kind_name(spec.name), _exact(spec), _rest(spec)
    classes, codes = columns.digits.get(spec.name), codes_in_force(spec, columns.day)
    valued = spec.name in columns.valued
    table = [classes.codes[c] for c in codes] if classes is not None else []
    compared = classes is not None and not valued and 0 < len(codes) <= _FEW
    if compared:
        whens = " ".join(f"WHEN {quoted(c)} THEN {number}" for c, number in zip(codes, table, strict=True))
        layers.exact.append(f"CAST(CASE {_cell(spec)} {whens} END AS UINTEGER) AS {exact}")
    else:
        layers.exact.append(f"TRY_CAST({_cell(spec)} AS {kind}) AS {exact}")
    layers.rests.append(_rest_sql(spec))
    padded = f"TRY_CAST({rest} AS {kind})"
    if valued:
        found = f"COALESCE({exact}, CASE WHEN {rest} IS NOT NULL THEN {padded} END)"
        layers.values.append(f"{found} AS {identifier(spec.name)}")
        layers.classes += [f"{rest} AS {identifier(raw_name(spec.name))}"] if spec.name in columns.raws else []
    if classes is not None:
        first = exact if compared else looked_up(f"enum_code({exact})", table) if table else str(classes.wrong)
        second = f"WHEN {padded} IS NOT NULL THEN {looked_up(f'enum_code({padded})', table)} " if table else ""
        digit = f"WHEN {rest} IS NULL THEN {classes.blank} {second}ELSE {classes.wrong}"
        found = f"CAST(CASE WHEN {exact} IS NOT NULL THEN {first} {digit} END AS UINTEGER)"
        layers.values.append(f"{found} AS {identifier(digit_name(spec.name))}")


def _plain_layers(spec: FieldSpec, columns: DuckColumns, layers: _Layers) -> None:
    """Write the columns of a field that takes any text."""
    cell, classes = _cell(spec), columns.digits.get(spec.name)
    blank = blank_cell(cell)
    if spec.name in columns.valued:
        layers.values.append(f"{bare_cell(cell)} AS {identifier(spec.name)}")
        blank = f"{identifier(spec.name)} IS NULL"
    if classes is not None:
        digit = f"CAST(CASE WHEN {blank} THEN {classes.blank} ELSE {classes.other} END AS UINTEGER)"
        layers.classes.append(f"{digit} AS {identifier(digit_name(spec.name))}")


def _typed_layers(spec: FieldSpec, columns: DuckColumns, layers: _Layers) -> None:
    """Write the columns of a date, a number, a text with a pattern, or a code of an open list."""
    name, rest, classes = identifier(spec.name), _rest(spec), columns.digits.get(spec.name)
    layers.exact.append(f"{exact_cell(spec, _cell(spec)) or 'NULL'} AS {_exact(spec)}")
    layers.rests.append(_rest_sql(spec))
    slow = f"CASE WHEN {rest} IS NOT NULL THEN {typed_cell(spec, rest)} END"
    layers.values.append(f"COALESCE({_exact(spec)}, {slow}) AS {name}")
    held = identifier(listed_name(spec.name))
    if spec.name in columns.listed:
        layers.values.append(f"TRY_CAST({rest} AS {kind_name(spec.name)}) AS {held}")
    if spec.name in columns.raws:
        layers.classes.append(f"CASE WHEN {name} IS NULL THEN {rest} END AS {identifier(raw_name(spec.name))}")
    if classes is not None:
        good = str(classes.other)
        if classes.codes:
            table = [classes.codes[c] for c in codes_in_force(spec, columns.day)]
            listed = looked_up(f"enum_code({held})", table)
            good = f"CASE WHEN {held} IS NOT NULL THEN {listed} ELSE {classes.other} END"
        blank = f"WHEN {rest} IS NULL THEN {classes.blank} " if classes.blank != classes.wrong else ""
        digit = f"CAST(CASE WHEN {name} IS NOT NULL THEN {good} {blank}ELSE {classes.wrong} END AS UINTEGER)"
        layers.classes.append(f"{digit} AS {identifier(digit_name(spec.name))}")
