"""An invented SSDA903 header with adopters and last year's answers beside it, and with planted defects in known places.

No child in it exists. Most were looked after the year before too, and one girl in a hundred is a mother. Every row is
clean but for the planted ones. Only the standard library is used, and nothing of the project it tests.
"""

from __future__ import annotations

import datetime as dt
import random

FILE_NAME = "looked_after_children.csv"
HEADER: tuple[str, ...] = (
    "CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB", "DEC", "SEX_ADOPTR", "LS_ADOPTR", "PREVIOUS_SEX",
    "PREVIOUS_DOB", "PREVIOUS_ETHNIC", "PREVIOUS_UPN",
)  # fmt: skip

Row = tuple[str, ...]
Cells = dict[str, str]
Plant = tuple[str, str, Cells, bool]  # the rules that the row raises or just misses, the field, its cells, near miss

DAY = dt.timedelta(days=1)
MALE, FEMALE = "1", "2"
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
ETHNIC = (
    ("WBRI",) * 70 + ("MWBC",) * 5 + ("BAFR",) * 5 + ("APKN",) * 4 + ("BCRB",) * 4 + ("WROM",) * 2 + ("NOBT", "REFU")
)
COUPLES = ("L0 M1", "L0 F1", "L0 F1", "L11 MF", "L11 MF", "L11 MF", "L12 MM", "L12 FF", "L2 MM", "L2 MF", "L3 MF",
           "L4 FF")  # fmt: skip


def upn(serial: int) -> str:
    """Make a pupil number with its check letter.

    >>> upn(1)
    'A801200120001'
    """
    digits = f"8012001{20 + serial // 1000 % 6:02d}{serial % 1000:03d}"
    return LETTERS[sum(int(d) * (i + 2) for i, d in enumerate(digits)) % 23] + digits


def _year_end(as_of: dt.date) -> dt.date:
    """Give the last 31 March that is not later than a day."""
    return dt.date(as_of.year - ((as_of.month, as_of.day) < (3, 31)), 3, 31)


def _written(day: dt.date) -> str:
    return day.strftime("%d/%m/%Y")


def _clean(rng: random.Random, count: int, as_of: dt.date) -> list[Row]:
    """Make rows that no rule has anything against."""
    ended = _year_end(as_of).toordinal()
    days = [_written(dt.date.fromordinal(ended - n)) for n in range(19 * 366)]  # so many days before the year's end
    rows: list[tuple[str, ...]] = []
    for number in range(1, count + 1):
        age = int(rng.random() * 18 * 365)
        sex, born = FEMALE if rng.random() < 0.44 else MALE, days[age]
        pupil = upn(number) if age > 5 * 365 else "UN1"
        pupil = "UN4" if pupil != "UN1" and rng.random() < 0.02 else pupil
        left = int(rng.random() * min(365, age)) if rng.random() < 0.3 else None
        mother = sex == FEMALE and age > 15 * 365 and rng.random() < 0.06
        child = int(rng.random() * (age - 14 * 365)) if mother else 0
        status, them = rng.choice(COUPLES).split() if left is not None and age < 8 * 365 else ("", "")
        ethnic = rng.choice(ETHNIC)
        known = age > 500 and rng.random() < 0.65
        before = (sex, born, ethnic, pupil if pupil != "UN4" else "") if known else ("", "", "", "")
        rows.append(
            (
                f"C{number:07d}", sex, born, ethnic, pupil, str(int(mother)) if sex == FEMALE else "",
                days[max(child, left or 0)] if mother else "", days[left] if left is not None else "", them, status,
                *before,
            )
        )  # fmt: skip
    return rows


