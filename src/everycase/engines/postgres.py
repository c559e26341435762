"""PostgreSQL as an engine: statements are pushed down, nothing is created there, and nothing but counts comes back.

The prepared relation is a subquery over a table or query. Every supplied column is read as text and typed in SQL by
the same rules as `duck`, so that the counts are equal. What cannot be made equal is refused, rule by rule.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from everycase.engines.pg_text import case_pairs, date_sql, number_sql, pattern_sql, spaces
from everycase.errors import EngineError, ExtractError, UnsupportedError
from everycase.readers import BLANKS
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from everycase.engines.pg_server import Server
    from everycase.suites import FieldSpec

_LONGEST_NAME = 63


@dataclass(slots=True)
class PgColumns:
    """Writes columns of the prepared relation; see `coded.Columns`.

    Attributes:
        day: the day on which a code must be in force; what is not is unmapped. None takes every code.
        valued: fields whose values are needed; all are there anyway, and the server works out only what is read.
        windows: sets of fields in which records are counted against each other.
    """

    day: dt.date | None = None
    valued: set[str] = field(default_factory=set)
    windows: set[tuple[str, ...]] = field(default_factory=set)

    def value(self, field: FieldSpec) -> str:
        """Write the typed value as text, date or number."""
        return identifier(field.name)

    def member(self, field: FieldSpec, codes: Iterable[str]) -> str:
        """Write membership by the codes themselves, which the server looks up in a hash table."""
        name = identifier(field.name)
        held = _codes(field, self.day)
        listed = ", ".join(quoted(c) for c in sorted(set(codes)) if c in held)
        return f"({name} IN ({listed}))" if listed else f"({name} <> {name})"

    def supplied(self, field: FieldSpec) -> str:
        """Write whether anything was supplied."""
        if _plain(field):
            return f"({identifier(field.name)} IS NOT NULL)"
        return f"({identifier(field.name)} IS NOT NULL OR {identifier(_raw(field.name))} IS NOT NULL)"

    def typed(self, field: FieldSpec) -> str:
        """Write whether the value is listed or well-formed."""
        return f"({identifier(field.name)} IS NOT NULL)"

    def occurrences(self, fields: tuple[FieldSpec, ...]) -> str:
        """Write the count of equal records, a column that `PgPrepared.judge_on` adds."""
        names = tuple(f.name for f in fields)
        self.windows.add(names)
        return identifier(window_column(names))

    def day_part(self, part: str, day: str) -> str:
        """Write a part of a date."""
        return f"date_part('{part}', {day})::bigint"

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

    def packed_sum(self, state: str) -> str:
        """Write a sum; the server adds up 64-bit numbers without bound."""
        return f"sum(CAST({state} AS bigint))"

    def ordered(self, text: str) -> str:
        """Write a text so that it is compared by code point and not by the rules of a country."""
        return f'({text} COLLATE "C")'

    def textual(self, name: str, arguments: list[str]) -> str:
        """Write length, lower, upper, trim or substr with the answers that DuckDB gives.

        Raises:
            UnsupportedError: a part that does not begin and end at literal places.
        """
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
        if not all(a.isdecimal() for a in arguments[1:]) or arguments[1] == "0":
            message = "PostgreSQL takes substr() only with whole numbers from 1 on, written out"
            raise UnsupportedError("engine-lacks", message)
        return f"substr({', '.join(arguments)})"


def _ymd(day: str) -> str:
    return (f"(date_part('year', {day})::bigint * 10000 + date_part('month', {day})::bigint * 100 "
            f"+ date_part('day', {day})::bigint)")  # fmt: skip


def _closed(field: FieldSpec) -> bool:
    return field.codelist is not None and not field.codelist.open


def _plain(field: FieldSpec) -> bool:
    return field.type == "text" and field.pattern is None


def _codes(field: FieldSpec, day: dt.date | None) -> list[str]:
    if field.codelist is None:
        return []
    return [c.code for c in field.codelist.codes.values() if day is None or c.in_force(day)]


def _raw(name: str) -> str:
    return f"{name}__raw"


def window_column(names: tuple[str, ...]) -> str:
    """Name the column that counts records equal in some fields; short, since the server cuts long names off."""
    return f"occurrences {hashlib.sha256(repr(names).encode()).hexdigest()[:16]}"


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
    if _plain(spec):
        return bare
    listed = ", ".join(quoted(c) for c in _codes(spec, day))
    if _closed(spec):
        if not listed:
            return "CAST(NULL AS text)"
        # NOTE: a code may itself end in a blank, so the cell as it stands is looked up first.
        return f"CASE WHEN {cell} IN ({listed}) THEN {cell} WHEN {bare} IN ({listed}) THEN {bare} END"
    pattern = spec.pattern if spec.codelist is None else spec.codelist.pattern
    test = f"{bare} ~ {quoted(pattern_sql(pattern or '.*'))}"
    return f"CASE WHEN {f'{bare} IN ({listed}) OR {test}' if listed else test} THEN {bare} END"


@dataclass(slots=True)
class PgPrepared:
    """One table or query as typed columns, which exist only within the statements that read them.

    Attributes:
        row: SQL of the row's number in a spreadsheet, of which a table has none.
        base: the typed columns; what stands after FROM.
        relation: what statements read; the base, or around it what rules share.
        missing: fields for which there is no column.
    """

    server: Server
    columns: PgColumns
    base: str
    relation: str
    records: int = 0
    row: str = "NULL::bigint"
    missing: frozenset[str] = frozenset()

    def number_rows(self, first: int, blanks: tuple[int, ...]) -> None:
        """Do nothing: the records of a table have no place in a file."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and fetch its rows.

        Raises:
            EngineError: what the server said is not repeated, since it may quote a cell.
        """
        return self.server.rows(sql)

    def judge_on(self, derived: Mapping[str, str], windows: set[tuple[str, ...]]) -> None:
        """Put what rules share around the base: derived columns, and counts of records equal in some fields."""
        if not derived and not windows:
            return
        added = [f"{sql} AS {identifier(name)}" for name, sql in derived.items()]
        for names in sorted(windows):
            keys = [identifier(n) for n in names]
            filled = " AND ".join(f"{k} IS NOT NULL" for k in keys)
            times = f"CASE WHEN {filled} THEN count(*) OVER (PARTITION BY {', '.join(keys)}) END"
            added.append(f"{times} AS {identifier(window_column(names))}")
        # NOTE: OFFSET 0 keeps the server from writing a shared column out again in every rule that reads it.
        self.relation = f"(SELECT prepared.*, {', '.join(added)} FROM {self.base} OFFSET 0) AS judged"

    def as_supplied(self, spec: FieldSpec) -> str:
        """Write what stood in the cell, as text: what is no code or ill-formed is kept beside the column."""
        typed = f"CAST({identifier(spec.name)} AS text)"
        return typed if _plain(spec) else f"COALESCE({identifier(_raw(spec.name))}, {typed})"


def prepare(
    server: Server,
    relation: str,
    fields: Mapping[str, FieldSpec],
    supplied: Mapping[str, str],
    columns: PgColumns,
    *,
    keep: Mapping[str, str] | None = None,
) -> PgPrepared:
    """Write the prepared relation over a relation of any columns.

    Args:
        server: connected.
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
        if len(f"more of {name}".encode()) > _LONGEST_NAME:
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
        if not _plain(spec):
            # NOTE: padded codes are kept as `duck` keeps them, so that repairs are counted alike.
            kept_raw = f"{t} IS NULL" if not _closed(spec) else f"{t} IS NULL OR {t}_exact IS NULL"
            if _closed(spec):
                typed.append(f"CASE WHEN {c} = {b} THEN 1 END AS {t}_exact")
            named.append(f"CASE WHEN {kept_raw} THEN {b} END AS {identifier(_raw(spec.name))}")
    # NOTE: OFFSET 0 makes each layer one that the server works out once a record.
    text = f"(SELECT {', '.join(cells)} FROM {relation}) AS cells"
    bare = f"(SELECT {', '.join(bares)} FROM {text} OFFSET 0) AS bare"
    done = f"(SELECT {', '.join(typed)} FROM {bare} OFFSET 0) AS typed"
    base = f"(SELECT {', '.join(named)} FROM {done}) AS prepared"
    return PgPrepared(server, columns, base, base, missing=frozenset(set(fields) - set(supplied)))


