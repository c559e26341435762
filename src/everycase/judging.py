"""Judging: records are counted by profile, rules are judged once a profile, and both together are the tally."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycase.errors import EngineError
from everycase.marks import answers_sql
from everycase.outcome import Counts, FieldTally, GroupOutcome, RuleOutcome, Status
from everycase.plan import Judged, Layout, Tiered, lay_out

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb

    from everycase.engines import Prepared, Reading
    from everycase.plan import Plan, Planned
    from everycase.questions import Question
    from everycase.rule import Rule
    from everycase.suites import FieldSpec

_SLOT = 32
_MASK = (1 << _SLOT) - 1


# What can be asked of this extract -----------------------------------------------------------------------------------


def unreadable(plan: Plan, missing: frozenset[str]) -> dict[str, str]:
    """Refuse the rules that need a column which the extract does not have."""
    refused = dict(plan.refused)
    for judged in plan.judged:
        absent = sorted(judged.fields & missing)
        if absent:
            refused[judged.rule.code] = f"needs the column {', '.join(absent)}, which this extract does not have"
    return refused


def askable(plan: Plan, reading: Reading[Prepared], refused: Mapping[str, str]) -> tuple[list[Judged], list[Tiered]]:
    """Give the rules and fields that this extract can be asked."""
    tiered = [t for t in plan.tiered if t.spec.name not in reading.missing]
    return [j for j in plan.judged if j.rule.code not in refused], tiered


def without_bad(
    plan: Plan, reading: Reading[Prepared], usable: list[Judged], tiered: list[Tiered], refused: dict[str, str]
) -> bool:
    """Find the conditions that the engine does not take or that fail on the data, and refuse the rules that ask them.

    NOTE: all conditions go into one statement, so that one bad one takes all others with it. What it is, is looked for
    only then: first without reading a record, then by halving.

    Returns:
        Whether there was any.
    """
    conditions = _conditions(plan, [*usable, *tiered])
    if not reading.binds(conditions.values()):
        bad = {name for name, question in conditions.items() if not reading.binds([question])}
        _refuse(bad, usable, tiered, refused, "the engine does not take it")
        return bool(bad)
    bad = set(_failing(reading, list(conditions.items())))
    _refuse(bad, usable, tiered, refused, "failed on the data of this extract")
    return bool(bad)


def _conditions(plan: Plan, items: Sequence[Judged | Tiered]) -> dict[str, Question]:
    asked = sorted({name for item in items for name in item.asked})
    return {name: plan.questions[name] for name in asked if plan.questions[name].kind == "condition"}


def _failing(reading: Reading[Prepared], conditions: list[tuple[str, Question]]) -> Iterator[str]:
    if not conditions or reading.holds(question for _, question in conditions):
        return
    if len(conditions) == 1:
        yield conditions[0][0]
        return
    middle = len(conditions) // 2
    yield from _failing(reading, conditions[:middle])
    yield from _failing(reading, conditions[middle:])


def _refuse(
    bad: set[str], usable: list[Judged], tiered: Sequence[Tiered], refused: dict[str, str], reason: str
) -> None:
    for one in tiered:
        if one.asked & bad:
            message = f"when the field '{one.spec.name}' is required or valid: {reason}"
            raise EngineError("engine", message, where=one.spec.place)
    for judged in [j for j in usable if j.asked & bad]:
        refused[judged.rule.code] = reason
        usable.remove(judged)


# Counting and judging ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Counted:
    """The counts of one group."""

    records: int
    rules: dict[str, Counts]
    fields: dict[str, FieldTally]


@dataclass(slots=True)
class Judgement:
    """What was made of each profile of a source, in tables of small numbers.

    Attributes:
        connection: where the tables are; that of the records themselves, or one beside a database.
        layout: the profiles.
        axes: how many groupings there are.
    """

    connection: duckdb.DuckDBPyConnection
    layout: Layout
    axes: int

    def counted(self, profile: int, axis: int) -> str:
        """Name the table that holds how many records of each group have which profile."""
        return f"counted_{profile}_{axis}"

    def judged(self, profile: int) -> str:
        """Name the table that holds the states of each profile that occurs."""
        return f"states_{profile}"

    def place_of(self, code: str) -> tuple[int, str]:
        """Find the profile that answers a rule, and the column of its state."""
        for number, items in enumerate(self.layout.items):
            for place, item in enumerate(items):
                if isinstance(item, Judged) and item.rule.code == code:
                    return number, f"state_{place}"
        raise KeyError(code)

    def judge(self) -> None:
        """Work the states out, once for each profile that occurs."""
        for number, (marks, items) in enumerate(zip(self.layout.marks, self.layout.items, strict=True)):
            states = []
            for place, item in enumerate(items):
                states.append(f"CAST({item.state} AS UTINYINT) AS state_{place}")
                if isinstance(item, Tiered) and item.extra:
                    states.append(f"CAST({item.extra} AS UTINYINT) AS extra_{place}")
            answers = ["profile", *answers_sql("profile", marks)]
            self.connection.execute(
                f"CREATE OR REPLACE TABLE {self.judged(number)} AS SELECT {', '.join(['profile', *states])} FROM "
                f"(SELECT {', '.join(answers)} FROM (SELECT DISTINCT profile FROM {self.counted(number, 0)}))"
            )

    def tally(self, axis: int) -> dict[object, Counted]:
        """Add up, for each group of an axis, the records by state."""
        found: dict[object, Counted] = {}
        for number, items in enumerate(self.layout.items):
            packed = [p for place, item in enumerate(items) for p in _packs(place, item)]
            sums = ", ".join(["grouped", "sum(number)", *(s for p in packed for s in p.sums())])
            rows = self.connection.execute(
                f"SELECT {sums} FROM {self.counted(number, axis)} JOIN {self.judged(number)} USING (profile) "
                "GROUP BY grouped"
            ).fetchall()
            for group, records, *rest in rows:
                counted = found.setdefault(group, Counted(int(records), {}, {}))
                cells = iter(rest)
                states = [p.read([next(cells) for _ in p.sums()]) for p in packed]
                _sorted_in(counted, items, packed, states)
        return found


@dataclass(frozen=True, slots=True)
class Packed:
    """One state column and the names of its states, numbered from 1; two are counted in one sum of 64-bit numbers.

    NOTE: two, since a number of records below 2^31 moved on by 32 bits still is one.
    """

    place: int
    column: str
    states: tuple[str, ...]

    def sums(self) -> list[str]:
        """Write the sums."""
        found = []
        for start in range(0, len(self.states), 2):
            whens = f"WHEN {start + 1} THEN number"
            if start + 1 < len(self.states):
                whens += f" WHEN {start + 2} THEN number << {_SLOT}"
            found.append(f"sum(CASE {self.column} {whens} ELSE 0 END)")
        return found

    def read(self, sums: Sequence[int | None]) -> dict[str, int]:
        """Unpack what `sums` gave."""
        pairs = ((int(s or 0) & _MASK, int(s or 0) >> _SLOT) for s in sums)
        numbers = [n for pair in pairs for n in pair]
        return dict(zip(self.states, numbers, strict=False))


def _packs(place: int, item: Judged | Tiered) -> list[Packed]:
    found = [Packed(place, f"state_{place}", item.states)]
    if isinstance(item, Tiered) and item.extra:
        found.append(Packed(place, f"extra_{place}", item.extras))
    return found


def _sorted_in(
    counted: Counted, items: Sequence[Judged | Tiered], packed: Sequence[Packed], states: Sequence[Mapping[str, int]]
) -> None:
    """Put the states of rules and fields where they belong."""
    of_item: dict[int, dict[str, int]] = {}
    for one, numbers in zip(packed, states, strict=True):
        of_item.setdefault(one.place, {}).update(numbers)
    for place, item in enumerate(items):
        if isinstance(item, Judged):
            counted.rules[item.rule.code] = Counts(**of_item[place])
        else:
            counted.fields[item.spec.name] = item.tally(counted.records, of_item[place])


def judge(prepared: Prepared, layout: Layout, axes: int) -> Judgement:
    """Count the records of each profile, and judge the profiles."""
    judgement = Judgement(prepared.connection, layout, axes)
    for profile in range(len(layout.profiles)):
        for axis in range(max(axes, 1)):
            prepared.count(profile, axis if axes else None, judgement.counted(profile, axis))
    judgement.judge()
    return judgement


@dataclass(slots=True)
class Unit:
    """One table of a source on its way: what is asked of it, where it is read, and what was made of it.

    Attributes:
        axes: the fields to group by.
        refused: rule -> why it is not judged.
    """

    part: Planned
    reading: Reading[Prepared]
    axes: Sequence[FieldSpec]
    refused: dict[str, str] = field(default_factory=dict)
    _prepared: Prepared | None = None
    _judgement: Judgement | None = None

    @property
    def prepared(self) -> Prepared:
        """Give its records; it has been read."""
        assert self._prepared is not None  # noqa: S101 - the caller has read it
        return self._prepared

    @property
    def judgement(self) -> Judgement:
        """Give what was made of its records; they have been judged."""
        assert self._judgement is not None  # noqa: S101 - the caller has had them judged
        return self._judgement

    def read(self, usable: Sequence[Judged], tiered: Sequence[Tiered]) -> Layout:
        """Read the records for some rules and fields."""
        layout = lay_out(self.part.plan, usable, tiered, self.part.columns)
        self._prepared = self.reading.read(layout, self.axes)
        return layout

    def judge(self, layout: Layout) -> None:
        """Judge the records; those of all tables have been read."""
        self.reading.relate(self.prepared, layout)
        self._judgement = judge(self.prepared, layout, len(self.axes))


def read_all(units: Sequence[Unit]) -> None:
    """Read the records of all tables of a source, and judge them by all rules that can be judged."""
    asked: list[tuple[Unit, list[Judged], list[Tiered]]] = []
    for unit in units:
        unit.refused = unreadable(unit.part.plan, unit.reading.missing)
        asked.append((unit, *askable(unit.part.plan, unit.reading, unit.refused)))
    layouts = [_tried(unit, usable, tiered) for unit, usable, tiered in asked]
    for (unit, usable, tiered), layout in zip(asked, layouts, strict=True):
        while True:
            try:
                unit.judge(layout)
                break
            except EngineError:
                if not without_bad(unit.part.plan, unit.reading, usable, tiered, unit.refused):
                    raise
                layout = _tried(unit, usable, tiered)  # noqa: PLW2901 - another layout for the same table


def _tried(unit: Unit, usable: list[Judged], tiered: list[Tiered]) -> Layout:
    """Read a table, without the rules that cannot be read with."""
    while True:
        try:
            return unit.read(usable, tiered)
        except EngineError:
            if not without_bad(unit.part.plan, unit.reading, usable, tiered, unit.refused):
                raise


def total_of(groups: Sequence[Counted], records: int) -> Counted:
    """Add up the groups of one axis.

    Raises:
        EngineError: the sum is not the number of records that were read.
    """
    total = Counted(0, {}, {})
    for part in groups:
        total.records += part.records
        for code, counts in part.rules.items():
            total.rules[code] = total.rules.get(code, Counts()) + counts
        for name, tally in part.fields.items():
            total.fields[name] = total.fields.get(name, FieldTally()) + tally
    if total.records != records:
        message = f"{records} records were read but {total.records} were counted"
        raise EngineError("count-differs", message, instead="Please report this: no verdict can rest on it.")
    return total


def group_outcomes(
    prepared: Prepared, judgement: Judgement, specs: Sequence[FieldSpec]
) -> Iterator[tuple[GroupOutcome, Counted]]:
    """Give the counts of every group of every axis, sorted by value."""
    for axis, spec in enumerate(specs):
        named = {prepared.group_named(axis, g): c for g, c in judgement.tally(axis).items()}
        for value, counted in sorted(named.items()):
            code = spec.codelist.codes.get(value) if spec.codelist else None
            meaning = code.meaning if code else value
            yield GroupOutcome(spec.name, value, meaning, counted.records, counted.fields, counted.rules), counted


# What became of a rule -----------------------------------------------------------------------------------------------


def rule_outcome(rule: Rule, total: Counted, refused: Mapping[str, str], as_of: dt.date) -> RuleOutcome:
    """Say what became of a rule."""
    if not rule.effective.holds_on(as_of):
        return outcome_of(rule, Counts(), Status.NOT_APPLICABLE, f"not in force on {as_of.isoformat()}")
    if rule.native is not None:
        reason = "is judged by Great Expectations, which was left out"
        return outcome_of(rule, Counts(), Status.COULD_NOT_CHECK, reason)
    if rule.code in refused:
        return outcome_of(rule, Counts(), Status.COULD_NOT_CHECK, refused[rule.code])
    # NOTE: a table of several may have no record, and then nothing was counted for it.
    counts = total.rules[rule.code] if total.records else Counts()
    status = counts.status(rule.threshold)
    reason = ""
    if status is Status.NOT_APPLICABLE:
        reason = "applies to no record of this extract"
    elif status is Status.COULD_NOT_CHECK:
        reason = "not one of the records it may apply to could be judged"
    return outcome_of(rule, counts, status, reason)


def outcome_of(rule: Rule, counts: Counts, status: Status, reason: str) -> RuleOutcome:
    """Put a rule and what became of it together."""
    return RuleOutcome(
        code=rule.code,
        title=rule.title,
        severity=rule.severity,
        dimension=rule.dimension,
        threshold=rule.threshold,
        counts=counts,
        status=status,
        reason=reason,
        official=rule.official,
        fix=rule.fix,
        place=rule.place,
        priority=rule.priority,
        why=rule.why,
        applies=rule.applies,
        requires=rule.requires,
        bindings=tuple(sorted(rule.bindings.items())),
        references=tuple(rule.references),
    )
