"""The score: what stored counts come to. Everything here follows from a result alone; no record is read again.

`maturity` is the NHS index as published and ours beside it, `dimensions` the matrix, `comparison` and `funnel` the
areas compared fairly, `intervals` the intervals, `rescoring` the same counts under other thresholds, `card` all of
it for one run.
"""

from everycase.scoring.card import Card, SourceCard
from everycase.scoring.settings import Band, Scoring

__all__ = ["Band", "Card", "Scoring", "SourceCard"]
