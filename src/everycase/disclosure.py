"""What of the data may be seen: every renderer asks here, none decides for itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from everycase.outcome import FieldOutcome, RunResult
    from everycase.reports import ReportFile, UnmappedValues

#: What a spreadsheet reads as the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def loosest(reports: Iterable[ReportFile]) -> UnmappedValues | None:
    """Give the widest limits that any report allows, so that the engine is asked once."""
    found = [r.unmapped for r in reports if r.unmapped is not None]
    if not found:
        return None
    return found[0].model_copy(
        update={
            "longest": max(u.longest for u in found),
            "fewest": min(u.fewest for u in found),
            "most_distinct": max(u.most_distinct for u in found),
        }
    )


def shown_values(
    candidates: Sequence[tuple[str, int]], distinct: int, limits: UnmappedValues | None
) -> list[tuple[str, int]]:
    """Choose which values outside a code list may be listed.

    A few short values that occur often are codes of another list. Many different ones are a shifted column, and
    might be names: then none is shown.

    Args:
        candidates: (value, times).
        distinct: how many different unmapped values the column holds.
        limits: the report's own; None shows nothing.
    """
    if limits is None or distinct > limits.most_distinct:
        return []
    return [(v, n) for v, n in candidates if n >= limits.fewest and len(v) <= limits.longest and v.isalnum()]


def unmapped_of(outcome: FieldOutcome, report: ReportFile) -> list[tuple[str, int]]:
    """List the unmapped values of a field that a report may show."""
    return shown_values(outcome.unmapped_values, outcome.distinct_unmapped, report.unmapped)


def as_told(result: RunResult, report: ReportFile) -> RunResult:
    """Give a result with only those unmapped values that a report may show."""
    return replace(
        result,
        sources=tuple(replace(s, fields=tuple(_shown(f, report) for f in s.fields)) for s in result.sources),
    )


def _shown(outcome: FieldOutcome, report: ReportFile) -> FieldOutcome:
    shown = tuple(unmapped_of(outcome, report))
    others = outcome.tally.not_known["unmapped"] - sum(n for _, n in shown)
    return replace(outcome, unmapped_values=shown, other_values=others)


def harmless(cell: str) -> str:
    """Keep a spreadsheet from running a cell: one that begins like a formula gets an apostrophe before it.

    >>> harmless("=1+1"), harmless("A1")
    ("'=1+1", 'A1')
    """
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
