"""The counts of linking as link.json, link.csv and the lines of a terminal."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from everycase.disclosure import harmless

if TYPE_CHECKING:
    from everycase.linking.counts import Step
    from everycase.linking.journey import Linked

HEAD = ("pathway", "from", "to", "side", "area", "part", "measure", "numerator", "denominator", "of")


def as_json(linked: Linked) -> bytes:
    """Write everything; the same extracts give the same bytes."""
    steps = []
    for step in linked.steps:
        plain = asdict(step)
        plain["from"] = plain.pop("from_")
        plain["status"] = "could_not_check" if step.problem else "measured"
        steps.append(plain)
    extracts = [{"source": s.source, "file": s.file, "sha256": s.sha256, "records": s.records} for s in linked.sides]
    whole = {"schema_version": 1, "project": linked.project, "project_digest": linked.digest, "extracts": extracts,
             "steps": steps}  # fmt: skip
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()


def as_csv(linked: Linked) -> bytes:
    """Write one count a line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEAD)
    for s in linked.steps:
        for c in s.counts:
            row = (
                s.pathway,
                s.from_,
                s.to,
                c.side,
                harmless(c.area),
                c.part,
                c.measure,
                c.numerator,
                c.denominator,
                c.of,
            )
            writer.writerow(row)
        for b in s.bounds:
            for end, number in (("lowest", b.lowest), ("highest", b.highest)):
                measure = f"{b.measure}_{end}"
                writer.writerow((s.pathway, s.from_, s.to, "from", "", "bounds", measure, number, b.denominator, b.of))
    return text.getvalue().encode()


def lines(linked: Linked) -> list[str]:
    """Write the lines of a terminal: each step with what can be followed, and what becomes of the flag."""
    told: list[str] = []
    for step in linked.steps:
        told += _step(step)
    checked = sum(s.problem is None for s in linked.steps)
    return [*told, f"{checked} of {len(linked.steps)} steps measured"]


def _step(step: Step) -> list[str]:
    head = f"{step.pathway}: {step.from_} > {step.to} by {', '.join(step.on)}"
    rows = []
    for side, source in (("from", step.from_), ("to", step.to)):
        if step.counts:
            rows.append((f"{source}: key supplied", *step.number("linkability", "supplied", side), "records"))
            rows.append((f"{source}: key valid", *step.number("linkability", "valid", side), "supplied"))
    if step.problem is None:
        for side, source in (("from", step.from_), ("to", step.to)):
            rows.append((f"{source}: linked", *step.number("coverage", "linked", side), "records"))
        for label, part, measure in (
            ("impossible order of dates", "time", "impossible_order"),
            ("flag followed", "flag", "followed"),
            ("flag kept", "flag", "kept"),
            ("flag lost", "flag", "lost"),
            ("  by definition", "flag", "lost_by_definition"),
            ("  by omission", "flag", "lost_by_omission"),
            ("  age not known", "flag", "lost_age_not_known"),
            ("flag gained", "flag", "gained"),
            ("sex contradictory", "sex", "contradictory"),
            ("date of birth contradictory", "dob", "contradictory"),
        ):
            found = next(
                (c for c in step.counts if (c.side, c.area, c.part, c.measure) == ("from", "", part, measure)), None
            )
            if found is not None:
                rows.append((label, found.numerator, found.denominator, found.of))
    lines = [head]
    if step.problem is not None:
        where = f"{step.problem.where}: " if step.problem.where else ""
        lines.append(f"  could not check: {where}{step.problem.message}")
        if step.problem.instead:
            lines.append(f"  {step.problem.instead}")
        lines.append(f"  see docs/errors.md#{step.problem.slug}")
    wide = max((len(r[0]) for r in rows), default=0)
    lines += [f"  {r[0].ljust(wide)}  {r[1]:>11,} of {r[2]:>11,} {r[3]}{_share(r[1], r[2])}" for r in rows]
    for b in step.bounds:
        if b.measure == "lost_by_omission":
            told = f"between {b.lowest:,} and {b.highest:,} lost the flag by omission"
            lines.append(f"  of all {b.denominator:,} flagged, {told}, since not all can be followed")
    if step.left_out:
        lines.append(f"  not compared: {', '.join(step.left_out)}")
    return [*lines, ""]


def _share(part: int, whole: int) -> str:
    """Write a share so that all is never said of less, nor nothing of more."""
    if not whole:
        return ""
    share = part / whole * 100
    if part < whole and share >= 99.95:
        return "  (99.9%)"
    return "  (0.1%)" if part and share < 0.05 else f"  ({share:.1f}%)"
