"""The six dimensions of the Government Data Quality Framework, each a share with its numerator and denominator.

Completeness is measured on the fields: known answers of those required. The others are measured on the rules of the
dimension: judgements that pass, of all records the rules apply or may apply to, so that what could not be judged is
never counted as good. Accuracy compares records with the case, which no extract can; only a dip sample tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.outcome import Status

if TYPE_CHECKING:
    from everycase.outcome import SourceResult
    from everycase.scoring.settings import Scoring

DIMENSIONS = ("accuracy", "completeness", "consistency", "timeliness", "uniqueness", "validity")
NOT_MEASURED = "not measured"
COULD_NOT_BE_CHECKED = "could not be checked"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix.

    Attributes:
        part: judgements or answers that are as they should be.
        whole: all of them; 0 where nothing was measured.
        word: the band; or "not measured", or "could not be checked".
        measures: how many rules or fields it rests on.
        unchecked: how many more could not be checked.
    """

    dimension: str
    part: int
    whole: int
    word: str
    measures: int
    unchecked: int = 0


def matrix_row(source: SourceResult, scoring: Scoring) -> tuple[Cell, ...]:
    """Measure the dimensions of a source."""
    return tuple(_cell(source, scoring, dimension) for dimension in DIMENSIONS)


def _cell(source: SourceResult, scoring: Scoring, dimension: str) -> Cell:
    if dimension == "accuracy":
        return _accuracy(source, scoring)
    if dimension == "completeness":
        fields = [f for f in source.fields if f.expected and not f.pilot]
        # NOTE: of a field that was not supplied nobody knows in which records it was required: all of them count.
        whole = sum(f.tally.records if f.missing else f.tally.applicable for f in fields)
        part = sum(f.tally.known for f in fields)
        missing = sum(1 for f in fields if f.missing)
        return _judged(scoring, dimension, part, whole, len(fields), 0 if fields else 1, missing)
    rules = [r for r in source.rules if r.dimension == dimension]
    unchecked = sum(1 for r in rules if r.status is Status.COULD_NOT_CHECK)
    part = sum(r.counts.passing for r in rules)
    whole = sum(r.counts.applicable for r in rules)
    return _judged(scoring, dimension, part, whole, len(rules) - unchecked, unchecked)


def _judged(
    scoring: Scoring, dimension: str, part: int, whole: int, measures: int, unchecked: int, missing: int = 0
) -> Cell:
    if not whole:
        word = COULD_NOT_BE_CHECKED if unchecked or missing else NOT_MEASURED
        return Cell(dimension, 0, 0, word, measures, unchecked)
    return Cell(dimension, part, whole, scoring.band(part / whole).name, measures, unchecked)


def _accuracy(source: SourceResult, scoring: Scoring) -> Cell:
    sample = source.accuracy
    if sample is None or not sample.compared:
        return Cell("accuracy", 0, 0, NOT_MEASURED, 0)
    return Cell("accuracy", sample.agreeing, sample.compared, scoring.band(sample.agreeing / sample.compared).name, 1)
