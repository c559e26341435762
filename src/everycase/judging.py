"""Judging: the plan of a source is bound, counted in one statement, and read as outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.errors import EngineError
from everycase.outcome import Counts, FieldTally, GroupOutcome, RuleOutcome, Status
from everycase.plan import Counted, Judged, Tiered, read_tally, tally_statement

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    from everycase.engines.duck import Prepared as DuckPrepared
    from everycase.engines.postgres import PgPrepared
    from everycase.plan import Plan
    from everycase.rule import Rule
    from everycase.suites import FieldSpec

    Prepared: TypeAlias = DuckPrepared | PgPrepared


def unreadable(plan: Plan, prepared: Prepared) -> dict[str, str]:
    """Refuse the rules that need a column which the extract does not have."""
    refused = dict(plan.refused)
    for judged in plan.judged:
        absent = sorted(judged.fields & prepared.missing)
        if absent:
            refused[judged.rule.code] = f"needs the column {', '.join(absent)}, which this extract does not have"
    return refused


def bound(plan: Plan, prepared: Prepared, refused: dict[str, str]) -> tuple[list[Judged], list[Tiered]]:
    """Have the engine bind the rules before they are fused, so that one it refuses does not take the others with it."""
    tiered = [t for t in plan.tiered if t.spec.name not in prepared.missing]
    usable = [j for j in plan.judged if j.rule.code not in refused]
    if _binds(prepared, usable):
        return usable, tiered
    for judged in list(usable):
        if not _binds(prepared, [judged]):
            refused[judged.rule.code] = "the engine does not take it"
            usable.remove(judged)
    return usable, tiered


def _binds(prepared: Prepared, judged: Sequence[Judged]) -> bool:
    try:
        prepared.rows(f"EXPLAIN {tally_statement(prepared.relation, judged, [], [], prepared.columns)}")
    except EngineError:
        return False
    return True


def tally(
    prepared: Prepared, usable: list[Judged], tiered: Sequence[Tiered], groups: Sequence[str], refused: dict[str, str]
) -> list[Counted]:
    """Count everything in one statement; if it fails, find by halving which rules made it fail."""
    try:
        rows = prepared.rows(tally_statement(prepared.relation, usable, tiered, groups, prepared.columns))
    except EngineError:
        bad = set(_failing(prepared, usable))
        if not bad:
            raise
        for judged in [j for j in usable if j.rule.code in bad]:
            refused[judged.rule.code] = "failed on the data of this extract"
            usable.remove(judged)
        rows = prepared.rows(tally_statement(prepared.relation, usable, tiered, groups, prepared.columns))
    counted = [read_tally(row, usable, tiered, len(groups)) for row in rows]
    return sorted(counted, key=lambda c: tuple(k or "" for k in c.groups))


def _failing(prepared: Prepared, judged: Sequence[Judged]) -> Iterator[str]:
    """Find the rules that fail on the data."""
    if not judged:
        return
    try:
        prepared.rows(tally_statement(prepared.relation, judged, [], [], prepared.columns))
    except EngineError:
        if len(judged) == 1:
            yield judged[0].rule.code
            return
        middle = len(judged) // 2
        yield from _failing(prepared, judged[:middle])
        yield from _failing(prepared, judged[middle:])


def summed(counted: Sequence[Counted], records: int) -> Counted:
    """Add up all combinations of groups.

    Raises:
        EngineError: the sum is not the number of records that were read.
    """
    total = Counted((), 0, {}, {})
    for part in counted:
        _add(total, part)
    if total.records != records:
        message = f"{records} records were read but {total.records} were counted"
        raise EngineError("count-differs", message, instead="Please report this: no verdict can rest on it.")
    return total


def _add(total: Counted, part: Counted) -> None:
    total.records += part.records
    for code, counts in part.rules.items():
        total.rules[code] = total.rules.get(code, Counts()) + counts
    for name, tally in part.fields.items():
        total.fields[name] = total.fields.get(name, FieldTally()) + tally


def group_outcomes(counted: Sequence[Counted], specs: Sequence[FieldSpec]) -> Iterator[GroupOutcome]:
    """Add up, for each group field by itself, the combinations that the statement counted."""
    for place, spec in enumerate(specs):
        totals: dict[str, Counted] = {}
        for part in counted:
            _add(totals.setdefault(part.groups[place] or "", Counted((), 0, {}, {})), part)
        for value, total in sorted(totals.items()):
            code = spec.codelist.codes.get(value) if spec.codelist else None
            meaning = code.meaning if code else value
            yield GroupOutcome(spec.name, value, meaning, total.records, total.fields, total.rules)


def rule_outcome(rule: Rule, total: Counted, refused: Mapping[str, str], as_of: dt.date) -> RuleOutcome:
    """Say what became of a rule."""
    if not rule.effective.holds_on(as_of):
        return outcome_of(rule, Counts(), Status.NOT_APPLICABLE, f"not in force on {as_of.isoformat()}")
    if rule.native is not None:
        reason = "is judged by Great Expectations, which was left out"
        return outcome_of(rule, Counts(), Status.COULD_NOT_CHECK, reason)
    if rule.code in refused:
        return outcome_of(rule, Counts(), Status.COULD_NOT_CHECK, refused[rule.code])
    counts = total.rules[rule.code]
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
    )
