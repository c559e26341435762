"""The default engine: one reading of an extract, from which of each record only its profiles are kept.

What is kept in the table beside them: the fields that name a record or that records are counted against each other
in, what a group needs, and the text of cells that no code list holds.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycase.engines.duck_columns import (
    enum_types,
    listed_name,
    odd_fields,
    plain,
    raw_name,
    typed_sql,
    window_column,
)
from everycase.errors import EngineError
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from everycase.engines.duck_columns import DuckColumns
    from everycase.plan import Layout, Plan
    from everycase.suites import FieldSpec

TABLE = "prepared"
_LATE = "judged"
_ODD = "odd_cells"
#: what counting by a number takes of memory for each of them
_GROUP_BYTES = 64
#: where Linux says what a group of processes may hold, in its second and first version
_GROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


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
        if not blanks:
            self.row = f"rowid + {first}"
            return
        # NOTE: the k-th empty row moves every record from position (row - first - k) on by one.
        steps = ", ".join(str(row - first - k) for k, row in enumerate(blanks))
        self.row = f"rowid + {first} + len(list_filter([{steps}], lambda step: step <= rowid))"

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
    """

    connection: duckdb.DuckDBPyConnection
    relation: str
    fields: Mapping[str, FieldSpec]
    supplied: Mapping[str, str]
    columns: DuckColumns
    plan: Plan
    also: Mapping[str, str] = field(default_factory=dict)
    loaded: bool = False

    def __post_init__(self) -> None:
        """Make the types of the code lists."""
        for statement in enum_types(self.fields, self.columns.day):
            self.connection.execute(statement)

    @property
    def missing(self) -> frozenset[str]:
        """List the fields for which the extract has no column."""
        return frozenset(set(self.fields) - set(self.supplied))

    def binds(self, conditions: Iterable[str]) -> bool:
        """Say whether the engine takes some conditions, without reading a record."""
        return self._runs("EXPLAIN SELECT", conditions)

    def holds(self, conditions: Iterable[str]) -> bool:
        """Say whether some conditions can be worked out for every record; the records are kept for more questions."""
        if not self.loaded:
            # NOTE: read once more, and into a table, since each failing condition takes some statements to find.
            cells = [f"{sql} AS s{i}" for i, sql in enumerate(self.supplied.values())]
            cells += [f"{sql} AS {identifier(name)}" for name, sql in self.also.items()]
            self.connection.execute(f"CREATE TABLE cells AS SELECT {', '.join(cells)} FROM {self.relation}")
            self.supplied = {name: f"s{i}" for i, name in enumerate(self.supplied)}
            self.also = {name: identifier(name) for name in self.also}
            self.relation, self.loaded = "cells", True
        return self._runs("SELECT", conditions)

    def _runs(self, verb: str, conditions: Iterable[str]) -> bool:
        import duckdb

        counted = ", ".join(f"max(CASE WHEN {c} THEN 1 ELSE 0 END)" for c in conditions) or "count(*)"
        windows = [f"CAST(1 AS BIGINT) AS {identifier(window_column(w))}" for w in sorted(self.columns.windows)]
        early = {n: sql for n, (sql, late) in self.plan.derived.items() if not late}
        late = [f"{sql} AS {identifier(n)}" for n, (sql, late) in self.plan.derived.items() if late]
        relation = typed_sql(self.relation, self.fields, self.supplied, self.columns, early)
        for layer in (windows, late):
            relation = f"(SELECT {', '.join(['*', *layer])} FROM {relation})" if layer else relation
        try:
            self.connection.execute(f"{verb} {counted} FROM {relation}").fetchall()
        except duckdb.Error:
            return False
        return True

    def read(self, layout: Layout, groups: Sequence[FieldSpec]) -> Prepared:
        """Read all records once, and keep their profiles.

        Raises:
            duckdb.Error: the caller knows the file, and explains.
        """
        grouped = [self.columns.group(g) for g in groups]
        late = [marks for profile, marks in zip(layout.profiles, layout.marks, strict=True) if profile.late]
        early = {n: sql for n, (sql, is_late) in self.plan.derived.items() if not is_late}
        odd = odd_fields(self.fields, self.missing)
        also = [f"{sql} AS {identifier(name)}" for name, sql in self.also.items()]
        relation = typed_sql(self.relation, self.fields, self.supplied, self.columns, early, also)
        self.columns.kept |= {name for marks in late for m in marks if m.late for name in m.fields}
        kept = [*self._kept(), *map(identifier, self.also)] + (["odd"] if odd else [])
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
        if late:
            self._count_each_other(prepared, layout)
        return prepared

    def memory(self) -> int:
        """Give the bytes that the engine may hold, at most a petabyte."""
        size, unit = str(self.connection.execute("SELECT current_setting('memory_limit')").fetchall()[0][0]).split()
        return max(1 << 20, int(float(size) * 1024 ** ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB").index(unit)))

    def _kept(self) -> list[str]:
        """List the columns that are needed once all records were read."""
        found = []
        for name in self.fields:
            if name in self.columns.kept:
                found.append(identifier(name))
                found += [identifier(raw_name(name))] if self._has_raw(name) else []
                found += [identifier(listed_name(name))] if name in self.columns.listed else []
        return found

    def _has_raw(self, name: str) -> bool:
        return name in self.columns.raws and not plain(self.fields[name])

    def _count_each_other(self, prepared: Prepared, layout: Layout) -> None:
        """Make the view that adds, to the profiles which wait for it, what counting records against each other tells.

        Of the counts only values that repeat are kept, so that the join is against few rows. They are found by
        hash first, since a table of numbers is smaller than one of texts.
        """
        joins, added = [], []
        for number, names in enumerate(sorted(self.columns.windows)):
            keys = [identifier(n) for n in names]
            filled = " AND ".join(f"{k} IS NOT NULL" for k in keys)
            hashed = f"hash({', '.join(keys)})"
            # NOTE: in parts where all at once would take more than a quarter of the memory.
            parts = 1 + prepared.records * _GROUP_BYTES * 4 // self.memory()
            suspects = " UNION ALL ".join(
                f"SELECT hashed FROM (SELECT {hashed} AS hashed FROM {TABLE} WHERE {filled}) "
                f"WHERE hashed % {parts} = {part} GROUP BY hashed HAVING count(*) > 1"
                for part in range(parts)
            )
            prepared.rows(f"CREATE OR REPLACE TABLE suspects AS {suspects}")
            prepared.rows(
                f"CREATE OR REPLACE TABLE repeated_{number} AS "
                f"SELECT {', '.join(f'{k} AS key_{i}' for i, k in enumerate(keys))}, count(*) AS times "
                f"FROM {TABLE} WHERE {filled} AND {hashed} IN (FROM suspects) "
                f"GROUP BY {', '.join(keys)} HAVING count(*) > 1"
            )
            same = " AND ".join(f"{TABLE}.{k} = repeated_{number}.key_{i}" for i, k in enumerate(keys))
            joins.append(f"LEFT JOIN repeated_{number} ON {same}")
            times = f"CASE WHEN {filled} THEN COALESCE(repeated_{number}.times, 1) END"
            added.append(f"{times} AS {identifier(window_column(names))}")
        relation = f"(SELECT {TABLE}.*, {TABLE}.rowid, {', '.join(added)} FROM {TABLE} {' '.join(joins)})"
        asked = " ".join(m.source for marks in layout.marks for m in marks if m.late)
        derived = [f"{sql} AS {identifier(n)}" for n, (sql, _) in self.plan.derived.items() if identifier(n) in asked]
        if derived:
            relation = f"(SELECT *, {', '.join(derived)} FROM {relation})"
        whole = []
        for i, (profile, marks) in enumerate(zip(layout.profiles, layout.marks, strict=True)):
            if profile.late:
                bits = [_profile(i), *(m.sql(self.columns) for m in marks if m.late)]
                whole.append(f"{self.columns.together(bits)} AS {_profile(i)}")
        prepared.rows(f"CREATE OR REPLACE VIEW {_LATE} AS SELECT * REPLACE ({', '.join(whole)}) FROM {relation}")
        prepared.relation = _LATE
        prepared.late = frozenset(i for i, profile in enumerate(layout.profiles) if profile.late)


def _profile(number: int) -> str:
    return identifier(f"profile {number}")


def engine_error(error: Exception) -> EngineError:
    """Say that the engine failed, by the kind of failure alone."""
    kind = type(error).__name__.removesuffix("Exception").removesuffix("Error")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower() or "unknown"
    return EngineError("engine", f"the engine stopped with a failure of the kind '{words}'")


class Engine:
    """The engine of a run: one memory limit for all sources, each in a database of its own.

    Args:
        scratch: an existing folder that only we can read; what spills goes there, encrypted. None spills nowhere.
        threads: how many to use; None uses all.
        memory: the most it may hold in memory, as DuckDB writes it ("2GB"); None takes `memory_share`.
    """

    def __init__(self, scratch: Path | None = None, *, threads: int | None = None, memory: str | None = None) -> None:
        self.scratch = scratch
        self.threads = threads
        self.memory = memory or f"{memory_share() >> 20}MiB"
        self._root: duckdb.DuckDBPyConnection | None = None
        self._sessions = 0

    def session(self) -> duckdb.DuckDBPyConnection:
        """Open a connection with an empty database of its own; the library is loaded by the first."""
        import duckdb

        if self._root is None:
            options: dict[str, Any] = {
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "temp_directory": str(self.scratch) if self.scratch is not None else "",
                "temp_file_encryption": True,
                # NOTE: else nothing can spill at all, see docs/decisions/0008-what-spills.md.
                "force_mbedtls_unsafe": True,
                "preserve_insertion_order": True,
                "memory_limit": self.memory,
            }
            if self.threads is not None:
                options["threads"] = self.threads
            self._root = duckdb.connect(":memory:", config=options)
        opened = self._root.cursor()
        self._sessions += 1
        opened.execute(f"ATTACH ':memory:' AS source_{self._sessions}; USE source_{self._sessions}")
        return opened

    def close(self) -> None:
        """Drop all databases."""
        if self._root is not None:
            self._root.close()


def memory_share() -> int:
    """Give the bytes that the engine may hold in memory where nothing is said: six tenths of what this machine has.

    Where the process runs in a group with a limit of its own, as in a container, that limit is what it has.
    """
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for place in _GROUP_LIMITS:
        with suppress(OSError, ValueError):  # no such group, or no limit
            limits.append(int(Path(place).read_text(encoding="ascii")))
    return min(limits) * 6 // 10


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
