"""YAML as it is read here: text stays text, every node knows its line, and what could explode or run is refused."""

import time

import pytest

from everycase.codelists import CodelistFile
from everycase.document import parse_document, read_document, validated
from everycase.errors import ConfigurationError
from everycase.registry import RegistryFile


def read(text):
    return parse_document(text, "f.yaml").data


def refused(text):
    with pytest.raises(ConfigurationError) as caught:
        parse_document(text, "f.yaml")
    return caught.value.slug, caught.value.where, str(caught.value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("01", "01"), ("-01", "-01"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("1:30", "1:30"),
        ("2024-04-01", "2024-04-01"), ("1e5", "1e5"), ("0x1F", "0x1F"), ("0o7", "0o7"), ("1_000", "1_000"),
        (".inf", ".inf"), (".nan", ".nan"), ("TRUE", "TRUE"), ("'true'", "true"), ('"1"', "1"), ("True", "True"),
        ("1", 1), ("-3", -3), ("0", 0), ("1.50", 1.5), ("-1.5e-3", -0.0015),
        ("true", True), ("false", False), ("null", None), ("~", None), ("", None),
        ("9" * 18, int("9" * 18)), ("9" * 19, "9" * 19), ("9" * 5000, "9" * 5000), ("9" * 400 + ".0", "9" * 400 + ".0"),
        ("'a\tb'", "a\tb"), ("ünï😀", "ünï😀"), ("<<", "<<"),
    ],
)  # fmt: skip
def test_a_value_is_what_it_looks_like_and_no_more(written, value):
    found = read(f"a: {written}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_always_text():
    assert list(read("01: a\nno: b\n1:30: c\n2024-01-01: d\ntrue: e\n~: f\n1: g\n")) == [
        "01", "no", "1:30", "2024-01-01", "true", "~", "1",
    ]  # fmt: skip
    assert read("<<: {a: 1}\nb: 2") == {"<<": {"a": 1}, "b": 2}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_node_knows_its_line_whatever_the_line_ends(end):
    lines = parse_document(
        end.join(["# note", "a: 1", "b:", "  c:", "    - x", "    - {d: 2,", "       e: 3}"]), "f"
    ).lines
    assert lines[("a",)] == 2
    assert lines[("b", "c")] == 4
    assert lines[("b", "c", 0)] == 5
    assert lines[("b", "c", 1, "d")] == 6
    assert lines[("b", "c", 1, "e")] == 7


def test_a_node_without_a_line_is_placed_at_its_parent():
    document = parse_document("a:\n  b: 1\n", "f.yaml")
    assert document.where(("a", "b", "gone", 3)) == "f.yaml:2"
    assert document.where(("gone",)) == "f.yaml:1"


@pytest.mark.parametrize(
    ("text", "slug", "line", "said"),
    [
        ("a: 1\n\tb: 2", "yaml-tab", 2, "spaces"),
        ("a:\n\t- 1", "yaml-tab", 2, "spaces"),
        ("a:\n  b: 1\n  c: 2\n  b: 3", "duplicate-key", 4, "first on line 2"),
        ("01: a\n'01': b", "duplicate-key", 2, "first on line 1"),
        ("a: &x 1\nb: *x", "yaml-alias", 2, "again"),
        ("a: &x 1\n*x : 2", "yaml-key", 2, "quotes"),
        ("? [a]\n: b", "yaml-key", 1, "quotes"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]", "yaml-tag", 2, "plain"),
        ("a: !local x", "yaml-tag", 1, "plain"),
        ("a: !!int '3'", "yaml-tag", 1, "plain"),
        ("!!str a: 1", "yaml-tag", 1, "plain"),
        ("!x {a: 1}", "yaml-tag", 1, "plain"),
        ("a: 1\n---\nb: 2", "yaml-several", 2, "one document"),
        ("- a\n- b", "yaml-shape", 1, "mapping"),
        ("only text", "yaml-shape", 1, "mapping"),
        ("a: [1\nb: 2", "yaml-syntax", 2, "YAML"),
        ("a: 'open", "yaml-syntax", 1, "YAML"),
        ("a: \x00", "yaml-syntax", 1, "YAML"),
        ("a: \x07", "yaml-syntax", 1, "YAML"),
    ],
)
def test_what_yaml_should_not_do_is_refused_on_its_line(text, slug, line, said):
    found, where, message = refused(text)
    assert (found, where) == (slug, f"f.yaml:{line}")
    assert said in message


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a note\n", "\ufeff"])
def test_an_empty_file_is_refused(text):
    assert refused(text)[0] == "yaml-empty"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9) if i else '1'}]" for i in range(50)),
        "a: " + "[" * 200_000,
        "a: " + "{a: " * 100_000,
        "a: " + "[" * 900 + "]" * 900,
        "".join(" " * i + "a:\n" for i in range(3000)),
        "a: " + "- " * 100_000,
    ],
    ids=["aliases", "brackets", "braces", "closed brackets", "indented", "dashes"],
)
def test_a_bomb_is_refused_at_once(text):
    before = time.monotonic()
    assert refused(text)[0] in {"yaml-alias", "yaml-too-deep", "yaml-syntax"}
    assert time.monotonic() - before < 5


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        (b"a: \xe9\n", "yaml-encoding"),
        ("a: 1\n".encode("utf-16"), "yaml-encoding"),
        (b"", "yaml-empty"),
        (b"# " + b"x" * (8 * 1024 * 1024), "yaml-too-large"),
    ],
)
def test_a_file_that_is_no_utf_8_or_too_large_is_refused(tmp_path, written, slug):
    path = tmp_path / "f.yaml"
    path.write_bytes(written)
    with pytest.raises(ConfigurationError) as caught:
        read_document(path, "shown/f.yaml")
    assert caught.value.slug == slug
    assert str(tmp_path) not in str(caught.value)


