"""Across parts: the rules that look from one record to others are judged over all files of an extract at once."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from everycase import judging, loading
from everycase.engines import duck
from everycase.engines.duck_columns import DuckColumns
from everycase.engines.duck_engine import engine_error
from everycase.errors import ExtractError
from everycase.extract import open_extract
from everycase.plan import Planned, write_plan
from everycase.sqltext import identifier

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from everycase.engines import duck_engine
    from everycase.outcome import Counts, RuleOutcome
    from everycase.parts import Submission
    from everycase.plan import Layout
    from everycase.registry import SourceEntry
    from everycase.rule import Rule
    from everycase.suites import FieldSpec, Suite


@dataclass(frozen=True, slots=True)
class Across:
    """What became of the rules that look across records: of the whole, and of each group, by field and value."""

    rules: Mapping[str, RuleOutcome] = field(default_factory=dict)
    groups: Mapping[tuple[str, str], Mapping[str, Counts]] = field(default_factory=dict)


@dataclass(slots=True)
class SetReading(duck.Reading):
    """All files of an extract as one relation."""

    source_id: str = ""
    expected: int = 0

    def read(self, layout: Layout, groups: Sequence[FieldSpec]) -> duck.Prepared:
        """Read all records of all files.

        Raises:
            ExtractError: not as many as the files hold one by one.
        """
        try:
            prepared = duck.Reading.read(self, layout, groups)
        except duckdb.Error as error:
            raise engine_error(error) from None
        if prepared.records != self.expected:
            message = f"the parts hold {self.expected} records, and {prepared.records} were read together"
            raise ExtractError("records-lost", message, where=self.source_id, instead="Please report this.")
        return prepared


def across_rules(planned: Planned) -> tuple[Rule, ...]:
    """List the rules whose answer about a record depends on others, so that counts of files cannot be added."""
    return tuple(judged.rule for judged in planned.plan.judged if judged.windows)


def judged_across(
    source_id: str,
    source: SourceEntry,
    suite: Suite,
    rules: Sequence[Rule],
    came: Sequence[tuple[Submission, str]],
    records: int,
    as_of: dt.date,
    engine: duck_engine.Engine,
    scratch: Path,
) -> Across:
    """Judge rules over all files at once.

    Args:
        source_id: for messages.
        source: its entry in the registry.
        suite: its suite.
        rules: those that look across records.
        came: the files, each with the digest of the bytes that were judged one by one.
        records: how many the files hold one by one.
        as_of: the day that stands for today.
        engine: of the run.
        scratch: a folder of its own.

    Raises:
        CouldNotCheckError: a file cannot be read, or is another by now.
    """
    columns = loading.columns_of(source, as_of)
    assert isinstance(columns, DuckColumns)  # noqa: S101 - the only engine that reads parts
    part = Planned(suite, rules, write_plan(suite, rules, columns, as_of), columns)
    part.plan.tiered.clear()
    with ExitStack() as stack:
        relations = []
        for number, (submission, _) in enumerate(came):
            own = scratch / f"{number}"
            own.mkdir(mode=0o700)
            relations.append(stack.enter_context(open_extract(source_id, source, suite, submission.path, own)))
        names = [n for n in suite.fields if all(n in r.supplied for r in relations)]
        selects = (
            f"SELECT {', '.join(f'{r.supplied[n]} AS p{i}' for i, n in enumerate(names))} FROM {r.sql}"
            for r in relations
        )
        supplied = {name: f"p{i}" for i, name in enumerate(names)}
        together = f"({' UNION ALL '.join(selects)}) AS {identifier('all parts')}"
        connection = stack.enter_context(engine.session())
        reading = SetReading(
            connection, together, suite.fields, supplied, columns, part.plan, source_id=source_id, expected=records
        )
        axes = [suite.fields[g] for g in source.group_by if g in supplied]
        unit = judging.Unit(part, reading, axes)
        judging.read_all([unit])
        for relation, (submission, sha256) in zip(relations, came, strict=True):
            if relation.opened[0][1].inspected().sha256 != sha256:
                message = "changed while it was being read, so what was counted is not what is there now"
                raise ExtractError("extract-changed", message, where=submission.file)
        groups = list(judging.group_outcomes(unit.prepared, unit.judgement, axes))
        whole = [c for g, c in groups if g.field == axes[0].name] if axes else list(unit.judgement.tally(0).values())
        total = judging.total_of(whole, records)
        outcomes = {r.code: judging.rule_outcome(r, total, unit.refused, as_of) for r in rules}
        return Across(outcomes, {(g.field, g.value): g.rules for g, _ in groups})
