"""An invented extract of a council's safeguarding concerns, with planted defects whose places are known.

Nobody in it exists. The mixture is realistic in shape, not in any figure: half of the concerns lead to an enquiry, most
adults are old, and one enquiry in six is about domestic abuse. Every row is clean but for the planted ones. Only the
standard library is used, and nothing of the project it tests.
"""

from __future__ import annotations

import datetime as dt
import random

FILE_NAME = "adult_safeguarding.csv"
HEADER: tuple[str, ...] = (
    "concern_ref", "council", "sex", "birth_date", "age_band", "concern_date", "enquiry_type", "enquiry_start",
    "enquiry_end", "type_of_risk", "da_flag", "source_of_risk", "source_sex", "lacks_capacity", "supported",
    "risk_outcome",
)  # fmt: skip

Row = tuple[str, ...]
Cells = dict[str, str]
Plant = tuple[str, str, Cells, bool]  # the rules that the row raises or just misses, the field, its cells, near miss

DAY = dt.timedelta(days=1)
BANDS = ((18, "18-64"), (65, "65-74"), (75, "75-84"), (85, "85-94"), (95, "95+"))


def _spread(weights: str) -> tuple[str, ...]:
    """Spread `value weight|value weight` over a tuple, so that one even draw picks by weight."""
    pairs = (item.strip().rsplit(" ", 1) for item in weights.split("|"))
    return tuple(value for value, weight in pairs for _ in range(int(weight)))


COUNCILS = ("E06000001", "E08000003", "E09000007", "E10000008")
RISKS = _spread("Neglect and acts of omission 32|Physical abuse 18|Financial or material abuse 14|Domestic abuse 14"
                "|Psychological abuse 12|Self-neglect 12|Organisational abuse 5|Sexual abuse 4|Discriminatory abuse 1"
                "|Sexual exploitation 1|Modern slavery 1")  # fmt: skip
ABUSIVE = {"Physical abuse", "Sexual abuse", "Psychological abuse", "Financial or material abuse"}
CLOSE = {
    "Male": _spread("Husband 20|Partner 18|Ex-partner 18|Son 25|Father 6|Brother 8|Other family member 5|Grandchild 2"),
    "Female": _spread("Wife 14|Partner 12|Ex-partner 10|Daughter 25|Mother 8|Sister 8|Other family member 5"),
}
FAR = _spread("Service provider 55|Health or social care staff 8|Other - known to individual 12|Friend 5|Neighbour 6"
              "|Unpaid carer 6|Other - unknown to individual 8")  # fmt: skip
OUTCOMES = _spread("Risk reduced 55|Risk removed 25|Risk remained 10|No risk identified 7|Inconclusive 3")
CAPACITY = _spread("No 62|Yes 30|Don't know 4|Not recorded 4")


def _band(age: int) -> str:
    return next(band for low, band in reversed(BANDS) if age >= low)


def _enquiry(rng: random.Random, started: int, last: int, iso: list[str]) -> Cells:
    """Make an enquiry: who did what, and where it has come to its end how it ended."""
    risk, sex = rng.choice(RISKS), "Male" if rng.random() < 0.62 else "Female"
    domestic = risk == "Domestic abuse"
    if risk == "Self-neglect":
        source, sex = "Not applicable", ""
    elif domestic or (risk in ABUSIVE and rng.random() < 0.4):
        source, domestic = rng.choice(CLOSE[sex]), True
    elif risk == "Neglect and acts of omission" and rng.random() < 0.3:
        source = rng.choice(("Son", "Daughter"))
        sex = "Male" if source == "Son" else "Female"
    else:
        source = rng.choice(FAR)
        sex = "" if source == "Service provider" and rng.random() < 0.3 else sex
    cells = {
        "type_of_risk": risk, "da_flag": "Y" if domestic else "N", "source_of_risk": source, "source_sex": sex,
        "enquiry_start": iso[started],
    }  # fmt: skip
    ended = started + 5 + int(rng.random() * 120)
    if ended <= last:
        lacks = rng.choice(CAPACITY)
        cells |= {
            "enquiry_end": iso[ended], "risk_outcome": rng.choice(OUTCOMES), "lacks_capacity": lacks,
            "supported": rng.choice(("Yes", "Yes", "Yes", "No")) if lacks == "Yes" else "",
        }  # fmt: skip
    return cells


