"""PostgreSQL as an engine: statements are pushed down, nothing is created there, and nothing but counts comes back.

The prepared relation is a subquery over a table or query. Every supplied column is read as text and typed in SQL by
the same rules as `duck`, so that the counts are equal. What cannot be made equal is refused, rule by rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from everycase.engines.pg_text import case_pairs, date_sql, number_sql, pattern_sql, spaces
from everycase.engines.pushed import PushedColumns, closed, plain, raw_name
from everycase.engines.pushed_records import PushedReading
from everycase.engines.pushed_text import part_sql
from everycase.errors import EngineError, ExtractError, UnsupportedError
from everycase.marks import codes_in_force
from everycase.readers import BLANKS
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from everycase.suites import FieldSpec

_LONGEST_NAME = 63


@dataclass(slots=True)
class PgColumns(PushedColumns):
    """Writes columns of the typed relation; see `coded.Columns`."""

    fence: ClassVar[str] = " OFFSET 0"
    once: ClassVar[str] = "MATERIALIZED "

    def short(self, text: str, longest: int) -> str:
        """Write whether a text is as short as a code, and letters and digits alone."""
        return f"{text} ~ {quoted(f'^[A-Za-z0-9]{{1,{longest}}}$')}"

    def name(self, name: str) -> str:
        """Write the name of a column."""
        return identifier(name)

    def literal(self, text: str) -> str:
        """Write a text as a literal."""
        return quoted(text)

    def day_part(self, part: str, day: str) -> str:
        """Write a part of a date."""
        return f"date_part('{'isodow' if part == 'weekday' else part}', {day})::bigint"

    def whole(self, text: str) -> str:
        """Write the whole number that a text of digits stands for."""
        return f"CASE WHEN {text} ~ '^[0-9]{{1,18}}$' THEN CAST({text} AS bigint) END"

    def position(self, text: str, held: str) -> str:
        """Write the place of a single character."""
        return f"CASE WHEN length({text}) = 1 THEN strpos({quoted(held)}, {text})::bigint END"

    def quotient(self, number: str, divisor: int) -> str:
        """Write a whole division."""
        return f"({number} / {divisor})"

    def age(self, born: str, day: str) -> str:
        """Write completed years from YYYYMMDD numbers, as `DuckColumns.age` does."""
        # NOTE: both divide towards nought, and dates lie in the years 1 to 9999 on both.
        return f"(({_ymd(day)} - {_ymd(born)} + 9990000) / 10000 - 999)"

    def days_between(self, first: str, second: str) -> str:
        """Write the days between."""
        return f"(({second}) - ({first}))::bigint"

    def full_match(self, text: str, pattern: str) -> str:
        """Write a match of the whole text, in the server's own dialect."""
        return f"({text} ~ {quoted(pattern_sql(pattern))})"

    def starts_with(self, text: str, start: str) -> str:
        """Write a test of the start."""
        return f"starts_with({text}, {quoted(start)})"

    def contains(self, text: str, part: str) -> str:
        """Write a test of a part."""
        return f"(strpos({text}, {quoted(part)}) > 0)"

    def ordered(self, text: str) -> str:
        """Write a text so that it is compared by code point and not by the rules of a country."""
        return f'({text} COLLATE "C")'

    def textual(self, name: str, arguments: list[str]) -> str:
        """Write length, lower, upper, trim or substr with the answers that DuckDB gives."""
        text = arguments[0]
        match name:
            case "length":
                return f"length({text})::bigint"
            case "trim":
                return f"btrim({text}, {quoted(spaces())})"
            case "lower" | "upper":
                before, after = case_pairs(name)
                plain = f"""WHEN octet_length({text}) = length({text}) THEN {name}({text} COLLATE "C")"""
                return f"(CASE {plain} ELSE translate({text}, {quoted(before)}, {quoted(after)}) END)"
        return part_sql(arguments)


def _ymd(day: str) -> str:
    return (f"(date_part('year', {day})::bigint * 10000 + date_part('month', {day})::bigint * 100 "
            f"+ date_part('day', {day})::bigint)")  # fmt: skip


def _bare(c: str) -> str:
    """Write a cell without blanks at its ends, NULL where nothing is left; the same cells as in `duck`."""
    return f"nullif(btrim({c}, {quoted(BLANKS)}), '')"


