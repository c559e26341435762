"""What the parts of the scorecard are made of: figures with numerator and denominator, and tables of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.reporting.figures import share
from everycase.words import number, say

if TYPE_CHECKING:
    from fractions import Fraction

    from everycase.scoring.maturity import Index
    from everycase.scoring.settings import Scoring


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with what it is made of.

    Attributes:
        percent: the length of its bar.
        kind: how it is shaded: good, watch, poor; "" not at all. The share itself always stands beside the shade.
        word: a word that says the same; "" where the share says enough.
    """

    share: str
    of: str
    percent: int
    kind: str = ""
    word: str = ""

    @classmethod
    def part(cls, part: int, whole: int, kind: str = "", word: str = "") -> Figure:
        """Make the figure of a part of a whole."""
        if not whole:
            return cls(say("figure.not_needed"), "", 0)
        found = say("figure.part", part=part, whole=whole)
        return cls(share(part, whole), found, part * 100 // whole, kind, word)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption: the head of each row, then its cells.

    Attributes:
        texts: how many of the columns after the first hold words, and are set to the left.
    """

    id: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure | str, ...]], ...]
    note: str = ""
    texts: int = 0


def band_kind(scoring: Scoring, score: float) -> str:
    """Say how a score is shaded: the best band is good, the last poor, all between are to be watched."""
    place = scoring.bands.index(scoring.band(score))
    return "good" if place == 0 else "poor" if place == len(scoring.bands) - 1 else "watch"


def index_words(index: Index) -> str:
    """Write an index with one decimal, or that there is none; 100.0 only where it is exactly that."""
    return say("figure.none") if index.value is None else hundredths(index.value)


def hundredths(value: Fraction) -> str:
    """Write a score of 0 to 100 with one decimal, never as all where it is less.

    >>> from fractions import Fraction
    >>> hundredths(Fraction(9999, 100)), hundredths(Fraction(100)), hundredths(Fraction(472, 10))
    ('>99.9', '100.0', '47.2')
    """
    tenths = int(value * 10 + type(value)(1, 2))
    if tenths == 1000 and value < 100:
        return say("figure.above", share=number(99.9, 1))
    return number(tenths / 10, 1)
