"""Renderers: one module a format; they only format, and show only what the report definition allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from everycase.reporting import failing_csv, result_json, scorecard_html

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from everycase.reports import Format, ReportFile
    from everycase.run import Run


class Renderer(Protocol):
    """Writes one file of a report."""

    def write(self, run: Run, report: ReportFile, path: Path) -> None:
        """Fill a file that exists already and that only its owner may read.

        Args:
            run: open, its tables still there.
            report: whose file it is, and what of the data it may show.
            path: the file.
        """


FORMATS: Mapping[Format, Renderer] = {
    "failing_csv": failing_csv,
    "result_json": result_json,
    "scorecard_html": scorecard_html,
}