def _clean(rng: random.Random, count: int, as_of: dt.date) -> list[Row]:
    """Make rows that no rule has anything against."""
    first = as_of.toordinal() - 500
    iso = [dt.date.fromordinal(first + n).isoformat() for n in range(501)]
    rows = []
    for number in range(1, count + 1):
        age, raised = int(rng.triangular(18, 100, 82)), 130 + int(rng.random() * 365)
        born = dt.date.fromordinal(first + raised - int((age + 0.02 + rng.random() * 0.96) * 365.25))
        kind = rng.choice(("Section 42", "Section 42", "Section 42", "Other", "None", "None", "None", "None"))
        cells = {
            "concern_ref": f"SC{number:07d}", "council": rng.choice(COUNCILS),
            "sex": "Not known" if rng.random() < 0.01 else "Female" if rng.random() < 0.59 else "Male",
            "birth_date": "" if rng.random() < 0.04 else born.isoformat(),
            "age_band": "Not known" if rng.random() < 0.01 else _band(age), "concern_date": iso[raised],
            "enquiry_type": kind,
        }  # fmt: skip
        if kind != "None":
            cells |= _enquiry(rng, min(raised + int(rng.random() * 20), 500), 500, iso)
        rows.append(tuple(cells.get(name, "") for name in HEADER))
    return rows


