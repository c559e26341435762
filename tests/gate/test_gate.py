"""The gate, as a pipeline calls it: exit codes, baseline, waivers, and each format read back by another library."""

import csv
import json
import re
from pathlib import Path

import pytest
from junitparser import JUnitXml
from lxml import etree
from making import make_project, rule
from support import AS_OF

from everycase.gate import github, summary

FIELDS = """
    ref: {title: Ref, type: text}
    code: {title: Code, type: code, codelist: words}
    area: {title: Area, type: code, codelist: words}
"""
RULES = (
    rule("R1", "code = '1'", threshold=0.05)
    + rule("R2", "code <> '3'", severity="query")
    + rule("R3", "code = '1'", applies="code = 'x'")
    + rule("R4", "code <> '2'", applies="area = '2'", threshold=1.0)
)
FORMATS = "junit,github,gitlab,markdown,json"


@pytest.fixture
def desk(tmp_path, everycase, monkeypatch):
    """Run a gate over records of which so many are wrong: (gate, project)."""
    project = make_project(tmp_path / "p", FIELDS, RULES, keys="ref", group_by="area")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

    def gate(wrong, *arguments, records=1000, area="1", name="x.csv", header=("ref", "code", "area")):
        path = tmp_path / name
        with path.open("w", newline="") as file:
            rows = [[f"CANARY{i}", "2" if i < wrong else "1", area if i < wrong else "1"] for i in range(records)]
            csv.writer(file).writerows([header, *rows])
        return everycase("gate", "--project", project, "--as-of", AS_OF, "--extract", f"s={path}", "--report", FORMATS,
                         *arguments)  # fmt: skip

    return gate, project


def kinds(tmp_path):
    found = json.loads((tmp_path / "everycase-gate/gate.json").read_text())
    return found, [(f["kind"], f["code"]) for f in found["findings"]]


def accepted(everycase, project):
    assert everycase("accept", "last", "--role", "owner", "--reason", "first_baseline", "--project", project).code == 0


def test_without_a_baseline_the_gate_is_a_check_that_is_recorded(desk, everycase, tmp_path):
    gate, _ = desk
    assert gate(10).code == 0
    assert kinds(tmp_path)[0]["baseline"] == "no baseline: nothing was accepted yet"
    assert gate(100, "--fail-on", "never").code == 0
    assert gate(100).code == 1
    assert kinds(tmp_path)[1] == [("failed", "R1")]
    ran = everycase("verify")
    assert (ran.code, ran.out.split(":")[0]) == (0, "3 entries")
    assert kinds(tmp_path)[0]["result"]["run"]["ledger"]["sequence"] == 3


def test_worse_than_the_accepted_run_fails_though_every_threshold_is_kept(desk, everycase, tmp_path):
    gate, project = desk
    gate(0)
    accepted(everycase, project)
    assert gate(5).code == 0
    ran = gate(40)
    assert ran.code == 1
    assert kinds(tmp_path)[1] == [("worse", "R1")]
    assert "0.0% before, 4.0% now: 4.0 points worse" in ran.out
    assert gate(40, "--fail-on", "never").code == 0


def test_a_creep_is_caught_by_the_accepted_run_and_not_by_the_last_one(desk, everycase):
    gate, project = desk
    gate(0, records=4000)
    accepted(everycase, project)
    last, anchor = [], []
    for step in (1, 2, 3):
        last.append(gate(32 * step, "--baseline", "last", records=4000).code)
        anchor.append(gate(32 * step, "--baseline", "accepted", records=4000).code)
    assert last == [0, 0, 0]
    assert anchor == [0, 1, 1]


def test_a_stored_result_may_be_the_baseline(desk, everycase, tmp_path):
    gate, project = desk
    extract = tmp_path / "x.csv"
    gate(0)
    everycase("check", "--project", project, "--as-of", AS_OF, "--no-gx", "--extract", f"s={extract}", "--out", "o")
    assert gate(40, "--baseline", tmp_path / "o/result.json").code in {1, 2}


