"""The plan of a source: every rule and field as a formula over questions, and the profiles that answer them.

A rule becomes a state (does not apply, passes, fails, cannot be judged), a field a state among its tiers. States are
worked out once a profile; what the engine is asked for is how many records there are of each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycase.errors import PredicateError, UnsupportedError
from everycase.marks import MOST_PROFILES, Marks
from everycase.outcome import NOT_KNOWN, FieldTally
from everycase.questions import Question, marker, named
from everycase.scope import Scope

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from everycase.marks import EngineColumns, Mark, Profile
    from everycase.predicate import Writer
    from everycase.questions import Marker
    from everycase.rule import Rule
    from everycase.suites import FieldSpec, Suite

STATES = ("passing", "failing", "undetermined")


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule as a formula.

    Attributes:
        applies, requires: conditions over questions.
        asked: the questions.
        fields: the fields it reads.
        windows: the sets of fields in which it counts records against each other.
        alone: why its answer is worked out record by record; "" where it is not.
    """

    rule: Rule
    applies: str
    requires: str
    asked: frozenset[str]
    fields: frozenset[str]
    windows: frozenset[tuple[str, ...]] = frozenset()
    alone: str = ""

    @property
    def states(self) -> tuple[str, ...]:
        """Name its states, numbered from 1; 0 does not apply."""
        return STATES

    @property
    def state(self) -> str:
        """Write the number of its state."""
        judged = f"CASE {self.requires} WHEN TRUE THEN 1 WHEN FALSE THEN 2 ELSE 3 END"
        if self.applies == "TRUE":
            return judged
        return f"CASE {self.applies} WHEN TRUE THEN {judged} WHEN FALSE THEN 0 ELSE 3 END"


@dataclass(frozen=True, slots=True)
class Tiered:
    """A field as a formula: its state among the tiers, and apart from it whether unknown is forced or a default.

    Attributes:
        states: what its state may be, numbered from 1; 0 is counted nowhere.
        extra, extras: the same for the second state; empty where there is none.
    """

    spec: FieldSpec
    state: str
    states: tuple[str, ...]
    extra: str
    extras: tuple[str, ...]
    asked: frozenset[str]
    fields: frozenset[str]
    alone: str = ""

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
    """What will be asked of the records.

    Attributes:
        refused: rule -> why it cannot be asked at all.
        derived: name -> SQL of a value that several conditions share, and whether it counts records against each other.
        questions: every question by name.
        reached: the fields of tables above that are looked at, as `table.field`.
    """

    judged: list[Judged] = field(default_factory=list)
    tiered: list[Tiered] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    derived: dict[str, tuple[str, bool]] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)
    reached: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Planned:
    """One table of a source, with what will be asked of it; the only one where there is no other."""

    suite: Suite
    rules: Sequence[Rule]
    plan: Plan
    columns: EngineColumns


@dataclass(frozen=True, slots=True)
class Layout:
    """How the records of a source are counted: profiles, the marks of each, and what is read off them.

    Attributes:
        items: of each profile, the rules and fields that it answers.
    """

    profiles: tuple[Profile, ...]
    marks: tuple[tuple[Mark, ...], ...]
    items: tuple[tuple[Judged | Tiered, ...], ...]


def suite_scope(suite: Suite) -> Scope:
    """Give the names that predicates of a suite may use."""
    derived = {n: (t, suite.derived_places.get(n, suite.file)) for n, t in suite.derived.items()}
    own = suite if suite.table else None
    return Scope(suite.fields, derived, reach=suite.reach, suite=own, lists=suite.lists)


