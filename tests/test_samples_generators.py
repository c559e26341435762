"""The specimen extracts are what they claim: repeatable, clean but for the plants, every plant where the list says.

`raised` judges a record by the rules as they are described on paper, in plain Python, apart from the engine. It is
the oracle that the engine's own tests may rely on when they trust the list of plants.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
AS_OF = dt.date(2026, 11, 23)
LISTS = {
    "force": "police_force_area", "da_flag": "da_flag_police", "victim_type": "victim_type_police",
    "victim_sex": "sex_cjs", "suspect_sex": "sex_cjs", "suspect_identified": "yes_no",
    "relationship": "relationship_police", "outcome": "outcome_type",
}  # fmt: skip
JUDGED = {
    "FLG02", "FLG03", "FLG04", "FLG05.victim", "FLG05.suspect", "REL01", "REL03", "REL04.victim", "REL04.suspect",
    "GEN01.victim", "GEN01.suspect", "GEN03", "DOB01.victim", "DOB01.suspect", "DOB02.victim", "DOB02.suspect", "UNI01",
    "REL05", "REL07.victim", "REL07.suspect", "CMP04.victim", "PLH01.victim", "PLH01.suspect", "IDN01", "IDN02",
    *(f"PER0{n}.{party}" for n in range(1, 7) for party in ("victim", "suspect")), "TIM01", "TIM02.incident",
    "TIM02.reported", "TIM03.incident", "TIM03.reported", "TIM03.recorded", *(f"OUT0{n}" for n in range(1, 6)),
}  # fmt: skip
PARTIES = ("victim", "suspect")
DATES = ("recorded_date", "incident_date", "reported_date", "victim_dob", "suspect_dob")
TITLES = {"MR", "MRS", "MISS", "MS", "MX", "MASTER", "DR", "PROF", "REV", "SIR", "DAME", "LORD", "LADY"}
NO_NAME = {"UNK", "UNKNOWN", "NOT KNOWN", "NOT STATED", "NOT GIVEN", "REFUSED", "NO NAME", "N/A", "NK", "N/K", "TBC"}
FIRMS = {"LTD", "LIMITED", "PLC", "LLP", "INC", "COUNCIL", "POLICE", "NHS", "HOSPITAL", "SCHOOL", "ACADEMY", "BANK",
         "SUPERMARKET", "SUPERMARKETS", "EXPRESS", "STORE", "STORES", "GROUP"}  # fmt: skip
FILLED_IN = {dt.date(*day) for day in ((1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1901, 1, 1), (1904, 1, 1),
                                       (1970, 1, 1), (9999, 12, 31))}  # fmt: skip


@cache
def sample(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"sample_{name}", ROOT / "samples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def codes(name: str) -> dict[str, Any]:
    text = (ROOT / "expectations" / "codelists" / f"{name}.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)["codes"]
    return data


def date(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None


def at_least_16(born: dt.date | None, at: dt.date | None) -> bool | None:
    if born is None or at is None:
        return None
    return (int(f"{at:%Y%m%d}") - int(f"{born:%Y%m%d}")) // 10000 >= 16


def years(born: dt.date, at: dt.date) -> int:
    return (int(f"{at:%Y%m%d}") - int(f"{born:%Y%m%d}")) // 10000


def police_number(text: str, *, pnc: bool) -> bool:
    """Tell whether a PNC ID or CRO number is well-formed and ends in its check letter, by arithmetic on its parts."""
    body, letter = text[:-1], text[-1:]
    head, _, tail = body.partition("/")
    if not letter.isalpha() or not tail.isdigit():
        return False
    if pnc:
        long = len(head) == 4 and len(tail) == 7
        short = len(head) == 2 and len(tail) <= 7
        number = head[-2:] + tail.zfill(7)
        fits = head.isdigit() and (long or short)
    else:
        filed = head.startswith("SF")
        number = head[2:] + tail if filed else tail + head.zfill(6)
        fits = len(head) == 4 and len(tail) <= 6 if filed else head.isdigit() and len(head) <= 6 and len(tail) == 2
    return bool(fits) and "ZABCDEFGHJKLMNPQRTUVWXY"[int(number) % 23] == letter


def of_names(row: dict[str, str], party: str, there: bool) -> dict[str, object]:
    names = (row[f"{party}_forename"], row[f"{party}_surname"])
    contacts = ("address", "telephone", "email") if party == "victim" else ("address", "pnc_id", "cro")
    words = " ".join(names).upper().replace(".", " ").split()
    return {
        f"PER01.{party}": there and not all(names),
        f"PER02.{party}": there and not any(row[f"{party}_{contact}"] for contact in contacts),
        f"PER03.{party}": re.split("[. ]", names[0].upper())[0] in TITLES,
        f"PER04.{party}": any(n and (n.upper() in NO_NAME or not any(c.isalnum() for c in n)) for n in names),
        f"PER05.{party}": there and bool(FIRMS & set(words)),
    }


def of_outcome(row: dict[str, str], connection: str | None, age: int | None) -> dict[str, object]:
    kind = codes("outcome_type").get(row["outcome"], {}).get("attributes", {})
    offence = codes("offence_cjs").get(row["offence_code"], {}).get("attributes", {})
    identified = row["suspect_identified"] == "Y"
    described = row["suspect_sex"] in {"1", "2", "9"} or date(row["suspect_dob"]) is not None
    unnamed, proceeds = kind.get("suspect") == "none", kind.get("proceeds")
    protected = "yes" in {offence.get("breach"), offence.get("application")}
    return {
        "OUT01": unnamed and (described or identified),
        "OUT02": unnamed and connection in {"intimate", "family", "other"},
        "OUT03": kind.get("suspect") == "named" and row["suspect_identified"] == "N",
        "OUT04": kind.get("victim") == "declines" and not protected and row["victim_type"] in {"C", "S"},
        "OUT05": age is not None and ((proceeds == "yes" and age < 10) or (proceeds == "under_10" and age >= 10)),
    }


def of_times(days: dict[str, dt.date | None], as_of: dt.date) -> dict[str, object]:
    incident, reported, recorded = days["incident"], days["reported"], days["recorded"]
    return {
        "TIM01": reported and recorded and (recorded - reported).days > 1,
        "TIM02.incident": incident and reported and incident > reported,
        "TIM02.reported": reported and recorded and reported > recorded,
        **{f"TIM03.{name}": day and day > as_of for name, day in days.items()},
    }


def misfits(row: dict[str, str]) -> set[str]:
    """Find the cells that are filled and not valid."""
    found = {f"CMP02.{f}" for f in DATES if row[f] and date(row[f]) is None}
    found |= {f"CMP02.{f}" for f, name in LISTS.items() if row[f] and row[f] not in codes(name)}
    if not re.fullmatch(r"(?:[A-Z]{2}[0-9]{5}|COML[0-9]{3})[A-Z]?", row["offence_code"]):
        found.add("CMP02.offence_code")
    if row["victim_telephone"] and not len(re.sub("[^0-9() -]", "", row["victim_telephone"])) >= 7:
        found.add("CMP02.victim_telephone")
    if row["victim_email"] and not re.fullmatch("[^@ ]+@[^@ ]+[.][A-Za-z]{2,}", row["victim_email"]):
        found.add("CMP02.victim_email")
    return found | {f"GEN01.{party}" for party in PARTIES if f"CMP02.{party}_sex" in found}


def raised(row: dict[str, str], as_of: dt.date) -> set[str]:
    """Judge one record; what cannot be decided raises nothing."""
    word = codes("relationship_police").get(row["relationship"], {})
    bond = codes("relationship").get(word.get("concept"), {}).get("attributes", {})
    offence = codes("offence_cjs").get(row["offence_code"], {}).get("attributes", {})
    flag = {"Y": True, "N": False}.get(row["da_flag"])
    incident = date(row["incident_date"])
    born = {party: date(row[f"{party}_dob"]) for party in PARTIES}
    grown = {party: at_least_16(born[party], incident) for party in PARTIES}
    both = all(grown.values())
    covered = offence.get("domestic") == "by_construction" or (offence.get("domestic") == "by_construction_16" and both)
    victim, suspect = born["victim"], born["suspect"]
    order = {"parent": 1, "child": -1}.get(bond.get("generation"), 0)
    sex = codes("sex_cjs").get(row["victim_sex"], {}).get("concept")
    verdicts = {
        "FLG02": covered and flag is not True,
        "FLG03": flag and bond.get("connection") == "none" and offence.get("breach") != "yes",
        "FLG04": flag is False and bond.get("connection") in {"intimate", "family"} and both and not covered,
        "REL01": row["victim_type"] == "P" and row["suspect_identified"] == "Y" and "concept" not in word,
        "REL03": victim and suspect and order and (victim - suspect).days * order >= 0,
        "GEN03": sex and bond.get("sex", sex) != sex,
    }
    times = {name: date(row[f"{name}_date"]) for name in ("incident", "reported", "recorded")}
    suspect_age = years(suspect, incident) if suspect and incident else None
    verdicts |= of_outcome(row, bond.get("connection"), suspect_age) | of_times(times, as_of)
    older, younger = (victim, suspect) if order == 1 else (suspect, victim)
    verdicts |= {
        "REL05": order and older and younger and older < younger and years(older, younger) < 12,
        "CMP04.victim": row["victim_type"] == "P" and row["victim_sex"] not in {"1", "2", "9"} and not victim,
        "IDN01": row["suspect_pnc_id"] and not police_number(row["suspect_pnc_id"], pnc=True),
        "IDN02": row["suspect_cro"] and not police_number(row["suspect_cro"], pnc=False),
    }
    present = {"victim": row["victim_type"] == "P", "suspect": row["suspect_identified"] == "Y"}
    for party in PARTIES:
        verdicts |= of_names(row, party, present[party])
        day, told = born[party], times["reported"]
        verdicts |= {
            f"PLH01.{party}": day in FILLED_IN,
            f"PER06.{party}": day and told and years(day, told) > 120,
            f"REL07.{party}": bond.get("spouse") == "yes" and grown[party] and years(day, incident) < 18,
            f"FLG05.{party}": flag and grown[party] is False,
            f"REL04.{party}": bond.get("spouse") == "yes" and grown[party] is False,
            f"DOB01.{party}": (born[party] or dt.date.min) >= as_of,
            f"DOB02.{party}": born[party] is not None and born[party] == incident,
        }
    return misfits(row) | {code for code, fails in verdicts.items() if fails}


@pytest.mark.parametrize("name", ["police_recorded_crime", "met_homicides"])
def test_the_same_seed_gives_the_same_extract_and_another_seed_another(name: str) -> None:
    module = sample(name)
    assert module.generate(400, 3, AS_OF) == module.generate(400, 3, AS_OF)
    assert module.generate(400, 3, AS_OF) != module.generate(400, 4, AS_OF)


@pytest.mark.parametrize("name", ["police_recorded_crime", "met_homicides"])
@pytest.mark.parametrize("rows", [0, 1, 30, 200, 3000])
def test_rows_are_as_many_and_as_wide_as_asked_and_plants_lie_within(name: str, rows: int) -> None:
    module = sample(name)
    made, plants = module.generate(rows, 1, AS_OF)
    assert len(made) == rows
    assert {len(row) for row in made} <= {len(module.HEADER)}
    assert all(2 <= plant["row"] <= rows + 1 and plant["field"] in module.HEADER for plant in plants)
    assert plants == [] or rows >= 280 or name == "met_homicides"


@pytest.mark.parametrize("rows", [300, 40000])
@pytest.mark.parametrize("as_of", [AS_OF, dt.date(2024, 3, 1), dt.date(2028, 2, 29)])
def test_every_rule_is_planted_with_defects_and_near_misses_beside_them(rows: int, as_of: dt.date) -> None:
    made, plants = sample("police_recorded_crime").generate(rows, 5, as_of)
    fields = {f"CMP02.{field}" for field in [*LISTS, *DATES, "offence_code", "victim_telephone", "victim_email"]}
    for near in (False, True):
        counted = Counter(plant["code"] for plant in plants if plant["near_miss"] is near)
        missing = {code for code in JUDGED | fields if counted[code] < max(2, rows // 10000)}
        assert missing == set()
    assert all(made[plant["row"] - 2][0] == plant["key"] for plant in plants)


@pytest.mark.parametrize(
    ("rows", "seed", "as_of"),
    [(300, 1, AS_OF), (300, 2, dt.date(2028, 2, 29)), (300, 3, dt.date(2024, 3, 1)), (20000, 4, AS_OF)],
)
def test_each_record_raises_exactly_what_the_list_of_plants_says(rows: int, seed: int, as_of: dt.date) -> None:
    module = sample("police_recorded_crime")
    made, plants = module.generate(rows, seed, as_of)
    expected: dict[int, set[str]] = {}
    for plant in plants:
        if not plant["near_miss"]:
            expected.setdefault(plant["row"], set()).add(plant["code"])
    twice = {ref for ref, count in Counter(row[0] for row in made).items() if count > 1}
    for number, cells in enumerate(made, start=2):
        found = raised(dict(zip(module.HEADER, cells, strict=True)), as_of)
        found |= {"UNI01"} if cells[0] in twice else set()
        assert found == expected.get(number, set()), f"row {number}"


def test_no_row_carries_both_a_defect_and_a_near_miss() -> None:
    _, plants = sample("police_recorded_crime").generate(20000, 9, AS_OF)
    defects = {plant["row"] for plant in plants if not plant["near_miss"]}
    assert defects.isdisjoint(plant["row"] for plant in plants if plant["near_miss"])


def test_the_mixture_is_like_the_published_shares() -> None:
    made, _ = sample("police_recorded_crime").generate(20000, 9, AS_OF)
    flagged = [row for row in made if row[5] == "Y"]
    assert 0.10 < len(flagged) / len(made) < 0.13
    assert 0.62 < sum(row[7] == "2" for row in flagged) / len(flagged) < 0.75
    assert len({row[1] for row in made} & set(codes("police_force_area"))) == 43
    couples = [row for row in flagged if row[12] in {"Wife", "Husband", "Partner", "Ex Partner"}]
    assert any(row[7] == row[10] for row in couples)


def test_homicides_hold_every_plant_and_nothing_else_that_is_wrong() -> None:
    module = sample("met_homicides")
    made, plants = module.generate(2700, 2, AS_OF)
    wrong = {plant["row"] for plant in plants if not plant["near_miss"]}
    lists = ("age_group_mps", "sex_words", "method_mps", "da_flag_mps", "solved_mps", "borough_london", "ethnicity_mps")
    for number, row in enumerate(made, start=2):
        unmapped = [name for name, cell in zip(lists, row, strict=False) if cell not in codes(name)]
        assert bool(unmapped or (row[0] == "Child" and row[3] == "Domestic Abuse")) == (number in wrong)
        assert row[8] in codes("bcu_mps")
        assert re.fullmatch(r"20[0-9]{2}\.0", row[7])
    assert Counter(p["code"] for p in plants if not p["near_miss"])["FLG05.victim"] >= 2
    assert {p["key"] for p in plants} == {None}


def test_every_concept_that_a_code_names_is_in_its_concept_list() -> None:
    for path in sorted((ROOT / "expectations" / "codelists").glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert data["codelist"] == path.stem
        assert data["source"]["title"]
        if "concepts" in data:
            named = {code["concept"] for code in data["codes"].values() if "concept" in code}
            assert named <= set(codes(data["concepts"]))
