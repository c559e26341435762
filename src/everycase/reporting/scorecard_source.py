"""One source on the scorecard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.disclosure import unmapped_of
from everycase.outcome import NOT_KNOWN, RANK, Status
from everycase.reporting.charts import tier_chart
from everycase.reporting.figures import Findings, least_known, plain, share
from everycase.reporting.scorecard_areas import FunnelView, funnels, funnels_left_out, heat_maps
from everycase.reporting.scorecard_parts import Figure, Table, band_kind, hundredths, index_words
from everycase.reporting.scorecard_rules import RuleRow, rule_row
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

    from everycase.outcome import ExtractFacts, FieldOutcome, FieldTally, SourceResult
    from everycase.reports import ReportFile
    from everycase.scoring import SourceCard
    from everycase.scoring.card import FieldCard


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field, its tiers and its score, or why it has none."""

    title: str
    name: str
    tiers: tuple[Figure, ...]
    score: str
    kind: str
    word: str
    split: str
    reason: str


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
    index: str
    counts: tuple[str, ...]
    matrix: tuple[Figure, ...]
    fields: tuple[FieldRow, ...]
    indices: str
    tiers: Markup | None
    attention: tuple[RuleRow, ...]
    settled: tuple[RuleRow, ...]
    gaps: Table | None
    unmapped: Table | None
    groups: tuple[Table, ...]
    funnels: tuple[FunnelView, ...]
    more_funnels: str
    facts: tuple[tuple[str, str], ...]


def source_view(card: SourceCard, report: ReportFile, *, detailed: bool) -> SourceView:
    """Say what was found in a source.

    Args:
        card: the source, scored.
        report: whose page it is.
        detailed: whether rules that are in order can be opened too; those that are not always can.
    """
    source = card.source
    found = Findings.of(source)
    passed = sorted((r for r in source.rules if r.status is Status.PASSED), key=lambda r: (RANK[r.severity], r.code))
    silent = sorted((r for r in source.rules if r.status is Status.NOT_APPLICABLE), key=lambda r: r.code)
    problem = source.problem
    unread = problem is not None and not source.records
    said = (problem.message, problem.where, problem.instead, say("see", slug=problem.slug)) if problem else ()
    unchecked = () if unread else found.unchecked
    counts = (found.to_fix, found.to_explain, found.unchecked)
    attention = (*found.to_fix, *unchecked, *found.to_explain, *found.warnings)
    scored = {f.field.name: f for f in card.fields}
    return SourceView(
        id=source.id,
        title=source.title,
        agency=source.agency,
        verdict=say(f"verdict_title.{source.status.value}"),
        kind=source.status.value,
        sentence=_sentence(source, found, unread=unread),
        problem=tuple(plain(s) for s in said if s and s != source.id),
        records=number(source.records),
        index=index_words(card.ours),
        counts=tuple(say("figure.none") if unread else number(len(n)) for n in counts),
        matrix=tuple(_cell(card, place) for place in range(len(card.dimensions))),
        fields=tuple(_field(f, scored.get(f.name), card) for f in source.fields),
        indices=say("scorecard.indices", ours=index_words(card.ours), items=card.ours.items,
                    published=index_words(card.published), submitted=card.published.items),
        tiers=_tiers(source),
        attention=tuple(rule_row(r, detailed=True) for r in attention),
        settled=() if unread else tuple(rule_row(r, detailed=detailed) for r in (*passed, *silent)),
        gaps=_gaps(source),
        unmapped=_unmapped(source, report),
        groups=tuple(heat_maps(card)),
        funnels=funnels(card),
        more_funnels=funnels_left_out(card),
        facts=tuple(_facts(source, source.extract)),
    )  # fmt: skip


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


def _cell(card: SourceCard, place: int) -> Figure:
    """Make a cell of the matrix: a share, what it is made of, and a word."""
    cell = card.dimensions[place]
    if not cell.whole:
        return Figure(say(f"scorecard.{cell.word.replace(' ', '_')}"), "", 0, "none")
    kind = band_kind(card.scoring, cell.part / cell.whole)
    unchecked = say("scorecard.unchecked_more", n=cell.unchecked) if cell.unchecked else ""
    found = Figure.part(cell.part, cell.whole, kind, cell.word)
    return Figure(found.share, " ".join(filter(None, (found.of, unchecked))), found.percent, kind, cell.word)


def _field(field: FieldOutcome, scored: FieldCard | None, card: SourceCard) -> FieldRow:
    tally = field.tally
    reason = plain(field.reason) if field.missing else "" if tally.applicable else say("scorecard.nobody_needs")
    tiers = tuple(Figure.part(n, tally.applicable) for n in (tally.supplied, tally.valid, tally.known))
    score = scored.item.floored if scored else None
    return FieldRow(
        title=plain(field.title),
        name=field.name,
        tiers=() if reason else tiers,
        score=say("figure.none") if score is None else hundredths(score * 100),
        kind="" if score is None else band_kind(card.scoring, float(score)),
        word="" if score is None else card.scoring.band(float(score)).name,
        split="; ".join(_split(field)),
        reason=reason,
    )


def _split(field: FieldOutcome) -> Iterable[str]:
    """Say how the unknown answers of a field divide."""
    tally = field.tally
    if tally.forced:
        avoidable, forced = (share(n, tally.applicable) for n in (tally.avoidable, tally.forced))
        yield say("scorecard.avoidable", share=avoidable, n=tally.avoidable)
        yield say("scorecard.forced", share=forced, n=tally.forced)
    if tally.indeterminate:
        yield say("scorecard.neither", n=tally.indeterminate)
    if tally.default:
        yield say("scorecard.default", n=tally.default)
    if tally.undetermined:
        yield say("scorecard.may_need", n=tally.undetermined)
    if field.pilot:
        yield say("scorecard.pilot")


def _tiers(source: SourceResult) -> Markup | None:
    """Draw the fields that are not known throughout; the table beside has them all."""
    fields = [f for f in least_known(source) if f.tally.known < f.tally.applicable]
    if not fields:
        return None
    said = [
        say("scorecard.tier_of", title=plain(f.title), share=share(f.tally.known, f.tally.applicable)) for f in fields
    ]
    return tier_chart(fields, say("scorecard.tier_alt", fields=say("totals.between").join(said)))


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
