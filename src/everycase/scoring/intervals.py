"""Intervals about a share: Wilson's for counts of a whole extract, the exact ones for a sample of records.

Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212. Clopper, C. J. and Pearson, E. S.
(1934), Biometrika 26, 404-413. For a sample without replacement from a finite population the exact interval inverts
the hypergeometric distribution: Wright, T. (1991), Exact Confidence Bounds when Sampling from Small Finite Universes.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LEVEL = 0.95


def normal(level: float) -> float:
    """Give how many standard deviations a two-sided level spans.

    >>> round(normal(0.95), 4), round(normal(0.998), 4)
    (1.96, 3.0902)
    """
    return NormalDist().inv_cdf((1 + level) / 2)


def wilson(part: int, whole: int, level: float = LEVEL) -> tuple[float, float]:
    """Give Wilson's interval of a share, without correction for continuity; (0, 1) where there is no record.

    >>> tuple(round(x, 4) for x in wilson(81, 263))
    (0.2553, 0.3662)
    """
    if not whole:
        return 0.0, 1.0
    z = normal(level)
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    # NOTE: at none and all the bound is none and all exactly, whatever the last digit of a root is.
    return (0.0 if part == 0 else max(0.0, middle - half)), (1.0 if part == whole else min(1.0, middle + half))


def exact(part: int, whole: int, level: float = LEVEL) -> tuple[float, float]:
    """Give the exact interval of Clopper and Pearson for a share of a population without end.

    >>> tuple(round(x, 4) for x in exact(0, 10))
    (0.0, 0.3085)
    """
    if not whole:
        return 0.0, 1.0
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if part == 0 else float(betaincinv(part, whole - part + 1, tail))
    high = 1.0 if part == whole else float(betaincinv(part + 1, whole - part, 1 - tail))
    return low, high


def finite(part: int, sample: int, population: int, level: float = LEVEL) -> tuple[int, int]:
    """Give the exact interval of a number of records in a population that a sample was drawn from.

    Args:
        part: records of the sample that have it.
        sample: records in the sample, drawn without replacement.
        population: records that the sample was drawn from.
        level: of confidence.

    Returns:
        The least and the greatest number of records of the population that are not refuted by the sample.

    >>> finite(0, 10, 10)
    (0, 0)
    >>> finite(0, 50, 100)
    (0, 4)
    """
    from scipy.stats import hypergeom

    tail = (1 - level) / 2
    least, most = part, population - (sample - part)
    low, high = least, most
    if part:
        low = _first(least, most, lambda n: bool(hypergeom.sf(part - 1, population, n, sample) > tail))
    if part < sample:
        high = most - _first(0, most - least, lambda n: bool(hypergeom.cdf(part, population, most - n, sample) > tail))
    return low, high


def _first(start: int, end: int, holds: Callable[[int], bool]) -> int:
    """Find by halving the first number for which something holds that holds for all greater ones."""
    while start < end:
        middle = (start + end) // 2
        if holds(middle):
            end = middle
        else:
            start = middle + 1
    return start
