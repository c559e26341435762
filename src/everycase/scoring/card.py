"""The scorecard as figures: all that a result comes to, and nothing that needs the data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from everycase.outcome import RANK, Status
from everycase.scoring.comparison import Comparison, comparisons
from everycase.scoring.dimensions import Cell, matrix_row
from everycase.scoring.maturity import Index, Item, as_published, defaults_of, item_of, ours, published
from everycase.scoring.settings import Band, Scoring

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycase.outcome import FieldOutcome, FieldTally, RunResult, SourceResult


@dataclass(frozen=True, slots=True)
class FieldCard:
    """A field and its score: `item` as our index takes it, `published` as the NHS's does."""

    field: FieldOutcome
    item: Item
    published: Item
    band: Band | None


@dataclass(frozen=True, slots=True)
class Action:
    """A line of the action plan.

    Attributes:
        data: what it is about: a rule or a field.
        code: of the rule, or the name of the field.
        part: records that are as they should be, of `whole`.
        target: the least share of them, 0 to 1.
        severity: of the rule; error for a field.
        owner: the role that answers for the data.
        by: the day by which the target is to be met; "" where none is agreed.
    """

    source: str
    data: str
    code: str
    part: int
    whole: int
    target: float
    severity: str
    fix: str
    owner: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A source, scored."""

    source: SourceResult
    scoring: Scoring
    coverage: Fraction
    fields: tuple[FieldCard, ...]
    ours: Index
    published: Index
    dimensions: tuple[Cell, ...]
    comparisons: tuple[Comparison, ...]
    actions: tuple[Action, ...]

    @classmethod
    def of(cls, source: SourceResult) -> SourceCard:
        """Score a source."""
        scoring = source.scoring or Scoring()
        coverage = Fraction(source.coverage.supplied, source.coverage.expected)
        fields = tuple(_field(f, scoring, coverage) for f in source.fields if f.expected)
        absent = () if source.fields else tuple(_absent(n, coverage) for n in source.expected_fields)
        return cls(
            source=source,
            scoring=scoring,
            coverage=coverage,
            fields=fields,
            ours=ours([*(f.item for f in fields), *absent]),
            published=published(f.published for f in fields),
            dimensions=matrix_row(source, scoring),
            comparisons=comparisons(source),
            actions=tuple(_actions(source, scoring)),
        )


@dataclass(frozen=True, slots=True)
class Card:
    """A run, scored: one index over the fields of all its sources."""

    result: RunResult
    sources: tuple[SourceCard, ...]
    ours: Index
    published: Index

    @classmethod
    def of(cls, result: RunResult) -> Card:
        """Score a run."""
        cards = tuple(SourceCard.of(s) for s in result.sources)
        items = [f.item for c in cards for f in c.fields]
        items += [_absent(n, c.coverage) for c in cards if not c.source.fields for n in c.source.expected_fields]
        return cls(result, cards, ours(items), published(f.published for c in cards for f in c.fields))

    @property
    def actions(self) -> tuple[Action, ...]:
        """List the action plan of all sources, what must be fixed first."""
        return tuple(sorted((a for c in self.sources for a in c.actions), key=_weight))


def group_item(name: str, tally: FieldTally, scoring: Scoring, coverage: Fraction) -> Item:
    """Make the item of a field within one group, so that an area has an index too."""
    return Item(
        name,
        tally.applicable,
        tally.valid,
        defaults_of(tally),
        Fraction(str(scoring.defaults.get(name, 0.0))),
        coverage,
    )


def _field(field: FieldOutcome, scoring: Scoring, coverage: Fraction) -> FieldCard:
    item = item_of(field, scoring.defaults, coverage)
    score = item.floored
    return FieldCard(field, item, as_published(item, field), None if score is None else scoring.band(float(score)))


def _absent(name: str, coverage: Fraction) -> Item:
    """Make the item of a field whose whole extract is missing."""
    return Item(name, 0, 0, coverage=coverage, submitted=False)


def _actions(source: SourceResult, scoring: Scoring) -> Iterable[Action]:
    """List what misses its target: failed rules, and fields that are less known than the source's target asks."""
    for rule in source.rules:
        wanted = not scoring.critical or rule.code in scoring.critical
        if wanted and rule.status is Status.FAILED:
            counts = rule.counts
            yield Action(source.id, rule.title, rule.code, counts.passing, counts.judged, 1 - rule.threshold,
                         rule.severity, rule.fix, source.owner, scoring.by)  # fmt: skip
    for field in source.fields:
        tally = field.tally
        wanted = field.expected and not field.pilot and (not scoring.critical or field.name in scoring.critical)
        if wanted and tally.applicable and tally.known < scoring.target * tally.applicable:
            yield Action(source.id, field.title, field.name, tally.known, tally.applicable, scoring.target,
                         "query", "", source.owner, scoring.by)  # fmt: skip


def _weight(action: Action) -> tuple[int, float, str, str]:
    return RANK[action.severity], action.part / action.whole - action.target, action.source, action.code