def _plants(as_of: dt.date) -> list[Plant]:
    """List what is planted: the rules, the field to look at, the cells that differ from `_base`, near miss or not."""
    at = as_of - 200 * DAY
    day = at - DAY
    eighteen = at.replace(year=at.year - 18, day=min(at.day, 28))
    then = {"concern_date": str(at.replace(day=min(at.day, 28)))}
    open_ = {"enquiry_end": "", "risk_outcome": "", "lacks_capacity": "", "supported": ""}
    none = {**open_, "enquiry_type": "None", "enquiry_start": "", "type_of_risk": "", "da_flag": "",
            "source_of_risk": "", "source_sex": ""}  # fmt: skip
    alone = {"type_of_risk": "Self-neglect", "source_of_risk": "Not applicable", "source_sex": ""}
    husband = {"source_of_risk": "Husband", "source_sex": "Male", "type_of_risk": "Domestic abuse", "da_flag": "Y"}
    return [
        ("TIM02.enquiry_start", "enquiry_start", {"enquiry_start": str(day)}, False),
        ("TIM02.enquiry_start", "enquiry_start", {"enquiry_start": str(at)}, True),
        ("TIM02.enquiry_end", "enquiry_end", {"enquiry_end": str(at + 2 * DAY)}, False),
        ("TIM02.enquiry_end", "enquiry_end", {"enquiry_end": str(at + 3 * DAY)}, True),
        ("DAT04", "risk_outcome", {"risk_outcome": ""}, False),
        ("DAT04", "enquiry_end", {"enquiry_end": "", "lacks_capacity": ""}, False),
        ("DAT04", "enquiry_end", open_, True),
        ("DOB01 DOB04", "birth_date", {"birth_date": str(as_of), "age_band": "Not known"}, False),
        ("DOB01", "birth_date", {"birth_date": str(eighteen), "age_band": "18-64", **then}, True),
        ("DOB03", "age_band", {"age_band": "18-64"}, False),
        ("DOB03", "age_band", {"age_band": "75-84"}, False),
        ("DOB03", "age_band", {"birth_date": str(at.replace(year=at.year - 65, day=1) + 60 * DAY)}, True),
        ("DOB04", "birth_date", {"birth_date": str(eighteen + DAY), "age_band": "18-64", **then}, False),
        ("DOB04", "birth_date", {"birth_date": str(eighteen), "age_band": "18-64", **then}, True),
        ("GEN01.adult CMP02.sex", "sex", {"sex": "F"}, False),
        ("GEN01.adult CMP02.sex", "sex", {"sex": "Other"}, True),
        ("GEN01.source CMP02.source_sex", "source_sex", {"source_sex": "M"}, False),
        ("GEN01.source CMP02.source_sex", "source_sex", {"source_sex": "Not stated"}, True),
        ("GEN03", "source_of_risk", {**husband, "source_sex": "Female"}, False),
        ("GEN03", "source_of_risk", {**husband, "sex": "Male"}, True),
        ("REL01", "source_of_risk", {"source_of_risk": "Not known"}, False),
        ("REL01", "source_of_risk", {"source_of_risk": "", "source_sex": ""}, False),
        ("REL01", "source_of_risk", {**open_, "source_of_risk": "Not known"}, True),
        ("SAF01", "da_flag", {**husband, "da_flag": "N"}, False),
        ("SAF01", "da_flag", {**husband, "source_of_risk": "Ex-partner"}, True),
        ("CON01", "source_of_risk", {"da_flag": "Y"}, False),
        ("CON01", "source_of_risk", {"da_flag": "Y", "source_of_risk": "Grandchild"}, True),
        ("CON02", "da_flag", {**husband, "type_of_risk": "Physical abuse", "da_flag": "N"}, False),
        ("CON02", "da_flag", {**husband, "type_of_risk": "Neglect and acts of omission", "da_flag": "N"}, True),
        ("SAF02", "source_of_risk", {**alone, "source_of_risk": "Son", "source_sex": "Male"}, False),
        ("SAF02", "source_of_risk", {**alone, "source_of_risk": ""}, True),
        ("SAF03", "supported", {"lacks_capacity": "Yes", "supported": ""}, False),
        ("SAF03", "supported", {"lacks_capacity": "Yes", "supported": "Don't know"}, False),
        ("SAF03", "supported", {"lacks_capacity": "Yes", "supported": "No"}, True),
        ("CMP02.council", "council", {"council": "Camden"}, False),
        ("CMP02.council", "council", {"council": "E10000034"}, True),
        ("CMP02.birth_date", "birth_date", {"birth_date": "31/02/1950"}, False),
        ("CMP02.birth_date", "birth_date", {"birth_date": ""}, True),
        ("CMP02.age_band", "age_band", {"age_band": "65 to 74"}, False),
        ("CMP02.age_band", "age_band", {"age_band": "Not known"}, True),
        ("CMP02.concern_date", "concern_date", {"concern_date": str(at)[:8] + "32"}, False),
        ("CMP02.concern_date", "concern_date", {**none, "concern_date": str(as_of)}, True),
        ("CMP02.enquiry_type", "enquiry_type", {"enquiry_type": "S42"}, False),
        ("CMP02.enquiry_type", "enquiry_type", none, True),
        ("CMP02.enquiry_start", "enquiry_start", {**open_, "enquiry_start": str(as_of + DAY)}, False),
        ("CMP02.enquiry_start", "enquiry_start", {**open_, "enquiry_start": str(as_of)}, True),
        ("CMP02.enquiry_end", "enquiry_end", {"enquiry_end": str(as_of + DAY)}, False),
        ("CMP02.enquiry_end", "enquiry_end", {"enquiry_end": str(as_of)}, True),
        ("CMP02.type_of_risk", "type_of_risk", {"type_of_risk": "Physical"}, False),
        ("CMP02.type_of_risk", "type_of_risk", {"type_of_risk": "Modern slavery"}, True),
        ("CMP02.da_flag", "da_flag", {"da_flag": "Yes"}, False),
        ("CMP02.da_flag", "da_flag", {"da_flag": "N"}, True),
        ("CMP02.source_of_risk REL01", "source_of_risk", {"source_of_risk": "Sonn"}, False),
        ("CMP02.source_of_risk", "source_of_risk", {"source_of_risk": "Unpaid carer"}, True),
        ("CMP02.lacks_capacity", "lacks_capacity", {"lacks_capacity": "Fluctuates"}, False),
        ("CMP02.lacks_capacity", "lacks_capacity", {"lacks_capacity": "Don't know"}, True),
        ("CMP02.supported", "supported", {"supported": "Advocate"}, False),
        ("CMP02.supported", "supported", {"lacks_capacity": "Yes", "supported": "Yes"}, True),
        ("CMP02.risk_outcome", "risk_outcome", {"risk_outcome": "NFA"}, False),
        ("CMP02.risk_outcome", "risk_outcome", {"risk_outcome": "Inconclusive"}, True),
    ]  # fmt: skip


