"""The default engine: one reading of an extract, from which of each record only its profiles are kept.

What is kept in the table beside them: the fields that name a record or that records are counted against each other
in, what a group needs, and the text of cells that no code list holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from everycase.engines.duck_columns import listed_name, plain, raw_name
from everycase.engines.duck_engine import engine_error
from everycase.engines.duck_late import Late, Listed, late_relation
from everycase.engines.duck_layers import enum_types, odd_fields, typed_sql
from everycase.errors import EngineError
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from everycase.engines.duck_columns import DuckColumns
    from everycase.plan import Layout, Plan
    from everycase.questions import Question
    from everycase.suites import FieldSpec

TABLE = "prepared"
_LATE = "judged"
_ODD = "odd_cells"


@dataclass(slots=True)
class Prepared:
    """The records of one extract as a DuckDB table, and the connection that holds it.

    Attributes:
        groups: for each axis, the groups by number; None where they are texts.
        row: SQL of the row's number as a spreadsheet shows it.
        relation: what statements read: the table, or a view over it where records are counted against each other.
        missing: fields for which the extract has no column.
        odd: the fields whose odd cells are kept, in their order in the column `odd`.
        late: the profiles that must be read from the view.
    """

    connection: duckdb.DuckDBPyConnection
    columns: DuckColumns
    groups: Sequence[list[str] | None] = ()
    records: int = 0
    row: str = "rowid + 2"
    relation: str = TABLE
    missing: frozenset[str] = frozenset()
    odd: Sequence[str] = ()
    late: frozenset[int] = frozenset()

    def number_rows(self, first: int, blanks: tuple[int, ...]) -> None:
        """Say how a spreadsheet numbers the records: from which row on, and which rows are empty there."""
        self.row = row_sql("rowid", first, blanks)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and fetch its rows.

        Raises:
            EngineError: what the engine said is not repeated, since it may quote a cell.
        """
        import duckdb

        try:
            return self.connection.execute(sql).fetchall()
        except duckdb.Error as error:
            raise engine_error(error) from None

    def count(self, profile: int, axis: int | None, table: str) -> None:
        """Count the records by profile and group into a table of group, profile and number."""
        group = f"{identifier(f'group {axis}')} AS grouped, " if axis is not None else "0 AS grouped, "
        self.rows(
            f"CREATE OR REPLACE TABLE {table} AS SELECT {group}{_profile(profile)} AS profile, count(*) AS number "
            f"FROM {self.relation if profile in self.late else TABLE} GROUP BY ALL"
        )

    def group_named(self, axis: int, group: Any) -> str:
        """Give the name of a group that `count` gave."""
        names = self.groups[axis]
        return str(group) if names is None else names[int(group)]

    def unmapped_values(self, spec: FieldSpec, longest: int, fewest: int) -> tuple[list[tuple[str, int]], int]:
        """List values outside a code list that may be shown, and count all others; see `engines.Prepared`."""
        raw = f"odd[{self.odd.index(spec.name) + 1}]"
        kind = identifier(f"codes of {spec.name}")
        where = f"FROM {_ODD} WHERE {raw} IS NOT NULL AND TRY_CAST({raw} AS {kind}) IS NULL"
        distinct = self.rows(f"SELECT count(DISTINCT {raw}) {where}")[0][0]
        pattern = quoted(f"[A-Za-z0-9]{{1,{longest}}}")
        shown = self.rows(
            f"SELECT {raw} AS value, count(*) AS times {where} AND regexp_full_match({raw}, {pattern}) "
            f"GROUP BY value HAVING count(*) >= {fewest} ORDER BY times DESC, value LIMIT 13"
        )
        return [(str(v), int(n)) for v, n in shown], int(distinct)

    def failing(self, profiles: Mapping[int, str], keys: Sequence[FieldSpec]) -> str:
        """Give a relation of rows, keys and profiles; see `engines.Prepared`."""
        columns = [f"{self.row} AS place"]
        for number, spec in enumerate(keys):
            typed, raw = f"CAST({identifier(spec.name)} AS VARCHAR)", identifier(raw_name(spec.name))
            text = typed if plain(spec) else f"COALESCE({raw}, {typed})"
            columns.append(f"{text} AS {identifier(f'key {number}')}")
        columns += [_profile(p) for p in profiles]
        return f"(SELECT {', '.join(columns)} FROM {self.relation})"


