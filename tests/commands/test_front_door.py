"""An extract that nobody has mapped: what it holds, which column may be which field, and a project made from it."""

from __future__ import annotations

import csv

import pandas as pd
import pyreadstat
import pytest
import yaml
from support import AS_OF, ROOT

from everycase.commands.mapping import map_extract
from everycase.project import load

CANARY = "Qzx7canary"
RENAMED = {"crime_ref": "CrimeRefNo", "victim_sex": "Gender of victim", "da_flag": "DA marker"}


@pytest.fixture
def unmapped(extracts, tmp_path):
    """An extract of police recorded crime under names of its own, with a surname and a note to be kept."""
    with extracts["police_recorded_crime"].extract.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    path = tmp_path / "theirs.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(RENAMED.get(n, n.replace("_", " ").title()) for n in head), "Note"])
        writer.writerows([[*row, CANARY] for row in rows])
    return path


def test_a_profile_shows_columns_and_frequent_codes_only(unmapped, everycase, tmp_path):
    ran = everycase("profile", unmapped, "--out", tmp_path / "page.html")
    assert ran.code == 0, ran.printed
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    for text in (ran.out, page):
        assert CANARY not in text
        assert "Gender of victim" in text
        assert "dates yyyy-mm-dd" in text
    with unmapped.open(encoding="utf-8", newline="") as file:
        surnames = {r["Victim Surname"] for r in csv.DictReader(file)} - {"", "Unknown"}
    assert not [s for s in surnames if len(s) > 3 and (s in ran.out or f">{s}<" in page)]
    assert everycase("profile", unmapped).out.splitlines() == ran.out.splitlines()[:-2]


def test_a_profile_of_a_file_without_a_header_shows_no_name(tmp_path, everycase):
    path = tmp_path / "x.csv"
    path.write_text(f"12345678,2020-01-01,{CANARY}\n12345679,2020-01-02,b\n", encoding="utf-8")
    ran = everycase("profile", path)
    assert ran.code == 0
    assert CANARY not in ran.printed
    assert "column 3" in ran.out
    refused = everycase("map", "police_recorded_crime", path, "--project", ROOT, "--out", tmp_path / "x.yaml")
    assert refused.code == 3
    assert CANARY not in refused.printed


def test_a_map_is_proposed_with_confidence_and_reason_and_not_applied(unmapped, everycase, tmp_path):
    before = (ROOT / "sources.yaml").read_bytes()
    out = tmp_path / "entry.yaml"
    ran = everycase("map", "police_recorded_crime", unmapped, "--project", ROOT, "--out", out)
    assert ran.code == 0, ran.printed
    assert CANARY not in ran.printed + out.read_text(encoding="utf-8")
    entry = yaml.safe_load(out.read_text(encoding="utf-8"))["sources"]["police_recorded_crime"]
    assert {entry["columns"][column] for column in RENAMED.values()} == set(RENAMED)
    assert "Note" not in entry["columns"]
    assert (ROOT / "sources.yaml").read_bytes() == before
    again = everycase("map", "police_recorded_crime", unmapped, "--project", ROOT, "--out", out)
    assert again.code == 2
    assert "#already-there" in again.err


def test_a_column_of_other_values_is_less_sure(unmapped, tmp_path):
    loaded = load(ROOT)
    good = {p.field: p.confidence for p in map_extract(loaded, "police_recorded_crime", unmapped)[0]}
    frame = pd.read_csv(unmapped, dtype=str, keep_default_na=False)
    frame["DA marker"] = "other"
    frame.to_csv(tmp_path / "bad.csv", index=False)
    bad = {p.field: p.confidence for p in map_extract(loaded, "police_recorded_crime", tmp_path / "bad.csv")[0]}
    assert bad.get("da_flag", 0) < good["da_flag"]


def test_labels_of_a_survey_are_offered_as_code_lists(tmp_path, everycase):
    frame = pd.DataFrame({"victim_sex": [1.0, 2.0, 9.0], "force": ["a", "b", "c"]})
    pyreadstat.write_sav(frame, tmp_path / "x.sav", variable_value_labels={"victim_sex": {1: "Male", 9: "Refused"}},
                         missing_ranges={"victim_sex": [9]})  # fmt: skip
    out = tmp_path / "entry.yaml"
    assert everycase("map", "police_recorded_crime", tmp_path / "x.sav", "--project", ROOT, "--out", out).code == 0
    offered = yaml.safe_load((tmp_path / "victim_sex.codelist.yaml").read_text(encoding="utf-8"))
    assert offered["codes"] == {"1": {"meaning": "Male"}, "9": {"meaning": "Refused", "standing": "not_known"}}


def test_a_new_project_can_be_checked_without_an_edit(unmapped, everycase, tmp_path):
    folder = tmp_path / "theirs"
    ran = everycase("init", folder, "--extract", unmapped, "--agency", "Northshire Police", "--project", ROOT)
    assert ran.code == 0, ran.printed
    assert "police_recorded_crime" in ran.out
    made = load(folder)
    assert set(made.sources) == {"northshire_police"}
    checked = everycase("check", "--project", folder, "--no-gx", "--as-of", AS_OF, "--out", tmp_path / "out")
    assert checked.code == 1, checked.printed
    assert CANARY not in checked.printed
    assert everycase("init", folder, "--extract", unmapped, "--project", ROOT).code == 2


def test_dates_and_a_title_of_a_workbook_are_taken_in(everycase, tmp_path):
    rows = 40
    frame = pd.DataFrame({
        "Victim gender": ["1", "2"] * 20, "Rel to offender": ["wife", "Brother"] * 20, "DA": ["Y", "N"] * 20,
        "Date reported": ["01/02/2026"] * rows, "Incident Number": [f"K{i}" for i in range(rows)],
    })  # fmt: skip
    frame.to_excel(tmp_path / "x.xlsx", index=False, startrow=2, engine="xlsxwriter")
    folder = tmp_path / "p"
    assert everycase("init", folder, "--extract", tmp_path / "x.xlsx", "--project", ROOT).code == 0
    (entry,) = yaml.safe_load((folder / "sources.yaml").read_text(encoding="utf-8"))["sources"].values()
    assert entry["reader"] == {"dates": {"Date reported": "dd/mm/yyyy"}}
    assert entry["columns"]["Victim gender"] == "victim_sex"
    checked = everycase("check", "--project", folder, "--no-gx", "--as-of", AS_OF, "--out", tmp_path / "out")
    assert checked.code == 3  # fields that it lacks cannot be judged
    assert "CMP02.reported_date" not in checked.out