def test_a_file_that_was_judged_before_is_said(desk, tmp_path):
    gate, _ = desk
    gate(10)
    assert "s: this very file was judged before, in entry 1 of the ledger" in gate(10).out


def test_what_could_not_be_checked_wins_over_everything(desk, tmp_path):
    gate, _ = desk
    ran = gate(10, header=("ref", "kode", "area"))
    assert ran.code == 3
    assert gate(10, "--fail-on", "never", header=("ref", "kode", "area")).code == 3
    found, listed = kinds(tmp_path)
    assert found["status"] == "could_not_check"
    assert listed[0] == ("could_not_check", "")
    report = JUnitXml.fromfile(str(tmp_path / "everycase-gate/junit.xml"))
    assert report.errors > 0


def waive(project, *entries):
    lines = "".join(
        f"  - {{rule: {code}, source: s, reason: remedy_in_progress, approver: data_owner, expires: {day}{scope}}}\n"
        for code, day, scope in entries
    )
    (project / "waivers.yaml").write_text(f"waivers:\n{lines}")


def test_a_waiver_lets_a_rule_pass_and_is_shown_everywhere(desk, tmp_path):
    gate, project = desk
    waive(project, ("R1", AS_OF, ""))
    ran = gate(100)
    assert ran.code == 0
    assert kinds(tmp_path)[1] == [("waived", "R1")]
    shown = "waived until 2026-06-15 by data_owner (remedy_in_progress)"
    assert shown in ran.out
    for name in ("gate.json", "summary.md", "annotations.txt", "codequality.json", "junit.xml"):
        text = (tmp_path / "everycase-gate" / name).read_text().replace("\\_", "_")
        assert shown in text, name


def test_an_expired_waiver_fails_even_where_nothing_else_does(desk, tmp_path):
    gate, project = desk
    waive(project, ("R1", "2026-06-14", ""))
    assert gate(0).code == 1
    assert kinds(tmp_path)[1] == [("expired", "R1")]
    assert (
        "::error file=p/waivers.yaml,line=2,title=s R1::" in (tmp_path / "everycase-gate/annotations.txt").read_text()
    )


def test_a_waiver_of_one_area_covers_no_other(desk, tmp_path):
    gate, project = desk
    waive(project, ("R1", AS_OF, ", scope: {area: '2'}"))
    assert gate(100, area="2").code == 0
    assert kinds(tmp_path)[1] == [("waived", "R1")]
    assert gate(100, area="1").code == 1
    assert kinds(tmp_path)[1] == [("failed", "R1")]


def test_a_waiver_does_not_hide_that_it_got_worse(desk, everycase, tmp_path):
    gate, project = desk
    gate(100)
    accepted(everycase, project)
    waive(project, ("R1", AS_OF, ""))
    assert gate(300).code == 1
    assert kinds(tmp_path)[1] == [("worse", "R1"), ("waived", "R1")]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (("R9", AS_OF, ""), "has no rule 'R9'"),
        (("R1", AS_OF, ", scope: {ref: CANARY}"), "not grouped by 'ref'"),
        (("R1", "soon", ""), "YYYY-MM-DD"),
    ],
)
def test_a_waiver_that_fits_nothing_is_refused_with_its_line(desk, entry, said):
    gate, project = desk
    waive(project, entry)
    ran = gate(0)
    assert ran.code == 2
    assert said in ran.err
    assert "waivers.yaml:2" in ran.err


def test_junit_is_valid_and_read_back_by_a_library(desk, tmp_path):
    gate, _ = desk
    gate(100)
    path = tmp_path / "everycase-gate/junit.xml"
    schema = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))
    schema.assertValid(etree.parse(path))
    report = JUnitXml.fromfile(str(path))
    (suite,) = list(report)
    assert (suite.name, suite.tests, suite.failures, suite.errors, suite.skipped) == ("s", 4, 1, 0, 2)
    told = {p.name: p.value for p in suite.properties()}
    assert all(re.fullmatch("[0-9a-f]{64}", told[n]) for n in ("project_sha256", "suite_sha256", "extract_sha256"))
    cases = {c.name.split()[0]: c for c in suite}
    assert cases["R1"].result[0].message == "100 of 1,000 fail (10.0%, allowed 5%), 0 undetermined"
    assert cases["R3"].is_skipped
    assert cases["R2"].is_passed


