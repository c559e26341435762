"""An invented extract of homicide victims, shaped like the one that London's police publish.

Nobody in it exists: every row is drawn anew from rounded shares. As in the real one there is no key, whole rows
repeat, years are written as decimals, and a few values say "not known" in words. Every row is clean but for the
planted ones. Only the standard library is used, and nothing of the project it tests.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

FILE_NAME = "met_homicides.csv"
HEADER: tuple[str, ...] = (
    "Age_Group", "Sex", "Method_of_Killing", "Domestic_Abuse", "Solved_Status", "Borough", "Ethnicity", "Year", "BCU",
)  # fmt: skip

Row = tuple[str, ...]
Cells = dict[str, str]

ABUSE, NO_ABUSE = "Domestic Abuse", "Not Domestic Abuse"
FIRST_YEAR = 2003

# Age group, sex, share, and how many in a hundred of these are flagged. No child is: the definition needs 16.
VICTIMS: tuple[tuple[str, str, int, int], ...] = (
    ("Adult", "Male", 43, 7), ("Adolescent/Young Adult", "Male", 27, 1), ("Elderly", "Male", 4, 30),
    ("Child", "Male", 3, 0), ("Adult", "Female", 14, 65), ("Adolescent/Young Adult", "Female", 4, 40),
    ("Elderly", "Female", 4, 50), ("Child", "Female", 2, 0),
)  # fmt: skip
METHODS = (
    ("Knife or Sharp Implement", 54), ("Shooting", 12), ("Other Methods of Killing", 11),
    ("Physical Assault, no weapon", 10), ("Blunt Implement", 7), ("Not Known/Not Recorded", 5),
)  # fmt: skip
ETHNICITIES = (("White", 46), ("Black", 37), ("Asian", 15), ("Other", 2), ("Not Reported/Not Known", 1))
# Command unit: its boroughs and their weights.
UNITS: dict[str, tuple[tuple[str, int], ...]] = {
    "Central East": (("Hackney", 9), ("Tower Hamlets", 7)),
    "Central North": (("Camden", 7), ("Islington", 7)),
    "Central South": (("Lambeth", 13), ("Southwark", 11)),
    "Central West": (("Westminster", 7), ("Hammersmith and Fulham", 4), ("Kensington and Chelsea", 3)),
    "East": (("Redbridge", 7), ("Barking and Dagenham", 5), ("Havering", 3)),
    "North": (("Haringey", 10), ("Enfield", 7)),
    "North East": (("Newham", 12), ("Waltham Forest", 8)),
    "North West": (("Brent", 10), ("Barnet", 6), ("Harrow", 2)),
    "South": (("Croydon", 10), ("Bromley", 3), ("Sutton", 2)),
    "South East": (("Greenwich", 9), ("Lewisham", 8), ("Bexley", 3)),
    "South West": (("Wandsworth", 6), ("Merton", 2), ("Kingston upon Thames", 2), ("Richmond upon Thames", 2)),
    "West": (("Ealing", 9), ("Hillingdon", 5), ("Hounslow", 4)),
}

# Rule, field, the cells that differ from a clean row, whether it only just misses the rule.
PLANTS: tuple[tuple[str, str, Cells, bool], ...] = (
    ("FLG05.victim", "Domestic_Abuse", {"Age_Group": "Child", "Domestic_Abuse": ABUSE}, False),
    ("FLG05.victim", "Domestic_Abuse", {"Age_Group": "Child", "Domestic_Abuse": NO_ABUSE}, True),
    ("FLG05.victim", "Domestic_Abuse", {"Age_Group": "Adolescent/Young Adult", "Domestic_Abuse": ABUSE}, True),
    ("CMP02.Age_Group", "Age_Group", {"Age_Group": "Teenager", "Domestic_Abuse": NO_ABUSE}, False),
    ("CMP02.Age_Group", "Age_Group", {"Age_Group": "Elderly"}, True),
    ("CMP02.Borough", "Borough", {"Borough": "Heathrow"}, False),
    ("CMP02.Borough", "Borough", {"Borough": "City of London", "BCU": "Central East"}, True),
    ("CMP02.Method_of_Killing", "Method_of_Killing", {"Method_of_Killing": "Poisoning"}, False),
    ("CMP02.Method_of_Killing", "Method_of_Killing", {"Method_of_Killing": "Not Known/Not Recorded"}, True),
    ("CMP02.Ethnicity", "Ethnicity", {"Ethnicity": "Unknown"}, False),
    ("CMP02.Ethnicity", "Ethnicity", {"Ethnicity": "Not Reported/Not Known"}, True),
)


def _clean(rng: random.Random, count: int, last_year: int) -> list[Row]:
    """Make rows that no rule has anything against."""
    victims = rng.choices([(v[0], v[1], v[3]) for v in VICTIMS], [v[2] for v in VICTIMS], k=count)
    methods = rng.choices([m for m, _ in METHODS], [w for _, w in METHODS], k=count)
    ethnicities = rng.choices([e for e, _ in ETHNICITIES], [w for _, w in ETHNICITIES], k=count)
    places = [(borough, unit, weight) for unit, boroughs in UNITS.items() for borough, weight in boroughs]
    where = rng.choices([p[:2] for p in places], [p[2] for p in places], k=count)
    years = rng.choices([f"{year}.0" for year in range(FIRST_YEAR, last_year + 1)], k=count)
    rows: list[Row] = []
    for (age, sex, flagged), method, ethnicity, (borough, unit), year in zip(
        victims, methods, ethnicities, where, years, strict=True
    ):
        flag = ABUSE if rng.random() * 100 < flagged else NO_ABUSE
        solved = "Solved" if rng.random() < (0.98 if flag == ABUSE else 0.86) else "Unsolved"
        rows.append((age, sex, method, flag, solved, borough, ethnicity, year, unit))
    rows.sort(key=lambda row: row[HEADER.index("Year")])
    return rows


def generate(rows: int, seed: int, as_of: dt.date) -> tuple[list[Row], list[dict[str, object]]]:
    """Make an extract of the years since 2003, and the list of what was planted in it.

    Args:
        rows: how many records; the real extract has about 2,700.
        seed: the same seed, size and date give the same extract.
        as_of: the day the extract is taken.

    Returns:
        The rows in the order of `HEADER`, by year, and one dict for every plant, sorted by row: `code`, `row` (as a
        spreadsheet numbers it, the header being row 1), `key` (always None: the extract has none), `field` (the
        column to look at), `near_miss`. A row with a near miss raises nothing. An extract too small to hold all
        plants has none.
    """
    rng = random.Random(seed)
    made = _clean(rng, rows, as_of.year)
    count = max(2, rows // 10000)
    if count * len(PLANTS) > rows:
        return made, []
    places = rng.sample(range(rows), count * len(PLANTS))
    listed: list[dict[str, object]] = []
    for code, field, cells, near in PLANTS * count:
        place = places.pop()
        record = {**dict(zip(HEADER, made[place], strict=True)), **cells}
        made[place] = tuple(record[name] for name in HEADER)
        listed.append({"code": code, "row": place + 2, "key": None, "field": field, "near_miss": near})
    return made, sorted(listed, key=lambda plant: (str(plant["row"]).zfill(9), str(plant["code"])))
