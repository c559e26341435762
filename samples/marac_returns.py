"""An invented set of quarterly Marac returns, with planted defects whose places are known.

No Marac of these names exists. The mixture is realistic in shape, not in any figure: some 90 cases in twelve months,
three in ten of them repeats. As in real returns small counts hide behind signs, and each Marac has its own. Every row
is clean but for the planted ones. Only the standard library is used, and nothing of the project it tests.
"""

from __future__ import annotations

import datetime as dt
import random

FILE_NAME = "marac_returns.csv"
ROUTES = ("from_police", "from_idva", "from_children", "from_health", "from_housing", "from_other")
SHARES = {  # in a hundred cases
    "male_victims": 6, "minority_victims": 16, "lgbt_victims": 2, "disabled_victims": 8, "young_victims": 2,
    "young_harmers": 2,
}  # fmt: skip
HEADER: tuple[str, ...] = (
    "area", "marac", "period_end", "cases", "repeat_cases", "children", *SHARES, *ROUTES, "adult_females",
    "cases_per_10000", "repeat_rate",
)  # fmt: skip
KEYS = 3

Row = tuple[str, ...]
Cells = dict[str, str]
Plant = tuple[str, str, Cells, bool]  # the rules that the row raises or just misses, the field, its cells, near miss

AREAS = (*(f"E230000{n:02d}" for n in range(1, 40)), *(f"W1500000{n}" for n in range(1, 5)))
SIGNS = (("<5", 4), ("Fewer than 5", 4), ("5 or under", 5), ("Under 5", 4), ("c", 5), ("*", 7))


