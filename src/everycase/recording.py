"""The Great Expectations record of a whole run, made after the verdict and taken into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from everycase.run import Run


def native(rules: tuple[object, ...]) -> bool:
    """Say whether some rules are expectations that only the library can judge."""
    return any(getattr(r, "native", None) is not None for r in rules)


def wanted(open_run: Run) -> bool:
    """Say whether the library is needed even where nobody asked for its record."""
    return any(native(c.rules) for c in open_run.checked)


def record(
    open_run: Run,
    *,
    everything: bool,
    docs: Path | None = None,
    progress: Callable[[str, str], None] = lambda _source, _what: None,
) -> dict[str, bytes]:
    """Have Great Expectations validate every source that could be read, and take its verdicts in.

    Args:
        open_run: still open; the results of its sources are replaced.
        everything: all sources, not only those that cannot do without.
        docs: a folder for the library's own site.
        progress: called with a source and what is being done to it.

    Returns:
        Name of file -> record.
    """
    every = [unit for checked in open_run.checked for unit in checked.units()]
    ready = [c for c in every if c.prepared is not None and (everything or native(c.rules))]
    if not ready:
        return {}
    progress(ready[0].result.id, "loading Great Expectations")
    from everycase import great

    found = {}
    for checked in ready:
        progress(checked.result.id, "recording with Great Expectations")
        site = docs / checked.result.id if docs else None
        try:
            made = great.record(checked, open_run, data_docs=site)
        except RecordError as error:
            checked.result = great.unrecorded(checked.result, error)
            continue
        checked.result = great.reconcile(checked.result, made, open_run.options.fail_on)
        found[f"gx/{checked.result.id}.json"] = great.to_bytes(made)
    for checked in open_run.checked:
        checked.take_in_parts(open_run.options.fail_on)
    return found
