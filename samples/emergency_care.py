"""An invented extract of emergency department attendances, with planted defects whose places are known.

Nobody in it exists: NHS numbers come from the range 999, which is for tests, with a right check digit, and the concepts
of concerns are made up. One attendance in four is an injury, one injury in ten an assault. Every row is clean but for
the planted ones. Only the standard library is used, and nothing of the project it tests.
"""

from __future__ import annotations

import datetime as dt
import random

FILE_NAME = "emergency_care.csv"
HEADER: tuple[str, ...] = (
    "attendance_id", "provider", "nhs_number", "nhs_number_status", "stated_gender", "gender_identity", "birth_date",
    "arrival_date", "arrival_time", "departure_date", "departure_time", "injury_date", "injury_intent",
    "safeguarding_concern",
)  # fmt: skip

Row = tuple[str, ...]
Cells = dict[str, str]
Plant = tuple[str, str, Cells, bool]  # the rules that the row raises or just misses, the field, its cells, near miss

DAY = dt.timedelta(days=1)
PROVIDERS = ("RJ1", "RGT", "R0A07", "RXH", "RTH08")
INTENTS = ("Accident",) * 80 + ("Assault",) * 10 + ("Self-inflicted",) * 6 + ("Undetermined",) * 2 + ("Not known",) * 2
CONCERNS = ("NONE",) * 70 + ("900000001", "900000002", "900000000000000003")


def nhs_number(serial: int) -> str:
    """Make a number of the range 999, which is for tests, with its check digit; one that has none is passed over.

    >>> nhs_number(0)
    '9990000018'
    """
    while True:
        nine = f"999{serial % 1000000:06d}"
        check = 11 - sum(int(d) * (10 - i) for i, d in enumerate(nine)) % 11
        if check != 10:
            return nine + str(check % 11)
        serial += 1


