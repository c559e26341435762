"""What the owner's return workbook says: can this be sent, what comes first, and which rules are about what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from everycase.disclosure import unmapped_of
from everycase.outcome import Counts, FieldTally, Status
from everycase.reporting.figures import Findings, plain
from everycase.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycase.codelists import Code, Codelist
    from everycase.outcome import GroupOutcome, RuleOutcome, SourceResult
    from everycase.reports import ReportFile
    from everycase.rule import Rule
    from everycase.suites import Suite

KINDS = ("must_fix", "explain", "notice")


def kind_of(rule: RuleOutcome) -> str:
    """Say on which list the failing records of a rule stand; what is allowed, or only a warning, is worth a look."""
    if rule.status is Status.FAILED:
        return {"error": "must_fix", "query": "explain"}.get(rule.severity, "notice")
    return "notice"


@dataclass(frozen=True, slots=True)
class View:
    """The answer on the Summary.

    Attributes:
        sendable: whether nothing stands in the way of sending it.
        sentence: the answer in one sentence.
        first: what to begin with; "" where there is nothing to do.
        listed: the rules that a record fails, those to fix first, each list worst first.
        unchecked: the rules that could not be checked.
    """

    source: SourceResult
    sendable: bool
    sentence: str
    first: str
    listed: tuple[RuleOutcome, ...]
    unchecked: tuple[RuleOutcome, ...]

    @classmethod
    def of(cls, source: SourceResult, records: Mapping[str, int | None]) -> View:
        """Say what a source's result means to whoever has to send it.

        Args:
            source: judged, or not.
            records: kind -> how many different records are on its list; None where that is not known.
        """
        found = Findings.of(source)
        unread = source.problem is not None and not source.records
        waiting = found.to_explain
        others = [r for r in source.rules if r.counts.failing and kind_of(r) == "notice"]
        rank = sorted(others, key=lambda r: (r.status is not Status.FAILED, -r.counts.failing, r.code))
        blocked = source.status is Status.COULD_NOT_CHECK or bool(found.to_fix)
        return cls(
            source=source,
            sendable=not blocked and not waiting,
            sentence=_sentence(source, found, waiting, records, unread=unread),
            first=_first(source, (*found.to_fix, *waiting), () if unread else found.unchecked),
            listed=(*found.to_fix, *waiting, *found.explained, *rank),
            unchecked=() if unread else found.unchecked,
        )


def _sentence(
    source: SourceResult,
    found: Findings,
    waiting: tuple[RuleOutcome, ...],
    records: Mapping[str, int | None],
    *,
    unread: bool,
) -> str:
    if unread:
        return say("return.unread")
    parts = []
    if source.status is Status.COULD_NOT_CHECK:
        parts.append(say("return.not_checked", n=len(found.unchecked)) if found.unchecked else say("return.no_verdict"))
    if found.to_fix:
        parts.append(_thing("count.to_fix", len(found.to_fix), records.get("must_fix")))
    if waiting:
        parts.append(_thing("count.thing_to_explain", len(waiting), records.get("explain")))
    if not parts:
        return say("return.ready", records=say("count.record_checked", n=source.records))
    blocked = source.status is Status.COULD_NOT_CHECK or found.to_fix
    key = "return.not_ready" if blocked else "return.almost"
    return say(key, things=say("totals.between").join(parts))


def _thing(key: str, number: int, records: int | None) -> str:
    things = say(key, n=number)
    return things if records is None else say("return.in", things=things, records=say("count.record", n=records))


def _first(source: SourceResult, to_do: tuple[RuleOutcome, ...], unchecked: tuple[RuleOutcome, ...]) -> str:
    problem = source.problem
    if problem is not None:
        said = (problem.message, problem.where if problem.where != source.id else "", problem.instead)
        return plain(" ".join((*(f"{s.rstrip('.')}." for s in said if s), say("see", slug=problem.slug))))
    if to_do:
        rule = to_do[0]
        return say("return.first", code=rule.code, title=plain(rule.title), fix=plain(rule.fix))
    if unchecked:
        return say("return.first_unchecked", code=unchecked[0].code, reason=plain(unchecked[0].reason))
    return ""


def fields_of(rule: Rule, suite: Suite) -> str:
    """Name the fields that a rule asks about."""
    fields = dict(suite.fields) if not suite.tables else {}
    for part in suite.parts():
        fields |= part.fields
    names = [n for n in rule.about if n in fields]
    if not names:
        read = re.findall(r"[A-Za-z_]\w*", " ".join((rule.applies, rule.requires, *rule.bindings.values())))
        names = [n for n in dict.fromkeys(read) if n in fields]
    return say("totals.between").join(plain(fields[n].title) for n in names)


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A value that a code list does not hold; `value` is None for all those that may not be shown."""

    field: str
    value: str | None
    times: int
    nearest: str


