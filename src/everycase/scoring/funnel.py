"""Funnel plots: shares of areas against how many records they rest on, with limits that say who stands out.

Spiegelhalter, D. J. (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24, 1185-1202;
and Handling over-dispersion of performance indicators, Quality and Safety in Health Care 14, 347-351. The plain limits
are exact binomial ones, made continuous as the first paper does. The adjusted ones add a variance between areas
(additive random effects) where the winsorised scores spread more than chance makes them. An adjusted limit is never
narrower than the plain one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING

from everycase.scoring.intervals import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVELS = (0.95, 0.998)
WINSORISED = 0.1
#: fewer areas than these tell nothing about how areas spread
FEWEST_AREAS = 5


@dataclass(frozen=True, slots=True)
class Area:
    """An area and its share: numerator and denominator."""

    value: str
    name: str
    part: int
    whole: int

    @property
    def share(self) -> float:
        """Give the share, 0 to 1."""
        return self.part / self.whole


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one level at one number of records."""

    level: float
    plain: tuple[float, float]
    adjusted: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Funnel:
    """The areas of one share, and how they spread.

    Attributes:
        centre: the share of all areas together.
        phi: the mean squared score, winsorised: 1 where chance alone is at work.
        tau: standard deviation between areas that the adjusted limits allow for; 0 where there is no overdispersion.
    """

    areas: tuple[Area, ...]
    centre: float
    phi: float
    tau: float

    def limits(self, whole: int) -> tuple[Limits, ...]:
        """Give the limits at a number of records, those of 95% first."""
        return tuple(_limits(self.centre, self.tau, whole, level) for level in LEVELS)

    def outside(self, area: Area, *, adjusted: bool) -> float | None:
        """Name the widest level whose limits an area lies outside of; None where it lies within all."""
        found = None
        for limits in self.limits(area.whole):
            low, high = limits.adjusted if adjusted else limits.plain
            if area.share < low or area.share > high:
                found = limits.level
        return found


def funnel(areas: Sequence[Area]) -> Funnel | None:
    """Compare areas; None where fewer than five have records, or where all or none of the records have it."""
    found = tuple(a for a in areas if a.whole)
    part, whole = sum(a.part for a in found), sum(a.whole for a in found)
    if len(found) < FEWEST_AREAS or part in {0, whole}:
        return None
    centre = part / whole
    variances = [centre * (1 - centre) / a.whole for a in found]
    scores = winsorised([(a.share - centre) / sqrt(v) for a, v in zip(found, variances, strict=True)])
    phi = sum(z * z for z in scores) / len(scores)
    return Funnel(found, centre, phi, _between(phi, variances))


def winsorised(scores: Sequence[float], share: float = WINSORISED) -> list[float]:
    """Pull the lowest and the highest scores in to the ones beside them: so many of them at each end.

    >>> winsorised([-9, 1, 2, 3, 4, 5, 6, 7, 8, 99])
    [1, 1, 2, 3, 4, 5, 6, 7, 8, 8]
    """
    ordered = sorted(scores)
    cut = int(len(ordered) * share)
    low, high = ordered[cut], ordered[len(ordered) - 1 - cut]
    return [min(max(z, low), high) for z in scores]


def _between(phi: float, variances: Sequence[float]) -> float:
    """Give the standard deviation between areas by the method of moments; 0 where the spread is no more than chance."""
    number = len(variances)
    weights = [1 / v for v in variances]
    spread = number * phi - (number - 1)
    scale = sum(weights) - sum(w * w for w in weights) / sum(weights)
    return sqrt(spread / scale) if spread > 0 and scale > 0 else 0.0


@lru_cache(maxsize=65536)
def _limits(centre: float, tau: float, whole: int, level: float) -> Limits:
    low, high = _binomial(centre, whole, (1 - level) / 2), _binomial(centre, whole, (1 + level) / 2)
    half = normal(level) * sqrt(centre * (1 - centre) / whole + tau * tau)
    wide = (max(0.0, min(low, centre - half)), min(1.0, max(high, centre + half))) if tau else (low, high)
    return Limits(level, (low, high), wide)


def _binomial(centre: float, whole: int, chance: float) -> float:
    """Give the share below which a chance lies, between the two numbers of records that come nearest to it."""
    from scipy.special import bdtr

    low, high = -1, whole
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if bdtr(middle, whole, centre) >= chance else (middle, high)
    here = float(bdtr(high, whole, centre))
    before = float(bdtr(high - 1, whole, centre)) if high else 0.0
    between = (here - chance) / (here - before) if here > before else 0.0
    return min(1.0, max(0.0, (high - between) / whole))
