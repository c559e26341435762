"""An invented extract of police-recorded crime, with planted defects whose places are known.

Nobody in it exists. The mixture is realistic in shape, not in any figure: about one crime in nine is flagged as
domestic abuse, two in three of those with a female victim. Every row is clean but for the planted ones: each rule that
judges a row has defects, and beside them near misses, which come as close as a record can and must raise nothing.
Rules about shares (CMP01, CMP03) judge a whole extract and have none.

Only the standard library is used, and nothing of the project it tests.
"""

from __future__ import annotations

import datetime as dt
import random

FILE_NAME = "police_recorded_crime.csv"
HEADER: tuple[str, ...] = (
    "crime_ref", "force", "recorded_date", "incident_date", "offence_code", "da_flag", "victim_type",
    "victim_sex", "victim_dob", "suspect_identified", "suspect_sex", "suspect_dob", "relationship", "outcome",
)  # fmt: skip

Row = tuple[str, ...]
Cells = dict[str, str]
Plant = tuple[tuple[str, ...], str, Cells]  # the rules that the row raises (or just misses), the field, its cells

DAY = dt.timedelta(days=1)
SIXTEEN = 5844  # days: sixteen years hold exactly four leap days between 1901 and 2099
EIGHTEEN = 6576  # days: at least eighteen years, whichever they are
LONGEST = 36500

MALE, FEMALE, NOT_KNOWN, NOT_SPECIFIED = "1", "2", "0", "9"
NO_SUSPECT, CROWN, BUSINESS = "Not known/no current suspect", "Victim is Crown", "Business"


def _spread(weights: str) -> tuple[str, ...]:
    """Spread `value weight|value weight` over a tuple, so that one even draw picks by weight."""
    pairs = (item.strip().rsplit(" ", 1) for item in weights.split("|"))
    return tuple(value for value, weight in pairs for _ in range(int(weight)))


# Force area, the number its crime references start with, rough relative size.
FORCES: tuple[tuple[str, str, int], ...] = (
    ("E23000001", "01", 150), ("E23000002", "03", 7), ("E23000003", "04", 26), ("E23000004", "05", 26),
    ("E23000005", "06", 58), ("E23000006", "07", 15), ("E23000007", "10", 26), ("E23000008", "11", 11),
    ("E23000009", "12", 9), ("E23000010", "13", 49), ("E23000011", "14", 25), ("E23000012", "16", 15),
    ("E23000013", "17", 13), ("E23000014", "20", 58), ("E23000015", "21", 16), ("E23000016", "22", 17),
    ("E23000017", "23", 8), ("E23000018", "30", 15), ("E23000019", "31", 17), ("E23000020", "32", 10),
    ("E23000021", "33", 17), ("E23000022", "34", 11), ("E23000023", "35", 12), ("E23000024", "36", 11),
    ("E23000025", "37", 9), ("E23000026", "40", 10), ("E23000027", "41", 15), ("E23000028", "42", 26),
    ("E23000029", "43", 29), ("E23000030", "44", 29), ("E23000031", "45", 13), ("E23000032", "46", 28),
    ("E23000033", "47", 22), ("E23000034", "48", 2), ("E23000035", "50", 18), ("E23000036", "52", 24),
    ("E23000037", "53", 8), ("E23000038", "54", 8), ("E23000039", "55", 9), ("W15000001", "60", 10),
    ("W15000002", "61", 9), ("W15000003", "62", 19), ("W15000004", "63", 7),
)  # fmt: skip

