"""Apache Spark as an engine: one statement counts everything on the cluster, and nothing but counts comes back.

The prepared relation is a subquery over a view of text columns (`spark_relation`), typed in SQL by the same rules as
`duck`, so that the counts are equal. What cannot be made equal is refused, rule by rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from everycase.engines.pushed import PushedColumns, closed, count_sql, plain, profiled, raw_name
from everycase.engines.pushed_records import PushedPrepared, PushedReading
from everycase.engines.spark_session import session_in_use
from everycase.engines.spark_text import (
    DIGITS,
    bare_sql,
    column,
    date_sql,
    integer_sql,
    literal,
    match_sql,
    number_sql,
    textual_sql,
)
from everycase.errors import CouldNotCheckError, EngineError, UnsupportedError
from everycase.marks import codes_in_force
from everycase.readers import BLANKS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from everycase.engines.spark_relation import SparkRelation
    from everycase.outcome import ExtractFacts
    from everycase.plan import Layout
    from everycase.suites import FieldSpec

__all__ = ["SparkColumns", "SparkReading", "session_in_use", "typed_sql"]

#: stands in the column `headed` of a row that is the header of a file
HEADED = "h"


@dataclass(slots=True)
class SparkColumns(PushedColumns):
    """Writes columns of the typed relation; see `coded.Columns`."""

    text: ClassVar[str] = "STRING"
    scatter: ClassVar[str] = "monotonically_increasing_id() % 997"

    def name(self, name: str) -> str:
        """Write the name of a column."""
        return column(name)

    def literal(self, text: str) -> str:
        """Write a text as a literal."""
        return literal(text)

    def short(self, text: str, longest: int) -> str:
        """Write whether a text is as short as a code, and letters and digits alone."""
        return match_sql(text, f"[A-Za-z0-9]{{1,{longest}}}")

    def placed_answer(self, condition: str, offset: int) -> str:
        """Write 0 where a condition is false, 1 where it is true and 2 where it is unknown, moved up by some bits."""
        # NOTE: CASE x WHEN ... would have x written out, and perhaps worked out, once for each WHEN.
        return f"COALESCE(CAST({condition} AS INT), 2) * {1 << offset}"

    def day_part(self, part: str, day: str) -> str:
        """Write a part of a date."""
        found = f"weekday({day}) + 1" if part == "weekday" else f"{part}({day})"
        return f"CAST({found} AS BIGINT)"

    def whole(self, text: str) -> str:
        """Write the whole number that a text of digits stands for."""
        return f"CASE WHEN {text} RLIKE {literal(DIGITS)} THEN try_cast({text} AS BIGINT) END"

    def position(self, text: str, held: str) -> str:
        """Write the place of a single character."""
        return f"CASE WHEN length({text}) = 1 THEN CAST(instr({literal(held)}, {text}) AS BIGINT) END"

    def quotient(self, number: str, divisor: int) -> str:
        """Write a whole division."""
        return f"({number} div {divisor})"

    def age(self, born: str, day: str) -> str:
        """Write completed years from YYYYMMDD numbers, as `DuckColumns.age` does."""
        # NOTE: both divide towards nought, and dates lie in the years 1 to 9999 on both.
        return f"(({_ymd(day)} - {_ymd(born)} + 9990000) div 10000 - 999)"

    def days_between(self, first: str, second: str) -> str:
        """Write the days between."""
        return f"CAST(datediff({second}, {first}) AS BIGINT)"

    def full_match(self, text: str, pattern: str) -> str:
        """Write a match of the whole text, in the dialect of Java."""
        return f"({match_sql(text, pattern)})"

    def starts_with(self, text: str, start: str) -> str:
        """Write a test of the start."""
        return f"startswith({text}, {literal(start)})"

    def contains(self, text: str, part: str) -> str:
        """Write a test of a part."""
        return f"contains({text}, {literal(part)})"

    def ordered(self, text: str) -> str:
        """Write a text as it is: Spark compares its bytes, and so code points."""
        return text

    def textual(self, name: str, arguments: list[str]) -> str:
        """Write length, lower, upper, trim or substr with the answers that DuckDB gives."""
        return textual_sql(name, arguments)


def _ymd(day: str) -> str:
    return f"CAST(year({day}) * 10000 + month({day}) * 100 + day({day}) AS BIGINT)"


def _typed(spec: FieldSpec, cell: str, bare: str, day: dt.date | None) -> str:
    match spec.type:
        case "date":
            tries = [date_sql(bare, f) for f in spec.formats]
            return tries[0] if len(tries) == 1 else f"COALESCE({', '.join(tries)})"
        case "integer":
            return integer_sql(bare)
        case "number":
            return number_sql(bare)
    if plain(spec):
        return bare
    listed = ", ".join(literal(c) for c in codes_in_force(spec, day))
    if closed(spec):
        if not listed:
            return "CAST(NULL AS STRING)"
        # NOTE: a code may itself end in a blank that is none to Python, so the cell as it stands is looked up first.
        odd = any(c != c.strip(BLANKS) for c in codes_in_force(spec, day))
        exact = f"WHEN {cell} IN ({listed}) THEN {cell} " if odd else ""
        return f"CASE {exact}WHEN {bare} IN ({listed}) THEN {bare} END"
    pattern = spec.pattern if spec.codelist is None else spec.codelist.pattern
    test = match_sql(bare, pattern or ".*")
    return f"CASE WHEN {f'{bare} IN ({listed}) OR {test}' if listed else test} THEN {bare} END"


def typed_sql(
    relation: str,
    fields: Mapping[str, FieldSpec],
    supplied: Mapping[str, str],
    columns: SparkColumns,
    keep: Mapping[str, str],
) -> str:
    """Write the typed relation over a relation of text columns.

    Args:
        relation: SQL that stands after FROM.
        fields: the fields of the suite.
        supplied: field -> SQL of its text column; a field that is not in it is missing.
        columns: the columns that the predicates need.
        keep: further columns, name -> SQL, that stay as they are.

    Raises:
        EngineError: a pattern cannot be written for it.
    """
    cells = [f"{sql} AS {name}" for name, sql in keep.items()]
    bares, typed, named = [*keep], [*keep], [*keep]
    for number, spec in enumerate(fields.values()):
        c, b, t = f"c_{number}", f"b_{number}", f"t_{number}"
        cells.append(f"{supplied.get(spec.name, 'CAST(NULL AS STRING)')} AS {c}")
        bares += [c, f"{bare_sql(c)} AS {b}"]
        try:
            typed += [c, b, f"{_typed(spec, c, b, columns.day)} AS {t}"]
        except UnsupportedError as error:
            raise EngineError(error.slug, f"field {spec.name}: {error.message}", where=spec.place) from None
        named.append(f"{t} AS {columns.name(spec.name)}")
        if not plain(spec):
            # NOTE: padded codes are kept as `duck` keeps them, so that repairs are counted alike.
            kept = f"{t} IS NULL OR {c} <> {b}" if closed(spec) else f"{t} IS NULL"
            named.append(f"CASE WHEN {kept} THEN {b} END AS {columns.name(raw_name(spec.name))}")
    text = f"(SELECT {', '.join(cells)} FROM {relation}) AS cells"
    bare = f"(SELECT {', '.join(bares)} FROM {text}) AS bare"
    done = f"(SELECT {', '.join(typed)} FROM {bare}) AS typed"
    return f"(SELECT {', '.join(named)} FROM {done}) AS prepared"


@dataclass(slots=True)
class SparkPrepared(PushedPrepared):
    """The records of one table or of files, which stay where they are.

    Attributes:
        found: (longest, fewest) -> field -> what `unmapped_values` gives, asked for once for all fields.
    """

    found: dict[tuple[int, int], dict[str, tuple[list[tuple[str, int]], int]]] = field(default_factory=dict)

    def unmapped_values(self, spec: FieldSpec, longest: int, fewest: int) -> tuple[list[tuple[str, int]], int]:
        """List values outside a code list that may be shown, and count all others; see `engines.Prepared`."""
        if (longest, fewest) not in self.found:
            self.found[longest, fewest] = self._unmapped(longest, fewest)
        return self.found[longest, fewest].get(spec.name, ([], 0))

    def _unmapped(self, longest: int, fewest: int) -> dict[str, tuple[list[tuple[str, int]], int]]:
        coded = [f for f in self.fields.values() if closed(f) and f.name not in self.missing]
        cells = [
            f"named_struct('place', {i}, 'value', CASE WHEN {self.columns.name(f.name)} IS NULL "
            f"THEN {self.columns.name(raw_name(f.name))} END)"
            for i, f in enumerate(coded)
        ]
        shown = f"times >= {fewest} AND {self.columns.short('value', longest)}"
        # NOTE: one job for all fields: each field's first row always comes, and has the number of all its values.
        rows = self.rows(
            f"SELECT place, CASE WHEN shown THEN value END, times, kinds FROM (SELECT *, count(*) OVER (PARTITION BY "
            f"place) AS kinds, row_number() OVER (PARTITION BY place ORDER BY shown DESC, times DESC, value) AS number "
            f"FROM (SELECT *, {shown} AS shown FROM (SELECT cell.place, cell.value, count(*) AS times FROM (SELECT "
            f"explode(array({', '.join(cells)})) AS cell FROM {self.base}) WHERE cell.value IS NOT NULL "
            f"GROUP BY cell.place, cell.value))) WHERE number <= 13 AND (shown OR number = 1)"
        )
        values: dict[str, list[tuple[str, int]]] = {}
        kinds: dict[str, int] = {}
        for place, value, times, number in rows:
            name = coded[int(place)].name
            kinds[name] = int(number)
            values.setdefault(name, []).extend([] if value is None else [(str(value), int(times))])
        return {n: (sorted(values[n], key=lambda item: (-item[1], item[0])), kinds[n]) for n in kinds}


@dataclass(slots=True)
class SparkReading(PushedReading):
    """A table or files that can be read, and the statement that will read them.

    Attributes:
        given: what the text columns come from, with what it must hold; None where it is no extract.
    """

    columns: SparkColumns
    given: SparkRelation | None = field(default=None, kw_only=True)

    @property
    def base(self) -> str:
        """Write the typed relation."""
        return typed_sql(self.relation, self.fields, self.supplied, self.columns, self.keep)

    def statement(self, layout: Layout, groups: Sequence[FieldSpec]) -> str:
        """Write the one statement that counts everything, the header rows of files apart."""
        if self.given is None or not self.given.headed:
            return PushedReading.statement(self, layout, groups)
        beside = self.beside()
        grouped = [self.columns.group(g)[0] for g in groups]
        base = typed_sql(self.given.headed, self.fields, self.supplied, self.columns, {"headed": "headed"})
        relation = profiled(
            base, self.fields, self.columns, self.plan, layout, grouped, keep={**beside, "headed": "headed"}
        )
        names = [*(f"g{i}" for i in range(len(groups))), *(f"p{i}" for i in range(len(layout.profiles))), *beside]
        records = ", ".join(f"CASE WHEN headed = '' THEN {name} END AS {name}" for name in names)
        relation = f"(SELECT {records}, headed FROM {relation}) AS records"
        return count_sql(relation, len(layout.profiles), len(groups), [*beside, "headed"])

    def tallied(self, layout: Layout, groups: Sequence[FieldSpec]) -> list[tuple[Any, ...]]:
        """Run the statement, and compare the header rows with the files."""
        rows = PushedReading.tallied(self, layout, groups)
        if self.given is None or not self.given.headed:
            return rows
        self.given.check_headers(sum(row[-1] for row in rows if row[-2] == HEADED))
        return [(*row[:-2], row[-1]) for row in rows if row[-2] is None and any(v is not None for v in row[:-1])]

    def read(self, layout: Layout, groups: Sequence[FieldSpec]) -> PushedPrepared:
        """Have Spark count all records.

        Raises:
            ExtractError: there are none, or the files are not what they should be.
            EngineError: Spark failed.
        """
        try:
            prepared = PushedReading.read(self, layout, groups)
        except CouldNotCheckError as error:
            raise self.given.explained(error) if self.given is not None else error from None
        if self.given is not None:
            self.given.check_records(prepared.records)
        return prepared

    def kept_of(
        self, layout: Layout, counted: Mapping[tuple[int, int], Sequence[tuple[Any, int, int]]], records: int
    ) -> SparkPrepared:
        """Put what was counted together with what else can be asked of the records."""
        return SparkPrepared(
            self.server, self.tables, self.columns, self.base, self.fields, self.plan, layout, counted,
            records=records, missing=self.missing,
        )  # fmt: skip

    def facts(self) -> ExtractFacts:
        """Say what was read and what had to be put right."""
        found = PushedReading.facts(self)
        return self.given.completed(found) if self.given is not None else found
