"""Whether a result got worse: the statistics against published figures, and each verdict by a small case."""

import pytest
from scipy.stats import false_discovery_control

from everycase.baseline import Share, Verdict, compare_documents, discoveries, newcombe, p_value


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_of_a_difference_equals_the_published_examples(now, before, low, high):
    assert newcombe(Share(*before), Share(*now)) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("before", "now"), [((10, 1000), (30, 1000)), ((500, 900), (400, 900)), ((0, 50), (3, 60))])
def test_the_p_value_is_where_the_interval_begins_to_exclude_zero(before, now):
    from statistics import NormalDist

    p = p_value(Share(*before), Share(*now))
    z = NormalDist().inv_cdf(1 - p / 2)
    inner, outer = newcombe(Share(*before), Share(*now), z * 0.999), newcombe(Share(*before), Share(*now), z * 1.001)
    assert not inner[0] <= 0 <= inner[1]
    assert outer[0] <= 0 <= outer[1]


def test_the_false_discovery_rate_is_held_as_another_library_holds_it():
    values = [0.0001, 0.004, 0.019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 1.0]
    assert discoveries(values) == [bool(p <= 0.05) for p in false_discovery_control(values)]


def document(rules=(), fields=(), run="a"):
    return {
        "run": {"id": run},
        "sources": [
            {
                "id": "s",
                "rules": [
                    {"code": c, "title": c, "severity": "error", "status": status, "failing": f, "passing": p}
                    for c, f, p, status in rules
                ],
                "fields": [
                    {"name": n, "title": n, "applicable": a, "supplied": s, "valid": s, "known": s}
                    for n, a, s in fields
                ],
            }
        ],
    }


def verdict(before, now, tolerance=1.0):
    then = document([("R", *before)] if before else [])
    (change,) = compare_documents(then, document([("R", *now)] if now else []), {"s": tolerance}).changes
    return change


@pytest.mark.parametrize(
    ("before", "now", "expected", "worse"),
    [
        ((0, 1000, "passed"), (100, 900, "failed"), Verdict.NEW, True),
        ((0, 1000, "passed"), (2, 998, "failed"), Verdict.NEW, False),
        (None, (100, 900, "failed"), Verdict.NEW, False),
        ((100, 900, "failed"), (0, 1000, "passed"), Verdict.RESOLVED, False),
        ((100, 900, "failed"), (101, 899, "failed"), Verdict.PERSISTING, False),
        ((100, 900, "failed"), (200, 800, "failed"), Verdict.WORSE, True),
        ((200, 800, "failed"), (100, 900, "failed"), Verdict.BETTER, False),
        ((10, 990, "passed"), (15, 985, "passed"), Verdict.WITHIN, False),
        ((10, 990, "passed"), (60, 940, "passed"), Verdict.WORSE, True),
        ((10, 990, "passed"), (0, 0, "could_not_check"), Verdict.WORSE, True),
        ((10, 990, "passed"), (0, 0, "not_applicable"), Verdict.NOT_COMPARED, False),
        ((10, 990, "passed"), ("low", "low", "passed"), Verdict.NOT_COMPARED, False),
        ((10, 990, "passed"), None, Verdict.NOT_COMPARED, False),
    ],
)
def test_each_verdict(before, now, expected, worse):
    found = verdict(before, now)
    assert (found.verdict, found.worse) == (expected, worse)


def test_a_big_change_in_few_records_is_chance_and_a_sure_change_within_the_tolerance_is_none():
    assert verdict((1, 9, "failed"), (3, 7, "failed")).verdict is Verdict.PERSISTING
    assert verdict((10_000, 990_000, "failed"), (15_000, 985_000, "failed")).verdict is Verdict.PERSISTING
    assert verdict((10_000, 990_000, "failed"), (15_000, 985_000, "failed"), tolerance=0.4).verdict is Verdict.WORSE


def test_a_creep_of_less_than_the_tolerance_each_time_is_caught_against_a_fixed_anchor():
    anchor, worse = document(fields=[("f", 20_000, 19_000)]), []
    for step in range(1, 5):
        now = document(fields=[("f", 20_000, 19_000 - 160 * step)], run=str(step))
        worse.append(bool(compare_documents(anchor, now, {"s": 1.0}).worse))
    assert worse == [False, True, True, True]


def test_what_is_worst_stands_first_and_everything_is_listed():
    before = document([("A", 0, 1000, "passed"), ("B", 100, 900, "failed")], [("f", 1000, 900)])
    now = document([("A", 300, 700, "failed"), ("B", 100, 900, "failed")], [("f", 1000, 500)], run="b")
    found = compare_documents(before, now, {"s": 1.0})
    assert [c.code for c in found.changes] == ["f.known", "f.supplied", "f.valid", "A", "B"]
    assert found.counted() == {"worse": 3, "new": 1, "persisting": 1, "not_compared": 0, "within_tolerance": 0,
                               "better": 0, "resolved": 0}  # fmt: skip
    assert found.to_dict()["changes"][0]["points"] == 40.0