# Each value with its weight. The relationship words say what the victim is to the suspect.
INTIMATE = {
    FEMALE: _spread("Ex Partner 30|Partner 16|Wife 12|Girlfriend 13|Ex-girlfriend 12|Ex-wife 8|Co-habiting partner 6"
                    "|Spouse 2|Civil partner 1"),
    MALE: _spread("Ex Partner 30|Partner 18|Husband 12|Boyfriend 13|Ex-boyfriend 12|Ex-husband 6"
                  "|Co-habiting partner 6|Spouse 2|Civil partner 1"),
    NOT_KNOWN: _spread("Ex Partner 5|Partner 4|Spouse 1"),
}  # fmt: skip
FAMILY = {
    FEMALE: _spread("Mother 35|Sister 18|Daughter 16|Grandmother 4|Step-mother 4|Aunt 3|Sister in Law 5|Cousin 5"
                    "|Other in-law relationship 5|Relative &#8211; Other 5"),
    MALE: _spread("Father 30|Brother 24|Son 16|Grandfather 3|Step-father 6|Uncle 3|Brother in Law 6|Cousin 5"
                  "|Other in-law relationship 3|Relative &#8211; Other 4"),
    NOT_KNOWN: _spread("Parent 4|Sibling 3|Child 2|Cousin 1"),
}  # fmt: skip
CHILD_OF = {FEMALE: ("Daughter", "Step Daughter"), MALE: ("Son", "Step Son"), NOT_KNOWN: ("Child", "Step Child")}
PARENT_OF = {FEMALE: "Mother", MALE: "Father", NOT_KNOWN: "Parent"}
SWEETHEART = {FEMALE: "Girlfriend", MALE: "Boyfriend", NOT_KNOWN: "Partner"}
PARENTS, CHILDREN = {"Mother", "Father", "Parent"}, {"Daughter", "Son", "Child"}
SPOUSES = {"Wife", "Husband", "Spouse", "Civil partner"}
KNOWN_TO = _spread("Stranger 42|Acquaintance/other known relationship 22|Neighbour 10|Friend or social acquaintance 8"
                   "|Friend 6|Colleague / Work 4|Employee 2|Patient 2|Carer 1|Other 1")  # fmt: skip
VIOLENCE = _spread("CJ88116 30|CJ88001 14|OF61102 18|OF61131 4|OF61017 2|OF61014 6|PH97006 8|PH97010 2|OS23002 5"
                   "|PU86116 6|PU86003 1|TH68050 1")  # fmt: skip
DOMESTIC = VIOLENCE + _spread("SC15005 5|SC15004 6|FL96001 3|SE20002 3|MC80530 1|DA21001 1|SC15006 1")
ON_PERSON = VIOLENCE + _spread("TH68007 30|TH68023 12|TH68037 12|TH68050 8|CD98070 6")
AGAINST_BUSINESS = _spread("TH68010 70|TH68003 3|TH68037 20|CD71039 7")
NO_VICTIM = _spread("CJ88144 25|PU86003 20|RT88191 25|RT88334 10|VG24005 10|SC07001 2|COML018 1")
AGAINST_ORDER = _spread("FL96001 40|MC80530 20|DA21001 15|CS10503 10|DA21006 5")
APPLICATION = _spread("CS10501 50|DA21501 20|DA21502 30")
NAMED = _spread("16 40|15 25|1 16|8 4|10 3|1A 1|21 1|22 1|17 1") + ("",) * 8
UNNAMED = _spread("18 75|14 12") + ("",) * 13