def write_plan(suite: Suite, rules: Sequence[Rule], columns: EngineColumns, as_of: dt.date) -> Plan:
    """Write every rule and field of a suite, their conditions for an engine.

    Raises:
        PredicateError: a predicate cannot be written; its place is named.
    """
    scope = suite_scope(suite)
    writer = marker(columns, as_of, scope, columns.day)
    asked = writer.asked.questions
    marks = Marks(asked, columns.day, columns)
    plan = Plan(questions=asked)
    for rule in rules:
        if not rule.effective.holds_on(as_of):
            continue
        if rule.native is not None:
            # NOTE: Great Expectations will read these columns, so they must be kept with their values.
            for name in rule.bindings:
                columns.keep(suite.fields[name])
            continue
        try:
            judged = write_rule(rule, scope, _Formulas(writer, marks))
            if marks.size(judged.asked) > MOST_PROFILES:
                judged = write_rule(rule, scope, _Formulas(writer, marks, whole=True))
        except UnsupportedError as error:
            plan.refused[rule.code] = error.message
            continue
        plan.judged.append(judged)
    for spec in suite.fields.values():
        try:
            tiered = _tiered(spec, scope, _Formulas(writer, marks))
            if marks.size(tiered.asked) > MOST_PROFILES:
                tiered = _tiered(spec, scope, _Formulas(writer, marks, whole=True))
            plan.tiered.append(tiered)
        except RecursionError:
            raise PredicateError("predicate-circle", f"'{spec.name}' asks for itself", where=spec.place) from None
    read = {name for question in asked.values() for name in question.fields}
    read |= {name for made in writer.engine.derived.values() for name in made.fields}
    plan.reached = frozenset({*read, *suite.keys} & set(suite.reach))
    plan.derived = {name: (made.term.sql, bool(made.windows)) for name, made in writer.engine.derived.items()}
    return plan


def lay_out(plan: Plan, judged: Sequence[Judged], tiered: Sequence[Tiered], columns: EngineColumns) -> Layout:
    """Put rules and fields together into profiles.

    Args:
        plan: of the source.
        judged: the rules that are asked.
        tiered: the fields that the extract has.
        columns: the writer of the engine that reads the records.
    """
    items: list[Judged | Tiered] = [*judged, *tiered]
    marks = Marks(plan.questions, columns.day, columns)
    profiles = marks.gather([i.asked for i in items])
    listed = tuple(tuple(items[i] for i in sorted(p.wanted)) for p in profiles)
    return Layout(tuple(profiles), tuple(marks.of(profiles)), listed)


class _Formulas:
    """Writes conditions as formulas over questions, or as one question each where they would ask too many.

    Args:
        whole: ask each condition whole.
    """

    def __init__(self, writer: Marker, marks: Marks, *, whole: bool = False) -> None:
        self.writer = writer
        self.marks = marks
        self.whole = whole
        self.asked: set[str] = set()

    @property
    def alone(self) -> str:
        """Say why conditions are asked whole."""
        return f"it tells more than {MOST_PROFILES:,} kinds of record apart" if self.whole else ""

    def truth(self, text: str, scope: Scope, where: str) -> str:
        """Write a predicate."""
        return self._formula(lambda writer: writer.truth(text, scope, where).sql, text in {"TRUE", "FALSE"})

    def valid(self, spec: FieldSpec) -> str:
        """Write whether a field is valid."""
        return self._formula(lambda writer: writer.valid(spec))

    def known(self, spec: FieldSpec) -> str:
        """Write whether a field is known."""
        return self._formula(lambda writer: writer.known(spec))

    def member(self, spec: FieldSpec, codes: Iterable[str]) -> str:
        """Write membership."""
        return self._formula(lambda writer: writer.member(spec, tuple(codes)))

    def simple(self, sql: str) -> str:
        """Take a formula in as it is."""
        self.asked.update(named(sql))
        return sql

    def _formula(self, write: Callable[[Writer], str], constant: bool = False) -> str:  # noqa: FBT001, FBT002
        formula = write(self.writer)
        if self.whole and not constant and len(set(named(formula))) > 1:
            parts = [self.writer.asked.questions[name] for name in named(formula)]
            fields = frozenset(f for q in parts for f in q.fields)
            windows = frozenset(w for q in parts for w in q.windows)
            sql = write(self.writer.engine)
            formula = self.writer.asked.ask(Question("condition", sql=sql, fields=fields, windows=windows))
        return self.simple(formula)

    def fields(self) -> frozenset[str]:
        """List the fields that what was written reads."""
        return frozenset(f for name in self.asked for f in self.writer.asked.questions[name].fields)

    def windows(self) -> frozenset[tuple[str, ...]]:
        """List the sets of fields in which what was written counts records against each other."""
        return frozenset(w for name in self.asked for w in self.writer.asked.questions[name].windows)


