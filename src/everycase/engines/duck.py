"""The default engine: an extract becomes one DuckDB table of typed columns, and nothing leaves it but counts.

A closed code field becomes an enum, a date a date, and so on; the supplied text is kept beside it, in
`<field>__raw`, only where it is not exactly what the column holds: ill-formed, unmapped or padded with blanks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from everycase.engines.duck_text import bare_cell, typed_cell
from everycase.errors import EngineError
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import duckdb

    from everycase.suites import FieldSpec

TABLE = "prepared"


@dataclass(slots=True)
class DuckColumns:
    """Writes columns of the prepared table, and remembers what the table must therefore hold.

    Attributes:
        day: the day on which a code must be in force; what is not is unmapped. None takes every code.
        valued: fields whose values, not only their presence, are needed.
        windows: sets of fields in which records are counted against each other.
    """

    day: dt.date | None = None
    valued: set[str] = field(default_factory=set)
    windows: set[tuple[str, ...]] = field(default_factory=set)

    def value(self, field: FieldSpec) -> str:
        """Write the typed value as text, date or number."""
        self.valued.add(field.name)
        name = identifier(field.name)
        return f"CAST({name} AS VARCHAR)" if _closed(field) else name

    def member(self, field: FieldSpec, codes: Iterable[str]) -> str:
        """Write membership by the positions of the codes in the enum, which is many times faster than by text."""
        name = identifier(field.name)
        codes = sorted(set(codes))
        if not codes:
            return f"({name} <> {name})"
        order = {code: position for position, code in enumerate(_enum_codes(field, self.day))}
        places = sorted(order[c] for c in codes if c in order)
        if _closed(field):
            return f"({_ranges(f'enum_code({name})', places)})"
        # NOTE: what an open list does not name is none of its codes, unless it is no valid value at all.
        listed = _ranges(f"enum_code({identifier(_listed(field.name))})", places)
        return f"(CASE WHEN {name} IS NOT NULL THEN COALESCE({listed}, FALSE) END)"

    def supplied(self, field: FieldSpec) -> str:
        """Write whether anything was supplied."""
        if _plain(field):
            return f"({identifier(field.name)} IS NOT NULL)"
        return f"({identifier(field.name)} IS NOT NULL OR {identifier(_raw(field.name))} IS NOT NULL)"

    def typed(self, field: FieldSpec) -> str:
        """Write whether the value is listed or well-formed."""
        return f"({identifier(field.name)} IS NOT NULL)"

    def occurrences(self, fields: tuple[FieldSpec, ...]) -> str:
        """Write the count of equal records, a column that `Prepared.count_equals` adds."""
        names = tuple(f.name for f in fields)
        self.valued.update(names)
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

    def packed_sum(self, state: str) -> str:
        """Write a sum; DuckDB adds up 64-bit numbers in 128 bits."""
        return f"sum({state})"


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


def window_column(names: tuple[str, ...]) -> str:
    """Name the column that counts records equal in some fields."""
    return "occurrences of " + ", ".join(names)


def _closed(field: FieldSpec) -> bool:
    return field.codelist is not None and not field.codelist.open


def _plain(field: FieldSpec) -> bool:
    return field.type == "text" and field.pattern is None


def _enum_codes(field: FieldSpec, day: dt.date | None) -> list[str]:
    """List the codes so that those with the same meaning stand together, and membership is a range."""
    if field.codelist is None:
        return []
    codes = [c for c in field.codelist.codes.values() if day is None or c.in_force(day)]
    alike = sorted(codes, key=lambda c: (c.standing, sorted(c.attributes.items()), c.concept or "", c.code))
    return [c.code for c in alike]


def _raw(name: str) -> str:
    return f"{name}__raw"


def _listed(name: str) -> str:
    return f"{name}__listed"


def load_columns(spec: FieldSpec, supplied: str | None, columns: DuckColumns) -> list[str]:
    """Write the select list that turns a supplied text column into the columns of a field.

    Args:
        spec: the field.
        supplied: the SQL of its column, blanks being NULL; None where the extract does not have it.
        columns: what the predicates need.
    """
    name, raw = identifier(spec.name), identifier(_raw(spec.name))
    c = supplied or "CAST(NULL AS VARCHAR)"
    bare = bare_cell(c)
    if _plain(spec):
        if spec.name in columns.valued:
            return [f"{bare} AS {name}"]
        return [f"CASE WHEN {bare} IS NOT NULL THEN TRUE END AS {name}"]
    if _closed(spec):
        kind = identifier(f"codes of {spec.name}")
        exact = f"TRY_CAST({c} AS {kind})"
        return [
            f"COALESCE({exact}, TRY_CAST({bare} AS {kind})) AS {name}",
            f"CASE WHEN {exact} IS NULL THEN {bare} END AS {raw}",
        ]
    typed = typed_cell(spec, bare)
    found = [f"{typed} AS {name}", f"CASE WHEN {typed} IS NULL THEN {bare} END AS {raw}"]
    if spec.codelist is not None:
        listed = f"TRY_CAST({bare} AS {identifier(f'codes of {spec.name}')})"
        found.append(f"{listed} AS {identifier(_listed(spec.name))}")
    return found


@dataclass(slots=True)
class Prepared:
    """One extract as a DuckDB table, and the connection that holds it.

    Attributes:
        row: SQL of the row's number as a spreadsheet shows it.
        relation: what statements read; a view over the table where records were counted against each other.
        missing: fields for which the extract has no column.
    """

    connection: duckdb.DuckDBPyConnection
    columns: DuckColumns
    records: int = 0
    row: str = "rowid + 2"
    relation: str = TABLE
    missing: frozenset[str] = frozenset()

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

    def judge_on(self, derived: Mapping[str, str], windows: set[tuple[str, ...]]) -> None:
        """Put what rules share beside the table: derived columns, and counts of records equal in some fields.

        Of the counts only values that repeat are kept, so that the join is against few rows.

        Args:
            derived: name -> SQL over the table's columns.
            windows: sets of fields.
        """
        joins, added = [], [f"{sql} AS {identifier(name)}" for name, sql in derived.items()]
        for number, names in enumerate(sorted(windows)):
            keys = [identifier(n) for n in names]
            filled = " AND ".join(f"{k} IS NOT NULL" for k in keys)
            self.rows(
                f"CREATE TABLE repeated_{number} AS SELECT {', '.join(f'{k} AS key_{i}' for i, k in enumerate(keys))}, "
                f"count(*) AS times FROM {TABLE} WHERE {filled} GROUP BY {', '.join(keys)} HAVING count(*) > 1"
            )
            same = " AND ".join(f"{k} = repeated_{number}.key_{i}" for i, k in enumerate(keys))
            joins.append(f"LEFT JOIN repeated_{number} ON {same}")
            times = f"CASE WHEN {filled} THEN COALESCE(repeated_{number}.times, 1) END"
            added.append(f"{times} AS {identifier(window_column(names))}")
        if added:
            self.rows(
                f"CREATE VIEW judged AS SELECT {TABLE}.*, {TABLE}.rowid AS rowid, {', '.join(added)} "
                f"FROM {TABLE} {' '.join(joins)}"
            )
            self.relation = "judged"


def engine_error(error: Exception) -> EngineError:
    """Say that the engine failed, by the kind of failure alone."""
    kind = type(error).__name__.removesuffix("Exception").removesuffix("Error")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower() or "unknown"
    return EngineError("engine", f"the engine stopped with a failure of the kind '{words}'")


def connect(scratch: Path, *, threads: int | None = None, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open an engine of its own for one source.

    Args:
        scratch: an existing folder that only we can read; what spills goes there, encrypted.
        threads: how many to use; None uses all.
        memory: the most it may hold in memory, as DuckDB writes it ("2GB"); None leaves its default.
    """
    import duckdb

    options: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "temp_directory": str(scratch),
        "temp_file_encryption": True,
        "preserve_insertion_order": True,
    }
    if threads is not None:
        options["threads"] = threads
    if memory is not None:
        options["memory_limit"] = memory
    return duckdb.connect(":memory:", config=options)


