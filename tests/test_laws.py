"""Laws that hold for every table: counts add up, order does not matter, an empty table gives nothing."""

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making import check_text, make_project, rule

FIELDS = """
k: {title: Key, type: text}
a: {title: A, type: code, codelist: words, thresholds: {known: 0.5}}
g: {title: Group, type: code, codelist: words}
n: {title: N, type: integer, required: a = '1'}
d: {title: D, type: date}
"""
RULES = (
    rule("R1", "n > 1", "a = '1'") + rule("R2", "d < '2020-06-01' OR n = 3") + rule("R3", "occurrences(k) = 1")
    + rule("R4", "concept(a) = concept(g)") + rule("R5", "says_attribute(a, 'group', 'low')", "supplied(g)")
)  # fmt: skip
CELL = {
    "k": st.sampled_from(["", "a", "b", "c", " a "]),
    "a": st.sampled_from(["", "1", "2", "3", "0", "9", "8", "x", "77", " 1", "Smith"]),
    "g": st.sampled_from(["", "1", "2", "0", "odd value"]),
    "n": st.sampled_from(["", "1", "2", "3", "many", "-5", "1e9", "999999999999999999999"]),
    "d": st.sampled_from(["", "2020-01-01", "2020-12-31", "2020-02-30", "31/12/2020", "infinity"]),
}
TABLE = st.lists(st.tuples(*CELL.values()), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("laws") / "p", FIELDS, RULES, group_by="g")


def _text(rows):
    return "k,a,g,n,d\n" + "".join(",".join(row) + "\n" for row in rows)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TABLE, st.randoms(use_true_random=False))
def test_counts_add_up_over_groups_and_tiers_and_do_not_depend_on_the_order(folder, rows, shuffler):
    source = check_text(folder, _text(rows))
    assert source.records == len(rows)
    for outcome in source.rules:
        parts = [g.rules[outcome.code] for g in source.groups]
        assert outcome.counts.passing == sum(p.passing for p in parts)
        assert outcome.counts.failing == sum(p.failing for p in parts)
        assert outcome.counts.undetermined == sum(p.undetermined for p in parts)
        assert outcome.counts.applicable <= len(rows)
    for field in source.fields:
        tally = field.tally
        assert tally.applicable == tally.known + sum(tally.not_known.values())
        assert tally.applicable >= tally.supplied >= tally.valid >= tally.known >= tally.indeterminate
        assert tally.applicable + tally.undetermined <= tally.records == len(rows)
        assert tally.known == sum(g.fields[field.name].known for g in source.groups)
    mixed = list(rows)
    shuffler.shuffle(mixed)
    again = check_text(folder, _text(mixed))
    assert again.rules == source.rules
    assert again.fields == source.fields


def test_the_counts_of_a_table_twice_are_twice_its_counts(folder):
    choose = random.Random(5)
    words = {"k": ["a", "b", ""], "a": ["1", "2", "0", "77", ""], "g": ["1", "2", ""], "n": ["1", "2", "x", ""],
             "d": ["2020-01-01", "2020-02-30", ""]}  # fmt: skip
    rows = [tuple(choose.choice(v) for v in words.values()) for _ in range(200)]
    once, twice = check_text(folder, _text(rows)), check_text(folder, _text(rows + rows))
    for one, two in zip(once.rules, twice.rules, strict=True):
        if one.code != "R3":
            doubled = one.counts + one.counts
            assert two == replace(one, counts=doubled)
