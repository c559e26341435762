"""The plan of a run: every rule and field as one column of a single statement.

Each rule becomes a state (does not apply, passes, fails, cannot be judged), each field a state among its tiers.
Three counts are packed into one sum: a state adds 1, 2^31 or 2^62, so that one sum of 128 bits holds three
counts of up to two thousand million records each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycase import functions
from everycase.errors import PredicateError, UnsupportedError
from everycase.outcome import NOT_KNOWN, Counts, FieldTally
from everycase.scope import Scope
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from everycase.coded import Columns
    from everycase.predicate import Writer
    from everycase.rule import Rule
    from everycase.suites import FieldSpec, Suite

_SLOT = 31
_MASK = (1 << _SLOT) - 1


@dataclass(frozen=True, slots=True)
class Packed:
    """One state column and the names of its countable states, numbered from 1; 0 counts nowhere.

    Up to three states the column holds their weights themselves, so that nothing has to be translated to be summed.
    """

    column: str
    states: tuple[str, ...]

    def value(self, number: int) -> int:
        """Give what the column holds for a state."""
        return 1 << (_SLOT * (number - 1)) if number and len(self.states) <= 3 else number

    def sums(self, columns: Columns) -> list[str]:
        """Write the sums, three states each."""
        if len(self.states) <= 3:
            return [columns.packed_sum(identifier(self.column))]
        found = []
        for start in range(0, len(self.states), 3):
            numbers = range(start + 1, min(start + 3, len(self.states)) + 1)
            whens = " ".join(f"WHEN {n} THEN {1 << (_SLOT * i)}" for i, n in enumerate(numbers))
            found.append(columns.packed_sum(f"CASE {identifier(self.column)} {whens} ELSE 0 END"))
        return found

    def read(self, sums: Sequence[int | None]) -> dict[str, int]:
        """Unpack the sums that `sums` wrote."""
        found: dict[str, int] = {}
        for position, state in enumerate(self.states):
            packed = int(sums[position // 3] or 0)
            found[state] = (packed >> (_SLOT * (position % 3))) & _MASK
        return found


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule written for an engine.

    Attributes:
        applies, requires: SQL conditions.
        fields: the fields it reads.
        windows: the sets of fields in which it counts records against each other.
    """

    rule: Rule
    applies: str
    requires: str
    fields: frozenset[str]
    windows: frozenset[tuple[str, ...]] = frozenset()

    @property
    def state(self) -> str:
        """Write its state: 0 does not apply, 1 passes, 2 fails, 3 cannot be judged."""
        return self._valued(1, 2, 3)

    @property
    def weight(self) -> str:
        """Write its state as what it adds to the packed sum."""
        return self._valued(*(self.packed.value(n) for n in (1, 2, 3)))

    def _valued(self, passing: int, failing: int, undetermined: int) -> str:
        judged = f"CASE {self.requires} WHEN TRUE THEN {passing} WHEN FALSE THEN {failing} ELSE {undetermined} END"
        if self.applies == "TRUE":
            return judged
        return f"CASE WHEN {self.applies} THEN {judged} WHEN NOT {self.applies} THEN 0 ELSE {undetermined} END"

    @property
    def packed(self) -> Packed:
        """Name its state column."""
        return Packed(f"rule {self.rule.code}", ("passing", "failing", "undetermined"))


@dataclass(frozen=True, slots=True)
class Tiered:
    """A field written for an engine: its state among the tiers, and whether unknown is forced or the code a default."""

    spec: FieldSpec
    state: str
    states: tuple[str, ...]
    extra: str
    extras: tuple[str, ...]

    @property
    def packed(self) -> tuple[Packed, ...]:
        """Name its state columns."""
        first = Packed(f"field {self.spec.name}", self.states)
        return (first, Packed(f"more of {self.spec.name}", self.extras)) if self.extras else (first,)

    def tally(self, records: int, counted: Mapping[str, int]) -> FieldTally:
        """Make the tally from counted states."""

        def of(*names: str) -> int:
            return sum(counted.get(n, 0) for n in names)

        not_known = {name: of(name) for name in NOT_KNOWN}
        if "known" not in self.states:
            # NOTE: a field that every record needs is known wherever it is in none of the other states.
            counted = {**counted, "known": records - sum(counted.get(s, 0) for s in self.states)}
        answers = of("known", "indeterminate")
        applicable = answers + sum(not_known.values())
        supplied = applicable - not_known["blank"]
        return FieldTally(
            records=records,
            applicable=applicable,
            undetermined=of("undetermined"),
            supplied=supplied,
            valid=supplied - not_known["unmapped"] - not_known["invalid"],
            known=answers,
            indeterminate=of("indeterminate"),
            not_known=not_known,
            forced=of("forced", "forced default"),
            default=of("default", "forced default"),
        )


