"""What a protected report says: counts, and in the place of each that is withheld, nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: a count, or None where it is withheld; what it was is not in a release at all
Shown = int | None

#: what is withheld beyond single counts: an `axis` that has no rows, a `part` that has no counts; and which
Note = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """The counts of some records of a source: all of them, those of a group, or those of several groups together.

    Attributes:
        axis: the field that the records are grouped by; "" for all records.
        name: the code of a group or the name of a level above; "" for all records.
        meaning: what people call it.
        parent: the name of the row one level up.
        groups: the codes whose records these are, sorted; empty for all records.
        pooled: several groups together, each too small to be shown alone.
        fields: field -> count -> how many.
        rules: rule -> count -> how many.
    """

    axis: str
    name: str
    meaning: str
    parent: str
    groups: tuple[str, ...]
    pooled: bool
    records: int
    fields: Mapping[str, Mapping[str, Shown]]
    rules: Mapping[str, Mapping[str, Shown]]


@dataclass(frozen=True, slots=True)
class PublicRule:
    """A rule; its status is "withheld" where a count that it follows from is."""

    code: str
    title: str
    severity: str
    dimension: str
    threshold: float
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class PublicSource:
    """A source.

    Attributes:
        reason: why it has no figures, where it has none: `unchecked`, `few`, `few_more`, `not_growing` or `not_adding`.
    """

    id: str
    title: str
    agency: str
    reason: str
    fields: Mapping[str, str]
    rules: tuple[PublicRule, ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """All that a protected report says."""

    report: str
    title: str
    project: str
    as_of: str
    version: str
    lowest: int
    highest: int
    marker: str
    rounding: int
    sources: tuple[PublicSource, ...]

    def withheld(self) -> tuple[int, int]:
        """Count the counts that are withheld, and all."""
        every = [
            count
            for source in self.sources
            for row in source.rows
            for group in (row.fields, row.rules)
            for counts in group.values()
            for count in counts.values()
        ]
        return sum(c is None for c in every), len(every)
