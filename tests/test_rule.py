"""How a suite's expectations become rules: bound, complete, each code once; and each slip refused where it stands."""

import pytest
from making import load_folder, make_project, rule

from everycase.errors import ConfigurationError

FIELDS = """
a: {title: A, type: code, codelist: words}
k: {title: Key, type: text}
key: {title: Key, type: text}
n: {title: N, type: integer}
born: {title: Born, type: date, formats: ["%d/%m/%Y"]}
"""
LISTS = {"sex": "codelist: sex\ntitle: S\nsource: {title: M}\ncodes:\n  m: {meaning: M}\n  f: {meaning: F}\n"}


def bound(folder, rules, fields=FIELDS, **given):
    return load_folder(make_project(folder / "p", fields, rules, lists=LISTS, **given)).rules_of("s")


def test_a_parameter_is_bound_by_name_by_the_suite_or_by_its_default(tmp_path):
    rules = "  - {check: UNI01}\n  - {check: key_unique, code: UNI01.k, fields: {key: k}}\n"
    rules += "  - {check: field_supplied, fields: {field: a}}\n"
    rules += "  - {check: field_supplied, code: CMP01.when, fields: {field: a, required: n > 1}}\n"
    rules += "  - {check: field_supplied, code: CMP01.yes, fields: {field: a, required: true}}\n"
    assert {r.code: dict(r.bindings) for r in bound(tmp_path, rules)} == {
        "UNI01": {"key": "key"},
        "UNI01.k": {"key": "k"},
        "CMP01": {"field": "a", "required": "TRUE"},
        "CMP01.when": {"field": "a", "required": "n > 1"},
        "CMP01.yes": {"field": "a", "required": "TRUE"},
    }


def test_a_suite_may_say_a_check_in_its_own_words(tmp_path):
    said = "{check: UNI01, title: Ours, why: W, fix: F, severity: query, threshold: 0.25, official: E-7}"
    (found,) = bound(tmp_path, f"  - {said}\n")
    assert (found.title, found.why, found.fix, found.severity, found.threshold, found.official) == (
        "Ours", "W", "F", "query", 0.25, "E-7",
    )  # fmt: skip
    assert found.references
    assert found.place == "expectations/s.yaml:10"


