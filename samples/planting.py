"""How defects and near misses are planted in clean rows, and those that many extracts about two people can have.

It is no generator itself; those beside it load it by its path.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

Row = tuple[str, ...]
Cells = dict[str, str]
Item = tuple[str, str, Cells]  # the rules that a row raises (or just misses), the field, the cells that differ
Plant = list[Item]  # rows that belong together; in a cell = stands for what the first of them had there
Plants = tuple[list[Plant], list[Plant]]  # defects, near misses
Listed = list[dict[str, object]]

DAY = dt.timedelta(days=1)
MALE, FEMALE, NOT_KNOWN, NOT_SPECIFIED = "1", "2", "0", "9"


def birthday(at: dt.date, years: int) -> dt.date:
    """Give the date of birth of someone who completes so many years exactly on a date."""
    return at.replace(year=at.year - years)


def leap_day(before: dt.date) -> dt.date:
    """Find the latest 29 February that is at least two days past."""
    year = (before - 2 * DAY).year
    while year % 4 or dt.date(year, 2, 29) > before - 2 * DAY:
        year -= 1
    return dt.date(year, 2, 29)


def raising(codes: str, field: str, *variants: Cells) -> list[Plant]:
    """Make a plant of one row from each variant."""
    return [[(codes, field, cells)] for cells in variants]


def together(codes: str, field: str, *rows: Cells) -> list[Plant]:
    """Make one plant of several rows."""
    return [[(codes, field, cells) for cells in rows]]


def of_a_person(at: dt.date, party: str, nobody: Cells) -> Plants:
    """List what can be planted in the names and birth of a victim or suspect.

    Args:
        at: the day of the incident.
        party: what the names of the columns begin with.
        nobody: the cells of a record without that party.
    """
    name, last, born = f"{party}_forename", f"{party}_surname", f"{party}_dob"
    return [
        *raising(f"PER01.{party}", name, {name: ""}, {last: ""}),
        *raising(f"PER03.{party}", name, {name: "Mrs Beth"}, {name: "Dr."}),
        *raising(f"PER04.{party}", name, {name: "?"}, {last: "UNKNOWN"}),
        *raising(f"PER05.{party}", last, {name: "Corner", last: "Stores"}, {last: "Walker and Daughters Ltd"}),
        *raising(f"PER06.{party}", born, {born: str(birthday(at, 121))}, {born: "1880-02-29"}),
        *raising(f"PLH01.{party}", born, {born: "1970-01-01"}),
        *raising(f"PLH01.{party} PER06.{party}", born, {born: "1900-01-01"}),
    ], [
        *raising(f"PER01.{party}", name, nobody, {name: "X", last: "Y"}),
        *raising(f"PER03.{party}", name, {name: "Missy"}, {name: "Drew"}),
        *raising(f"PER04.{party}", name, {last: "O'Neill-Unknow"}, {name: "X"}),
        *raising(f"PER05.{party}", last, {last: "Schoolcraft"}, {name: "Incey", last: "Banks"}),
        *raising(f"PER06.{party}", born, {born: str(birthday(at, 121) + 2 * DAY)}, {born: str(birthday(at, 100))}),
        *raising(f"PLH01.{party}", born, {born: "1970-01-02"}, {born: "1971-01-01"}),
    ]  # fmt: skip


def of_a_couple(at: dt.date, as_of: dt.date, dates: tuple[str, ...], unflagged: Cells) -> Plants:
    """List what can be planted in flag, relationship, sexes and births of a woman of 34 and a man of 36.

    Args:
        at: the day of the incident.
        as_of: the day the extract is taken.
        dates: the columns that hold the day of the incident and those that must not come before it.
        unflagged: the cells of a record that is not flagged.
    """
    leap = leap_day(as_of)
    on_leap, today = dict.fromkeys(dates, str(leap)), dict.fromkeys(dates, str(as_of))
    just18, still17 = str(birthday(at, 18)), str(birthday(at, 18) + DAY)
    still15, just16 = str(birthday(at, 16) + DAY), str(birthday(at, 16))
    born41, born42 = str(birthday(at, 42) + DAY), str(birthday(at, 42))
    adult30, adult50, leap16 = str(birthday(at, 30)), str(birthday(at, 50) - DAY), str(birthday(leap, 16))
    wife, mother, daughter, son = ({"relationship": word} for word in ("Wife", "Mother", "Daughter", "Son"))
    man = {"victim_sex": MALE, "suspect_sex": FEMALE}
    yes, no = {"da_flag": "Y"}, {"da_flag": "N", **unflagged}
    friend = {**no, "relationship": "Friend"}
    return [
        *raising("FLG04", "da_flag", {**no, "relationship": "Ex Partner"}, {**no, **mother, "victim_dob": adult50},
                 {**no, "relationship": "Girlfriend", "victim_dob": leap16, **on_leap}),
        *raising("FLG05.victim", "da_flag", {**yes, "relationship": "Girlfriend", "victim_dob": still15},
                 {**yes, **daughter, "victim_dob": str(birthday(at, 9)), "suspect_dob": adult50}),
        *raising("FLG05.suspect", "da_flag", {**yes, "relationship": "Ex-girlfriend", "suspect_dob": still15},
                 {**yes, **mother, "victim_dob": adult50, "suspect_dob": str(birthday(at, 14))}),
        *raising("REL03", "relationship", {**yes, **mother, "victim_dob": adult30, "suspect_dob": adult50},
                 {**yes, **son, **man, "victim_dob": adult50, "suspect_dob": adult30}),
        *raising("REL04.victim", "victim_dob", {**no, **wife, "victim_dob": still15},
                 {**no, **man, "relationship": "Husband", "victim_dob": str(birthday(at, 12))}),
        *raising("REL04.suspect", "suspect_dob", {**no, **wife, "suspect_dob": still15},
                 {**no, "relationship": "Civil partner", "suspect_dob": str(birthday(at, 11))}),
        *raising("REL05", "relationship", {**yes, **mother, "victim_dob": born41, "suspect_dob": adult30},
                 {**yes, **son, **man, "victim_dob": adult30, "suspect_dob": born41}),
        *raising("REL07.victim", "victim_dob", {**yes, **wife, "victim_dob": just16},
                 {**yes, **wife, "victim_dob": still17}),
        *raising("REL07.suspect", "suspect_dob", {**yes, **wife, "suspect_dob": just16},
                 {**yes, **wife, "suspect_dob": still17}),
        *raising("FLG03", "relationship", {**yes, "relationship": "Stranger"}),
        *raising("REL01", "relationship", {**friend, "relationship": "Relationship Unknown"},
                 {**friend, "relationship": ""}),
        *raising("CMP02.relationship REL01", "relationship", {**friend, "relationship": "wyfe"}),
        *raising("CMP02.force", "force", {"force": "E23000099"}, {"force": "W15000005"}),
        *raising("CMP02.incident_date", "incident_date", {"incident_date": f"{at.year}-02-30"},
                 {"incident_date": "not known"}),
        *raising("CMP02.da_flag", "da_flag", {**friend, "da_flag": "X"}, {**friend, "da_flag": "1"}),
        *raising("CMP02.victim_dob", "victim_dob", {**friend, "victim_dob": "2001-02-29"},
                 {**friend, "victim_dob": "31/02/1980"}),
        *raising("CMP02.suspect_dob", "suspect_dob", {**friend, "suspect_dob": "1900-02-29"},
                 {**friend, "suspect_dob": "1980-00-00"}),
        *raising("CMP04.victim", "victim_dob", {**friend, "victim_sex": "", "victim_dob": ""},
                 {**friend, "victim_sex": NOT_KNOWN, "victim_dob": ""}),
        *raising("GEN01.victim CMP02.victim_sex", "victim_sex", {**friend, "victim_sex": "F"},
                 {**friend, "victim_sex": "3"}),
        *raising("GEN01.suspect CMP02.suspect_sex", "suspect_sex", {**friend, "suspect_sex": "M"},
                 {**friend, "suspect_sex": "01"}),
        *raising("GEN03", "relationship", {**yes, **wife, "victim_sex": MALE},
                 {**yes, **son, "victim_dob": adult30, "suspect_dob": adult50}),
        *raising("DOB01.victim", "victim_dob", {**friend, "victim_dob": str(as_of)},
                 {**friend, "victim_dob": str(as_of + 400 * DAY)}),
        *raising("DOB01.suspect", "suspect_dob", {**friend, "suspect_dob": str(as_of)},
                 {**friend, "suspect_dob": str(as_of + 3 * DAY)}),
        *raising("DOB02.victim", "victim_dob", {**friend, "victim_dob": str(at)},
                 {**friend, "victim_dob": str(leap), **on_leap}),
        *raising("DOB02.suspect", "suspect_dob", {**friend, "suspect_dob": str(at)},
                 {**friend, "suspect_dob": str(leap), **on_leap}),
    ], [
        *raising("FLG04", "da_flag", {**no, "relationship": "Girlfriend", "victim_dob": still15}, friend,
                 {**no, **son, **man, "victim_dob": str(birthday(at, 15)), "suspect_dob": adult50}),
        *raising("FLG05.victim", "da_flag", {**yes, "relationship": "Girlfriend", "victim_dob": just16},
                 {**yes, "relationship": "Girlfriend", "victim_dob": leap16, **on_leap}),
        *raising("FLG05.suspect", "da_flag", {**yes, "relationship": "Girlfriend", "suspect_dob": just16},
                 {**yes, "relationship": "Girlfriend", "suspect_dob": leap16, **on_leap}),
        *raising("REL03", "relationship", {**yes, "relationship": "Step-mother", "victim_dob": adult30},
                 {**yes, **mother, "victim_dob": adult50, "suspect_dob": adult30}),
        *raising("REL04.victim", "victim_dob", {**yes, **wife, "victim_dob": just18},
                 {**no, "relationship": "Partner", "victim_dob": still15}),
        *raising("REL04.suspect", "suspect_dob", {**yes, **wife, "suspect_dob": just18},
                 {**no, "relationship": "Ex-wife", "suspect_dob": still15}),
        *raising("REL05", "relationship", {**yes, **mother, "victim_dob": born42, "suspect_dob": adult30},
                 {**yes, "relationship": "Step-mother", "victim_dob": born41, "suspect_dob": adult30}),
        *raising("REL07.victim", "victim_dob", {**yes, **wife, "victim_dob": just18},
                 {**yes, "relationship": "Ex-wife", "victim_dob": still17}),
        *raising("REL07.suspect", "suspect_dob", {**yes, **wife, "suspect_dob": just18},
                 {**yes, "relationship": "Girlfriend", "suspect_dob": still17}),
        *raising("FLG03", "relationship", {**yes, "relationship": "Acquaintance/other known relationship"}),
        *raising("REL01", "relationship", {**friend, "victim_sex": NOT_KNOWN, "suspect_sex": NOT_KNOWN}),
        *raising("CMP02.force", "force", {"force": "W15000004"}, {"force": "E23000034"}),
        *raising("CMP02.incident_date", "incident_date", on_leap),
        *raising("CMP02.da_flag", "da_flag", friend, {**yes, **wife}),
        *raising("CMP02.victim_dob", "victim_dob", {**friend, "victim_dob": "1996-02-29"},
                 {**friend, "victim_dob": "2000-02-29"}),
        *raising("CMP02.suspect_dob", "suspect_dob", {**friend, "suspect_dob": "1996-02-29"},
                 {**friend, "suspect_dob": "2000-02-29"}),
        *raising("CMP04.victim", "victim_dob", {**friend, "victim_dob": ""}, {**friend, "victim_sex": ""}),
        *raising("CMP02.victim_sex", "victim_sex", {**friend, "victim_sex": NOT_SPECIFIED}),
        *raising("CMP02.suspect_sex", "suspect_sex", {**friend, "suspect_sex": NOT_SPECIFIED}),
        *raising("GEN01.victim", "victim_sex", {**friend, "victim_sex": NOT_SPECIFIED},
                 {**friend, "victim_sex": NOT_KNOWN}),
        *raising("GEN01.suspect", "suspect_sex", {**friend, "suspect_sex": NOT_SPECIFIED},
                 {**friend, "suspect_sex": NOT_KNOWN}),
        *raising("GEN03", "relationship", {**yes, **wife, "suspect_sex": FEMALE},
                 {**yes, "relationship": "Husband", "victim_sex": MALE}),
        *raising("DOB01.victim", "victim_dob", {**no, **daughter, **today, "victim_dob": str(as_of - DAY)},
                 {**no, **son, **today, "victim_sex": MALE, "victim_dob": str(as_of - DAY)}),
        *raising("DOB01.suspect", "suspect_dob", {**friend, **today, "suspect_dob": str(as_of - DAY)},
                 {**no, **today, **mother, "suspect_dob": str(as_of - DAY)}),
        *raising("DOB02.victim", "victim_dob", {**friend, "victim_dob": str(at - DAY)},
                 {**friend, "victim_dob": adult30}),
        *raising("DOB02.suspect", "suspect_dob", {**friend, "suspect_dob": str(at - DAY)},
                 {**friend, "suspect_dob": adult30}),
    ]  # fmt: skip


def _drawn(
    count: int,
    rng: random.Random,
    as_of: dt.date,
    plants: Callable[[dt.date, dt.date], Plants],
) -> list[tuple[Plant, dt.date, bool]]:
    """Draw at least `count` plants of each kind, and each variant at least once, on changing dates."""
    chosen: list[tuple[Plant, dt.date, bool]] = []
    made: dict[tuple[str, bool], int] = {}
    turn = 0
    while True:
        at = as_of - (40 + rng.randrange(300)) * DAY
        at -= DAY * ((at.month, at.day) == (2, 29))  # keeps every birthday in the calendar
        wanted = []
        for variants, near in zip(plants(at, as_of), (False, True), strict=True):
            for plant in variants:
                kind = (plant[0][0], near)
                if turn == 0 or made[kind] < count:
                    made[kind] = made.get(kind, 0) + 1
                    wanted.append((plant, at, near))
        if not wanted:
            return chosen
        chosen += wanted
        turn += 1


def plant_in(
    made: list[Row],
    header: tuple[str, ...],
    key: str,
    rng: random.Random,
    as_of: dt.date,
    base: Callable[[dt.date], Cells],
    plants: Callable[[dt.date, dt.date], Plants],
) -> Listed:
    """Put plants into clean rows, if they all find room.

    Args:
        made: the rows, changed in place.
        header: their columns.
        key: the column that names a row to a person.
        rng: where all chance comes from.
        as_of: the day the extract is taken.
        base: the plain record that plants start from; what it does not name stays as it is in the row.
        plants: for a date and the day of the extract, the defects and the near misses.

    Returns:
        One dict for every rule that a planted row raises, sorted by row: `code`, `row` (as a spreadsheet numbers it,
        header first), `key`, `field` (the cell to look at), `near_miss` (the row raises nothing).
    """
    chosen = _drawn(max(2, len(made) // 10000), rng, as_of, plants)
    needed = sum(len(plant) for plant, _, _ in chosen)
    if needed > len(made):
        return []
    places = rng.sample(range(len(made)), needed)
    listed: Listed = []
    for plant, at, near in chosen:
        taken = [places.pop() for _ in plant]
        plain = [{**dict(zip(header, made[place], strict=True)), **base(at)} for place in taken]
        first = dict(plain[0])
        for place, record, (codes, field, cells) in zip(taken, plain, plant, strict=True):
            record.update({name: value.replace("=", first[name]) for name, value in cells.items()})
            made[place] = tuple(record[name] for name in header)
            listed += [
                {"code": code, "row": place + 2, "key": record[key], "field": field, "near_miss": near}
                for code in sorted(codes.split())
            ]
    return sorted(listed, key=lambda found: (str(found["row"]).zfill(9), str(found["code"])))
