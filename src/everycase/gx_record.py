"""The Great Expectations record of a source as plain data: what it holds, may not hold, and what follows from it.

Nothing of the library is imported here; `great` makes the record.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from everycase.outcome import Counts, Problem, Status
from everycase.summing import with_rules
from everycase.vocabulary import OURS, TO_THEIRS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from everycase.errors import EverycaseError
    from everycase.outcome import RuleOutcome, SourceResult
    from everycase.rule import Rule
    from everycase.run import CheckedSource, Run

HOLDING = frozenset({Status.PASSED, Status.NOT_APPLICABLE})
_IDS = uuid.UUID("5ad5f0a4-8f2c-5d0f-9b0e-6c6f3b7d2e11")
_COUNTED = re.compile(r"count|proportion|columns_to_match")
_PLAIN = frozenset({"element_count", "unexpected_count", "unexpected_percent", "missing_count", "missing_percent"})


@dataclass(frozen=True, slots=True)
class GreatRecord:
    """A validation result as JSON, and what it says of each rule.

    Attributes:
        result: an ExpectationSuiteValidationResult.
        suite: the ExpectationSuite it validated.
        verdicts: rule code -> passed, failed or could_not_check, as Great Expectations has it.
        reasons: rule code -> why it could not be checked.
        native: the rules that Great Expectations judged itself.
        idle: native rules that are not in force and were left out.
    """

    result: dict[str, Any]
    suite: dict[str, Any]
    verdicts: Mapping[str, Status]
    reasons: Mapping[str, str]
    native: frozenset[str] = frozenset()
    idle: frozenset[str] = field(default_factory=frozenset)


# Before: what is handed to the library -------------------------------------------------------------------------------


def configured(rule: Rule, plan: str) -> dict[str, Any]:
    """Give a rule as the record has it: type, kwargs, severity, notes and meta of an expectation."""
    ours: dict[str, Any] = {
        "code": rule.code,
        "name": rule.name,
        "why": rule.why,
        "fix": rule.fix,
        "dimension": rule.dimension,
    }
    if rule.native is None:
        kwargs: dict[str, Any] = {"code": rule.code, "title": rule.title, "applies": rule.applies,
                                  "requires": rule.requires, "threshold": rule.threshold, "plan": plan}  # fmt: skip
        ours |= {"fields": dict(rule.bindings)} if rule.bindings else {}
    else:
        kwargs = dict(rule.native)
        ours["title"] = rule.title
    return {
        "type": OURS if rule.native is None else rule.gx_type,
        "kwargs": kwargs,
        "severity": TO_THEIRS[rule.severity],
        "notes": rule.notes or None,
        "meta": {**(rule.meta or {}), "everycase": ours},
    }


def plan_digest(checked: CheckedSource, open_run: Run) -> str:
    """Identify what was judged by what: the extract, the project, the rules and the day."""
    extract = checked.result.extract
    parts = [open_run.project.digest, checked.result.id, open_run.options.as_of.isoformat(),
             extract.sha256 if extract else ""]  # fmt: skip
    parts += [f"{r.code}|{r.applies}|{r.requires}|{sorted(r.bindings.items())}|{r.threshold}" for r in checked.rules]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def shown(outcome: RuleOutcome) -> dict[str, Any]:
    """Give the counts of a rule in the library's words and ours; a record that cannot be judged is a missing one."""
    counts = outcome.counts
    missing = 100 * counts.undetermined / counts.applicable if counts.applicable else 0.0
    return {
        "element_count": counts.applicable,
        "unexpected_count": counts.failing,
        "unexpected_percent": round(100 * (counts.share or 0.0), 6),
        "missing_count": counts.undetermined,
        "missing_percent": round(missing, 6),
        "passing": counts.passing,
        "failing": counts.failing,
        "undetermined": counts.undetermined,
        "status": outcome.status.value,
    }


