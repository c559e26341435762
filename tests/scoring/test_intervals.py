"""Intervals: those of an independent library, and the finite one by trying every population."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from everycase.scoring.intervals import exact, finite, wilson

parts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(parts, st.sampled_from([0.9, 0.95, 0.998]))
def test_they_are_those_of_another_library(part: tuple[int, int], level: float) -> None:
    test = binomtest(*part)
    for method, ours in (("wilson", wilson), ("exact", exact)):
        found = test.proportion_ci(level, method=method)
        assert ours(*part, level) == pytest.approx((found.low, found.high), abs=1e-9)


def refuted(part: int, sample: int, number: int, population: int) -> bool:
    """Say whether a number in the population makes the sample too unlikely on one side, by counting all samples."""

    def ways(k: int) -> int:
        return comb(number, k) * comb(population - number, sample - k) if sample - k >= 0 else 0

    every = comb(population, sample)
    above = sum(ways(k) for k in range(part, sample + 1))
    below = sum(ways(k) for k in range(part + 1))
    return above * 40 <= every or below * 40 <= every


@pytest.mark.parametrize(("population", "sample"), [(1, 1), (12, 5), (40, 10), (61, 60), (30, 30)])
def test_the_finite_interval_holds_what_no_count_of_samples_refutes(population: int, sample: int) -> None:
    for part in range(sample + 1):
        possible = range(part, population - (sample - part) + 1)
        kept = [n for n in possible if not refuted(part, sample, n, population)]
        assert finite(part, sample, population) == (kept[0], kept[-1])


def test_it_covers_as_often_as_it_says() -> None:
    population, sample = 60, 20
    for number in range(population + 1):
        missed = sum(
            comb(number, k) * comb(population - number, sample - k)
            for k in range(max(0, sample - population + number), min(number, sample) + 1)
            if not finite(k, sample, population)[0] <= number <= finite(k, sample, population)[1]
        )
        assert missed / comb(population, sample) <= 0.05


def test_a_large_population_is_as_one_without_end_and_a_whole_sample_leaves_no_doubt() -> None:
    low, high = finite(30, 400, 10_000_000)
    assert (low / 1e7, high / 1e7) == pytest.approx(exact(30, 400), abs=1e-4)
    assert finite(30, 400, 400) == (30, 30)
    assert wilson(0, 0) == exact(0, 0) == (0.0, 1.0)