def _clean(rng: random.Random, count: int, as_of: dt.date) -> list[Row]:
    """Make rows that no rule has anything against."""
    first = as_of.toordinal() - 366
    iso = [dt.date.fromordinal(first + n).isoformat() for n in range(367)]
    clock = [f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in range(60)]
    rows: list[tuple[str, ...]] = []
    for number in range(1, count + 1):
        day, minute = int(rng.random() * 364), int(rng.random() * 1440)
        left = minute + 20 + int(rng.random() * 900)
        age = int(rng.triangular(0, 98, 30))
        born = dt.date.fromordinal(first + day - 20 - int((age + rng.random()) * 365.25))
        traced, sex = rng.random() < 0.97, "X" if rng.random() < 0.005 else "2" if rng.random() < 0.51 else "1"
        intent = rng.choice(INTENTS) if rng.random() < 0.25 else ""
        concern = rng.choice(CONCERNS) if intent == "Assault" and (age < 20 or rng.random() < 0.9) else ""
        gone = rng.random() < 0.995
        rows.append(
            (
                f"EC{number:08d}", rng.choice(PROVIDERS), nhs_number(number) if traced else "",
                "01" if traced else "07", sex, "X" if rng.random() < 0.7 else rng.choice("1223Z"),
                "" if sex != "X" and rng.random() < 0.004 else born.isoformat(),
                iso[day], clock[minute], iso[day + left // 1440] if gone else "", clock[left % 1440] if gone else "",
                iso[day - min(day, int(rng.random() * 1.2))] if intent else "", intent, concern,
            )
        )  # fmt: skip
    return rows


def _plants(as_of: dt.date) -> list[Plant]:
    """List what is planted: the rules, the field to look at, the cells that differ from `_base`, near miss or not."""
    at = (as_of - 60 * DAY).replace(day=15)
    today = {"arrival_date": str(as_of), "departure_date": str(as_of)}
    night = {"arrival_time": "23:50", "departure_time": "00:10"}
    hurt = {"injury_date": str(at), "injury_intent": "Assault"}
    child = {**hurt, "birth_date": str(at.replace(year=at.year - 18) + DAY)}
    return [
        ("DAT02", "departure_time", {**night, "departure_date": str(at)}, False),
        ("DAT02", "departure_date", {"departure_date": str(at - DAY)}, False),
        ("DAT02", "departure_time", {**night, "departure_date": str(at + DAY)}, True),
        ("DAT02", "departure_time", {"departure_time": "10:00"}, True),
        ("TIM02.injury", "injury_date", {**hurt, "injury_date": str(at + DAY), "safeguarding_concern": "NONE"}, False),
        ("TIM02.injury", "injury_date", {**hurt, "safeguarding_concern": "NONE"}, True),
        ("DOB01 DOB02", "birth_date", {"birth_date": str(as_of), **today}, False),
        ("DOB02", "birth_date", {"birth_date": str(at)}, False),
        ("DOB02", "birth_date", {"birth_date": str(at - DAY)}, True),
        ("DOB01 DOB04 CMP02.birth_date", "birth_date", {"birth_date": str(as_of + 365 * DAY)}, False),
        ("DOB01", "birth_date", {"birth_date": str(as_of - DAY), **today}, True),
        ("DOB04", "birth_date", {"birth_date": str(at.replace(year=at.year - 121))}, False),
        ("DOB04", "birth_date", {"birth_date": str(at.replace(year=at.year - 121) + DAY)}, True),
        ("GEN01 CMP02.stated_gender", "stated_gender", {"stated_gender": "F"}, False),
        ("GEN01 CMP02.stated_gender", "stated_gender", {"stated_gender": "0"}, False),
        ("GEN01 CMP02.stated_gender", "stated_gender", {"stated_gender": "9"}, True),
        ("CMP04", "birth_date", {"stated_gender": "X", "birth_date": ""}, False),
        ("CMP04", "birth_date", {"stated_gender": "9", "birth_date": ""}, True),
        ("NHS01", "nhs_number", {"nhs_number": ""}, False),
        ("NHS01", "nhs_number_status", {"nhs_number_status": "07"}, False),
        ("NHS01", "nhs_number_status", {"nhs_number_status": "02"}, True),
        ("SAF08", "safeguarding_concern", child, False),
        ("SAF08", "safeguarding_concern", {**child, "safeguarding_concern": "NK"}, False),
        ("SAF08", "safeguarding_concern", {**child, "safeguarding_concern": "NONE"}, True),
        ("SAF08", "safeguarding_concern", {**hurt, "birth_date": str(at.replace(year=at.year - 18))}, True),
        ("CMP02.provider", "provider", {"provider": "rj1"}, False),
        ("CMP02.provider", "provider", {"provider": "R0A"}, True),
        ("IDN07", "nhs_number", {"nhs_number": "9990000019"}, False),
        ("IDN07", "nhs_number", {"nhs_number": "0000000000"}, False),
        ("IDN07", "nhs_number", {"nhs_number": "9990000018"}, True),
        ("CMP02.nhs_number IDN07", "nhs_number", {"nhs_number": "999 000 0018"}, False),
        ("CMP02.nhs_number IDN07", "nhs_number", {"nhs_number": "999000001"}, False),
        ("CMP02.nhs_number", "nhs_number", {"nhs_number": "9990000018"}, True),
        ("CMP02.nhs_number_status", "nhs_number_status", {"nhs_number_status": "1"}, False),
        ("CMP02.nhs_number_status", "nhs_number_status", {"nhs_number_status": "08"}, True),
        ("CMP02.gender_identity", "gender_identity", {"gender_identity": "9"}, False),
        ("CMP02.gender_identity", "gender_identity", {"gender_identity": "2", "stated_gender": "1"}, True),
        ("CMP02.birth_date", "birth_date", {"birth_date": "1987-02-29"}, False),
        ("CMP02.birth_date", "birth_date", {"birth_date": "1988-02-29"}, True),
        ("CMP02.arrival_date", "arrival_date", {"arrival_date": "today", "departure_date": "", "departure_time": ""},
         False),
        ("CMP02.arrival_date", "arrival_date", today, True),
        ("CMP02.arrival_time", "arrival_time", {"arrival_time": "24:00", "departure_date": str(at + DAY)}, False),
        ("CMP02.arrival_time", "arrival_time", {"arrival_time": "00:00"}, True),
        ("CMP02.departure_date", "departure_date", {"departure_date": str(as_of + DAY)}, False),
        ("CMP02.departure_date", "departure_date", {"departure_date": "", "departure_time": ""}, True),
        ("CMP02.departure_time", "departure_time", {"departure_time": "1:30pm"}, False),
        ("CMP02.departure_time", "departure_time", {"departure_time": "23:59"}, True),
        ("CMP02.injury_date", "injury_date", {"injury_date": "yesterday", "injury_intent": "Accident"}, False),
        ("CMP02.injury_date", "injury_date", {"injury_date": str(at - DAY), "injury_intent": "Accident"}, True),
        ("CMP02.injury_intent", "injury_intent", {**hurt, "injury_intent": "NAI"}, False),
        ("CMP02.injury_intent", "injury_intent", {**hurt, "injury_intent": "Undetermined"}, True),
        ("CMP02.safeguarding_concern", "safeguarding_concern", {**hurt, "safeguarding_concern": "yes"}, False),
        ("CMP02.safeguarding_concern", "safeguarding_concern", {**hurt, "safeguarding_concern": "9" * 18}, True),
    ]  # fmt: skip


def _base(as_of: dt.date) -> Cells:
    """Make the plain record that plants start from: a woman of 40 who was unwell, and left after four hours."""
    at = (as_of - 60 * DAY).replace(day=15)
    return {
        "provider": "RJ1", "nhs_number": "9990000018", "nhs_number_status": "01", "stated_gender": "2",
        "gender_identity": "X", "birth_date": str(at.replace(year=at.year - 40)), "arrival_date": str(at),
        "arrival_time": "10:00", "departure_date": str(at), "departure_time": "14:00", "injury_date": "",
        "injury_intent": "", "safeguarding_concern": "",
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
