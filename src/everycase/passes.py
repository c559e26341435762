"""What a run would ask of the engine: its statements, how often the extract is read, and which rules share a pass."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from everycase.loading import pushed
from everycase.plan import Judged, lay_out
from everycase.run import planned

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from everycase.plan import Planned
    from everycase.project import Project


def describe(project: Project, sources: Sequence[str], as_of: dt.date, engine: str | None = None) -> str:
    """Say what a check would do, without reading anything.

    Raises:
        ConfigurationError: a predicate cannot be written.
    """
    parts = []
    for name in project.choose(list(sources)):
        stays = pushed(project.sources[name], engine or project.registry.entry.engine.kind)
        parts += [_source(project, name, p, as_of, stays=stays) for p in planned(project, name, as_of, engine)]
    return "\n".join(parts)


def _source(project: Project, name: str, part: Planned, as_of: dt.date, *, stays: bool) -> str:
    source, rules, plan, columns = project.sources[name], part.rules, part.plan, part.columns
    name = f"{name}.{part.suite.table}" if part.suite.table else name
    layout = lay_out(plan, plan.judged, plan.tiered, columns)
    marks = {(m.source, m.table) for marks in layout.marks for m in marks}
    conditions = sum(table is None for _, table in marks)
    lines = [
        f"{name}: {len(plan.judged)} rules and {len(plan.tiered)} fields ask {conditions} conditions of a record and "
        f"{len(marks) - conditions} things of its codes"
    ]

    def step(text: str) -> None:
        lines.append(f"  {sum(line.startswith('  ') and line[2].isdigit() for line in lines) + 1}. {text}")

    groups = f", by {' and by '.join(source.group_by)}" if source.group_by else ""
    if stays:
        where = "the server" if source.reader.kind == "postgres" else "Spark"
        step(f"one statement on {where} reads the records once and counts the profiles below{groups}")
    else:
        tables = len(source.reader.tables) or 1
        files = "one file" if tables == 1 else f"{tables} files, joined to the records of '{source.reader.records}'"
        step(f"one statement reads {files} once, and of each record keeps the profiles below")
    for fields in sorted({w for j in plan.judged for w in j.windows}):
        asked = ", ".join(j.rule.code for j in plan.judged if fields in j.windows)
        where = "in the same statement" if stays else "afterwards, from what was kept"
        if fields[0].startswith("rows of "):
            within = f"the same record of {fields[1]}" if fields[1] else "the extract"
            step(f"{fields[0]} within {within} are looked at {where}, for {asked}")
            continue
        step(f"records equal in {' and '.join(fields)} are counted against each other {where}, for {asked}")
    for number, (marks_of, items) in enumerate(zip(layout.marks, layout.items, strict=True), 1):
        kinds = prod(m.size for m in marks_of)
        codes = ", ".join(i.rule.code if isinstance(i, Judged) else i.spec.name for i in items)
        if stays:
            step(f"profile {number}, of at most {kinds:,} kinds, is judged once a kind: {codes}")
        else:
            step(f"profile {number}, of at most {kinds:,} kinds, is counted{groups}, and judged once a kind: {codes}")
    alone = [(j.rule.code, j.alone) for j in plan.judged] + [(f"field {t.spec.name}", t.alone) for t in plan.tiered]
    for what, why in alone:
        if why:
            lines.append(f"     {what} is worked out record by record, since {why}")
    shared = ", ".join(plan.derived)
    if shared:
        lines.append(f"     worked out once for all conditions: {shared}")
    lines += [f"  not judged: {code}: {why}" for code, why in sorted(plan.refused.items())]
    native = [r.code for r in rules if r.native is not None]
    if native:
        step(f"alone, since Great Expectations judges them itself: {', '.join(native)}")
    idle = [r.code for r in rules if not r.effective.holds_on(as_of)]
    if idle:
        lines.append(f"  not asked, since not in force on {as_of.isoformat()}: {', '.join(idle)}")
    lines.append("  then, only where something fails, the failing records are listed from the profiles kept; and only")
    lines.append("  where a code list does not hold a value, such values are counted")
    return "\n".join(lines) + "\n"