def test_a_mark_before_utf_8_is_taken_and_a_missing_file_or_a_folder_refused(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_document(path, "f.yaml").data == {"a": 1}
    for other in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ConfigurationError) as caught:
            read_document(other, "g.yaml")
        assert (caught.value.slug, caught.value.where) == ("file-unreadable", "g.yaml")


LIST = (
    "codelist: x\ntitle: X\nsource: {{title: M}}\ncodes:\n  '9': {{meaning: Z}}\n"
    "  {code}:\n    meaning: {meaning}\n    {rest}\n"
)


@pytest.mark.parametrize("code", ["A1", "str", "int", "float", "bool", "'a[b]'", "function-x", "literal"])
@pytest.mark.parametrize(
    ("meaning", "rest", "slug", "line", "said"),
    [
        ("x", "standng: known", "unknown-key", 8, "Did you mean 'standing'?"),
        ("x", "zzz: known", "unknown-key", 8, "It takes: attributes"),
        ("x", "low: many", "wrong-value", 8, "integer"),
        ("x", "standing: maybe", "wrong-value", 8, "not_known"),
        ("x", "from: 1.4.2024", "wrong-value", 8, "YYYY-MM-DD"),
        ("3", "low: 1", "wrong-value", 7, "string"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line_and_the_nearest_key(code, meaning, rest, slug, line, said):
    document = parse_document(LIST.format(code=code, meaning=meaning, rest=rest), "f.yaml")
    with pytest.raises(ConfigurationError) as caught:
        validated(CodelistFile, document, document.data)
    assert (caught.value.slug, caught.value.where) == (slug, f"f.yaml:{line}")
    assert said in str(caught.value)


def test_a_misspelt_key_is_named_rather_than_the_one_it_leaves_missing():
    document = parse_document("version: 1\nproject: {id: p, titel: P}\nsources: {}\n", "f.yaml")
    with pytest.raises(ConfigurationError, match="Did you mean 'title'") as caught:
        validated(RegistryFile, document, document.data)
    assert caught.value.where == "f.yaml:2"
