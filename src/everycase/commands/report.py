"""`everycase report`: what was written at the end of a check, written again from its result alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.errors import UsageError
from everycase.reporting import bundle
from everycase.scoring.rescoring import rescored
from everycase.stored import read_result
from everycase.words import speaking

if TYPE_CHECKING:
    from pathlib import Path

    from everycase.project import Project


def report_again(
    project: Project, result: Path, report: str, out: Path, thresholds: list[str], fail_on: str | None
) -> tuple[list[Path], list[str]]:
    """Render a report of a stored result.

    Args:
        project: whose report definitions and words hold.
        result: a result.json.
        report: the name of the definition.
        out: the folder.
        thresholds: CODE=SHARE or SOURCE:CODE=SHARE, to judge the stored counts by.
        fail_on: the mildest severity that fails; None keeps what the run had.

    Returns:
        The files written, and the names of those that only the records could fill.

    Raises:
        UsageError: no such report, result, rule or share.
    """
    definition = project.reports.named(report)
    found = read_result(result)
    if thresholds or fail_on:
        found = rescored(found, dict(map(_threshold, thresholds)), fail_on)
    with speaking(project.words):
        return bundle.publish_again(found, definition, out)


def _threshold(text: str) -> tuple[str, float]:
    code, sign, share = text.partition("=")
    try:
        number = float(share)
    except ValueError:
        number = -1.0
    if not sign or not code or not 0 <= number <= 1:
        message = "--threshold does not name a rule and a share"
        raise UsageError("wrong-threshold", message, instead="Write --threshold CODE=SHARE, the share from 0 to 1.")
    return code, number