def _typed(spec: FieldSpec, cell: str, bare: str, day: dt.date | None) -> str:
    match spec.type:
        case "date":
            tries = [date_sql(bare, f) for f in spec.formats]
            return tries[0] if len(tries) == 1 else f"COALESCE({', '.join(tries)})"
        case "integer":
            return f"CASE WHEN {bare} ~ '^[+-]?[0-9]{{1,18}}$' THEN CAST({bare} AS bigint) END"
        case "number":
            return number_sql(bare)
    if plain(spec):
        return bare
    listed = ", ".join(quoted(c) for c in codes_in_force(spec, day))
    if closed(spec):
        if not listed:
            return "CAST(NULL AS text)"
        # NOTE: a code may itself end in a blank, so the cell as it stands is looked up first.
        return f"CASE WHEN {cell} IN ({listed}) THEN {cell} WHEN {bare} IN ({listed}) THEN {bare} END"
    pattern = spec.pattern if spec.codelist is None else spec.codelist.pattern
    test = f"{bare} ~ {quoted(pattern_sql(pattern or '.*'))}"
    return f"CASE WHEN {f'{bare} IN ({listed}) OR {test}' if listed else test} THEN {bare} END"


@dataclass(slots=True)
class PgReading(PushedReading):
    """A table or query that can be read, and the statement that will read it."""

    columns: PgColumns

    @property
    def base(self) -> str:
        """Write the typed relation."""
        return typed_sql(self.relation, self.fields, self.supplied, self.columns, self.keep)


def typed_sql(
    relation: str,
    fields: Mapping[str, FieldSpec],
    supplied: Mapping[str, str],
    columns: PgColumns,
    keep: Mapping[str, str] | None = None,
) -> str:
    """Write the typed relation over a relation of any columns.

    Args:
        relation: SQL that stands after FROM.
        fields: the fields of the suite.
        supplied: field -> SQL of its column; a field that is not in it is missing.
        columns: the columns that the predicates need.
        keep: further columns, name -> SQL, that stay as they are.

    Raises:
        ExtractError: a name is longer than the server can tell apart.
        EngineError: a pattern cannot be written for it.
    """
    for name in fields:
        if len(raw_name(name).encode()) > _LONGEST_NAME:
            raise ExtractError("name-too-long", f"the name '{name}' is too long for PostgreSQL")
    kept = [f"{sql} AS {identifier(name)}" for name, sql in (keep or {}).items()]
    again = [identifier(name) for name in keep or {}]
    cells, bares, typed, named = [*kept], [*again], [*again], [*again]
    for number, spec in enumerate(fields.values()):
        c, b, t = f"c_{number}", f"b_{number}", f"t_{number}"
        given = supplied.get(spec.name)
        cells.append(f'CAST({given or "NULL"} AS text) COLLATE "C" AS {c}')
        bares += [f"{c}", f"{_bare(c)} AS {b}"]
        try:
            typed += [b, f"{_typed(spec, c, b, columns.day)} AS {t}"]
        except UnsupportedError as error:
            raise EngineError(error.slug, f"field {spec.name}: {error.message}", where=spec.place) from None
        named.append(f"{t} AS {identifier(spec.name)}")
        if not plain(spec):
            # NOTE: padded codes are kept as `duck` keeps them, so that repairs are counted alike.
            kept_raw = f"{t} IS NULL" if not closed(spec) else f"{t} IS NULL OR {t}_exact IS NULL"
            if closed(spec):
                typed.append(f"CASE WHEN {c} = {b} THEN 1 END AS {t}_exact")
            named.append(f"CASE WHEN {kept_raw} THEN {b} END AS {identifier(raw_name(spec.name))}")
    # NOTE: OFFSET 0 makes each layer one that the server works out once a record.
    text = f"(SELECT {', '.join(cells)} FROM {relation}) AS cells"
    bare = f"(SELECT {', '.join(bares)} FROM {text} OFFSET 0) AS bare"
    done = f"(SELECT {', '.join(typed)} FROM {bare} OFFSET 0) AS typed"
    return f"(SELECT {', '.join(named)} FROM {done}) AS prepared"
