"""An invented extract shaped like the Homicide Index, with planted defects whose places are known.

Nobody in it exists. The mixture is realistic in shape, not in any figure: one victim in three is a woman, and of them
half were killed by a partner, a former partner or a relative. Every row is clean but for the planted ones. Only the
standard library is used, and nothing of the project it tests.
"""

from __future__ import annotations

import datetime as dt
import random

FILE_NAME = "domestic_homicides.csv"
HEADER: tuple[str, ...] = (
    "homicide_ref", "force", "incident_date", "recorded_date", "victim_sex", "victim_age", "suspect_sex",
    "suspect_age", "relationship", "relationship_group", "domestic", "method", "outcome", "outcome_date",
)  # fmt: skip

Row = tuple[str, ...]
Cells = dict[str, str]
Plant = tuple[str, str, Cells, bool]  # the rules that the row raises or just misses, the field, its cells, near miss

DAY = dt.timedelta(days=1)
MALE, FEMALE = "1", "2"
PARTNERS, FORMER = "Partner/ex-partner", "Ex-spouse/ex-cohabiting partner/ex-boyfriend/girlfriend"
DOMESTIC = {PARTNERS, "Parent", "Son/daughter", "Other family"}


def _spread(weights: str) -> tuple[str, ...]:
    """Spread `value weight|value weight` over a tuple, so that one even draw picks by weight."""
    pairs = (item.strip().rsplit(" ", 1) for item in weights.split("|"))
    return tuple(value for value, weight in pairs for _ in range(int(weight)))


FORCES = (*(f"E230000{n:02d}" for n in range(1, 40)), *(f"W1500000{n}" for n in range(1, 5)))
WORDS = {
    FEMALE: _spread(f"Spouse 12|Cohabiting partner 10|Boyfriend/girlfriend 8|{FORMER} 14|Adulterous relationship 1"
                    "|Parent 8|Son/daughter 5|Other family 3|Friend/acquaintance 15|Stranger 16|Other 8"),
    MALE: _spread(f"Spouse 1|Cohabiting partner 2|Boyfriend/girlfriend 1|{FORMER} 1|Parent 5|Son/daughter 3"
                  "|Other family 5|Friend/acquaintance 42|Stranger 30|Other 10"),
}  # fmt: skip
METHODS = _spread("Sharp instrument 41|Hitting or kicking 19|Blunt instrument 8|Strangulation or asphyxiation 7"
                  "|Shooting 6|Burning 2|Drowning 1|Poison or drugs 3|Motor vehicle 3|Neglect 1|Other 6"
                  "|Not known 3")  # fmt: skip
OPEN = ("Decision awaited", "Proceedings pending")
ENDED = _spread("Convicted of murder 48|Convicted of manslaughter 28|Suspect died 8|Acquitted 8|Unfit to plead 2"
                "|Proceedings discontinued 5")  # fmt: skip


def group_of(word: str) -> str:
    """Give the group that a relationship is counted in.

    >>> group_of("Spouse"), group_of("Stranger")
    ('Partner/ex-partner', 'Stranger')
    """
    if word in {"Spouse", "Cohabiting partner", "Boyfriend/girlfriend", "Adulterous relationship", FORMER}:
        return PARTNERS
    return word


def _ages(rng: random.Random, word: str) -> tuple[int, int]:
    """Give the ages of victim and suspect, as they fit with what the one was to the other."""
    suspect = int(rng.triangular(18, 75, 30))
    if word == "Parent":
        return suspect + 18 + int(rng.random() * 20), suspect
    if word == "Son/daughter":
        return max(0, int((suspect - 18) * rng.random())), suspect
    return int(rng.triangular(18, 90, 28)), suspect


