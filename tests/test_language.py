"""The rule language: what each function says, what NULL does, and what is refused."""

import pytest
from making import load_folder, make_project, rule
from support import AS_OF

from everycase.errors import PredicateError
from everycase.testing import judge_rule

FIELDS = """
a: {title: A, type: code, codelist: words}
b: {title: B, type: code, codelist: words}
band: {title: Band, type: code, codelist: bands}
open: {title: Open, type: code, codelist: open}
n: {title: N, type: integer}
m: {title: M, type: integer}
x: {title: X, type: number}
t: {title: T, type: text}
d: {title: D, type: date}
e: {title: E, type: date}
force: {title: Force, type: text}
select: {title: Select, type: text}
"odd name": {title: Odd, type: text}
'say "hi"': {title: Odder, type: text}
unborn: {title: Unborn, type: code, codelist: unborn}
"""
DERIVED = """
age: age_at(d, e)
grown: at_least(age, 16)
"""
LISTS = {
    "bands": "codelist: bands\ntitle: B\nsource: {title: M}\ncodes:\n  child: {meaning: C, low: 0, high: 12}\n"
             "  young: {meaning: Y, low: 13, high: 24}\n  adult: {meaning: A, low: 25}\n"
             "  none: {meaning: N, standing: not_known}\n",
    "open": "codelist: open\ntitle: O\nsource: {title: M}\nopen: true\npattern: '[A-Z]{2}[0-9]'\ncodes:\n"
            "  AB1: {meaning: One, attributes: {kind: first}}\n  AB2: {meaning: Two}\n"
            "  ZZ0: {meaning: Nobody knows, standing: not_known}\n",
    "unborn": "codelist: unborn\ntitle: U\nsource: {title: M}\ncodes:\n  M: {meaning: M}\n  F: {meaning: F}\n"
              "  U: {meaning: Unborn, standing: indeterminate, when: NOT supplied(d)}\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """Say what a predicate is for a record: True, False or None."""
    root = tmp_path_factory.mktemp("language")

    def call(predicate, **record):
        call.number += 1
        folder = make_project(root / str(call.number), FIELDS, rule("R1", predicate), DERIVED, LISTS)
        project = load_folder(folder)
        (bound,) = project.rules_of("s")
        (found,) = judge_rule(bound, project.suite_of("s"), [record])
        return {"passing": True, "failing": False, "undetermined": None}[found]

    call.number = 0
    return call


@pytest.mark.parametrize(
    ("predicate", "record", "expected"),
    [
        ("a = '1'", {"a": "1"}, True),
        ("a = '1'", {"a": "2"}, False),
        ("a = '1'", {"a": ""}, None),
        ("a = '1'", {"a": "77"}, None),
        ("a <> '1'", {"a": "2"}, True),
        ("a <> '1'", {"a": "77"}, None),
        ("a IN ('1', '0')", {"a": "0"}, True),
        ("a NOT IN ('1', '0')", {"a": "0"}, False),
        ("a = b", {"a": "1", "b": "1"}, True),
        ("a = b", {"a": "1", "b": "2"}, False),
        ("a = b", {"a": "1", "b": ""}, None),
        ("concept(a) = '1'", {"a": "1"}, True),
        ("concept(a) = '1'", {"a": "0"}, None),
        ("concept(a) = '1'", {"a": "9"}, None),
        ("concept(a) = '1'", {"a": "x"}, None),
        ("concept(a) = '1'", {"a": "   "}, None),
        ("concept(a) = concept(b)", {"a": "1", "b": "1"}, True),
        ("concept(a) = concept(b)", {"a": "1", "b": "3"}, False),
        ("concept(a) = concept(b)", {"a": "1", "b": "0"}, None),
        ("attribute(a, 'group') = 'low'", {"a": "1"}, True),
        ("attribute(a, 'group') = 'low'", {"a": "3"}, False),
        ("attribute(a, 'group') = 'none'", {"a": "3"}, True),
        ("attribute(a, 'group') = 'low'", {"a": "0"}, None),
        ("says(a, '1', '2')", {"a": "2"}, True),
        ("says(a, '1', '2')", {"a": "0"}, False),
        ("says(a, '1', '2')", {"a": ""}, False),
        ("says(a, '1', '2')", {"a": "77"}, None),
        ("says_attribute(a, 'group', 'low')", {"a": "9"}, False),
        ("standing(a) = 'blank'", {"a": " "}, True),
        ("standing(a) = 'unmapped'", {"a": "77"}, True),
        ("standing(a) = 'known'", {"a": "1"}, True),
        ("standing(a) = 'indeterminate'", {"a": "9"}, True),
        ("standing(a) IN ('not_known', 'not_stated')", {"a": "8"}, True),
        ("supplied(a)", {"a": "77"}, True),
        ("supplied(a)", {"a": "\u00a0"}, False),
        ("valid(a)", {"a": "77"}, False),
        ("valid(a)", {"a": " 1 "}, True),
        ("known(a)", {"a": "9"}, True),
        ("known(a)", {"a": "0"}, False),
        ("known(a)", {"a": "x"}, False),
        ("known(d)", {"d": "2020-02-30"}, False),
        ("valid(d)", {"d": "2020-1-5"}, False),
        ("valid(d)", {"d": "2020-01-05x"}, False),
        ("valid(d)", {"d": "infinity"}, False),
        ("valid(n)", {"n": "12.5"}, False),
        ("valid(n)", {"n": "007"}, True),
        ("valid(x)", {"x": "nan"}, False),
        ("valid(x)", {"x": "1e400"}, False),
        ("valid(x)", {"x": "-2.50"}, True),
        ("at_least(band, 16)", {"band": "adult"}, True),
        ("at_least(band, 16)", {"band": "child"}, False),
        ("at_least(band, 16)", {"band": "young"}, None),
        ("at_least(band, 16)", {"band": "none"}, None),
        ("at_least(band, 13)", {"band": "young"}, True),
        ("at_least(n, 16)", {"n": "16"}, True),
        ("at_least(n, 16)", {"n": ""}, None),
        ("age = 16", {"d": "2004-02-29", "e": "2020-02-29"}, True),
        ("age = 16", {"d": "2004-02-29", "e": "2021-02-28"}, True),
        ("age = 17", {"d": "2004-02-29", "e": "2021-03-01"}, True),
        ("age = -1", {"d": "2020-06-02", "e": "2020-06-01"}, True),
        ("grown", {"d": "2004-06-16", "e": "2020-06-15"}, False),
        ("grown", {"d": "2004-06-15", "e": "2020-06-15"}, True),
        ("days_between(d, e) = 29", {"d": "2020-02-01", "e": "2020-03-01"}, True),
        ("d < '2020-01-01'", {"d": "2019-12-31"}, True),
        ("d < as_of()", {"d": "2026-06-15"}, False),
        ("d BETWEEN '2020-01-01' AND '2020-12-31'", {"d": "2020-12-31"}, True),
        ("year(d) = 2020 AND month(d) = 2 AND day(d) = 29", {"d": "2020-02-29"}, True),
        ("n + m * 2 = 7", {"n": "1", "m": "3"}, True),
        ("n - -1 = 2", {"n": "1"}, True),
        ("abs(n) = 5", {"n": "-5"}, True),
        ("x > 1.5", {"x": "2"}, True),
        ("n > 1.5", {"n": "2"}, True),
        ("t = 'it''s'", {"t": "it's"}, True),
        ("t = '--'", {"t": "--"}, True),
        ("t = 'ünï😀'", {"t": "ünï😀"}, True),
        ("matches(t, '[a-z]+')", {"t": "abc"}, True),
        ("matches(t, '[a-z]+')", {"t": "abc\n"}, True),
        ("matches(t, '[a-z]+')", {"t": "abc1"}, False),
        ("length(t) = 3 AND lower(t) = 'abc' AND upper(t) = 'ABC'", {"t": "aBc"}, True),
        ("starts_with(t, 'a') AND contains(t, 'b')", {"t": "ab"}, True),
        ("substr(t, 2, 1) = 'b'", {"t": "abc"}, True),
        ("coalesce(n, m, 0) = 4", {"m": "4"}, True),
        ("nullif(n, 999) = 5", {"n": "999"}, None),
        ("CASE WHEN n = 1 THEN m ELSE 0 END = 3", {"n": "1", "m": "3"}, True),
        ("(n = 1) IS TRUE", {"n": ""}, False),
        ("NOT (n = 1)", {"n": ""}, None),
        ("n = 1 AND m = 1", {"n": "", "m": "2"}, False),
        ("n = 1 OR m = 1", {"n": "", "m": "1"}, True),
        ("force = 'x' AND select = 'y'", {"force": "x", "select": "y"}, True),
        ("\"odd name\" = 'z'", {"odd name": "z"}, True),
        ('"say ""hi""" = \'z\'', {'say "hi"': "z"}, True),
        ("open = 'AB1'", {"open": "AB1"}, True),
        ("open = 'QQ9'", {"open": "QQ9"}, True),
        ("open = 'QQ9'", {"open": "AB1"}, False),
        ("attribute(open, 'kind') = 'first'", {"open": "QQ9"}, False),
        ("attribute(open, 'kind') = 'none'", {"open": "QQ9"}, True),
        ("attribute(open, 'kind') = 'first'", {"open": "wrong"}, None),
        ("attribute(open, 'kind') = 'none'", {"open": "ZZ0"}, None),
        ("known(open)", {"open": "ZZ0"}, False),
        ("known(open)", {"open": "QQ9"}, True),
        ("valid(open)", {"open": "qq9"}, False),
        ("valid(unborn)", {"unborn": "U"}, True),
        ("valid(unborn)", {"unborn": "U", "d": "2020-01-01"}, False),
        ("standing(unborn) = 'unmapped'", {"unborn": "U", "d": "2020-01-01"}, True),
        ("standing(unborn) = 'indeterminate'", {"unborn": "U"}, True),
        ("occurrences(t) = 1", {"t": "only"}, True),
        ("occurrences(t) = 1", {"t": ""}, None),
    ],
)  # fmt: skip
def test_a_predicate_says(judge, predicate, record, expected):
    assert judge(predicate, **record) is expected


