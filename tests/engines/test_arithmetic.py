"""What is calculated: check characters, working days and the bounds of bands, the same on every engine."""

import datetime as dt
import itertools
import random

import numpy as np
import pytest
from making import load_folder, make_project, rule

from everycase.errors import PredicateError
from everycase.testing import judge_rule

LISTS = {
    "counts": """
codelist: counts
title: Counts, some of them suppressed
source: {title: Made up}
open: true
pattern: "[0-9]+"
codes:
  "<5": {meaning: Fewer than five, low: 0, high: 4}
  c: {meaning: One to five, low: 1, high: 5}
  many: {meaning: At least 100, low: 100}
""",
    "days_off": """
codelist: days_off
title: Days off
source: {title: Made up}
codes:
  "2024-12-25": {meaning: A Wednesday}
  "2024-12-26": {meaning: A Thursday}
  "2024-12-28": {meaning: A Saturday}
  "2025-01-01": {meaning: A Wednesday}
""",
    "bands": """
codelist: bands
title: Bands
source: {title: Made up}
codes:
  young: {meaning: Up to 15, high: 15}
  grown: {meaning: 16 to 59, low: 16, high: 59}
  "?": {meaning: Not known, standing: not_known}
""",
}
FIELDS = """
t: {title: T, type: text}
n: {title: N, type: integer}
d: {title: D, type: date}
e: {title: E, type: date}
c: {title: C, type: code, codelist: counts}
b: {title: B, type: code, codelist: bands}
"""


@pytest.fixture(params=["duckdb", "postgres", pytest.param("spark", marks=pytest.mark.whole)])
def judge(request, tmp_path):
    fixture = {"postgres": "server", "spark": "cluster"}.get(request.param)
    server = request.getfixturevalue(fixture) if fixture else None
    number = itertools.count()

    def call(predicate, records):
        project = load_folder(make_project(tmp_path / str(next(number)), FIELDS, rule("R1", predicate), lists=LISTS))
        (bound,) = project.rules_of("s")
        return judge_rule(bound, project.suite_of("s"), records, server=server)

    return call


def answers(judge, expression, expected):
    """Ask of each record whether an expression has the value expected; None where it must be unknown."""
    for record, value in expected:
        wanted = "undetermined" if value is None else "passing"
        asked = f"{expression} = {value}" if isinstance(value, int) else f"{expression} = '{value}'"
        assert judge(asked if value is not None else f"{expression} = {expression}", [record]) == [wanted], record


def test_a_remainder_is_that_of_a_division(judge):
    answers(
        judge,
        "remainder(n, 23)",
        [({"n": "0"}, 0), ({"n": "45"}, 22), ({"n": "999999999999999999"}, 8), ({"n": ""}, None)],
    )
    assert judge("remainder(n, 23) = -1", [{"n": "-24"}]) == ["passing"]


def test_a_text_is_a_number_only_where_it_is_all_digits(judge):
    answers(judge, "whole(t)", [({"t": "007"}, 7), ({"t": "999999999999999999"}, 999999999999999999)])
    unknown = ["1234567890123456789", "1.0", "+1", "1 2", "\u0661", "1e3", "x", ""]
    answers(judge, "whole(t)", [({"t": text}, None) for text in unknown])


def test_texts_are_joined_and_a_blank_makes_all_unknown(judge):
    answers(judge, "concat(t, 'x', substr(t, 1, 1))", [({"t": "ab"}, "abxa"), ({"t": ""}, None)])


def test_a_character_has_a_place_among_others(judge):
    answers(
        judge,
        "place_in(t, 'ZAB')",
        [({"t": "Z"}, 1), ({"t": "B"}, 3), ({"t": "z"}, 0), ({"t": "AB"}, None), ({"t": ""}, None)],
    )


def test_the_week_begins_on_monday(judge):
    days = [dt.date(2024, 12, 23) + dt.timedelta(n) for n in range(7)]
    answers(judge, "weekday(d)", [({"d": day.isoformat()}, day.isoweekday()) for day in days])


