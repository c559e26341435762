"""What is known of a record only once all were read: how many others share its values, and the rows beside it.

Of the counts only values that repeat are kept, so that the join is against few rows. They are found by hash first,
since a table of numbers is smaller than one of texts. The rows of another table are put into a list for each record
that they belong to, so that one join, and no comparison of all with all, brings them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.engines.duck_columns import key_name, rows_name, window_column
from everycase.engines.duck_engine import engine_error
from everycase.sqltext import identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

#: what counting by a number takes of memory for each of them
_GROUP_BYTES = 64
_TABLE = "prepared"


@dataclass(frozen=True, slots=True)
class Listed:
    """A table whose rows are looked at, and the columns that are read of them."""

    table: str
    columns: Sequence[str]


@dataclass(frozen=True, slots=True)
class Late:
    """What records are counted against.

    Attributes:
        connection: where the records are.
        records: how many there are.
        table: the table they are of; "" where there is one only.
        windows: sets of fields in which records are counted against each other.
        rows: (table, table above both) -> where its rows are, and what is read of them.
        derived: name -> SQL of what several conditions share.
    """

    connection: duckdb.DuckDBPyConnection
    records: int
    table: str
    windows: Sequence[tuple[str, ...]]
    rows: Mapping[tuple[str, str], Listed]
    derived: Mapping[str, str]


def late_relation(late: Late, asked: str) -> str:
    """Write the relation of all records with what conditions ask of others; it stands after FROM.

    Args:
        late: what there is.
        asked: the conditions; only derived values that they name are worked out.

    Raises:
        EngineError: the engine failed on the way.
    """
    joins, added = [], []
    for number, names in enumerate(late.windows):
        keys = [identifier(n) for n in names]
        filled = " AND ".join(f"{k} IS NOT NULL" for k in keys)
        _repeated(late, f"repeated_{number}", keys, filled)
        same = " AND ".join(f"{_TABLE}.{k} = repeated_{number}.key_{i}" for i, k in enumerate(keys))
        joins.append(f"LEFT JOIN repeated_{number} ON {same}")
        times = f"CASE WHEN {filled} THEN COALESCE(repeated_{number}.times, 1) END"
        added.append(f"{times} AS {identifier(window_column(names))}")
    for number, ((table, above), listed) in enumerate(sorted(late.rows.items())):
        name = f"listed_{number}"
        _lists(late, name, above, listed)
        mine = identifier(key_name(above)) if above else "0"
        joins.append(f"LEFT JOIN {name} ON {name}.key = {mine}")
        found = f"CASE WHEN {mine} IS NOT NULL THEN COALESCE({name}.rows, []) END"
        added.append(f"{found} AS {identifier(rows_name(table, above))}")
    columns = ", ".join([f"{_TABLE}.*", f"{_TABLE}.rowid", *added])
    relation = f"(SELECT {columns} FROM {_TABLE} {' '.join(joins)})"
    derived = [f"{sql} AS {identifier(n)}" for n, sql in late.derived.items() if identifier(n) in asked]
    return f"(SELECT *, {', '.join(derived)} FROM {relation})" if derived else relation


def _repeated(late: Late, table: str, keys: Sequence[str], filled: str) -> None:
    """Make the table of values that several records share, and of how many."""
    hashed = f"hash({', '.join(keys)})"
    # NOTE: in parts where all at once would take more than a quarter of the memory.
    parts = 1 + late.records * _GROUP_BYTES * 4 // _memory(late.connection)
    suspects = " UNION ALL ".join(
        f"SELECT hashed FROM (SELECT {hashed} AS hashed FROM {_TABLE} WHERE {filled}) "
        f"WHERE hashed % {parts} = {part} GROUP BY hashed HAVING count(*) > 1"
        for part in range(parts)
    )
    _run(late, f"CREATE OR REPLACE TABLE suspects AS {suspects}")
    listed = ", ".join(f"{k} AS key_{i}" for i, k in enumerate(keys))
    _run(
        late,
        f"CREATE OR REPLACE TABLE {table} AS SELECT {listed}, count(*) AS times FROM {_TABLE} "
        f"WHERE {filled} AND {hashed} IN (FROM suspects) GROUP BY {', '.join(keys)} HAVING count(*) > 1",
    )


def _lists(late: Late, name: str, above: str, listed: Listed) -> None:
    """Make the table of the rows that belong to each record above, as lists."""
    key = identifier(key_name(above)) if above else "0"
    columns = ", ".join(f"{identifier(c)} := {identifier(c)}" for c in listed.columns) or "nothing := 0"
    _run(
        late,
        f"CREATE OR REPLACE TABLE {name} AS SELECT {key} AS key, list(struct_pack({columns})) AS rows "
        f"FROM {listed.table} WHERE {key} IS NOT NULL GROUP BY ALL",
    )


def _memory(connection: duckdb.DuckDBPyConnection) -> int:
    """Give the bytes that the engine may hold."""
    size, unit = str(connection.execute("SELECT current_setting('memory_limit')").fetchall()[0][0]).split()
    return max(1 << 20, int(float(size) * 1024 ** ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB").index(unit)))


def _run(late: Late, sql: str) -> None:
    import duckdb

    try:
        late.connection.execute(sql)
    except duckdb.Error as error:
        raise engine_error(error) from None
