"""A release put together: the protected rows of every source, and nothing of what was withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.outcome import Status
from everycase.suppression.earlier import Earlier
from everycase.suppression.release import PublicRule, PublicSource, Release, Row, Shown
from everycase.suppression.rows import repeats_a_tier
from everycase.suppression.veiling import NotReleasableError, Veiled, layout, veil

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from everycase.outcome import RuleOutcome, RunResult, SourceResult
    from everycase.reports import ReportFile, Suppression
    from everycase.suppression.rows import Place

_FOLLOWS = ("failing", "judged", "applicable")


def released(result: RunResult, report: ReportFile, project: str, earlier: Sequence[dict[str, Any]]) -> Release:
    """Give what may be said of a run.

    Args:
        result: the run.
        report: whose definition says what is small; it has a `suppression`.
        project: what the project is called.
        earlier: the releases before, oldest first.
    """
    policy = report.suppression
    assert policy is not None  # noqa: S101 - the reader of definitions saw to it
    return Release(
        report=report.report,
        title=report.title,
        project=project,
        as_of=result.as_of,
        version=result.version,
        lowest=policy.lowest,
        highest=policy.highest,
        marker=policy.marker,
        rounding=policy.rounding,
        sources=tuple(_source(s, policy, Earlier(earlier, s.id)) for s in result.sources),
    )


def _source(source: SourceResult, policy: Suppression, earlier: Earlier) -> PublicSource:
    if source.problem is not None and not source.records:
        return _empty(source, "unchecked")
    try:
        veiled = veil(source, policy, earlier)
    except NotReleasableError as error:
        return _empty(source, str(error))
    rows = tuple(_row(n, place, veiled, policy) for n, place in enumerate(veiled.rows))
    rules = tuple(_rule(r, rows[0]) for r in source.rules if not repeats_a_tier(r.code))
    return PublicSource(
        id=source.id,
        title=source.title,
        agency=source.agency,
        reason="",
        fields={f.name: f.title for f in source.fields},
        rules=rules,
        rows=rows,
        notes=tuple(veiled.notes),
    )


def _empty(source: SourceResult, reason: str) -> PublicSource:
    return PublicSource(source.id, source.title, source.agency, reason, {}, (), (), ())


def _row(number: int, place: Place, veiled: Veiled, policy: Suppression) -> Row:
    found: dict[str, dict[str, dict[str, Shown]]] = {"fields": {}, "rules": {}}
    for count in place.counts:
        kind, name, which = count
        if which in layout(kind, number).printed:
            withheld = (number, count) in veiled.hidden
            shown = None if withheld else rounded(place.counts[count], policy.rounding)
            found[kind].setdefault(name, {})[which] = shown
    above = veiled.rows[place.above] if place.above > 0 else None
    return Row(
        axis=place.axis,
        name=place.name,
        meaning=place.meaning,
        parent=above.name if above else "",
        groups=tuple(sorted(place.groups)),
        pooled=place.pooled,
        records=rounded(place.records, policy.rounding),
        fields=found["fields"],
        rules=found["rules"],
    )


def rounded(count: int, base: int) -> int:
    """Round to the nearest multiple, halves up.

    >>> rounded(12, 5), rounded(13, 5), rounded(7, 1)
    (10, 15, 7)
    """
    return (2 * count + base) // (2 * base) * base


def _rule(rule: RuleOutcome, whole: Row) -> PublicRule:
    counts = whole.rules.get(rule.code, {})
    told = all(counts.get(c) is not None for c in _FOLLOWS)
    return PublicRule(
        code=rule.code,
        title=rule.title,
        severity=rule.severity,
        dimension=rule.dimension,
        threshold=rule.threshold,
        status=rule.status.value if told else "withheld",
        reason=rule.reason if told and rule.status in {Status.COULD_NOT_CHECK, Status.NOT_APPLICABLE} else "",
    )
