"""One run: each source is read, prepared, judged in one statement and summed up. Great Expectations is not needed."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from everycase import __version__, judging, loading
from everycase.disclosure import loosest, shown_values
from everycase.engines import duck_engine
from everycase.errors import CouldNotCheckError, EverycaseError, ExtractError, UsageError
from everycase.outcome import (
    Counts,
    ExtractFacts,
    FieldOutcome,
    FieldTally,
    Problem,
    RuleOutcome,
    RunResult,
    SourceResult,
    Status,
    roll_up,
    worst,
)
from everycase.plan import Plan, write_plan
from everycase.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from everycase.engines import Prepared
    from everycase.project import Project
    from everycase.rule import Rule
    from everycase.suites import Suite


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked for.

    Attributes:
        sources: ids; all where empty.
        extracts: source -> file or folder, before what the registry says.
        as_of: the day that stands for today.
        fail_on: error, query, warning or never.
        progress: called with a source's id and what is being done to it.
    """

    as_of: dt.date
    sources: tuple[str, ...] = ()
    extracts: Mapping[str, Path] = field(default_factory=dict)
    fail_on: str = "error"
    threads: int | None = None
    memory: str | None = None
    progress: Callable[[str, str], None] = lambda _source, _what: None


@dataclass(slots=True)
class CheckedSource:
    """A source after judging: its result, and as long as the run is open its records and what was made of each."""

    result: SourceResult
    prepared: Prepared | None = None
    judgement: judging.Judgement | None = None
    suite: Suite | None = None
    rules: tuple[Rule, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(slots=True)
class Run:
    """An open run: results first, then whoever needs the tables, then everything is closed."""

    project: Project
    options: Options
    checked: list[CheckedSource]
    started: dt.datetime
    resources: ExitStack
    id: str

    def __enter__(self) -> Self:
        """Keep the tables until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Drop the tables and the scratch folder."""
        self.resources.close()

    def result(self) -> RunResult:
        """Sum the sources up."""
        results = tuple(c.result for c in self.checked)
        return RunResult(
            id=self.id,
            started=self.started.isoformat(timespec="seconds"),
            as_of=self.options.as_of.isoformat(),
            version=__version__,
            project=self.project.registry.entry.project.id,
            project_digest=self.project.digest,
            fail_on=self.options.fail_on,
            status=worst(r.status for r in results),
            sources=results,
        )


def run(project: Project, options: Options) -> Run:
    """Check the extracts of a project.

    Args:
        project: loaded.
        options: which sources, which files, which day.

    Returns:
        The open run; use it in a `with` block. A source that could not be checked says why in its result.

    Raises:
        ConfigurationError: the project itself is wrong; nothing was read.
    """
    chosen = project.choose(list(options.sources))
    for name in options.extracts:
        project.choose([name])
        if name not in chosen:
            message = f"--extract names '{name}', which is not among the sources to check"
            raise UsageError("wrong-extract-option", message, instead=f"Name it too: everycase check {name} ...")
    plans = {name: planned(project, name, options.as_of) for name in chosen}
    resources = ExitStack()
    scratch = resources.enter_context(scratch_folder())
    engine = duck_engine.Engine(scratch, threads=options.threads, memory=options.memory)
    resources.callback(engine.close)
    started = dt.datetime.now(dt.UTC)
    open_run = Run(project, options, [], started, resources, uuid.uuid4().hex)
    try:
        for name in chosen:
            open_run.checked.append(_checked(project, name, plans[name], options, engine, resources))
    except BaseException:
        resources.close()
        raise
    return open_run


def planned(project: Project, source_id: str, as_of: dt.date) -> tuple[Plan, loading.Columns]:
    """Write the plan of a source before anything is read, so that a wrong predicate costs nothing."""
    suite, source = project.suite_of(source_id), project.sources[source_id]
    columns = loading.columns_of(source, as_of)
    return write_plan(suite, project.rules_of(source_id), columns, as_of), columns


def _checked(
    project: Project,
    source_id: str,
    planned: tuple[Plan, loading.Columns],
    options: Options,
    engine: duck_engine.Engine,
    resources: ExitStack,
) -> CheckedSource:
    source = project.sources[source_id]
    options.progress(source_id, "reading")
    try:
        _in_force(project.suite_of(source_id), source_id, options.as_of)
        path = loading.find(source_id, source, project.data_root, options.extracts.get(source_id))
    except CouldNotCheckError as error:
        return CheckedSource(_problem(project, source_id, error, None))
    facts = ExtractFacts(loading.name_of(source, path), reader=source.reader.kind)
    try:
        return _judged(project, source_id, path, planned, options, engine, resources)
    except CouldNotCheckError as error:
        return CheckedSource(_problem(project, source_id, error, facts))


def _in_force(suite: Suite, source_id: str, day: dt.date) -> None:
    """Refuse a day on which the suite does not hold: last year's rules say nothing about this year's data."""
    if not suite.effective.holds_on(day):
        message = f"the suite '{suite.name}' is not in force on {day.isoformat()}"
        raise ExtractError("suite-not-in-force", message, where=source_id, instead="Give another day with --as-of.")


def _problem(project: Project, source_id: str, error: EverycaseError, facts: ExtractFacts | None) -> SourceResult:
    source, rules = project.sources[source_id], project.rules_of(source_id)
    return SourceResult(
        id=source_id,
        title=source.title,
        agency=source.agency,
        suite=source.suite,
        status=Status.COULD_NOT_CHECK,
        extract=facts,
        rules=tuple(
            judging.outcome_of(r, Counts(), Status.COULD_NOT_CHECK, "the extract could not be checked") for r in rules
        ),
        problem=Problem(error.slug, error.message, error.where, error.instead),
        digests=digests(project, source_id),
    )


def digests(project: Project, source_id: str) -> dict[str, str]:
    """Give the SHA-256 of the suite, code lists included, that a source was judged by."""
    suite = project.suite_of(source_id)
    lists = (f.codelist for part in suite.parts() for f in part.fields.values())
    files = sorted({*suite.files, *(found.file for found in lists if found)})
    total = hashlib.sha256()
    for name in files:
        total.update(f"{name}\0{hashlib.sha256((project.root / name).read_bytes()).hexdigest()}\n".encode())
    return {"project": project.digest, "suite": total.hexdigest()}


def _judged(
    project: Project,
    source_id: str,
    path: Path | None,
    planned: tuple[Plan, loading.Columns],
    options: Options,
    engine: duck_engine.Engine,
    resources: ExitStack,
) -> CheckedSource:
    source, suite, rules = project.sources[source_id], project.suite_of(source_id), project.rules_of(source_id)
    plan, columns = planned
    assert engine.scratch is not None  # noqa: S101 - a run has one
    scratch = engine.scratch / source_id
    scratch.mkdir(mode=0o700)
    place = loading.Place(source_id, source, suite, path, scratch, engine)
    with loading.opened(place, columns, plan, resources) as reading:
        refused = judging.unreadable(plan, reading.missing)
        axes = [suite.fields[g] for g in source.group_by if g not in reading.missing]
        prepared, judgement = judging.read_and_judge(plan, reading, axes, refused)
        facts = reading.facts()
    options.progress(source_id, "judging")
    groups = list(judging.group_outcomes(prepared, judgement, axes))
    whole = [c for g, c in groups if g.field == axes[0].name] if axes else list(judgement.tally(0).values())
    total = judging.total_of(whole, prepared.records)
    outcomes = tuple(judging.rule_outcome(r, total, refused, options.as_of) for r in rules)
    limits = loosest(project.reports)
    fields = []
    for spec in suite.fields.values():
        tally = total.fields.get(spec.name, FieldTally(records=prepared.records))
        shown: list[tuple[str, int]] = []
        distinct = 0
        if spec.codelist and not spec.codelist.open and tally.not_known["unmapped"] and limits is not None:
            candidates, distinct = prepared.unmapped_values(spec, limits.longest, limits.fewest)
            shown = shown_values(candidates, distinct, limits)
        fields.append(
            FieldOutcome(
                name=spec.name,
                title=spec.title,
                tally=tally,
                missing=spec.name in prepared.missing,
                reason=f"the extract has no column {_column(source.columns, spec.name)}"
                if spec.name in prepared.missing
                else "",
                unmapped_values=tuple(shown),
                distinct_unmapped=distinct,
                other_values=tally.not_known["unmapped"] - sum(n for _, n in shown),
                pilot=spec.pilot,
            )
        )
    absent = [f for f in fields if f.missing and suite.fields[f.name].required != "never"]
    status = Status.COULD_NOT_CHECK if absent else roll_up(outcomes, options.fail_on)
    problem = _why_not(source_id, fields, outcomes, status)
    result = SourceResult(
        id=source_id,
        title=source.title,
        agency=source.agency,
        suite=suite.name,
        status=status,
        extract=facts,
        records=prepared.records,
        fields=tuple(fields),
        rules=outcomes,
        groups=tuple(g for g, _ in groups),
        problem=problem,
        digests=digests(project, source_id),
    )
    return CheckedSource(result, prepared, judgement, suite, rules, tuple(source.keys))


def _column(columns: Mapping[str, str], name: str) -> str:
    return next((c for c, f in columns.items() if f == name), name)


def _why_not(
    source_id: str, fields: Sequence[FieldOutcome], outcomes: Sequence[RuleOutcome], status: Status
) -> Problem | None:
    """Say in one sentence why a source that was read could still not be checked."""
    if status is not Status.COULD_NOT_CHECK:
        return None
    absent = [f.name for f in fields if f.missing]
    if absent:
        instead = "Send the column, even where it is empty, or map its name in sources.yaml."
        return Problem("missing-column", f"the extract has no column for: {', '.join(absent)}", source_id, instead)
    unread = [r for r in outcomes if r.status is Status.COULD_NOT_CHECK]
    if unread:
        return Problem("rule-not-judged", f"{len(unread)} rules could not be judged, {unread[0].code} first", source_id)
    return Problem("nothing-applicable", "no rule applied to any record", source_id, "Is this the right extract?")


def with_rules(result: SourceResult, rules: Sequence[RuleOutcome], fail_on: str) -> SourceResult:
    """Give a source's result with other rule outcomes, and the status and reason that follow from them."""
    absent = any(f.missing for f in result.fields) and result.status is Status.COULD_NOT_CHECK
    status = Status.COULD_NOT_CHECK if absent else roll_up(rules, fail_on)
    problem = result.problem if absent else _why_not(result.id, result.fields, rules, status)
    return replace(result, rules=tuple(rules), status=status, problem=problem)
