"""Did it get worse? Two results of the same project side by side, each rule and each tier of a field by itself.

Worse means both: by more than a tolerance in percentage points, and by more than chance explains. Chance is judged by
the interval of Newcombe (1998, Statistics in Medicine 17:873-890, method 10) for the difference of two independent
shares, and over all comparisons of the run at once: the p value at which that interval begins to exclude zero goes
through the procedure of Benjamini and Hochberg (1995), so that of all that is called worse or better at most one in
twenty is expected to be chance. Records that lie in both extracts make the test more careful, never less.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TIERS = ("supplied", "valid", "known")
TOLERANCE = 1.0
_RATE = 0.05
_Z = NormalDist().inv_cdf(1 - _RATE / 2)


class Verdict(StrEnum):
    """What became of a rule, or a tier of a field, since the baseline; worst first."""

    WORSE = "worse"
    NEW = "new"
    PERSISTING = "persisting"
    NOT_COMPARED = "not_compared"
    WITHIN = "within_tolerance"
    BETTER = "better"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; what they are is always what is wrong, so that more is worse.

    >>> Share(1, 4).points
    25.0
    """

    part: int
    whole: int

    @property
    def points(self) -> float:
        """Give the share in percent; 0 where there is no denominator."""
        return 100 * self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """One rule or one tier of a field, before and now.

    Attributes:
        kind: `rule` or `field`.
        code: the rule's code, or `field.tier`.
        significant: whether the difference is more than the tolerance and more than chance explains.
        low, high: the interval of the difference in points, at 95%; both 0 where nothing was compared.
        reason: why it was not compared.
    """

    source: str
    kind: str
    code: str
    title: str
    verdict: Verdict
    severity: str = ""
    place: str = ""
    before: Share | None = None
    now: Share | None = None
    low: float = 0.0
    high: float = 0.0
    p: float = 1.0
    significant: bool = False
    reason: str = ""

    @property
    def points(self) -> float | None:
        """Give the difference in percentage points, more wrong being positive; None where it was not compared."""
        if self.before is None or self.now is None or not (self.before.whole and self.now.whole):
            return None
        return self.now.points - self.before.points

    @property
    def worse(self) -> bool:
        """Say whether it got worse by more than tolerance and chance, or can no longer be judged although it was."""
        return self.verdict is Verdict.WORSE or (self.verdict is Verdict.NEW and self.significant)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two results side by side, what is worst first."""

    before: str
    after: str
    changes: tuple[Change, ...]
    overlap: Mapping[str, str] = field(default_factory=dict)

    @property
    def worse(self) -> tuple[Change, ...]:
        """List what got worse."""
        return tuple(c for c in self.changes if c.worse)

    def counted(self) -> dict[str, int]:
        """Count the changes by verdict."""
        return {v.value: sum(c.verdict is v for c in self.changes) for v in Verdict}

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""

        def one(change: Change) -> dict[str, Any]:
            shares = {"before": change.before, "now": change.now}
            return {
                **{k: getattr(change, k) for k in ("source", "kind", "code", "title", "severity", "place")},
                "verdict": change.verdict.value,
                "worse": change.worse,
                **{k: {"part": s.part, "whole": s.whole} if s else None for k, s in shares.items()},
                "points": None if change.points is None else round(change.points, 4),
                "interval": [round(change.low, 4), round(change.high, 4)],
                "p": float(f"{change.p:.3g}"),
                "reason": change.reason,
            }

        return {
            "before": self.before,
            "after": self.after,
            "counted": self.counted(),
            "overlap": dict(self.overlap),
            "changes": [one(c) for c in self.changes],
        }


def wilson(share: Share, z: float = _Z) -> tuple[float, float]:
    """Give Wilson's interval of a share, 0 to 1."""
    n, p = share.whole, share.part / share.whole
    middle, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - spread) / (1 + z * z / n)), min(1.0, (middle + spread) / (1 + z * z / n))


def newcombe(before: Share, now: Share, z: float = _Z) -> tuple[float, float]:
    """Give Newcombe's interval (method 10) of `now - before`, -1 to 1.

    >>> [round(x, 4) for x in newcombe(Share(48, 80), Share(56, 70))]
    [0.0524, 0.3339]
    """
    (l1, u1), (l2, u2) = wilson(now, z), wilson(before, z)
    p1, p2 = now.part / now.whole, before.part / before.whole
    return p1 - p2 - math.hypot(p1 - l1, u2 - p2), p1 - p2 + math.hypot(u1 - p1, p2 - l2)


def p_value(before: Share, now: Share) -> float:
    """Give the level at which Newcombe's interval begins to exclude zero, two-sided.

    >>> p_value(Share(5, 10), Share(5, 10))
    1.0
    """
    if before.part * now.whole == now.part * before.whole:
        return 1.0
    low, high = 0.0, 38.0
    for _ in range(60):
        z = (low + high) / 2
        ends = newcombe(before, now, z)
        low, high = (low, z) if ends[0] <= 0 <= ends[1] else (z, high)
    return math.erfc(low / math.sqrt(2))


def discoveries(p_values: Sequence[float], rate: float = _RATE) -> list[bool]:
    """Say which of some p values count, so that the share of false ones among them is held (Benjamini, Hochberg).

    >>> discoveries([0.001, 0.04, 0.03, 0.9])
    [True, False, False, False]
    """
    ordered = sorted(p_values)
    passing = [p for i, p in enumerate(ordered, 1) if p <= rate * i / len(ordered)]
    return [bool(passing) and p <= passing[-1] for p in p_values]