@pytest.mark.parametrize(
    ("predicate", "slug", "hint"),
    [
        ("", "predicate-syntax", ""),
        ("a =", "predicate-syntax", ""),
        ("a = '1'; DROP TABLE prepared", "predicate-syntax", ""),
        ("a = '1') OR (TRUE", "predicate-syntax", ""),
        ("age_at(d,, e) > 1", "predicate-syntax", ""),
        ("bb = '1'", "unknown-field", ""),
        ("forc = '1'", "unknown-field", "force"),
        ("agee > 3", "unknown-field", "age"),
        ("concpt(a) = '1'", "unknown-function", "concept"),
        ("read_csv('x') = 1", "unknown-function", ""),
        ("getenv('HOME') = 'x'", "unknown-function", ""),
        ("(SELECT 1) = 1", "predicate-shape", ""),
        ("a IN (SELECT '1')", "predicate-shape", ""),
        ("count(*) = 1", None, ""),
        ("row_number() OVER () = 1", None, ""),
        ("CAST(a AS INTEGER) = 1", None, ""),
        ("n::VARCHAR = '1'", None, ""),
        ("t LIKE 'x%'", None, ""),
        ("t || 'x' = 'y'", None, ""),
        ("n / 0 = 1", None, ""),
        ("prepared.a = '1'", None, ""),
        ("rowid = 1", "unknown-field", ""),
        ("a__raw = '1'", "unknown-field", ""),
        ("concept(a) = 'nine'", "unknown-code", ""),
        ("a = '7'", "unknown-code", ""),
        ("a IN ('1', '7')", "unknown-code", ""),
        ("attribute(a, 'grp') = 'low'", "unknown-attribute", "group"),
        ("a IS NULL", "predicate-null", "supplied"),
        ("d IS NOT NULL", "predicate-null", "valid"),
        ("d > 5", "predicate-kind", ""),
        ("d = 'yesterday'", "predicate-kind", "YYYY-MM-DD"),
        ("n = 'one'", "predicate-kind", ""),
        ("t + 1 = 2", "predicate-kind", ""),
        ("n", "predicate-kind", ""),
        ("n AND m = 1", "predicate-kind", ""),
        ("at_least(n, 'x')", "predicate-shape", ""),
        ("at_least(a, 16)", "predicate-kind", "low"),
        ("at_least(n)", "predicate-shape", "at_least(age, 16)"),
        ("concept('a') = '1'", "predicate-shape", ""),
        ("concept(n) = '1'", "predicate-kind", ""),
        ("matches(t, '[')", "wrong-pattern", ""),
        ("matches(t, force)", "predicate-shape", ""),
        ("CASE a WHEN '1' THEN TRUE END", "predicate-shape", ""),
    ],
)
def test_what_is_not_of_the_language_is_refused_with_its_place(tmp_path, predicate, slug, hint):
    from everycase.engines.duck_columns import DuckColumns
    from everycase.plan import write_plan

    folder = make_project(tmp_path / "p", FIELDS, rule("R1", predicate or " "), DERIVED, LISTS)
    project = load_folder(folder)
    with pytest.raises(PredicateError) as caught:
        write_plan(project.suite_of("s"), project.rules_of("s"), DuckColumns(), AS_OF)
    assert caught.value.where.startswith("expectations/s.yaml:")
    if slug:
        assert caught.value.slug == slug
    assert hint in str(caught.value)


def test_names_that_define_each_other_are_refused(tmp_path):
    from everycase.run import Options, run

    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "one = 1"), "one: two + 1\ntwo: one + 1", LISTS)
    with pytest.raises(PredicateError, match="defined by itself"):
        run(load_folder(folder), Options(as_of=AS_OF))
