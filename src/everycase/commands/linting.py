"""What `everycase lint` finds in a project without any data: it fits together, and nothing in it is idle."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from sqlalchemy import func, select

from everycase.errors import EXIT_FAILED, EXIT_PASSED
from everycase.ledger import Ledger
from everycase.ledger.tables import EXTRACTS, RULES, RUNS
from everycase.project import load
from everycase.reporting.figures import allowed
from everycase.waivers import Waivers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from everycase.project import Project


_QUOTED = re.compile(r"'([a-z0-9_]+)'")
_WORD = re.compile(r"'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_.]*|[0-9.]+|[<>=!]+|\S")


@dataclass(frozen=True, slots=True)
class Idle:
    """Something that a person should look at; `kind` is its stable name."""

    kind: str
    place: str
    text: str


def lint_project(place: Path | None, url: str, day: dt.date, *, as_json: bool) -> int:
    """Lint, print, and give the exit code: 0 nothing found, 1 something.

    Raises:
        ConfigurationError: something does not fit; file and line are named.
    """
    project = load(place)
    if project.code_withheld:
        raise project.withheld()
    waivers = Waivers.read(project)
    found = [*_shadowed(project), *_unused_lists(project), *_expired(waivers, day), *_of_ledger(project, url)]
    found.sort(key=lambda f: (f.kind, f.place, f.text))
    if as_json:
        typer.echo(json.dumps([asdict(f) for f in found], indent=1))
    else:
        for finding in found:
            typer.echo(f"{finding.place}  {finding.kind}  {finding.text}")
        rules = sum(len(project.rules_of(name)) for name in project.sources)
        parts = f"{len(project.sources)} sources, {rules:,} rules, {len(project.codelists.names())} code lists"
        typer.echo(f"{parts}, {len(waivers.entries)} waivers: {len(found) or 'nothing'} to look at")
    return EXIT_FAILED if found else EXIT_PASSED


def _shadowed(project: Project) -> Iterator[Idle]:
    """Find rules of a source that ask the very same of the same records as one before them."""
    for name in project.sources:
        seen: dict[tuple[str, ...], str] = {}
        for rule in project.rules_of(name):
            if rule.native is not None:
                continue
            asked = (rule.table, *_predicates(rule.applies, rule.requires, dict(rule.bindings)))
            if asked in seen:
                text = f"{name}: {rule.code} asks what {seen[asked]} asks already"
                yield Idle("shadowed-rule", rule.place, text)
            else:
                seen[asked] = rule.code


def _predicates(applies: str, requires: str, bindings: dict[str, str]) -> tuple[str, str]:
    """Write predicates the same way where they are the same, with the suite's own names in them.

    >>> _predicates("TRUE", "given(x)  = 'A  b'", {"x": "code"})
    ('true', "given ( code ) = 'A  b'")
    """

    def one(word: str) -> str:
        if word.startswith("'"):
            return word
        bound = bindings.get(word)
        if bound is None:
            return word.lower()
        return bound if bound.isidentifier() else f"( {' '.join(_WORD.findall(bound))} )"

    first, second = (" ".join(one(w) for w in _WORD.findall(text)) for text in (applies or "TRUE", requires))
    return first, second


def _unused_lists(project: Project) -> Iterator[Idle]:
    """Find code lists that no field, rule or report names, and on which no list that is used is built."""
    used = {entry.reasons for entry in project.reports if entry.reasons}
    for name in project.sources:
        asked = [
            text for rule in project.rules_of(name) for text in (rule.applies, rule.requires, *rule.bindings.values())
        ]
        for part in project.suite_of(name).parts():
            used |= {spec.codelist.name for spec in part.fields.values() if spec.codelist}
            asked += part.derived.values()
        used |= {named for text in asked for named in _QUOTED.findall(text) if named in project.codelists}
    waiting = list(used)
    while waiting:
        more = project.codelists.built_on(waiting.pop()) - used
        used |= more
        waiting += more
    for name in project.codelists.names():
        if name not in used:
            yield Idle("unused-codelist", f"{project.codelists[name].file}:1", f"nothing uses the code list '{name}'")


def _expired(waivers: Waivers, day: dt.date) -> Iterator[Idle]:
    for waiver in waivers.entries:
        if not waiver.holds_on(day):
            text = f"{waiver.source}: the waiver of {waiver.rule} expired on {waiver.expires.isoformat()}"
            yield Idle("expired-waiver", waivers.where(waiver), text)


def _of_ledger(project: Project, url: str) -> Iterator[Idle]:
    """Find what only stored runs tell; nothing where there is no ledger."""
    ledger = Ledger(url)
    try:
        if ledger.file is not None and not ledger.file.is_file():
            return
        with ledger.reading() as connection:
            yield from _dead(project, connection)
            yield from _looser(project, connection)
    finally:
        ledger.close()


def _dead(project: Project, connection: Connection) -> Iterator[Idle]:
    """Find rules that applied to no record in any run that could read their source."""
    applicable = func.sum(RULES.c.passing + RULES.c.failing + RULES.c.undetermined)
    query = (
        select(RULES.c.source, RULES.c.code, func.count(), applicable)
        .join(EXTRACTS, (EXTRACTS.c.sequence == RULES.c.sequence) & (EXTRACTS.c.source == RULES.c.source))
        .where(RULES.c.grouped == "", EXTRACTS.c.project == project.registry.entry.project.id, EXTRACTS.c.records > 0)
        .group_by(RULES.c.source, RULES.c.code)
    )
    stored = {(source, code): (runs, total) for source, code, runs, total in connection.execute(query)}
    for name in project.sources:
        for rule in project.rules_of(name):
            runs, total = stored.get((name, rule.code), (0, 1))
            if runs and not total:
                text = f"{name}: {rule.code} applied to no record in any of {runs:,} stored runs"
                yield Idle("dead-rule", rule.place, text)


def _looser(project: Project, connection: Connection) -> Iterator[Idle]:
    """Find thresholds that let more pass than they did in an earlier run."""
    query = (
        select(RULES.c.source, RULES.c.code, func.min(RULES.c.threshold))
        .join(RUNS, RUNS.c.sequence == RULES.c.sequence)
        .where(RULES.c.grouped == "", RUNS.c.project == project.registry.entry.project.id)
        .group_by(RULES.c.source, RULES.c.code)
    )
    stored = {(source, code): least for source, code, least in connection.execute(query)}
    for name in project.sources:
        for rule in project.rules_of(name):
            least = stored.get((name, rule.code))
            if least is not None and rule.threshold > least:
                before = f"and allowed {allowed(least)} in a stored run"
                text = f"{name}: {rule.code} allows {allowed(rule.threshold)}, {before}"
                yield Idle("looser-threshold", rule.place, text)
