"""The same counts under other thresholds: what a fresh run would say, without the data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from everycase.errors import UsageError, nearest
from everycase.outcome import Problem, RuleOutcome, RunResult, SourceResult, Status, roll_up, worst

if TYPE_CHECKING:
    from collections.abc import Mapping

_STANDING = {Status.NOT_APPLICABLE, Status.COULD_NOT_CHECK}


def rescored(result: RunResult, thresholds: Mapping[str, float], fail_on: str | None = None) -> RunResult:
    """Judge a result again.

    What did not apply or could not be checked stays so: a threshold cannot make up what nobody saw.

    Args:
        result: of a run.
        thresholds: rule -> the share of judged records that may fail; `source:rule` says it for one source only.
        fail_on: the mildest severity that fails a source; None keeps what the run had.

    Raises:
        UsageError: no rule has that code.
    """
    known = {r.code for s in result.sources for r in s.rules}
    known |= {f"{s.id}:{r.code}" for s in result.sources for r in s.rules}
    for name in thresholds:
        if name not in known:
            message = f"the result has no rule '{name}'"
            raise UsageError("unknown-rule", message, instead=nearest(name, known))
    limit = fail_on or result.fail_on
    sources = tuple(_source(s, thresholds, limit) for s in result.sources)
    return replace(result, sources=sources, fail_on=limit, status=worst(s.status for s in sources))


def _source(source: SourceResult, thresholds: Mapping[str, float], fail_on: str) -> SourceResult:
    rules = tuple(_rule(r, thresholds.get(f"{source.id}:{r.code}", thresholds.get(r.code))) for r in source.rules)
    status = source.status
    if source.status is not Status.COULD_NOT_CHECK:
        status = roll_up(rules, fail_on)
    problem: Problem | None = source.problem
    return replace(source, rules=rules, status=status, problem=problem)


def _rule(rule: RuleOutcome, threshold: float | None) -> RuleOutcome:
    if threshold is None:
        return rule
    status = rule.status if rule.status in _STANDING else rule.counts.status(threshold)
    return replace(rule, threshold=threshold, status=status)
