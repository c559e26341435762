"""Suites from and to Great Expectations: severity, notes and meta survive, and nothing is made up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from test_vocabulary import small_project

from everycase.document import parse_document
from everycase.errors import ConfigurationError, UsageError
from everycase.exchange import export_suite, import_suite
from everycase.project import load

if TYPE_CHECKING:
    from pathlib import Path

    from everycase.project import Project

THEIRS = {
    "name": "theirs",
    "id": "6c1a7f3e-0000-4000-8000-000000000000",
    "notes": ["first line", "second line"],
    "meta": {"great_expectations_version": "1.24.1", "owner": "somebody"},
    "expectations": [
        {"type": "expect_column_values_to_be_in_set", "severity": "warning", "notes": ["a", "b"], "id": "x",
         "kwargs": {"column": "sex", "value_set": ["1", "02", "1.5e3", "no", "null"], "mostly": 0.95},
         "meta": {"k": [1, {"z": None}], "on": True}},
        {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}, "severity": "info",
         "description": "Enough records", "meta": {}},
        {"type": "expect_column_values_to_be_between",
         "kwargs": {"column": "age at", "min_value": 0, "max_value": 120}},
        {"type": "expect_column_values_to_be_between", "severity": "critical",
         "kwargs": {"column": "born", "min_value": "1900-01-01T00:00:00", "result_format": "BASIC"}},
    ],
}  # fmt: skip


def brought_in(tmp_path: Path, suite: Any, name: str = "suite.json") -> str:
    path = tmp_path / name
    path.write_text(suite if isinstance(suite, str) else json.dumps(suite), encoding="utf-8")
    return import_suite(path)


def through_the_library(text: str) -> dict[str, Any]:
    """Send a suite through the library's own class and back to JSON."""
    from everycase import great

    given = json.loads(text)
    suite = great.gx.ExpectationSuite(**given)
    assert len(suite.expectations) == len(given["expectations"])
    return suite.to_json_dict()


# From elsewhere ------------------------------------------------------------------------------------------------------


def test_severity_notes_and_meta_of_a_foreign_suite_survive(tmp_path: Path) -> None:
    found = parse_document(brought_in(tmp_path, THEIRS), "theirs.yaml").data
    first, second, third, fourth = found["expectations"]
    assert (found["suite"], found["title"], found["description"]) == ("theirs", "theirs", "first line\nsecond line")
    assert [e["severity"] for e in found["expectations"]] == ["query", "warning", "error", "error"]
    assert first["notes"] == first["why"] == "a\nb"
    assert first["meta"] == {"k": [1, {"z": None}], "on": True}
    assert first["kwargs"] == THEIRS["expectations"][0]["kwargs"]
    assert second["title"] == second["why"] == "Enough records"
    assert [e["code"] for e in found["expectations"]] == ["GX01", "GX02", "GX03", "GX04"]
    assert "why" not in third
    assert fourth["kwargs"] == {"column": "born", "min_value": "1900-01-01T00:00:00"}
    types = {name: f["type"] for name, f in found["fields"].items()}
    assert types == {"sex": "text", "age at": "number", "born": "date"}


def test_what_a_person_must_add_is_listed_and_never_made_up(tmp_path: Path) -> None:
    text = brought_in(tmp_path, THEIRS)
    remarks = [line for line in text.splitlines() if line.startswith("#")]
    assert "#   GX01 expect_column_values_to_be_in_set: fix" in remarks
    assert "#   GX03 expect_column_values_to_be_between: why, fix" in remarks
    assert any('"owner"' in line for line in remarks)
    assert "fix:" not in text


def test_a_suite_with_gaps_is_refused_in_one_sentence_and_loads_once_they_are_filled(tmp_path: Path) -> None:
    suite = {**THEIRS, "name": "small"}
    text = brought_in(tmp_path, suite)
    root = small_project(tmp_path / "project", [], [])
    file = root / "expectations" / "small.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        load(root).rules_of("small")
    assert error.value.slug == "incomplete-rule"
    assert error.value.message == "the expectation 'GX01' has no fix"
    assert error.value.where.startswith("expectations/small.yaml:")
    filled = text.replace("  severity:", "  fix: Mend it.\n  severity:").replace(
        "    column: age at", "    column: age at", 1
    )
    lines = filled.replace("- code: GX03", "- why: Because.\n  code: GX03").replace(
        "- code: GX04", "- why: Because.\n  code: GX04"
    )
    file.write_text(lines, encoding="utf-8")
    rules = load(root).rules_of("small")
    assert [r.code for r in rules] == ["GX01", "GX02", "GX03", "GX04"]
    exported = json.loads(export_suite(load(root), "small"))
    for given, back in zip(THEIRS["expectations"], exported["expectations"], strict=True):
        assert back["type"] == given["type"]
        assert back["severity"] == given.get("severity", "critical")
        assert back["notes"] == given.get("notes")
        assert {k: v for k, v in back["meta"].items() if k != "everycase"} == given.get("meta", {})


def test_a_suite_from_before_1_0_is_read(tmp_path: Path) -> None:
    old = {"expectation_suite_name": "old", "expectations": [
        {"expectation_type": "expect_column_values_to_not_be_null", "kwargs": {"column": "a"}}]}  # fmt: skip
    found = parse_document(brought_in(tmp_path, old), "old.yaml").data
    assert found["expectations"][0]["expectation"] == "expect_column_values_to_not_be_null"