def _quarters(as_of: dt.date, count: int) -> list[str]:
    """List the last quarter ends that lie behind a day, the latest first."""
    ends = [
        dt.date(year, month, day)
        for year in range(as_of.year, as_of.year - count // 4 - 2, -1)
        for month, day in ((12, 31), (9, 30), (6, 30), (3, 31))
    ]
    return [str(end) for end in ends if end <= as_of][:count]


def _shared(rng: random.Random, total: int) -> list[int]:
    """Share a total among the routes, two thirds of it coming from the police."""
    left, parts = total, []
    for share in (0.66, 0.4, 0.4, 0.4, 0.5):
        parts.append(min(left, int(left * share * (0.8 + 0.4 * rng.random()))))
        left -= parts[-1]
    return [*parts, left]


def _clean(rng: random.Random, count: int, as_of: dt.date) -> list[Row]:
    """Make rows that no rule has anything against."""
    quarters = _quarters(as_of, 8)
    rows = []
    for number in range(count):
        marac = number // 8
        cases = int(rng.lognormvariate(4.4, 0.6)) if rng.random() < 0.98 else int(rng.random() * 6)
        women = max(500, int(cases * 10000 / (15 + rng.random() * 45)))
        repeats = int(cases * (0.1 + rng.random() * 0.4))
        counts = {
            "cases": cases, "repeat_cases": repeats, "children": int(cases * (0.5 + rng.random() * 1.5)),
            **{name: int(cases * share * rng.random() / 50) for name, share in SHARES.items()},
            **dict(zip(ROUTES, _shared(rng, cases), strict=True)),
        }  # fmt: skip
        sign, most = SIGNS[marac % len(SIGNS)]
        hides = marac % 3 > 0
        cells = {name: sign if hides and 0 < n <= most else str(n) for name, n in counts.items()}
        cells |= {
            "area": AREAS[marac % 43], "marac": f"Marac {marac + 1:05d}", "period_end": quarters[number % 8],
            "adult_females": str(women),
            "cases_per_10000": f"{cases * 10000 / women:.1f}" if cells["cases"].isdigit() else "",
            "repeat_rate": f"{100 * repeats / cases:.0f}" if cases > 5 else "",
        }  # fmt: skip
        rows.append(tuple(cells[name] for name in HEADER))
    return rows


def _plants(as_of: dt.date) -> list[Plant]:
    """List what is planted: the rules, the field to look at, the cells that differ from `_base`, near miss or not."""
    few = {"cases": "<5", "repeat_cases": "0", "male_victims": "0", "minority_victims": "0", "disabled_victims": "0",
           "from_police": "<5", "from_idva": "0", "from_children": "0", "from_health": "0", "from_housing": "0",
           "from_other": "0", "cases_per_10000": "", "repeat_rate": ""}  # fmt: skip
    parts: list[Plant] = []
    for name in ("repeat_cases", "male_victims", "minority_victims", "lgbt_victims", "disabled_victims",
                 "young_victims", "young_harmers"):  # fmt: skip
        rates = {"repeat_rate": "" if name == "repeat_cases" else "30"}
        parts += [
            (f"SUM02.{name}", name, {name: "121", **rates}, False),
            (f"SUM02.{name}", name, {**few, name: "5"}, False),
            (f"SUM02.{name}", name, {name: "120", **rates}, True),
            (f"SUM02.{name}", name, {**few, name: "4"}, True),
            (f"SUM02.{name}", name, {name: "c", **rates}, True),
            (f"CMP02.{name}", name, {name: "about 3", **rates}, False),
            (f"CMP02.{name}", name, {name: "5 or under", **rates}, True),
        ]
    for name in (*ROUTES, "children"):
        parts += [
            (f"CMP02.{name}", name, {name: "1,200" if name == "children" else "12.0"}, False),
            (f"CMP02.{name}", name, {name: "*"}, True),
        ]
    later = as_of.replace(year=as_of.year + 1, month=12, day=31)
    return [
        *parts,
        ("SUM01", "from_other", {"from_other": "1"}, False),
        ("SUM01", "from_other", {"from_other": "3"}, False),
        ("SUM01", "from_housing", {"from_housing": "<5", "from_health": "1"}, False),
        ("SUM01", "cases", {**few, "from_idva": "5"}, False),
        ("SUM01", "from_idva", {"from_idva": "c", "from_police": "121"}, False),
        ("SUM01", "from_housing", {"from_housing": "<5"}, True),
        ("SUM01", "from_housing", {"from_housing": "Fewer than 5", "from_health": "6"}, True),
        ("SUM01", "from_housing", {"from_housing": "5 or under", "from_health": "5"}, True),
        ("SUM01", "from_other", {"from_other": "c", "from_housing": "c"}, True),
        ("SUM01", "cases", few, True),
        ("RAT01.cases", "cases_per_10000", {"cases_per_10000": "40.1"}, False),
        ("RAT01.cases", "cases_per_10000", {"cases_per_10000": "400"}, False),
        ("RAT01.cases", "cases_per_10000", {**few, "cases_per_10000": "1.4"}, False),
        ("RAT01.cases", "cases_per_10000", {"cases_per_10000": "40"}, True),
        ("RAT01.cases", "cases_per_10000", {**few, "cases_per_10000": "1.3"}, True),
        ("RAT01.repeats", "repeat_rate", {"repeat_rate": "31"}, False),
        ("RAT01.repeats", "repeat_rate", {"repeat_rate": "0.3"}, False),
        ("RAT01.repeats", "repeat_rate", {"repeat_cases": "<5", "repeat_rate": "4"}, False),
        ("RAT01.repeats", "repeat_rate", {"repeat_cases": "37", "repeat_rate": "31"}, True),
        ("RAT01.repeats", "repeat_rate", {"repeat_cases": "<5", "repeat_rate": "3"}, True),
        ("CMP02.area", "area", {"area": "E12000001"}, False),
        ("CMP02.area", "area", {"area": "W15000004"}, True),
        ("CMP02.period_end", "period_end", {"period_end": "2026-03-30"}, False),
        ("CMP02.period_end", "period_end", {"period_end": str(later)}, False),
        ("CMP02.period_end", "period_end", {"period_end": "2020-06-30", "marac": "New Marac {}"}, True),
        ("CMP02.cases", "cases", {"cases": "120 approx", "cases_per_10000": "", "repeat_rate": ""}, False),
        ("CMP02.cases", "cases", {"cases": "10 or greater", "cases_per_10000": "", "repeat_rate": ""}, True),
        ("CMP02.adult_females", "adult_females", {"adult_females": "0", "cases_per_10000": ""}, False),
        ("CMP02.adult_females", "adult_females", {"adult_females": "30,000", "cases_per_10000": ""}, False),
        ("CMP02.adult_females", "adult_females", {"adult_females": "1", "cases_per_10000": ""}, True),
        ("CMP02.cases_per_10000", "cases_per_10000", {"cases_per_10000": "40 per 10,000"}, False),
        ("CMP02.cases_per_10000", "cases_per_10000", {"cases_per_10000": "40.04"}, True),
        ("CMP02.repeat_rate", "repeat_rate", {"repeat_rate": "30%"}, False),
        ("CMP02.repeat_rate", "repeat_rate", {"repeat_rate": "100", "repeat_cases": "120"}, True),
    ]  # fmt: skip


def _base(_as_of: dt.date) -> Cells:
    """Make the plain record that plants start from: 120 cases of 30,000 women, 36 of them repeats."""
    return {
        "cases": "120", "repeat_cases": "36", "children": "150", "male_victims": "6", "minority_victims": "20",
        "lgbt_victims": "2", "disabled_victims": "9", "young_victims": "3", "young_harmers": "2", "from_police": "80",
        "from_idva": "20", "from_children": "8", "from_health": "6", "from_housing": "4", "from_other": "2",
        "adult_females": "30000", "cases_per_10000": "40.0", "repeat_rate": "30",
    }  # fmt: skip


def _planted(made: list[Row], rng: random.Random, as_of: dt.date) -> list[dict[str, object]]:
    """Put every plant into its place, at least twice, and pairs that stand twice; list what was put where."""
    times = max(2, len(made) // 10000)
    plants = _plants(as_of) * times
    if len(plants) + 3 * times > len(made):
        return []
    places = rng.sample(range(len(made)), len(plants) + 3 * times)
    listed: list[dict[str, object]] = []

    def note(place: int, codes: str, field: str, *, near: bool) -> None:
        key = " ".join(made[place][:KEYS])
        listed.extend(
            {"code": c, "row": place + 2, "key": key, "field": field, "near_miss": near} for c in codes.split()
        )

    for codes, field, cells, near in plants:
        place = places.pop()
        record = {**dict(zip(HEADER[:KEYS], made[place], strict=False)), **_base(as_of), **cells}
        made[place] = tuple(record[name].format(place) for name in HEADER)
        note(place, codes, field, near=near)
    while places:
        # One Marac and quarter twice, and the same figures of another quarter.
        one, two, three = (places.pop() for _ in range(3))
        made[two] = (*made[one][:KEYS], *made[two][KEYS:])
        made[three] = (*made[three][:KEYS], *made[one][KEYS:])
        for place in (one, two, three):
            note(place, "UNI02", "marac", near=place == three)
    return sorted(listed, key=lambda plant: (str(plant["row"]).zfill(9), str(plant["code"])))


def generate(rows: int, seed: int, as_of: dt.date, *, plants: bool = True) -> tuple[list[Row], list[dict[str, object]]]:
    """Make the returns of the two years before a date, and the list of what was planted in it.

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
