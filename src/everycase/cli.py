"""The command line: it reads arguments, calls the machine and turns every outcome into an exit code."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from everycase import __version__
from everycase.commands.auditing import register as register_auditing
from everycase.commands.front_door import add_commands
from everycase.commands.gate import register as register_gate
from everycase.commands.ledger import register as register_ledger
from everycase.commands.linking import register as register_linking
from everycase.commands.options import day_of, extracts_of, memory_of
from everycase.errors import EXIT_COULD_NOT_CHECK, EXIT_INTERRUPTED, EXIT_USAGE, EverycaseError, UsageError

if TYPE_CHECKING:
    from everycase.project import Project

app = typer.Typer(
    name="everycase",
    help="Check what agencies hold on domestic abuse: flags, relationships, gender, and how complete they are.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
gx_app = typer.Typer(help="Exchange suites with Great Expectations.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(gx_app, name="gx")
add_commands(app)
register_gate(app)
register_ledger(app)
register_auditing(app)
register_linking(app)


class FailOn(StrEnum):
    """The mildest severity that fails a run."""

    error = "error"
    query = "query"
    warning = "warning"
    never = "never"


class Engine(StrEnum):
    """What reads files and counts."""

    duckdb = "duckdb"
    spark = "spark"


class Format(StrEnum):
    """How a result is printed."""

    text = "text"
    json = "json"


ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="Folder of sources.yaml; else the nearest above, else our own."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="text for people, json for programs.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="The day that stands for today, YYYY-MM-DD.")
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="S", help="The same seed gives the same extract.")]


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"everycase {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


def _load(project: Path | None) -> Project:
    from everycase.project import load

    return load(project)


@app.command()
def check(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE ...]", help="Sources; all if none.")] = None,
    project: ProjectOption = None,
    extract: Annotated[
        list[str] | None,
        typer.Option("--extract", metavar="SOURCE=PATH", help="Where the extract of a source lies; repeatable."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the reports go.")] = Path("everycase-out"),
    as_of: AsOfOption = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="The mildest severity that fails.")] = FailOn.error,
    ruleset: Annotated[
        str | None,
        typer.Option("--ruleset", metavar="YEAR", help="The year whose rules hold, like 2024-25; else by the return."),
    ] = None,
    output: FormatOption = Format.text,
    no_gx: Annotated[bool, typer.Option("--no-gx", help="Leave the Great Expectations record out.")] = False,
    gx_docs: Annotated[
        Path | None, typer.Option("--gx-docs", metavar="DIR", help="Also write Great Expectations' Data Docs there.")
    ] = None,
    reasons: Annotated[
        list[Path] | None,
        typer.Option("--reasons", metavar="FILE", help="A return.xlsx with reasons; repeatable."),
    ] = None,
    engine: Annotated[
        Engine | None, typer.Option("--engine", help="What reads files: duckdb or spark; else as the registry says.")
    ] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="Threads to use; all if not said.")] = None,
    memory: Annotated[
        str | None,
        typer.Option(
            "--memory", metavar="SIZE", help="The most memory the engine may hold, like 2GB; else 60% of what there is."
        ),
    ] = None,
    ledger: Annotated[
        str | None,
        typer.Option("--ledger", metavar="URL", envvar="EVERYCASE_LEDGER", help="Also record the run in this ledger."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--explain", help="Read nothing; print which statements a check would run, and why.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only the verdict of each source.")] = False,
) -> None:
    """Check the extracts of all sources, or of those named, and write the reports."""
    if plan:
        from everycase.passes import describe

        asked = engine.value if engine else None
        typer.echo(describe(_load(project), sources or [], day_of(as_of), asked), nl=False)
        return
    from everycase.checking import Request, check_extracts

    request = Request(
        sources=tuple(sources or ()),
        extracts=extracts_of(extract or []),
        out=out,
        as_of=day_of(as_of),
        fail_on=fail_on.value,
        ruleset=ruleset,
        as_json=output is Format.json,
        great=not no_gx,
        gx_docs=gx_docs,
        reasons=tuple(reasons or ()),
        threads=threads,
        memory=memory_of(memory),
        engine=engine.value if engine else None,
        quiet=quiet,
        ledger=ledger,
    )
    raise typer.Exit(check_extracts(_load(project), request))


@app.command()
def release(
    result: Annotated[Path, typer.Argument(metavar="RESULT.json", help="What a check left in its folder.")],
    name: Annotated[str, typer.Option("--report", metavar="NAME", help="A definition with `suppression`.")] = "public",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where it goes.")] = Path("everycase-release"),
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep it with the earlier releases: later ones must not tell the difference.")
    ] = False,
    project: ProjectOption = None,
) -> None:
    """Write what anybody may see of a result: small counts are withheld, and others that would tell them."""
    from everycase.commands.release import write_release

    made, written = write_release(_load(project), result, name, out, keep=keep)
    withheld, every = made.withheld()
    typer.echo(f"{withheld:,} of {every:,} counts withheld: from {made.lowest} to {made.highest}, and what tells them")
    for path in written:
        typer.echo(path)


@app.command()
def sources(project: ProjectOption = None, output: FormatOption = Format.text) -> None:
    """List the sources of the registry."""
    from everycase import listing

    listing.show_sources(_load(project), as_json=output is Format.json)


@app.command()
def rules(
    source: Annotated[str | None, typer.Option("--source", metavar="S", help="Only the rules of one source.")] = None,
    project: ProjectOption = None,
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option("--diff", metavar="YEAR YEAR", help="What changed in the rules of a source between two years."),
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the whole catalogue there.")] = None,
    output: FormatOption = Format.text,
) -> None:
    """List the rules of every source."""
    from everycase import catalogue, listing

    if csv is not None:
        catalogue.write_csv(_load(project), source, csv)
        return
    if diff is not None:
        listing.show_changes(_load(project), source, *diff, as_json=output is Format.json)
        return
    listing.show_rules(_load(project), source, as_json=output is Format.json)


@app.command()
def explain(code: Annotated[str, typer.Argument(metavar="CODE")], project: ProjectOption = None) -> None:
    """Print the whole page of a rule: what it asks, why, and how to fix what fails."""
    from everycase import listing

    listing.show_page(_load(project), code)


@app.command()
def sample(
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="A source; all with a sample if none.")
    ] = None,
    rows: Annotated[int, typer.Option("--rows", metavar="N", min=1, max=100_000_000)] = 2000,
    seed: SeedOption = 1,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the extracts go.")] = Path("extracts"),
    as_of: AsOfOption = None,
    project: ProjectOption = None,
) -> None:
    """Make up extracts with planted defects, and a list of what was planted."""
    from everycase.sampling import samplable, write_sample

    loaded = _load(project)
    if not samplable(loaded):
        message = "no source of this project has a sample generator"
        raise UsageError("no-sample", message, instead="Name a module of samples/ under `sample` in sources.yaml.")
    for name in loaded.choose([source]) if source else samplable(loaded):
        made = write_sample(loaded, name, rows, seed, day_of(as_of), out)
        typer.echo(f"{made.extract}  {made.rows:,} records, {made.planted:,} defects listed in {made.defects.name}")


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR")] = Path("everycase-demo"),
    rows: Annotated[int, typer.Option("--rows", metavar="N", min=1)] = 2000,
    seed: SeedOption = 1,
    as_of: AsOfOption = None,
    project: ProjectOption = None,
) -> None:
    """Make up an extract for every source, check them all and say where the scorecard lies."""
    from everycase.checking import run_demo

    raise typer.Exit(run_demo(_load(project), out, rows, seed, day_of(as_of)))


@app.command()
def schema(name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Print the JSON Schema of sources, suite, codelist, report or result."""
    from everycase import listing

    typer.echo(listing.schema_text(name), nl=False)


