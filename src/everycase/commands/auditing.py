"""The commands of an auditor on the command line; what they do is imported once one of them runs."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="Folder of sources.yaml; else the nearest above, else our own."),
]


class Severity(StrEnum):
    """The mildest severity that fails a run."""

    error = "error"
    query = "query"
    warning = "warning"
    never = "never"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(report)
    app.command("dip-sample")(dip_sample)


def report(
    result: Annotated[Path, typer.Argument(metavar="RESULT.json", help="What a check left in its folder.")],
    name: Annotated[str, typer.Option("--report", metavar="NAME", help="A definition of reports/.")] = "auditor",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where it goes.")] = Path("everycase-report"),
    threshold: Annotated[
        list[str] | None,
        typer.Option("--threshold", metavar="CODE=SHARE", help="Judge the counts by another threshold; repeatable."),
    ] = None,
    fail_on: Annotated[Severity | None, typer.Option("--fail-on", help="Another mildest severity that fails.")] = None,
    project: ProjectOption = None,
) -> None:
    """Write a report again from a stored result, without the data."""
    from everycase.commands.report import report_again
    from everycase.project import load

    limit = fail_on.value if fail_on else None
    written, left_out = report_again(load(project), result, name, out, threshold or [], limit)
    for path in written:
        typer.echo(path)
    for file in left_out:
        typer.echo(f"{file} is left out: it lists records, which a stored result does not hold", err=True)


def dip_sample(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The source to draw from.")],
    size: Annotated[int, typer.Option("--size", metavar="N", min=1, max=100_000, help="Records to draw.")],
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="The same seed draws the same records.")],
    stratify: Annotated[
        str | None, typer.Option("--stratify", metavar="FIELD", help="Draw from each of its codes in proportion.")
    ] = None,
    field: Annotated[
        str | None, typer.Option("--field", metavar="FIELD", help="The flag to compare; the source's own if not said.")
    ] = None,
    extract: Annotated[
        Path | None, typer.Option("--extract", metavar="PATH", help="Where the extract lies, before the registry.")
    ] = None,
    read: Annotated[
        Path | None, typer.Option("--read", metavar="SHEET.csv", help="Read a filled sheet back, and estimate.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the sheet goes, or what was found.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The day that stands for today, YYYY-MM-DD.")
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Draw records to compare with their case files, or read back what was found and estimate wrong flags."""
    from everycase.commands import dipping
    from everycase.project import load

    loaded = load(project)
    asked = dipping.asked(loaded, source, field, size, seed, stratify, extract, _day(as_of))
    typer.echo(
        dipping.read_back(loaded, asked, read, out) if read else dipping.write_sheet(loaded, asked, out), nl=False
    )


def _day(text: str | None) -> dt.date:
    from everycase.errors import UsageError

    if text is None:
        return dt.datetime.now(dt.UTC).astimezone().date()
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise UsageError("wrong-date", "--as-of is no date", instead="Write it as YYYY-MM-DD.") from None
