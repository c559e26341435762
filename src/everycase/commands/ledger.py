"""The commands that read and keep the ledger: how they are called. What they do is in `commands.books`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LedgerOption = Annotated[
    str,
    typer.Option("--ledger", metavar="URL", help="The history store; SQLite or PostgreSQL.", envvar="EVERYCASE_LEDGER"),
]
ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="Folder of sources.yaml; else the nearest above, else our own."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
LEDGER = "sqlite:///everycase-ledger.db"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (verify, history, show, diff, accept, export):
        app.command()(command)


def verify(
    ledger: LedgerOption = LEDGER,
    head: Annotated[
        list[Path] | None,
        typer.Option("--head", metavar="FILE", help="A head kept elsewhere, or a result.json; repeatable."),
    ] = None,
    key: Annotated[str, typer.Option("--key", metavar="HEX", help="The public key that must have signed all.")] = "",
    extract: Annotated[
        list[str] | None,
        typer.Option("--extract", metavar="SOURCE=PATH", help="Check this file again and compare; repeatable."),
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Check that nothing in the ledger was changed, removed or put in, and say what cannot be known."""
    from everycase.commands import books

    raise typer.Exit(books.verify_ledger(ledger, head or [], key, extract or [], project))


def history(
    source: Annotated[str | None, typer.Argument(metavar="[SOURCE]", help="A source; all if none.")] = None,
    ledger: LedgerOption = LEDGER,
    last: Annotated[int, typer.Option("--last", metavar="N", min=1, help="How many lines at most.")] = 20,
    project: ProjectOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - typer's way to declare a flag
) -> None:
    """List the runs of the ledger, the newest last."""
    from everycase.commands import books

    books.print_history(ledger, source, last, project, as_json=as_json)


def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id or how that begins, or last.")],
    ledger: LedgerOption = LEDGER,
    as_json: JsonOption = False,  # noqa: FBT002 - typer's way to declare a flag
) -> None:
    """Show a run as the ledger keeps it."""
    from everycase.commands import books

    books.print_run(ledger, run, as_json=as_json)


def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="The older run, or last.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The newer run, or last.")],
    ledger: LedgerOption = LEDGER,
    project: ProjectOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - typer's way to declare a flag
) -> None:
    """Compare two runs of the ledger, worst first."""
    from everycase.commands import books

    books.print_difference(ledger, before, after, project, as_json=as_json)


def accept(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id or how that begins, or last.")],
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="Who accepts: a role, never a person's name.")],
    reason: Annotated[str, typer.Option("--reason", metavar="REASON", help="Why: a code, see docs/ledger.md.")],
    ledger: LedgerOption = LEDGER,
    project: ProjectOption = None,
) -> None:
    """Make a run the baseline that later ones are compared with."""
    from everycase.commands import books

    books.accept_run(ledger, run, role, reason, project)


def export(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the tables go.")] = Path("everycase-history"),
    ledger: LedgerOption = LEDGER,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write Parquet instead of CSV.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Write the tables of the ledger for other tools."""
    from everycase.commands import books

    books.export_tables(ledger, out, parquet=parquet)
