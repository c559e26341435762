"""action_plan.csv: what misses its target, who answers for it and by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.reporting import tidy
from everycase.scoring import Card

if TYPE_CHECKING:
    from everycase.outcome import RunResult
    from everycase.reports import ReportFile


def render(result: RunResult, report: ReportFile) -> bytes:
    """Give the bytes of the file."""
    del report  # NOTE: it has counts and names of the project only, which every report may show
    return tidy.table(tidy.PLAN, tidy.plan(Card.of(result)))
