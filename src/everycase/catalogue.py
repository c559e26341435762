"""The whole catalogue of rules for readers outside: as a table that the data quality issues framework asks for.

That framework of GOV.UK (November 2025) documents a rule by its purpose, the part of the data, the requirement, the
aspect of quality, the measurement and the metric. `evidence.yaml` beside the generated pages says which rules answer
what auditors found wrong; a rule named there that does not exist is refused.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from everycase.disclosure import harmless
from everycase.document import read_document, validated
from everycase.errors import ConfigurationError, UsageError
from everycase.listing import all_rules
from everycase.model import Model

if TYPE_CHECKING:
    from pathlib import Path

    from everycase.project import Project
    from everycase.rule import Rule
    from everycase.suites import Suite

HEADER = (
    "code", "official number", "source", "title", "purpose", "part of data", "requirement", "relevant aspect",
    "measurement", "metric", "severity", "priority", "references",
)  # fmt: skip
_KINDS = {"error": "must be fixed", "query": "is checked, then amended or explained", "warning": "is worth a look"}


class Finding(Model):
    """One thing that auditors found wrong, and the codes of the rules that ask about it.

    Attributes:
        asks: what the rules ask, in a few words.
        rules: codes; none where the machine itself answers.
        answered: how it is answered where no rule of a suite does.
    """

    asks: str
    rules: list[str] = []
    answered: str = ""


class EvidenceFile(Model):
    """What `docs/evidence.yaml` says."""

    title: str
    source: str
    findings: list[Finding]


def rows_of(project: Project, source: str | None = None) -> list[tuple[str, ...]]:
    """Give a row for every rule of every source, in the order of registry and suite."""
    return [_row(name, rule, project.suite_of(name)) for name, rule in all_rules(project, source)]


def _row(source: str, rule: Rule, suite: Suite) -> tuple[str, ...]:
    may_fail = f"no more than {rule.threshold:.2%} of the records judged fail" if rule.threshold else "no record fails"
    where = "" if rule.applies == "TRUE" else f"where {rule.applies}: "
    named = "".join(f"; {name} is {bound}" for name, bound in rule.bindings.items() if name != bound)
    return (
        rule.code, rule.official, source, rule.title, rule.why, _part(rule, suite), f"{where}{rule.requires}{named}",
        rule.dimension, "records that fail, of those to which it applies; what cannot be told is counted apart",
        f"{may_fail}; what fails {_KINDS[rule.severity]}", rule.severity, rule.priority, " | ".join(rule.references),
    )  # fmt: skip


def _part(rule: Rule, suite: Suite) -> str:
    """Name the fields that a rule looks at, by their titles."""
    words = set(re.findall(r"[A-Za-z_]\w*", " ".join((*rule.bindings.values(), rule.applies, rule.requires))))
    for name, text in suite.derived.items():
        if name in words:
            words |= set(re.findall(r"[A-Za-z_]\w*", str(text)))
    return f"{suite.title}: " + "; ".join(spec.title for name, spec in suite.fields.items() if name in words)


def write_csv(project: Project, source: str | None, path: Path) -> None:
    """Write the catalogue as CSV, UTF-8 with a mark that makes Excel read it as such.

    Raises:
        UsageError: the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([[harmless(" ".join(cell.split())) for cell in row] for row in rows_of(project, source)])
    try:
        path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    except OSError as error:
        message = f"the catalogue cannot be written: {error.strerror}"
        raise UsageError("out-unwritable", message, instead="Name a file in a folder that exists.") from None


def _read(path: Path) -> EvidenceFile:
    document = read_document(path, f"{path.parent.name}/{path.name}")
    return validated(EvidenceFile, document, document.data)


def evidence_page(project: Project, path: Path) -> str | None:
    """Write which rules answer what was found wrong; None where the project lists no findings.

    Raises:
        ConfigurationError: a rule named there does not exist.
    """
    if not path.is_file():
        return None
    evidence = _read(path)
    rules: dict[str, tuple[str, set[str]]] = {}
    for source, rule in all_rules(project):
        one = rule.check or rule
        rules.setdefault(one.code, (one.severity, set()))[1].add(source)
    lines = []
    for number, finding in enumerate(evidence.findings, 1):
        for code in finding.rules:
            if code not in rules:
                message = f"'{code}' of {path.name} is no rule of any source"
                raise ConfigurationError("unknown-rule", message, instead="List them with `everycase rules`.")
        codes = ", ".join(f"[{c}](rules/{c}.md) ({rules[c][0]})" for c in finding.rules)
        used = sorted({s for c in finding.rules for s in rules[c][1]})
        answer = "; ".join(part for part in (codes, finding.answered) if part)
        lines.append(f"| {number} | {finding.asks} | {answer} | {len(used) or ''} |")
    head = f"# {evidence.title}\n\n{evidence.source}\n\n| | what is asked | rules | sources |\n|--:|---|---|--:|\n"
    tail = "\n\nThe whole catalogue as CSV: `everycase rules --csv catalogue.csv`.\n"
    return head + "\n".join(lines) + tail