@pytest.mark.parametrize(
    ("rules", "slug", "said"),
    [
        ("  - {check: key_uniqe}\n", "unknown-check", "Did you mean 'key_unique'"),
        ("  - {check: UNI1}\n", "unknown-check", "UNI01"),
        ("  - {check: UNI01, fields: {kee: k}}\n", "unknown-key", "Did you mean 'key'"),
        ("  - {check: field_known}\n", "unbound-parameter", "fields: {field: ...}"),
        ("  - {check: UNI01, code: XX1}\n", "wrong-code", "UNI01.word"),
        ("  - {check: UNI01, code: UNI011}\n", "wrong-code", "UNI01.word"),
        ("  - {check: UNI01, code: UNI01.a b}\n", "wrong-code", "capitals"),
        ("  - {check: UNI01, priority: flags}\n", "wrong-value", "gender and relationship"),
        ("  - {check: UNI01, expectation: expect_x}\n", "expectation-form", "exactly one"),
        ("  - {check: UNI01, requires: 'TRUE'}\n", "expectation-form", "exactly one"),
        ("  - {check: UNI01, applies: 'TRUE'}\n", "expectation-form", "own predicates"),
        ("  - {check: UNI01, failing: [{key: x}]}\n", "expectation-form", "own predicates"),
        ("  - {check: UNI01, kwargs: {column: a}}\n", "expectation-form", "kwargs"),
        ("  - {code: XX1}\n", "expectation-form", "exactly one"),
        (rule("R1", "TRUE") + "    fields: {key: k}\n", "expectation-form", "names no check"),
        (rule("R1", "TRUE").replace("code: R1", "code: r1"), "wrong-code", "capitals"),
        (rule("R1", "TRUE") + "    priority: flags\n", "wrong-value", "gender and relationship"),
        (rule("R1", "TRUE").replace("passing: [{}]", "passing: [{bron: x}]"), "unknown-field", "Did you mean 'born'"),
        (rule("R1", "TRUE").replace("failing: [{}]", "failing: [{zz: x}]"), "unknown-field", "'zz'"),
        (rule("R1", "TRUE", threshold=1.5), "wrong-value", "less than or equal to 1"),
        (rule("R1", "TRUE", severity="fatal"), "wrong-value", "'error', 'query' or 'warning'"),
        (rule("R1", "TRUE") + "    effective: {from: 2026-02-01, to: 2026-01-01}\n", "wrong-value", "never hold"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_where_it_stands(tmp_path, rules, slug, said):
    with pytest.raises(ConfigurationError) as caught:
        bound(tmp_path, rules)
    assert caught.value.slug == slug
    assert caught.value.where.startswith("expectations/s.yaml:")
    assert said in str(caught.value)


def test_a_code_used_twice_is_refused_with_both_places(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        bound(tmp_path, "  - {check: UNI01}\n  - {check: key_unique, fields: {key: k}}\n")
    assert caught.value.slug == "code-taken"
    assert caught.value.where == "expectations/s.yaml:11"
    assert "expectations/s.yaml:10" in caught.value.message
    assert "suffix" in caught.value.instead


@pytest.mark.parametrize(("field", "said"), [("a", "'words'"), ("k", "'sex'"), ("n > 1", "'sex'")])
def test_a_check_is_not_bound_to_codes_that_mean_something_else(tmp_path, field, said):
    folder = make_project(tmp_path / "p", FIELDS, f"  - {{check: mine, fields: {{who: '{field}'}}}}\n", lists=LISTS)
    (folder / "checks").mkdir()
    (folder / "checks/mine.py").write_text(
        "from dataclasses import replace\nfrom everycase import generic\nfrom everycase.check import Parameter\n"
        "MINE = replace(generic.FIELD_VALID, code='MIN01', name='mine', applies='TRUE', requires='supplied(who)',\n"
        "               parameters={'who': Parameter('code', 'whoever', concepts='sex')}, passing=({'who': 'm'},),\n"
        "               failing=({'who': ''},), not_applicable=())\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError) as caught:
        load_folder(folder).rules_of("s")
    assert caught.value.slug == "wrong-binding"
    assert said in caught.value.message


def test_thresholds_of_the_registry_name_rules_of_the_suite(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        bound(tmp_path, "  - {check: UNI01}\n", source="    thresholds: {UNI1: 0.1}\n")
    assert caught.value.slug == "unknown-rule"
    assert "UNI01" in caught.value.instead
    (found,) = bound(tmp_path / "q", "  - {check: UNI01}\n", source="    thresholds: {UNI01: 1}\n")
    assert found.threshold == 1


def test_a_threshold_of_a_field_allows_what_it_leaves(tmp_path):
    fields = "k: {title: K, type: text, thresholds: {supplied: 0.9, valid: 1, known: 0, severity: query}}\n"
    assert {r.code: (r.threshold, r.severity) for r in bound(tmp_path, "", fields)} == {
        "CMP01.k": (0.1, "query"), "CMP02.k": (0.0, "query"), "CMP03.k": (1.0, "query"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "slug", "said"),
    [
        ("a: {title: A, type: text}\nA: {title: B, type: text}", "name-taken", "'a'"),
        ("rowid: {title: A, type: text}", "name-taken", "number of a record"),
        ("a: {title: A, type: date}\na__raw: {title: B, type: text}", "name-taken", "supplied"),
        ("'': {title: A, type: text}", "wrong-value", "name of a field"),
        ("occurrences of k: {title: A, type: text}", "wrong-value", "name of a field"),
        ("a: {title: A, type: code}", "missing-key", "codelist"),
        ("a: {title: A, type: code, codelist: wrds}", "unknown-codelist", "Did you mean 'words'"),
        ("a: {title: A, type: text, codelist: words}", "wrong-value", "type: code"),
        ("a: {title: A, type: text, pattern: '['}", "wrong-pattern", "does not parse"),
        ("a: {title: A, type: text, pattern: '(?!x)'}", "wrong-pattern", "engines"),
        ("a: {title: A, type: integer, pattern: x}", "wrong-value", "'text'"),
        ("a: {title: A, type: text, formats: ['%Y']}", "wrong-value", "'date'"),
        ("a: {title: A, type: date, formats: []}", "wrong-value", "at least one"),
        ("a: {title: A, type: date, formats: ['%Q']}", "wrong-value", "%d/%m/%Y"),
        ("a: {title: A, type: date, formats: ['%d/%m']}", "wrong-value", "%d/%m/%Y"),
        ("a: {title: A, type: date, formats: ['%Y-%']}", "wrong-value", "%d/%m/%Y"),
        ("a: {title: A, type: text, thresholds: {known: 90}}", "wrong-value", "less than or equal to 1"),
        ("a: {title: A, typ: text}", "unknown-key", "Did you mean 'type'"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(tmp_path, fields, slug, said):
    with pytest.raises(ConfigurationError) as caught:
        bound(tmp_path, rule("R1", "TRUE"), fields)
    assert caught.value.slug == slug
    assert caught.value.where.startswith("expectations/s.yaml:")
    assert said in str(caught.value)


@pytest.mark.parametrize("derived", ["A: n + 1", "rowid: n + 1", "a__raw: n + 1", "a: n + 1"])
def test_a_derived_name_that_an_engine_would_take_for_a_field_is_refused(tmp_path, derived):
    with pytest.raises(ConfigurationError) as caught:
        bound(tmp_path, rule("R1", "TRUE"), derived=derived)
    assert caught.value.slug == "name-taken"
