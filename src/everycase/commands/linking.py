"""`everycase link`: how it is called and what it writes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(link)


def link(
    pathway: Annotated[str | None, typer.Argument(metavar="[PATHWAY]", help="A pathway; all if none.")] = None,
    extract: Annotated[
        list[str] | None,
        typer.Option("--extract", metavar="SOURCE=PATH", help="Where the extract of a source lies; repeatable."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where link.json and link.csv go.")] = Path(
        "everycase-link"
    ),
    memory: Annotated[
        str | None, typer.Option("--memory", metavar="SIZE", help="The most memory the engine may hold, like 2GB.")
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option("--project", metavar="DIR", help="Folder of sources.yaml; else the nearest above, else our own."),
    ] = None,
) -> None:
    """Count whether the extracts of a pathway can be linked, and whether flag, sex and birth agree along it."""
    from everycase.commands.options import extracts_of, memory_of
    from everycase.errors import EXIT_COULD_NOT_CHECK
    from everycase.linking import link as follow
    from everycase.linking import rendering
    from everycase.project import load
    from everycase.reporting.folder import destination, replace_files

    destination(out)
    linked = follow(load(project), pathway, extracts_of(extract or []), memory_of(memory))
    found = {"link.json": rendering.as_json(linked), "link.csv": rendering.as_csv(linked)}
    run_id = hashlib.sha256(found["link.json"]).hexdigest()[:16]
    typer.echo("\n".join(rendering.lines(linked)))
    for path in replace_files(out, run_id, {n: _writer(content) for n, content in found.items()}):
        typer.echo(path)
    if any(step.problem for step in linked.steps):
        raise typer.Exit(EXIT_COULD_NOT_CHECK)


def _writer(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write