@dataclass(slots=True)
class Plan:
    """What will be asked of the engine.

    Attributes:
        refused: rule -> why it cannot be asked at all.
        derived: name -> SQL of what several rules share.
    """

    judged: list[Judged] = field(default_factory=list)
    tiered: list[Tiered] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    reads: dict[str, frozenset[str]] = field(default_factory=dict)
    derived: dict[str, str] = field(default_factory=dict)


def suite_scope(suite: Suite) -> Scope:
    """Give the names that predicates of a suite may use."""
    derived = {n: (t, suite.derived_places.get(n, suite.file)) for n, t in suite.derived.items()}
    return Scope(suite.fields, derived)


def write_plan(suite: Suite, rules: Sequence[Rule], columns: Columns, as_of: dt.date) -> Plan:
    """Write every rule and field of a suite for an engine.

    Raises:
        PredicateError: a predicate cannot be written; its place is named.
    """
    scope = suite_scope(suite)
    writer = functions.writer(columns, as_of, scope)
    plan = Plan()
    for rule in rules:
        if not rule.effective.holds_on(as_of):
            continue
        if rule.native is not None:
            # NOTE: Great Expectations will read these columns, so they must be kept with their values.
            for name in rule.bindings:
                columns.value(suite.fields[name])
            continue
        try:
            judged = write_rule(rule, scope, writer)
        except UnsupportedError as error:
            plan.refused[rule.code] = error.message
            continue
        plan.reads[rule.code] = judged.fields
        plan.judged.append(judged)
    for spec in suite.fields.values():
        try:
            plan.tiered.append(_tiered(spec, scope, writer))
        except RecursionError:
            raise PredicateError("predicate-circle", f"'{spec.name}' asks for itself", where=spec.place) from None
    plan.derived = {name: term.sql for name, (term, _) in writer.derived.items()}
    return plan


def write_rule(rule: Rule, scope: Scope, writer: Writer) -> Judged:
    """Write one rule; its predicates are read in its own parameters where it is a check's."""
    inner = Scope({}, {}, {n: (t, scope) for n, t in rule.bindings.items()}) if rule.bindings else scope
    try:
        applies = writer.truth(rule.applies, inner, rule.place)
        requires = writer.truth(rule.requires, inner, rule.place)
    except PredicateError as error:
        # NOTE: where a check's own words are wrong, its file is the place to mend, not the suite that names it.
        place = rule.check.place if rule.check is not None and error.where == rule.place else ""
        message = f"rule {rule.code}: {error.message}"
        raise type(error)(error.slug, message, where=place or error.where, instead=error.instead) from None
    except RecursionError:
        raise PredicateError("predicate-circle", f"rule {rule.code} asks for itself", where=rule.place) from None
    fields, windows = applies.fields | requires.fields, applies.windows | requires.windows
    return Judged(rule, applies.sql, requires.sql, frozenset(fields), frozenset(windows))


def _tiered(spec: FieldSpec, scope: Scope, writer: Writer) -> Tiered:
    required = {"always": "TRUE", "never": "FALSE"}.get(spec.required)
    if required is None:
        required = writer.truth(spec.required, scope, spec.place).sql
    listed = spec.codelist
    mapped = f"({writer.member(spec, ())} IS NULL)" if listed else f"(NOT {writer.columns.typed(spec)})"
    tests = [("blank", f"NOT {writer.columns.supplied(spec)}"), ("unmapped" if listed else "invalid", mapped)]
    if spec.valid is not None:
        tests.append(("invalid", f"NOT {writer.valid(spec)}"))
    for standing in ("not_known", "not_stated", "not_applicable", "indeterminate") if listed else ():
        codes = listed.with_standing(standing) if listed else ()
        if codes:
            tests.append((standing, writer.member(spec, codes)))
    states = list(dict.fromkeys(name for name, _ in tests))
    if required == "FALSE":
        # NOTE: a field that is never required is still described over the records that filled it.
        required = writer.columns.supplied(spec)
    if required != "TRUE":
        states += ["known", "undetermined"]
    packed = Packed("", tuple(states))
    numbers = {name: packed.value(number) for number, name in enumerate(states, 1)}
    whens = " ".join(f"WHEN {test} THEN {numbers[name]}" for name, test in tests)
    state = f"CASE {whens} ELSE {numbers.get('known', 0)} END"
    if required != "TRUE":
        state = f"CASE WHEN {required} THEN {state} WHEN NOT {required} THEN 0 ELSE {numbers['undetermined']} END"
    extra, extras = _extra(spec, scope, writer, required)
    return Tiered(spec, state, tuple(states), extra, extras)


