"""Rules: what a suite expects of a source, bound to its fields and ready to be judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from everycase.check import PRIORITIES, usable_code
from everycase.errors import ConfigurationError, nearest
from everycase.generic import FIELD_KNOWN, FIELD_SUPPLIED, FIELD_VALID
from everycase.model import Effective
from everycase.vocabulary import translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycase.check import Catalogue, Check, Dimension, Severity
    from everycase.suite_files import Example, ExpectationEntry
    from everycase.suites import FieldSpec, Suite

_OWN_PARTS = ("code", "name", "title", "why", "fix", "applies", "requires", "dimension", "severity")

_ALWAYS = Effective()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One expectation of a suite, complete and bound.

    Attributes:
        code: unique within the suite; a check bound twice carries a suffix: FLG05.suspect.
        applies, requires: predicates, in the check's parameters where there are bindings, else in the fields.
        bindings: parameter of the check -> predicate over the suite's fields.
        threshold: the share of judged records that may fail, 0 to 1.
        native: the kwargs of an expectation that Great Expectations itself must judge; None for all others.
        gx_type: the name in the Great Expectations vocabulary; "" where it has none.
        table: the table whose records it judges; "" where there is one only.
    """

    code: str
    name: str
    title: str
    why: str
    fix: str
    fix_analyst: str
    dimension: Dimension
    severity: Severity
    priority: str
    applies: str
    requires: str
    bindings: Mapping[str, str]
    threshold: float
    place: str
    references: tuple[str, ...]
    official: str = ""
    effective: Effective = _ALWAYS
    check: Check | None = None
    gx_type: str = ""
    native: Mapping[str, Any] | None = None
    passing: tuple[Example, ...] = ()
    failing: tuple[Example, ...] = ()
    notes: str = ""
    meta: Mapping[str, Any] | None = None
    table: str = ""

    @property
    def about(self) -> tuple[str, ...]:
        """The names of the fields it is bound to, for a person; empty for predicates of its own."""
        return tuple(dict.fromkeys(v for v in self.bindings.values() if v.isidentifier()))


def bind(suite: Suite, catalogue: Catalogue, thresholds: Mapping[str, float], where: str) -> tuple[Rule, ...]:
    """Make the rules of a suite: those its fields' thresholds ask for, then its expectations.

    Args:
        suite: the resolved suite.
        catalogue: the checks it may name.
        thresholds: the registry's own, by rule code; they go before the suite's.
        where: the place of the source in the registry.

    Raises:
        ConfigurationError: an unknown check, a parameter left unbound, a part missing, a code used twice.
    """
    rules: dict[str, Rule] = {}
    for part in suite.parts():
        for rule in (*_of_fields(part), *(_of_entry(e, p, part, catalogue) for e, p in part.expectations)):
            if rule.code in rules:
                message = f"the code '{rule.code}' is used twice, first at {rules[rule.code].place}"
                instead = "Give one of them a suffix of its own, such as FLG05.suspect."
                raise ConfigurationError("code-taken", message, where=rule.place, instead=instead)
            rules[rule.code] = replace(rule, table=part.table)
    for code, share in thresholds.items():
        if code not in rules:
            message = f"'thresholds' names the rule '{code}', which suite '{suite.name}' does not have"
            raise ConfigurationError("unknown-rule", message, where=where, instead=nearest(code, rules))
        rules[code] = replace(rules[code], threshold=share)
    return tuple(rules.values())


def _of_fields(suite: Suite) -> Iterable[Rule]:
    for spec in suite.fields.values():
        tiers = ((FIELD_SUPPLIED, spec.thresholds.supplied), (FIELD_VALID, spec.thresholds.valid),
                 (FIELD_KNOWN, spec.thresholds.known))  # fmt: skip
        for check, least in tiers:
            if least is not None:
                yield _of_field(check, spec, least, suite.table)


def _of_field(check: Check, spec: FieldSpec, least: float, table: str) -> Rule:
    required = {"always": "TRUE", "never": "FALSE"}.get(spec.required, spec.required)
    bindings = {"field": spec.name, "required": required}
    rule = from_check(check, {n: bindings[n] for n in check.parameters}, spec.place)
    return replace(
        rule,
        code=f"{check.code}.{table}.{spec.name}" if table else f"{check.code}.{spec.name}",
        title=f"{spec.title}: {check.title}",
        why=spec.why or check.why,
        fix=spec.fix or check.fix,
        severity=spec.thresholds.severity,
        threshold=round(1 - least, 12),
    )


def from_check(check: Check, bindings: Mapping[str, str], place: str) -> Rule:
    """Make the rule that a check is, with its parameters bound."""
    return Rule(
        code=check.code,
        name=check.name,
        title=check.title,
        why=check.why,
        fix=check.fix,
        fix_analyst=check.fix_analyst,
        dimension=check.dimension,
        severity=check.severity,
        priority=check.priority,
        applies=check.applies,
        requires=check.requires,
        bindings=bindings,
        threshold=0.0,
        place=place,
        references=tuple(_cited(r.title, r.reference, r.url, from_memory=r.from_memory) for r in check.references),
        official=check.official,
        check=check,
    )


def _cited(title: str, reference: str, url: str, note: str = "", *, from_memory: bool = False) -> str:
    said = ", ".join(part for part in (title, reference, url, note) if part)
    return f"{said} (from memory, not confirmed)" if from_memory else said