def survey(prepared: PgPrepared, fields: Mapping[str, FieldSpec]) -> list[tuple[str, int]]:
    """Count the records into `prepared`, and for each closed code field the codes that had blanks at their ends."""
    specs = [f for f in fields.values() if _closed(f) and f.name not in prepared.missing]
    tests = [f"count(CASE WHEN {identifier(f.name)} IS NOT NULL THEN {identifier(_raw(f.name))} END)" for f in specs]
    records, *found = prepared.rows(f"SELECT {', '.join(['count(*)', *tests])} FROM {prepared.base}")[0]
    prepared.records = int(records)
    return [(f.name, int(n)) for f, n in zip(specs, found, strict=True) if n]


def unmapped_values(
    prepared: PgPrepared, spec: FieldSpec, longest: int, fewest: int
) -> tuple[list[tuple[str, int]], int]:
    """List values outside a code list that may be shown, and count all others; see `duck.unmapped_values`."""
    name, raw = identifier(spec.name), identifier(_raw(spec.name))
    short = f"{raw} ~ {quoted(f'^[A-Za-z0-9]{{1,{longest}}}$')}"
    # NOTE: one statement, since each reads the whole table: the first row always comes and carries the number of all.
    found = prepared.rows(
        f"WITH unmapped AS MATERIALIZED (SELECT {raw} AS value, count(*) AS times, bool_and({short}) AS short "
        f"FROM {prepared.base} WHERE {name} IS NULL AND {raw} IS NOT NULL GROUP BY {raw}) "
        "SELECT NULL AS value, NULL::bigint AS times, count(*) AS kinds FROM unmapped UNION ALL "
        f"(SELECT value, times, 0 FROM unmapped WHERE short AND times >= {fewest} ORDER BY times DESC, value LIMIT 13)"
    )
    distinct = sum(int(kinds) for _, _, kinds in found)
    shown = [(str(v), int(n)) for v, n, _ in found if n is not None]
    return sorted(shown, key=lambda item: (-item[1], item[0])), distinct
