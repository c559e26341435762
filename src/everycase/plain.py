"""A result as plain data, in the shape of docs/schemas/result.schema.json."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from everycase.outcome import SCHEMA_VERSION

if TYPE_CHECKING:
    from everycase.outcome import (
        Counts,
        ExtractFacts,
        FieldOutcome,
        FieldTally,
        GroupOutcome,
        PartOutcome,
        RuleOutcome,
        RunResult,
        SourceResult,
    )


def plain(result: RunResult) -> dict[str, Any]:
    """Give the whole result as plain data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "run": {
            "id": result.id,
            "started": result.started,
            "as_of": result.as_of,
            "everycase": result.version,
            "project": result.project,
            "project_title": result.project_title,
            "project_digest": result.project_digest,
            "fail_on": result.fail_on,
            "status": result.status.value,
            "exit_code": result.exit_code(),
            "ledger": asdict(result.ledger) if result.ledger else None,
        },
        "sources": [_source(s) for s in result.sources],
    }


def _source(source: SourceResult) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "agency": source.agency,
        "owner": source.owner,
        "suite": source.suite,
        "status": source.status.value,
        "digests": dict(source.digests),
        "extract": _extract(source.extract) if source.extract else None,
        "records": source.records,
        "coverage": asdict(source.coverage),
        "expected_fields": list(source.expected_fields),
        "scoring": source.scoring.model_dump() if source.scoring else None,
        "accuracy": asdict(source.accuracy) if source.accuracy else None,
        "tables": [{"name": t.name, "title": t.title, "records": t.records} for t in source.tables],
        "problem": asdict(source.problem) if source.problem else None,
        "fields": [_field(f) for f in source.fields],
        "rules": [_rule(r) for r in source.rules],
        "groups": [_group(g) for g in source.groups],
        "parts": [_part(p) for p in source.parts],
    }


def _part(part: PartOutcome) -> dict[str, Any]:
    return {
        "name": part.name,
        "file": part.file,
        "sha256": part.sha256,
        "bytes": part.bytes,
        "records": part.records,
        "status": part.status.value,
        "problem": asdict(part.problem) if part.problem else None,
        "fields": [{"name": n, **_tiers(t)} for n, t in part.fields.items()],
        "rules": [{"code": c, **_counted(n)} for c, n in part.rules.items()],
    }


def _extract(facts: ExtractFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "sha256": facts.sha256,
        "bytes": facts.bytes,
        "rows": facts.rows,
        "reader": facts.reader,
        "repairs": [asdict(r) for r in facts.repairs],
        "extra_columns": facts.extra_columns,
        "files": [{"name": n, "sha256": d, "bytes": b} for n, d, b in facts.files],
    }


def _tiers(tally: FieldTally) -> dict[str, Any]:
    return {
        "records": tally.records,
        "applicable": tally.applicable,
        "undetermined": tally.undetermined,
        "supplied": tally.supplied,
        "valid": tally.valid,
        "known": tally.known,
        "indeterminate": tally.indeterminate,
        "not_known": dict(tally.not_known),
        "forced": tally.forced,
        "avoidable": tally.avoidable,
        "default": tally.default,
    }


def _field(outcome: FieldOutcome) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "title": outcome.title,
        **_tiers(outcome.tally),
        "missing": outcome.missing,
        "reason": outcome.reason,
        "pilot": outcome.pilot,
        "expected": outcome.expected,
        "distinct_unmapped": outcome.distinct_unmapped,
        "unmapped_values": [{"value": v, "count": n} for v, n in outcome.unmapped_values],
        "other_values": outcome.other_values,
    }


def _counted(counts: Counts) -> dict[str, int]:
    return {
        "applicable": counts.applicable,
        "passing": counts.passing,
        "failing": counts.failing,
        "undetermined": counts.undetermined,
    }


def _rule(outcome: RuleOutcome) -> dict[str, Any]:
    return {
        "code": outcome.code,
        "official": outcome.official,
        "title": outcome.title,
        "status": outcome.status.value,
        "severity": outcome.severity,
        "dimension": outcome.dimension,
        **_counted(outcome.counts),
        "threshold": outcome.threshold,
        "reason": outcome.reason,
        "fix": outcome.fix,
        "place": outcome.place,
        "explained": [{"reason": r, "count": n} for r, n in outcome.explained],
        "priority": outcome.priority,
        "why": outcome.why,
        "applies": outcome.applies,
        "requires": outcome.requires,
        "bindings": dict(outcome.bindings),
        "references": list(outcome.references),
    }


def _group(group: GroupOutcome) -> dict[str, Any]:
    return {
        "field": group.field,
        "value": group.value,
        "meaning": group.meaning,
        "records": group.records,
        "fields": [{"name": n, **_tiers(t)} for n, t in group.fields.items()],
        "rules": [{"code": c, **_counted(n)} for c, n in group.rules.items()],
    }