def test_gitlab_knows_the_same_finding_again(desk, tmp_path):
    gate, _ = desk
    prints = []
    for wrong in (100, 200):
        gate(wrong)
        (issue,) = json.loads((tmp_path / "everycase-gate/codequality.json").read_text())
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert (tmp_path / issue["location"]["path"]).is_file()
        prints.append(issue["fingerprint"])
    assert prints[0] == prints[1]


def test_github_points_at_the_line_that_asked_and_collects_the_summary(desk, tmp_path, monkeypatch):
    gate, _ = desk
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    ran = gate(100)
    line = next(x for x in ran.out.splitlines() if x.startswith("::error"))
    file, number = re.match(r"::error file=([^,]+),line=(\d+),", line).groups()
    assert "code: R1" in (tmp_path / file).read_text().splitlines()[int(number) - 1]
    assert (tmp_path / "step.md").read_text() == (tmp_path / "everycase-gate/summary.md").read_text()
    assert (tmp_path / "step.md").read_text().startswith("## FAILED: p: 1 failed")


def test_no_record_value_or_key_is_in_any_file(desk, everycase, tmp_path):
    gate, project = desk
    gate(0)
    accepted(everycase, project)
    ran = gate(100, name="CANARY.csv")
    assert "CANARY" not in ran.printed
    for path in (tmp_path / "everycase-gate").iterdir():
        assert b"CANARY" not in path.read_bytes().replace(b"CANARY.csv", b""), path.name


def test_a_text_can_neither_end_a_command_nor_a_cell(desk, everycase, tmp_path):
    gate, project = desk
    suite = project / "expectations/s.yaml"
    hostile = "a | b ::error::x <script> %0A"
    suite.write_text(suite.read_text().replace("title: Rule R1", f'title: "{hostile}\\n::stop-commands::y"'))
    gate(100)
    lines = (tmp_path / "everycase-gate/annotations.txt").read_text().splitlines()
    assert len(lines) == 1
    assert "a | b ::error::x <script> %250A" in lines[0]
    row = next(x for x in (tmp_path / "everycase-gate/summary.md").read_text().splitlines() if "R1" in x)
    assert len(re.findall(r"(?<!\\)\|", row)) == 9
    assert "<script>" not in row


def test_the_summary_stays_below_what_github_takes(desk, tmp_path, monkeypatch):
    gate, _ = desk
    monkeypatch.setattr(summary, "MOST_BYTES", 700)
    assert gate(100).code == 1
    text = (tmp_path / "everycase-gate/summary.md").read_bytes()
    assert len(text) <= 700
    assert text.startswith(b"## FAILED")
    assert summary.MOST_BYTES < 1024 * 1024


def test_worst_stands_first(desk, tmp_path):
    gate, project = desk
    waive(project, ("R2", "2020-01-01", ""))
    gate(100)
    levels = [line.split()[0] for line in (tmp_path / "everycase-gate/annotations.txt").read_text().splitlines()]
    assert levels == sorted(levels, key=["::error", "::warning", "::notice"].index)
    assert github.MOST == 100


def test_the_files_appear_whole_or_not_at_all(desk, tmp_path, monkeypatch):
    gate, _ = desk
    gate(0)
    before = {p.name: p.read_bytes() for p in (tmp_path / "everycase-gate").iterdir()}

    def broken(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("everycase.commands.gating._fill", broken)
    assert gate(100).code == 3
    assert {p.name: p.read_bytes() for p in (tmp_path / "everycase-gate").iterdir()} == before


def test_a_wrong_option_is_refused(desk):
    gate, _ = desk
    assert "no format" in gate(0, "--report", "junit,xml").err
    ran = gate(0, "--baseline", "accepted")
    assert ran.code == 3
    assert "there is no ledger yet" in ran.err
