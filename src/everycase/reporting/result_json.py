"""The whole result for machines, and its JSON Schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from everycase.disclosure import unmapped_of
from everycase.outcome import NOT_KNOWN, RANK, SCHEMA_VERSION, Status
from everycase.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycase.outcome import RunResult
    from everycase.reports import ReportFile

_DEEPEST = 4
_NOT_KNOWN = {
    "blank": "nothing was supplied",
    "invalid": "ill-formed, or not plausible",
    "unmapped": "not in the code list",
    "not_known": "a code that says the answer is not known",
    "not_stated": "a code that says the answer was refused",
    "not_applicable": "a code that claims that the question does not apply",
}


def render(result: RunResult, report: ReportFile) -> bytes:
    """Give the bytes of result.json."""
    return text(result, report).encode()


def text(result: RunResult, report: ReportFile | None) -> str:
    """Give the result as JSON, always the same bytes for the same result.

    Args:
        result: what to write.
        report: what of the data may be shown; None shows no value at all.
    """
    return _lines(to_dict(result, report), 0) + "\n"


def _lines(value: Any, depth: int) -> str:
    """Write JSON with a line for each source, rule, field and group, so that two results can be compared by eye.

    NOTE: the library indents ten times as slowly as it writes, and every number on a line of its own helps nobody.
    """
    if depth == _DEEPEST or not value or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    start, end = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if isinstance(value, list):
        return f"[{start}{f',{start}'.join(_lines(v, depth + 1) for v in value)}{end}]"
    pairs = (f"{json.dumps(k, ensure_ascii=False)}: {_lines(v, depth + 1)}" for k, v in value.items())
    return f"{{{start}{f',{start}'.join(pairs)}{end}}}"


def to_dict(result: RunResult, report: ReportFile | None) -> dict[str, Any]:
    """Give the result as plain data, less the unmapped values that a report may not show."""
    whole = plain(result)
    for source, outcome in zip(whole["sources"], result.sources, strict=True):
        for field, found in zip(source["fields"], outcome.fields, strict=True):
            shown = unmapped_of(found, report) if report else []
            field["unmapped_values"] = [{"value": v, "count": n} for v, n in shown]
            field["other_values"] = found.tally.not_known["unmapped"] - sum(n for _, n in shown)
    return whole


def schema() -> dict[str, Any]:
    """Give the JSON Schema of result.json; a key that it does not describe is refused."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "everycase result",
        **_object(
            "One run over some sources.",
            {
                "schema_version": {"const": SCHEMA_VERSION, "description": "The version of this shape."},
                "run": _run(),
                "sources": _list({"$ref": "#/$defs/source"}, "In the order of the registry."),
            },
        ),
        "$defs": {
            "source": _source(),
            "extract": _extract(),
            "field": _field(),
            "tiers": _object("A field within one group.", {"name": _text("The standard field."), **_tiers()}),
            "rule": _rule(),
            "counts": _object("A rule within one group.", {"code": _text("The rule."), **_counts()}),
            "group": _group(),
            "count": {"type": "integer", "minimum": 0},
            "digest": {"type": "string", "pattern": "^([0-9a-f]{64})?$"},
            "severity": {"enum": list(RANK)},
        },
    }


def _run() -> dict[str, Any]:
    return _object(
        "What was run, and what it came to.",
        {
            "id": {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "Different for every run."},
            "started": {"type": "string", "format": "date-time", "description": "When, in UTC."},
            "as_of": {"type": "string", "format": "date", "description": "The day that stood for today."},
            "everycase": _text("The version that ran."),
            "project": _text("The id of the project."),
            "project_title": _text("What the project is called."),
            "project_digest": {"$ref": "#/$defs/digest", "description": "SHA-256 over the project's files."},
            "fail_on": {"enum": [*RANK, "never"], "description": "The mildest severity that fails the run."},
            "status": _status("The worst of the sources.", Status.COULD_NOT_CHECK, Status.FAILED, Status.PASSED),
            "exit_code": {"enum": [0, 1, 3], "description": "0 passed, 1 failed, 3 could not check."},
            "ledger": {"anyOf": [_head(), {"type": "null"}]},
        },
    )


def _head() -> dict[str, Any]:
    return _object(
        "The entry of the run in the ledger; `everycase verify --head result.json` compares it.",
        {
            "sequence": _count("Its number."),
            "digest": {"$ref": "#/$defs/digest", "description": "SHA-256 over it and all before it."},
            "signature": _text("Ed25519 over the digest, in hexadecimal; empty where nobody signed."),
            "key": _text("The public key, in hexadecimal."),
        },
    )


