"""What a gate holds against an extract: what could not be checked, got worse, failed, or is waived; worst first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from everycase.outcome import RANK, Counts, Status
from everycase.reporting.figures import allowed, share
from everycase.waivers import remaining
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from everycase.baseline import Change, Comparison
    from everycase.waivers import Waiver, Waivers


class Kind(StrEnum):
    """What a finding is; the first four fail the gate."""

    COULD_NOT_CHECK = "could_not_check"
    EXPIRED = "expired"
    WORSE = "worse"
    FAILED = "failed"
    MILD = "mild"
    WAIVED = "waived"


_FAILING = {Kind.EXPIRED, Kind.WORSE, Kind.FAILED}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should see.

    Attributes:
        code: the rule's, `field.tier`, or "" where it is about the whole source.
        text: what is the matter, in one sentence without any value.
        place: file and line, from the project's root.
    """

    kind: Kind
    source: str
    code: str
    title: str
    text: str
    place: str
    severity: str = "error"
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A judgement.

    Attributes:
        document: the result, without any value of a record.
        comparison: with the baseline; None where there was none.
        baseline: what it was compared with, in words.
        fail_on: the mildest severity that fails; `never` lets everything pass that could be checked.
        remarks: what else should be known.
    """

    document: Mapping[str, Any]
    comparison: Comparison | None
    baseline: str
    findings: tuple[Finding, ...]
    fail_on: str
    waivers: tuple[tuple[Waiver, bool], ...] = ()
    remarks: tuple[str, ...] = field(default_factory=tuple)

    @property
    def status(self) -> Status:
        """The verdict on all sources together."""
        kinds = {f.kind for f in self.findings}
        if Kind.COULD_NOT_CHECK in kinds or self.document["run"]["status"] == "could_not_check":
            return Status.COULD_NOT_CHECK
        return Status.FAILED if kinds & _FAILING and self.fail_on != "never" else Status.PASSED

    @property
    def exit_code(self) -> int:
        """0 passed, 1 failed, 3 could not check."""
        return {Status.COULD_NOT_CHECK: 3, Status.FAILED: 1}.get(self.status, 0)

    def of(self, source: str) -> list[Finding]:
        """List what is held against one source."""
        return [f for f in self.findings if f.source == source]

    def counted(self) -> str:
        """Count the findings, in words."""
        counts = {kind: sum(f.kind is kind for f in self.findings) for kind in Kind}
        said = [say(f"gate.counted.{kind.value}", n=n) for kind, n in counts.items() if n]
        return say("totals.between").join(said) or say("gate.nothing")


def judge(
    document: Mapping[str, Any],
    comparison: Comparison | None,
    baseline: str,
    waivers: Waivers,
    places: Mapping[str, str],
    remarks: tuple[str, ...] = (),
) -> Gate:
    """Judge a result.

    Args:
        document: the result, as plain data without values.
        comparison: with the baseline.
        baseline: what it is, in words.
        waivers: of the project.
        places: source -> file and line in the registry.
        remarks: what else should be known.
    """
    run = document["run"]
    day, fail_on = dt.date.fromisoformat(run["as_of"]), run["fail_on"]
    changes = {(c.source, c.kind, c.code): c for c in comparison.changes} if comparison else {}
    found: list[Finding] = []
    for source in document["sources"]:
        found += _source(source, waivers, day, fail_on, changes, places[source["id"]])
    chosen = {s["id"] for s in document["sources"]}
    held = []
    for waiver in waivers.entries:
        if waiver.source not in chosen:
            continue
        held.append((waiver, waiver.holds_on(day)))
        if not waiver.holds_on(day):
            text = say(
                "gate.text.expired", day=waiver.expires.isoformat(), approver=waiver.approver, reason=waiver.reason
            )
            found.append(Finding(Kind.EXPIRED, waiver.source, waiver.rule, "", text, waivers.where(waiver)))
    order = list(Kind)
    found.sort(key=lambda f: (order.index(f.kind), RANK.get(f.severity, 3), -_points(f), f.source, f.code))
    return Gate(document, comparison, baseline, tuple(found), fail_on, tuple(held), remarks)


def _points(finding: Finding) -> float:
    return (finding.change.points or 0.0) if finding.change else 0.0


def _source(
    source: Mapping[str, Any],
    waivers: Waivers,
    day: dt.date,
    fail_on: str,
    changes: Mapping[tuple[str, str, str], Change],
    place: str,
) -> Iterator[Finding]:
    name = source["id"]
    if source["status"] == "could_not_check":
        problem = source["problem"] or {"message": "", "slug": ""}
        text = say("gate.text.unread", message=problem["message"], slug=problem["slug"])
        yield Finding(Kind.COULD_NOT_CHECK, name, "", source["title"], text, place)
        if not source["records"]:
            return
    for rule in source["rules"]:
        change = changes.get((name, "rule", rule["code"]))
        severity, code, where = rule["severity"], rule["code"], rule["place"] or place
        if change is not None and change.worse:
            yield Finding(Kind.WORSE, name, code, rule["title"], _worse(change), where, severity, change)
        if rule["status"] == "could_not_check":
            text = say("gate.text.unjudged", reason=rule["reason"])
            yield Finding(Kind.COULD_NOT_CHECK, name, code, rule["title"], text, where, severity, change)
        elif rule["status"] == "failed":
            kind = Kind.FAILED if RANK[severity] <= RANK.get(fail_on, -1) else Kind.MILD
            text, waiver = _failed(rule), _waived(source, rule, waivers, day)
            if waiver is not None:
                kind = Kind.WAIVED
                text = say("gate.text.waived", text=text, day=waiver.expires.isoformat(), approver=waiver.approver,
                           reason=waiver.reason)  # fmt: skip
            yield Finding(kind, name, code, rule["title"], text, where, severity, change)
    for change in changes.values():
        if change.kind == "field" and change.source == name and change.worse:
            yield Finding(Kind.WORSE, name, change.code, change.title, _worse(change), place, "error", change)


def _failed(rule: Mapping[str, Any]) -> str:
    judged = rule["passing"] + rule["failing"]
    return say(
        "gate.text.failed", part=rule["failing"], whole=judged, share=share(rule["failing"], judged),
        allowed=allowed(rule["threshold"]), undetermined=rule["undetermined"],
    )  # fmt: skip


def _worse(change: Change) -> str:
    if change.points is None or change.before is None or change.now is None:
        return say("gate.text.gone", reason=change.reason)
    return say(
        "gate.text.worse", before=share(change.before.part, change.before.whole),
        now=share(change.now.part, change.now.whole), points=number(change.points, 1), low=number(change.low, 1),
        high=number(change.high, 1),
    )  # fmt: skip


def _waived(source: Mapping[str, Any], rule: Mapping[str, Any], waivers: Waivers, day: dt.date) -> Waiver | None:
    """Find the waivers that cover what a rule found; that they are all of it is counted, not believed."""
    holding = [w for w in waivers.of(source["id"], rule["code"]) if w.holds_on(day)]
    whole = next((w for w in holding if not w.scope), None)
    if whole is not None or not holding:
        return whole
    failing, judged = remaining(source, rule, [w.scope for w in holding])
    left = Counts(judged - failing, failing).status(rule["threshold"])
    return min(holding, key=lambda w: w.expires) if left in {Status.PASSED, Status.NOT_APPLICABLE} else None