class _Clean:
    """Makes rows that no rule has anything against."""

    def __init__(self, rng: random.Random, as_of: dt.date) -> None:
        self.rnd, self.pick, self.last = rng.random, rng.choice, as_of.toordinal()
        # Every date a row can need, as text: formatting each anew takes most of the time.
        self.first = self.last - 365 - 260 - LONGEST
        self.iso = [dt.date.fromordinal(n).isoformat() for n in range(self.first, self.last + 1)]
        self.adults = [SIXTEEN + int(min(rng.gammavariate(2.2, 3300), 27000)) for _ in range(20011)]
        self.forces = [(area, number) for area, number, weight in FORCES for _ in range(weight)]
        kinds = (
            (self.adult_domestic, 112), (self.with_a_minor, 20), (self.against_business, 220), (self.no_victim, 98),
            (self.order, 7), (self.not_domestic, 543),
        )  # fmt: skip
        self.kinds = [make for make, weight in kinds for _ in range(weight)]

    def chance(self, share: float) -> bool:
        return self.rnd() < share

    def sex(self, female: float) -> str:
        return NOT_KNOWN if self.chance(0.007) else FEMALE if self.chance(female) else MALE

    def minor(self) -> int:
        return 30 + int(self.rnd() * (SIXTEEN - 31))

    def generation(self) -> int:
        return SIXTEEN + int(self.rnd() * 8000)

    def born(self, incident: int, age: int, blank: float) -> str:
        return "" if self.chance(blank) else self.iso[incident - age - self.first]

    def rows(self, count: int) -> list[Row]:
        """Make the rows, numbered through in one series of crime references."""
        year = str((dt.date.fromordinal(self.last) - DAY).year)[2:]
        return [self.row(number, year) for number in range(1, count + 1)]

    def row(self, number: int, year: str) -> Row:
        area, prefix = self.pick(self.forces)
        recorded = self.last - 1 - int(self.rnd() * 365)
        incident = recorded - int(self.rnd() * (3 if self.chance(0.85) else 250))
        dates = self.iso[recorded - self.first], self.iso[incident - self.first]
        return (f"{prefix}{number:07d}/{year}", area, *dates, *self.pick(self.kinds)(incident))

    def suspect(self, incident: int, sex: str, age: int) -> Row:
        return ("Y", sex, self.born(incident, age, 0.03))

    def adult_domestic(self, incident: int) -> Row:
        """Partners, former partners and relatives, both sixteen or over: flagged."""
        sex, victim, suspect = self.sex(0.72), self.pick(self.adults), self.pick(self.adults)
        if self.chance(0.74):
            word = self.pick(INTIMATE[sex])
            other = sex if self.chance(0.03) else MALE if sex == FEMALE else FEMALE
            if word in SPOUSES:
                victim, suspect = max(victim, EIGHTEEN), max(suspect, EIGHTEEN)
        else:
            word = self.pick(FAMILY[sex])
            other = self.sex(0.25)
            if word in PARENTS:
                suspect = min(suspect, 18000)
                victim = suspect + self.generation()
            elif word in CHILDREN:
                victim = min(victim, 18000)
                suspect = victim + self.generation()
        dob = self.born(incident, victim, 0.015)
        accused = self.suspect(incident, other, suspect)
        return (self.pick(DOMESTIC), "Y", "P", sex, dob, *accused, word, self.pick(NAMED))

    def with_a_minor(self, incident: int) -> Row:
        """Relatives and sweethearts of whom one is under sixteen: outside the definition, so not flagged."""
        sex, other = self.sex(0.6), self.sex(0.3)
        if self.chance(0.7):
            victim = self.minor()
            suspect = victim + self.generation()
            word = self.pick(CHILD_OF[sex])
        elif self.chance(0.7):
            suspect = 3700 + int(self.rnd() * (SIXTEEN - 3701))
            victim = suspect + self.generation()
            word = PARENT_OF[sex]
        else:
            victim, suspect = SIXTEEN - 1 - int(self.rnd() * 700), SIXTEEN - 300 + int(self.rnd() * 900)
            word = SWEETHEART[sex]
        dob = self.born(incident, victim, 0.015)
        accused = self.suspect(incident, other, suspect)
        return (self.pick(VIOLENCE), "N", "P", sex, dob, *accused, word, self.pick(NAMED))

    def impersonal(self, incident: int, first: Row, word: str, identified: float) -> Row:
        """Make a crime whose victim is a business, the Crown or society."""
        if self.chance(identified):
            suspect = self.suspect(incident, self.sex(0.2), self.pick(self.adults))
            return (*first, "", "", *suspect, word, self.pick(NAMED))
        return (*first, "", "", "N", "", "", word, self.pick(UNNAMED))

    def against_business(self, incident: int) -> Row:
        return self.impersonal(incident, (self.pick(AGAINST_BUSINESS), "N", "B"), BUSINESS, 0.45)

    def no_victim(self, incident: int) -> Row:
        return self.impersonal(incident, (self.pick(NO_VICTIM), "N", "C" if self.chance(0.5) else "S"), CROWN, 0.8)

    def order(self, incident: int) -> Row:
        first = (self.pick(APPLICATION), "N", "C") if self.chance(0.15) else (self.pick(AGAINST_ORDER), "Y", "C")
        return self.impersonal(incident, first, CROWN, 1.0)

    def not_domestic(self, incident: int) -> Row:
        """Make a crime against a person by nobody known, or by nobody of the family."""
        sex = NOT_SPECIFIED if self.chance(0.002) else self.sex(0.47)
        age = self.minor() if self.chance(0.08) else self.pick(self.adults)
        victim = (self.pick(ON_PERSON), "N", "P", sex, self.born(incident, age, 0.02))
        if self.chance(0.55):
            return (*victim, "N", "", "", NO_SUSPECT, self.pick(UNNAMED))
        age = 3700 + int(self.rnd() * 2100) if self.chance(0.1) else self.pick(self.adults)
        accused = self.suspect(incident, self.sex(0.24), age)
        return (*victim, *accused, self.pick(KNOWN_TO), self.pick(NAMED))


