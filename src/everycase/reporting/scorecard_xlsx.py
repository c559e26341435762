"""scorecard.xlsx: the scorecard as a workbook of the Analysis Function's form, with every count in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.outcome import Status
from everycase.reporting.figures import NO_GROUP, Findings, plain
from everycase.reporting.published import NOT_APPLICABLE, NOT_AVAILABLE, Cell, Table, share, workbook
from everycase.scoring import Card
from everycase.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycase.outcome import RunResult
    from everycase.reports import ReportFile
    from everycase.scoring.maturity import Index


def render(result: RunResult, report: ReportFile) -> bytes:
    """Give the bytes of the file, the same for the same result."""
    title = say("publication.title", title=plain(report.title), project=plain(result.project_title))
    contact = say("publication.contact", version=result.version, digest=result.project_digest)
    return workbook(title, result.as_of, _tables(Card.of(result)), contact, say("publication.every_count"))


def _value(index: Index) -> Cell:
    return NOT_AVAILABLE if index.value is None else round(float(index.value), 1)


def _sources(card: Card) -> Iterator[Sequence[Cell]]:
    for found in card.sources:
        source, findings = found.source, Findings.of(found.source)
        unread = source.problem is not None and not source.records
        counts: Sequence[Cell] = [len(f) for f in (findings.to_fix, findings.to_explain, findings.unchecked)]
        yield (
            plain(source.title), plain(source.agency), say(f"verdict_title.{source.status.value}"),
            NOT_AVAILABLE if unread else source.records, _value(found.ours), _value(found.published),
            float(found.coverage), *([NOT_AVAILABLE] * 3 if unread else counts),
        )  # fmt: skip


def _dimensions(card: Card) -> Iterator[Sequence[Cell]]:
    for found in card.sources:
        for cell in found.dimensions:
            empty = NOT_AVAILABLE
            numbers = (cell.part, cell.whole, share(cell.part, cell.whole)) if cell.whole else (empty, empty, empty)
            yield plain(found.source.title), say(f"dimension.{cell.dimension}"), *numbers, cell.word, cell.unchecked


def _fields(card: Card) -> Iterator[Sequence[Cell]]:
    for found in card.sources:
        for field in found.fields:
            tally = field.field.tally
            shown: Sequence[Cell] = (tally.applicable, tally.supplied, tally.valid, tally.known,
                                     share(tally.known, tally.applicable), tally.avoidable, tally.forced)  # fmt: skip
            band = NOT_APPLICABLE if field.band is None else field.band.name
            numbers = [NOT_AVAILABLE] * 7 if field.field.missing else shown
            yield plain(found.source.title), plain(field.field.title), *numbers, band


def _rules(card: Card) -> Iterator[Sequence[Cell]]:
    for found in card.sources:
        for rule in found.source.rules:
            counts = rule.counts
            unchecked = rule.status is Status.COULD_NOT_CHECK
            shown: Sequence[Cell] = (counts.passing, counts.failing, counts.undetermined,
                                     share(counts.failing, counts.judged))  # fmt: skip
            yield (
                plain(found.source.title), rule.code, plain(rule.title), say(f"dimension.{rule.dimension}"),
                say(f"severity.{rule.severity}"), say(f"status_title.{rule.status.value}"),
                *([NOT_AVAILABLE] * 4 if unchecked else shown), rule.threshold,
            )  # fmt: skip


def _areas(card: Card) -> Iterator[Sequence[Cell]]:
    for found in card.sources:
        titles = {f.name: plain(f.title) for f in found.source.fields if f.expected and not f.missing}
        for group in found.source.groups:
            for name, tally in group.fields.items():
                if name in titles and name != group.field:
                    none = NO_GROUP.get(group.value)
                    meaning = say(f"no_group.{none}") if none else plain(group.meaning)
                    yield (plain(found.source.title), titles.get(group.field, group.field), meaning, titles[name],
                           tally.applicable, tally.known, share(tally.known, tally.applicable))  # fmt: skip


def _plan(card: Card) -> Iterator[Sequence[Cell]]:
    titles = {c.source.id: plain(c.source.title) for c in card.sources}
    for action in card.actions:
        yield (
            titles[action.source], plain(action.data), action.code, share(action.part, action.whole), action.target,
            plain(action.fix) or NOT_AVAILABLE, action.owner or NOT_AVAILABLE, action.by or NOT_AVAILABLE,
        )  # fmt: skip


def _tables(card: Card) -> tuple[Table, ...]:
    return (
        Table(
            "sources",
            ("source", "agency", "verdict", "records", "index", "published", "coverage", "fix", "explain", "unchecked"),
            _sources(card),
            frozenset({"coverage"}),
            (("index", "index"), ("published", "published"), ("coverage", "coverage")),
        ),
        Table(
            "dimensions",
            ("source", "dimension", "part", "whole", "share", "band", "unchecked"),
            _dimensions(card),
            frozenset({"share"}),
            (("dimension", "dimension"),),
        ),
        Table(
            "fields",
            ("source", "field", "needed", "supplied", "valid", "known", "known_share", "avoidable", "forced", "band"),
            _fields(card),
            frozenset({"known_share"}),
            (("needed", "needed"), ("known", "known"), ("forced", "forced")),
        ),
        Table(
            "rules",
            ("source", "rule", "title", "dimension", "severity", "status", "passing", "failing", "undetermined",
             "failing_share", "allowed"),
            _rules(card),
            frozenset({"failing_share", "allowed"}),
            (("undetermined", "undetermined"),),
        ),
        Table(
            "areas",
            ("source", "by", "group", "field", "needed", "known", "known_share"),
            _areas(card),
            frozenset({"known_share"}),
            (("known_share", "area"),),
        ),
        Table(
            "plan",
            ("source", "data", "rule", "score", "target", "action", "owner", "date"),
            _plan(card),
            frozenset({"score", "target"}),
        ),
    )  # fmt: skip
