"""The Data Quality Maturity Index: as NHS England publishes it, and ours, whose differences are declared.

Published (methodology and appendix 1, last edited 11 October 2021): defaults in excess = defaults - threshold x
records; item score = (valid and complete - defaults in excess) / records; index = mean item score x mean coverage x
100, both over the items for which data was submitted. "Valid and complete" includes defaults. The published worked
example counts no excess below zero (a default answer that is tolerated earns nothing more), so neither does this.

Ours differs in four ways, each of which `DIFFERENCES` says to the reader.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycase.outcome import FieldOutcome, FieldTally

DIFFERENCES = (
    "The denominator of a field is the records in which it is required, not all records.",
    "A field that is expected and was not supplied scores 0; the published index leaves it out of the mean.",
    "A score is never below 0.",
    "A pilot field is scored and shown, and does not count.",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One data item: its counts and what they are worth.

    Attributes:
        records: the denominator.
        complete: valid and complete records, defaults among them.
        defaults: of those, the codes that give no answer.
        threshold: the share of defaults that is tolerated, 0 to 1.
        coverage: periods submitted over periods expected.
        submitted: whether there is a column for it; False scores 0 in our index and is left out of the published one.
        counts: False for a pilot.
    """

    name: str
    records: int
    complete: int
    defaults: int = 0
    threshold: Fraction = Fraction(0)
    coverage: Fraction = Fraction(1)
    submitted: bool = True
    counts: bool = True

    @property
    def excess(self) -> Fraction:
        """Give the defaults beyond what is tolerated; never below 0."""
        return max(Fraction(0), self.defaults - self.threshold * self.records)

    @property
    def score(self) -> Fraction | None:
        """Give the item's score, 0 to 1; None where there is no record to judge."""
        if not self.records:
            return None
        return (self.complete - self.excess) / self.records

    @property
    def floored(self) -> Fraction | None:
        """Give the score of our index: 0 where nothing was submitted, never below 0."""
        if not self.submitted:
            return Fraction(0)
        return None if self.score is None else max(Fraction(0), self.score)


@dataclass(frozen=True, slots=True)
class Index:
    """An index and what it is the mean of.

    Attributes:
        value: 0 to 100; None where no item could be scored.
        mean: of the item scores.
        coverage: mean coverage over the same items.
        items: how many items the means are over.
    """

    value: Fraction | None
    mean: Fraction
    coverage: Fraction
    items: int


def published(items: Iterable[Item]) -> Index:
    """Give the index by the published formula, over the items for which data was submitted."""
    return _mean([(i.score, i.coverage) for i in items if i.submitted])


def ours(items: Iterable[Item]) -> Index:
    """Give our index: an item that was expected and not submitted counts as 0, a pilot not at all."""
    return _mean([(i.floored, i.coverage) for i in items if i.counts])


def _mean(scored: Iterable[tuple[Fraction | None, Fraction]]) -> Index:
    found = [(score, coverage) for score, coverage in scored if score is not None]
    if not found:
        return Index(None, Fraction(0), Fraction(0), 0)
    mean = sum((s for s, _ in found), Fraction(0)) / len(found)
    coverage = sum((c for _, c in found), Fraction(0)) / len(found)
    return Index(mean * coverage * 100, mean, coverage, len(found))


def item_of(field: FieldOutcome, defaults: Mapping[str, float], coverage: Fraction) -> Item:
    """Make the item of our index from a field; its denominator is the records that need it."""
    tally = field.tally
    return Item(
        name=field.name,
        records=tally.records if field.missing else tally.applicable,
        complete=tally.valid,
        defaults=defaults_of(tally),
        threshold=Fraction(str(defaults.get(field.name, 0.0))),
        coverage=coverage,
        submitted=not field.missing,
        counts=not field.pilot,
    )


def defaults_of(tally: FieldTally) -> int:
    """Count the valid codes that give no answer: not known, not stated, not applicable, or filled in by a system."""
    return max(tally.valid - tally.known, min(tally.default, tally.valid))


def as_published(item: Item, field: FieldOutcome) -> Item:
    """Make the item as the published index takes it: over all records."""
    return replace(item, records=field.tally.records)
