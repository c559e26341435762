"""A result read back is the result; re-scored it is what a fresh run would give."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from everycase.errors import UsageError
from everycase.outcome import Status, roll_up
from everycase.plain import plain
from everycase.scoring import Card
from everycase.scoring.rescoring import rescored
from everycase.stored import from_dict, read_result

if TYPE_CHECKING:
    from pathlib import Path

    from everycase.run import Run


def test_a_result_comes_back_as_it_was(sampled: Run) -> None:
    result = sampled.result()
    assert from_dict(json.loads(json.dumps(plain(result)))) == result


@pytest.mark.parametrize(
    ("place", "value", "slug"),
    [
        (("rules", "passing"), 10**6, "result-broken"),
        (("fields", "known"), 3, "result-broken"),
        (("fields", "supplied"), -1, "result-unreadable"),
        (("rules", "failing"), "7", "result-unreadable"),
        (("rules", "status"), "fine", "result-unreadable"),
    ],
)
def test_a_result_that_was_changed_is_refused(
    sampled: Run, tmp_path: Path, place: tuple[str, str], value: object, slug: str
) -> None:
    data = plain(sampled.result())
    data["sources"][0][place[0]][0][place[1]] = value
    path = tmp_path / "result.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        read_result(path)
    assert refused.value.slug == slug


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"schema_version": "0.1"}', "\xff"])
def test_what_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "result.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(UsageError):
        read_result(path)


def test_a_status_that_hides_a_source_is_refused(sampled: Run) -> None:
    data = plain(sampled.result())
    data["run"]["status"] = "passed"
    with pytest.raises(UsageError, match="not that of its sources"):
        from_dict(data)


def test_re_scoring_equals_a_fresh_run(sampled: Run) -> None:
    """A fresh run judges the same counts by the registry's threshold; so is every rule judged here, at several."""
    result = sampled.result()
    source = result.sources[0]
    for share in (0.0, 0.01, 0.2, 1.0):
        found = rescored(result, {r.code: share for r in source.rules}, "query").sources[0]
        for before, after in zip(source.rules, found.rules, strict=True):
            assert after.counts == before.counts
            assert after.threshold == share
            fresh = before.counts.status(share)
            assert after.status is (before.status if before.status is Status.NOT_APPLICABLE else fresh)
        assert found.status is roll_up(found.rules, "query")
    assert rescored(result, {}) == result


def test_a_threshold_makes_nothing_of_what_could_not_be_checked(sampled: Run) -> None:
    result = sampled.result()
    source = result.sources[0]
    rules = tuple(dataclasses.replace(r, status=Status.COULD_NOT_CHECK) for r in source.rules)
    broken = dataclasses.replace(source, rules=rules, status=Status.COULD_NOT_CHECK)
    result = dataclasses.replace(result, sources=(broken,), status=Status.COULD_NOT_CHECK)
    found = rescored(result, {rules[0].code: 1.0})
    assert found.status is Status.COULD_NOT_CHECK
    assert found.sources[0].rules[0].status is Status.COULD_NOT_CHECK


def test_a_threshold_for_a_rule_that_there_is_not_is_refused(sampled: Run) -> None:
    with pytest.raises(UsageError, match="no rule 'FLG99'"):
        rescored(sampled.result(), {"FLG99": 0.5})


def test_the_card_adds_up(sampled: Run) -> None:
    card = Card.of(sampled.result())
    assert card.ours.items == sum(c.ours.items for c in card.sources)
    assert card.ours.value is not None
    assert 0 < card.ours.value < 100
    for one in card.sources:
        words = {c.dimension: c.word for c in one.dimensions}
        assert words["accuracy"] == "not measured"
        for cell in one.dimensions:
            assert 0 <= cell.part <= cell.whole
        for comparison in one.comparisons:
            assert comparison.kind in {"avoidable", "unmapped", "failing"}
            total = sum(a.whole for a in comparison.funnel.areas)
            assert comparison.part <= total <= one.source.records


def test_a_source_that_could_not_be_read_scores_0_and_is_not_left_out(sampled: Run) -> None:
    result = sampled.result()
    first, second = result.sources
    unread = dataclasses.replace(second, fields=(), rules=(), groups=(), records=0, status=Status.COULD_NOT_CHECK,
                                 coverage=dataclasses.replace(second.coverage, supplied=0))  # fmt: skip
    whole = Card.of(dataclasses.replace(result, sources=(first,)))
    half = Card.of(dataclasses.replace(result, sources=(first, unread), status=Status.COULD_NOT_CHECK))
    assert half.ours.items == whole.ours.items + len(second.expected_fields)
    assert half.ours.value is not None
    assert whole.ours.value is not None
    assert half.ours.value < whole.ours.value
    assert half.published.value == whole.published.value
    assert [c.word for c in half.sources[1].dimensions].count("good") == 0
