"""Lists for programs: one count a line with what it is a part of, and the action plan.

The same result gives the same bytes. The names of columns and measures are for programs and stay the
same in every language. A group's rule or field that applies to none of its records has no line.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from everycase.disclosure import harmless
from everycase.outcome import NOT_KNOWN
from everycase.reporting.figures import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from everycase.outcome import Counts, FieldTally, RunResult, SourceResult
    from everycase.scoring.card import Card

COLUMNS = ("source", "group_by", "group", "kind", "name", "measure", "count", "of")
PLAN = ("source", "critical_data", "rule", "score", "passing", "judged", "target", "action", "owner", "date")
Row = tuple[str, str, str, str, str, str, int, int | str]


def counts(result: RunResult) -> Iterator[Row]:
    """Give every count of a result: source, group, what of it, measure, count, and the count it is a part of."""
    for source in result.sources:
        yield source.id, "", "", "source", source.id, "records", source.records, ""
        fields = {f.name: f.tally for f in source.fields if not f.missing}
        yield from _group(source, "", "", fields, {r.code: r.counts for r in source.rules}, whole=True)
        for group in source.groups:
            yield source.id, group.field, group.value, "source", source.id, "records", group.records, source.records
            yield from _group(source, group.field, group.value, group.fields, group.rules, whole=False)


def _group(
    source: SourceResult,
    by: str,
    value: str,
    fields: Mapping[str, FieldTally],
    rules: Mapping[str, Counts],
    *,
    whole: bool,
) -> Iterator[Row]:
    for name, tally in fields.items():
        if whole or tally.applicable or tally.undetermined:
            for measure, count, of in _field(tally):
                yield source.id, by, value, "field", name, measure, count, of
    for code, found in rules.items():
        if whole or found.applicable:
            yield source.id, by, value, "rule", code, "applicable", found.applicable, ""
            yield source.id, by, value, "rule", code, "passing", found.passing, found.judged
            yield source.id, by, value, "rule", code, "failing", found.failing, found.judged
            yield source.id, by, value, "rule", code, "undetermined", found.undetermined, found.applicable


def _field(tally: FieldTally) -> Iterator[tuple[str, int, int | str]]:
    yield "applicable", tally.applicable, tally.records
    yield "undetermined", tally.undetermined, tally.records
    for measure in ("supplied", "valid", "known", "indeterminate", "forced", "avoidable", "default"):
        yield measure, getattr(tally, measure), tally.applicable
    for measure in NOT_KNOWN:
        yield f"not_known_{measure}", tally.not_known[measure], tally.applicable


def plan(card: Card) -> Iterator[Sequence[object]]:
    """Give the action plan: critical data, rule, score, target, owner, date, as the Government framework asks for."""
    fields = {(c.source.id, f.field.name) for c in card.sources for f in c.fields}
    for action in card.actions:
        score = f"{action.part / action.whole:.6f}"
        rule = "known" if (action.source, action.code) in fields else action.code
        yield (
            action.source, plain(action.data), rule, score, action.part, action.whole, f"{action.target:.6f}",
            plain(action.fix), action.owner, action.by,
        )  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a CSV file, UTF-8, lines ending as a spreadsheet expects; no cell begins like a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([harmless(c) if isinstance(c, str) else c for c in row] for row in rows)
    return text.getvalue().encode()
