"""Summing up: what was judged of a source becomes its result, the same whichever engine and however many tables."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from everycase import judging
from everycase.accuracy import measured
from everycase.disclosure import loosest, shown_values
from everycase.outcome import (
    Accuracy,
    Counts,
    Coverage,
    ExtractFacts,
    FieldOutcome,
    FieldTally,
    Problem,
    RuleOutcome,
    SourceResult,
    Status,
    TableFacts,
    roll_up,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from everycase.engines import Prepared
    from everycase.errors import EverycaseError
    from everycase.project import Project
    from everycase.reports import UnmappedValues
    from everycase.suites import FieldSpec, Suite


def unit_result(
    project: Project, source_id: str, unit: judging.Unit, facts: ExtractFacts, as_of: dt.date, fail_on: str
) -> SourceResult:
    """Sum up one table of a source, or the source where it has only one."""
    source, suite = project.sources[source_id], unit.part.suite
    groups = list(judging.group_outcomes(unit.prepared, unit.judgement, unit.axes))
    whole = (
        [c for g, c in groups if g.field == unit.axes[0].name] if unit.axes else list(unit.judgement.tally(0).values())
    )
    total = judging.total_of(whole, unit.prepared.records)
    outcomes = tuple(judging.rule_outcome(r, total, unit.refused, as_of) for r in unit.part.rules)
    limits = loosest(project.reports)
    fields = [
        _field_outcome(spec, total, unit.prepared, _column(source.columns, spec.name), limits)
        for spec in suite.fields.values()
    ]
    absent = [f for f in fields if f.missing and suite.fields[f.name].required != "never"]
    status = Status.COULD_NOT_CHECK if absent else roll_up(outcomes, fail_on)
    name = f"{source_id}.{suite.table}" if suite.table else source_id
    return SourceResult(
        id=name,
        title=suite.title if suite.table else title_of(project, source_id),
        agency=source.agency,
        suite=suite.name,
        status=status,
        extract=facts,
        records=unit.prepared.records,
        fields=tuple(fields),
        rules=outcomes,
        groups=tuple(g for g, _ in groups),
        problem=_why_not(name, fields, outcomes, status),
        digests=digests(project, source_id),
        owner=source.owner,
        expected_fields=expected(suite),
        scoring=source.scoring or project.registry.entry.scoring,
        accuracy=_accuracy(project, source_id, facts.sha256) if source.dip_sample else None,
    )


def _accuracy(project: Project, source_id: str, digest: str) -> Accuracy | None:
    path = project.sources[source_id].dip_sample or ""
    where = project.registry.document.where(("sources", source_id, "dip_sample"))
    return measured(project.root / path, where, source_id, digest)


def expected(suite: Suite) -> tuple[str, ...]:
    """List the fields that count in the score: those that a record may need, less the pilots."""
    names = []
    for part in suite.parts():
        wanted = [n for n, f in part.fields.items() if f.required != "never" and not f.pilot]
        names += [f"{part.table}.{n}" if suite.tables else n for n in wanted]
    return tuple(names)


def _field_outcome(
    spec: FieldSpec, total: judging.Counted, prepared: Prepared, column: str, limits: UnmappedValues | None
) -> FieldOutcome:
    tally = total.fields.get(spec.name, FieldTally(records=prepared.records))
    missing = spec.name in prepared.missing
    shown: list[tuple[str, int]] = []
    distinct = 0
    if spec.codelist and not spec.codelist.open and tally.not_known["unmapped"] and limits is not None:
        candidates, distinct = prepared.unmapped_values(spec, limits.longest, limits.fewest)
        shown = shown_values(candidates, distinct, limits)
    return FieldOutcome(
        name=spec.name,
        title=spec.title,
        tally=tally,
        missing=missing,
        reason=f"the extract has no column {column}" if missing else "",
        unmapped_values=tuple(shown),
        distinct_unmapped=distinct,
        other_values=tally.not_known["unmapped"] - sum(n for _, n in shown),
        pilot=spec.pilot,
        expected=spec.required != "never",
    )


def merged(
    project: Project, source_id: str, parts: Sequence[SourceResult], facts: ExtractFacts, fail_on: str
) -> SourceResult:
    """Put the tables of a source together; a field of a table is called `table.field`."""
    source, suite = project.sources[source_id], project.suite_of(source_id)
    rules = tuple(rule for part in parts for rule in part.rules)
    fields = []
    absent = False
    for part in parts:
        table = part.id.rpartition(".")[2]
        for found in part.fields:
            fields.append(replace(found, name=f"{table}.{found.name}"))
            absent |= found.missing and suite.tables[table].fields[found.name].required != "never"
    status = Status.COULD_NOT_CHECK if absent else roll_up(rules, fail_on)
    return SourceResult(
        id=source_id,
        title=title_of(project, source_id),
        agency=source.agency,
        suite=suite.name,
        status=status,
        extract=facts,
        records=sum(part.records for part in parts),
        tables=tuple(TableFacts(part.id.rpartition(".")[2], part.title, part.records) for part in parts),
        fields=tuple(fields),
        rules=rules,
        problem=_why_not(source_id, fields, rules, status),
        digests=digests(project, source_id),
        owner=source.owner,
        expected_fields=expected(suite),
        scoring=source.scoring or project.registry.entry.scoring,
    )


def could_not_check(
    project: Project, source_id: str, error: EverycaseError, facts: ExtractFacts | None
) -> SourceResult:
    """Give the result of a source that could not be read, or not be judged."""
    source, rules = project.sources[source_id], project.rules_of(source_id)
    return SourceResult(
        id=source_id,
        title=title_of(project, source_id),
        agency=source.agency,
        suite=project.suite_of(source_id).name,
        status=Status.COULD_NOT_CHECK,
        extract=facts,
        rules=tuple(
            judging.outcome_of(r, Counts(), Status.COULD_NOT_CHECK, "the extract could not be checked") for r in rules
        ),
        problem=Problem(error.slug, error.message, error.where, error.instead),
        digests=digests(project, source_id),
        owner=source.owner,
        expected_fields=expected(project.suite_of(source_id)),
        coverage=Coverage(supplied=0),
        scoring=source.scoring or project.registry.entry.scoring,
    )


def title_of(project: Project, source_id: str) -> str:
    """Give the title of a source; that of its suite, which names the year, where it has rules by year."""
    source = project.sources[source_id]
    return source.title if source.rulesets is None else project.suite_of(source_id).title


def digests(project: Project, source_id: str) -> dict[str, str]:
    """Give the SHA-256 of the suite, code lists included, that a source was judged by."""
    suite = project.suite_of(source_id)
    lists = (f.codelist for part in suite.parts() for f in part.fields.values())
    files = sorted({*suite.files, *(found.file for found in lists if found)})
    total = hashlib.sha256()
    for name in files:
        total.update(f"{name}\0{hashlib.sha256((project.root / name).read_bytes()).hexdigest()}\n".encode())
    return {"project": project.digest, "suite": total.hexdigest()}


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


def with_missing(project: Project, result: SourceResult, rules: Sequence[RuleOutcome], fail_on: str) -> SourceResult:
    """Give a source's result with rule outcomes, and the status and reason that follow from them and its fields."""
    fields = project.suite_of(result.id).fields
    absent = any(f.missing and fields[f.name].required != "never" for f in result.fields)
    status = Status.COULD_NOT_CHECK if absent else roll_up(rules, fail_on)
    problem = _why_not(result.id, result.fields, rules, status)
    return replace(result, rules=tuple(rules), status=status, problem=problem)


def with_parts(result: SourceResult, parts: Sequence[SourceResult], fail_on: str) -> SourceResult:
    """Give the result of a source of several tables with what became of them since it was put together."""
    result = with_rules(result, [rule for part in parts for rule in part.rules], fail_on)
    broken = next((p.problem for p in parts if p.problem and p.problem.slug.startswith("gx-")), None)
    return replace(result, status=Status.COULD_NOT_CHECK, problem=broken) if broken else result