def _source() -> dict[str, Any]:
    problem = _object(
        "Why the source could not be checked.",
        {
            "slug": _text("The stable name of the problem."),
            "message": _text("What is wrong."),
            "where": _text("File and line, or source."),
            "instead": _text("What to do."),
        },
    )
    return _object(
        "All that was found in one source.",
        {
            "id": _text("The id of the registry."),
            "title": _text("What it is called."),
            "agency": _text("Who sends it."),
            "owner": _text("The role that answers for the data."),
            "suite": _text("The suite that it was judged by."),
            "status": _status("The verdict.", Status.COULD_NOT_CHECK, Status.FAILED, Status.PASSED),
            "digests": {
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/digest"},
                "description": "SHA-256 of what the source was judged by.",
            },
            "extract": {"anyOf": [{"$ref": "#/$defs/extract"}, {"type": "null"}]},
            "records": _count("Records judged, of all tables where there are several."),
            "coverage": _object(
                "Periods that the extract has of those it should have; the extract itself where none are named.",
                {"supplied": _count("It has."), "expected": _count("It should have.")},
            ),
            "expected_fields": _list(_text("A field."), "The fields that count in the score."),
            "scoring": {"anyOf": [_scoring(), {"type": "null"}]},
            "accuracy": {"anyOf": [_accuracy(), {"type": "null"}]},
            "tables": _list(
                _object(
                    "A table.",
                    {
                        "name": _text("Its name; fields are called table.field."),
                        "title": _text("What it holds."),
                        "records": _count("Its records."),
                    },
                ),
                "The tables, where a source has several.",
            ),
            "problem": {"anyOf": [problem, {"type": "null"}]},
            "fields": _list({"$ref": "#/$defs/field"}, "In the order of the suite."),
            "rules": _list({"$ref": "#/$defs/rule"}, "In the order of the suite."),
            "groups": _list({"$ref": "#/$defs/group"}, "For each group field of the registry, each of its values."),
            "parts": _list(_part(problem), "The files, where an extract comes in parts."),
        },
    )


def _part(problem: Mapping[str, Any]) -> dict[str, Any]:
    return _object(
        "One of several files of an extract, checked by itself.",
        {
            "name": _text("What it is of."),
            "file": _text("Its path within the folder."),
            "sha256": {"$ref": "#/$defs/digest", "description": "SHA-256 of its bytes."},
            "bytes": _count("Its size."),
            "records": _count("Records in it."),
            "status": _status("Its own verdict.", Status.COULD_NOT_CHECK, Status.FAILED, Status.PASSED),
            "problem": {"anyOf": [problem, {"type": "null"}]},
            "fields": _list({"$ref": "#/$defs/tiers"}, "Fields."),
            "rules": _list({"$ref": "#/$defs/counts"}, "Rules, each judged over this file alone."),
        },
    )


def _scoring() -> dict[str, Any]:
    part = {"type": "number", "minimum": 0, "maximum": 1}
    band = {
        "name": _text("The word."),
        "least": {**part, "description": "The lowest score that earns it."},
        "note": _text("Why it begins there."),
    }
    return _object(
        "How the source is scored.",
        {
            "bands": _list(_object("A band.", band), "Best first."),
            "defaults": {
                "type": "object",
                "additionalProperties": part,
                "description": "Field -> the share of records that may have a code for no answer.",
            },
            "critical": _list(_text("A field or rule."), "What the action plan is about; empty: all."),
            "target": {**part, "description": "The score that the action plan asks for."},
            "by": _text("The day by which; empty where none is agreed."),
        },
    )


def _accuracy() -> dict[str, Any]:
    return _object(
        "What a dip sample found.",
        {
            "field": _text("The field that was compared with the case files."),
            "population": _count("Records that the sample was drawn from."),
            "drawn": _count("Records drawn."),
            "compared": _count("Records that a person compared."),
            "agreeing": _count("Records that say what the case says."),
            "over": _count("Records that say yes where the case says no."),
            "under": _count("Records that say no where the case says yes."),
        },
    )


def _extract() -> dict[str, Any]:
    repair = _object(
        "Something that reading had to put right.",
        {
            "kind": _text("Which repair."),
            "detail": _text("Where and how; never a record value."),
            "count": {"type": ["integer", "null"], "minimum": 0, "description": "How often, where that was counted."},
        },
    )
    file = _object(
        "One file of several.",
        {
            "name": _text("Its name without folder."),
            "sha256": {"$ref": "#/$defs/digest"},
            "bytes": _count("Its size."),
        },
    )
    return _object(
        "Which bytes were read.",
        {
            "name": _text("The name without folder."),
            "sha256": {"$ref": "#/$defs/digest"},
            "bytes": _count("The size."),
            "rows": _count("Records read."),
            "reader": _text("Which reader read it."),
            "repairs": _list(repair, "What had to be put right."),
            "extra_columns": _count("Columns that no field asked for; they were not read."),
            "files": _list(file, "The files, where the extract is a folder."),
        },
    )


