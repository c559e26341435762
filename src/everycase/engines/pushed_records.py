"""Records that stay where they are: how those who are asked in SQL bind, count and list them, whatever the engine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from everycase.engines.pushed import PushedColumns, closed, count_sql, plain, profiled, raw_name, shared, sorted_out
from everycase.errors import EngineError, ExtractError
from everycase.readers import trimmed_repair

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

    from everycase.outcome import ExtractFacts
    from everycase.plan import Layout, Plan
    from everycase.questions import Question
    from everycase.suites import FieldSpec

_BATCH = 5000


class Server(Protocol):
    """Whoever runs our statements where the data lie; what fails is said without a word of what it said."""

    @property
    def source_id(self) -> str: ...  # noqa: D102

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and fetch its rows."""

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Run one statement and fetch its rows some at a time."""

    def binds(self, sql: str) -> bool:
        """Say whether a statement is taken, without reading a record."""


@dataclass(slots=True)
class PushedPrepared:
    """The records of one table, query or folder, which stay where they are.

    Attributes:
        connection: where the counts are.
        base: the typed relation; it exists only within the statements that read it.
        counted: (profile, axis) -> (group, profile, number).
        row: SQL of the row's number in a spreadsheet, of which a table has none.
        missing: fields for which there is no column.
    """

    server: Server
    connection: duckdb.DuckDBPyConnection
    columns: PushedColumns
    base: str
    fields: Mapping[str, FieldSpec]
    plan: Plan
    layout: Layout
    counted: Mapping[tuple[int, int], Sequence[tuple[Any, int, int]]]
    records: int = 0
    row: str = "NULL"
    missing: frozenset[str] = frozenset()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement where the records are, and fetch its rows.

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
        name, raw = self.columns.name(spec.name), self.columns.name(raw_name(spec.name))
        short = self.columns.short(raw, longest)
        # NOTE: one statement, since each reads everything: the first row always comes and has the number of all.
        found = self.rows(
            f"WITH unmapped AS {self.columns.once}(SELECT {raw} AS value, count(*) AS times, bool_and({short}) AS "
            f"short FROM {self.base} WHERE {name} IS NULL AND {raw} IS NOT NULL GROUP BY {raw}) "
            f"SELECT NULL AS value, CAST(NULL AS bigint) AS times, count(*) AS kinds FROM unmapped UNION ALL (SELECT "
            f"value, times, 0 FROM unmapped WHERE short AND times >= {fewest} ORDER BY times DESC, value LIMIT 13)"
        )
        distinct = sum(int(kinds) for _, _, kinds in found)
        shown = [(str(v), int(n)) for v, n, _ in found if n is not None]
        return sorted(shown, key=lambda item: (-item[1], item[0])), distinct

    def failing(self, profiles: Mapping[int, str], keys: Sequence[FieldSpec]) -> str:
        """Fetch the keys and profiles of the failing records, and of no others; see `engines.Prepared`."""
        tests = []
        for profile, table in profiles.items():
            wanted = self.connection.execute(f"SELECT DISTINCT profile FROM {table}").fetchall()
            tests.append(f"p{profile} IN ({', '.join(str(p) for (p,) in wanted)})")
        named, kinds, shown = {}, [], []
        for i, spec in enumerate(keys):
            named[f"k{i}"], kind = self.as_supplied(spec), f"k{i} VARCHAR"
            kinds.append(kind)
            shown.append(f'k{i} AS "key {i}"')
            if spec.type == "number":
                # NOTE: each engine writes a number as text in its own way; DuckDB writes all of them.
                named[f"k{i}"], named[f"v{i}"] = self.columns.name(raw_name(spec.name)), self.columns.name(spec.name)
                kinds.append(f"v{i} DOUBLE")
                shown[-1] = f'COALESCE(k{i}, CAST(v{i} AS VARCHAR)) AS "key {i}"'
        columns = [*named, *(f"p{profile}" for profile in profiles)]
        sql = f"SELECT {', '.join(columns)} FROM {self.profiled(named)} WHERE {' OR '.join(tests)}"
        kinds += [f'"profile {p}" BIGINT' for p in profiles]
        self.connection.execute(f"CREATE OR REPLACE TABLE fetched ({', '.join(kinds)})")
        rows = self.server.stream(sql)
        while batch := list(islice(rows, _BATCH)):
            self._keep([list(column) for column in zip(*batch, strict=True)], len(named))
        shown += [f'"profile {p}"' for p in profiles]
        return f"(SELECT CAST(NULL AS BIGINT) AS place, {', '.join(shown)} FROM fetched)"

    def _keep(self, lists: list[list[Any]], texts: int) -> None:
        """Put some fetched rows into the table beside the server; of the columns, the first may hold NULL."""
        if len(lists[0]) < _BATCH:
            marks = ", ".join(f"unnest(${i})" for i in range(1, len(lists) + 1))
            self.connection.execute(f"INSERT INTO fetched SELECT {marks}", lists)
            return
        # NOTE: five times as quick, but importing it takes a second, so not for a few rows.
        import pandas as pd

        batch = pd.DataFrame({str(i): pd.Series(c, dtype=object if i < texts else None) for i, c in enumerate(lists)})
        self.connection.register("batch", batch)
        try:
            self.connection.execute("INSERT INTO fetched SELECT * FROM batch")
        finally:
            self.connection.unregister("batch")

    def profiled(self, keep: Mapping[str, str]) -> str:
        """Write the relation of profiles with further columns, alias -> SQL over the typed relation."""
        return profiled(self.base, self.fields, self.columns, self.plan, self.layout, [], keep=keep)

    def as_supplied(self, spec: FieldSpec) -> str:
        """Write what stood in the cell, as text: what is no code or ill-formed is kept beside the column."""
        typed = f"CAST({self.columns.name(spec.name)} AS {self.columns.text})"
        return typed if plain(spec) else f"COALESCE({self.columns.name(raw_name(spec.name))}, {typed})"


@dataclass(slots=True)
class PushedReading:
    """A table, query or folder that can be read, and the statement that will read it.

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
    columns: PushedColumns
    plan: Plan
    described: ExtractFacts
    keep: Mapping[str, str] = field(default_factory=dict)
    prepared: PushedPrepared | None = None
    padded: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> frozenset[str]:
        """List the fields for which there is no column."""
        return frozenset(set(self.fields) - set(self.supplied))

    @property
    def base(self) -> str:
        """Write the typed relation."""
        raise NotImplementedError

    def binds(self, questions: Iterable[Question]) -> bool:
        """Say whether the server takes some conditions, without reading a record."""
        return self.server.binds(self._asked(questions))

    def holds(self, questions: Iterable[Question]) -> bool:
        """Say whether some conditions can be worked out for every record."""
        try:
            self.server.rows(self._asked(questions))
        except EngineError:
            return False
        return True

    def relate(self, prepared: PushedPrepared, layout: Layout) -> None:
        """Do nothing: the statement that counted has counted records against each other already."""

    def _asked(self, questions: Iterable[Question]) -> str:
        counted = ", ".join(f"max(CASE WHEN {q.sql} THEN 1 ELSE 0 END)" for q in questions) or "count(*)"
        return f"SELECT {counted} FROM {shared(self.base, self.fields, self.columns, self.plan)}"

    def statement(self, layout: Layout, groups: Sequence[FieldSpec]) -> str:
        """Write the one statement that counts everything."""
        grouped = [self.columns.group(g)[0] for g in groups]
        keep = self.beside()
        relation = profiled(self.base, self.fields, self.columns, self.plan, layout, grouped, keep=keep)
        return count_sql(relation, len(layout.profiles), len(grouped), list(keep))

    def beside(self) -> dict[str, str]:
        """Write what is counted beside the profiles: alias -> SQL over the typed relation, never NULL."""
        coded = self._coded()
        return {"padded": " || ".join(self._padded(f) for f in coded)} if coded else {}

    def tallied(self, layout: Layout, groups: Sequence[FieldSpec]) -> list[tuple[Any, ...]]:
        """Run the statement and fetch its rows."""
        return self.server.rows(self.statement(layout, groups))

    def read(self, layout: Layout, groups: Sequence[FieldSpec]) -> PushedPrepared:
        """Have the server count all records.

        Raises:
            ExtractError: there are none.
            EngineError: the server failed.
        """
        rows = self.tallied(layout, groups)
        counted, others = sorted_out(rows, len(layout.profiles), len(groups))
        records = sum(number for _, _, number in counted.get((0, 0), []))
        if records == 0:
            message = "the table or query has no records"
            raise ExtractError("extract-no-records", message, where=self.server.source_id)
        self.padded = {
            spec.name: sum(n for bits, n in others.get(0, {}).items() if bits[place] == "1")
            for place, spec in enumerate(self._coded())
        }
        self.prepared = self.kept_of(layout, counted, records)
        return self.prepared

    def kept_of(
        self, layout: Layout, counted: Mapping[tuple[int, int], Sequence[tuple[Any, int, int]]], records: int
    ) -> PushedPrepared:
        """Put what was counted together with what else can be asked of the records."""
        return PushedPrepared(
            self.server, self.tables, self.columns, self.base, self.fields, self.plan, layout, counted,
            records=records, missing=self.missing,
        )  # fmt: skip

    def _coded(self) -> list[FieldSpec]:
        return [f for f in self.fields.values() if closed(f) and f.name in self.supplied]

    def _padded(self, spec: FieldSpec) -> str:
        """Write, as one digit, whether a code had blanks at its ends."""
        name, raw = self.columns.name(spec.name), self.columns.name(raw_name(spec.name))
        return f"CASE WHEN {name} IS NOT NULL AND {raw} IS NOT NULL THEN '1' ELSE '0' END"

    def facts(self) -> ExtractFacts:
        """Say what was read and what had to be put right."""
        repairs = (trimmed_repair(name, count) for name, count in self.padded.items() if count)
        rows = self.prepared.records if self.prepared else 0
        return replace(self.described, rows=rows, repairs=tuple(repairs))