def _extra(spec: FieldSpec, scope: Scope, writer: Writer, required: str) -> tuple[str, tuple[str, ...]]:
    """Write whether an unknown answer is forced, and whether an answer is a system's default."""
    forced = writer.truth(spec.forced, scope, spec.place).sql if spec.forced else None
    defaults = tuple(c.code for c in spec.codelist.codes.values() if c.default) if spec.codelist else ()
    default = f"COALESCE({writer.member(spec, defaults)}, FALSE)" if defaults else None
    unknown = f"(({required}) AND NOT {writer.known(spec)} AND COALESCE({forced}, FALSE))" if forced else None
    default = f"(({required}) AND {default})" if default else None
    if unknown and default:
        both, one, other = (Packed("", ("forced", "default", "forced default")).value(n) for n in (3, 1, 2))
        whens = f"WHEN {unknown} AND {default} THEN {both} WHEN {unknown} THEN {one} WHEN {default} THEN {other}"
        return f"CASE {whens} ELSE 0 END", ("forced", "default", "forced default")
    if unknown or default:
        return f"CASE WHEN {unknown or default} THEN 1 ELSE 0 END", ("forced",) if unknown else ("default",)
    return "", ()


def state_columns(judged: Sequence[Judged], tiered: Sequence[Tiered]) -> list[str]:
    """Write the select list of all states."""
    columns = [f"{j.weight} AS {identifier(j.packed.column)}" for j in judged]
    for t in tiered:
        columns.append(f"{t.state} AS {identifier(t.packed[0].column)}")
        if t.extras:
            columns.append(f"{t.extra} AS {identifier(t.packed[1].column)}")
    return columns


def tally_statement(
    relation: str, judged: Sequence[Judged], tiered: Sequence[Tiered], groups: Sequence[str], columns: Columns
) -> str:
    """Write the one statement that counts everything, per combination of groups.

    Args:
        relation: what to read.
        judged: rules that bind.
        tiered: fields.
        groups: SQL of the values to group by.
        columns: the writer of the engine.
    """
    keys = [f"{g} AS {identifier(f'group {i}')}" for i, g in enumerate(groups)]
    names = [identifier(f"group {i}") for i in range(len(groups))]
    packed = [j.packed for j in judged] + [p for t in tiered for p in t.packed]
    sums = [s for p in packed for s in p.sums(columns)]
    inner = ", ".join([*keys, *state_columns(judged, tiered)]) or "1"
    outer = ", ".join([*names, "count(*)", *sums])
    by = f" GROUP BY {', '.join(names)}" if names else ""
    return f"SELECT {outer} FROM (SELECT {inner} FROM {relation}) AS states{by}"


@dataclass(slots=True)
class Counted:
    """The counts of one combination of groups."""

    groups: tuple[str | None, ...]
    records: int
    rules: dict[str, Counts]
    fields: dict[str, FieldTally]


def read_tally(row: Sequence[object], judged: Sequence[Judged], tiered: Sequence[Tiered], groups: int) -> Counted:
    """Unpack one row of the tally statement."""
    keys = tuple(None if k is None else str(k) for k in row[:groups])
    records = int(row[groups])  # type: ignore[call-overload]
    rest = list(row[groups + 1 :])
    place = 0

    def take(packed: Packed) -> dict[str, int]:
        nonlocal place
        width = (len(packed.states) + 2) // 3
        found = packed.read(rest[place : place + width])  # type: ignore[arg-type]
        place += width
        return found

    rules = {j.rule.code: Counts(**take(j.packed)) for j in judged}
    fields = {}
    for t in tiered:
        counted: dict[str, int] = {}
        for packed in t.packed:
            counted.update(take(packed))
        fields[t.spec.name] = t.tally(records, counted)
    return Counted(keys, records, rules, fields)


def group_value(spec: FieldSpec, columns: Columns) -> str:
    """Write the value a record is grouped by: a listed code, or blank or unmapped, never a free text."""
    columns.member(spec, ())
    name = identifier(spec.name)
    return (
        f"CASE WHEN {name} IS NOT NULL THEN {columns.value(spec)} "
        f"WHEN {columns.supplied(spec)} THEN {quoted('(unmapped)')} ELSE {quoted('(blank)')} END"
    )