def _field() -> dict[str, Any]:
    value = _object("A value outside the list.", {"value": _text("As supplied."), "count": _count("How often.")})
    return _object(
        "A field and how complete it is.",
        {
            "name": _text("The standard field."),
            "title": _text("What it is called."),
            **_tiers(),
            "missing": {"type": "boolean", "description": "The extract has no column for it."},
            "reason": _text("Why it is missing; empty where it is not."),
            "pilot": {"type": "boolean", "description": "Being tried out; compare with care."},
            "expected": {"type": "boolean", "description": "Some record may need it."},
            "distinct_unmapped": _count("Different values outside the list."),
            "unmapped_values": _list(value, "Values outside the list that look like codes and are frequent."),
            "other_values": _count("Records with values outside the list that are not shown."),
        },
    )


def _tiers() -> dict[str, Any]:
    split = {name: _count(_NOT_KNOWN[name]) for name in NOT_KNOWN}
    return {
        "records": _count("All records."),
        "applicable": _count("Records in which the field is required: the denominator of every tier."),
        "undetermined": _count("Records in which it cannot be told whether it is required; not in `applicable`."),
        "supplied": _count("Not blank."),
        "valid": _count("Supplied, and in the list or well-formed and plausible."),
        "known": _count("Valid, and a real answer; `indeterminate` is among them."),
        "indeterminate": _count("Asked and recorded as neither."),
        "not_known": _object("`applicable` less `known`, split.", split),
        "forced": _count("Not known, because another rule forces it to be."),
        "avoidable": _count("Not known, and nothing forces it to be."),
        "default": _count("Answers that a system fills in by itself."),
    }


def _counts() -> dict[str, Any]:
    return {
        "applicable": _count("passing + failing + undetermined, always."),
        "passing": _count("Judged, and as they should be."),
        "failing": _count("Judged, and not as they should be."),
        "undetermined": _count("The rule applies or may apply, and could not be judged."),
    }


def _rule() -> dict[str, Any]:
    share = {"type": "number", "minimum": 0, "maximum": 1}
    given = _object("A reason.", {"reason": _text("Its code."), "count": _count("For how many failing records.")})
    return _object(
        "A rule and what became of it.",
        {
            "code": _text("Stable; see `everycase explain CODE`."),
            "official": _text("The number that an authority gave it; empty where there is none."),
            "title": _text("What is wrong with a failing record."),
            "status": _status("The answer.", *Status),
            "severity": {"$ref": "#/$defs/severity"},
            "dimension": _text("The quality dimension it belongs to."),
            **_counts(),
            "threshold": {**share, "description": "The share of judged records that may fail."},
            "reason": _text("Why it could not be checked or did not apply; empty otherwise."),
            "fix": _text("What the owner of the data does about a failing record."),
            "place": _text("File and line where the suite asks for it."),
            "priority": _text("Which need of the consultation it serves."),
            "why": _text("Why it matters."),
            "applies": _text("The predicate that says to which records it applies."),
            "requires": _text("The predicate that such a record must meet."),
            "bindings": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "What the names in the predicates stand for, where they are a check's own.",
            },
            "references": _list(_text("A statute, code book or page."), "Where it comes from."),
            "explained": _list(given, "Reasons that the owner gave for failing records."),
        },
    )


def _group() -> dict[str, Any]:
    return _object(
        "The same counts for the records of one group.",
        {
            "field": _text("The field that the records are grouped by."),
            "value": _text("Its code, or (blank) or (unmapped)."),
            "meaning": _text("What the code means."),
            "records": _count("Records in the group."),
            "fields": _list({"$ref": "#/$defs/tiers"}, "Fields."),
            "rules": _list({"$ref": "#/$defs/counts"}, "Rules that were judged."),
        },
    )


def _object(description: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Describe an object all of whose keys are there, and no other."""
    return {
        "type": "object",
        "description": description,
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Mapping[str, Any], description: str) -> dict[str, Any]:
    return {"type": "array", "items": dict(items), "description": description}


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _count(description: str) -> dict[str, Any]:
    return {"$ref": "#/$defs/count", "description": description}


def _status(description: str, *statuses: Status) -> dict[str, Any]:
    return {"enum": [s.value for s in statuses], "description": description}
