"""Linking finds exactly what was planted, and nothing can be linked that has no key."""

import csv
import datetime as dt
import json
import random
from collections import Counter

import pytest
from support import ROOT

from everycase.linking import link, rendering
from everycase.project import load

_DAY = dt.date(2025, 3, 1)
_ADULT, _CHILD = "1990-05-05", "2012-05-05"
_KINDS = (
    "kept", "lost", "child_lost", "age_unknown_lost", "gained", "stays", "no_key", "dummy", "no_counterpart", "two",
    "early", "sex_differs", "flag_blank",
)  # fmt: skip
AREAS = ("E23000001", "E23000028")
INCIDENTS = ("incident_ref", "crime_ref", "force", "reported_date", "incident_date", "da_flag", "suspect_sex",
             "suspect_dob", "victim_dob")  # fmt: skip
CRIMES = ("crime_ref", "force", "recorded_date", "incident_date", "da_flag", "suspect_sex", "suspect_dob", "victim_dob")


@pytest.fixture(scope="module")
def project():
    return load(ROOT)


def write(path, head, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def world(seed=9, records=400):
    """Make up incidents and the crimes recorded of them, and say what was planted in each incident."""
    chance = random.Random(seed)
    incidents, crimes, truth = [], [], []
    for i in range(records):
        kind, force = chance.choice(_KINDS), chance.choice(AREAS)
        ref = f"01/QQ{i:06d}/25"
        born = {"child_lost": _CHILD, "age_unknown_lost": ""}.get(kind, _ADULT)
        common = {"force": force, "incident_date": _DAY.isoformat(), "suspect_sex": "1", "victim_dob": _ADULT}
        written = {"no_key": "", "dummy": chance.choice(("UNKNOWN", "0000000", "n/a"))}.get(
            kind, chance.choice((ref, ref.lower(), ref.replace("/", " "), f" {ref} "))
        )
        incident_flag = {"gained": "N", "stays": "N", "flag_blank": ""}.get(kind, "Y")
        incidents.append({**common, "incident_ref": f"I{i}", "crime_ref": written, "reported_date": "2025-03-02",
                          "da_flag": incident_flag, "suspect_dob": born})  # fmt: skip
        crime_flag = "N" if kind in {"lost", "child_lost", "age_unknown_lost", "stays"} else "Y"
        crime = {**common, "crime_ref": ref, "recorded_date": "2025-02-01" if kind == "early" else "2025-03-09",
                 "da_flag": crime_flag, "suspect_dob": born,
                 "suspect_sex": "2" if kind == "sex_differs" else "1"}  # fmt: skip
        crimes += [] if kind == "no_counterpart" else [crime, crime] if kind == "two" else [crime]
        truth.append((force, kind))
    chance.shuffle(crimes)
    return incidents, crimes, truth


@pytest.fixture(scope="module")
def linked(project, tmp_path_factory):
    folder = tmp_path_factory.mktemp("linked")
    incidents, crimes, truth = world()
    extracts = {
        "police_da_incidents": write(folder / "i.csv", INCIDENTS, incidents),
        "police_recorded_crime": write(folder / "c.csv", CRIMES, crimes),
    }
    return link(project, "incidents", extracts), truth, extracts


def expected(truth):
    n = Counter(kind for _, kind in truth)
    linked = len(truth) - n["no_key"] - n["dummy"] - n["no_counterpart"]
    lost = n["lost"] + n["child_lost"] + n["age_unknown_lost"]
    flagged = len(truth) - n["gained"] - n["stays"] - n["flag_blank"]
    unlinked = len(truth) - linked
    return {
        ("coverage", "linked"): (linked, len(truth)),
        ("coverage", "unlinked_no_key"): (n["no_key"], unlinked),
        ("coverage", "unlinked_dummy_key"): (n["dummy"], unlinked),
        ("coverage", "unlinked_no_counterpart"): (n["no_counterpart"], unlinked),
        ("coverage", "unlinked_invalid_key"): (0, unlinked),
        ("shape", "one_to_many"): (n["two"], linked),
        ("shape", "one_to_one"): (linked - n["two"], linked),
        ("time", "impossible_order"): (n["early"], linked),
        ("time", "0_to_30_days"): (linked - n["early"], linked),
        ("flag", "flagged"): (flagged, len(truth)),
        ("flag", "not_said"): (n["flag_blank"], len(truth)),
        ("flag", "not_followed_unlinked"): (unlinked, flagged),
        ("flag", "kept"): (flagged - unlinked - lost, flagged - unlinked),
        ("flag", "lost"): (lost, flagged - unlinked),
        ("flag", "lost_by_omission"): (n["lost"], lost),
        ("flag", "lost_by_definition"): (n["child_lost"], lost),
        ("flag", "lost_age_not_known"): (n["age_unknown_lost"], lost),
        ("flag", "gained"): (n["gained"], n["gained"] + n["stays"]),
        ("sex", "contradictory"): (n["sex_differs"], linked),
        ("sex", "same"): (linked - n["sex_differs"], linked),
        ("dob", "missing_on_both"): (n["age_unknown_lost"], linked),
        ("dob", "contradictory"): (0, linked),
    }


def test_every_count_is_what_was_planted(linked):
    step, truth = linked[0].steps[0], linked[1]
    assert step.problem is None
    assert {at: step.number(*at) for at in expected(truth)} == expected(truth)


def test_every_count_of_an_area_is_what_was_planted_there(linked):
    step, truth = linked[0].steps[0], linked[1]
    for area in AREAS:
        there = {(c.part, c.measure): (c.numerator, c.denominator) for c in step.counts
                 if c.area == area and c.side == "from"}  # fmt: skip
        wanted = expected([t for t in truth if t[0] == area])
        assert {at: there[at] for at in wanted} == wanted


def test_the_bounds_hold_what_is_true_of_all_the_flagged(linked):
    step = linked[0].steps[0]
    for bounds in step.bounds:
        found, _ = step.number("flag", bounds.measure)
        flagged = step.number("flag", "flagged")[0]
        assert bounds.lowest == found
        assert bounds.denominator == flagged
        assert bounds.highest - bounds.lowest >= flagged - step.number("flag", "followed")[0] > 0


def test_reasons_and_shapes_add_up(linked):
    for side in ("from", "to"):
        counts = {(c.part, c.measure): c.numerator for c in linked[0].steps[0].counts if (c.side, c.area) == (side, "")}
        reasons = sum(n for (part, m), n in counts.items() if part == "coverage" and m.startswith("unlinked_"))
        assert reasons == counts["coverage", "unlinked"]
        assert sum(n for (part, _), n in counts.items() if part == "shape") == counts["coverage", "linked"]


def test_a_source_without_extract_could_not_be_checked(linked):
    step = linked[0].steps[1]
    assert step.problem is not None
    assert (step.to, step.problem.slug, step.counts) == ("school_notifications", "extract-missing", ())


def test_the_command_tells_no_key_and_writes_the_same_bytes_again(linked, everycase, tmp_path):
    pairs = [word for source, path in linked[2].items() for word in ("--extract", f"{source}={path}")]
    ran = everycase("link", "incidents", *pairs, "--out", tmp_path / "out", "--project", ROOT)
    assert ran.code == 3, ran.err
    assert "could not check: school_notifications" in ran.out
    written = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir() if p.name.startswith("link.")}
    assert written == {"link.json": rendering.as_json(linked[0]), "link.csv": rendering.as_csv(linked[0])}
    told = ran.out + ran.err + b"".join(written.values()).decode()
    assert "QQ00" not in told.upper()
    assert _ADULT not in told
    assert json.loads(written["link.json"])["steps"][0]["status"] == "measured"


