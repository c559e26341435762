"""What a run would ask of the engine: its statements, how often the extract is read, and which rules share a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.run import planned

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from everycase.loading import Columns
    from everycase.plan import Plan
    from everycase.project import Project


def describe(project: Project, sources: Sequence[str], as_of: dt.date) -> str:
    """Say what a check would do, without reading anything.

    Raises:
        ConfigurationError: a predicate cannot be written.
    """
    parts = []
    for name in project.choose(list(sources)):
        plan, columns = planned(project, name, as_of)
        parts.append(_source(project, name, plan, columns, as_of))
    return "\n".join(parts)


def _source(project: Project, name: str, plan: Plan, columns: Columns, as_of: dt.date) -> str:
    source = project.sources[name]
    rules = project.rules_of(name)
    tables = len(source.reader.tables) or 1
    files = "file" if tables == 1 else f"files, joined to the records of '{source.reader.records}'"
    read = f"the extract is read once ({tables} {files}) into typed columns"
    if source.reader.kind == "postgres":
        read = "the table or query is read in PostgreSQL itself: once to count its records, and by what follows"
    lines = [f"{name}: {len(rules)} rules, {len(plan.tiered)} fields", f"  1. {read}"]
    for fields in sorted(columns.windows):
        asked = ", ".join(j.rule.code for j in plan.judged if fields in j.windows)
        lines.append(f"  {len(lines)}. records equal in {' and '.join(fields)} are counted, for {asked}")
    groups = f", per {' and '.join(source.group_by)}" if source.group_by else ""
    fused = ", ".join(j.rule.code for j in plan.judged)
    lines.append(
        f"  {len(lines)}. one statement, one pass, counts all fields and {len(plan.judged)} rules{groups}: {fused}"
    )
    shared = ", ".join(plan.derived)
    if shared:
        lines.append(f"     worked out once for all of them: {shared}")
    lines += [f"  not judged: {code}: {why}" for code, why in sorted(plan.refused.items())]
    native = [r.code for r in rules if r.native is not None]
    if native:
        lines.append(f"  {len(lines)}. alone, since Great Expectations judges them itself: {', '.join(native)}")
    idle = [r.code for r in rules if not r.effective.holds_on(as_of)]
    if idle:
        lines.append(f"  not asked, since not in force on {as_of.isoformat()}: {', '.join(idle)}")
    lines.append("  then, only where something fails: one statement a source for the failing records, one a field")
    lines.append("  for values that its code list does not hold")
    return "\n".join(lines) + "\n"