def _of_entry(entry: ExpectationEntry, place: str, suite: Suite, catalogue: Catalogue) -> Rule:
    if entry.check is not None:
        rule = _bound(entry, place, suite, catalogue)
    elif entry.expectation is not None:
        rule = translate(entry, place, suite, Rule)
    else:
        rule = _own(entry, place)
    known = {*suite.fields, *suite.reach, *suite.tables}
    for name in {n for example in (*entry.passing, *entry.failing) for n in example}:
        if name not in known:
            message = f"rule {rule.code} has an example with '{name}', which is no field of the suite"
            raise ConfigurationError("unknown-field", message, where=place, instead=nearest(name, known))
    if entry.code is not None and not usable_code(entry.code):
        message = f"'{entry.code}' is no usable code: use capitals and digits, like FLG02"
        raise ConfigurationError("wrong-code", message, where=place)
    if entry.priority and entry.priority not in PRIORITIES:
        message = f"'{entry.priority}' is no priority: use one of {', '.join(PRIORITIES)}"
        raise ConfigurationError("wrong-value", message, where=place)
    changes: dict[str, Any] = {"effective": entry.effective, "notes": entry.notes, "meta": entry.meta or None}
    for part in ("title", "why", "fix", "fix_analyst", "dimension", "severity", "priority", "threshold", "code"):
        if getattr(entry, part) not in (None, ""):
            changes[part] = getattr(entry, part)
    if entry.official:
        changes["official"] = entry.official
    if entry.references:
        changes["references"] = tuple(_cited(r.title, r.reference, r.url, r.note) for r in entry.references)
    return replace(rule, **changes)


def _bound(entry: ExpectationEntry, place: str, suite: Suite, catalogue: Catalogue) -> Rule:
    check = catalogue.find(entry.check or "")
    if check is None:
        message = f"there is no check '{entry.check}'"
        raise ConfigurationError("unknown-check", message, where=place,
                                 instead=nearest(entry.check or "", catalogue.words()))  # fmt: skip
    if entry.code is not None and entry.code != check.code and not entry.code.startswith(f"{check.code}."):
        message = f"the check '{check.name}' has the code {check.code}; '{entry.code}' is not that with a suffix"
        raise ConfigurationError("wrong-code", message, where=place, instead=f"Write {check.code}.word, or no code.")
    if entry.severity == "error" and check.severity == "query" and check.from_memory:
        message = f"the check '{check.name}' rests on memory alone and stays a query"
        raise ConfigurationError("incomplete-rule", message, where=place)
    for name in entry.fields:
        if name not in check.parameters:
            message = f"'{name}' is no parameter of the check '{check.name}'"
            raise ConfigurationError("unknown-key", message, where=place, instead=nearest(name, check.parameters))
    bindings: dict[str, str] = {}
    for name, parameter in check.parameters.items():
        if name in entry.fields:
            bindings[name] = _as_text(entry.fields[name])
        elif name in suite.fields or name in suite.derived:
            bindings[name] = name
        elif parameter.default is not None:
            bindings[name] = bindings.get(str(parameter.default), str(parameter.default))
        else:
            message = f"the check '{check.name}' needs '{name}' ({parameter.about})"
            raise ConfigurationError("unbound-parameter", message, where=place,
                                     instead=f"Write fields: {{{name}: ...}}.")  # fmt: skip
        _check_concepts(parameter.concepts, bindings[name], suite, check, place)
    return from_check(check, bindings, place)


def _as_text(value: object) -> str:
    return {True: "TRUE", False: "FALSE"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _check_concepts(concepts: str | None, bound: str, suite: Suite, check: Check, place: str) -> None:
    """Refuse a binding to a field whose codes mean something else than the check speaks of."""
    if concepts is None:
        return
    spec = suite.fields.get(bound)
    if spec is None or spec.codelist is None:
        message = f"the check '{check.name}' needs a code field with the concepts '{concepts}', not '{bound}'"
        raise ConfigurationError("wrong-binding", message, where=place)
    if spec.codelist.concepts != concepts:
        message = f"'{bound}' has codes for '{spec.codelist.concepts}', but '{check.name}' speaks of '{concepts}'"
        raise ConfigurationError("wrong-binding", message, where=place)


def _own(entry: ExpectationEntry, place: str) -> Rule:
    """Make a rule from two predicates written in a suite; it must be as complete as a check."""
    given = {**entry.model_dump(), "applies": entry.applies or "TRUE"}
    for part in (*_OWN_PARTS, "failing", "references"):
        if not given[part]:
            message = f"the expectation '{entry.code or entry.name or entry.title or 'without a code'}' has no {part}"
            raise ConfigurationError("incomplete-rule", message, where=place)
    return Rule(
        code=given["code"],
        name=given["name"],
        title=given["title"],
        why=given["why"],
        fix=given["fix"],
        fix_analyst=given["fix_analyst"] or given["fix"],
        dimension=given["dimension"],
        severity=given["severity"],
        priority=given["priority"] or "",
        applies=given["applies"],
        requires=given["requires"],
        bindings={},
        threshold=0.0,
        place=place,
        references=(),
        passing=tuple(entry.passing),
        failing=tuple(entry.failing),
    )
