"""What the scorecard says: every figure with its numerator and denominator, every verdict in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.disclosure import unmapped_of
from everycase.outcome import NOT_KNOWN, RANK, Status
from everycase.reporting.figures import (
    STATUS_WORDS,
    VERDICTS,
    Findings,
    allowed,
    counted,
    least_known,
    plain,
    share,
    totals,
)

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
_NO_GROUP = {"": "None", "(blank)": "Blank", "(unmapped)": "Not in the list"}
_SEVERITIES = {"error": "must be fixed", "query": "must be explained", "warning": "worth knowing"}
_KINDS = {
    "blank": "Blank",
    "invalid": "Ill-formed or impossible",
    "unmapped": "Not in the list",
    "not_known": "Code for not known",
    "not_stated": "Refused",
    "not_applicable": "Claimed not applicable",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with what it is made of; `percent` is the length of its bar."""

    share: str
    of: str
    percent: int

    @classmethod
    def part(cls, part: int, whole: int, nothing: str = "not needed") -> Figure:
        """Make the figure of a part of a whole; `nothing` is said where there is no whole."""
        if not whole:
            return cls(nothing, "", 0)
        return cls(share(part, whole), f"{part:,} of {whole:,}", part * 100 // whole)


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
    def of(cls, result: RunResult, report: ReportFile, project: str) -> Page:
        """Say what was found."""
        facts = (
            ("As of", result.as_of),
            ("Checked", f"{result.started.replace('T', ' ').removesuffix('+00:00')} UTC"),
            ("Fails on", {"never": "nothing"}.get(result.fail_on, f"{result.fail_on} and worse")),
            ("everycase", result.version),
            ("Project", f"{result.project}, SHA-256 {result.project_digest}"),
            ("Run", result.id),
        )
        return cls(
            title=report.title,
            project=project,
            verdict=VERDICTS[result.status].capitalize(),
            kind=result.status.value,
            sentence=_run_sentence(result),
            totals=totals(result) + ".",
            facts=facts,
            sources=tuple(_source(s, report) for s in result.sources),
            several=len(result.sources) > 1,
        )


def _run_sentence(result: RunResult) -> str:
    found = [Findings.of(s) for s in result.sources]
    counts = {s: sum(1 for r in result.sources if r.status is s) for s in VERDICTS}
    order = (Status.COULD_NOT_CHECK, Status.FAILED, Status.PASSED)
    said = [f"{counts[s]} {STATUS_WORDS[s]}" for s in order if counts[s]]
    fix, explain = sum(len(f.to_fix) for f in found), sum(len(f.to_explain) for f in found)
    sources = counted(len(result.sources), "source")
    return f"{sources}: {', '.join(said)}. {counted(fix, 'thing')} to fix and {explain:,} to explain."


def _source(source: SourceResult, report: ReportFile) -> SourceView:
    found = Findings.of(source)
    passed = sorted((r for r in source.rules if r.status is Status.PASSED), key=lambda r: (RANK[r.severity], r.code))
    silent = sorted((r for r in source.rules if r.status is Status.NOT_APPLICABLE), key=lambda r: r.code)
    problem = source.problem
    unread = problem is not None and not source.records
    said = (problem.message, problem.where, problem.instead, f"See docs/errors.md#{problem.slug}") if problem else ()
    unchecked = () if unread else found.unchecked
    return SourceView(
        id=source.id,
        title=source.title,
        agency=source.agency,
        verdict=VERDICTS[source.status].capitalize(),
        kind=source.status.value,
        sentence=_sentence(source, found, unread=unread),
        problem=tuple(plain(s) for s in said if s and s != source.id),
        records=f"{source.records:,}",
        counts=tuple("-" if unread else f"{len(n):,}" for n in (found.to_fix, found.to_explain, found.unchecked)),
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
        return "The extract could not be read, so nothing can be said about it."
    first = {
        Status.PASSED: "Nothing in it stands in the way of using these figures",
        Status.FAILED: "It cannot be relied on yet",
        Status.COULD_NOT_CHECK: "Some of it could not be checked, so there is no verdict on the data",
    }[source.status]
    things = f"{counted(len(found.to_fix), 'thing')} to fix and {len(found.to_explain):,} to explain"
    return f"{first}: {things}. {counted(source.records, 'record was', 'records were')} checked."


def _field(field: FieldOutcome) -> FieldRow:
    tally = field.tally
    reason = plain(field.reason) if field.missing else "" if tally.applicable else "no record needs it"
    tiers = tuple(Figure.part(n, tally.applicable) for n in (tally.supplied, tally.valid, tally.known))
    parts = []
    if tally.forced:
        parts += [f"{share(tally.avoidable, tally.applicable)} avoidable ({tally.avoidable:,})"]
        parts += [f"{share(tally.forced, tally.applicable)} forced ({tally.forced:,})"]
    if tally.indeterminate:
        parts.append(f"{tally.indeterminate:,} of the known answered neither")
    if tally.default:
        parts.append(f"{tally.default:,} filled in by a system")
    if tally.undetermined:
        parts.append(f"{counted(tally.undetermined, 'record')} may or may not need it")
    if field.pilot:
        parts.append("being tried out")
    return FieldRow(plain(field.title), field.name, () if reason else tiers, "; ".join(parts), reason)


def _rule(rule: RuleOutcome) -> RuleRow:
    counts = rule.counts
    figures: tuple[str, ...] = ("", "", "", "", "")
    if counts.applicable:
        figures = (f"{counts.failing:,}", f"{counts.judged:,}", share(counts.failing, counts.judged),
                   allowed(rule.threshold), f"{counts.undetermined:,}")  # fmt: skip
    about = rule.reason or (f"To fix: {rule.fix}" if rule.status is Status.FAILED else "")
    code = f"{rule.code}, officially {rule.official}" if rule.official else rule.code
    return RuleRow(
        title=plain(rule.title),
        code=plain(code),
        word=STATUS_WORDS[rule.status].capitalize(),
        kind=rule.status.value,
        severity=_SEVERITIES[rule.severity] if rule.status in {Status.FAILED, Status.COULD_NOT_CHECK} else "",
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
        (plain(f.title), (f"{_missing(f.tally):,}", *(f"{f.tally.not_known[k]:,}" for k in kinds))) for f in fields
    )
    head = ("Field", "Not known", *(_KINDS[k] for k in kinds))
    return Table(f"gaps-{source.id}", "Why answers are not known: records", head, rows)


def _missing(tally: FieldTally) -> int:
    return tally.applicable - tally.known


def _unmapped(source: SourceResult, report: ReportFile) -> Table | None:
    rows = []
    for field in source.fields:
        total = field.tally.not_known["unmapped"]
        if total:
            shown = unmapped_of(field, report)
            listed = ", ".join(f"{plain(v)} ({counted(n, 'time')})" for v, n in shown) or "none may be shown"
            rows.append((plain(field.title), (listed, f"{total - sum(n for _, n in shown):,}")))
    if not rows:
        return None
    note = "A value is shown only where it is short like a code and occurs often; anything else might be a name."
    head = ("Field", "Values", "Other records")
    return Table(f"unmapped-{source.id}", "Values that the code list does not hold", head, tuple(rows), note)


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
            which = f", fields {start + 1} to {last} of {len(gaps)}" if len(gaps) > FIELDS_A_TABLE else ""
            yield Table(
                f"by-{by}-{start}-{source.id}",
                f"Known, by {titles.get(by, by).lower()}{which}",
                (titles.get(by, by), "Records", *(titles[n] for n in chosen)),
                tuple(_group(g, chosen) for g in groups),
                note if last == len(gaps) else "",
            )


def _worth_comparing(tally: FieldTally) -> bool:
    return tally.known * 1000 < tally.applicable * 999


def _group(group: GroupOutcome, fields: Sequence[str]) -> tuple[str, tuple[Figure | str, ...]]:
    cells = [
        Figure.part(t.known, t.applicable) if t else Figure.part(0, 0) for t in (group.fields.get(n) for n in fields)
    ]
    meaning = _NO_GROUP.get(group.value, group.meaning)
    name = meaning if group.meaning == group.value else f"{meaning} ({group.value})"
    return plain(name), (f"{group.records:,}", *cells)


def _left_out(every: Sequence[GroupOutcome], shown: Sequence[GroupOutcome], whole: Sequence[str]) -> str:
    said = []
    if len(shown) < len(every):
        records = sum(g.records for g in every) - sum(g.records for g in shown)
        said.append(
            f"The {MOST_GROUPS} largest are shown; {len(every) - len(shown):,} smaller ones "
            f"with {counted(records, 'record')} between them are in the result for machines."
        )
    if whole:
        said.append(f"Not shown, since known in at least 99.9% or needed in none: {', '.join(whole)}.")
    return " ".join(said)


def _facts(source: SourceResult, extract: ExtractFacts | None) -> Iterable[tuple[str, str]]:
    """List where the figures come from, so that the same bytes can be judged by the same rules again."""
    if extract is not None:
        yield "Extract", plain(extract.name)
        yield "Size", f"{extract.bytes:,} bytes, {counted(extract.rows, 'row')}"
        if extract.sha256:
            yield "Extract SHA-256", extract.sha256
        for name, digest, size in extract.files:
            yield f"File {plain(name)}", f"{size:,} bytes, SHA-256 {digest}"
        yield "Reader", extract.reader
        repairs = [plain(r.detail if r.count is None else f"{r.detail}: {r.count:,}") for r in extract.repairs]
        yield "Put right while reading", "; ".join(repairs) or "nothing"
        if extract.extra_columns:
            yield "Not read", counted(extract.extra_columns, "column that no field asks for",
                                      "columns that no field asks for")  # fmt: skip
    yield "Suite", source.suite
    for name, digest in sorted(source.digests.items()):
        yield f"{name.capitalize()} SHA-256", digest
