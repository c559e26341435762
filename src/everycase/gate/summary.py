"""The summary: pass or fail and why in a line, then what changed in one table, worst first, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.gate.judgement import Kind
from everycase.reporting.figures import plain, share
from everycase.reporting.notebook import row_of
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycase.gate.judgement import Finding, Gate

#: GitHub takes no more than this of a step
MOST_BYTES = 1024 * 1024 - 4096
_MOST_ROWS = 500


def render(gate: Gate) -> str:
    """Give the summary."""
    run = gate.document["run"]
    verdict = say(f"verdict.{gate.status.value}")
    parts = [
        f"## {_cell(say('gate.headline', verdict=verdict, project=run['project'], counted=gate.counted()))}\n",
        _cell(say("gate.compared", baseline=gate.baseline, day=run["as_of"])) + "\n",
        *(f"{_cell(remark)}\n" for remark in gate.remarks),
        _sources(gate),
        _findings(gate),
        _changes(gate),
    ]
    text = "\n".join(p for p in parts if p)
    while len(text.encode()) > MOST_BYTES:
        text = text[: text.rstrip().rfind("\n") + 1]
    return text


def _sources(gate: Gate) -> str:
    rows = []
    for source in gate.document["sources"]:
        kinds = {f.kind for f in gate.of(source["id"])}
        status = "could_not_check" if Kind.COULD_NOT_CHECK in kinds else source["status"]
        rows.append((say(f"verdict.{status}"), source["id"], number(source["records"]), f"`{_digest(source)}`"))
    return _table(_head("verdict", "source", "records", "extract"), rows)


def _digest(source: object) -> str:
    extract = source.get("extract") if isinstance(source, dict) else None
    return str(extract["sha256"])[:16] if extract and extract["sha256"] else "-"


def _findings(gate: Gate) -> str:
    """One row a finding: rule, before, now, difference, what it is."""
    rows = [_row(f) for f in gate.findings[:_MOST_ROWS]]
    if not rows:
        return ""
    more = len(gate.findings) - len(rows)
    table = _table(_head("finding", "source", "rule", "title", "before", "now", "points", "why"), rows)
    return f"### {say('gate.findings')}\n\n{table}" + (f"\n{say('gate.more', n=more)}\n" if more else "")


def _row(finding: Finding) -> tuple[str, ...]:
    change = finding.change
    before = now = points = ""
    if change is not None:
        *_, before, now, points, _ = row_of(change)
    kind = say(f"gate.kind.{finding.kind.value}")
    if change is not None and change.verdict.value != finding.kind.value:
        kind = say("gate.also", kind=kind, verdict=say(f"change.{change.verdict.value}"))
    return (kind, finding.source, finding.code, finding.title, before, now, points, finding.text)


def _changes(gate: Gate) -> str:
    """Count what changed, and list what got better or was resolved: who mends something should see it."""
    if gate.comparison is None:
        return ""
    counted = [
        say("change.counted", n=n, verdict=say(f"change.{v}")) for v, n in gate.comparison.counted().items() if n
    ]
    good = [c for c in gate.comparison.changes if c.verdict in {"better", "resolved"}][:_MOST_ROWS]
    text = f"### {say('gate.changes')}\n\n{say('totals.between').join(counted)}\n"
    if good:
        rows = [(*row_of(c)[:4], _share(c.before), _share(c.now), row_of(c)[6]) for c in good]
        text += "\n" + _table(_head("finding", "source", "rule", "title", "before", "now", "points"), rows)
    return text


def _share(found: object) -> str:
    part, whole = getattr(found, "part", 0), getattr(found, "whole", 0)
    return share(part, whole)


def _head(*names: str) -> tuple[str, ...]:
    return tuple(say(f"gate.column.{name}") for name in names)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([_cell(c) for c in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    """Write a text so that it stays in its cell and marks nothing up."""
    text = plain(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return text.replace("[", "\\[").replace("*", "\\*").replace("_", "\\_") if "`" not in text else text