def _clean(rng: random.Random, count: int, as_of: dt.date) -> list[Row]:
    """Make rows that no rule has anything against."""
    last = as_of.toordinal()
    iso = [dt.date.fromordinal(last - n).isoformat() for n in range(1700)]  # so many days ago
    rows: list[tuple[str, ...]] = []
    for number in range(1, count + 1):
        sex = FEMALE if rng.random() < 0.33 else MALE
        ago = 1 + int(rng.random() * 1600)
        recorded = ago - min(ago, int(rng.random() * 4))
        word = "No suspect" if rng.random() < 0.08 else rng.choice(WORDS[sex])
        victim, suspect = _ages(rng, word)
        if word == "No suspect":
            outcome, ended, whose = "No suspect", "", ("", "")
        elif ago < 250 or rng.random() < 0.15:
            outcome, ended, whose = rng.choice(OPEN), "", (MALE if rng.random() < 0.9 else FEMALE, str(suspect))
        else:
            outcome, ended = rng.choice(ENDED), iso[int(rng.random() * recorded)]
            whose = (MALE if rng.random() < 0.9 else FEMALE, str(suspect))
        domestic = "Y" if victim >= 16 and group_of(word) in DOMESTIC else "N"
        rows.append(
            (
                f"HI{number:06d}", rng.choice(FORCES), iso[ago] if rng.random() < 0.99 else "", iso[recorded], sex,
                str(victim) if rng.random() < 0.995 or domestic == "Y" else "", *whose, word, group_of(word), domestic,
                rng.choice(METHODS), outcome, ended,
            )
        )  # fmt: skip
    return rows


