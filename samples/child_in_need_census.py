"""An invented child in need return as XML, with planted defects in known places.

No child in it exists. Half of the assessments found domestic abuse (3A, 3B, 3C), as half of those published did. Every
child is clean but for the planted ones. The return is of the last year that ended on 31 March, but of none before
2022-23 and none after 2024-25. Only the standard library is used, and nothing of the project it tests.
"""

from __future__ import annotations

import datetime as dt
import random
import runpy
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from samples import census, census_plants
    from samples.census import Child, Plant, Record, Year
else:
    census, census_plants = (
        SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name(name))))
        for name in ("census.py", "census_plants.py")
    )

FILE_NAME = "child_in_need_census.xml"
ETHNIC = ("WBRI",) * 70 + ("MWBC",) * 6 + ("BAFR",) * 6 + ("APKN",) * 6 + ("WROM",) * 3 + ("NOBT", "REFU")
SOURCES = ("6",) * 28 + ("2A",) * 18 + ("3E", "3F", "3A", "5A", "5B", "1A", "1D", "4", "7", "8", "9", "10")
NEEDS = ("N1",) * 55 + ("N2",) * 9 + ("N5",) * 14 + ("N4", "N4", "N3", "N6", "N7", "N8", "N9", "N0")
DISABILITIES = ("MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA")
FACTORS = ("1A", "1B", "2B", "4A", "4B", "4B", "5A", "6B", "7A", "10A", "15A", "16A", "17A", "18C", "19B", "20", "24A")
ABUSE = ("NEG", "NEG", "EMO", "EMO", "PHY", "SAB", "MUL")

Listed = list[dict[str, object]]

assessed, close, disabled, enquired = census.assessed, census.close, census.disabled, census.enquired
episode, planned, protected, upn = census.episode, census.planned, census.protected, census.upn


# Clean children ------------------------------------------------------------------------------------------------------


def _found(rng: random.Random) -> list[str]:
    """Draw the factors of an assessment, half of them with domestic abuse."""
    found = dict.fromkeys(rng.choice(FACTORS) for _ in range(1 + int(rng.random() * 3)))
    if rng.random() < 0.5:
        found |= dict.fromkeys(rng.sample(("3A", "3B", "3C"), 1 + (rng.random() < 0.2)))
    return list(found)


def _ended_early(child: Record, year: Year, rng: random.Random, at: int) -> int:
    """Add an episode that closed after its assessment, and give the day on which it did."""
    made = episode(child, year.on(at), source=rng.choice(SOURCES), need=rng.choice(NEEDS))
    done = at + 10 + int(rng.random() * 50)
    assessed(made, year.on(at + 2), year.on(done), *(["21"] if rng.random() < 0.3 else _found(rng)))
    close(made, year.on(done + 3), rng.choice(("RC8", "RC9")))
    return done + 3


def _active(child: Record, year: Year, rng: random.Random, at: int) -> None:
    """Add an episode in which something is done: a plan, an enquiry, protection, or a plan that ended with it."""
    made = episode(child, year.on(at), source=rng.choice(SOURCES), need=rng.choice(NEEDS))
    kind = rng.random()
    if kind < 0.12:
        assessed(made, year.on(at + 2), year.on(at + 40), *_found(rng))
        held = year.working(at + 12)
        enquired(made, year.on(at + 1), year.on(held), target=year.on(year.working(at + 15)))
        ended = held + 150 if rng.random() < 0.5 and held + 150 < 330 else 0
        plan = protected(made, year.on(held), year.on(ended) if ended else "", rng.choice(ABUSE), rng.choice("0001"))
        plan.add("Reviews", CPPreviewDate=year.on(held + 80))
        if ended:
            planned(made, year.on(ended))
    elif kind < 0.25:
        assessed(made, year.on(at + 2), year.on(at + 40), *_found(rng))
        enquired(made, year.on(at + 1), flag="true", target=year.on(year.working(at + 15)))
        planned(made, year.on(at + 41), year.on(at + 100) if rng.random() < 0.4 else "")
    elif kind < 0.5:
        assessed(made, year.on(at + 2), year.on(at + 40), *_found(rng))
        planned(made, year.on(at + 41), year.on(at + 95))
        close(made, year.on(at + 100), rng.choice(("RC3", "RC4", "RC5", "RC7", "RC7", "RC7")))
        if rng.random() < 0.01:
            child.cells["PersonDeathDate"] = year.on(at + 100)
            close(made, year.on(at + 100), "RC2")
    else:
        assessed(made, year.on(at + 2), year.on(at + 40), *_found(rng))
        if rng.random() < 0.2:
            assessed(made, year.on(at + 50), year.on(at + 80), *_found(rng))
        planned(made, year.on(at + 41))


