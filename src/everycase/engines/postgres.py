"""PostgreSQL as an engine: statements are pushed down, nothing is created there, and nothing but counts comes back.

The prepared relation is a subquery over a table or query. Every supplied column is read as text and typed in SQL by
the same rules as `duck`, so that the counts are equal. What cannot be made equal is refused, rule by rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from everycase.engines.pg_text import case_pairs, date_sql, number_sql, pattern_sql, spaces
from everycase.engines.pushed import (
    PushedColumns,
    closed,
    count_sql,
    plain,
    profiled,
    raw_name,
    shared,
    sorted_out,
)
from everycase.errors import EngineError, ExtractError, UnsupportedError
from everycase.marks import codes_in_force
from everycase.readers import BLANKS, trimmed_repair
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from everycase.engines.pg_server import Server
    from everycase.outcome import ExtractFacts
    from everycase.plan import Layout, Plan
    from everycase.questions import Question
    from everycase.suites import FieldSpec

_LONGEST_NAME = 63
_BATCH = 5000
#: keeps the server from writing a column out again in every place that reads it
_FENCE = " OFFSET 0"


@dataclass(slots=True)
class PgColumns(PushedColumns):
    """Writes columns of the typed relation; see `coded.Columns`."""

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
class PgPrepared:
    """The records of one table or query, which stay where they are.

    Attributes:
        connection: where the counts are.
        profiles: the relation of keys, groups and profiles; it exists only within the statements that read it.
        counted: (profile, axis) -> (group, profile, number).
        row: SQL of the row's number in a spreadsheet, of which a table has none.
        missing: fields for which there is no column.
    """

    server: Server
    connection: duckdb.DuckDBPyConnection
    columns: PgColumns
    base: str
    fields: Mapping[str, FieldSpec]
    plan: Plan
    layout: Layout
    counted: Mapping[tuple[int, int], Sequence[tuple[Any, int, int]]]
    records: int = 0
    row: str = "NULL"
    missing: frozenset[str] = frozenset()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement on the server and fetch its rows.

        Raises:
            EngineError: what the server said is not repeated, since it may quote a cell.
        """
        return self.server.rows(sql)

    def count(self, profile: int, axis: int | None, table: str) -> None:
        """Put the counts of a profile by group into a table beside the server."""
        columns = list(zip(*self.counted.get((profile, axis or 0), []), strict=True)) or [(), (), ()]
        group = "BIGINT" if axis is None else "VARCHAR"
        self.connection.execute(
            f"CREATE OR REPLACE TABLE {table} AS SELECT CAST(unnest($1) AS {group}) AS grouped, "
            "CAST(unnest($2) AS BIGINT) AS profile, CAST(unnest($3) AS BIGINT) AS number",
            [list(c) for c in columns],
        )

    def group_named(self, axis: int, group: Any) -> str:
        """Give the name of a group that `count` gave."""
        del axis
        return str(group)

    def unmapped_values(self, spec: FieldSpec, longest: int, fewest: int) -> tuple[list[tuple[str, int]], int]:
        """List values outside a code list that may be shown, and count all others; see `engines.Prepared`."""
        name, raw = identifier(spec.name), identifier(raw_name(spec.name))
        short = f"{raw} ~ {quoted(f'^[A-Za-z0-9]{{1,{longest}}}$')}"
        # NOTE: one statement, since each reads the whole table: the first row always comes and has the number of all.
        found = self.rows(
            f"WITH unmapped AS MATERIALIZED (SELECT {raw} AS value, count(*) AS times, bool_and({short}) AS short "
            f"FROM {self.base} WHERE {name} IS NULL AND {raw} IS NOT NULL GROUP BY {raw}) "
            "SELECT NULL AS value, NULL::bigint AS times, count(*) AS kinds FROM unmapped UNION ALL (SELECT value, "
            f"times, 0 FROM unmapped WHERE short AND times >= {fewest} ORDER BY times DESC, value LIMIT 13)"
        )
        distinct = sum(int(kinds) for _, _, kinds in found)
        shown = [(str(v), int(n)) for v, n, _ in found if n is not None]
        return sorted(shown, key=lambda item: (-item[1], item[0])), distinct

    def failing(self, profiles: Mapping[int, str], keys: Sequence[FieldSpec]) -> str:
        """Fetch the keys and profiles of the failing records, and of no others; see `engines.Prepared`."""
        named = {f"k{i}": self.as_supplied(spec) for i, spec in enumerate(keys)}
        tests = []
        for profile, table in profiles.items():
            wanted = self.connection.execute(f"SELECT DISTINCT profile FROM {table}").fetchall()
            tests.append(f"p{profile} IN ({', '.join(str(p) for (p,) in wanted)})")
        columns = [*named, *(f"p{profile}" for profile in profiles)]
        sql = f"SELECT {', '.join(columns)} FROM {self.profiled(named)} WHERE {' OR '.join(tests)}"
        kinds = [f'"key {i}" VARCHAR' for i in range(len(keys))] + [f'"profile {p}" BIGINT' for p in profiles]
        self.connection.execute(f"CREATE OR REPLACE TABLE fetched (place BIGINT, {', '.join(kinds)})")
        marks = ", ".join(f"unnest(${i})" for i in range(1, len(columns) + 1))
        rows = self.server.stream(sql)
        while batch := list(islice(rows, _BATCH)):
            lists = [list(column) for column in zip(*batch, strict=True)]
            self.connection.execute(f"INSERT INTO fetched SELECT NULL, {marks}", lists)
        return "fetched"

    def profiled(self, keep: Mapping[str, str]) -> str:
        """Write the relation of profiles with further columns, alias -> SQL over the typed relation."""
        return profiled(self.base, self.fields, self.columns, self.plan, self.layout, [], fence=_FENCE, keep=keep)

    def as_supplied(self, spec: FieldSpec) -> str:
        """Write what stood in the cell, as text: what is no code or ill-formed is kept beside the column."""
        typed = f"CAST({identifier(spec.name)} AS text)"
        return typed if plain(spec) else f"COALESCE({identifier(raw_name(spec.name))}, {typed})"