def compare_documents(
    before: Mapping[str, Any], after: Mapping[str, Any], tolerance: Mapping[str, float]
) -> Comparison:
    """Compare two results, each as plain data in the shape of result.json.

    Args:
        before: the baseline.
        after: the result that is judged.
        tolerance: source -> percentage points; 1 where a source is not named.
    """
    found = list(_pairs(before, after))
    tested = [i for i, c in enumerate(found) if c.points is not None]
    counted = discoveries([found[i].p for i in tested]) if tested else []
    for i, real in zip(tested, counted, strict=True):
        found[i] = _judged(found[i], real, tolerance.get(found[i].source, TOLERANCE))
    rank = list(Verdict)
    severities = {"error": 0, "query": 1, "warning": 2}

    def order(change: Change) -> tuple[Any, ...]:
        severity = severities.get(change.severity, 3)
        return not change.worse, rank.index(change.verdict), severity, -(change.points or 0), change.source, change.code

    changes = tuple(sorted(found, key=order))
    return Comparison(str(before["run"]["id"]), str(after["run"]["id"]), changes)


def _judged(change: Change, real: bool, tolerance: float) -> Change:  # noqa: FBT001 - one of many
    points = change.points or 0.0
    # NOTE: rounded, so that a change of just the tolerance is not lost or won in the last bit of a fraction.
    significant = real and round(abs(points), 9) > tolerance
    verdict = change.verdict
    if significant and verdict in {Verdict.PERSISTING, Verdict.WITHIN}:
        verdict = Verdict.WORSE if points > 0 else Verdict.BETTER
    return replace(change, verdict=verdict, significant=significant)


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old = {s["id"]: s for s in before["sources"]}
    for source in after["sources"]:
        then: Mapping[str, Any] = old.get(source["id"], {"rules": [], "fields": []})
        rules = {r["code"]: r for r in then["rules"]}
        fields = {f["name"]: f for f in then["fields"]}
        for rule in source["rules"]:
            yield _rule(source["id"], rules.pop(rule["code"], None), rule)
        for named in source["fields"]:
            yield from _field(source["id"], fields.pop(named["name"], None), named)
        for rule in rules.values():
            yield Change(source["id"], "rule", rule["code"], rule.get("title", ""), Verdict.NOT_COMPARED,
                         rule["severity"], reason="no longer asked")  # fmt: skip
        for named in fields.values():
            yield Change(source["id"], "field", named["name"], named.get("title", ""), Verdict.NOT_COMPARED,
                         reason="no longer asked")  # fmt: skip


def _rule(source: str, then: Mapping[str, Any] | None, rule: Mapping[str, Any]) -> Change:
    made = Change(
        source, "rule", rule["code"], rule.get("title", ""), Verdict.NOT_COMPARED, rule["severity"],
        rule.get("place", ""), now=_share(rule, "failing", "passing"),
    )  # fmt: skip
    failed = rule["status"] in {"failed", "could_not_check"}
    if then is None:
        return replace(made, verdict=Verdict.NEW if failed else made.verdict, reason="not in the baseline")
    made = replace(made, before=_share(then, "failing", "passing"))
    if made.now is None or made.before is None:
        return replace(made, reason="the counts are suppressed")
    if not made.now.whole and made.before.whole:
        unjudged = rule["status"] == "could_not_check"
        reason = "can no longer be judged" if unjudged else "no longer applies to any record"
        return replace(made, verdict=Verdict.WORSE if unjudged else Verdict.NOT_COMPARED, reason=reason)
    was = then["status"] in {"failed", "could_not_check"}
    if failed and not was:
        verdict = Verdict.NEW
    elif was and not failed:
        verdict = Verdict.RESOLVED if rule["status"] == "passed" else Verdict.NOT_COMPARED
    else:
        verdict = Verdict.PERSISTING if failed else Verdict.WITHIN
    return _tested(replace(made, verdict=verdict))


def _field(source: str, then: Mapping[str, Any] | None, named: Mapping[str, Any]) -> Iterator[Change]:
    for tier in TIERS:
        code = f"{named['name']}.{tier}"
        made = Change(source, "field", code, named.get("title", ""), Verdict.NOT_COMPARED)
        if then is None:
            yield replace(made, reason="not in the baseline")
            continue
        made = replace(made, before=_gap(then, tier), now=_gap(named, tier))
        if named.get("missing") or then.get("missing"):
            gone = named.get("missing") and not then.get("missing")
            verdict = Verdict.WORSE if gone else Verdict.PERSISTING if named.get("missing") else Verdict.RESOLVED
            yield replace(made, verdict=verdict, before=None, now=None, reason="the column is missing" if gone else "")
        elif made.now is None or made.before is None:
            yield replace(made, reason="the counts are suppressed")
        elif not made.now.whole or not made.before.whole:
            yield replace(made, reason="required in no record")
        else:
            yield _tested(replace(made, verdict=Verdict.WITHIN))


def _tested(change: Change) -> Change:
    if change.points is None or change.before is None or change.now is None:
        return change
    low, high = newcombe(change.before, change.now)
    return replace(change, low=100 * low, high=100 * high, p=p_value(change.before, change.now))


def _share(rule: Mapping[str, Any], bad: str, good: str) -> Share | None:
    """Give failing of judged; None where a number was suppressed."""
    if not isinstance(rule[bad], int) or not isinstance(rule[good], int):
        return None
    return Share(rule[bad], rule[bad] + rule[good])


def _gap(named: Mapping[str, Any], tier: str) -> Share | None:
    if not isinstance(named["applicable"], int) or not isinstance(named[tier], int):
        return None
    return Share(named["applicable"] - named[tier], named["applicable"])
