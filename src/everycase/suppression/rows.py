"""The rows of a source to be: all records first, then each axis from its levels down, and the counts of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycase.generic import FIELD_KNOWN, FIELD_SUPPLIED, FIELD_VALID
from everycase.suppression import columns
from everycase.suppression.pooling import Node, Sizes, flat, meanings, pooled, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycase.outcome import GroupOutcome, SourceResult
    from everycase.reports import Suppression
    from everycase.suppression.earlier import Earlier, Groups
    from everycase.suppression.release import Note

#: the rules of the three tiers
TIER_CODES = frozenset(c.code for c in (FIELD_SUPPLIED, FIELD_VALID, FIELD_KNOWN))
#: (fields or rules, which, which count)
Count = tuple[str, str, str]


@dataclass(slots=True)
class Place:
    """A row, its place in the tree of its axis, and its counts.

    Attributes:
        above: the place of the row one level up; -1 for the row of all records.
        below: the places of the rows that add up to this one.
    """

    axis: str
    name: str
    meaning: str
    groups: Groups
    pooled: bool
    above: int
    records: int
    counts: dict[Count, int]
    below: list[int] = field(default_factory=list)


def rows_of(source: SourceResult, policy: Suppression, earlier: Earlier) -> tuple[list[Place], list[Note]]:
    """Give the rows that may be shown, and the axes of which none can be."""
    rows = [Place("", "", "", frozenset(), pooled=False, above=-1, records=source.records, counts=_all(source))]
    notes: list[Note] = []
    for axis in dict.fromkeys(g.field for g in source.groups):
        groups = {g.value: g for g in source.groups if g.field == axis and g.records}
        nodes = _nodes(axis, groups, policy, earlier)
        if nodes is None:
            notes.append(("axis", (axis,)))
            continue
        names = {v: g.meaning for v, g in groups.items()}
        start = len(rows)
        for node, above in flat(nodes):
            members = [groups[g] for g in sorted(node.groups)]
            records = sum(m.records for m in members)
            place = start + above if above >= 0 else 0
            rows.append(
                Place(axis, node.name, meanings(names, node), node.groups, node.pooled, place, records, _some(members))
            )
        for place in range(start, len(rows)):
            rows[rows[place].above].below.append(place)
    return rows, notes


def _nodes(axis: str, groups: dict[str, GroupOutcome], policy: Suppression, earlier: Earlier) -> list[Node] | None:
    sizes = Sizes(
        records=lambda chosen: sum(groups[g].records for g in chosen),
        before=lambda chosen: earlier.records(axis, chosen),
        small=policy.small,
        highest=policy.highest,
        width=policy.width,
        joined=[pool & groups.keys() for pool in earlier.pools(axis)],
    )
    return pooled(tree(list(groups), policy.hierarchy.get(axis)), sizes)


def _all(source: SourceResult) -> dict[Count, int]:
    counts: dict[Count, int] = {}
    for outcome in source.fields:
        tally = outcome.tally
        found = {**columns.of_field(tally, max(tally.records, tally.applicable)), **columns.split_of(tally)}
        counts |= {("fields", outcome.name, c): n for c, n in found.items()}
    for rule in source.rules:
        if repeats_a_tier(rule.code):
            continue
        counts |= {("rules", rule.code, c): n for c, n in columns.of_rule(rule.counts, source.records).items()}
    return counts


def _some(members: list[GroupOutcome]) -> dict[Count, int]:
    """Add up the counts of some groups."""
    records = sum(m.records for m in members)
    counts: dict[Count, int] = {}
    for name in members[0].fields:
        tally = sum((m.fields[name] for m in members[1:]), start=members[0].fields[name])
        counts |= {("fields", name, c): n for c, n in columns.of_field(tally, records).items()}
    for code in members[0].rules:
        if repeats_a_tier(code):
            continue
        total = sum((m.rules[code] for m in members[1:]), start=members[0].rules[code])
        counts |= {("rules", code, c): n for c, n in columns.of_rule(total, records).items()}
    return counts


def repeats_a_tier(code: str) -> bool:
    """Say whether a rule only counts again what a field's tiers say: supplied, valid, known."""
    return code.partition(".")[0] in TIER_CODES


def things(rows: list[Place]) -> Iterator[tuple[str, str]]:
    """List the fields and rules that have counts."""
    yield from dict.fromkeys((kind, name) for kind, name, _ in rows[0].counts)