def _clean(year: Year, rng: random.Random, number: int) -> Child:
    """Make a child that no rule has anything against."""
    draw = rng.random()
    if draw < 0.02:
        child = year.unborn(number, 364 + int(rng.random() * 150))
        made = episode(child, year.on(300 + int(rng.random() * 40)), need="N8")
        assessed(made, year.on(345))
        return child
    age = 1000 + int(rng.random() * 5400)
    if draw < 0.06:
        age = 30 + int(rng.random() * 300)
    child = year.child(number, "male" if rng.random() < 0.55 else "female", age, rng.choice(ETHNIC))
    if rng.random() < 0.004:
        child.cells[year.sex] = year.codes["unborn"]  # born, and its sex not recorded: fewer than one in fifty
    if rng.random() < 0.03 and age >= 1300:
        child.cells["FormerUPN"] = upn(number, last="A")
    disabled(child, *(rng.sample(DISABILITIES, 1 + int(rng.random() * 2.5)) if rng.random() < 0.13 else ()))
    at = int(rng.random() * 150)
    if age < 365:
        episode(child, child.cells["PersonBirthDate"])
    elif draw < 0.16:
        episode(child, year.on(at), "1", rng.choice(SOURCES))
    elif draw < 0.3:
        _ended_early(child, year, rng, at)
    elif draw < 0.4:
        planned(episode(child, year.on(at - 400), source=rng.choice(SOURCES)), year.on(at - 380))
    elif draw < 0.5:
        _active(child, year, rng, _ended_early(child, year, rng, int(rng.random() * 90)))
    else:
        _active(child, year, rng, at)
    return child


def generate(rows: int, seed: int, as_of: dt.date, *, plants: bool = True) -> tuple[list[str], Listed]:
    """Make a return, and the list of what was planted in it.

    Args:
        rows: how many children.
        seed: the same seed, size and date give the same return.
        as_of: the day the return is made.
        plants: whether defects and near misses are planted; False gives clean children only.

    Returns:
        The lines of the XML, and one dict for every rule that a planted record raises, sorted by line: `code`, `row`
        (the line at which the record begins), `key` (the child's identifier), `field` (the cell that was changed),
        `near_miss` (the record raises nothing). A return too small to hold all plants has none.
    """
    year, rng = census.Year(as_of), random.Random(seed)
    children: list[Child] = [_clean(year, rng, number) for number in range(1, rows + 1)]
    planted: list[tuple[int, Plant]] = []
    if plants:
        numbers = count(rows + 1)
        made = [p for _ in range(1 + rows // 20000) for p in census_plants.planted(year, numbers)]
        if len(made) <= rows:
            planted = list(zip(rng.sample(range(rows), len(made)), made, strict=True))
    for place, plant in planted:
        children[place] = plant.child
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>', "<Message>", "<Header>", "<CollectionDetails>",
        "<Collection>CIN</Collection>", f"<Year>{year.year}</Year>", f"<ReferenceDate>{year.end}</ReferenceDate>",
        "</CollectionDetails>", "<Source>", "<SourceLevel>L</SourceLevel>", "<LEA>801</LEA>",
        "<SoftwareCode>everycase</SoftwareCode>", "<Release>1</Release>", "<SerialNo>001</SerialNo>",
        f"<DateTime>{year.year}-05-23T11:14:05</DateTime>", "</Source>", "</Header>", "<Children>",
    ]  # fmt: skip
    for child in children:
        child.write(lines, 1)
    lines += ["</Children>", "</Message>"]
    listed: Listed = []
    for _, plant in planted:
        for pair in plant.codes.split():
            code, _, letter = pair.partition("@")
            listed.append({"code": code, "row": plant.records[letter].line, "key": plant.child.cells["LAchildID"],
                           "field": plant.field, "near_miss": plant.near})  # fmt: skip
    return lines, sorted(listed, key=lambda found: (str(found["row"]).zfill(9), str(found["code"])))
