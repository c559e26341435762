"""`everycase gate` and `lint`: how they are called. What they do is in `commands.gating` and `commands.linting`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from everycase.commands.ledger import LEDGER, JsonOption, LedgerOption, ProjectOption


class Mildest(StrEnum):
    """The mildest severity that fails a gate."""

    error = "error"
    query = "query"
    warning = "warning"
    never = "never"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(gate)
    app.command()(lint)


def lint(
    ledger: LedgerOption = LEDGER,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The day that stands for today, YYYY-MM-DD.")
    ] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - typer's way to declare a flag
) -> None:
    """Check registry, suites, code lists, checks, reports and waivers without data, and find what is idle."""
    from everycase.commands.linting import lint_project
    from everycase.commands.options import day_of

    raise typer.Exit(lint_project(project, ledger, day_of(as_of), as_json=as_json))


def gate(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE ...]", help="Sources; all if none.")] = None,
    extract: Annotated[
        list[str] | None,
        typer.Option("--extract", metavar="SOURCE=PATH", help="Where the extract of a source lies; repeatable."),
    ] = None,
    baseline: Annotated[
        str,
        typer.Option(
            "--baseline", metavar="WHICH", help="last, accepted or a result.json; else the last accepted run, if any."
        ),
    ] = "",
    fail_on: Annotated[Mildest, typer.Option("--fail-on", help="The mildest severity that fails.")] = Mildest.error,
    report: Annotated[
        str, typer.Option("--report", metavar="FORMATS", help="Of junit, github, gitlab, markdown, json; by commas.")
    ] = "junit,markdown,json",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files go.")] = Path("everycase-gate"),
    ledger: LedgerOption = LEDGER,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The day that stands for today, YYYY-MM-DD.")
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Check, compare with the baseline, record, and say whether the extract may pass: for pipelines."""
    from everycase.commands.gating import Asked, gate_extracts
    from everycase.commands.options import day_of, extracts_of

    asked = Asked(
        sources=tuple(sources or ()),
        extracts=extracts_of(extract or []),
        baseline=baseline,
        fail_on=fail_on.value,
        formats=tuple(part.strip() for part in report.split(",") if part.strip()),
        out=out,
        ledger=ledger,
        as_of=day_of(as_of),
    )
    raise typer.Exit(gate_extracts(project, asked))
