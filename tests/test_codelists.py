"""Code lists: inheritance, concepts and their attributes, and every list that makes no sense refused on its line."""

import datetime as dt
import textwrap

import pytest

from everycase.codelists import Codelists, pattern_problem
from everycase.errors import ConfigurationError

HEAD = "title: T\nsource: {title: Made up}\n"
CONCEPTS = "codes:\n  wife: {meaning: Wife, attributes: {sex: female, bond: close}}\n  friend: {meaning: Friend}\n"


@pytest.fixture
def lists(tmp_path):
    """Read code lists given as name=text."""

    def read(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.yaml").write_text(f"codelist: {name}\n{HEAD}{textwrap.dedent(text)}", encoding="utf-8")
        return Codelists.read(tmp_path, tmp_path)

    return read


def test_a_code_takes_the_attributes_of_its_concept_and_its_own_go_before(lists):
    found = lists(
        words=CONCEPTS,
        police="concepts: words\ncodes:\n  '1': {meaning: W, concept: wife, attributes: {bond: looser, more: yes}}\n"
        "  '2': {meaning: F, concept: friend}\n  '3': {meaning: Other}\n  '9': {meaning: U, standing: not_known}\n",
    )
    police = found["police"]
    assert police.codes["1"].attributes == {"sex": "female", "bond": "looser", "more": "yes"}
    assert [police.codes[c].concept for c in "1239"] == ["wife", "friend", None, None]
    assert police.vocabulary == {"wife", "friend"}
    assert police.concepts == "words"
    assert police.attribute_names() == {"sex", "bond", "more"}
    assert police.with_standing("not_known", "not_stated") == ("9",)
    assert found["words"].concepts == "words"
    assert found.names() == ["police", "words"]


def test_a_list_extends_another_with_its_concepts_and_changes_removes_and_adds_codes(lists):
    found = lists(
        words=CONCEPTS,
        base="concepts: words\ncodes:\n  '1': {meaning: W, concept: wife}\n  '2': {meaning: F, concept: friend}\n",
        child="extends: base\nremove: ['2']\ncodes:\n  '1': {meaning: Spouse, concept: wife}\n"
        "  '7': {meaning: F, concept: friend}\n",
        grandchild="extends: child\ncodes: {}\n",
    )
    assert {c.code: (c.meaning, c.concept) for c in found["child"].codes.values()} == {
        "1": ("Spouse", "wife"), "7": ("F", "friend"),
    }  # fmt: skip
    assert found["grandchild"].codes == found["child"].codes
    assert found["grandchild"].concepts == "words"
    assert set(found["base"].codes) == {"1", "2"}


def test_a_list_that_extends_a_list_of_concepts_is_one_of_its_own(lists):
    found = lists(words=CONCEPTS, more="extends: words\ncodes:\n  aunt: {meaning: Aunt}\n")
    assert found["more"].concepts == "more"
    assert found["more"].vocabulary == {"wife", "friend", "aunt"}


def test_a_code_is_in_force_from_its_first_to_its_last_day(lists):
    code = lists(a="codes:\n  x: {meaning: X, from: 2024-02-29, to: 2024-03-01}\n")["a"].codes["x"]
    days = [dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2024, 3, 1), dt.date(2024, 3, 2)]
    assert [code.in_force(d) for d in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("texts", "where", "said"),
    [
        ({"a": "extends: b\ncodes: {}", "b": "extends: a\ncodes: {}"}, "a.yaml:4", "a > b > a"),
        ({"a": "concepts: b\ncodes: {}", "b": "concepts: a\ncodes: {}"}, "a.yaml:4", "itself"),
        ({"a": "concepts: a\ncodes: {}"}, "a.yaml:4", "itself"),
        ({"a": "extends: wrds\ncodes: {}", "words": CONCEPTS}, "a.yaml:4", "Did you mean 'words'"),
        ({"a": "concepts: wrds\ncodes: {}", "words": CONCEPTS}, "a.yaml:4", "Did you mean 'words'"),
        ({"a": "concepts: words\ncodes:\n  '1': {meaning: W, concept: wif}", "words": CONCEPTS}, "a.yaml:6", "'wife'"),
        ({"a": "codes:\n  '1': {meaning: W, concept: wife}"}, "a.yaml:5", "concepts"),
        ({"a": "concepts: words\ncodes:\n  '1': {meaning: W, concept: wife, standing: not_known}", "words": CONCEPTS},
         "a.yaml:6", "cannot stand for"),
        ({"a": "concepts: words\ncodes:\n  '1': {meaning: W, concept: wife, standing: indeterminate}",
          "words": CONCEPTS}, "a.yaml:6", "cannot stand for"),
        ({"a": "extends: words\nremove: [aunt]\ncodes: {}", "words": CONCEPTS}, "a.yaml:5", "not inherited"),
        ({"a": "codes:\n  x: {meaning: X, from: 2025-01-01, to: 2024-12-31}"}, "a.yaml:5", "never hold"),
        ({"a": "codes:\n  x: {meaning: X, low: 5, high: 4}"}, "a.yaml:5", "above"),
        ({"a": "codes:\n  '': {meaning: X}"}, "a.yaml:5", "blank"),
        ({"a": "codes:\n  'x ': {meaning: X}"}, "a.yaml:5", "blank"),
        ({"a": "open: true\npattern: '['\ncodes: {}"}, "a.yaml:5", "does not parse"),
        ({"a": "open: true\npattern: '(?=x)x'\ncodes: {}"}, "a.yaml:5", "engines"),
        ({"a": "open: true\ncodes: {}"}, "a.yaml:4", "pattern"),
    ],
)  # fmt: skip
def test_a_list_that_makes_no_sense_is_refused_on_its_line(lists, texts, where, said):
    with pytest.raises(ConfigurationError) as caught:
        lists(**texts)
    assert caught.value.where.startswith(where)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "pattern",
               ["[A-Z]{2}[0-9]{5}[A-Z]?", "(?:a|b)+", "[(?=]", "[*+]+", "[?+]", r"\(\?=", "[]a]+", r"\d+\.\d*",
                "a{1,1000}", "(?i)a", "(?P<n>a)", r"\\1", "a+?", "[^]+]+"],
)  # fmt: skip
def test_a_pattern_that_engines_know_is_taken(pattern):
    import duckdb

    assert pattern_problem(pattern) == ""
    assert duckdb.sql("SELECT regexp_full_match('x', $p)", params={"p": pattern}).fetchall()


@pytest.mark.parametrize(
    "pattern",
               ["[", "(", "a**", "(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", r"(a)\1", r"a\Z", "(?>a)", "a++", "a*+",
                "(?#x)", "a{1001}", "a{1,1001}", "(?P<n>a)(?P=n)", "(a)?(?(1)b|c)", "a\0", "a{99999999999999}"],
)  # fmt: skip
def test_a_pattern_that_an_engine_would_stumble_over_is_refused_before_any_data_is_read(pattern):
    assert pattern_problem(pattern)
