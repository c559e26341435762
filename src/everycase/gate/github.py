"""GitHub: one line a finding, which the site shows at the line of the suite that asked; worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.gate.judgement import Kind
from everycase.reporting.figures import plain

if TYPE_CHECKING:
    from everycase.gate.judgement import Finding, Gate

#: how many lines are written; GitHub itself shows ten of each level in a step
MOST = 100
_LEVELS = {Kind.MILD: "warning", Kind.WAIVED: "notice"}


def render(gate: Gate, prefix: str = "") -> str:
    """Give the workflow commands.

    Args:
        gate: what was found.
        prefix: from the folder of the repository to the project's, with a / at the end, or "".
    """
    return "".join(_line(f, prefix, gate.fail_on) + "\n" for f in gate.findings[:MOST])


def _line(finding: Finding, prefix: str, fail_on: str) -> str:
    file, _, line = finding.place.rpartition(":")
    level = _LEVELS.get(finding.kind, "error")
    if fail_on == "never" and finding.kind is not Kind.COULD_NOT_CHECK:
        level = "notice" if level == "notice" else "warning"
    title = f"{finding.source} {finding.code}".strip()
    about = f"{finding.title}: {finding.text}" if finding.title else finding.text
    where = f"file={_escaped(prefix + (file or finding.place), ',:')},line={line or 1},title={_escaped(title, ',:')}"
    return f"::{level} {where}::{_escaped(plain(about))}"


def _escaped(text: str, also: str = "") -> str:
    r"""Write a text so that it cannot end the command or begin another.

    >>> _escaped("50%, a:b\n::error::", ",:")
    '50%25%2C a%3Ab%0A%3A%3Aerror%3A%3A'
    """
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for character in also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
