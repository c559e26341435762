"""Funnel plots: the limits, and who lies outside them."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from scipy.stats import binom, norm

from everycase.scoring.funnel import Area, funnel, winsorised


def areas(pairs: list[tuple[int, int]]) -> list[Area]:
    return [Area(str(i), f"Area {i}", part, whole) for i, (part, whole) in enumerate(pairs)]


def drawn(spread: float, seed: int = 1, number: int = 60) -> list[Area]:
    """Make up areas whose true share is 0.2, give or take."""
    chance = random.Random(seed)
    pairs = []
    for _ in range(number):
        whole = chance.randint(50, 5000)
        share = min(max(chance.gauss(0.2, spread), 0.01), 0.9)
        pairs.append((sum(chance.random() < share for _ in range(whole)), whole))
    return areas(pairs)


def test_phi_and_tau_are_those_of_the_paper_worked_out_by_another_hand() -> None:
    found = funnel(drawn(0.05))
    assert found is not None
    y = np.array([a.part for a in found.areas], float)
    n = np.array([a.whole for a in found.areas], float)
    centre = y.sum() / n.sum()
    variance = centre * (1 - centre) / n
    z = np.sort((y / n - centre) / np.sqrt(variance))
    z = np.clip(z, z[6], z[-7])  # a tenth of 60 at each end
    phi = (z**2).mean()
    w = 1 / variance
    tau2 = (len(z) * phi - (len(z) - 1)) / (w.sum() - (w**2).sum() / w.sum())
    assert found.centre == pytest.approx(centre)
    assert found.phi == pytest.approx(phi)
    assert found.tau == pytest.approx(math.sqrt(tau2))
    low, high = found.limits(10_000)[1].adjusted
    half = norm.ppf(0.999) * math.sqrt(centre * (1 - centre) / 10_000 + tau2)
    assert (low, high) == pytest.approx((centre - half, centre + half))


def test_plain_limits_lie_between_the_two_numbers_that_the_binomial_distribution_gives() -> None:
    found = funnel(drawn(0.0))
    assert found is not None
    for whole in (7, 60, 900, 40_000):
        for limits in found.limits(whole):
            for chance, limit in zip(((1 - limits.level) / 2, (1 + limits.level) / 2), limits.plain, strict=True):
                number = binom.ppf(chance, whole, found.centre)
                assert number - 1 <= limit * whole + 1e-9
                assert limit * whole <= number + 1e-9


def test_chance_alone_gives_no_overdispersion_and_few_areas_outside() -> None:
    outside = phis = 0
    for seed in range(20):
        found = funnel(drawn(0.0, seed, 40))
        assert found is not None
        phis += found.phi
        outside += sum(found.outside(a, adjusted=False) == 0.998 for a in found.areas)
    assert phis / 20 == pytest.approx(0.75, abs=0.2)  # winsorised scores spread less than 1
    assert outside <= 8  # of 800; 1.6 are expected


def test_areas_that_differ_are_outside_the_plain_limits_and_within_the_adjusted() -> None:
    found = funnel(drawn(0.05))
    assert found is not None
    plain = sum(found.outside(a, adjusted=False) == 0.998 for a in found.areas)
    adjusted = sum(found.outside(a, adjusted=True) == 0.998 for a in found.areas)
    assert found.phi > 5
    assert plain > 20
    assert adjusted < 3


def test_adjusted_limits_are_never_narrower() -> None:
    for spread in (0.0, 0.02, 0.1):
        found = funnel(drawn(spread))
        assert found is not None
        for whole in (1, 5, 80, 3000):
            for limits in found.limits(whole):
                assert 0 <= limits.adjusted[0] <= limits.plain[0] <= limits.plain[1] <= limits.adjusted[1] <= 1


def test_few_areas_or_nothing_to_compare_give_no_plot() -> None:
    assert funnel(areas([(1, 10)] * 4)) is None
    assert funnel(areas([(0, 10)] * 9)) is None
    assert funnel(areas([(10, 10)] * 9)) is None
    assert funnel(areas([(1, 10)] * 4 + [(0, 0)] * 9)) is None
    assert funnel(areas([(1, 10)] * 5)) is not None


def test_a_wild_area_does_not_move_phi() -> None:
    assert winsorised([0.0] * 18 + [50.0, -50.0]) == [0.0] * 20
