"""The child in need census: every official rule passes and fails through real XML, by the rules of its year."""

from __future__ import annotations

import csv
import datetime as dt
import re

import pytest
from census_xml import Writer, records_of
from support import ROOT
from typer.testing import CliRunner

from everycase.cli import app
from everycase.outcome import Status
from everycase.project import Place, load_place
from everycase.rulesets import changes
from everycase.run import Options, run
from everycase.testing import states

SOURCE = "child_in_need_census"
PROJECT = load_place(Place(ROOT, "named"))
DAY = dt.date(2025, 6, 15)
YEARS = ("2022-23", "2023-24", "2024-25")


def checked(path, ruleset=None):
    return run(PROJECT, Options(as_of=DAY, sources=(SOURCE,), extracts={SOURCE: path}, ruleset=ruleset))


def rules_of(year):
    suite = PROJECT.sources[SOURCE].rulesets.suites[year]
    return PROJECT.ruled_by({SOURCE: suite}).rules_of(SOURCE)


@pytest.mark.parametrize("year", ["2022-23", "2024-25"])  # 2023-24 has no rule that 2024-25 does not have too
def test_every_rule_passes_and_fails_through_real_xml(tmp_path, year):
    writer, asked = Writer(), []
    for rule in rules_of(year):
        for wanted, examples in ((1, rule.passing), (2, rule.failing)):
            assert examples, rule.code
            for example in examples:
                top, own = records_of(rule.table, example)
                writer.header(top)
                asked.append((rule, wanted, example, own))
    path = tmp_path / "return.xml"
    path.write_text(writer.text(), encoding="utf-8")
    with checked(path, year) as opened:
        (source,) = opened.checked
        assert source.result.problem is None
        parts = {part.suite.table: part for part in source.parts}
        found = {rule.code: dict(states(parts[rule.table].prepared, parts[rule.table].judgement, rule.code))
                 for rule in rules_of(year)}  # fmt: skip
    wrong = [(rule.code, example) for rule, wanted, example, own in asked if found[rule.code][own.line] != wanted]
    assert wrong == []


def official(year):
    return {rule.official for rule in rules_of(year) if rule.official}


def test_the_years_have_the_official_numbers():
    assert [len(official(year)) for year in YEARS] == [105, 105, 109]
    assert official("2024-25") - official("2023-24") == {"1570", "1580", "8945Q", "8950Q"}
    for year in YEARS:
        for rule in rules_of(year):
            assert rule.code in {f"CIN{rule.official}", "CINSEX"}
            assert (rule.severity == "query") == (rule.official.endswith("Q") or rule.code == "CINSEX")
    assert {r.code for r in rules_of("2023-24")} <= {r.code for r in rules_of("2024-25")}
    changed = {c.rule.official: c.kind for c in changes(PROJECT, SOURCE, "2023-24", "2024-25")}
    assert changed.pop("") == "changed"  # the project's own rule about a return that mixes years
    assert {k for k, v in changed.items() if v == "changed"} == {"2886Q", "4180", "8750", "8770Q"}
    assert [c.rule.official for c in changes(PROJECT, SOURCE, "2022-23", "2023-24")] == ["1530"]


def smallest(reference_date):
    return (
        "<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2024</Year>"
        f"<ReferenceDate>{reference_date}</ReferenceDate></CollectionDetails></Header>"
        "<Children><Child><ChildIdentifiers><LAchildID>C1</LAchildID></ChildIdentifiers></Child></Children></Message>"
    )


@pytest.mark.parametrize(
    ("reference_date", "suite"),
    [
        ("2023-03-31", "child_in_need_census_2022_23"),
        ("2024-03-31", "child_in_need_census_2023_24"),
        ("2025-03-31", "child_in_need_census"),
    ],
)
def test_the_rules_are_those_of_the_returns_year(tmp_path, reference_date, suite):
    path = tmp_path / "return.xml"
    path.write_text(smallest(reference_date), encoding="utf-8")
    with checked(path) as opened:
        source = opened.result().sources[0]
    assert (source.suite, source.problem, source.status) == (suite, None, Status.FAILED)


@pytest.mark.parametrize("reference_date", ["2022-03-31", "2026-03-31", "canary", ""])
def test_a_return_of_another_year_could_not_be_checked_unless_the_rules_are_named(tmp_path, reference_date):
    path = tmp_path / "return.xml"
    path.write_text(smallest(reference_date), encoding="utf-8")
    with checked(path) as opened:
        source = opened.result().sources[0]
    assert (source.status, source.problem.slug) == (Status.COULD_NOT_CHECK, "ruleset-unknown")
    assert "canary" not in str(source.problem)


def test_the_rules_of_a_year_may_be_named(tmp_path):
    path = tmp_path / "return.xml"
    path.write_text(smallest("2022-03-31"), encoding="utf-8")
    with checked(path, "2023-24") as opened:
        source = opened.result().sources[0]
    assert (source.suite, source.status) == ("child_in_need_census_2023_24", Status.FAILED)


def test_a_year_without_rules_is_refused_by_name(tmp_path):
    path = tmp_path / "return.xml"
    path.write_text(smallest("2024-03-31"), encoding="utf-8")
    with pytest.raises(Exception, match=re.escape("2022-23, 2023-24, 2024-25")):
        checked(path, "1999-00")


def test_a_list_of_what_fails_names_records_by_the_keys_of_those_above(tmp_path):
    path = tmp_path / "return.xml"
    path.write_text(
        "<Message><Header><ReferenceDate>2024-03-31</ReferenceDate></Header><Children><Child><ChildIdentifiers>"
        "<LAchildID>A7</LAchildID></ChildIdentifiers><CINdetails><CINreferralDate>2024-02-05</CINreferralDate>"
        "<Assessments><AssessmentActualStartDate>2024-02-01</AssessmentActualStartDate></Assessments></CINdetails>"
        "</Child></Children></Message>",
        encoding="utf-8",
    )
    done = CliRunner().invoke(
        app, ["check", SOURCE, "--project", str(ROOT), "--extract", f"{SOURCE}={path}", "--out", str(tmp_path / "out"),
              "--no-gx"],
    )  # fmt: skip
    assert done.exit_code == 3, done.output  # most elements are missing, so that some rules cannot be judged
    lines = list(csv.DictReader((tmp_path / "out" / "failing.csv").read_text("utf-8-sig").splitlines()))
    assert {line["key"] for line in lines if line["source"] == f"{SOURCE}.assessments"} == {"A7 | 2024-02-01"}
