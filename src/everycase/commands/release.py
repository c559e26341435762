"""`everycase release`: from a result, the files that anybody may see; small counts are taken out first."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from everycase.errors import CouldNotCheckError, UsageError
from everycase.reporting import public_csv, public_html, public_json, public_xlsx
from everycase.reporting.folder import destination, replace_files
from everycase.stored import read_result
from everycase.suppression.earlier import read_releases
from everycase.suppression.releasing import released
from everycase.words import speaking

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from everycase.project import Project
    from everycase.reports import ReportFile
    from everycase.suppression.release import Release

TEXTS: dict[str, Callable[[Release], str | bytes]] = {
    "public_html": public_html.text,
    "public_csv": public_csv.text,
    "public_json": public_json.text,
    "public_xlsx": public_xlsx.text,
}


def write_release(project: Project, result: Path, report: str, out: Path, *, keep: bool) -> tuple[Release, list[Path]]:
    """Write the files of a protected report.

    Args:
        project: whose report definitions, words and earlier releases hold.
        result: a result.json.
        report: the name of the definition.
        out: the folder.
        keep: put the release to the earlier ones, so that later ones are compared with it.

    Returns:
        The release, and the files written.

    Raises:
        UsageError: no such report or result, or the report withholds nothing.
        ConfigurationError: an earlier release cannot be read.
    """
    definition = _definition(project, report)
    destination(out)
    found = read_result(result)
    assert definition.suppression is not None  # noqa: S101 - looked at above
    folder = project.root / definition.suppression.releases
    release = released(
        found, definition, project.registry.entry.project.title, read_releases(folder, report, project.root)
    )
    with speaking(project.words):
        writers = {o.file: partial(_write, TEXTS[o.format](release)) for o in definition.outputs}
    written = replace_files(out, found.id, writers)
    if keep:
        written.append(_kept(folder / report, release))
    return release, written


def _definition(project: Project, name: str) -> ReportFile:
    found = project.reports.named(name)
    if found.suppression is None:
        message = f"the report '{name}' withholds no small counts, so that it is for nobody but its audience"
        raise UsageError("suppression-format", message, instead="Name one that has `suppression:`.")
    return found


def _write(text: str | bytes, path: Path) -> None:
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def _kept(folder: Path, release: Release) -> Path:
    """Put a release to the earlier ones under the first name that is free."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            path = folder / (f"{release.as_of}.json" if number == 1 else f"{release.as_of}-{number}.json")
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            except FileExistsError:
                number += 1
                continue
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(public_json.text(release))
            return path
    except OSError as error:
        message = f"the release could not be kept: {error.strerror or type(error).__name__}; it is not to be published"
        raise CouldNotCheckError("out-unwritable", message) from None