@dataclass(slots=True)
class Reading:
    """An extract that is open, and the statement that will read it.

    Attributes:
        relation: SQL that stands after FROM and yields the records in the order of the file.
        supplied: field -> SQL of its text column; a field that is not in it is missing.
        also: further columns to keep, name -> SQL over the relation.
        table: the table of the source; "" where there is one only.
        schema: what stands before the names of its tables where others read them.
        beside: the readings of all tables of the source, by table.
        prepared: what was read last.
    """

    connection: duckdb.DuckDBPyConnection
    relation: str
    fields: Mapping[str, FieldSpec]
    supplied: Mapping[str, str]
    columns: DuckColumns
    plan: Plan
    also: Mapping[str, str] = field(default_factory=dict)
    table: str = ""
    schema: str = ""
    beside: Mapping[str, Reading] = field(default_factory=dict)
    prepared: Prepared | None = None
    loaded: bool = False

    def __post_init__(self) -> None:
        """Make the types of the code lists."""
        for statement in enum_types(self.fields, self.columns.day):
            self.connection.execute(statement)

    @property
    def missing(self) -> frozenset[str]:
        """List the fields for which the extract has no column."""
        return frozenset(set(self.fields) - set(self.supplied))

    def binds(self, questions: Iterable[Question]) -> bool:
        """Say whether the engine takes some conditions, without reading a record."""
        return self._runs("EXPLAIN SELECT", questions)

    def holds(self, questions: Iterable[Question]) -> bool:
        """Say whether some conditions can be worked out for every record; the records are kept for more questions."""
        if not self.loaded:
            # NOTE: read once more, and into a table, since each failing condition takes some statements to find.
            cells = [f"{sql} AS s{i}" for i, sql in enumerate(self.supplied.values())]
            cells += [f"{sql} AS {identifier(name)}" for name, sql in self.also.items()]
            self.connection.execute(f"CREATE TABLE cells AS SELECT {', '.join(cells)} FROM {self.relation}")
            self.supplied = {name: f"s{i}" for i, name in enumerate(self.supplied)}
            self.also = {name: identifier(name) for name in self.also}
            self.relation, self.loaded = "cells", True
        return self._runs("SELECT", questions)

    def _runs(self, verb: str, questions: Iterable[Question]) -> bool:
        import duckdb

        questions = list(questions)
        early = [q.sql for q in questions if not q.windows]
        statements = [f"{verb} {_work_out(early)} FROM {self._typed()}"] if early or not questions else []
        late = [q.sql for q in questions if q.windows]
        if late and self.prepared is not None:
            relation = late_relation(self.late(self.prepared), " ".join(late))
            statements.append(f"{verb} {_work_out(late)} FROM {relation}")
        try:
            for statement in statements:
                self.connection.execute(statement).fetchall()
        except duckdb.Error:
            return False
        return True

    def _typed(self) -> str:
        also = [f"{sql} AS {identifier(name)}" for name, sql in self.also.items()]
        early = {n: sql for n, (sql, late) in self.plan.derived.items() if not late}
        return typed_sql(self.relation, self.fields, self.supplied, self.columns, early, also)

    def late(self, prepared: Prepared) -> Late:
        """Give what is needed to count the records of this table against each other and against those beside it."""
        rows = {key: (self.beside[key[0]], sorted(names)) for key, names in self.columns.looked.items()}
        derived = {name: sql for name, (sql, _) in self.plan.derived.items()}
        listed = {
            key: Listed(f"{reading.schema}{TABLE}", [n for name in names for n in reading.columns_of(name)])
            for key, (reading, names) in rows.items()
        }
        return Late(self.connection, prepared.records, self.table, sorted(self.columns.windows), listed, derived)

    def columns_of(self, name: str) -> list[str]:
        """List the columns that are kept of a field."""
        found = [name]
        found += [raw_name(name)] if name in self.columns.raws and not plain(self.fields[name]) else []
        return found + ([listed_name(name)] if name in self.columns.listed else [])

    def relate(self, prepared: Prepared, layout: Layout) -> None:
        """Add to profiles what only counting records against each other tells; all tables have been read.

        Raises:
            EngineError: the engine failed.
        """
        late = [marks for profile, marks in zip(layout.profiles, layout.marks, strict=True) if profile.late]
        if not late:
            return
        asked = " ".join(m.source for marks in late for m in marks if m.late)
        whole = []
        for i, (profile, marks) in enumerate(zip(layout.profiles, layout.marks, strict=True)):
            if profile.late:
                bits = [_profile(i), *(m.sql(self.columns) for m in marks if m.late)]
                whole.append(f"{self.columns.together(bits)} AS {_profile(i)}")
        try:
            relation = late_relation(self.late(prepared), asked)
        except EngineError:
            self.prepared = prepared
            raise
        prepared.rows(f"CREATE OR REPLACE VIEW {_LATE} AS SELECT * REPLACE ({', '.join(whole)}) FROM {relation}")
        prepared.relation = _LATE
        prepared.late = frozenset(i for i, profile in enumerate(layout.profiles) if profile.late)

    def read(self, layout: Layout, groups: Sequence[FieldSpec]) -> Prepared:
        """Read all records once, and keep their profiles.

        Raises:
            duckdb.Error: the caller knows the file, and explains.
        """
        grouped = [self.columns.group(g) for g in groups]
        late = [marks for profile, marks in zip(layout.profiles, layout.marks, strict=True) if profile.late]
        odd = odd_fields(self.fields, self.missing)
        self.columns.kept |= {name for marks in late for m in marks if m.late for name in m.fields}
        relation = self._typed()
        named = [n for name in self.fields if name in self.columns.kept for n in self.columns_of(name)]
        kept = [identifier(n) for n in (*named, *self.also)] + (["odd"] if odd else [])
        grouping = [identifier(f"group {i}") for i in range(len(grouped))]
        kept += [f"{sql} AS {name}" for (sql, _), name in zip(grouped, grouping, strict=True)]
        for i, marks in enumerate(layout.marks):
            bits = self.columns.together([m.sql(self.columns) for m in marks if not m.late])
            kept.append(f"CAST({bits} AS {'USMALLINT' if marks[-1].end <= 16 else 'UINTEGER'}) AS {_profile(i)}")
        self.connection.execute(f"CREATE OR REPLACE TABLE {TABLE} AS SELECT {', '.join(kept)} FROM {relation}")
        row = self.connection.execute(f"SELECT count(*) FROM {TABLE}").fetchone()
        prepared = Prepared(self.connection, self.columns, [names for _, names in grouped], missing=self.missing)
        prepared.records, prepared.odd = row[0] if row else 0, odd
        if odd:
            # NOTE: few records have an odd cell; whoever asks about them need not look through all others.
            self.connection.execute(f"CREATE OR REPLACE TABLE {_ODD} AS SELECT odd FROM {TABLE} WHERE odd IS NOT NULL")
        self.prepared = prepared
        return prepared


