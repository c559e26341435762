"""The commands for an extract that nobody has mapped yet: `profile`, `map` and `init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="Folder of sources.yaml; else the nearest above, else our own."),
]


def profile(
    extract: Annotated[Path, typer.Argument(metavar="EXTRACT")],
    source: Annotated[str | None, typer.Option("--source", metavar="S", help="Read it as this source is read.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.html", help="Also write it as a page.")] = None,
    project: ProjectOption = None,
) -> None:
    """Show what an extract holds, column by column, before anybody has mapped it."""
    from everycase.commands.profile import show_profile
    from everycase.project import load

    show_profile(load(project) if source else None, source, extract, out)


def map_columns(
    source: Annotated[str, typer.Argument(metavar="SOURCE")],
    extract: Annotated[Path, typer.Argument(metavar="EXTRACT")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.yaml", help="Where the entry goes; else SOURCE.proposed.yaml.")
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Propose which column of an extract is which field, and write a registry entry to edit; nothing is applied."""
    from everycase.commands.mapping import show_proposals
    from everycase.project import load

    show_proposals(load(project), source, extract, out)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    extract: Annotated[Path, typer.Option("--extract", metavar="FILE", help="An extract of the agency.")],
    suite: Annotated[
        str | None, typer.Option("--suite", metavar="S", help="The suite to extend; else the one that fits best.")
    ] = None,
    agency: Annotated[str | None, typer.Option("--agency", metavar="NAME", help="What the agency is called.")] = None,
    project: ProjectOption = None,
) -> None:
    """Start a project for an agency that is in no registry, from its extract and the suites of a project."""
    from everycase.commands.beginning import show_beginning
    from everycase.project import load

    show_beginning(load(project), folder, extract, suite, agency)


def add_commands(app: typer.Typer) -> None:
    """Give the commands to the command line."""
    app.command()(profile)
    app.command("map")(map_columns)
    app.command()(init)
