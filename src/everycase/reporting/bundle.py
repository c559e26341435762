"""All that a run leaves behind, as one set: every output of every report definition, and the records handed in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from everycase.disclosure import as_told
from everycase.errors import UsageError
from everycase.reporting import FROM_RECORDS, FROM_RESULT, FROM_SOURCES
from everycase.reporting.folder import destination, replace_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from everycase.outcome import RunResult
    from everycase.reports import Output, ReportFile, Reports
    from everycase.run import Run


def refuse_unusable(out: Path) -> None:
    """Refuse a folder that could not be written to, before any work is done.

    Raises:
        UsageError: it is no folder, not ours, or out of reach.
    """
    destination(out)


def publish(run: Run, out: Path, records: Mapping[str, bytes] | None = None) -> list[Path]:
    """Write every output of every report definition; the whole set appears at once.

    Args:
        run: open, its tables still there.
        out: the folder.
        records: more files of the set, name with / for a folder inside -> content.

    Returns:
        The files, in the order of their names.

    Raises:
        UsageError: the folder is not ours to write, and is left as it was.
        CouldNotCheckError: writing failed; the previous set stands.
    """
    writers: dict[str, Callable[[Path], None]] = {}
    for name, content in (records or {}).items():
        writers[name] = partial(_write_bytes, content)
    told_result = told(run.result(), run.project.reports)
    for report in (r for r in run.project.reports if r.always and r.suppression is None):
        for output in report.outputs:
            if output.format in FROM_RESULT:
                writers[output.file] = partial(_render, told_result, report, output)
            elif output.format in FROM_SOURCES:
                writers |= FROM_SOURCES[output.format].files(run, report, output.file)
            else:
                writers[output.file] = partial(FROM_RECORDS[output.format].write, run, report)
    return replace_files(out, run.id, writers)


def told(result: RunResult, reports: Reports) -> RunResult:
    """Give a result as `result.json` tells it, so that what is rendered now can be rendered again from that file."""
    found = reports.writes("result_json")
    return as_told(result, found[0][0]) if found else result


def publish_again(result: RunResult, report: ReportFile, out: Path) -> tuple[list[Path], list[str]]:
    """Write the outputs of one report again from a stored result.

    Returns:
        The files written, and the names of those that only the records could fill.

    Raises:
        UsageError: none of them can be made from a result, or the folder is not ours to write.
        CouldNotCheckError: writing failed; the previous set stands.
    """
    if report.suppression is not None:
        message = f"the report '{report.report}' withholds small counts, and is written by another command"
        raise UsageError("suppression-format", message, instead="Write it with everycase release.")
    left_out = [o.file for o in report.outputs if o.format not in FROM_RESULT]
    writers = {o.file: partial(_render, result, report, o) for o in report.outputs if o.format in FROM_RESULT}
    if not writers:
        message = f"the report '{report.report}' lists records, which a stored result does not hold"
        raise UsageError("report-needs-data", message, instead="Check the extract again: everycase check.")
    return replace_files(out, result.id, writers), left_out


def _render(result: RunResult, report: ReportFile, output: Output, path: Path) -> None:
    path.write_bytes(FROM_RESULT[output.format].render(result, report))


def _write_bytes(content: bytes, path: Path) -> None:
    path.write_bytes(content)
