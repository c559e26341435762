"""Which shares of areas are compared: shares of quality, never of how common domestic abuse is.

A share of avoidable unknown answers, of codes outside the list, or of records that fail a rule about the flag says
how well an area records. A share of flagged records would say how much abuse there is, and is never made here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.outcome import Status
from everycase.scoring.funnel import Area, Funnel, funnel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from everycase.outcome import FieldTally, GroupOutcome, SourceResult

NO_AREA = ("(blank)", "(unmapped)", "")
FLAG = "flag"
_KINDS: dict[str, Callable[[FieldTally], int]] = {
    "avoidable": lambda tally: tally.avoidable,
    "unmapped": lambda tally: tally.not_known["unmapped"],
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One share, area by area.

    Attributes:
        kind: avoidable, unmapped, or failing.
        of: the field or the code of the rule.
        title: of the field or rule.
        by: the field that the areas come from.
        left_out: records whose area is blank or not in the list.
    """

    kind: str
    of: str
    title: str
    by: str
    funnel: Funnel
    left_out: int

    @property
    def part(self) -> int:
        """Count the records that all areas have of it."""
        return sum(a.part for a in self.funnel.areas)


def comparisons(source: SourceResult) -> tuple[Comparison, ...]:
    """Make every comparison of a source that there is something to say about, rules about the flag first."""
    found = [c for by in dict.fromkeys(g.field for g in source.groups) for c in _by(source, by)]
    return tuple(sorted(found, key=lambda c: (c.kind != "failing", -c.part, c.of, c.kind)))


def _by(source: SourceResult, by: str) -> Iterator[Comparison]:
    groups = [g for g in source.groups if g.field == by and g.value not in NO_AREA]
    left_out = sum(g.records for g in source.groups if g.field == by and g.value in NO_AREA)
    for field in source.fields:
        if field.missing or field.name == by:
            continue
        for kind, count in _KINDS.items():
            areas = _areas(groups, lambda g, n=field.name, c=count: _of_field(g, n, c))  # type: ignore[misc]
            if made := funnel(areas):
                yield Comparison(kind, field.name, field.title, by, made, left_out)
    for rule in source.rules:
        if rule.priority != FLAG or rule.status in {Status.NOT_APPLICABLE, Status.COULD_NOT_CHECK}:
            continue
        areas = _areas(groups, lambda g, c=rule.code: _of_rule(g, c))  # type: ignore[misc]
        if made := funnel(areas):
            yield Comparison("failing", rule.code, rule.title, by, made, left_out)


def _areas(groups: Iterable[GroupOutcome], counts: Callable[[GroupOutcome], tuple[int, int]]) -> list[Area]:
    return [Area(g.value, g.meaning, *counts(g)) for g in groups]


def _of_field(group: GroupOutcome, name: str, count: Callable[[FieldTally], int]) -> tuple[int, int]:
    tally = group.fields.get(name)
    return (count(tally), tally.applicable) if tally else (0, 0)


def _of_rule(group: GroupOutcome, code: str) -> tuple[int, int]:
    counts = group.rules.get(code)
    return (counts.failing, counts.judged) if counts else (0, 0)
