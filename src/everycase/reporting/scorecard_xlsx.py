"""scorecard.xlsx: the scorecard for publishing, by the spreadsheet rules of the Government Analysis Function.

A cover, contents, notes, then one marked-up table a sheet; no cell is empty, and what has no number has its shorthand.
The function's own library, gptables, lays it out.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycase.outcome import Status
from everycase.reporting.figures import NO_GROUP, Findings, plain
from everycase.scoring import Card
from everycase.words import day, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from everycase.outcome import RunResult
    from everycase.reports import ReportFile
    from everycase.scoring.maturity import Index

#: shorthand: not available, not applicable, rounds to none
NOT_AVAILABLE, NOT_APPLICABLE, LOW = "[x]", "[z]", "[low]"
SHORTHAND = {NOT_AVAILABLE: "x", NOT_APPLICABLE: "z", LOW: "low"}
Cell = int | float | str
_SHARE = {"num_format": "0.0%", "align": "right"}


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the workbook: the names of its columns in the catalogue, those that are shares, and its notes."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Card], Iterable[Sequence[Cell]]]
    shares: frozenset[str] = frozenset()
    notes: tuple[tuple[str, str], ...] = ()


def share(part: int, whole: int) -> Cell:
    """Give a share as a number with its shorthand where it has none, or would read as none and is not.

    >>> share(1, 4), share(0, 4), share(1, 100000), share(0, 0)
    (0.25, 0.0, '[low]', '[z]')
    """
    if not whole:
        return NOT_APPLICABLE
    rounded = round(part / whole, 3)
    return LOW if part and not rounded else part / whole


def render(result: RunResult, report: ReportFile) -> bytes:
    """Give the bytes of the file, the same for the same result."""
    with warnings.catch_warnings():
        # NOTE: the library warns about its own files and its use of pandas; nobody here can do anything about it.
        warnings.simplefilter("ignore")
        return _book(result, report)


def _book(result: RunResult, report: ReportFile) -> bytes:
    import pandas as pd
    from gptables import Cover, GPTable
    from gptables.core.api import produce_workbook

    card = Card.of(result)
    sheets: dict[str, Any] = {}
    used: dict[str, None] = {}
    for table in _TABLES:
        rows = [tuple(row) for row in table.rows(card)]
        if not rows:
            continue
        heads = [say(f"publication.column.{c}") for c in table.columns]
        titles = dict(zip(table.columns, heads, strict=True))
        legend = [s for s in SHORTHAND if any(c == s for row in rows for c in row)]
        used |= dict.fromkeys(note for _, note in table.notes)
        sheets[say("publication.sheet", n=len(sheets) + 1)] = GPTable(
            table=pd.DataFrame(rows, columns=heads, dtype=object),
            table_name=f"table_{len(sheets) + 1}_{table.name}",
            title=say("publication.table_title", n=len(sheets) + 1, title=say(f"publication.table.{table.name}")),
            subtitles=[],
            scope=say("publication.scope", day=day(dt.date.fromisoformat(result.as_of))),
            instructions=say("publication.instructions"),
            legend=[say(f"publication.legend.{SHORTHAND[s]}", mark=s) for s in legend],
            table_notes={titles[c]: f"$${note}$$" for c, note in table.notes},
            index_columns={2: 0},
            # NOTE: by place, since a head with a note is no longer called what it was.
            additional_formatting=[{"column": {
                "columns": [n for n, c in enumerate(table.columns) if c in table.shares], "format": _SHARE,
            }}] if table.shares else [],
        )  # fmt: skip
    reference, text = say("publication.note_reference"), say("publication.note_text")
    notes = pd.DataFrame([(n, say(f"publication.note.{n}")) for n in used], columns=[reference, text])
    cover = Cover(
        title=say("publication.title", title=plain(report.title), project=plain(result.project_title)),
        intro=[say("publication.intro", day=day(dt.date.fromisoformat(result.as_of)))],
        about=[say("publication.about"), say("publication.about_shorthand"), say("publication.about_unknown")],
        contact=[say("publication.contact", version=result.version, digest=result.project_digest)],
        cover_label=say("publication.cover"),
    )
    filled = io.BytesIO()
    book = produce_workbook(
        filename=filled,
        sheets=sheets,
        cover=cover,
        contentsheet_label=say("publication.contents"),
        contentsheet_options={
            "title": say("publication.contents"),
            "column_names": [say("publication.sheet_name"), say("publication.sheet_about")],
            "instructions": say("publication.one_table"),
        },
        notes_table=notes,
        notesheet_label=say("publication.notes"),
        notesheet_options={"title": say("publication.notes"), "instructions": say("publication.one_table")},
        workbook_options={"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    moment = dt.datetime.combine(dt.date.fromisoformat(result.as_of), dt.time())
    book.set_properties({"title": plain(report.title), "author": "everycase", "created": moment})
    book.close()
    return filled.getvalue()


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


_TABLES = (
    _Table(
        "sources",
        ("source", "agency", "verdict", "records", "index", "published", "coverage", "fix", "explain", "unchecked"),
        _sources,
        frozenset({"coverage"}),
        (("index", "index"), ("published", "published"), ("coverage", "coverage")),
    ),
    _Table(
        "dimensions",
        ("source", "dimension", "part", "whole", "share", "band", "unchecked"),
        _dimensions,
        frozenset({"share"}),
        (("dimension", "dimension"),),
    ),
    _Table(
        "fields",
        ("source", "field", "needed", "supplied", "valid", "known", "known_share", "avoidable", "forced", "band"),
        _fields,
        frozenset({"known_share"}),
        (("needed", "needed"), ("known", "known"), ("forced", "forced")),
    ),
    _Table(
        "rules",
        ("source", "rule", "title", "dimension", "severity", "status", "passing", "failing", "undetermined",
         "failing_share", "allowed"),
        _rules,
        frozenset({"failing_share", "allowed"}),
        (("undetermined", "undetermined"),),
    ),
    _Table(
        "areas",
        ("source", "by", "group", "field", "needed", "known", "known_share"),
        _areas,
        frozenset({"known_share"}),
        (("known_share", "area"),),
    ),
    _Table(
        "plan",
        ("source", "data", "rule", "score", "target", "action", "owner", "date"),
        _plan,
        frozenset({"score", "target"}),
    ),
)  # fmt: skip
