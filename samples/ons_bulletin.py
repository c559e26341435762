"""An invented set of tables by police force area, with planted defects whose places are known.

No figure in it was ever published. Each table has a row for each of the 43 areas, for England, for Wales and for both;
breakdowns have small counts that are hidden, and now and then a force sent nothing. Every row is clean but for the
planted ones. Only the standard library is used, and nothing of the project it tests.
"""

from __future__ import annotations

import datetime as dt
import random

FILE_NAME = "ons_bulletin.csv"
KINDS = ("violence", "sexual", "damage", "public_order", "other_crimes")
HEADER: tuple[str, ...] = (
    "area", "year_end", "table_ref", "all_crimes", "da_total", "da_incidents", "da_crimes", *KINDS, "population",
    "rate", "share", "da_crimes_before", "change",
)  # fmt: skip
KEYS = 3
COUNTS = ("all_crimes", "da_total", "da_incidents", "da_crimes", *KINDS, "da_crimes_before")

Row = tuple[str, ...]
Cells = dict[str, str]
Plant = tuple[str, str, Cells, bool]  # the rules that the row raises or just misses, the field, its cells, near miss

ENGLAND, WALES = [f"E230000{n:02d}" for n in range(1, 40)], [f"W1500000{n}" for n in range(1, 5)]
AREAS = (*ENGLAND, *WALES, "E92000001", "W92000004", "K04000001")
SHARES = (0.70, 0.03, 0.10, 0.09)
YEARS = 8


def _figures(rng: random.Random, people: int, scale: float) -> dict[str, int]:
    """Make the figures of one area: its crimes, the domestic ones among them by kind, and last year's."""
    crimes = int(people * scale * (0.008 + rng.random() * 0.010))
    kinds = [int(crimes * share * (0.9 + rng.random() * 0.1)) for share in SHARES]
    incidents = int(crimes * (0.5 + rng.random()))
    return {
        "all_crimes": crimes * 6 + int(rng.random() * crimes), "da_total": incidents + crimes,
        "da_incidents": incidents, "da_crimes": crimes, **dict(zip(KINDS, (*kinds, crimes - sum(kinds)), strict=True)),
        "population": people, "da_crimes_before": int(crimes * (0.75 + rng.random() * 0.5)),
    }  # fmt: skip


def _printed(area: str, year: str, table: str, figures: dict[str, int], hides: str) -> Row:
    """Print the figures of one area with rates, small counts hidden where the table hides them."""
    cells = {name: str(n) for name, n in figures.items()}
    if hides:
        cells |= {name: hides for name in COUNTS if 0 < figures[name] < 5}
    crimes, every, before = (figures[name] for name in ("da_crimes", "all_crimes", "da_crimes_before"))
    cells |= {
        "area": area, "year_end": year, "table_ref": table,
        "rate": f"{crimes * 1000 / figures['population']:.1f}" if cells["da_crimes"] != hides else "",
        "share": f"{100 * crimes / every:.0f}" if every >= 5 and cells["da_crimes"] != hides else "",
        "change": f"{100 * (crimes - before) / before:.0f}" if crimes >= 5 and before >= 5 else "",
    }  # fmt: skip
    return tuple(cells[name] for name in HEADER)


def _absent(row: Row) -> Row:
    """Say of an area that it sent nothing: its row stays, with [x] in the counts and no rates."""
    empty = {**dict.fromkeys(COUNTS, "[x]"), "rate": "", "share": "", "change": ""}
    return tuple(empty.get(name, cell) for name, cell in zip(HEADER, row, strict=True))


