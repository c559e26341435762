"""A result read back from its JSON, so that it can be rendered or scored again without the data."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from everycase.errors import UsageError
from everycase.outcome import (
    NOT_KNOWN,
    SCHEMA_VERSION,
    Accuracy,
    Counts,
    Coverage,
    ExtractFacts,
    FieldOutcome,
    FieldTally,
    GroupOutcome,
    Head,
    PartOutcome,
    Problem,
    Repair,
    RuleOutcome,
    RunResult,
    SourceResult,
    Status,
    TableFacts,
    worst,
)
from everycase.scoring.settings import Scoring

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")
_TALLY = ("records", "applicable", "undetermined", "supplied", "valid", "known", "indeterminate", "forced", "default")


def read_result(path: Path) -> RunResult:
    """Read result.json.

    Raises:
        UsageError: it cannot be read, is no result, is of another version, or its numbers do not add up.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the result cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}"
        raise UsageError("result-unreadable", message, instead="Name the result.json of a check.") from None
    try:
        return from_dict(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        # NOTE: what exactly is wrong is not said: it might be a line of anything.
        message = "the file is no result of a check, or not a whole one"
        raise UsageError("result-unreadable", message, instead="Name the result.json of a check.") from None


def from_dict(data: dict[str, Any]) -> RunResult:
    """Read a result from plain data.

    Raises:
        UsageError: of another version, or numbers that do not add up.
        ValueError, KeyError, TypeError: not of the shape that the schema says.
    """
    if data["schema_version"] != SCHEMA_VERSION:
        message = f"the result has another shape than the {SCHEMA_VERSION} that is read here"
        raise UsageError("result-version", message, instead="Check again with this version of everycase.")
    run = data["run"]
    sources = tuple(_source(s) for s in data["sources"])
    status = Status(run["status"])
    if status is not worst(s.status for s in sources):
        raise _broken("the status of the run is not that of its sources")
    return RunResult(
        id=run["id"],
        started=run["started"],
        as_of=run["as_of"],
        version=run["everycase"],
        project=run["project"],
        project_digest=run["project_digest"],
        fail_on=run["fail_on"],
        status=status,
        sources=sources,
        project_title=run["project_title"],
        ledger=_made(Head, run["ledger"]) if run.get("ledger") else None,
    )


def _broken(what: str) -> UsageError:
    return UsageError("result-broken", what, instead="The file was changed by hand or cut off; check again.")


def _made(kind: type[T], data: dict[str, Any], **other: Any) -> T:
    """Fill a frozen record from the keys that bear the names of its parts."""
    plain = {f.name: data[f.name] for f in fields(kind) if f.name not in other}  # type: ignore[arg-type]
    return kind(**plain, **other)


def _source(data: dict[str, Any]) -> SourceResult:
    scoring = data["scoring"]
    return _made(
        SourceResult,
        data,
        status=Status(data["status"]),
        extract=_extract(data["extract"]) if data["extract"] else None,
        fields=tuple(_field(f) for f in data["fields"]),
        rules=tuple(_rule(r) for r in data["rules"]),
        groups=tuple(_group(g) for g in data["groups"]),
        problem=_made(Problem, data["problem"]) if data["problem"] else None,
        tables=tuple(_made(TableFacts, t) for t in data["tables"]),
        expected_fields=tuple(data["expected_fields"]),
        coverage=_made(Coverage, data["coverage"]),
        scoring=Scoring.model_validate(scoring) if scoring else None,
        accuracy=_made(Accuracy, data["accuracy"]) if data["accuracy"] else None,
        parts=tuple(_part(p) for p in data.get("parts", ())),
    )


def _part(data: dict[str, Any]) -> PartOutcome:
    return _made(
        PartOutcome,
        data,
        status=Status(data["status"]),
        problem=_made(Problem, data["problem"]) if data["problem"] else None,
        fields={f["name"]: _tally(f) for f in data["fields"]},
        rules={r["code"]: _counts(r) for r in data["rules"]},
    )


def _extract(data: dict[str, Any]) -> ExtractFacts:
    files = tuple((f["name"], f["sha256"], f["bytes"]) for f in data["files"])
    return _made(ExtractFacts, data, repairs=tuple(_made(Repair, r) for r in data["repairs"]), files=files)


def _tally(data: dict[str, Any]) -> FieldTally:
    tally = FieldTally(
        **{n: _whole(data[n]) for n in _TALLY}, not_known={n: _whole(data["not_known"][n]) for n in NOT_KNOWN}
    )
    if sum(tally.not_known.values()) != tally.applicable - tally.known or tally.avoidable != data["avoidable"]:
        raise _broken("the counts of a field do not add up")
    return tally


def _counts(data: dict[str, Any]) -> Counts:
    counts = Counts(_whole(data["passing"]), _whole(data["failing"]), _whole(data["undetermined"]))
    if counts.applicable != data["applicable"]:
        raise _broken("the counts of a rule do not add up")
    return counts


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError
    return value


def _field(data: dict[str, Any]) -> FieldOutcome:
    values = tuple((v["value"], v["count"]) for v in data["unmapped_values"])
    return _made(FieldOutcome, data, tally=_tally(data), unmapped_values=values)


def _rule(data: dict[str, Any]) -> RuleOutcome:
    return _made(
        RuleOutcome,
        data,
        counts=_counts(data),
        status=Status(data["status"]),
        bindings=tuple(sorted(data["bindings"].items())),
        references=tuple(data["references"]),
        explained=tuple((str(e["reason"]), _whole(e["count"])) for e in data["explained"]),
    )


def _group(data: dict[str, Any]) -> GroupOutcome:
    return _made(
        GroupOutcome,
        data,
        fields={f["name"]: _tally(f) for f in data["fields"]},
        rules={r["code"]: _counts(r) for r in data["rules"]},
    )