@pytest.mark.parametrize(
    ("suite", "message"),
    [
        ("{", "not JSON"),
        ("[]", "no suite"),
        ('{"name": "x", "expectations": [1]}', "expectation 1 is none"),
        ('{"name": "x", "expectations": [{"type": "t", "kwargs": []  , "meta": [1]}]}', "expectation 1 is none"),
        ('{"expectations": []}', "without a name"),
        ('{"name": "x", "expectations": [], "meta": {"n": NaN}}', "not JSON"),
        ('{"name": "x", "expectations": [{"type": "expect_column_values_to_be_json_parseable"}]}', "expectation 1: "),
        ('{"name": "x", "expectations": [{"type": "expect_column_values_to_not_be_null", "kwargs": '
         '{"column": "a", "row_condition": "b"}}]}', "'row_condition'"),
        ('{"name": "x", "expectations": [{"type": "expect_column_values_to_not_be_null", "severity": "bad", "kwargs": '
         '{"column": "a"}}]}', "severity"),
        ('{"name": "x", "expectations": [{"type": "expect_multicolumn_values_to_be_equal", "kwargs": '
         '{"column_list": 5}}]}', "names of columns"),
    ],
)  # fmt: skip
def test_what_is_no_suite_or_cannot_be_judged_is_refused(tmp_path: Path, suite: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        brought_in(tmp_path, suite)
    assert message in error.value.message
    assert error.value.where == "suite.json"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        import_suite(tmp_path / "none.json")


def test_a_title_is_taken_where_the_file_gives_none(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text('{"name": "s", "expectations": []}')
    assert parse_document(import_suite(tmp_path / "s.json", "A title"), "s").data["title"] == "A title"


# There and back ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["police_recorded_crime", "met_homicides"])
def test_a_suite_of_ours_comes_back_as_the_same_rules(project: Project, tmp_path: Path, name: str) -> None:
    text = export_suite(project, name)
    back = brought_in(tmp_path, through_the_library(text))
    assert "Still to be written" not in back
    root = tmp_path / "project"
    for path in project.root.glob("expectations/**/*.yaml"):
        copy = root / path.relative_to(project.root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    for folder in ("checks", "reports"):
        (root / folder).mkdir()
        for path in (project.root / folder).glob("*.*"):
            (root / folder / path.name).write_bytes(path.read_bytes())
    for path in ("sources.yaml",):
        (root / path).write_bytes((project.root / path).read_bytes())
    (root / "expectations" / f"{name}.yaml").write_text(back, encoding="utf-8")
    (root / "samples").symlink_to(project.root / "samples")
    again = load(root)
    source = next(s for s, e in project.sources.items() if e.suite == name)
    for ours, theirs in zip(project.rules_of(source), again.rules_of(source), strict=True):
        for part in ("code", "title", "why", "fix", "applies", "requires", "bindings", "threshold", "severity"):
            assert getattr(ours, part) == getattr(theirs, part), (ours.code, part)
    assert export_suite(again, name) == text


OWN = {"code": "OWN1", "name": "own", "title": "Wrong", "why": "Because.", "fix": "Mend it.",
       "applies": "supplied(sex)", "requires": "n > 0", "dimension": "accuracy", "severity": "query", "threshold": 0.02,
       "references": [{"title": "Here"}], "failing": [{"n": "0"}], "passing": [{"n": "1"}]}  # fmt: skip


PARTS = ("code", "name", "title", "why", "fix", "applies", "requires", "bindings", "threshold", "severity", "dimension",
         "effective", "native", "notes", "meta", "references", "passing", "failing")  # fmt: skip


def test_each_form_of_an_expectation_comes_back(tmp_path: Path) -> None:
    entries = [
        OWN,
        {"check": "key_unique", "code": "UNI01.id", "fields": {"key": "id"}, "why": "Own words.", "fix": "Own fix."},
        {"expectation": "expect_column_values_to_be_in_set", "kwargs": {"column": "sex", "value_set": ["1"]},
         "applies": "supplied(force)", "notes": "n", "meta": {"a": 1}},
        {"expectation": "expect_column_values_to_be_in_set", "kwargs": {"column": "sex", "value_set": ["1"]},
         "threshold": 0.05, "effective": {"from": "2020-01-01"}},
        {"expectation": "expect_table_row_count_to_equal", "kwargs": {"value": 3}, "notes": "n\nm"},
    ]  # fmt: skip
    root = small_project(tmp_path / "project", entries, [])
    before = load(root).rules_of("small")
    text = export_suite(load(root), "small")
    exported = through_the_library(text)["expectations"]
    types = [e["type"].removeprefix("expect_") for e in exported]
    ours = "records_to_pass_rule"
    assert types == [ours, ours, ours, "column_values_to_be_in_set", "table_row_count_to_equal"]
    assert exported[3]["kwargs"]["mostly"] == 0.95
    (root / "expectations" / "small.yaml").write_text(brought_in(tmp_path, text), encoding="utf-8")
    after = load(root).rules_of("small")
    for one, other in zip(before, after, strict=True):
        for part in PARTS:
            assert getattr(one, part) == getattr(other, part), (one.code, part)
    assert export_suite(load(root), "small") == text


def test_notes_and_meta_given_to_our_own_kind_of_expectation_are_kept(tmp_path: Path) -> None:
    root = small_project(tmp_path / "project", [OWN], [])
    suite = json.loads(export_suite(load(root), "small"))
    suite["expectations"][0] |= {"notes": "seen", "severity": "info"}
    suite["expectations"][0]["meta"]["owner"] = "somebody"
    (entry,) = parse_document(brought_in(tmp_path, suite), "s").data["expectations"]
    assert (entry["severity"], entry["notes"], entry["meta"]) == ("warning", "seen", {"owner": "somebody"})
    assert (entry["requires"], entry["code"]) == ("n > 0", "OWN1")


def test_an_unknown_suite_is_refused_with_the_nearest(project: Project) -> None:
    with pytest.raises(UsageError) as error:
        export_suite(project, "police_recorded_crimes")
    assert "police_recorded_crime" in error.value.instead