def _plants(as_of: dt.date) -> list[Plant]:
    """List what is planted: the rules, the field to look at, the cells that differ from `_base`, near miss or not."""
    end = _year_end(as_of)
    last = {"PREVIOUS_SEX": FEMALE, "PREVIOUS_DOB": _base(as_of)["DOB"], "PREVIOUS_ETHNIC": "WBRI",
            "PREVIOUS_UPN": "A801200120001"}  # fmt: skip
    mother = {"MOTHER": "1", "MC_DOB": _written(end - 100 * DAY)}
    eleven = dt.date(end.year - 12, 4, 1)  # eleven years old on the day that the year began

    def adopted(codes: str, field: str, pair: str, *, near: bool = False) -> Plant:
        status, them = pair.split()
        return (codes, field, {"LS_ADOPTR": status, "SEX_ADOPTR": them, "DEC": _written(end)}, near)

    couples = [
        adopted(f"ADO01.{rule}", "SEX_ADOPTR", f"{status} {them}", near=near)
        for rule, status, wrong, right in (
            ("517", "L3", "MM FF M1", "MF"), ("518", "L4", "MF F1", "MM FF"), ("519", "L2", "M1 F1", "MM FF MF"),
            ("520", "L11", "MM FF F1", "MF"), ("524", "L12", "MF M1", "MM FF"),
        )
        for thems, near in ((wrong, False), (right, True))
        for them in thems.split()
    ]  # fmt: skip
    return [
        *couples,
        adopted("CMP02.adopters_sex", "SEX_ADOPTR", "L0 1"),
        adopted("CMP02.adopters_sex", "SEX_ADOPTR", "L0 F1", near=True),
        adopted("CMP02.adopters_status", "LS_ADOPTR", "L1 MF"),
        adopted("CMP02.adopters_status", "LS_ADOPTR", "L0 M1", near=True),
        ("GEN01", "SEX", {"SEX": "F"}, False),
        ("GEN01", "SEX", {"SEX": "9"}, False),
        ("GEN01", "SEX", {"SEX": MALE, "MOTHER": ""}, True),
        ("CMP02.dob", "DOB", {"DOB": "31/02/2012"}, False),
        ("CMP02.dob", "DOB", {"DOB": "29/02/2012"}, True),
        ("CMP02.upn", "UPN", {"UPN": "UN9"}, False),
        ("CMP02.upn", "UPN", {"UPN": "A80120012000"}, False),
        ("CMP02.upn", "UPN", {"UPN": "UN5"}, True),
        ("LAC174", "MC_DOB", {**mother, "SEX": MALE, "MOTHER": ""}, False),
        ("LAC174", "MC_DOB", mother, True),
        ("LAC301", "DOB", {"DOB": _written(end + DAY)}, False),
        ("LAC301", "DOB", {"DOB": _written(end)}, True),
        ("LAC611", "MC_DOB", {"MOTHER": "1"}, False),
        ("LAC611", "MC_DOB", mother, True),
        ("LAC612", "MOTHER", {**mother, "MOTHER": "0"}, False),
        ("LAC612", "MOTHER", {**mother, "MOTHER": ""}, False),
        ("LAC612", "MOTHER", {"MOTHER": ""}, True),
        ("LAC620", "DOB", {**mother, "DOB": _written(eleven + DAY)}, False),
        ("LAC620", "DOB", {**mother, "DOB": _written(eleven + 1000 * DAY)}, False),
        ("LAC620", "DOB", {**mother, "DOB": _written(eleven)}, True),
        ("LAC621", "MC_DOB", {**mother, "MC_DOB": _base(as_of)["DOB"]}, False),
        ("LAC621", "MC_DOB", {**mother, "MC_DOB": "01/01/2000"}, False),
        ("LAC621", "MC_DOB", mother, True),
        ("LAC625", "MC_DOB", {**mother, "MC_DOB": _written(end + DAY)}, False),
        ("LAC625", "DEC", {**mother, "DEC": _written(end - 101 * DAY)}, False),
        ("LAC625", "MC_DOB", {**mother, "MC_DOB": _written(end)}, True),
        ("LAC625", "DEC", {**mother, "DEC": _written(end - 100 * DAY)}, True),
        ("DRF01.sex", "SEX", {**last, "PREVIOUS_SEX": MALE}, False),
        ("DRF01.sex", "SEX", {**last, "PREVIOUS_SEX": ""}, True),
        ("DRF01.dob", "DOB", {**last, "PREVIOUS_DOB": "02/01/2010"}, False),
        ("DRF01.dob", "DOB", {**last, "PREVIOUS_DOB": f"{end.year - 16}-06-01"}, True),
        ("DRF01.ethnic", "ETHNIC", {**last, "PREVIOUS_ETHNIC": "WIRI"}, False),
        ("DRF01.ethnic", "ETHNIC", {**last, "PREVIOUS_ETHNIC": "NOBT"}, True),
        ("DRF01.upn", "UPN", {**last, "PREVIOUS_UPN": "P801200120002"}, False),
        ("DRF01.upn", "UPN", {**last, "UPN": "UN4"}, False),
        ("DRF01.upn", "UPN", {**last, "PREVIOUS_UPN": "UN4"}, True),
        ("CMP02.ethnic", "ETHNIC", {"ETHNIC": "White"}, False),
        ("CMP02.ethnic", "ETHNIC", {"ETHNIC": "REFU"}, True),
        ("CMP02.mother", "MOTHER", {"MOTHER": "N"}, False),
        ("CMP02.mother", "MOTHER", {"MOTHER": "0"}, True),
        ("CMP02.mc_dob", "MC_DOB", {"MOTHER": "1", "MC_DOB": "expected"}, False),
        ("CMP02.mc_dob", "MC_DOB", {"MC_DOB": ""}, True),
        ("CMP02.dec", "DEC", {"DEC": _written(as_of + DAY)}, False),
        ("CMP02.dec", "DEC", {"DEC": _written(as_of)}, True),
    ]


def _base(as_of: dt.date) -> Cells:
    """Make the plain record that plants start from: a girl of fifteen who was not looked after the year before."""
    return {
        "SEX": FEMALE, "DOB": f"01/06/{_year_end(as_of).year - 16}", "ETHNIC": "WBRI", "UPN": "A801200120001",
        "MOTHER": "0", "MC_DOB": "", "DEC": "", "SEX_ADOPTR": "", "LS_ADOPTR": "", "PREVIOUS_SEX": "",
        "PREVIOUS_DOB": "", "PREVIOUS_ETHNIC": "", "PREVIOUS_UPN": "",
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
    """Make a return of the year that ended last on 31 March, and the list of what was planted in it.

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
