"""An invented extract of cases of victim support services, with planted defects whose places are known.

Nobody in it exists. Half of the cases are an adviser's, most people supported are women, and one case in five is a
repeat. Every row is clean but for the planted ones. Only the standard library is used, and nothing of the project it
tests.
"""

from __future__ import annotations

import datetime as dt
import random

FILE_NAME = "victim_services.csv"
HEADER: tuple[str, ...] = (
    "case_ref", "client_ref", "service_type", "area", "referral_route", "referral_date", "repeat_referral",
    "earlier_referral_date", "client_sex", "client_dob", "perpetrator_relationship", "perpetrator_sex",
    "perpetrator_dob", "dash_score", "risk_level", "marac_referred", "cjs_contact", "support_start", "support_end",
    "closure_reason",
)  # fmt: skip

Row = tuple[str, ...]
Cells = dict[str, str]
Plant = tuple[str, str, Cells, bool]  # the rules that the row raises or just misses, the field, its cells, near miss

DAY = dt.timedelta(days=1)


def _spread(weights: str) -> tuple[str, ...]:
    """Spread `value weight|value weight` over a tuple, so that one even draw picks by weight."""
    pairs = (item.strip().rsplit(" ", 1) for item in weights.split("|"))
    return tuple(value for value, weight in pairs for _ in range(int(weight)))


AREAS = (*(f"E230000{n:02d}" for n in range(1, 40)), *(f"W1500000{n}" for n in range(1, 5)))
SERVICES = _spread("IDVA 50|Outreach 35|Refuge 15")
ROUTES = _spread("Police 38|Self 20|Health 9|Children's social care 9|Housing 7|Marac 6|Other service 6"
                 "|Family or friend 2|Adult social care 2|Court or probation 2|Not known 2")  # fmt: skip
WORDS = {
    "Male": _spread("Ex-partner 34|Husband 16|Partner 15|Boyfriend 8|Ex-husband 10|Son 6|Father 4|Brother 4|In-law 2"
                    "|Other relative 2|Civil partner 1"),
    "Female": _spread("Ex-partner 30|Wife 14|Partner 16|Girlfriend 8|Ex-wife 8|Daughter 7|Mother 8|Sister 4|In-law 4"
                      "|Civil partner 1"),
}  # fmt: skip
CONTACT = _spread(
    "None 38|Reported 22|Investigation 14|No further action 12|Charged 8|Convicted 3|Acquitted 1|Not known 3"
)
CLOSED = _spread("Planned 62|Disengaged 24|Moved 6|Declined 5|Other 3")
PARENTS, CHILDREN = {"Mother", "Father"}, {"Son", "Daughter"}


def _perpetrator(rng: random.Random, age: float) -> tuple[str, str, float, float]:
    """Give word, sex and age of the perpetrator, and the age of the person supported that fits with it."""
    sex = "Female" if rng.random() < 0.12 else "Male"
    word, other = rng.choice(WORDS[sex]), 18 + rng.random() * 45
    if word in PARENTS:
        age, other = min(age, 50), min(age, 50) + 17 + rng.random() * 20
    elif word in CHILDREN:
        other = 16 + rng.random() * 20
        age = other + 18 + rng.random() * 20
    return word, sex, other, age


def _clean(rng: random.Random, count: int, as_of: dt.date) -> list[Row]:
    """Make rows that no rule has anything against."""
    last = as_of.toordinal()
    iso = [dt.date.fromordinal(last - n).isoformat() for n in range(1200)]  # so many days ago
    rows: list[tuple[str, ...]] = []
    for number in range(1, count + 1):
        ago = 1 + int(rng.random() * 450)
        sex = "Not known" if rng.random() < 0.005 else "Female" if rng.random() < 0.92 else "Male"
        word, them, other, age = _perpetrator(rng, 16.5 + rng.random() * 45)
        born = dt.date.fromordinal(last - ago - int(age * 365.25))
        route, contact, score = rng.choice(ROUTES), rng.choice(CONTACT), int(rng.triangular(0, 24.99, 13))
        if route == "Police" and contact == "None":
            contact = "Reported"
        high = score >= 14 or rng.random() < 0.1
        level = "High" if high else "Medium" if score >= 10 else "Standard"
        again = rng.random() < 0.2
        earlier = ago + 5 + int(rng.random() * 355) if again else ago + 380 + int(rng.random() * 300)
        started = ago - min(ago, int(rng.random() * 14)) if rng.random() < 0.9 else None
        ended = started - 20 - int(rng.random() * 200) if started is not None else -1
        rows.append(
            (
                f"VS{number:07d}", f"C{number * 7 % 900001:06d}", rng.choice(SERVICES), rng.choice(AREAS), route,
                iso[ago], "Y" if again else "N", iso[earlier] if again or rng.random() < 0.05 else "",
                sex,
                "" if sex != "Not known" and rng.random() < 0.04 else born.isoformat(),
                word, them,
                dt.date.fromordinal(last - ago - int(other * 365.25)).isoformat() if rng.random() < 0.4 else "",
                str(score) if rng.random() < 0.95 else "", level, "Y" if high else "N", contact,
                iso[started] if started is not None else "", iso[ended] if ended >= 0 else "",
                rng.choice(CLOSED) if ended >= 0 else "",
            )
        )  # fmt: skip
    return rows