def _born(at: dt.date, years: int) -> dt.date:
    """Give the date of birth of someone who completes so many years exactly on a date."""
    return at.replace(year=at.year - years)


def _leap_day(before: dt.date) -> dt.date:
    """Find the latest 29 February that is at least two days past."""
    year = (before - 2 * DAY).year
    while year % 4 or dt.date(year, 2, 29) > before - 2 * DAY:
        year -= 1
    return dt.date(year, 2, 29)


def _plants(at: dt.date, as_of: dt.date) -> tuple[list[Plant], list[Plant]]:
    """List what can be planted for one incident date: defects, then near misses.

    Cells are those that differ from `_base`. A defect names every rule that its row raises.
    """
    leap = _leap_day(as_of)
    on_leap = {"incident_date": str(leap), "recorded_date": str(leap)}
    today = {"incident_date": str(as_of), "recorded_date": str(as_of)}
    still15, just16 = str(_born(at, 16) + DAY), str(_born(at, 16))
    adult30, adult50, leap16 = str(_born(at, 30)), str(_born(at, 50) - DAY), str(_born(leap, 16))
    crown = {"victim_type": "C", "victim_sex": "", "victim_dob": "", "relationship": CROWN}
    nobody = {"suspect_identified": "N", "suspect_sex": "", "suspect_dob": "", "relationship": NO_SUSPECT,
              "outcome": "18"}  # fmt: skip
    wife, mother, daughter, son = ({"relationship": word} for word in ("Wife", "Mother", "Daughter", "Son"))
    man = {"victim_sex": MALE, "suspect_sex": FEMALE}
    yes = {"da_flag": "Y"}

    def raising(codes: str, field: str, *variants: Cells) -> list[Plant]:
        return [(tuple(codes.split()), field, cells) for cells in variants]

    defects = [
        *raising("FLG02", "da_flag", {"offence_code": "SC15004", **wife}, {"offence_code": "FL96001", **crown},
                 {"offence_code": "SC15004", "relationship": "Ex Partner", "victim_dob": just16}),
        *raising("FLG03", "relationship", yes, {**yes, **crown, "offence_code": "PU86003"},
                 {**yes, **crown, "victim_type": "B", "relationship": BUSINESS, "offence_code": "TH68010"}),
        *raising("FLG04", "da_flag", {"relationship": "Ex Partner"}, {**mother, "victim_dob": adult50},
                 {"relationship": "Girlfriend", "victim_dob": leap16, **on_leap}),
        *raising("FLG05.victim", "da_flag", {**yes, "relationship": "Girlfriend", "victim_dob": still15},
                 {**yes, **daughter, "victim_dob": str(_born(at, 9)), "suspect_dob": adult50}),
        *raising("FLG05.suspect", "da_flag", {**yes, "relationship": "Ex-girlfriend", "suspect_dob": still15},
                 {**yes, **mother, "victim_dob": adult50, "suspect_dob": str(_born(at, 14))}),
        *raising("REL01", "relationship", {"relationship": "Relationship Unknown"}, {"relationship": ""},
                 {"relationship": NO_SUSPECT}),
        *raising("REL03", "relationship", {**yes, **mother, "victim_dob": adult30, "suspect_dob": adult50},
                 {**yes, **son, **man, "victim_dob": adult50, "suspect_dob": adult30}),
        *raising("REL04.victim", "victim_dob", {**wife, "victim_dob": still15},
                 {"relationship": "Husband", **man, "victim_dob": str(_born(at, 12))}),
        *raising("REL04.suspect", "suspect_dob", {**wife, "suspect_dob": still15},
                 {"relationship": "Civil partner", "suspect_dob": str(_born(at, 11))}),
        *raising("GEN01.victim CMP02.victim_sex", "victim_sex", {"victim_sex": "F"}, {"victim_sex": "3"}),
        *raising("GEN01.suspect CMP02.suspect_sex", "suspect_sex", {"suspect_sex": "M"}, {"suspect_sex": "01"}),
        *raising("GEN03", "relationship", {**yes, **wife, "victim_sex": MALE},
                 {**yes, **son, "victim_dob": adult30, "suspect_dob": adult50}),
        *raising("DOB01.victim", "victim_dob", {"victim_dob": str(as_of)}, {"victim_dob": str(as_of + 400 * DAY)}),
        *raising("DOB01.suspect", "suspect_dob", {"suspect_dob": str(as_of)}, {"suspect_dob": str(as_of + 3 * DAY)}),
        *raising("DOB02.victim", "victim_dob", {"victim_dob": str(at)}, {"victim_dob": str(leap), **on_leap}),
        *raising("DOB02.suspect", "suspect_dob", {"suspect_dob": str(at)}, {"suspect_dob": str(leap), **on_leap}),
        *raising("CMP02.force", "force", {"force": "E23000099"}, {"force": "W15000005"}),
        *raising("CMP02.recorded_date", "recorded_date", {"recorded_date": "31/02/2020"},
                 {"recorded_date": f"{at.year}-13-01"}),
        *raising("CMP02.incident_date", "incident_date", {"incident_date": f"{at.year}-02-30"},
                 {"incident_date": "not known"}),
        *raising("CMP02.offence_code", "offence_code", {"offence_code": "SC1500"}, {"offence_code": "cj88001"}),
        *raising("CMP02.da_flag", "da_flag", {"da_flag": "X"}, {"da_flag": "1"}),
        *raising("CMP02.victim_type", "victim_type", {"victim_type": "X"}, {"victim_type": "p"}),
        *raising("CMP02.victim_dob", "victim_dob", {"victim_dob": "2001-02-29"}, {"victim_dob": "31/02/1980"}),
        *raising("CMP02.suspect_identified", "suspect_identified", *({"suspect_identified": c} for c in "1U")),
        *raising("CMP02.suspect_dob", "suspect_dob", {"suspect_dob": "1900-02-29"}, {"suspect_dob": "1980-00-00"}),
        *raising("CMP02.relationship", "relationship", {**nobody, "relationship": "Spice"}),
        *raising("CMP02.relationship REL01", "relationship", {"relationship": "wyfe"}),
        *raising("CMP02.outcome", "outcome", {"outcome": "99"}, {"outcome": "1a"}),
    ]  # fmt: skip
    near = [
        *raising("FLG02", "da_flag", {"offence_code": "CS10501", **crown},
                 {"offence_code": "SC15004", "relationship": "Girlfriend", "suspect_dob": still15}),
        *raising("FLG03", "relationship", {**yes, **crown, "offence_code": "FL96001"},
                 {**yes, **crown, "offence_code": "DA21006"}),
        *raising("FLG04", "da_flag", {"relationship": "Girlfriend", "victim_dob": still15}, {"relationship": "Friend"},
                 {**son, **man, "victim_dob": str(_born(at, 15)), "suspect_dob": adult50}),
        *raising("FLG05.victim", "da_flag", {**yes, "relationship": "Girlfriend", "victim_dob": just16},
                 {**yes, "relationship": "Girlfriend", "victim_dob": leap16, **on_leap}),
        *raising("FLG05.suspect", "da_flag", {**yes, "relationship": "Girlfriend", "suspect_dob": just16},
                 {**yes, "relationship": "Girlfriend", "suspect_dob": leap16, **on_leap}),
        *raising("REL01", "relationship", {**nobody, "relationship": "Relationship Unknown"}, nobody,
                 {"victim_sex": NOT_KNOWN, "suspect_sex": NOT_KNOWN}),
        *raising("REL03", "relationship", {**yes, "relationship": "Step-mother", "victim_dob": adult30},
                 {**yes, **mother, "victim_dob": str(_born(at, 30) - DAY), "suspect_dob": adult30}),
        *raising("REL04.victim", "victim_dob", {**yes, **wife, "victim_dob": just16},
                 {"relationship": "Partner", "victim_dob": still15}),
        *raising("REL04.suspect", "suspect_dob", {**yes, **wife, "suspect_dob": just16},
                 {"relationship": "Ex-wife", "suspect_dob": still15}),
        *raising("GEN01.victim", "victim_sex", {"victim_sex": NOT_SPECIFIED}, {"victim_sex": NOT_KNOWN}),
        *raising("GEN01.suspect", "suspect_sex", {"suspect_sex": NOT_SPECIFIED}, {"suspect_sex": NOT_KNOWN}),
        *raising("GEN03", "relationship", {**yes, **wife, "suspect_sex": FEMALE},
                 {**yes, "relationship": "Husband", "victim_sex": MALE}),
        *raising("DOB01.victim", "victim_dob", {**daughter, **today, "victim_dob": str(as_of - DAY)},
                 {**son, **today, "victim_sex": MALE, "victim_dob": str(as_of - DAY)}),
        *raising("DOB01.suspect", "suspect_dob", {**today, "suspect_dob": str(as_of - DAY)},
                 {**today, **mother, "suspect_dob": str(as_of - DAY)}),
        *raising("DOB02.victim", "victim_dob", {"victim_dob": str(at - DAY)}, {"victim_dob": adult30}),
        *raising("DOB02.suspect", "suspect_dob", {"suspect_dob": str(at - DAY)}, {"suspect_dob": adult30}),
        *raising("CMP02.force", "force", {"force": "W15000004"}, {"force": "E23000034"}),
        *raising("CMP02.recorded_date", "recorded_date", {"recorded_date": str(leap), "incident_date": str(leap - DAY)},
                 on_leap),
        *raising("CMP02.incident_date", "incident_date", on_leap, {**on_leap, "recorded_date": str(leap + DAY)}),
        *raising("CMP02.offence_code", "offence_code", {"offence_code": "RT88576"}, {"offence_code": "COML018"}),
        *raising("CMP02.da_flag", "da_flag", {"da_flag": "N"}, {**yes, **wife}),
        *raising("CMP02.victim_type", "victim_type", {**crown, "victim_type": "S"}, crown),
        *raising("CMP02.victim_sex", "victim_sex", crown, {"victim_sex": NOT_SPECIFIED}),
        *raising("CMP02.victim_dob", "victim_dob", {"victim_dob": "1996-02-29"}, {"victim_dob": "2000-02-29"}),
        *raising("CMP02.suspect_identified", "suspect_identified", nobody, {**nobody, "outcome": "14"}),
        *raising("CMP02.suspect_sex", "suspect_sex", nobody, {"suspect_sex": NOT_SPECIFIED}),
        *raising("CMP02.suspect_dob", "suspect_dob", {"suspect_dob": "1996-02-29"}, {"suspect_dob": "2000-02-29"}),
        *raising("CMP02.relationship", "relationship", {**yes, "relationship": "Relative &#8211; Other"},
                 {"relationship": "Emotional rival (not elsewhere specified)"}),
        *raising("CMP02.outcome", "outcome", {"outcome": "1A"}, {"outcome": ""}),
    ]  # fmt: skip
    return defects, near


