"""What counts mean: laws that hold for any numbers, and the exit code that follows."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycase.outcome import (
    NOT_KNOWN,
    Counts,
    FieldTally,
    RuleOutcome,
    RunResult,
    SourceResult,
    Status,
    roll_up,
    worst,
)
from everycase.plain import plain

NUMBER = st.integers(0, 2**31 - 1)
COUNTS = st.builds(Counts, NUMBER, NUMBER, NUMBER)
SHARE = st.floats(0, 1)
SEVERITY = st.sampled_from(["error", "query", "warning"])
OUTCOME = st.builds(
    lambda status, severity, counts: RuleOutcome("R1", "T", severity, "validity", 0.0, counts, status),
    st.sampled_from(list(Status)), SEVERITY, COUNTS,
)  # fmt: skip
TALLY = st.lists(st.integers(0, 1000), min_size=12, max_size=12).map(
    lambda n: FieldTally(
        *n[:3], *sorted(n[3:6], reverse=True), n[6], dict(zip(NOT_KNOWN, n[6:], strict=True)), n[0], n[1]
    )
)


@given(COUNTS, SHARE)
def test_one_status_and_no_pass_without_a_judged_record(counts, threshold):
    status = counts.status(threshold)
    assert counts.applicable == counts.passing + counts.failing + counts.undetermined
    assert counts.judged + counts.undetermined == counts.applicable
    assert (status is Status.NOT_APPLICABLE) == (counts.applicable == 0)
    assert (status is Status.COULD_NOT_CHECK) == (counts.applicable > 0 == counts.judged)
    if status is Status.PASSED:
        assert counts.share <= threshold + 1e-8
    if status is Status.FAILED:
        assert counts.failing > 0
        assert counts.share >= threshold - 1e-8


@given(COUNTS, SHARE, SHARE)
def test_a_looser_threshold_never_turns_a_pass_into_a_failure(counts, one, other):
    strict, loose = sorted((one, other))
    if counts.status(strict) is Status.PASSED:
        assert counts.status(loose) is Status.PASSED


@given(COUNTS, SHARE)
def test_one_more_failing_record_never_turns_a_failure_into_a_pass(counts, threshold):
    if counts.status(threshold) is Status.FAILED:
        more = Counts(counts.passing, counts.failing + 1, counts.undetermined)
        assert more.status(threshold) is Status.FAILED


@given(st.integers(1, 10_000), st.integers(0, 100))
def test_exactly_the_allowed_share_passes_and_one_more_fails(hundreds, percent):
    judged, allowed = hundreds * 100, hundreds * percent
    assert Counts(judged - allowed, allowed).status(percent / 100) is Status.PASSED
    if allowed < judged:
        assert Counts(judged - allowed - 1, allowed + 1).status(percent / 100) is Status.FAILED


@given(COUNTS, COUNTS, COUNTS)
def test_counts_add_up_in_any_order(a, b, c):
    assert (a + b) + c == a + (b + c) == c + b + a
    assert (a + b).applicable == a.applicable + b.applicable
    assert a + Counts() == a


@given(TALLY, TALLY, TALLY)
def test_tallies_add_up_in_any_order(a, b, c):
    assert (a + b) + c == a + (b + c) == c + b + a
    assert a + FieldTally() == a
    assert (a + b).avoidable == a.avoidable + b.avoidable


@given(st.lists(OUTCOME, max_size=6), st.sampled_from(["error", "query", "warning", "never"]))
def test_a_source_passes_only_if_all_was_judged_and_something_applied(outcomes, fail_on):
    status = roll_up(outcomes, fail_on)
    found = {o.status for o in outcomes}
    if Status.COULD_NOT_CHECK in found or found <= {Status.NOT_APPLICABLE}:
        assert status is Status.COULD_NOT_CHECK
    elif fail_on == "never" or Status.FAILED not in found:
        assert status is Status.PASSED
    if status is Status.FAILED:
        assert Status.FAILED in found
    assert status is not Status.NOT_APPLICABLE


@given(st.lists(OUTCOME, min_size=1, max_size=6))
def test_asking_for_more_never_turns_a_failure_into_a_pass(outcomes):
    order = [roll_up(outcomes, f) for f in ("never", "error", "query", "warning")]
    failed = [s is Status.FAILED for s in order]
    assert failed == sorted(failed)


def _source(status, rules=()):
    return SourceResult("s", "S", "A", "suite", status, rules=tuple(rules))


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ([Status.PASSED], 0),
        ([Status.PASSED, Status.FAILED], 1),
        ([Status.FAILED, Status.COULD_NOT_CHECK], 3),
        ([Status.PASSED, Status.COULD_NOT_CHECK], 3),
        ([], 3),
    ],
)
def test_the_exit_code_is_that_of_the_worst_source(statuses, code):
    sources = tuple(_source(s) for s in statuses)
    result = RunResult("i", "t", "d", "v", "p", "x", "error", worst(statuses), sources)
    assert result.exit_code() == code
    assert json.loads(json.dumps(plain(result)))["run"]["exit_code"] == code


def test_failed_rules_are_listed_worst_first():
    def failed(code, severity, failing, status=Status.FAILED):
        return RuleOutcome(code, "T", severity, "validity", 0.0, Counts(100 - failing, failing), status)

    rules = [
        failed("W1", "warning", 99), failed("E2", "error", 1), failed("Q1", "query", 50), failed("E1", "error", 1),
        failed("E3", "error", 2), failed("P1", "error", 0, Status.PASSED),
        failed("C1", "error", 0, Status.COULD_NOT_CHECK),
    ]  # fmt: skip
    assert [r.code for r in _source(Status.FAILED, rules).failed()] == ["E3", "E1", "E2", "Q1", "W1"]
