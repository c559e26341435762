"""What the commands of the ledger do; each opens it, prints, and lets go of it."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from sqlalchemy import select

from everycase.baseline import compare_documents
from everycase.errors import EXIT_FAILED, EXIT_PASSED, LedgerError, UsageError, nearest
from everycase.ledger import Ledger, bodies
from everycase.ledger.chain import Signer, read_head
from everycase.ledger.history import Line, lines
from everycase.ledger.tables import DERIVED, EXTRACTS
from everycase.ledger.verification import Report, verify
from everycase.project import load
from everycase.reporting.figures import share
from everycase.reporting.folder import replace_files
from everycase.reporting.notebook import row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Table

    from everycase.ledger import Head
    from everycase.project import Project

_ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@contextmanager
def _opened(url: str) -> Iterator[tuple[Ledger, Connection]]:
    ledger = Ledger(url)
    try:
        with ledger.reading() as connection:
            yield ledger, connection
    finally:
        ledger.close()


def _columns(rows: Sequence[Sequence[str]], right: frozenset[int]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]

    def line(row: Sequence[str]) -> str:
        cells = (c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
        return "  ".join(cells).rstrip()

    return "\n".join(map(line, rows))


def print_history(url: str, source: str | None, last: int, project: Path | None, *, as_json: bool) -> None:
    """Print the newest runs, and how complete their fields were."""
    loaded = load(project)
    if source is not None:
        loaded.choose([source])
    with _opened(url) as (_, connection):
        found = lines(connection, loaded.registry.entry.project.id, source, last)
    if as_json:
        typer.echo(json.dumps([{k: getattr(line, k) for k in Line.__slots__} for line in found], indent=1))
        return
    if not found:
        typer.echo("no run of this project yet")
        return
    head = ("entry", "run", "as of", "source", "verdict", "records", "rules failed", "known", "")
    rows = [
        (
            str(f.sequence), f.run[:8], f.as_of, f.source, f.status.replace("_", " "), f"{f.records:,}",
            str(f.failed), share(f.known, f.applicable), "baseline" if f.accepted else "",
        )
        for f in found
    ]  # fmt: skip
    typer.echo(_columns([head, *rows], frozenset({0, 5, 6, 7})))


def print_run(url: str, run: str, *, as_json: bool) -> None:
    """Print what the ledger keeps of a run."""
    with _opened(url) as (ledger, connection):
        sequence, body = ledger.run_of(connection, run)
    if as_json:
        typer.echo(json.dumps(body, indent=1))
        return
    about = body["run"]
    typer.echo(f"entry {sequence}, run {about['run']}, begun {about['started']}, as of {about['as_of']}")
    typer.echo(f"project {about['project']}, digest {about['project_digest']}, everycase {about['version']}")
    for source in body["sources"]:
        said = f"  {source['problem']}" if source["problem"] else ""
        typer.echo(
            f"\n{source['status'].replace('_', ' ').upper()}  {source['id']}  {source['records']:,} records{said}"
        )
        typer.echo(f"  extract {source['extract']['sha256'] or '-'}\n  suite   {source['suite_digest']}")
        wrong = [r for r in source["rules"] if r["status"] in {"failed", "could_not_check"}]
        if wrong:
            rows = [("  rule", "severity", "failing", "of", "share", "undetermined")]
            for r in sorted(wrong, key=lambda r: (r["severity"], -r["failing"], r["code"])):
                judged = r["passing"] + r["failing"]
                rows.append((f"  {r['code']}", r["severity"], f"{r['failing']:,}", f"{judged:,}",
                             share(r["failing"], judged), f"{r['undetermined']:,}"))  # fmt: skip
            typer.echo(_columns(rows, frozenset({2, 3, 4, 5})))


def print_difference(url: str, before: str, after: str, project: Path | None, *, as_json: bool) -> None:
    """Print what changed between two runs."""
    loaded = load(project)
    tolerance = {name: source.tolerance for name, source in loaded.sources.items()}
    with _opened(url) as (ledger, connection):
        old, new = (ledger.run_of(connection, run)[1] for run in (before, after))
    for body in (old, new):
        body["run"]["id"] = body["run"]["run"]
    found = compare_documents(old, new, tolerance)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), indent=1))
        return
    typer.echo(
        ", ".join(f"{n:,} {v.replace('_', ' ')}" for v, n in found.counted().items() if n) or "nothing to compare"
    )
    rows = [row_of(c) for c in found.changes if c.verdict != "within_tolerance"]
    if rows:
        head = ("verdict", "source", "rule or field", "before", "now", "points", "95% interval")
        typer.echo(_columns([head, *((r[0], r[1], r[2], *r[4:]) for r in rows)], frozenset()))


def accept_run(url: str, run: str, role: str, reason: str, project: Path | None) -> None:
    """Append an acceptance."""
    if not _ROLE.fullmatch(role):
        message = "--role is not written as one"
        raise UsageError("wrong-role", message, instead="Small letters and underlines, such as data_owner; no name.")
    if reason not in bodies.REASONS:
        instead = nearest(reason, bodies.REASONS) or f"Choose one of: {', '.join(bodies.REASONS)}."
        raise UsageError("wrong-reason", "--reason is no reason that a run can be accepted for", instead=instead)
    root = load(project).root
    with _opened(url) as (ledger, connection):
        sequence, body = ledger.run_of(connection, run)
    ledger = Ledger(url, Signer.from_environment(root))
    try:
        entry = bodies.acceptance_body(body["run"]["run"], role, reason)
        head = ledger.append(entry, dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
    finally:
        ledger.close()
    typer.echo(f"entry {sequence} is the baseline now, accepted in entry {head.sequence} by {role}: {reason}")


def export_tables(url: str, out: Path, *, parquet: bool) -> None:
    """Write every table that is made from the entries, as one set of files."""
    ending = "parquet" if parquet else "csv"
    with _opened(url) as (_, connection):
        write = _parquet if parquet else _csv
        files = {f"{table.name}.{ending}": partial(write, connection, table) for table in DERIVED}
        written = replace_files(out, "history", files)
    for path in written:
        typer.echo(str(path))


def _csv(connection: Connection, table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([c.name for c in table.columns])
        writer.writerows(connection.execute(select(table).order_by(*table.primary_key.columns)))


def _parquet(connection: Connection, table: Table, path: Path) -> None:
    import duckdb

    from everycase.sqltext import identifier, quoted

    text = path.with_suffix(".csv.part")
    _csv(connection, table, text)
    types = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE"}
    columns = ", ".join(f"{quoted(c.name)}: {quoted(types[c.type.python_type])}" for c in table.columns)
    names = ", ".join(identifier(c.name) for c in table.columns)
    read = f"read_csv({quoted(str(text))}, header = true, delim = ',', quote = '\"', columns = {{{columns}}})"
    try:
        with duckdb.connect(":memory:") as engine:
            engine.execute(f"COPY (SELECT {names} FROM {read}) TO {quoted(str(path))} (FORMAT parquet)")
    finally:
        text.unlink()


def verify_ledger(url: str, heads: Sequence[Path], key: str, extracts: Sequence[str], project: Path | None) -> int:
    """Verify, print what was found, and give the exit code: 0 holds, 1 does not."""
    with _opened(url) as (ledger, connection):
        files = [*heads, *([ledger.head_file] if not heads else [])]
        kept = {path: head for path in files if (head := _head(path, wanted=path in heads)) is not None}
        found = verify(connection, list(kept.values()), key)
        again = [_again(connection, project, pair) for pair in extracts]
    _print_verification(found, kept)
    for holds, said in again:
        typer.echo(f"{'holds' if holds else 'DOES NOT HOLD'}  {said}")
    return EXIT_PASSED if found.holds and all(holds for holds, _ in again) else EXIT_FAILED


def _head(path: Path, *, wanted: bool) -> Head | None:
    found = read_head(path)
    if found is None and wanted:
        message = "there is no file where --head says"
        raise LedgerError("ledger-head", message, instead="Name the .head file, or a result.json.")
    return found


def _print_verification(found: Report, kept: dict[Path, Head]) -> None:
    runs = f"{found.runs:,} runs, {found.removed:,} removed by retention"
    typer.echo(f"{found.entries:,} entries: {runs}, {found.signed:,} signed")
    for key in found.keys:
        typer.echo(f"signed with {key}")
    if found.head is not None:
        typer.echo(f"head: entry {found.head.sequence}, {found.head.digest}")
    for path, head in kept.items():
        typer.echo(f"compared with {path.name}: entry {head.sequence}")
    for finding in found.findings[:100]:
        typer.echo(f"DOES NOT HOLD  {finding}")
    if len(found.findings) > 100:
        typer.echo(f"and {len(found.findings) - 100:,} more findings")
    for remark in found.remarks:
        typer.echo(f"note  {remark}")
    if found.holds:
        typer.echo("holds  chain, signatures and tables")


def _again(connection: Connection, project: Path | None, pair: str) -> tuple[bool, str]:
    """Check a file again as the newest run of it was, and compare the counts."""
    from everycase.api import check

    source, sign, path = pair.partition("=")
    if not sign or not source or not path:
        message = "--extract does not name a source and a file"
        raise UsageError("wrong-extract-option", message, instead="Write --extract SOURCE=PATH.")
    loaded: Project = load(project)
    loaded.choose([source])
    ledger_rows = select(EXTRACTS).where(
        EXTRACTS.c.project == loaded.registry.entry.project.id, EXTRACTS.c.source == source
    )
    rows = connection.execute(ledger_rows.order_by(EXTRACTS.c.sequence.desc())).all()
    if not rows:
        return False, f"{source}: no run of it is in the ledger"
    body: dict[str, Any] = {}
    digest = ""
    for row in rows:
        entry = json.loads(_body(connection, row.sequence))
        if not digest:
            now = check(loaded, source, extracts={source: path}, as_of=entry["run"]["as_of"],
                        fail_on=entry["run"]["fail_on"])  # fmt: skip
            body = bodies.run_body(now.document)["sources"][0]
            digest = body["extract"]["sha256"]
        if row.sha256 != digest:
            continue
        then = next(s for s in entry["sources"] if s["id"] == source)
        if then["suite_digest"] != body["suite_digest"]:
            return False, f"{source}: entry {row.sequence} holds this file, judged by another suite than today's"
        if entry["run"]["as_of"] != now.document["run"]["as_of"]:
            now = check(loaded, source, extracts={source: path}, as_of=entry["run"]["as_of"],
                        fail_on=entry["run"]["fail_on"])  # fmt: skip
            body = bodies.run_body(now.document)["sources"][0]
        same = then == body
        return (
            same,
            f"{source}: entry {row.sequence} holds this file, and it gives {'the same' if same else 'OTHER'} counts",
        )
    return False, f"{source}: no run of the ledger holds this file"


def _body(connection: Connection, sequence: int) -> str:
    from everycase.ledger.tables import ENTRIES

    return connection.scalar(select(ENTRIES.c.body).where(ENTRIES.c.sequence == sequence)) or "{}"