def test_working_days_are_those_that_numpy_counts(judge):
    choose = random.Random(11)
    holidays = ["2024-12-25", "2024-12-26", "2024-12-28", "2025-01-01"]
    pairs = [
        (
            dt.date(2024, 12, 1) + dt.timedelta(choose.randrange(60)),
            dt.date(2024, 12, 1) + dt.timedelta(choose.randrange(60)),
        )
        for _ in range(40)
    ]
    pairs += [(dt.date(1, 1, 1), dt.date(9999, 12, 31)), (dt.date(1900, 2, 28), dt.date(2024, 12, 27))]
    for first, second in pairs:
        low, high = sorted((first, second))
        days = int(np.busday_count(low + dt.timedelta(1), high, holidays=holidays)) if low < high else 0
        days += int(np.is_busday(high, holidays=holidays)) if low < high else 0
        days = days if first <= second else -days
        record = {"d": first.isoformat(), "e": second.isoformat()}
        assert judge(f"workdays_between(d, e, 'days_off') = {days}", [record]) == ["passing"], record


def test_a_suppressed_count_is_an_interval_and_a_number_itself(judge):
    low = [
        ({"c": "<5"}, 0),
        ({"c": "c"}, 1),
        ({"c": "many"}, 100),
        ({"c": "17"}, 17),
        ({"c": "x"}, None),
        ({"c": ""}, None),
    ]
    answers(judge, "lowest(c)", low)
    high = [({"c": "<5"}, 4), ({"c": "c"}, 5), ({"c": "many"}, None), ({"c": "17"}, 17)]
    answers(judge, "highest(c)", high)
    answers(judge, "highest(b)", [({"b": "young"}, 15), ({"b": "grown"}, 59), ({"b": "?"}, None)])
    answers(judge, "lowest(b)", [({"b": "young"}, None), ({"b": "grown"}, 16)])


@pytest.mark.parametrize(
    ("predicate", "slug"),
    [
        ("remainder(n, 0) = 1", "predicate-shape"),
        ("remainder(n, n) = 1", "predicate-shape"),
        ("remainder(n, -2) = 1", "predicate-shape"),
        ("remainder(t, 2) = 1", "predicate-kind"),
        ("whole(n) = 1", "predicate-kind"),
        ("place_in(t, t) = 1", "predicate-shape"),
        ("place_in(t, 'AA') = 1", "predicate-shape"),
        ("place_in(t, '\u00e9') = 1", "predicate-shape"),
        ("concat(t, n) = 'x'", "predicate-kind"),
        ("weekday(t) = 1", "predicate-kind"),
        ("workdays_between(d, e, 'no_list') = 1", "unknown-codelist"),
        ("workdays_between(d, e, 'words') = 1", "predicate-kind"),
        ("lowest(t) = 1", "predicate-kind"),
        ("rows_of(s) = 1", "unknown-table"),
        ("any_row(other, TRUE)", "unknown-table"),
        ("belongs(s)", "unknown-table"),
        ("s.t = 'x'", "unknown-field"),
    ],
)
def test_what_cannot_be_calculated_is_refused(tmp_path, predicate, slug):
    project = load_folder(make_project(tmp_path / "p", FIELDS, rule("R1", predicate), lists=LISTS))
    (bound,) = project.rules_of("s")
    with pytest.raises(PredicateError) as told:
        judge_rule(bound, project.suite_of("s"), [{"t": "x"}])
    assert told.value.slug == slug


def test_a_part_of_a_text_lies_where_duckdb_says(judge):
    asked = ["substr(t, n, 2)", "substr(t, 2, n)", "substr(t, n)", "substr(t, length(t) - 1, n)", "substr(t, n, n)"]
    texts = ["abcde", "\u00e9\u00e0b", "x", ""]
    records = [{"t": t, "n": n} for t in texts for n in ("", "-7", "-3", "-1", "0", "1", "2", "3", "9")]

    def part(text, first, length):
        if not text or first is None:
            return None
        start = first - 1 if first >= 0 else len(text) + first
        end = max(start, len(text)) if length is False else start + length
        return text[max(min(start, end), 0) : max(start, end, 0)]

    for number, expression in enumerate(asked):
        wanted = []
        for record in records:
            text, n = record["t"], int(record["n"]) if record["n"] else None
            first, length = [(n, 2), (2, n), (n, False), (len(text) - 1, n), (n, n)][number]
            found = None if n is None or not text else part(text, first, length)
            wanted.append("undetermined" if found is None else "passing" if found == "b" else "failing")
        assert judge(f"{expression} = 'b'", records) == wanted, expression
