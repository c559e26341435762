"""The NHS index comes out as published, to its last figure; ours differs as declared."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycase.outcome import FieldOutcome, FieldTally
from everycase.scoring.maturity import Item, as_published, item_of, ours, published

THIRD, TWO_THIRDS, WHOLE = Fraction(1, 3), Fraction(2, 3), Fraction(1)
# NHS England, Data Quality Maturity Index, methodology, appendix 1 (last edited 11 October 2021): data set, item,
# records, valid and complete, defaults, defaults in excess, threshold %, item score %, coverage.
WORKED = (
    ("1.1", 2500, 2400, 100, 50, "2.0", "94.0", WHOLE),
    ("1.2", 2500, 2500, 100, 0, "100.0", "100.0", WHOLE),
    ("1.3", 2500, 2000, 100, 100, "0.0", "76.0", WHOLE),
    ("2.1", 1000, 900, 900, 900, "0.0", "0.0", THIRD),
    ("2.2", 1000, 800, 800, 0, "100.0", "80.0", THIRD),
    ("2.3", 1000, 900, 450, 450, "0.0", "45.0", THIRD),
    ("2.4", 1000, 1000, 100, 65, "3.5", "93.5", THIRD),
    ("3.1", 10000, 10000, 0, 0, "0.0", "100.0", THIRD),
    ("3.2", 10000, 10000, 0, 0, "0.0", "100.0", THIRD),
    ("7.1", 50000, 50000, 100, 0, "2.0", "100.0", TWO_THIRDS),
    ("7.2", 50000, 49000, 5000, 0, "100.0", "98.0", TWO_THIRDS),
    ("7.3", 50000, 45000, 5000, 3250, "3.5", "83.5", TWO_THIRDS),
)


def worked() -> list[Item]:
    return [Item(n, r, c, d, Fraction(t) / 100, coverage) for n, r, c, d, _, t, _, coverage in WORKED]


def test_the_whole_worked_example_comes_out() -> None:
    for item, (name, _, _, _, excess, _, score, _) in zip(worked(), WORKED, strict=True):
        assert item.excess == excess, name
        assert item.score is not None
        assert item.score * 100 == Fraction(score), name
    index = published(worked())
    assert index.mean == Fraction("9.7") / 12
    assert index.coverage == Fraction(7, 12)
    assert index.value is not None
    assert round(float(index.value), 1) == 47.2


def test_an_item_that_was_not_submitted_leaves_the_published_mean_and_counts_as_0_in_ours() -> None:
    items = [Item("a", 10, 10), Item("b", 10, 0, submitted=False)]
    assert published(items).value == 100
    assert published(items).items == 1
    assert ours(items).value == 50
    assert ours(items).items == 2


def test_a_score_of_ours_is_never_below_0() -> None:
    odd = Item("a", 10, 2, 10)
    assert odd.score == Fraction(-8, 10)
    assert odd.floored == 0
    assert Item("a", 10, 10, 1, Fraction(1, 2)).excess == 0


def test_a_pilot_is_scored_and_does_not_count() -> None:
    pilot = Item("b", 10, 1, counts=False)
    assert pilot.floored == Fraction(1, 10)
    assert ours([Item("a", 10, 10), pilot]).value == 100


def test_without_a_record_there_is_no_score_and_without_a_score_no_index() -> None:
    assert Item("a", 0, 0).score is None
    assert ours([Item("a", 0, 0)]).value is None
    assert published([]).value is None


def test_the_denominator_is_the_applicable_records_in_ours_and_all_records_in_the_published() -> None:
    field = FieldOutcome(
        "sex", "Sex", FieldTally(records=100, applicable=50, supplied=50, valid=40, known=30, default=10)
    )
    item = item_of(field, {"sex": 0.1}, WHOLE)
    assert item.score == Fraction(40 - (10 - 5), 50)
    assert as_published(item, field).score == Fraction(40, 100)


@given(st.lists(st.tuples(st.integers(1, 1000), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)), min_size=1))
def test_ours_lies_between_0_and_100(rows: list[tuple[int, float, float, float]]) -> None:
    items = [Item("x", n, int(n * c), int(n * c * d), Fraction(t)) for n, c, d, t in rows]
    value = ours(items).value
    assert value is not None
    assert 0 <= value <= 100


@pytest.mark.parametrize("position", range(len(WORKED)))
def test_the_index_hangs_on_every_item(position: int) -> None:
    items = worked()
    del items[position]
    assert (
        published(items).mean != published(worked()).mean or published(items).coverage != published(worked()).coverage
    )