def _work_out(conditions: Sequence[str]) -> str:
    return ", ".join(f"max(CASE WHEN {c} THEN 1 ELSE 0 END)" for c in conditions) or "count(*)"


def row_sql(place: str, first: int, blanks: tuple[int, ...]) -> str:
    """Write the row of a record in a spreadsheet from its place among the records, counted from 0.

    Args:
        place: SQL of the place.
        first: the row of the first record.
        blanks: rows that are empty there and give no record.
    """
    if not blanks:
        return f"{place} + {first}"
    # NOTE: the k-th empty row moves every record from position (row - first - k) on by one.
    steps = ", ".join(str(row - first - k) for k, row in enumerate(blanks))
    return f"{place} + {first} + len(list_filter([{steps}], lambda step: step <= {place}))"


def _profile(number: int) -> str:
    return identifier(f"profile {number}")


def trimmed(prepared: Prepared) -> list[tuple[str, int]]:
    """Count, for each closed code field, the codes that had blanks at their ends."""
    if not prepared.odd:
        return []
    tests = [
        f"count(TRY_CAST(odd[{place}] AS {identifier(f'codes of {name}')}))"
        for place, name in enumerate(prepared.odd, 1)
    ]
    found = prepared.rows(f"SELECT {', '.join(tests)} FROM {_ODD}")[0]
    return [(name, n) for name, n in zip(prepared.odd, found, strict=True) if n]
