"""The catalogue as others read it: every rule with every part, and every finding answered by rules that exist."""

import csv

import pytest
from making import load_folder, make_project, rule
from support import ROOT

from everycase.catalogue import HEADER, evidence_page, write_csv
from everycase.errors import ConfigurationError
from everycase.listing import all_rules


def test_the_catalogue_has_a_row_for_every_rule_and_all_parts_of_the_framework(project, tmp_path):
    write_csv(project, None, tmp_path / "catalogue.csv")
    with (tmp_path / "catalogue.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == HEADER
    assert [(r[0], r[2]) for r in rows] == [(r.code, s) for s, r in all_rules(project)]
    told = [name for name in HEADER if name not in {"official number", "priority"}]
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        assert [name for name in told if not cells[name].strip()] == [], cells["code"]
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_the_part_of_the_data_is_named_by_its_fields(project, tmp_path):
    write_csv(project, "police_recorded_crime", tmp_path / "catalogue.csv")
    with (tmp_path / "catalogue.csv").open(encoding="utf-8-sig", newline="") as file:
        parts = {row["code"]: row["part of data"] for row in csv.DictReader(file)}
    assert parts["FLG02"].startswith("Police recorded crime")
    for title in ("Domestic abuse flag", "Offence", "Date of birth of the victim", "Date of the incident"):
        assert title in parts["FLG02"]
    assert "Outcome" not in parts["FLG02"]


def test_a_catalogue_that_cannot_be_written_is_refused(everycase, tmp_path):
    ran = everycase("rules", "--csv", tmp_path / "no" / "such.csv", "--project", ROOT)
    assert (ran.code, ran.out) == (2, "")
    assert "the catalogue cannot be written" in ran.err


def test_each_of_the_twenty_two_findings_is_on_the_page(project):
    page = evidence_page(project, ROOT / "docs" / "evidence.yaml")
    assert sum(line.startswith("| ") and line[2].isdigit() for line in page.splitlines()) == 22


def test_a_finding_answered_by_a_rule_that_is_not_there_is_refused(tmp_path):
    project = load_folder(make_project(tmp_path / "p", "k: {title: K, type: text}", rule("R1", "supplied(k)")))
    path = tmp_path / "evidence.yaml"
    path.write_text("title: T\nsource: S\nfindings:\n  - {asks: A, rules: [R2]}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="'R2'"):
        evidence_page(project, path)
    assert evidence_page(project, tmp_path / "none.yaml") is None
