"""An invented extract of notifications that the police sent to schools, with planted defects whose places are known.

Nobody in it exists, and no school either. Half of the incidents are at a weekend, most schools hear before the next
morning's lessons. Every row is clean but for the planted ones. Only the standard library is used, and nothing of the
project it tests; so weekends and the bank holidays near the planted rows are worked out here once more.
"""

from __future__ import annotations

import datetime as dt
import random

FILE_NAME = "school_notifications.csv"
HEADER: tuple[str, ...] = (
    "notification_ref", "incident_ref", "force", "incident_date", "notified_date", "notified_time",
    "acknowledged_date", "school_urn", "upn", "child_sex", "child_dob", "child_present", "risk_level",
)  # fmt: skip

Row = tuple[str, ...]
Cells = dict[str, str]
Plant = tuple[str, str, Cells, bool]  # the rules that the row raises or just misses, the field, its cells, near miss

DAY = dt.timedelta(days=1)
FORCES = (*(f"E230000{n:02d}" for n in range(1, 40)), *(f"W1500000{n}" for n in range(1, 5)))
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
RISKS = ("Standard",) * 50 + ("Medium",) * 30 + ("High",) * 17 + ("Not assessed",) * 3


def upn(serial: int) -> str:
    """Make a pupil number with its check letter.

    >>> upn(1)
    'A801200120001'
    """
    digits = f"8012001{20 + serial // 1000 % 6:02d}{serial % 1000:03d}"
    return LETTERS[sum(int(d) * (i + 2) for i, d in enumerate(digits)) % 23] + digits


def _clean(rng: random.Random, count: int, as_of: dt.date) -> list[Row]:
    """Make rows that no rule has anything against: told on the next day, or early on the first morning after."""
    first = as_of.toordinal() - 370
    iso = [dt.date.fromordinal(first + n).isoformat() for n in range(371)]
    weekday = [dt.date.fromordinal(first + n).weekday() for n in range(371)]
    rows: list[tuple[str, ...]] = []
    for number in range(1, count + 1):
        day = 1 + int(rng.random() * 360)
        if rng.random() < 0.4:
            told, hour = day, 12 + int(rng.random() * 12)
        else:
            told, hour = day + (7 - weekday[day] if weekday[day] > 3 else 1), 7 + int(rng.random() * 2)
        age = rng.random() * 17.8
        born = dt.date.fromordinal(first + day - 10 - int(age * 365.25))
        traced, known = rng.random() < 0.994, rng.random() < 0.8
        rows.append(
            (
                f"OE{number:07d}", f"{number // 2 % 63 + 1:02d}{number // 2:07d}", rng.choice(FORCES), iso[day],
                iso[told] if traced else "", f"{hour:02d}:{int(rng.random() * 60):02d}" if traced else "",
                iso[min(told + int(rng.random() * 3), 370)] if traced and rng.random() < 0.7 else "",
                str(100000 + number % 48000) if traced else "", upn(number) if known and age > 4 else "",
                "0" if rng.random() < 0.02 else rng.choice("12"), "" if rng.random() < 0.005 else born.isoformat(),
                "Y" if rng.random() < 0.6 else "N", rng.choice(RISKS),
            )
        )  # fmt: skip
    return rows


