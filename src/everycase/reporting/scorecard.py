"""What the scorecard says: every figure with its numerator and denominator, every verdict in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.disclosure import unmapped_of
from everycase.outcome import NOT_KNOWN, RANK, Status
from everycase.reporting.figures import Findings, allowed, least_known, plain, share, totals
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from everycase.outcome import (
        ExtractFacts,
        FieldOutcome,
        FieldTally,
        GroupOutcome,
        RuleOutcome,
        RunResult,
        SourceResult,
    )
    from everycase.reports import ReportFile

MOST_GROUPS = 60
FIELDS_A_TABLE = 5
_NO_GROUP = {"": "none", "(blank)": "blank", "(unmapped)": "unmapped"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with what it is made of; `percent` is the length of its bar."""

    share: str
    of: str
    percent: int

    @classmethod
    def part(cls, part: int, whole: int) -> Figure:
        """Make the figure of a part of a whole."""
        if not whole:
            return cls(say("figure.not_needed"), "", 0)
        return cls(share(part, whole), say("figure.part", part=part, whole=whole), part * 100 // whole)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption: the head of each row, then its cells."""

    id: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure | str, ...]], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field and its tiers, or why it has none."""

    title: str
    name: str
    tiers: tuple[Figure, ...]
    split: str
    reason: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule and what became of it."""

    title: str
    code: str
    word: str
    kind: str
    severity: str
    figures: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """Everything that is said about one source."""

    id: str
    title: str
    agency: str
    verdict: str
    kind: str
    sentence: str
    problem: tuple[str, ...]
    records: str
    counts: tuple[str, ...]
    fields: tuple[FieldRow, ...]
    attention: tuple[RuleRow, ...]
    settled: tuple[RuleRow, ...]
    gaps: Table | None
    unmapped: Table | None
    groups: tuple[Table, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The page as a whole."""

    title: str
    project: str
    verdict: str
    kind: str
    sentence: str
    totals: str
    facts: tuple[tuple[str, str], ...]
    sources: tuple[SourceView, ...]
    several: bool

    @classmethod
    def of(cls, result: RunResult, report: ReportFile) -> Page:
        """Say what was found."""
        time = result.started.replace("T", " ").removesuffix("+00:00")
        never = result.fail_on == "never"
        fails = say("scorecard.fails_never") if never else say("scorecard.fails_worse", severity=result.fail_on)
        facts = (
            (say("scorecard.as_of"), result.as_of),
            (say("scorecard.checked"), say("scorecard.checked_utc", time=time)),
            (say("scorecard.fails_on"), fails),
            (say("scorecard.everycase"), result.version),
            (
                say("scorecard.project"),
                say("scorecard.project_digest", project=result.project, digest=result.project_digest),
            ),
            (say("scorecard.run"), result.id),
        )
        return cls(
            title=report.title,
            project=result.project_title,
            verdict=say(f"verdict_title.{result.status.value}"),
            kind=result.status.value,
            sentence=_run_sentence(result),
            totals=say("scorecard.total", totals=totals(result)),
            facts=facts,
            sources=tuple(_source(s, report) for s in result.sources),
            several=len(result.sources) > 1,
        )


def _run_sentence(result: RunResult) -> str:
    found = [Findings.of(s) for s in result.sources]
    order = (Status.COULD_NOT_CHECK, Status.FAILED, Status.PASSED)
    counts = {s: sum(1 for r in result.sources if r.status is s) for s in order}
    said = [say("totals.status", n=counts[s], status=say(f"status.{s.value}")) for s in order if counts[s]]
    return say(
        "scorecard.run_sentence",
        sources=say("count.source", n=len(result.sources)),
        said=say("totals.between").join(said),
        fix=say("count.to_fix", n=sum(len(f.to_fix) for f in found)),
        explain=say("count.to_explain", n=sum(len(f.to_explain) for f in found)),
    )


def _source(source: SourceResult, report: ReportFile) -> SourceView:
    found = Findings.of(source)
    passed = sorted((r for r in source.rules if r.status is Status.PASSED), key=lambda r: (RANK[r.severity], r.code))
    silent = sorted((r for r in source.rules if r.status is Status.NOT_APPLICABLE), key=lambda r: r.code)
    problem = source.problem
    unread = problem is not None and not source.records
    said = (problem.message, problem.where, problem.instead, say("see", slug=problem.slug)) if problem else ()
    unchecked = () if unread else found.unchecked
    return SourceView(
        id=source.id,
        title=source.title,
        agency=source.agency,
        verdict=say(f"verdict_title.{source.status.value}"),
        kind=source.status.value,
        sentence=_sentence(source, found, unread=unread),
        problem=tuple(plain(s) for s in said if s and s != source.id),
        records=number(source.records),
        counts=tuple(
            say("figure.none") if unread else number(len(n)) for n in (found.to_fix, found.to_explain, found.unchecked)
        ),
        fields=tuple(_field(f) for f in source.fields),
        attention=tuple(map(_rule, (*found.to_fix, *unchecked, *found.to_explain, *found.warnings))),
        settled=() if unread else tuple(map(_rule, (*passed, *silent))),
        gaps=_gaps(source),
        unmapped=_unmapped(source, report),
        groups=tuple(_groups(source)),
        facts=tuple(_facts(source, source.extract)),
    )


def _sentence(source: SourceResult, found: Findings, *, unread: bool) -> str:
    if unread:
        return say("scorecard.unread")
    return say(
        "scorecard.source_sentence",
        first=say(f"scorecard.first.{source.status.value}"),
        fix=say("count.to_fix", n=len(found.to_fix)),
        explain=say("count.to_explain", n=len(found.to_explain)),
        records=say("count.record_checked", n=source.records),
    )


def _field(field: FieldOutcome) -> FieldRow:
    tally = field.tally
    reason = plain(field.reason) if field.missing else "" if tally.applicable else say("scorecard.nobody_needs")
    tiers = tuple(Figure.part(n, tally.applicable) for n in (tally.supplied, tally.valid, tally.known))
    parts = []
    if tally.forced:
        avoidable, forced = (share(n, tally.applicable) for n in (tally.avoidable, tally.forced))
        parts.append(say("scorecard.avoidable", share=avoidable, n=tally.avoidable))
        parts.append(say("scorecard.forced", share=forced, n=tally.forced))
    if tally.indeterminate:
        parts.append(say("scorecard.neither", n=tally.indeterminate))
    if tally.default:
        parts.append(say("scorecard.default", n=tally.default))
    if tally.undetermined:
        parts.append(say("scorecard.may_need", n=tally.undetermined))
    if field.pilot:
        parts.append(say("scorecard.pilot"))
    return FieldRow(plain(field.title), field.name, () if reason else tiers, "; ".join(parts), reason)


def _rule(rule: RuleOutcome) -> RuleRow:
    counts = rule.counts
    figures: tuple[str, ...] = ("", "", "", "", "")
    if counts.applicable:
        figures = (number(counts.failing), number(counts.judged), share(counts.failing, counts.judged),
                   allowed(rule.threshold), number(counts.undetermined))  # fmt: skip
    about = rule.reason or (say("scorecard.fix", fix=rule.fix) if rule.status is Status.FAILED else "")
    code = say("scorecard.official", code=rule.code, official=rule.official) if rule.official else rule.code
    weighs = rule.status in {Status.FAILED, Status.COULD_NOT_CHECK}
    return RuleRow(
        title=plain(rule.title),
        code=plain(code),
        word=say(f"status_title.{rule.status.value}"),
        kind=rule.status.value,
        severity=say(f"severity.{rule.severity}") if weighs else "",
        figures=figures,
        about=plain(about),
    )


def _gaps(source: SourceResult) -> Table | None:
    """Say why answers are not known; only the kinds and fields that occur."""
    fields = [f for f in least_known(source) if f.tally.known < f.tally.applicable]
    kinds = [k for k in NOT_KNOWN if any(f.tally.not_known[k] for f in fields)]
    if not fields:
        return None
    rows = tuple(
        (plain(f.title), (number(_missing(f.tally)), *(number(f.tally.not_known[k]) for k in kinds))) for f in fields
    )
    head = (say("scorecard.field"), say("scorecard.not_known"), *(say(f"kind.{k}") for k in kinds))
    return Table(f"gaps-{source.id}", say("scorecard.gaps"), head, rows)


def _missing(tally: FieldTally) -> int:
    return tally.applicable - tally.known


def _unmapped(source: SourceResult, report: ReportFile) -> Table | None:
    rows = []
    for field in source.fields:
        total = field.tally.not_known["unmapped"]
        if total:
            shown = unmapped_of(field, report)
            values = [say("scorecard.value_times", value=plain(v), times=say("count.time", n=n)) for v, n in shown]
            listed = say("totals.between").join(values) or say("scorecard.none_shown")
            rows.append((plain(field.title), (listed, number(total - sum(n for _, n in shown)))))
    if not rows:
        return None
    head = (say("scorecard.field"), say("scorecard.values"), say("scorecard.other_records"))
    note = say("scorecard.unmapped_note")
    return Table(f"unmapped-{source.id}", say("scorecard.unmapped"), head, tuple(rows), note)


def _groups(source: SourceResult) -> Iterable[Table]:
    """Show the known share of each field by group, and say which fields and groups are left out."""
    titles = {f.name: plain(f.title) for f in source.fields}
    for by in dict.fromkeys(g.field for g in source.groups):
        every = [g for g in source.groups if g.field == by]
        largest = sorted(every, key=lambda g: (-g.records, g.value))[:MOST_GROUPS]
        groups = sorted(largest, key=lambda g: (g.value in _NO_GROUP, g.value))
        gaps = [f.name for f in least_known(source) if f.name != by and _worth_comparing(f.tally)]
        note = _left_out(every, groups, [titles[n] for n in titles if n not in gaps and n != by])
        for start in range(0, len(gaps), FIELDS_A_TABLE):
            chosen = gaps[start : start + FIELDS_A_TABLE]
            last = start + len(chosen)
            cut = len(gaps) > FIELDS_A_TABLE
            which = say("scorecard.which", first=start + 1, last=last, all=len(gaps)) if cut else ""
            yield Table(
                f"by-{by}-{start}-{source.id}",
                say("scorecard.by", group=titles.get(by, by).lower(), which=which),
                (titles.get(by, by), say("scorecard.records"), *(titles[n] for n in chosen)),
                tuple(_group(g, chosen) for g in groups),
                note if last == len(gaps) else "",
            )


def _worth_comparing(tally: FieldTally) -> bool:
    return tally.known * 1000 < tally.applicable * 999


def _group(group: GroupOutcome, fields: Sequence[str]) -> tuple[str, tuple[Figure | str, ...]]:
    cells = [
        Figure.part(t.known, t.applicable) if t else Figure.part(0, 0) for t in (group.fields.get(n) for n in fields)
    ]
    none = _NO_GROUP.get(group.value)
    meaning = say(f"no_group.{none}") if none else group.meaning
    alone = group.meaning == group.value
    name = meaning if alone else say("scorecard.group_code", meaning=meaning, code=group.value)
    return plain(name), (number(group.records), *cells)


def _left_out(every: Sequence[GroupOutcome], shown: Sequence[GroupOutcome], whole: Sequence[str]) -> str:
    said = []
    if len(shown) < len(every):
        records = sum(g.records for g in every) - sum(g.records for g in shown)
        between = say("count.record", n=records)
        said.append(say("scorecard.largest", most=MOST_GROUPS, n=len(every) - len(shown), records=between))
    if whole:
        said.append(say("scorecard.not_shown", fields=say("totals.between").join(whole)))
    return " ".join(said)


def _facts(source: SourceResult, extract: ExtractFacts | None) -> Iterable[tuple[str, str]]:
    """List where the figures come from, so that the same bytes can be judged by the same rules again."""
    if extract is not None:
        yield say("scorecard.extract"), plain(extract.name)
        size, rows = say("count.byte", n=extract.bytes), say("count.row", n=extract.rows)
        yield say("scorecard.size"), say("scorecard.size_of", bytes=size, rows=rows)
        if extract.sha256:
            yield say("scorecard.extract_digest"), extract.sha256
        for name, digest, length in extract.files:
            found = say("scorecard.file_of", bytes=say("count.byte", n=length), digest=digest)
            yield say("scorecard.file", name=plain(name)), found
        yield say("scorecard.reader"), extract.reader
        repairs = [
            plain(r.detail if r.count is None else say("scorecard.repair", what=r.detail, n=r.count))
            for r in extract.repairs
        ]
        yield say("scorecard.repairs"), "; ".join(repairs) or say("scorecard.nothing")
        if extract.extra_columns:
            yield say("scorecard.not_read"), say("scorecard.columns", n=extract.extra_columns)
    yield say("scorecard.suite"), source.suite
    for name, digest in sorted(source.digests.items()):
        yield say("scorecard.digest", name=name.capitalize()), digest