def _clean(rng: random.Random, count: int, as_of: dt.date) -> list[Row]:
    """Make rows that no rule has anything against, table by table, the totals at the end of each."""
    latest = as_of.year - ((as_of.month, as_of.day) < (3, 31))
    people = {area: int(rng.lognormvariate(13.9, 0.6)) for area in (*ENGLAND, *WALES)}
    rows: list[Row] = []
    for block in range(count // len(AREAS) + 1):
        table, year = f"Table S{block // YEARS + 1}", f"{latest - block % YEARS}-03-31"
        scale, hides = (1.0, "") if block % 3 == 0 else (0.001, ("c", "<5")[block % 2])
        made = {area: _figures(rng, people[area], scale) for area in people}
        lost = rng.choice(ENGLAND) if rng.random() < 0.1 else ""
        for total, parts in (("E92000001", ENGLAND), ("W92000004", WALES), ("K04000001", [*ENGLAND, *WALES])):
            there = [made[area] for area in parts if area != lost]
            made[total] = {name: sum(figures[name] for figures in there) for name in there[0]}
        for area in AREAS:
            row = _printed(area, year, table, made[area], hides)
            rows.append(_absent(row) if area == lost else row)
    return rows[:count]


def _plants() -> list[Plant]:
    """List what is planted: the rules, the field to look at, the cells that differ from the base, near miss or not."""
    plain = {"rate": "", "share": "", "change": ""}
    few = {**plain, "da_crimes": "<5", "da_incidents": "0", "da_total": "<5", **dict.fromkeys(KINDS, "0"),
           "violence": "<5", "da_crimes_before": "10"}  # fmt: skip
    parts: list[Plant] = []
    for name in COUNTS:
        parts += [
            (f"CMP02.{name}", name, {**plain, name: "1,000"}, False),
            (f"CMP02.{name}", name, {**plain, name: "[c]"}, True),
        ]
    return [
        *parts,
        ("SUM01.total", "da_total", {"da_total": "15001"}, False),
        ("SUM01.total", "da_total", {**few, "da_total": "5"}, False),
        ("SUM01.total", "da_total", {**few, "da_total": "4"}, True),
        ("SUM01.total", "da_incidents", {"da_incidents": "[x]"}, True),
        ("SUM01.crimes", "other_crimes", {"other_crimes": "799"}, False),
        ("SUM01.crimes", "sexual", {"sexual": "<5", "other_crimes": "1095"}, False),
        ("SUM01.crimes", "sexual", {"sexual": "c", "violence": "7001", "damage": "3000"}, False),
        ("SUM01.crimes", "sexual", {"sexual": "<5", "other_crimes": "1096"}, True),
        ("SUM01.crimes", "sexual", {"sexual": "c", "damage": "*"}, True),
        ("SUM02", "all_crimes", {**plain, "all_crimes": "9999"}, False),
        ("SUM02", "all_crimes", {**plain, "all_crimes": "Fewer than 5"}, False),
        ("SUM02", "all_crimes", {**plain, "all_crimes": "10000"}, True),
        ("RAT01.rate", "rate", {"rate": "10.1"}, False),
        ("RAT01.rate", "rate", {**few, "rate": "0.1"}, False),
        ("RAT01.rate", "rate", {"rate": "10.04"}, True),
        ("RAT01.rate", "rate", {**few, "rate": "0"}, True),
        ("RAT01.share", "share", {"share": "14"}, False),
        ("RAT01.share", "share", {"share": "0.17"}, False),
        ("RAT01.share", "share", {"share": "17.1"}, True),
        ("RAT02", "change", {"change": "-5"}, False),
        ("RAT02", "change", {"change": "0.05"}, False),
        ("RAT02", "change", {"change": "5.4"}, True),
        ("BRK01", "da_crimes_before", {**plain, "da_crimes_before": "6666"}, False),
        ("BRK01", "da_crimes_before", {**plain, "da_crimes_before": "15001"}, False),
        ("BRK01", "da_crimes_before", {**few, "da_crimes_before": "50"}, False),
        ("BRK01", "da_crimes_before", {**plain, "da_crimes_before": "6667"}, True),
        ("BRK01", "da_crimes_before", {**plain, "da_crimes_before": "15000"}, True),
        ("BRK01", "da_crimes_before", {**few, "da_crimes_before": "49"}, True),
        ("CMP02.area", "area", {"area": "E12000001"}, False),
        ("CMP02.area", "area", {}, True),
        ("CMP02.population", "population", {**plain, "population": "1 million"}, False),
        ("CMP02.population", "population", {**plain, "population": "1"}, True),
        ("CMP02.rate", "rate", {"rate": "10.0 [u]"}, False),
        ("CMP02.rate", "rate", {"rate": ""}, True),
        ("CMP02.share", "share", {"share": "17%"}, False),
        ("CMP02.share", "share", {"share": "16.7"}, True),
        ("CMP02.change", "change", {"change": "+5 %"}, False),
        ("CMP02.change", "change", {**few, "da_crimes_before": "40", "change": "-100"}, True),
    ]  # fmt: skip


def _base() -> Cells:
    """Make the plain record that plants start from: 10,000 crimes among a million people, 9,500 the year before."""
    return {
        "all_crimes": "60000", "da_total": "15000", "da_incidents": "5000", "da_crimes": "10000", "violence": "7000",
        "sexual": "300", "damage": "1000", "public_order": "900", "other_crimes": "800", "population": "1000000",
        "rate": "10.0", "share": "17", "da_crimes_before": "9500", "change": "5",
    }  # fmt: skip


class _Planting:
    """Puts plants into tables and lists what was put where.

    Args:
        made: the rows; they are changed.
    """

    def __init__(self, made: list[Row]) -> None:
        self.made = made
        self.listed: list[dict[str, object]] = []

    def put(self, place: int, cells: Cells) -> None:
        """Change some cells of a row."""
        self.made[place] = tuple(
            cells.get(name, cell) for name, cell in zip(HEADER, self.made[place], strict=True)
        )  # fmt: skip

    def note(self, place: int, codes: str, field: str, *, near: bool) -> None:
        """List a row, with each rule that it raises or just misses."""
        for code in codes.split():
            key = " ".join(self.made[place][:KEYS])
            self.listed.append({"code": code, "row": place + 2, "key": key, "field": field, "near_miss": near})

    def tables(self, blocks: list[int]) -> None:
        """Take three tables: one that lacks rows, one that has a row twice, one that says who is absent."""
        short, twice, absent = (block * len(AREAS) for block in blocks)
        total = len(AREAS) - 1
        day = self.made[short][1]
        self.put(short + 3, {"year_end": day[:8] + "30"})
        self.put(short + 5, {"year_end": f"31/03/{day[:4]}"})
        self.put(short + 7, {"table_ref": f"Table X{short}"})
        for place in (short + 3, short + 5, short + 7):
            self.note(place, "CMP02.year_end", "year_end", near=place == short + 7)
        self.note(short + total, "COV01", "table_ref", near=False)
        self.put(twice + 3, {"area": AREAS[4]})
        for place in (twice + 3, twice + 4, twice + 5):
            self.note(place, "UNI02", "area", near=place == twice + 5)
        self.note(twice + total, "COV01", "table_ref", near=True)
        self.made[absent + 9] = _absent(self.made[absent + 9])
        self.note(absent + total, "COV01", "table_ref", near=True)


def _planted(made: list[Row], rng: random.Random) -> list[dict[str, object]]:
    """Put every plant into its place, at least twice; whole tables first, then rows of other tables."""
    times = max(2, len(made) // 10000)
    plants = _plants() * times
    blocks = list(range(len(made) // len(AREAS)))
    taken = rng.sample(blocks, min(3 * times, len(blocks)))
    places = [
        block * len(AREAS) + row for block in blocks if block not in set(taken) for row in range(len(ENGLAND + WALES))
    ]
    if len(taken) < 3 * times or len(plants) > len(places):
        return []
    planting = _Planting(made)
    for start in range(0, len(taken), 3):
        planting.tables(taken[start : start + 3])
    for (codes, field, cells, near), place in zip(plants, rng.sample(places, len(plants)), strict=True):
        planting.put(place, {**_base(), **cells})
        planting.note(place, codes, field, near=near)
    return sorted(planting.listed, key=lambda plant: (str(plant["row"]).zfill(9), str(plant["code"])))


def generate(rows: int, seed: int, as_of: dt.date, *, plants: bool = True) -> tuple[list[Row], list[dict[str, object]]]:
    """Make tables of the eight years before a date, and the list of what was planted in them.

    Args:
        rows: how many records.
        seed: the same seed, size and date give the same extract.
        as_of: the day the tables are published.
        plants: whether defects and near misses are planted; False gives clean rows only.

    Returns:
        The rows in the order of `HEADER`, and one dict for every rule that a planted row raises, sorted by row:
        `code`, `row` (as a spreadsheet numbers it, header first), `key`, `field` (the cell to look at), `near_miss`
        (the row raises nothing). A set too small to hold all plants has none.
    """
    rng = random.Random(seed)
    made = _clean(rng, rows, as_of)
    return made, _planted(made, rng) if plants else []
