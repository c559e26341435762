"""GitLab: the code quality report, whose fingerprints stay the same as long as a finding is about the same thing."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from everycase.gate.judgement import Kind
from everycase.reporting.figures import plain

if TYPE_CHECKING:
    from everycase.gate.judgement import Finding, Gate

_SEVERITIES = {
    Kind.COULD_NOT_CHECK: "blocker", Kind.EXPIRED: "critical", Kind.WORSE: "critical", Kind.FAILED: "major",
    Kind.MILD: "minor", Kind.WAIVED: "info",
}  # fmt: skip


def render(gate: Gate, prefix: str = "") -> str:
    """Give the report as JSON."""
    return json.dumps([_issue(f, prefix) for f in gate.findings], ensure_ascii=False, indent=1) + "\n"


def _issue(finding: Finding, prefix: str) -> dict[str, object]:
    file, _, line = finding.place.rpartition(":")
    about = f"{finding.title}: {finding.text}" if finding.title else finding.text
    return {
        "description": plain(f"{finding.source} {finding.code} {about}".replace("  ", " ")),
        "check_name": finding.code or finding.kind.value,
        # NOTE: neither counts nor lines go in, so that GitLab knows tomorrow's finding as the same one.
        "fingerprint": hashlib.sha256(f"{finding.source}\0{finding.code}\0{finding.kind.value}".encode()).hexdigest(),
        "severity": _SEVERITIES[finding.kind],
        "location": {"path": prefix + (file or finding.place), "lines": {"begin": int(line or 1)}},
    }
