"""The main job from end to end: check, print, record, publish; a person sees the verdict first."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from everycase.disclosure import refuse_without_salt
from everycase.errors import EXIT_FAILED, EXIT_PASSED, UsageError
from everycase.recording import native, record, wanted
from everycase.reporting import bundle, console
from everycase.run import Options, run
from everycase.sampling import samplable, write_sample
from everycase.words import say, speaking

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from everycase.project import Project
    from everycase.run import Run

#: marks a folder of Data Docs as ours to write again
_DOCS = ".everycase-gx-docs"


@dataclass(frozen=True, slots=True)
class Request:
    """What `everycase check` was asked for; see its options."""

    as_of: dt.date
    out: Path
    sources: tuple[str, ...] = ()
    extracts: Mapping[str, Path] = field(default_factory=dict)
    fail_on: str = "error"
    ruleset: str | None = None
    as_json: bool = False
    great: bool = True
    gx_docs: Path | None = None
    reasons: tuple[Path, ...] = ()
    threads: int | None = None
    memory: str | None = None
    engine: str | None = None
    ledger: str | None = None
    quiet: bool = False


def check_extracts(project: Project, request: Request) -> int:
    """Check, and give the exit code: 0 passed, 1 failed, 3 could not check.

    Raises:
        EverycaseError: nothing could be started, or the reports could not be written.
    """
    with speaking(project.words):
        return _check(project, request)


def _check(project: Project, request: Request) -> int:
    if project.code_withheld:
        _notice(project.withheld().message)
    bundle.refuse_unusable(request.out)
    refuse_without_salt(project.reports, project.root)
    _refuse_docs(request)
    screen = console.Screen(quiet=request.quiet or request.as_json)
    options = Options(
        as_of=request.as_of,
        sources=request.sources,
        extracts=request.extracts,
        fail_on=request.fail_on,
        ruleset=request.ruleset,
        threads=request.threads,
        memory=request.memory,
        engine=request.engine,
        progress=screen.progress,
    )
    begun = time.perf_counter()
    with screen.working(), run(project, options) as open_run:
        _explained(open_run, request)
        seconds = time.perf_counter() - begun
        great = request.great or wanted(open_run)
        early = not request.as_json and not any(native(c.rules) for c in open_run.checked)
        first = open_run.result()
        if early:
            _printed(partial(screen.show, first, request.out, seconds))
        begun = time.perf_counter()
        records = {}
        if great:
            records = record(open_run, everything=request.great, docs=request.gx_docs, progress=screen.progress)
        great_seconds = time.perf_counter() - begun if records else None
        if request.ledger is not None:
            from everycase.ledger.recorder import (
                record_run,  # NOTE: loads SQLAlchemy, which a plain check does not need
            )

            record_run(open_run, request.ledger)
        result = open_run.result()
        bundle.publish(open_run, request.out, records)
    if request.as_json:
        _printed(lambda: print(console.json_text(result, project), end=""))  # noqa: T201 - the result itself
    else:
        if not early:
            _printed(partial(screen.show, result, request.out, seconds))
        changed = early and first != replace(result, ledger=None)
        _printed(partial(screen.finish, result, request.out, seconds, great_seconds, changed=changed))
    return result.exit_code()


def _explained(open_run: Run, request: Request) -> None:
    """Take the reasons of filled-in workbooks in, and say how many belong to nothing that fails now."""
    if not request.reasons:
        return
    from everycase.reporting import return_reasons  # NOTE: reads workbooks, which a plain check need not

    for source, left in return_reasons.take_in(open_run, request.reasons).items():
        if left:
            _notice(say("return.left_over", source=source, n=left))


def _refuse_docs(request: Request) -> None:
    """Refuse a folder for Data Docs that would be replaced, that holds others' files, or that nothing would fill."""
    folder = request.gx_docs
    if folder is None:
        return
    if not request.great:
        raise UsageError("out-unusable", "--gx-docs shows the record that --no-gx leaves out", instead="Drop one.")
    if folder.resolve().is_relative_to(request.out.resolve()):
        message = "--gx-docs lies inside --out, which is replaced as a whole"
        raise UsageError("out-unusable", message, instead="Name a folder elsewhere.")
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / _DOCS).is_file())):
        message = "--gx-docs holds files that everycase did not write"
        raise UsageError("out-not-ours", message, instead="Name a new or empty folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _DOCS).touch()
    except OSError as error:
        message = f"--gx-docs cannot be written: {error.strerror or type(error).__name__}"
        raise UsageError("out-unwritable", message) from None


def _notice(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - a notice, not the result


def _printed(show: Callable[[], None]) -> None:
    """Print, unless nobody reads any more: a closed pipe changes neither the verdict nor the reports."""
    try:
        show()
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, ValueError, AttributeError, SystemExit):
        # NOTE: rich makes a closed pipe an exit with 1, which would be the verdict of data that failed; and Python
        # would complain once more when it closes the stream itself.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - it stands in until the end


def run_demo(project: Project, out: Path, rows: int, seed: int, as_of: dt.date) -> int:
    """Make extracts up, check them, say where the scorecard lies; 0 when the check itself came to an end.

    Planted defects are expected, so that a failed check is a good demonstration.
    """
    names = samplable(project)
    if not names:
        message = "no source of this project has a sample generator, so that there is nothing to show"
        raise UsageError("no-sample", message, instead="Check its own extracts: everycase check.")
    extracts = {n: write_sample(project, n, rows, seed, as_of, out / "extracts").extract for n in names}
    request = Request(as_of=as_of, out=out / "report", sources=tuple(project.sources), extracts=extracts)
    code = check_extracts(project, replace(request, fail_on="error"))
    print(f"\nThe scorecard is at {out / 'report' / 'scorecard.html'}")  # noqa: T201 - the result of the demo
    return EXIT_PASSED if code in {EXIT_PASSED, EXIT_FAILED} else code