def described(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Give the sentence that the Data Docs show of a rule."""
    params = {k: str(kwargs[k]) for k in ("code", "title", "applies", "requires")}
    params["threshold"] = f"{kwargs['threshold']:.2%}"
    template = "$code: $title. Applies to records where $applies; requires $requires; $threshold of them may fail."
    return {"template": template, "params": params, "styling": {"default": {"classes": ["badge"]}}}


def lacking(rules: Sequence[Rule], missing: frozenset[str]) -> dict[str, str]:
    """Say of which rules a column is missing: rule -> reason."""
    gone = {r.code: sorted(missing & set(r.bindings)) for r in rules}
    return {c: f"needs the column {', '.join(g)}, which this extract does not have" for c, g in gone.items() if g}


# After: what may stand in the record ---------------------------------------------------------------------------------


def fixed_id(suite: str, part: str) -> str:
    """Make the id that the library would draw at random."""
    return str(uuid.uuid5(_IDS, f"{suite}/{part}"))


def code_of(meta: Mapping[str, Any]) -> str:
    """Read the code of a rule from the meta of its expectation."""
    return str(meta["everycase"]["code"])


def harmless(kind: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of a native result what is a count or a share: the smallest value is a cell, and so is the mean of one."""
    kept = {k: v for k, v in found.items() if k in _PLAIN}
    value = found.get("observed_value")
    if _COUNTED.search(kind) and (value is None or isinstance(value, int | float) or "columns_to_match" in kind):
        kept["observed_value"] = value
    return kept


def failure(info: Mapping[str, Any] | None) -> str | None:
    """Find the message of an exception; a metric that failed is reported one level further down."""
    for part in (info or {}, *(v for v in (info or {}).values() if isinstance(v, dict))):
        if part.get("raised_exception"):
            return str(part.get("exception_message") or "")
    return None


def read_back(
    result: dict[str, Any],
    suite: dict[str, Any],
    refused: Mapping[str, str],
    rules: Sequence[Rule],
    idle: frozenset[str],
) -> GreatRecord:
    """Read what the library found from its own JSON."""
    suite["id"] = fixed_id(suite["name"], "suite")
    for one in suite["expectations"]:
        one["id"] = fixed_id(suite["name"], code_of(one["meta"]))
    verdicts, reasons = dict.fromkeys(refused, Status.COULD_NOT_CHECK), {**refused}
    for one in result["results"]:
        code, said = code_of(one["expectation_config"]["meta"]), failure(one.get("exception_info"))
        verdicts[code] = Status.PASSED if one["success"] else Status.FAILED
        if said is not None:
            verdicts[code], reasons[code] = Status.COULD_NOT_CHECK, said
    native = frozenset(r.code for r in rules if r.native is not None)
    return GreatRecord(result, suite, verdicts, reasons, native - idle, idle)


def reconcile(result: SourceResult, record: GreatRecord, fail_on: str) -> SourceResult:
    """Take the verdicts of native rules into a result; where the library sees a rule differently it cannot stand."""
    if record.native:
        rules = [_judged(r, record) if r.code in record.native else r for r in result.rules]
        result = with_rules(result, rules, fail_on)
    expected = {r.code: Status.PASSED if r.status in HOLDING else r.status
                for r in result.rules if r.code not in record.idle}  # fmt: skip
    differing = sorted(c for c in {*expected, *record.verdicts} if expected.get(c) != record.verdicts.get(c))
    validated = len(record.result["results"]) + sum(c not in _validated(record) for c in record.reasons)
    if not differing and validated == len(expected):
        return result
    said = f"on {', '.join(differing[:3])}" if differing else "on how many rules there are"
    message = f"Great Expectations and everycase disagree {said}"
    problem = Problem("gx-disagrees", message, result.id, "Please report this: no verdict can rest on it.")
    return replace(result, status=Status.COULD_NOT_CHECK, problem=problem)


def unrecorded(result: SourceResult, error: EverycaseError) -> SourceResult:
    """Say that no record could be made, so that the source could not be checked either."""
    problem = Problem(error.slug, error.message, result.id, error.instead)
    return replace(result, status=Status.COULD_NOT_CHECK, problem=problem)


def _validated(record: GreatRecord) -> set[str]:
    return {code_of(one["expectation_config"]["meta"]) for one in record.result["results"]}


def _judged(outcome: RuleOutcome, record: GreatRecord) -> RuleOutcome:
    """Give the outcome of a native rule: the table is the one thing judged."""
    status = record.verdicts.get(outcome.code, Status.COULD_NOT_CHECK)
    counts = {Status.PASSED: Counts(passing=1), Status.FAILED: Counts(failing=1)}.get(status, Counts())
    reason = record.reasons.get(outcome.code, "") if status is Status.COULD_NOT_CHECK else ""
    return replace(outcome, status=status, counts=counts, reason=reason)


def to_bytes(record: GreatRecord) -> bytes:
    """Write the validation result as JSON, the same bytes for the same run."""
    return (json.dumps(record.result, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def write(record: GreatRecord, path: Path) -> None:
    """Write the validation result into a file."""
    path.write_bytes(to_bytes(record))


_REMOTE = re.compile(r"<script\b[^>]*\"https?:[^>]*>\s*</script>|<(?:link|img)\b[^>]*\"https?:[^>]*>")
_POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self' 'unsafe-inline' data:\">"


def cut_off(folder: Path) -> None:
    """Take scripts, styles and pictures from elsewhere out of the Data Docs, and forbid the browser to fetch any."""
    for page in sorted(folder.rglob("*.html")):
        text = _REMOTE.sub("", page.read_text(encoding="utf-8"))
        page.write_text(text.replace("<head>", f"<head>\n{_POLICY}", 1), encoding="utf-8", newline="\n")