def _base(at: dt.date) -> Cells:
    """Make the plain record that plants start from: a woman of 34 beaten by a stranger of 36, not flagged."""
    return {
        "recorded_date": str(at + DAY), "incident_date": str(at), "offence_code": "CJ88116", "da_flag": "N",
        "victim_type": "P", "victim_sex": FEMALE, "victim_dob": str(_born(at, 34) - 100 * DAY),
        "suspect_identified": "Y", "suspect_sex": MALE, "suspect_dob": str(_born(at, 36) - 50 * DAY),
        "relationship": "Stranger", "outcome": "15",
    }  # fmt: skip


def _rounds(count: int, rng: random.Random, as_of: dt.date) -> list[tuple[Plant, dt.date, bool]]:
    """Draw at least `count` plants of each rule, and each variant at least once, on changing incident dates."""
    chosen: list[tuple[Plant, dt.date, bool]] = []
    made: dict[tuple[object, ...], int] = {}
    turn = 0
    while True:
        at = as_of - (40 + rng.randrange(300)) * DAY
        at -= DAY * ((at.month, at.day) == (2, 29))  # keeps every birthday in the calendar
        wanted = []
        for plants, near in zip(_plants(at, as_of), (False, True), strict=True):
            for codes, field, cells in plants:
                if turn == 0 or made[codes, near] < count:
                    made[codes, near] = made.get((codes, near), 0) + 1
                    wanted.append(((codes, field, cells), at, near))
        if not wanted:
            return chosen
        chosen += wanted
        turn += 1