def _plants(as_of: dt.date) -> list[Plant]:
    """List what is planted: the rules, the field to look at, the cells that differ from `_base`, near miss or not."""
    at, word = as_of - 900 * DAY, "relationship"

    def called(name: str, domestic: str) -> Cells:
        return {word: name, "relationship_group": group_of(name), "domestic": domestic}

    spouse, parent, child = called("Spouse", "Y"), called("Parent", "Y"), called("Son/daughter", "Y")
    baby = {**called("Son/daughter", "N"), "victim_age": "0", "suspect_sex": FEMALE, "suspect_age": "24",
            "outcome": "Convicted of infanticide"}  # fmt: skip
    nobody = {**called("No suspect", "N"), "outcome": "No suspect", "outcome_date": "", "suspect_sex": "",
              "suspect_age": ""}  # fmt: skip
    unknown = called("Not known", "N")
    return [
        ("TIM02.recorded", "recorded_date", {"recorded_date": str(at - DAY)}, False),
        ("TIM02.recorded", "recorded_date", {"recorded_date": str(at)}, True),
        ("TIM02.outcome", "outcome_date", {"outcome_date": str(at - DAY)}, False),
        ("TIM02.outcome", "outcome_date", {"outcome_date": str(at), "outcome": "Suspect died"}, True),
        ("GEN01.victim CMP02.victim_sex", "victim_sex", {"victim_sex": "F"}, False),
        ("GEN01.victim CMP02.victim_sex", "victim_sex", {"victim_sex": "9"}, True),
        ("GEN01.suspect CMP02.suspect_sex", "suspect_sex", {"suspect_sex": "Male"}, False),
        ("GEN01.suspect CMP02.suspect_sex", "suspect_sex", {"suspect_sex": "0"}, True),
        ("REL01", word, unknown, False),
        ("REL01", word, {**called("No suspect", "N")}, False),
        ("REL01", word, {**nobody, **unknown}, True),
        ("REL03", "victim_age", {**parent, "victim_age": "30", "suspect_age": "50"}, False),
        ("REL03", "victim_age", {**child, "victim_age": "40", "suspect_age": "40"}, False),
        ("REL03", "victim_age", {**parent, "victim_age": "51", "suspect_age": "50"}, True),
        ("REL03", "victim_age", {**child, "victim_age": "30", "suspect_age": "50"}, True),
        ("REL04.victim", "victim_age", {**called("Spouse", "N"), "victim_age": "15"}, False),
        ("REL04.victim", "victim_age", {**spouse, "victim_age": "16"}, True),
        ("REL04.suspect", "suspect_age", {**spouse, "suspect_age": "15"}, False),
        ("REL04.suspect", "suspect_age", {**spouse, "suspect_age": "16"}, True),
        ("CON03", "suspect_sex", {**nobody, "suspect_sex": MALE}, False),
        ("CON03", "suspect_age", {**nobody, "suspect_age": "30"}, False),
        ("CON03", "suspect_sex", nobody, True),
        ("HOM01", "relationship_group", {**spouse, "relationship_group": "Other family"}, False),
        ("HOM01", "relationship_group", {"relationship_group": "Stranger"}, False),
        ("HOM01", "relationship_group", called("Adulterous relationship", "Y"), True),
        ("HOM02", "outcome", {**baby, "victim_age": "1"}, False),
        ("HOM02", "outcome", {**baby, "suspect_sex": MALE}, False),
        ("HOM02", "outcome", baby, True),
        ("FLG05.victim", "domestic", {**child, "victim_age": "15"}, False),
        ("FLG05.victim", "domestic", {**child, "victim_age": "16"}, True),
        ("CON01", "domestic", {"domestic": "Y"}, False),
        ("CON01", "domestic", called("Stranger", "Y"), False),
        ("CON01", "domestic", called(FORMER, "Y"), True),
        ("CON02", "domestic", called("Other family", "N"), False),
        ("CON02", "domestic", {**called("Cohabiting partner", "N"), "victim_age": "16"}, False),
        ("CON02", "domestic", {**called("Other family", "N"), "victim_age": "15"}, True),
        ("CMP02.force", "force", {"force": "MPS"}, False),
        ("CMP02.force", "force", {"force": "E23000034"}, True),
        ("CMP02.incident_date", "incident_date", {"incident_date": "2024-00-00"}, False),
        ("CMP02.incident_date", "incident_date", {"incident_date": ""}, True),
        ("CMP02.recorded_date", "recorded_date", {"recorded_date": str(as_of + DAY)}, False),
        ("CMP02.recorded_date", "recorded_date", {"recorded_date": str(as_of)}, True),
        ("CMP02.victim_age", "victim_age", {"victim_age": "999"}, False),
        ("CMP02.victim_age", "victim_age", {"victim_age": "6 weeks"}, False),
        ("CMP02.victim_age", "victim_age", {"victim_age": "0"}, True),
        ("CMP02.suspect_age", "suspect_age", {"suspect_age": "9"}, False),
        ("CMP02.suspect_age", "suspect_age", {"suspect_age": "10"}, True),
        ("CMP02.relationship REL01", word, {word: "Wife"}, False),
        ("CMP02.relationship", word, called("Other", "N"), True),
        ("CMP02.relationship_group", "relationship_group", {"relationship_group": "Friend"}, False),
        ("CMP02.relationship_group", "relationship_group", nobody, True),
        ("CMP02.domestic", "domestic", {"domestic": "1"}, False),
        ("CMP02.domestic", "domestic", {"domestic": "N"}, True),
        ("CMP02.method", "method", {"method": "Stabbing"}, False),
        ("CMP02.method", "method", {"method": "Not known"}, True),
        ("CMP02.outcome", "outcome", {"outcome": "Guilty"}, False),
        ("CMP02.outcome", "outcome", {"outcome": "Unfit to plead"}, True),
        ("CMP02.outcome_date", "outcome_date", {"outcome_date": "June"}, False),
        ("CMP02.outcome_date", "outcome_date", {"outcome": "Decision awaited", "outcome_date": ""}, True),
    ]  # fmt: skip


def _base(as_of: dt.date) -> Cells:
    """Make the plain record that plants start from: a woman of 34 stabbed by an acquaintance who was convicted."""
    at = as_of - 900 * DAY
    return {
        "force": "E23000013", "incident_date": str(at), "recorded_date": str(at + DAY), "victim_sex": FEMALE,
        "victim_age": "34", "suspect_sex": MALE, "suspect_age": "40", "relationship": "Friend/acquaintance",
        "relationship_group": "Friend/acquaintance", "domestic": "N", "method": "Sharp instrument",
        "outcome": "Convicted of murder", "outcome_date": str(at + 300 * DAY),
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
    """Make an extract of the four years before a date, and the list of what was planted in it.

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
