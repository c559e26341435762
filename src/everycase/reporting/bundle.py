"""All that a run leaves behind, as one set: every output of every report definition, and the records handed in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from everycase.reporting import FORMATS
from everycase.reporting.folder import destination, replace_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

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
    for report in run.project.reports:
        for output in report.outputs:
            writers[output.file] = partial(FORMATS[output.format].write, run, report)
    return replace_files(out, run.id, writers)


def _write_bytes(content: bytes, path: Path) -> None:
    path.write_bytes(content)