def unrecognised(source: SourceResult, suite: Suite, report: ReportFile) -> list[Unrecognised]:
    """List the codes that no list holds, the most frequent first, with the nearest that it does hold."""
    found = []
    fields = {f"{part.table}.{n}" if part.table else n: s for part in suite.parts() for n, s in part.fields.items()}
    for outcome in source.fields:
        spec = fields.get(outcome.name)
        total = outcome.tally.not_known["unmapped"]
        shown = unmapped_of(outcome, report)
        for value, times in shown:
            near = nearest_code(value, spec.codelist) if spec is not None and spec.codelist is not None else None
            said = say("return.code", code=near.code, meaning=near.meaning) if near else ""
            found.append(Unrecognised(plain(outcome.title), plain(value), times, plain(said)))
        rest = total - sum(n for _, n in shown)
        if rest > 0:
            found.append(Unrecognised(plain(outcome.title), None, rest, ""))
    return sorted(found, key=lambda u: (-u.times, u.field, u.value or ""))


def nearest_code(value: str, codelist: Codelist) -> Code | None:
    """Find the code that a value may stand for: the same but for case or zeros, one like it, or by its meaning."""
    codes = list(codelist.codes.values())
    wanted = value.casefold()
    same = [c for c in codes if c.code.casefold() == wanted] or [
        c for c in codes if c.code.casefold().lstrip("0") == wanted.lstrip("0")
    ]
    if len(same) == 1:
        return same[0]
    named = {c.meaning.casefold(): c for c in reversed(codes)} | {
        c.code.casefold(): c for c in codes if len(c.code) > 1
    }
    close = get_close_matches(wanted, sorted(named), n=1, cutoff=0.6)
    if close:
        return named[close[0]]
    begun = [c for c in codes if c.meaning.casefold().startswith(wanted)]
    return begun[0] if len(begun) == 1 else None


def narrowed(source: SourceResult, group: GroupOutcome) -> SourceResult:
    """Give the result of a source as it is for one supplier: its own records, judged by the same thresholds."""

    def rules() -> Iterable[RuleOutcome]:
        for rule in source.rules:
            counts = group.rules.get(rule.code)
            if counts is None:
                # NOTE: what was not counted by group could not be checked for one.
                counted = rule.counts.applicable > 0 and rule.status is not Status.COULD_NOT_CHECK
                reason = say("return.not_grouped") if counted else rule.reason
                status = Status.COULD_NOT_CHECK if counted else rule.status
                yield replace(rule, counts=Counts(), status=status, reason=reason)
            elif rule.status is Status.COULD_NOT_CHECK and rule.counts.judged:
                yield replace(rule, counts=counts)
            else:
                yield replace(rule, counts=counts, status=counts.status(rule.threshold))

    fields = tuple(
        replace(f, tally=group.fields.get(f.name, FieldTally()), unmapped_values=(), other_values=0)
        for f in source.fields
    )
    return replace(source, records=group.records, rules=tuple(rules()), fields=fields, groups=())
