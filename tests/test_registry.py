"""sources.yaml: the environment only where it is asked for, tables that can be joined, and nothing ignored."""

import pytest

from everycase.errors import ConfigurationError
from everycase.registry import Registry

SOURCE = """
version: 1
project: {id: p, title: P}
sources:
  first:
    title: T
    agency: A
    owner: O
    description: D
    jurisdiction: J
    cadence: C
    legal_basis: L
    suite: s
"""


def read(folder, extra="", text=SOURCE):
    path = folder / "sources.yaml"
    path.write_text(text.lstrip("\n") + extra, encoding="utf-8")
    return Registry.read(path, folder)


def refused(folder, extra="", text=SOURCE):
    with pytest.raises(ConfigurationError) as caught:
        read(folder, extra, text)
    assert caught.value.where.startswith("sources.yaml:")
    return caught.value


def test_the_environment_is_read_where_it_is_asked_for_and_once(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA", "/data/${OTHER}/$HOME")
    source = read(tmp_path, "    extract: ${DATA}/x-${DATA}.csv\n    columns: {'${DATA}': f}\n").sources["first"]
    assert source.extract == "/data/${OTHER}/$HOME/x-/data/${OTHER}/$HOME.csv"
    assert source.columns == {"${DATA}": "f"}
    assert read(tmp_path, "    extract: $DATA/x.csv\n").sources["first"].extract == "$DATA/x.csv"


@pytest.mark.parametrize(
    ("extract", "slug", "said"),
    [
        ("${EVERYCASE_NOT_SET}/x", "environment", "EVERYCASE_NOT_SET"),
        ("${}", "wrong-value", "name of a variable"),
        ("${A B}", "wrong-value", "name of a variable"),
        ("${A:-default}", "wrong-value", "name of a variable"),
        ("${1A}", "wrong-value", "name of a variable"),
    ],
)
def test_a_variable_that_is_not_set_or_none_is_refused_on_its_line(tmp_path, monkeypatch, extract, slug, said):
    monkeypatch.delenv("EVERYCASE_NOT_SET", raising=False)
    error = refused(tmp_path, f"    extract: '{extract}'\n")
    assert (error.slug, error.where) == (slug, "sources.yaml:13")
    assert said in str(error)


def test_an_empty_variable_is_its_value(tmp_path, monkeypatch):
    monkeypatch.setenv("EMPTY", "")
    assert read(tmp_path, "    extract: a${EMPTY}b\n").sources["first"].extract == "ab"


@pytest.mark.parametrize(
    ("extra", "slug", "line", "said"),
    [
        ("    extrakt: x\n", "unknown-key", 13, "Did you mean 'extract'"),
        ("    reader: {delimeter: ','}\n", "unknown-key", 13, "Did you mean 'delimiter'"),
        ("    reader:\n      header_rov: 2\n", "unknown-key", 14, "Did you mean 'header_row'"),
        ("    reader: {delimiter: ', '}\n", "wrong-value", 13, "1 character"),
        ("    reader: {delimiter: ''}\n", "wrong-value", 13, "1 character"),
        ("    reader: {header_row: 0}\n", "wrong-value", 13, "greater than or equal to 1"),
        ("    reader: {header_row: one}\n", "wrong-value", 13, "integer"),
        ("    reader: {kind: excel}\n", "wrong-value", 13, "delimited"),
        ("    thresholds: {FLG02: 5}\n", "wrong-value", 13, "less than or equal to 1"),
        ("    thresholds: {FLG02: -0.1}\n", "wrong-value", 13, "greater than or equal to 0"),
        ("    thresholds: {FLG02: 5%}\n", "wrong-value", 13, "number"),
        ("    keys: crime_ref\n", "wrong-value", 13, "list"),
        ("    keys: [1]\n", "wrong-value", 13, "string"),
        ("    columns: {a: 1}\n", "wrong-value", 13, "string"),
        ("    periods: {first: 2024-13-01}\n", "wrong-value", 13, "YYYY-MM-DD"),
        ("    suite: other\n", "duplicate-key", 13, "line 12"),
    ],
)
def test_what_does_not_belong_there_is_refused_on_its_line(tmp_path, extra, slug, line, said):
    error = refused(tmp_path, extra)
    assert (error.slug, error.where) == (slug, f"sources.yaml:{line}")
    assert said in str(error)


@pytest.mark.parametrize(
    ("old", "new", "slug", "said"),
    [
        ("version: 1", "version: 2", "wrong-value", "1"),
        ("version: 1\n", "", "missing-key", "'version'"),
        ("    owner: O\n", "", "missing-key", "'owner'"),
        ("  first:", "  First:", "wrong-value", "small letters"),
        ("  first:", "  1st:", "wrong-value", "small letters"),
        ("  first:", "  ../x:", "wrong-value", "small letters"),
        ("    suite: s\n", "    suite: s\n  second: {}\n", "missing-key", "sources > second"),
        ("project: {id: p, title: P}", "project: {id: p, title: P, owner: me}", "unknown-key", "'owner'"),
    ],
)
def test_a_registry_without_a_part_is_refused(tmp_path, old, new, slug, said):
    error = refused(tmp_path, text=SOURCE.replace(old, new))
    assert error.slug == slug
    assert said in str(error)


def test_a_registry_without_a_source_is_refused(tmp_path):
    assert refused(tmp_path, text="version: 1\nproject: {id: p, title: P}\nsources: {}\n").slug == "missing-key"


@pytest.mark.parametrize(
    ("tables", "slug", "said"),
    [
        ("records: pairs, tables: {a: {file: a.csv}}", "missing-key", "records"),
        ("records: a, tables: {a: {file: a.csv, join: {id: b.id}}}", "wrong-value", "joins nothing"),
        ("records: a, tables: {a: {file: a.csv}, b: {file: b.csv}}", "missing-key", "'join'"),
        ("records: a, tables: {a: {file: a.csv}, b: {file: b.csv, join: {id: c.id}}}", "wrong-value", "above"),
        ("records: a, tables: {a: {file: a.csv}, b: {file: b.csv, join: {id: b.id}}}", "wrong-value", "above"),
        ("records: a, tables: {a: {join: {}}}", "missing-key", "'file'"),
    ],
)
def test_tables_that_cannot_be_joined_into_one_record_each_are_refused(tmp_path, tables, slug, said):
    error = refused(tmp_path, f"    reader: {{{tables}}}\n")
    assert error.slug == slug
    assert said in str(error)


def test_tables_may_join_any_table_above(tmp_path):
    tables = "records: a, tables: {a: {file: a.csv}, b: {file: b.csv, join: {id: a.b}}, c: {file: c, join: {id: b.c}}}"
    assert list(read(tmp_path, f"    reader: {{{tables}}}\n").sources["first"].reader.tables) == ["a", "b", "c"]


def test_sources_come_in_the_order_of_the_file(tmp_path):
    body = SOURCE.split("  first:\n", 1)[1]
    text = SOURCE + "  zebra:\n" + body + "  ant:\n" + body
    assert list(read(tmp_path, text=text).sources) == ["first", "zebra", "ant"]
