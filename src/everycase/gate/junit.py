"""JUnit: one suite a source, one case a rule; what every kind of pipeline reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from everycase.gate.judgement import Kind
from everycase.reporting.figures import plain
from everycase.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junitparser import TestCase, TestSuite

    from everycase.gate.judgement import Finding, Gate


def render(gate: Gate) -> bytes:
    """Give the report as XML."""
    from junitparser import JUnitXml

    report = JUnitXml()
    for source in gate.document["sources"]:
        report.add_testsuite(_suite(gate, source))
    report.update_statistics()  # type: ignore[no-untyped-call] # the library leaves it untyped
    # NOTE: what the whole counts as skipped has no place in the schema that Jenkins checks against; its suites say it.
    report._elem.attrib.pop("skipped", None)  # noqa: SLF001 - it has no other way to leave it out
    return bytes(report.tostring()) + b"\n"  # type: ignore[no-untyped-call] # the same


def _suite(gate: Gate, source: Mapping[str, Any]) -> TestSuite:
    from junitparser import TestSuite

    suite = TestSuite(source["id"])
    run = gate.document["run"]
    told = {
        "everycase": run["everycase"], "project": run["project"], "project_sha256": run["project_digest"],
        "as_of": run["as_of"], "run": run["id"], "status": source["status"], "records": source["records"],
        "suite": source["suite"], "suite_sha256": source["digests"].get("suite", ""),
        "extract_sha256": (source["extract"] or {}).get("sha256", ""), "baseline": gate.baseline,
    }  # fmt: skip
    for name, value in told.items():
        suite.add_property(name, plain(str(value)))
    findings = gate.of(source["id"])
    of_rules = {f.code: f for f in reversed(findings) if f.code and f.kind is not Kind.EXPIRED}
    for rule in source["rules"]:
        suite.add_testcase(_case(source["id"], rule, of_rules.pop(rule["code"], None), gate.fail_on))
    # what is about no rule of this suite: the source itself, a field that got worse, a waiver that expired
    for finding in findings:
        if not finding.code or finding.kind is Kind.EXPIRED or finding.code in of_rules:
            suite.add_testcase(_other(finding, gate.fail_on))
    return suite


def _case(source: str, rule: Mapping[str, Any], finding: Finding | None, fail_on: str) -> TestCase:
    from junitparser import Skipped, TestCase

    case = TestCase(plain(f"{rule['code']} {rule['title']}"), source, 0)
    if finding is not None:
        case.result = [_answer(finding, fail_on)]
        case.system_out = plain(finding.text)
    elif rule["status"] == "could_not_check":
        case.result = [_error(rule["reason"])]
    elif rule["status"] == "not_applicable":
        case.result = [Skipped(plain(rule["reason"] or say("status.not_applicable")))]
    return case


def _other(finding: Finding, fail_on: str) -> TestCase:
    from junitparser import TestCase

    case = TestCase(plain(f"{finding.code} {say(f'gate.kind.{finding.kind.value}')}".strip()), finding.source, 0)
    case.result = [_answer(finding, fail_on)]
    return case


def _error(text: str) -> Any:
    from junitparser import Error

    return Error(plain(text), "could_not_check")


def _answer(finding: Finding, fail_on: str) -> Any:
    from junitparser import Failure, Skipped

    if finding.kind is Kind.COULD_NOT_CHECK:
        return _error(finding.text)
    if finding.kind in {Kind.MILD, Kind.WAIVED} or fail_on == "never":
        # NOTE: it did not pass and does not fail the gate; a skipped case with its reason is seen, a passed one is not.
        return Skipped(plain(f"{say(f'gate.kind.{finding.kind.value}')}: {finding.text}"))
    return Failure(plain(finding.text), finding.kind.value)
