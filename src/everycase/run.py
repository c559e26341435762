"""One run: each source is read, prepared, judged in one statement and summed up. Great Expectations is not needed."""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from everycase import __version__, judging, loading, partitions, rulesets, summing
from everycase.engines import duck_engine
from everycase.engines.duck_columns import DuckColumns
from everycase.engines.spark_session import Spark
from everycase.errors import CouldNotCheckError, ExtractError, UsageError
from everycase.outcome import ExtractFacts, Head, RunResult, SourceResult, worst
from everycase.plan import Planned, write_plan
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
        ruleset: the year whose rules hold, for sources that have several; None goes by the extract.
        engine: `duckdb` or `spark`; None takes the registry's.
        spark: the Spark to use, see `engines.spark.session_in_use`, or its session; None starts one where it is needed.
        progress: called with a source's id and what is being done to it.
    """

    as_of: dt.date
    sources: tuple[str, ...] = ()
    extracts: Mapping[str, Path] = field(default_factory=dict)
    fail_on: str = "error"
    ruleset: str | None = None
    threads: int | None = None
    memory: str | None = None
    engine: str | None = None
    spark: Any = None
    progress: Callable[[str, str], None] = lambda _source, _what: None


@dataclass(slots=True)
class CheckedSource:
    """A source after judging: its result, and as long as the run is open its records and what was made of each.

    Attributes:
        parts: where it has several tables, each by itself; the records are there then. Where its extract comes in
            several files, those that were judged now.
        kept: where the counts of a file are kept.
    """

    result: SourceResult
    prepared: Prepared | None = None
    judgement: judging.Judgement | None = None
    suite: Suite | None = None
    rules: tuple[Rule, ...] = ()
    keys: tuple[str, ...] = ()
    parts: tuple[CheckedSource, ...] = ()
    kept: Path | None = None

    def units(self) -> tuple[CheckedSource, ...]:
        """Give the parts that have records of their own: one a table or file, or itself."""
        return self.parts or (self,)

    def take_in_parts(self, fail_on: str) -> None:
        """Take what became of the parts since, such as a record that disagrees, into the result of the whole."""
        if self.result.parts:
            self.result = partitions.taken_in(self.result, self.parts, fail_on)
        elif self.parts:
            self.result = summing.with_parts(self.result, [part.result for part in self.parts], fail_on)


@dataclass(slots=True)
class Run:
    """An open run: results first, then whoever needs the tables, then everything is closed."""

    project: Project
    options: Options
    checked: list[CheckedSource]
    started: dt.datetime
    resources: ExitStack
    id: str
    ledger: Head | None = None

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
            project_title=self.project.registry.entry.project.title,
            ledger=self.ledger,
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
    project, unsettled = rulesets.settled(project, chosen, options.extracts, options.ruleset)
    options = replace(options, engine=engine_of(project, options))
    plans = {name: planned(project, name, options.as_of, options.engine) for name in chosen}
    resources = ExitStack()
    scratch = resources.enter_context(scratch_folder())
    engine = duck_engine.Engine(scratch, threads=options.threads, memory=options.memory)
    resources.callback(engine.close)
    started = dt.datetime.now(dt.UTC)
    if options.engine == "spark":
        options = replace(options, spark=spark_of(project, options))
        if options.spark is not None:
            resources.callback(options.spark.close)
    open_run = Run(project, options, [], started, resources, uuid.uuid4().hex)
    try:
        for name in chosen:
            if name in unsettled:
                open_run.checked.append(CheckedSource(summing.could_not_check(project, name, unsettled[name], None)))
                continue
            open_run.checked.append(_checked(project, name, plans[name], options, engine, resources))
    except BaseException:
        resources.close()
        raise
    return open_run


def engine_of(project: Project, options: Options) -> str:
    """Name the engine that reads files: the one asked for, else the registry's; a Spark that was given is asked."""
    return options.engine or ("spark" if options.spark is not None else project.registry.entry.engine.kind)


def spark_of(project: Project, options: Options) -> Spark:
    """Give the Spark of a run: the one that was given, else one to start as the registry says.

    Raises:
        TrustError: the project was only found, and its options could load programs.
    """
    if isinstance(options.spark, Spark):
        return options.spark
    if options.spark is not None:
        return Spark(given=options.spark)
    entry = project.registry.entry.engine
    if (entry.options or entry.master != "local[*]") and not project.place.may_run_code:
        raise project.withheld()
    master, settings = entry.master, {name: _written(value) for name, value in entry.options.items()}
    if master == "local[*]" and options.threads is not None:
        master = f"local[{options.threads}]"
    if options.memory is not None:
        settings["spark.driver.memory"] = f"{megabytes(options.memory)}m"
    return Spark(master=master, options=settings)


def _written(value: str | int | bool) -> str:  # noqa: FBT001 - a value of YAML
    return str(value).lower() if isinstance(value, bool) else str(value)