def generate(rows: int, seed: int, as_of: dt.date) -> tuple[list[Row], list[dict[str, object]]]:
    """Make an extract of the year before a date, and the list of what was planted in it.

    Args:
        rows: how many records.
        seed: the same seed, size and date give the same extract.
        as_of: the day the extract is taken, 2021 or later.

    Returns:
        The rows in the order of `HEADER`, and one dict for every rule that a planted row raises, sorted by row:
        `code`, `row` (as a spreadsheet numbers it, header first), `key` (the crime reference), `field` (the cell to
        look at), `near_miss` (the row raises nothing). An extract too small for all (about 140 rows) has none.
    """
    rng = random.Random(seed)
    made = _Clean(rng, as_of).rows(rows)
    count = max(2, rows // 10000)
    plants = _rounds(count, rng, as_of)
    pairs = (count + 1) // 2
    if len(plants) + 4 * pairs > rows:
        return made, []
    places = rng.sample(range(rows), len(plants) + 4 * pairs)
    listed: list[dict[str, object]] = []

    def note(place: int, codes: tuple[str, ...], field: str, *, near: bool) -> None:
        key = made[place][0]
        listed.extend(
            {"code": c, "row": place + 2, "key": key, "field": field, "near_miss": near} for c in sorted(codes)
        )

    for (codes, field, cells), at, near in plants:
        place = places.pop()
        record = {"crime_ref": made[place][0], "force": made[place][1], **_base(at), **cells}
        made[place] = tuple(record[name] for name in HEADER)
        note(place, codes, field, near=near)
    while places:
        # Twice the same reference; and beside it two that only a leading zero tells apart.
        one, two, three, four = (places.pop() for _ in range(4))
        made[two] = (made[one][0], *made[two][1:])
        lost = "9" + made[three][0]
        made[three], made[four] = ("0" + lost, *made[three][1:]), (lost, *made[four][1:])
        for place in (one, two, three, four):
            note(place, ("UNI01",), "crime_ref", near=place in {three, four})
    return made, sorted(listed, key=lambda d: (str(d["row"]).zfill(9), str(d["code"])))
