"""What `everycase gate` does: check, compare, record, write; the files appear whole or not at all."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from sqlalchemy import select

from everycase.api import without_values
from everycase.baseline import compare_documents
from everycase.errors import UsageError
from everycase.gate import github, gitlab, judge, junit, summary
from everycase.ledger import Ledger
from everycase.ledger.chain import Signer
from everycase.ledger.history import baseline as kept_baseline
from everycase.ledger.recorder import record_run
from everycase.ledger.tables import ACCEPTANCES, EXTRACTS, RUNS
from everycase.plain import plain
from everycase.project import load
from everycase.recording import record, wanted
from everycase.reporting.folder import destination, replace_files
from everycase.run import Options, run
from everycase.stored import read_result
from everycase.waivers import Waivers
from everycase.words import say, speaking

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from everycase.gate import Gate
    from everycase.project import Project

_FILES = {"junit": "junit.xml", "github": "annotations.txt", "gitlab": "codequality.json", "markdown": "summary.md",
          "json": "gate.json"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What `everycase gate` was asked for; see its options."""

    sources: tuple[str, ...]
    extracts: Mapping[str, Path]
    baseline: str
    fail_on: str
    formats: tuple[str, ...]
    out: Path
    ledger: str
    as_of: dt.date


def gate_extracts(place: Path | None, asked: Asked) -> int:
    """Judge extracts, and give the exit code: 0 passed, 1 failed or worse, 3 could not check.

    Raises:
        EverycaseError: nothing could be started, recorded or written; then no file was.
    """
    unknown = sorted(set(asked.formats) - set(_FILES))
    if unknown or not asked.formats:
        message = f"'{unknown[0]}' is no format of a gate" if unknown else "--report names no format"
        raise UsageError("wrong-format", message, instead=f"Choose of {', '.join(_FILES)}.")
    project = load(place)
    with speaking(project.words):
        destination(asked.out)
        waivers = Waivers.read(project)
        chosen = project.choose(list(asked.sources) or list(asked.extracts))
        before, name = _baseline(project, asked, chosen)
        options = Options(as_of=asked.as_of, sources=tuple(chosen), extracts=asked.extracts, fail_on=asked.fail_on)
        with run(project, options) as open_run:
            if wanted(open_run):
                record(open_run, everything=False)
            remarks = _same_extracts(project, asked, plain(open_run.result()))
            record_run(open_run, asked.ledger)
            document = without_values(plain(open_run.result()))
        tolerance = {n: s.tolerance for n, s in project.sources.items()}
        comparison = compare_documents(before, document, tolerance) if before is not None else None
        places = {n: project.registry.document.where(("sources", n)) for n in project.sources}
        gate = judge(document, comparison, name, waivers, places, remarks)
        written = _write(gate, project, asked)
        _tell(gate, asked, written)
    return gate.exit_code


def _baseline(project: Project, asked: Asked, chosen: list[str]) -> tuple[dict[str, Any] | None, str]:
    """Find what to compare with, before the run itself is in the ledger."""
    if asked.baseline not in {"", "last", "accepted"}:
        return plain(read_result(Path(asked.baseline))), say("gate.baseline_file")
    ledger = Ledger(asked.ledger, Signer())
    try:
        if ledger.file is not None and not ledger.file.is_file() and asked.baseline != "accepted":
            return None, say("gate.no_baseline")
        with ledger.writing() if ledger.file is None else ledger.reading() as connection:
            name = project.registry.entry.project.id
            accepted = select(ACCEPTANCES.c.sequence).join(RUNS, RUNS.c.run == ACCEPTANCES.c.run)
            which = asked.baseline
            if not which:
                there = connection.scalar(accepted.where(RUNS.c.project == name).limit(1))
                which = "accepted" if there is not None else ""
            found = kept_baseline(connection, name, chosen, which) if which else {"sources": []}
    finally:
        ledger.close()
    if not found["sources"]:
        return None, say("gate.no_baseline")
    return found, say(f"gate.baseline_{which}")


def _same_extracts(project: Project, asked: Asked, document: Mapping[str, Any]) -> tuple[str, ...]:
    """Say which files were judged before."""
    ledger = Ledger(asked.ledger, Signer())
    said = []
    try:
        if ledger.file is not None and not ledger.file.is_file():
            return ()
        with ledger.reading() as connection:
            for source in document["sources"]:
                digest = (source["extract"] or {}).get("sha256")
                query = select(EXTRACTS.c.sequence).where(
                    EXTRACTS.c.project == project.registry.entry.project.id,
                    EXTRACTS.c.source == source["id"],
                    EXTRACTS.c.sha256 == digest,
                )
                entry = connection.scalar(query.order_by(EXTRACTS.c.sequence.desc()).limit(1)) if digest else None
                if entry is not None:
                    said.append(say("gate.same_extract", source=source["id"], entry=entry))
    finally:
        ledger.close()
    return tuple(said)


def _write(gate: Gate, project: Project, asked: Asked) -> list[Path]:
    """Write the files as one set."""
    prefix = _prefix(project)
    made: dict[str, Callable[[], bytes]] = {
        "junit": lambda: junit.render(gate),
        "github": lambda: github.render(gate, prefix).encode(),
        "gitlab": lambda: gitlab.render(gate, prefix).encode(),
        "markdown": lambda: summary.render(gate).encode(),
        "json": lambda: _document(gate),
    }
    files = {_FILES[form]: made[form]() for form in asked.formats}
    writers = {name: partial(_fill, content) for name, content in files.items()}
    return replace_files(asked.out, gate.document["run"]["id"], writers)


def _fill(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _prefix(project: Project) -> str:
    """Give the way from the working folder, which is the repository's in a pipeline, to the project."""
    found = Path(os.path.relpath(project.root)).as_posix()
    return "" if found == "." or found.startswith("..") else f"{found}/"


def _document(gate: Gate) -> bytes:
    parts = ("source", "code", "title", "text", "place", "severity")
    whole = {
        "status": gate.status.value,
        "exit_code": gate.exit_code,
        "baseline": gate.baseline,
        "remarks": list(gate.remarks),
        "findings": [
            {
                "kind": f.kind.value,
                **{k: getattr(f, k) for k in parts},
            }
            for f in gate.findings
        ],
        "waivers": [{**w.model_dump(mode="json"), "holds": holds} for w, holds in gate.waivers],
        "comparison": gate.comparison.to_dict() if gate.comparison else None,
        "result": gate.document,
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _tell(gate: Gate, asked: Asked, written: list[Path]) -> None:
    """Print the verdict; for GitHub also the annotations, and the summary where it collects summaries."""
    if "github" in asked.formats:
        typer.echo((asked.out / _FILES["github"]).read_text(encoding="utf-8"), nl=False)
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if target and "markdown" in asked.formats:
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(summary.render(gate))
    typer.echo(f"{say(f'verdict.{gate.status.value}')}  {gate.counted()}")
    typer.echo(say("gate.compared", baseline=gate.baseline, day=gate.document["run"]["as_of"]))
    for remark in gate.remarks:
        typer.echo(remark)
    for finding in gate.findings[:20]:
        kind = say(f"gate.kind.{finding.kind.value}")
        typer.echo(f"  {kind}  {finding.source} {finding.code}  {finding.title}  {finding.text}".rstrip())
    if len(gate.findings) > 20:
        typer.echo(say("gate.more", n=len(gate.findings) - 20))
    typer.echo("  ".join(str(path) for path in written))