def megabytes(size: str) -> int:
    """Give a size as DuckDB writes it in MiB, rounded up.

    >>> megabytes("1.5GB")
    1431
    """
    number, unit = re.findall(r"[0-9.]+|[KMGT]i?", size.upper().replace("I", "i"))
    step = 1024.0 if unit.endswith("i") else 1000.0
    return math.ceil(float(number) * step ** ("KMGT".index(unit[0]) + 1) / (1 << 20))


def planned(project: Project, source_id: str, as_of: dt.date, engine: str | None = None) -> list[Planned]:
    """Write the plan of each table of a source before anything is read, so that a wrong predicate costs nothing."""
    suite, source = project.suite_of(source_id), project.sources[source_id]
    engine = engine or project.registry.entry.engine.kind
    writers = {part.table: loading.columns_of(source, as_of, engine) for part in suite.parts()}
    for columns in writers.values():
        if isinstance(columns, DuckColumns):
            columns.tables.update({t: c for t, c in writers.items() if isinstance(c, DuckColumns)})
    found = []
    for part in suite.parts():
        rules = [r for r in project.rules_of(source_id) if r.table == part.table]
        columns = writers[part.table]
        found.append(Planned(part, rules, write_plan(part, rules, columns, as_of), columns))
    return found


def _checked(
    project: Project,
    source_id: str,
    planned: Sequence[Planned],
    options: Options,
    engine: duck_engine.Engine,
    resources: ExitStack,
) -> CheckedSource:
    source = project.sources[source_id]
    options.progress(source_id, "reading")
    try:
        if source.rulesets is None:
            _in_force(project.suite_of(source_id), source_id, options.as_of)
        other = options.spark is not None and source_id in options.spark.relations
        given = options.extracts.get(source_id)
        path = loading.find(source_id, source, project.data_root, given, options.engine or "duckdb", other=other)
    except CouldNotCheckError as error:
        return CheckedSource(summing.could_not_check(project, source_id, error, None))
    facts = ExtractFacts(loading.name_of(source, path), reader=source.reader.kind)
    try:
        if source.reader.parts is None:
            return _judged(project, source_id, path, planned, options, engine, resources)
        return _in_parts(project, source_id, path, planned, options, engine, resources)
    except CouldNotCheckError as error:
        return CheckedSource(summing.could_not_check(project, source_id, error, facts))


def _in_force(suite: Suite, source_id: str, day: dt.date) -> None:
    """Refuse a day on which the suite does not hold: last year's rules say nothing about this year's data."""
    if not suite.effective.holds_on(day):
        message = f"the suite '{suite.name}' is not in force on {day.isoformat()}"
        raise ExtractError("suite-not-in-force", message, where=source_id, instead="Give another day with --as-of.")


def _in_parts(
    project: Project,
    source_id: str,
    folder: Path | None,
    planned: Sequence[Planned],
    options: Options,
    engine: duck_engine.Engine,
    resources: ExitStack,
) -> CheckedSource:
    def judge(path: Path, scratch: Path) -> CheckedSource:
        return _judged(project, source_id, path, planned, options, engine, resources, scratch)

    folder = folder or Path(project.sources[source_id].extract or "")
    result, judged = partitions.checked(project, source_id, folder, planned[0], options, engine, judge)
    suite, rules = project.suite_of(source_id), project.rules_of(source_id)
    return CheckedSource(result, suite=suite, rules=tuple(rules), parts=tuple(judged))


def _judged(
    project: Project,
    source_id: str,
    path: Path | None,
    planned: Sequence[Planned],
    options: Options,
    engine: duck_engine.Engine,
    resources: ExitStack,
    scratch: Path | None = None,
) -> CheckedSource:
    source, suite = project.sources[source_id], project.suite_of(source_id)
    assert engine.scratch is not None  # noqa: S101 - a run has one
    scratch = scratch or engine.scratch / source_id
    scratch.mkdir(mode=0o700)
    place = loading.Place(source_id, source, suite, path, scratch, project.root, engine, options.spark)
    with loading.opened(place, planned, resources) as opened:
        units = [
            judging.Unit(part, reading, [part.suite.fields[g] for g in source.group_by if g not in reading.missing])
            for part, reading in zip(planned, opened.readings, strict=True)
        ]
        judging.read_all(units)
        facts = opened.facts()
    options.progress(source_id, "judging")
    checked = [
        CheckedSource(
            summing.unit_result(project, source_id, unit, facts, options.as_of, options.fail_on),
            unit.prepared,
            unit.judgement,
            unit.part.suite,
            tuple(unit.part.rules),
            unit.part.suite.keys or (() if suite.tables else tuple(source.keys)),
        )
        for unit in units
    ]
    if not suite.tables:
        return checked[0]
    result = summing.merged(project, source_id, [c.result for c in checked], facts, options.fail_on)
    return CheckedSource(result, suite=suite, rules=project.rules_of(source_id), parts=tuple(checked))
