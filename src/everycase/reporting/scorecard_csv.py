"""scorecard.csv: every count of a result, one a line, for whoever computes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.reporting import tidy

if TYPE_CHECKING:
    from everycase.outcome import RunResult
    from everycase.reports import ReportFile


def render(result: RunResult, report: ReportFile) -> bytes:
    """Give the bytes of the file."""
    del report  # NOTE: it has counts and names of the project only, which every report may show
    return tidy.table(tidy.COLUMNS, tidy.counts(result))
