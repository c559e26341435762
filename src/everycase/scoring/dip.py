"""Dip samples: a person compares some records with the case file, and the whole extract's flags are estimated.

Records are drawn at random within strata, in proportion to their size, without replacement; the same extract and seed
give the same records. The exact interval for each stratum and kind of mistake is that of a finite population; those of
several strata add up, at a level that keeps what is promised of the sum (Bonferroni).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.scoring.intervals import LEVEL, exact, finite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Stratum:
    """What was drawn and compared in one stratum.

    Attributes:
        flagged, unflagged: records of the extract whose flag says yes or no; others cannot be compared.
        over: compared records that say yes where the case says no, of `compared_flagged`.
        under: compared records that say no where the case says yes, of `compared_unflagged`.
    """

    name: str
    flagged: int
    unflagged: int
    compared_flagged: int
    compared_unflagged: int
    over: int
    under: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many records of a population a mistake is in.

    Attributes:
        found: records of the sample with the mistake, of `compared`.
        number: the estimate over the population: each stratum's share times its size; None where one was not compared.
        low, high: what the sample does not refute.
        unlimited: the interval of the share without the correction for a finite population (Clopper and Pearson); None
            for several strata.
    """

    found: int
    compared: int
    population: int
    number: float | None
    low: int
    high: int
    unlimited: tuple[float, float] | None


def drawn(places: Mapping[str, Sequence[int]], size: int, seed: int) -> dict[str, list[int]]:
    """Draw records of strata in proportion to their size, at least one of each where the size allows it.

    Args:
        places: stratum -> places of its records.
        size: records to draw in all.
        seed: the same one draws the same records.

    Returns:
        Stratum -> places drawn, in order.
    """
    total = sum(map(len, places.values()))
    size = min(size, total)
    shares = {name: size * len(found) / total for name, found in places.items() if found}
    numbers = {name: min(len(places[name]), max(1 if size >= len(shares) else 0, int(s))) for name, s in shares.items()}
    by_rest = sorted(shares, key=lambda n: (-(shares[n] - int(shares[n])), n))
    while sum(numbers.values()) != size:
        step = 1 if sum(numbers.values()) < size else -1
        for name in by_rest if step > 0 else sorted(numbers, key=lambda n: (-numbers[n], n)):
            wanted = numbers[name] + step
            if sum(numbers.values()) != size and 0 <= wanted <= len(places[name]):
                numbers[name] = wanted
    return {name: sorted(sorted(places[name], key=lambda p: _lot(seed, p))[:n]) for name, n in sorted(numbers.items())}


def _lot(seed: int, place: int) -> bytes:
    """Give the lot of a record: the same on every machine and version, unlike a generator's."""
    return hashlib.sha256(f"{seed}:{place}".encode()).digest()


def over_flagging(strata: Sequence[Stratum], level: float = LEVEL) -> Estimate:
    """Estimate how many flagged records are no domestic abuse."""
    return _estimate([(s.over, s.compared_flagged, s.flagged) for s in strata], level)


def under_flagging(strata: Sequence[Stratum], level: float = LEVEL) -> Estimate:
    """Estimate how many records without the flag are domestic abuse."""
    return _estimate([(s.under, s.compared_unflagged, s.unflagged) for s in strata], level)


def _estimate(parts: Sequence[tuple[int, int, int]], level: float) -> Estimate:
    parts = [p for p in parts if p[2]]
    each = 1 - (1 - level) / max(1, len(parts))
    bounds = [finite(found, compared, population, each) if compared else (0, population)
              for found, compared, population in parts]  # fmt: skip
    whole = all(compared for _, compared, _ in parts)
    found, compared = sum(f for f, _, _ in parts), sum(c for _, c, _ in parts)
    return Estimate(
        found=found,
        compared=compared,
        population=sum(p for _, _, p in parts),
        number=sum(f / c * p for f, c, p in parts) if whole and parts else None,
        low=sum(low for low, _ in bounds),
        high=sum(high for _, high in bounds),
        unlimited=exact(found, compared, level) if len(parts) == 1 and compared else None,
    )