@app.command()
def trust(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Let the Python of a project run, as it stands now, when the project is found by walking upward."""
    from everycase.project import locate
    from everycase.trust import trust as remember

    place = locate(folder)
    typer.echo(f"trusted {place.root} at digest {remember(place.root)[:16]}; a change of its Python asks again")


@app.command()
def docs(
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="The docs/ folder.")] = Path("docs"),
    check_only: Annotated[bool, typer.Option("--check", help="Change nothing; fail where a page is stale.")] = False,
    project: ProjectOption = None,
) -> None:
    """Write the generated pages: rules, command line, errors, schemas."""
    from everycase.docs import write_docs

    raise typer.Exit(write_docs(_load(project), folder, app, check_only=check_only))


@gx_app.command("import")
def gx_import(
    path: Annotated[Path, typer.Argument(metavar="SUITE.json")],
    title: Annotated[str, typer.Option("--title", help="The suite's title, if the file gives none.")] = "",
) -> None:
    """Print a Great Expectations suite as a suite of ours, in YAML."""
    from everycase.exchange import import_suite

    typer.echo(import_suite(path, title), nl=False)


@gx_app.command("export")
def gx_export(suite: Annotated[str, typer.Argument(metavar="SUITE")], project: ProjectOption = None) -> None:
    """Print a suite of ours as Great Expectations JSON."""
    from everycase.exchange import export_suite

    typer.echo(export_suite(_load(project), suite), nl=False)


def main() -> NoReturn:
    """Run the command line; every way out has its exit code and none is a traceback."""
    sys.exit(run_command())


def run_command(arguments: list[str] | None = None) -> int:
    """Run one command line in this process and give its exit code; None takes the process's own arguments."""
    try:
        code: Any = app(args=arguments, standalone_mode=False)
    except EverycaseError as error:
        typer.echo(str(error), err=True)
        return error.exit_code
    except typer.Abort:
        return _interrupted()
    except typer.TyperException as error:
        _show_usage(error)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        # NOTE: whoever read us has gone; Python would complain once more when it closes stdout.
        sys.stdout = None
        return EXIT_COULD_NOT_CHECK
    except Exception as error:  # noqa: BLE001 - a bug of ours must not print what a record holds
        if str(error) == "Query interrupted":  # what the engine makes of Ctrl-C while it works
            return _interrupted()
        typer.echo(_internal(error), err=True)
        return EXIT_COULD_NOT_CHECK
    return code if isinstance(code, int) else 0


def _show_usage(error: typer.TyperException) -> None:
    """Say what of the command line was wrong; a missing command prints the help instead."""
    message = error.format_message()
    command = getattr(getattr(error, "ctx", None), "command_path", "everycase")
    typer.echo(message or f"Try {command} --help.", err=True)
    typer.echo(f"  Try {command} --help.", err=True)


def _interrupted() -> int:
    typer.echo("interrupted: nothing was written", err=True)
    return EXIT_INTERRUPTED


def _internal(error: Exception) -> str:
    """Say where a bug of ours struck, by kind and place; its message might quote a cell."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if "everycase" in path.parts:
            place = f"{path.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"could not check: a fault in everycase itself ({type(error).__name__} at {place}); please report it"