def _base(as_of: dt.date) -> Cells:
    """Make the plain record that plants start from: a woman of 70 struck by a neighbour; the enquiry is concluded."""
    at = as_of - 200 * DAY
    return {
        "council": "E10000008", "sex": "Female", "birth_date": str(at.replace(year=at.year - 70, day=1)),
        "age_band": "65-74", "concern_date": str(at), "enquiry_type": "Section 42", "enquiry_start": str(at + 3 * DAY),
        "enquiry_end": str(at + 60 * DAY), "type_of_risk": "Physical abuse", "da_flag": "N",
        "source_of_risk": "Neighbour", "source_sex": "Male", "lacks_capacity": "No", "supported": "",
        "risk_outcome": "Risk reduced",
    }  # fmt: skip


def _planted(made: list[Row], rng: random.Random, as_of: dt.date) -> list[dict[str, object]]:
    """Put every plant into its place, at least twice, and two references that stand twice; list what was put where."""
    times = max(2, len(made) // 10000)
    plants = _plants(as_of) * times
    if len(plants) + 4 * times > len(made):
        return []
    places = rng.sample(range(len(made)), len(plants) + 4 * times)
    listed: list[dict[str, object]] = []

    def note(place: int, codes: str, field: str, *, near: bool) -> None:
        key = made[place][0]
        listed.extend(
            {"code": c, "row": place + 2, "key": key, "field": field, "near_miss": near} for c in codes.split()
        )

    for codes, field, cells, near in plants:
        place = places.pop()
        record = {HEADER[0]: made[place][0], **_base(as_of), **cells}
        made[place] = tuple(record[name] for name in HEADER)
        note(place, codes, field, near=near)
    while places:
        # Twice the same reference; and beside it two that only a leading zero tells apart.
        one, two, three, four = (places.pop() for _ in range(4))
        made[two] = (made[one][0], *made[two][1:])
        made[four] = ("0" + made[three][0], *made[four][1:])
        for place in (one, two, three, four):
            note(place, "UNI01", HEADER[0], near=place in {three, four})
    return sorted(listed, key=lambda plant: (str(plant["row"]).zfill(9), str(plant["code"])))


def generate(rows: int, seed: int, as_of: dt.date, *, plants: bool = True) -> tuple[list[Row], list[dict[str, object]]]:
    """Make an extract of the year before a date, and the list of what was planted in it.

    Args:
        rows: how many records.
        seed: the same seed, size and date give the same extract.
        as_of: the day the extract is taken.
        plants: whether defects and near misses are planted; False gives clean rows only.

    Returns:
        The rows in the order of `HEADER`, and one dict for every rule that a planted row raises, sorted by row:
        `code`, `row` (as a spreadsheet numbers it, header first), `key`, `field` (the cell to look at), `near_miss`
        (the row raises nothing). An extract too small to hold all plants has none.
    """
    rng = random.Random(seed)
    made = _clean(rng, rows, as_of)
    return made, _planted(made, rng, as_of) if plants else []