def _plants(as_of: dt.date) -> list[Plant]:
    """List what is planted: the rules, the field to look at, the cells that differ from `_base`, near miss or not."""
    at = as_of - 200 * DAY
    at -= DAY * ((at.month, at.day) == (2, 29))  # keeps every birthday in the calendar
    word, them, age, dob = "perpetrator_relationship", "perpetrator_sex", "client_dob", "perpetrator_dob"
    sixteen = at.replace(year=at.year - 16)
    old, young = str(at.replace(year=at.year - 60)), str(at.replace(year=at.year - 20))
    again = {"repeat_referral": "Y"}
    high = {"dash_score": "14", "risk_level": "High", "marac_referred": "Y"}
    open_ = {"support_end": "", "closure_reason": ""}
    return [
        ("TIM02.start", "support_start", {"support_start": str(at - DAY)}, False),
        ("TIM02.start", "support_start", {"support_start": str(at)}, True),
        ("TIM02.end", "support_end", {"support_end": str(at + DAY)}, False),
        ("TIM02.end", "support_end", {"support_end": str(at + 2 * DAY)}, True),
        ("DAT04", "closure_reason", {"closure_reason": ""}, False),
        ("DAT04", "support_end", {"support_end": ""}, False),
        ("DAT04", "support_end", open_, True),
        ("DOB01.client DOB04", age, {age: str(as_of)}, False),
        ("DOB01.client", age, {age: str(sixteen)}, True),
        ("DOB01.perpetrator", dob, {dob: str(as_of + 30 * DAY)}, False),
        ("DOB01.perpetrator", dob, {dob: str(as_of - DAY)}, True),
        ("DOB04", age, {age: str(sixteen + DAY)}, False),
        ("DOB04", age, {age: str(sixteen), word: "Husband"}, True),
        ("GEN01.client CMP02.client_sex", "client_sex", {"client_sex": "F"}, False),
        ("GEN01.client CMP02.client_sex", "client_sex", {"client_sex": "Other"}, True),
        ("GEN01.perpetrator CMP02.perpetrator_sex", them, {them: "male"}, False),
        ("GEN01.perpetrator CMP02.perpetrator_sex", them, {them: "Not stated"}, True),
        ("GEN03", word, {word: "Ex-husband", them: "Female"}, False),
        ("GEN03", word, {word: "Ex-husband", "client_sex": "Male"}, True),
        ("REL03", dob, {word: "Father", dob: young, age: old}, False),
        ("REL03", dob, {word: "Son", dob: old, age: young}, False),
        ("REL03", dob, {word: "Step-parent", dob: young, age: old}, True),
        ("REL03", dob, {word: "Father", dob: old, age: young}, True),
        ("REL04 DOB04", age, {word: "Husband", age: str(sixteen + DAY)}, False),
        ("REL04", age, {word: "Husband", age: str(sixteen)}, True),
        ("CMP04", age, {"client_sex": "Not known", age: ""}, False),
        ("CMP04", age, {"client_sex": "Other", age: ""}, True),
        ("CON01", word, {word: "Stranger"}, False),
        ("CON01", word, {word: "Housemate"}, False),
        ("CON01", word, {word: "In-law"}, True),
        ("SAF04", "risk_level", {**high, "risk_level": "Medium"}, False),
        ("SAF04", "risk_level", {**high, "dash_score": "24", "risk_level": "Standard"}, False),
        ("SAF04", "risk_level", {"dash_score": "13", "risk_level": "Medium"}, True),
        ("SAF05", "marac_referred", {**high, "marac_referred": "N"}, False),
        ("SAF05", "marac_referred", {**high, "dash_score": "13", "marac_referred": "N"}, True),
        ("SAF06", "earlier_referral_date", again, False),
        ("SAF06", "earlier_referral_date", {**again, "earlier_referral_date": str(at - 367 * DAY)}, False),
        ("SAF06", "repeat_referral", {"earlier_referral_date": str(at - 100 * DAY)}, False),
        ("SAF06", "earlier_referral_date", {**again, "earlier_referral_date": str(at - 366 * DAY)}, True),
        ("SAF06", "repeat_referral", {"earlier_referral_date": str(at - 366 * DAY)}, True),
        ("SAF07", "cjs_contact", {"referral_route": "Police", "cjs_contact": "None"}, False),
        ("SAF07", "cjs_contact", {"referral_route": "Police", "cjs_contact": "Not known"}, True),
        ("CMP02.service_type", "service_type", {"service_type": "idva"}, False),
        ("CMP02.service_type", "service_type", {"service_type": "Refuge"}, True),
        ("CMP02.area", "area", {"area": "Kent"}, False),
        ("CMP02.area", "area", {"area": "E23000032"}, True),
        ("CMP02.referral_route", "referral_route", {"referral_route": "GP"}, False),
        ("CMP02.referral_route", "referral_route", {"referral_route": "Not known"}, True),
        ("CMP02.referral_date", "referral_date", {"referral_date": "2026-13-01"}, False),
        ("CMP02.referral_date", "referral_date", {"referral_date": str(as_of), "support_start": "", **open_}, True),
        ("CMP02.repeat_referral", "repeat_referral", {"repeat_referral": "1"}, False),
        ("CMP02.repeat_referral", "repeat_referral", {"repeat_referral": "N"}, True),
        ("CMP02.earlier_referral_date", "earlier_referral_date", {**again, "earlier_referral_date": "2025"}, False),
        ("CMP02.earlier_referral_date", "earlier_referral_date", {**again, "earlier_referral_date": str(at)}, True),
        ("CMP02.client_dob", age, {age: "1990-02-30"}, False),
        ("CMP02.client_dob", age, {age: ""}, True),
        ("CMP02.perpetrator_relationship", word, {word: "Hubby"}, False),
        ("CMP02.perpetrator_relationship", word, {word: "Not disclosed"}, True),
        ("CMP02.perpetrator_dob", dob, {dob: "about 40"}, False),
        ("CMP02.perpetrator_dob", dob, {dob: ""}, True),
        ("CMP02.dash_score SAF05", "dash_score", {**high, "dash_score": "25", "marac_referred": "N"}, False),
        ("CMP02.dash_score", "dash_score", {"dash_score": "7.5"}, False),
        ("CMP02.dash_score", "dash_score", {**high, "dash_score": "24"}, True),
        ("CMP02.risk_level", "risk_level", {"risk_level": "Gold"}, False),
        ("CMP02.risk_level", "risk_level", {"risk_level": "Not assessed"}, True),
        ("CMP02.marac_referred", "marac_referred", {"marac_referred": "Pending"}, False),
        ("CMP02.marac_referred", "marac_referred", {"marac_referred": "Y"}, True),
        ("CMP02.cjs_contact", "cjs_contact", {"cjs_contact": "NFA"}, False),
        ("CMP02.cjs_contact", "cjs_contact", {"cjs_contact": "Prefers not to say"}, True),
        ("CMP02.support_start", "support_start", {"support_start": str(as_of + DAY), **open_}, False),
        ("CMP02.support_start", "support_start", {"support_start": str(as_of), **open_}, True),
        ("CMP02.support_end", "support_end", {"support_end": str(as_of + DAY)}, False),
        ("CMP02.support_end", "support_end", {"support_end": str(as_of)}, True),
        ("CMP02.closure_reason", "closure_reason", {"closure_reason": "Engaged"}, False),
        ("CMP02.closure_reason", "closure_reason", {"closure_reason": "Died"}, True),
    ]  # fmt: skip


def _base(as_of: dt.date) -> Cells:
    """Make the plain record that plants start from: a woman of 34 left by a partner, at medium risk, supported."""
    at = as_of - 200 * DAY
    at -= DAY * ((at.month, at.day) == (2, 29))
    return {
        "client_ref": "C999999", "service_type": "IDVA", "area": "E23000013", "referral_route": "Self",
        "referral_date": str(at), "repeat_referral": "N", "earlier_referral_date": "", "client_sex": "Female",
        "client_dob": str(at.replace(year=at.year - 34)), "perpetrator_relationship": "Ex-partner",
        "perpetrator_sex": "Male", "perpetrator_dob": "", "dash_score": "11", "risk_level": "Medium",
        "marac_referred": "N", "cjs_contact": "None", "support_start": str(at + 2 * DAY),
        "support_end": str(at + 90 * DAY), "closure_reason": "Planned",
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