def _plants(as_of: dt.date) -> list[Plant]:
    """List what is planted: the rules, the field to look at, the cells that differ from `_base`, near miss or not."""
    at = _friday(as_of)
    thursday, monday, tuesday = at - DAY, at + 3 * DAY, at + 4 * DAY
    today = {"incident_date": str(as_of), "notified_date": str(as_of), "notified_time": "12:00",
             "acknowledged_date": ""}  # fmt: skip
    eighteen = at.replace(year=at.year - 18)
    good = {"incident_date": "2026-04-02", "acknowledged_date": ""}  # the Thursday before Easter
    jubilee = {"incident_date": "2022-06-01", "acknowledged_date": ""}
    nobody = {"notified_date": "", "notified_time": "", "acknowledged_date": "", "school_urn": ""}
    adult = {"child_dob": str(eighteen)}
    easter = as_of > dt.date(2026, 4, 10)
    late = [{**good, "notified_date": "2026-04-08"}] if easter else []
    early = [{**good, "notified_date": "2026-04-07"}] if easter else []
    return [
        ("TIM02.notified", "notified_date", {"notified_date": str(thursday), "acknowledged_date": ""}, False),
        ("TIM02.notified", "notified_date", {"notified_date": str(at)}, True),
        ("TIM02.acknowledged", "acknowledged_date", {"acknowledged_date": str(at + 2 * DAY)}, False),
        ("TIM02.acknowledged", "acknowledged_date", {"acknowledged_date": str(monday)}, True),
        ("DAT03", "notified_date", {"notified_date": str(tuesday), "acknowledged_date": ""}, False),
        ("DAT03", "notified_time", {"notified_time": "09:01"}, False),
        ("DAT03", "notified_date", {**jubilee, "notified_date": "2022-06-07"}, False),
        *(("DAT03", "notified_date", cells, False) for cells in late),
        ("DAT03", "notified_time", {"notified_time": "09:00"}, True),
        ("DAT03", "notified_date", {"incident_date": str(thursday), "notified_date": str(at)}, True),
        ("DAT03", "notified_date", {"notified_date": str(at + 2 * DAY), "notified_time": "20:00"}, True),
        ("DAT03", "notified_date", {**jubilee, "notified_date": "2022-06-06"}, True),
        *(("DAT03", "notified_date", cells, True) for cells in early),
        ("DOB01 DOB02", "child_dob", {**today, "child_dob": str(as_of)}, False),
        ("DOB01 DOB04", "child_dob", {"child_dob": str(as_of + DAY)}, False),
        ("DOB01", "child_dob", {**today, "child_dob": str(as_of - DAY)}, True),
        ("DOB02", "child_dob", {"child_dob": str(at)}, False),
        ("DOB02", "child_dob", {"child_dob": str(at - DAY)}, True),
        ("DOB04", "child_dob", adult, False),
        ("DOB04", "child_dob", {"child_dob": str(eighteen + DAY)}, True),
        ("GEN01 CMP02.child_sex", "child_sex", {"child_sex": "M"}, False),
        ("GEN01 CMP02.child_sex", "child_sex", {"child_sex": "9"}, True),
        ("CMP02.force", "force", {"force": "E23000040"}, False),
        ("CMP02.force", "force", {"force": "W15000004"}, True),
        ("CMP02.incident_date", "incident_date", {"incident_date": "06/03/2026"}, False),
        ("CMP02.incident_date", "incident_date", today, True),
        ("CMP02.notified_date", "notified_date", {"notified_date": "n/a", "acknowledged_date": ""}, False),
        ("CMP02.notified_date", "notified_date", nobody, True),
        ("CMP02.notified_time", "notified_time", {"notified_time": "8:30", "notified_date": str(at)}, False),
        ("CMP02.notified_time", "notified_time", {"notified_time": "23:59", "notified_date": str(at)}, True),
        ("CMP02.acknowledged_date", "acknowledged_date", {"acknowledged_date": str(as_of + DAY)}, False),
        ("CMP02.acknowledged_date", "acknowledged_date", {"acknowledged_date": str(as_of)}, True),
        ("CMP02.school_urn", "school_urn", {"school_urn": "8012001"}, False),
        ("CMP02.school_urn", "school_urn", {"school_urn": "999999"}, True),
        ("CMP02.upn", "upn", {"upn": "80120012000"}, False),
        ("CMP02.upn", "upn", {"upn": "L80120012000A"}, True),
        ("CMP02.child_dob", "child_dob", {"child_dob": "2014-02-29"}, False),
        ("CMP02.child_dob", "child_dob", {"child_dob": "2016-02-29"}, True),
        ("CMP02.child_present", "child_present", {"child_present": "U"}, False),
        ("CMP02.child_present", "child_present", {"child_present": "N"}, True),
        ("CMP02.risk_level", "risk_level", {"risk_level": "Gold"}, False),
        ("CMP02.risk_level", "risk_level", {"risk_level": "Not assessed"}, True),
    ]  # fmt: skip


def _friday(as_of: dt.date) -> dt.date:
    """Find a Friday some weeks past with no bank holiday near it: none lies in the second half of a January."""
    at = dt.date(as_of.year if as_of.month > 2 else as_of.year - 1, 1, 15)
    return at + (4 - at.weekday()) % 7 * DAY


def _base(as_of: dt.date) -> Cells:
    """Make the plain record that plants start from: a girl of nine, told of on the Monday after a Friday."""
    at = _friday(as_of)
    return {
        "force": "E23000013", "incident_date": str(at), "notified_date": str(at + 3 * DAY),
        "notified_time": "08:15", "acknowledged_date": str(at + 4 * DAY), "school_urn": "111111",
        "upn": "A801200120001", "child_sex": "2", "child_dob": str(at.replace(year=at.year - 9) - 100 * DAY),
        "child_present": "Y", "risk_level": "Medium",
    }  # fmt: skip


def _planted(made: list[Row], rng: random.Random, as_of: dt.date) -> list[dict[str, object]]:
    """Put every plant into its place, at least twice, and two references that stand twice; list what was put where."""
    times = max(2, len(made) // 10000)
    plants = _plants(as_of) * times
    if len(plants) + 7 * times > len(made):
        return []
    places = rng.sample(range(len(made)), len(plants) + 7 * times)
    listed: list[dict[str, object]] = []

    def note(place: int, codes: str, field: str, *, near: bool) -> None:
        key = made[place][0]
        listed.extend(
            {"code": c, "row": place + 2, "key": key, "field": field, "near_miss": near} for c in codes.split()
        )

    for codes, field, cells, near in plants:
        place = places.pop()
        record = {**dict(zip(HEADER[:2], made[place], strict=False)), **_base(as_of), **cells}
        made[place] = tuple(record[name] for name in HEADER)
        note(place, codes, field, near=near)
    while places:
        # Twice the same reference; and beside it two that only a leading zero tells apart.
        one, two, three, four, five, six, seven = (places.pop() for _ in range(7))
        made[two] = (made[one][0], *made[two][1:])
        made[four] = ("0" + made[three][0], *made[four][1:])
        for place in (one, two, three, four):
            note(place, "UNI01", HEADER[0], near=place in {three, four})
        # One child told of twice; and a brother or sister of it, at the same school.
        for place, child in ((five, "A801200120001"), (six, "A801200120001"), (seven, "P801200120002")):
            record = {**_base(as_of), "notification_ref": made[place][0], "incident_ref": made[five][1], "upn": child}
            made[place] = tuple(record[name] for name in HEADER)
            note(place, "UNI02", "upn", near=place == seven)
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
