"""Which values outside a code list may be seen: short, frequent, few; anything that might be a name is not."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycase.disclosure import FORMULA_STARTS, harmless, loosest, shown_values, unmapped_of
from everycase.outcome import FieldOutcome, FieldTally
from everycase.reports import Output, ReportFile, UnmappedValues

LIMITS = UnmappedValues(longest=4, fewest=10, most_distinct=12)
OUTPUTS = [Output(format="result_json", file="result.json")]


def report(unmapped):
    return ReportFile(report="r", title="R", audience="A", unmapped=unmapped, outputs=OUTPUTS)


@pytest.mark.parametrize(
    ("candidates", "distinct", "shown"),
    [
        ([("M", 10)], 1, [("M", 10)]),
        ([("M", 9)], 1, []),
        ([("FEMAL", 99)], 1, []),
        ([("ABCD", 99)], 1, [("ABCD", 99)]),
        ([("M", 99)], 12, [("M", 99)]),
        ([("M", 99)], 13, []),
        ([("M", 99), ("F", 3), ("X Y", 50), ("=1", 50), ("-", 50), ("", 50), ("a\n", 50)], 7, [("M", 99)]),
        ([], 0, []),
    ],
)
def test_only_what_is_short_frequent_and_one_of_few_is_shown(candidates, distinct, shown):
    assert shown_values(candidates, distinct, LIMITS) == shown


def test_without_limits_nothing_is_shown():
    assert shown_values([("M", 1000)], 1, None) == []
    outcome = FieldOutcome("f", "F", FieldTally(), unmapped_values=(("M", 1000),), distinct_unmapped=1)
    assert unmapped_of(outcome, report(None)) == []
    assert unmapped_of(outcome, report(LIMITS)) == [("M", 1000)]


def test_a_stricter_report_shows_less_than_the_engine_was_asked_for():
    loose = UnmappedValues(longest=6, fewest=2, most_distinct=20)
    widest = loosest([report(None), report(LIMITS), report(loose)])
    assert (widest.longest, widest.fewest, widest.most_distinct) == (6, 2, 20)
    values = (("M", 50), ("MALE", 5), ("FEMALE", 50))
    outcome = FieldOutcome("f", "F", FieldTally(), unmapped_values=values, distinct_unmapped=3)
    assert unmapped_of(outcome, report(loose)) == list(values)
    assert unmapped_of(outcome, report(LIMITS)) == [("M", 50)]
    assert loosest([report(None)]) is None
    assert loosest([]) is None


@given(st.lists(st.tuples(st.text(max_size=8), st.integers(0, 100)), max_size=20), st.integers(0, 30))
def test_whatever_is_shown_keeps_to_every_limit(candidates, distinct):
    shown = shown_values(candidates, distinct, LIMITS)
    assert all(len(v) <= 4 and n >= 10 and v.isalnum() for v, n in shown)
    assert not shown or distinct <= 12


@given(st.text())
def test_no_cell_that_is_written_begins_like_a_formula(cell):
    written = harmless(cell)
    assert not written.startswith(FORMULA_STARTS)
    assert written in {cell, f"'{cell}"}
    assert harmless(written) == written
    out = io.StringIO()
    csv.writer(out).writerow([written])
    assert not out.getvalue().lstrip('"').startswith(("=", "+", "-", "@"))