@pytest.mark.parametrize(
    ("slug", "change"),
    [
        ("no-valid-key", lambda i, _: i.update(crime_ref="")),
        ("no-counterparts", lambda i, n: i.update(crime_ref=f"{n}.5")),
        ("no-key", lambda i, _: i.update(crime_ref="01/QQ000001/25")),
        ("missing-column", lambda i, _: i.pop("crime_ref")),
    ],
)
def test_a_key_that_is_none_is_refused(project, tmp_path, slug, change):
    incidents, crimes, _ = world()
    crimes.append({**crimes[0], "crime_ref": "01/QQ000001/25"})
    for n, incident in enumerate(incidents):
        change(incident, n)
    head = [h for h in INCIDENTS if h in incidents[0]]
    extracts = {
        "police_da_incidents": write(tmp_path / "i.csv", head, incidents),
        "police_recorded_crime": write(tmp_path / "c.csv", CRIMES, crimes),
    }
    step = link(project, "incidents", extracts).steps[0]
    assert step.problem is not None
    assert step.problem.slug == slug
    assert "QQ" not in step.problem.message
    assert not any(c.part != "linkability" for c in step.counts)


def test_the_same_extract_twice_is_refused(project, linked):
    same = dict.fromkeys(linked[2], linked[2]["police_da_incidents"])
    step = link(project, "incidents", same).steps[0]
    assert step.problem is not None
    assert step.problem.slug == "same-extract"


def test_check_characters_tell_wrong_keys_before_any_join(project, tmp_path):
    head = ("urn", "asn", "force", "hearing_date", "result_qualifier")
    asns = ["1101ZD0100000448754K", "11/01ZD/01/00000448754K", "1101ZD0100000448754L", "XXXX", ""]
    court = write(tmp_path / "court.csv", head, [{"urn": f"U{n}", "asn": a} for n, a in enumerate(asns)])
    cps = write(tmp_path / "cps.csv", ("urn", "asn", "da_flag"), [{"urn": "U", "asn": asns[0].lower(), "da_flag": "Y"}])
    step = link(project, "justice", {"court_outcomes": court, "cps_cases": cps}).steps[1]
    assert step.problem is None
    found = {m: step.number("linkability", m, "to") for m in ("supplied", "valid", "invalid", "dummy", "shared")}
    assert found == {"supplied": (4, 5), "valid": (2, 4), "invalid": (1, 4), "dummy": (1, 4), "shared": (2, 2)}
    assert step.number("coverage", "linked") == (1, 1)
    assert step.number("flag", "lost_by_omission") == (1, 1)
