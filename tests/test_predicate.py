"""The rule language under attack, and its subtler answers: `when`, what is 'none', what depends on itself."""

import itertools

import pytest
from making import load_folder, make_project, rule
from support import AS_OF
from test_language import DERIVED, FIELDS, LISTS

from everycase.engines.duck_columns import DuckColumns
from everycase.errors import PredicateError
from everycase.functions import FUNCTIONS
from everycase.plan import write_plan
from everycase.testing import judge_rule

NAMED = {
    "some": "codelist: some\ntitle: S\nsource: {title: M}\ncodes:\n  '1': {meaning: A, attributes: {tie: none}}\n"
            "  '2': {meaning: B, attributes: {tie: close}}\n  '9': {meaning: U, standing: not_known}\n",
    "others": "codelist: others\ntitle: O\nsource: {title: M}\ncodes:\n  a: {meaning: A}\n"
              "  b: {meaning: B, attributes: {tie: close}}\n  z: {meaning: U, standing: not_known}\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    root, number = tmp_path_factory.mktemp("predicates"), itertools.count()

    def call(predicate, records, fields=FIELDS, derived=DERIVED, lists=LISTS):
        folder = make_project(root / str(next(number)), fields, rule("R1", predicate), derived, lists)
        project = load_folder(folder)
        (bound,) = project.rules_of("s")
        said = {"passing": True, "failing": False, "undetermined": None}
        return [said[found] for found in judge_rule(bound, project.suite_of("s"), records)]

    return call


def refused(folder, predicate, fields=FIELDS, derived=DERIVED, lists=LISTS):
    project = load_folder(make_project(folder, fields, rule("R1", predicate), derived, lists))
    with pytest.raises(PredicateError) as caught:
        write_plan(project.suite_of("s"), project.rules_of("s"), DuckColumns(), AS_OF)
    assert "expectations/s.yaml:" in caught.value.where
    return caught.value


@pytest.mark.parametrize(
    "predicate",
    [
        "a = '1'; DROP TABLE prepared", "a = '1' -- and all is well", "a = '1' /* and */ AND TRUE", "/* */ TRUE",
        "n = 1 --\n AND a = '2'", "n = 3--2", "a = '1' UNION SELECT 1", "(SELECT count(*) FROM prepared) = 1",
        "a IN (SELECT a FROM prepared)", "EXISTS (SELECT 1)", "a = ANY(SELECT 1)", "a = (VALUES ('1'))",
        "read_csv('/etc/passwd') = 1", "read_text('/etc/passwd') = t", "glob('*') = t", "getenv('HOME') = t",
        "pragma_version() = t", "PRAGMA database_list", "ATTACH 'x'", "COPY prepared TO 'x'", "SET threads = 1",
        "INSTALL httpfs", "LOAD httpfs", "CALL x()", "SELECT 1", "*", "* = 1", "COLUMNS('a') = '1'", "prepared.a = '1'",
        "main.prepared.a = '1'", "row_number() OVER () = 1", "max(n) OVER (PARTITION BY a) = 1", "sum(n) = 1",
        "count(*) = 1", "list_filter([1], x -> x > 1) = n", "x -> x", "lambda x : x", "CAST(n AS VARCHAR) = '1'",
        "n::VARCHAR = '1'", "TRY_CAST(t AS INT) = 1", "d = DATE '2020-01-01'", "d > CURRENT_DATE", "now() > d",
        "random() = 1", "current_user = t", "current_schema = t", "uuid() = t", "a = $1", "a = ?", "a = :x",
        "$$x$$ = t", "t = E'\\n'", "t = X'41'", "{'x': a} = a", "[1, 2] = n", "a[1] = '1'", "(n, m) = (1, 2)",
        "t LIKE '%'", "t ILIKE 'x'", "t GLOB '*'", "t ~ 'x'", "t SIMILAR TO 'x'", "t || t = 'x'",
        "t COLLATE nocase = t", "d + INTERVAL 1 DAY > d",
        "n / 0 = 1", "n % 2 = 1", "n ** 2 = 1", "n & 1 = 1", "n <=> 1", "n IS DISTINCT FROM 1",
        "n BETWEEN SYMMETRIC 2 AND 1", "if(TRUE, TRUE, FALSE)", "a = '1' LIMIT 1", "a = '1' AS b", "a = '1', b = '1'",
        "a = '1'))", "((a = '1')", "a = 'x", '"a = \'1\'', "a = '1') OR (TRUE",
        "(" * 5000 + "TRUE" + ")" * 5000, "NOT " * 300 + "TRUE", "n" + " + n" * 3000 + " = 1",
    ],
)  # fmt: skip
def test_what_could_reach_beyond_the_record_is_refused(tmp_path, predicate):
    refused(tmp_path / "p", predicate)


@pytest.mark.parametrize(
    ("predicate", "slug", "hint"),
    [
        ("A = '1'", "unknown-field", "'A' is no field"),
        ("supplied(age)", "unknown-field", "derived"),
        ("concept(grown) = 'x'", "unknown-field", "derived"),
        ("standing(a) = 'unmaped'", "unknown-code", "Did you mean 'unmapped'"),
        ("'blnk' = standing(a)", "unknown-code", "Did you mean 'blank'"),
        ("standing(a) IN ('blank', 'nonsense')", "unknown-code", "nonsense"),
        ("open = 'qq9'", "unknown-code", "qq9"),
        ("open IN ('AB1', 'Q')", "unknown-code", "'Q'"),
        ("unborn = 'X'", "unknown-code", "'X'"),
        ("says(a, 'none')", "unknown-code", "none"),
        ("says_attribute(a, 'group', 'middle')", "unknown-code", "middle"),
        ("attribute(a, 'group') = 'middle'", "unknown-code", "middle"),
        ("attribute(a, 'gruop') = 'low'", "unknown-attribute", "Did you mean 'group'"),
        ("matches(t, '(?=x)')", "wrong-pattern", "engines"),
        ("matches(t, '(a)\\1')", "wrong-pattern", "engines"),
        ("d = '2020-02-30'", "predicate-kind", "YYYY-MM-DD"),
        ("d IN ('2020-01-01', 'x')", "predicate-kind", "YYYY-MM-DD"),
        ("a = 1", "predicate-kind", "integer and text"),
        ("n = '1'", "predicate-kind", "integer and text"),
        ("n IN (m)", "predicate-shape", "IN takes"),
        ("n IN ()", "predicate-shape", "IN takes"),
        ("a IN ('1', NULL)", "predicate-shape", "IN takes"),
        ("d IS NULL", "predicate-null", "NOT valid(d)"),
        ("n IS NOT NULL", "predicate-null", "NOT supplied(n)"),
        ("year(n) = 2020", "predicate-kind", "needs a date"),
        ("age_at('2000-01-01', d) = 1", "predicate-kind", "needs a date"),
        ("as_of(1) = d", "predicate-shape", "as_of()"),
        ("abs(d) = 1", "predicate-kind", "integer"),
        ("at_least(n, -1)", "predicate-shape", "whole number"),
        ("CASE WHEN n = 1 THEN 'x' ELSE 1 END = 'x'", "predicate-kind", "integer and text"),
    ],
)
def test_a_slip_is_refused_with_what_it_should_have_been(tmp_path, predicate, slug, hint):
    error = refused(tmp_path / "p", predicate)
    assert error.slug == slug
    assert hint in str(error)


def test_a_code_that_means_something_only_for_some_records_is_unknown_for_the_others(judge):
    """U is for the unborn alone: where there is a date of birth it is no code of the list."""
    records = [{"unborn": "U"}, {"unborn": "U", "d": "2020-01-01"}, {"unborn": "M", "d": "2020-01-01"}, {"unborn": "Q"}]
    assert judge("unborn = 'U'", records) == [True, None, False, None]
    assert judge("unborn <> 'M'", records) == [True, None, False, None]
    assert judge("unborn IN ('U', 'F')", records) == [True, None, False, None]
    assert judge("coalesce(unborn, 'M') = 'M'", records) == [False, True, True, True]
    assert judge("standing(unborn) = 'unmapped'", records) == [False, True, False, True]
    assert judge("known(unborn)", records) == [True, False, True, False]
    assert judge("concept(unborn) = 'M'", records) == [None, None, True, None]
    assert judge("says(unborn, 'M')", records) == [False, None, True, None]


def test_none_is_none_whether_it_is_written_or_missing(judge):
    fields = "a: {title: A, type: code, codelist: some}\nb: {title: B, type: code, codelist: others}\n"
    pairs = [{"a": a, "b": b} for a in ("1", "2", "9", "", "?") for b in ("a", "b", "z", "", "?")]
    ties = {"1": "none", "2": "close", "a": "none", "b": "close"}
    expected = [
        None if p["a"] not in ties or p["b"] not in ties else ties[p["a"]] == ties[p["b"]] for p in pairs
    ]  # fmt: skip
    for predicate in ("attribute(a, 'tie') = attribute(b, 'tie')", "attribute(b, 'tie') = attribute(a, 'tie')"):
        assert judge(predicate, pairs, fields, "", NAMED) == expected
    assert judge("attribute(a, 'tie') <> attribute(b, 'tie')", pairs, fields, "", NAMED) == [
        None if e is None else not e for e in expected
    ]


@pytest.mark.parametrize(
    ("fields", "derived", "lists", "predicate"),
    [
        ("a: {title: A, type: code, codelist: w}", "",
         {"w": "codelist: w\ntitle: W\nsource: {title: M}\ncodes:\n  '1': {meaning: x, when: concept(a) = '1'}\n"},
         "supplied(a) AND known(a)"),
        ("a: {title: A, type: code, codelist: w}", "z: a = '1'",
         {"w": "codelist: w\ntitle: W\nsource: {title: M}\ncodes:\n  '1': {meaning: x, when: z}\n"}, "z"),
        ("n: {title: N, type: integer, valid: valid(n)}", "", {}, "valid(n)"),
        ("n: {title: N, type: integer, valid: known(m)}\nm: {title: M, type: integer, valid: valid(n)}", "", {},
         "TRUE"),
        ("n: {title: N, type: integer}", "one: two > 1\ntwo: three + 1\nthree: two - 1", {}, "one"),
    ],
)  # fmt: skip
def test_what_depends_on_itself_is_refused(tmp_path, fields, derived, lists, predicate):
    assert refused(tmp_path / "p", predicate, fields, derived, lists).slug == "predicate-circle"


def test_many_signs_and_conditions_take_no_time(judge):
    assert judge("- " * 200 + "n = 1", [{"n": "1"}]) == [True]
    assert judge(" AND ".join(["n = 1"] * 2000), [{"n": "1"}, {"n": "2"}]) == [True, False]


def test_not_and_or_over_the_three_answers_are_those_of_logic(judge):
    """TRUE, FALSE and unknown in every pair: NOT, AND and OR as Kleene gave them."""
    values = {"1": True, "0": False, "": None}
    pairs = list(itertools.product(values, values))
    records = [{"n": x, "m": y} for x, y in pairs]

    def both(x, y):
        return False if False in (x, y) else None if None in (x, y) else True

    def either(x, y):
        return True if True in (x, y) else None if None in (x, y) else False

    assert judge("n = 1 AND m = 1", records) == [both(values[x], values[y]) for x, y in pairs]
    assert judge("n = 1 OR m = 1", records) == [either(values[x], values[y]) for x, y in pairs]
    assert judge("NOT n = 1", records) == [None if values[x] is None else not values[x] for x, _ in pairs]


@pytest.mark.parametrize("cell", ["", "   ", "?", "77", "2020-02-30", "x y z"])
def test_no_comparison_ever_passes_on_what_cannot_be_read(judge, cell):
    record = [{"a": cell, "b": cell, "n": cell if cell != "77" else "", "d": cell, "band": cell, "open": cell}]
    for predicate in (
        "a = '1'", "a <> '1'", "NOT a = '1'", "a IN ('1')", "a NOT IN ('1')", "a = b", "a <> b", "concept(a) = '1'",
        "concept(a) <> '1'", "concept(a) = concept(b)", "concept(a) <> concept(b)", "attribute(a, 'group') <> 'low'",
        "n > 1", "n <= 1", "n <> 1", "NOT n = 1", "d < as_of()", "d >= as_of()", "d <> '2020-01-01'", "year(d) > 1",
        "at_least(band, 16)", "NOT at_least(band, 16)", "open = 'AB1'", "open <> 'AB1'", "open NOT IN ('AB1')",
        "attribute(open, 'kind') <> 'first'", "age_at(d, d) = 0", "occurrences(a) = 1", "n BETWEEN 0 AND 9",
    ):  # fmt: skip
        assert judge(predicate, record) == [None], predicate


@pytest.mark.parametrize(
    "literal", ["it's", 'say "hi"', "a\\", "%s", "${HOME}", "--", "/* */", "; DROP TABLE x", "ünï😀", "\u202e", "NULL",
                "a\nb", "' OR '1'='1"],
)  # fmt: skip
def test_a_literal_is_only_ever_itself(judge, literal):
    written = literal.replace("'", "''")
    assert judge(f"t = '{written}'", [{"t": literal}, {"t": "another"}]) == [True, False]
    assert judge(f"contains(t, '{written}')", [{"t": f"<{literal}>"}, {"t": "x"}]) == [True, False]


def test_every_function_says_how_it_is_called():
    for name, function in FUNCTIONS.items():
        assert function.usage.startswith(f"{name}(")
        assert function.about
        assert 0 <= function.fewest <= function.most
