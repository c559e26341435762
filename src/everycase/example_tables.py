"""Examples of rules that look at several tables: each becomes a small extract of its own within one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from everycase.engines import duck_engine
from everycase.engines.duck_columns import DuckColumns
from everycase.judging import Unit, read_all
from everycase.plan import Planned, write_plan
from everycase.registry import SourceEntry
from everycase.sqltext import identifier, quoted
from everycase.tables import RawTable, open_tables

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from everycase.rule import Rule
    from everycase.suite_files import Example
    from everycase.suites import Suite

ANSWERS = ("not_applicable", "passing", "failing", "undetermined")
_MADE_UP = SourceEntry(
    title="", agency="", owner="", description="", jurisdiction="", cadence="", legal_basis="", suite=""
)  # fmt: skip


class _Rows:
    """The rows of all tables, each with its number and that of the one it belongs to."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        self.rows: dict[str, list[tuple[int | None, Mapping[str, str]]]] = {table: [] for table in suite.tables}

    def add(self, table: str, above: int | None, cells: Mapping[str, str]) -> int:
        self.rows[table].append((above, cells))
        return len(self.rows[table]) - 1

    def take(self, example: Mapping[str, str] | Example) -> int:
        """Take in what one example says, and give the number of the record that it is about."""
        own = self.suite.table
        numbers: dict[str, int] = {}
        for table in reversed((own, *self.suite.above)):
            above = self.suite.tables[table].above
            prefix = "" if table == own else f"{table}."
            cells = {
                n.removeprefix(prefix): v for n, v in example.items()
                if isinstance(v, str) and n.startswith(prefix) and (prefix or "." not in n)
            }  # fmt: skip
            numbers[table] = self.add(table, numbers[above[0]] if above else None, cells)
        for table, listed in example.items():
            if not isinstance(listed, str):
                for cells in listed:
                    number = self.add(table, self._above(table, numbers), cells)
                    numbers.setdefault(table, number)
        return numbers[own]

    def _above(self, table: str, numbers: dict[str, int]) -> int | None:
        """Find the record that a row of another table belongs to; one of which nothing is said where there is none."""
        above = self.suite.tables[table].above
        if not above:
            return None
        if above[0] not in numbers:
            numbers[above[0]] = self.add(above[0], self._above(above[0], numbers), {})
        return numbers[above[0]]


def judge_records(
    rule: Rule, suite: Suite, records: Sequence[Mapping[str, str] | Example], as_of: dt.date
) -> list[str]:
    """Judge records by a rule of a suite of several tables; see `testing.judge_rule`."""
    rows = _Rows(suite)
    places = [rows.take(record) for record in records]
    writers = {table: DuckColumns() for table in suite.tables}
    for writer in writers.values():
        writer.tables.update(writers)
    planned = []
    for table, part in suite.tables.items():
        rules = [rule] if table == suite.table else []
        planned.append(Planned(part, rules, write_plan(part, rules, writers[table], as_of), writers[table]))
    with closing(duck_engine.Engine()) as engine:
        database, sessions = engine.sessions(list(suite.tables))
        raw = {}
        for table, part in suite.tables.items():
            name = f"{database}.main.{identifier(f'raw {table}')}"
            columns = {field: f"c{i}" for i, field in enumerate(part.fields)}
            kinds = ", ".join(f"{c} VARCHAR" for c in columns.values())
            sessions[table].execute(f"CREATE TABLE {name} (number BIGINT, above BIGINT, {kinds})")
            raw[table] = RawTable(name, columns, "number", "number", "{own}.above = {above}.number")
            for number, (above, cells) in enumerate(rows.rows[table]):
                texts = [quoted(cells[f]) if cells.get(f) else "NULL" for f in part.fields]
                values = ", ".join([str(number), "NULL" if above is None else str(above), *texts])
                sessions[table].execute(f"INSERT INTO {name} VALUES ({values})")
        schemas = {table: f"{database}.{identifier(table)}" for table in suite.tables}
        readings = open_tables("examples", _MADE_UP, planned, raw, sessions, schemas)
        units = [Unit(part, reading, []) for part, reading in zip(planned, readings, strict=True)]
        read_all(units)
        unit = next(u for u in units if u.part.suite.table == suite.table)
        profile, column = unit.judgement.place_of(rule.code)
        found = unit.prepared.rows(
            f'SELECT place, {column} FROM (SELECT "row in file" AS place, "profile {profile}" AS found '
            f"FROM {unit.prepared.relation}) JOIN {unit.judgement.judged(profile)} ON profile = found"  # type: ignore[attr-defined]
        )
    states = {int(place): ANSWERS[int(state)] for place, state in found}
    return [states[place] for place in places]
