"""Renderers: one module a format; they only format, and show only what the report definition allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from everycase.reporting import (
    action_plan_csv,
    failing_csv,
    failing_parquet,
    result_json,
    return_xlsx,
    scorecard_csv,
    scorecard_html,
    scorecard_json,
    scorecard_xlsx,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from everycase.outcome import RunResult
    from everycase.reports import Format, ReportFile
    from everycase.run import Run


class ResultRenderer(Protocol):
    """Makes one file of a report from the result alone, so that it can be made again without the data."""

    def render(self, result: RunResult, report: ReportFile) -> bytes:
        """Give the bytes of the file, always the same for the same result.

        Args:
            result: as `result.json` tells it.
            report: whose file it is, and what of the data it may show.
        """


class RecordRenderer(Protocol):
    """Writes one file of a report from the records, which are there only while a run is open."""

    def write(self, run: Run, report: ReportFile, path: Path) -> None:
        """Fill a file that exists already and that only its owner may read.

        Args:
            run: open, its tables still there.
            report: whose file it is, and what of the data it may show.
            path: the file.
        """


class SourceRenderer(Protocol):
    """Writes files from the records, as many as the run has sources."""

    def files(self, run: Run, report: ReportFile, file: str) -> dict[str, Callable[[Path], None]]:
        """List the files, name -> what fills it; `file` is the name that the report definition gives."""


FROM_RESULT: Mapping[Format, ResultRenderer] = {
    "action_plan_csv": action_plan_csv,
    "result_json": result_json,
    "scorecard_csv": scorecard_csv,
    "scorecard_html": scorecard_html,
    "scorecard_json": scorecard_json,
    "scorecard_xlsx": scorecard_xlsx,
}
FROM_RECORDS: Mapping[Format, RecordRenderer] = {"failing_csv": failing_csv, "failing_parquet": failing_parquet}
FROM_SOURCES: Mapping[Format, SourceRenderer] = {"return_xlsx": return_xlsx}