@dataclass(slots=True)
class PgReading:
    """A table or query that can be read, and the statement that will read it.

    Attributes:
        tables: an engine beside the server, for the counts.
        relation: SQL that stands after FROM.
        supplied: field -> SQL of its column; a field that is not in it is missing.
        keep: further columns that stay as they are, name -> SQL.
    """

    server: Server
    tables: duckdb.DuckDBPyConnection
    relation: str
    fields: Mapping[str, FieldSpec]
    supplied: Mapping[str, str]
    columns: PgColumns
    plan: Plan
    described: ExtractFacts
    keep: Mapping[str, str] = field(default_factory=dict)
    prepared: PgPrepared | None = None
    padded: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> frozenset[str]:
        """List the fields for which there is no column."""
        return frozenset(set(self.fields) - set(self.supplied))

    @property
    def base(self) -> str:
        """Write the typed relation."""
        return typed_sql(self.relation, self.fields, self.supplied, self.columns, self.keep)

    def binds(self, questions: Iterable[Question]) -> bool:
        """Say whether the server takes some conditions, without reading a record."""
        return self._runs("EXPLAIN SELECT", questions)

    def holds(self, questions: Iterable[Question]) -> bool:
        """Say whether some conditions can be worked out for every record."""
        return self._runs("SELECT", questions)

    def relate(self, prepared: PgPrepared, layout: Layout) -> None:
        """Do nothing: the statement that counted has counted records against each other already."""

    def _runs(self, verb: str, questions: Iterable[Question]) -> bool:
        counted = ", ".join(f"max(CASE WHEN {q.sql} THEN 1 ELSE 0 END)" for q in questions) or "count(*)"
        relation = shared(self.base, self.fields, self.columns, self.plan, fence=_FENCE)
        try:
            self.server.rows(f"{verb} {counted} FROM {relation}")
        except EngineError:
            return False
        return True

    def statement(self, layout: Layout, groups: Sequence[FieldSpec]) -> str:
        """Write the one statement that counts everything."""
        grouped = [self.columns.group(g)[0] for g in groups]
        keep = {"padded": _padded(self._coded())} if self._coded() else {}
        relation = profiled(self.base, self.fields, self.columns, self.plan, layout, grouped, fence=_FENCE, keep=keep)
        return count_sql(relation, len(layout.profiles), len(grouped), list(keep))

    def read(self, layout: Layout, groups: Sequence[FieldSpec]) -> PgPrepared:
        """Have the server count all records.

        Raises:
            ExtractError: there are none.
            EngineError: the server failed.
        """
        rows = self.server.rows(self.statement(layout, groups))
        counted, others = sorted_out(rows, len(layout.profiles), len(groups))
        records = sum(number for _, _, number in counted.get((0, 0), []))
        if records == 0:
            message = "the table or query has no records"
            raise ExtractError("extract-no-records", message, where=self.server.source_id)
        self.padded = {
            spec.name: sum(n for bits, n in others.get(0, {}).items() if bits[place] == "1")
            for place, spec in enumerate(self._coded())
        }
        self.prepared = PgPrepared(
            self.server, self.tables, self.columns, self.base, self.fields, self.plan, layout, counted,
            records=records, missing=self.missing,
        )  # fmt: skip
        return self.prepared

    def _coded(self) -> list[FieldSpec]:
        return [f for f in self.fields.values() if closed(f) and f.name in self.supplied]

    def facts(self) -> ExtractFacts:
        """Say what was read and what had to be put right."""
        repairs = (trimmed_repair(name, count) for name, count in self.padded.items() if count)
        rows = self.prepared.records if self.prepared else 0
        return replace(self.described, rows=rows, repairs=tuple(repairs))


def _padded(specs: Sequence[FieldSpec]) -> str:
    """Write, as a text of one digit a field, which codes had blanks at their ends."""
    tests = [
        f"CASE WHEN {identifier(f.name)} IS NOT NULL AND {identifier(raw_name(f.name))} IS NOT NULL "
        "THEN '1' ELSE '0' END"
        for f in specs
    ]
    return " || ".join(tests)


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