def prepare(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    fields: Mapping[str, FieldSpec],
    supplied: Mapping[str, str],
    columns: DuckColumns,
    *,
    keys: Iterable[str] = (),
) -> Prepared:
    """Read a relation of text columns into the prepared table.

    Args:
        connection: from `connect`.
        relation: SQL that stands after FROM and yields the records in the order of the file.
        fields: the fields of the suite.
        supplied: field -> SQL of its text column; a field that is not in it is missing.
        columns: the columns that the predicates need.
        keys: fields whose values are needed to name a record.

    Raises:
        duckdb.Error: the caller knows the file, and explains.
    """
    columns.valued.update(keys)
    selected: list[str] = []
    for spec in fields.values():
        if spec.codelist is not None:
            codes = ", ".join(quoted(c) for c in _enum_codes(spec, columns.day)) or "''"
            connection.execute(f"CREATE TYPE {identifier(f'codes of {spec.name}')} AS ENUM ({codes})")
        selected += load_columns(spec, supplied.get(spec.name), columns)
    connection.execute(f"CREATE TABLE {TABLE} AS SELECT {', '.join(selected)} FROM {relation}")
    row = connection.execute(f"SELECT count(*) FROM {TABLE}").fetchone()
    missing = frozenset(set(fields) - set(supplied))
    return Prepared(connection, columns, records=row[0] if row else 0, missing=missing)


def trimmed(prepared: Prepared, fields: Mapping[str, FieldSpec]) -> list[tuple[str, int]]:
    """Count, for each closed code field, the codes that had blanks at their ends."""
    specs = [f for f in fields.values() if _closed(f) and f.name not in prepared.missing]
    if not specs:
        return []
    tests = [f"count(CASE WHEN {identifier(f.name)} IS NOT NULL THEN {identifier(_raw(f.name))} END)" for f in specs]
    found = prepared.rows(f"SELECT {', '.join(tests)} FROM {TABLE}")[0]
    return [(f.name, n) for f, n in zip(specs, found, strict=True) if n]


def unmapped_values(
    prepared: Prepared, spec: FieldSpec, longest: int, fewest: int
) -> tuple[list[tuple[str, int]], int]:
    """List values outside a code list that may be shown, and count all others.

    A value is a candidate only where it is as short as a code and letters or digits; a name typed into the
    wrong column must not be listed. Returns the candidates that occur at least `fewest` times, most frequent
    first, at most 13 of them, and how many distinct values there are in all.
    """
    name, raw = identifier(spec.name), identifier(_raw(spec.name))
    where = f"FROM {TABLE} WHERE {name} IS NULL AND {raw} IS NOT NULL"
    distinct = prepared.rows(f"SELECT count(DISTINCT {raw}) {where}")[0][0]
    pattern = quoted(f"[A-Za-z0-9]{{1,{longest}}}")
    shown = prepared.rows(
        f"SELECT {raw}, count(*) AS times {where} AND regexp_full_match({raw}, {pattern}) "
        f"GROUP BY {raw} HAVING count(*) >= {fewest} ORDER BY times DESC, {raw} LIMIT 13"
    )
    return [(str(v), int(n)) for v, n in shown], int(distinct)