def write_rule(rule: Rule, scope: Scope, formulas: _Formulas) -> Judged:
    """Write one rule; its predicates are read in its own parameters where it is a check's."""
    bound = {n: (t, scope) for n, t in rule.bindings.items()}
    inner = Scope({}, {}, bound, scope.reach, scope.suite) if rule.bindings else scope
    try:
        applies = formulas.truth(rule.applies, inner, rule.place)
        requires = formulas.truth(rule.requires, inner, rule.place)
    except PredicateError as error:
        # NOTE: where a check's own words are wrong, its file is the place to mend, not the suite that names it.
        place = rule.check.place if rule.check is not None and error.where == rule.place else ""
        message = f"rule {rule.code}: {error.message}"
        raise type(error)(error.slug, message, where=place or error.where, instead=error.instead) from None
    except RecursionError:
        raise PredicateError("predicate-circle", f"rule {rule.code} asks for itself", where=rule.place) from None
    return Judged(
        rule, applies, requires, frozenset(formulas.asked), formulas.fields(), formulas.windows(), formulas.alone
    )


def _tiered(spec: FieldSpec, scope: Scope, formulas: _Formulas) -> Tiered:
    asked = formulas.writer.asked
    required = {"always": "TRUE", "never": "FALSE"}.get(spec.required)
    if required is None:
        required = formulas.truth(spec.required, scope, spec.place)
    listed = spec.codelist
    supplied = formulas.simple(asked.supplied(spec))
    mapped = f"({formulas.member(spec, ())} IS NULL)" if listed else f"(NOT {formulas.simple(asked.typed(spec))})"
    tests = [("blank", f"NOT {supplied}"), ("unmapped" if listed else "invalid", mapped)]
    if spec.valid is not None:
        tests.append(("invalid", f"NOT {formulas.valid(spec)}"))
    for standing in ("not_known", "not_stated", "not_applicable", "indeterminate") if listed else ():
        codes = listed.with_standing(standing) if listed else ()
        if codes:
            tests.append((standing, formulas.member(spec, codes)))
    states = list(dict.fromkeys(name for name, _ in tests))
    if required == "FALSE":
        # NOTE: a field that is never required is still described over the records that filled it.
        required = supplied
    if required != "TRUE":
        states += ["known", "undetermined"]
    numbers = {name: number for number, name in enumerate(states, 1)}
    whens = " ".join(f"WHEN {test} THEN {numbers[name]}" for name, test in tests)
    state = f"CASE {whens} ELSE {numbers.get('known', 0)} END"
    if required != "TRUE":
        state = f"CASE {required} WHEN TRUE THEN {state} WHEN FALSE THEN 0 ELSE {numbers['undetermined']} END"
    extra, extras = _extra(spec, scope, formulas, required)
    return Tiered(
        spec, state, tuple(states), extra, extras, frozenset(formulas.asked), formulas.fields(), formulas.alone
    )


def _extra(spec: FieldSpec, scope: Scope, formulas: _Formulas, required: str) -> tuple[str, tuple[str, ...]]:
    """Write whether an unknown answer is forced, and whether an answer is a system's default."""
    forced = formulas.truth(spec.forced, scope, spec.place) if spec.forced else None
    defaults = tuple(c.code for c in spec.codelist.codes.values() if c.default) if spec.codelist else ()
    default = f"COALESCE({formulas.member(spec, defaults)}, FALSE)" if defaults else None
    unknown = f"(({required}) AND NOT {formulas.known(spec)} AND COALESCE({forced}, FALSE))" if forced else None
    default = f"(({required}) AND {default})" if default else None
    if unknown and default:
        whens = f"WHEN {unknown} AND {default} THEN 3 WHEN {unknown} THEN 1 WHEN {default} THEN 2"
        return f"CASE {whens} ELSE 0 END", ("forced", "default", "forced default")
    if unknown or default:
        return f"CASE WHEN {unknown or default} THEN 1 ELSE 0 END", ("forced",) if unknown else ("default",)
    return "", ()
