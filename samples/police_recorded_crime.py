"""An invented extract of police-recorded crime, with planted defects whose places are known.

Nobody in it exists. The mixture is realistic in shape, not in any figure: about one crime in nine is flagged as
domestic abuse, two in three of those with a female victim. Every row is clean but for the planted ones: each rule that
judges a row has defects, and beside them near misses, which come as close as a record can and must raise nothing.
Rules about shares (CMP01, CMP03) judge a whole extract and have none.

Only the standard library is used, and nothing of the project it tests but what lies beside it.
"""

from __future__ import annotations

import random
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from samples import justice, planting
    from samples.planting import Cells, Listed, Plants, Row
else:
    justice, planting = (
        SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name(name)))) for name in ("justice.py", "planting.py")
    )

FILE_NAME = "police_recorded_crime.csv"
HEADER: tuple[str, ...] = (
    "crime_ref", "force", "recorded_date", "incident_date", "offence_code", "da_flag", "victim_type",
    "victim_sex", "victim_dob", "suspect_identified", "suspect_sex", "suspect_dob", "relationship", "outcome",
    "reported_date", "victim_forename", "victim_surname", "victim_address", "victim_telephone", "victim_email",
    "suspect_forename", "suspect_surname", "suspect_address", "suspect_pnc_id", "suspect_cro",
)  # fmt: skip

DAY, SIXTEEN = planting.DAY, justice.SIXTEEN
MALE, FEMALE, NOT_KNOWN, NOT_SPECIFIED = justice.MALE, justice.FEMALE, justice.NOT_KNOWN, justice.NOT_SPECIFIED
DATES = ("incident_date", "reported_date", "recorded_date")
NO_SUSPECT, CROWN, BUSINESS = "Not known/no current suspect", "Victim is Crown", "Business"

raising, together, birthday, spread = planting.raising, planting.together, planting.birthday, justice.spread

# Each value with its weight. The relationship words say what the victim is to the suspect.
CHILD_OF = {FEMALE: ("Daughter", "Step Daughter"), MALE: ("Son", "Step Son"), NOT_KNOWN: ("Child", "Step Child")}
PARENT_OF = {FEMALE: "Mother", MALE: "Father", NOT_KNOWN: "Parent"}
SWEETHEART = {FEMALE: "Girlfriend", MALE: "Boyfriend", NOT_KNOWN: "Partner"}
KNOWN_TO = spread("Stranger 42|Acquaintance/other known relationship 22|Neighbour 10|Friend or social acquaintance 8"
                   "|Friend 6|Colleague / Work 4|Employee 2|Patient 2|Carer 1|Other 1")  # fmt: skip
NAMED = spread("16 40|15 25|1 16|8 4|10 3|1A 1|21 1|22 1|17 1") + ("",) * 8
UNNAMED = spread("18 75|14 12") + ("",) * 13
# Nobody declines for the Crown or for society.
NAMED_BY_NOBODY = spread("15 65|1 16|8 4|10 3|1A 1|21 1|22 1|17 1") + ("",) * 8
UNNAMED_BY_NOBODY = spread("18 87") + ("",) * 13


class _Clean(justice.Cast):
    """Makes rows that no rule has anything against."""

    def __init__(self, rng: random.Random, as_of: dt.date) -> None:
        super().__init__(rng, as_of)
        kinds = (
            (self.adult_domestic, 112), (self.with_a_minor, 20), (self.against_business, 220), (self.no_victim, 98),
            (self.order, 7), (self.not_domestic, 543),
        )  # fmt: skip
        self.kinds = [make for make, weight in kinds for _ in range(weight)]

    def rows(self, count: int) -> list[Row]:
        """Make the rows, numbered through in one series of crime references."""
        year = self.day(self.last - 1)[2:4]
        return [self.row(number, year) for number in range(1, count + 1)]

    def row(self, number: int, year: str) -> Row:
        area, prefix = self.pick(self.forces)
        recorded = self.last - 1 - self.upto(365)
        incident = recorded - self.upto(3 if self.chance(0.85) else 250)
        reported = recorded if incident == recorded or self.chance(0.7) else recorded - 1
        record: Row = self.pick(self.kinds)(incident)
        victim = self.victim_details(record[3]) if record[2] == "P" else ("",) * 5
        suspect = self.suspect_details(record[6]) if record[5] == "Y" else ("",) * 5
        dates = self.day(recorded), self.day(incident)
        return (f"{prefix}{number:07d}/{year}", area, *dates, *record, self.day(reported), *victim, *suspect)

    def victim_details(self, sex: str) -> Row:
        """Give names and at least one contact."""
        address = self.pick(self.addresses) if self.chance(0.97) else ""
        telephone = self.pick(self.telephones) if not address or self.chance(0.8) else ""
        return (*self.pick(self.names[sex]), address, telephone, self.pick(self.emails) if self.chance(0.4) else "")

    def suspect_details(self, sex: str) -> Row:
        """Give names, and an address or a police number."""
        address = self.pick(self.addresses) if self.chance(0.9) else ""
        number = self.pick(self.pnc_ids) if not address or self.chance(0.6) else ""
        return (*self.pick(self.names[sex]), address, number, self.pick(self.cros) if self.chance(0.4) else "")

    def minor(self) -> int:
        return 30 + self.upto(SIXTEEN - 31)

    def suspect(self, incident: int, sex: str, age: int) -> Row:
        return ("Y", sex, self.born(incident, age, 0.03))

    def adult_domestic(self, incident: int) -> Row:
        """Partners, former partners and relatives, both sixteen or over: flagged."""
        sex = self.sex(0.72)
        word, other, victim, suspect = self.related(sex)
        dob = self.born(incident, victim, 0.015 * (sex != NOT_KNOWN))
        accused = self.suspect(incident, other, suspect)
        return (self.pick(justice.DOMESTIC), "Y", "P", sex, dob, *accused, word, self.pick(NAMED))

    def with_a_minor(self, incident: int) -> Row:
        """Relatives and sweethearts of whom one is under sixteen: outside the definition, so not flagged."""
        sex, other = self.sex(0.6), self.sex(0.3)
        if self.chance(0.7):
            victim = self.minor()
            suspect = victim + self.generation()
            word = self.pick(CHILD_OF[sex])
        elif self.chance(0.7):
            suspect = 3700 + self.upto(SIXTEEN - 3701)
            victim = suspect + self.generation()
            word = PARENT_OF[sex]
        else:
            victim, suspect = SIXTEEN - 1 - self.upto(700), SIXTEEN - 300 + self.upto(900)
            word = SWEETHEART[sex]
        dob = self.born(incident, victim, 0.015 * (sex != NOT_KNOWN))
        accused = self.suspect(incident, other, suspect)
        return (self.pick(justice.VIOLENCE), "N", "P", sex, dob, *accused, word, self.pick(NAMED))

    def impersonal(self, incident: int, first: Row, word: str, identified: float) -> Row:
        """Make a crime whose victim is a business, the Crown or society."""
        business = first[2] == "B"
        if self.chance(identified):
            suspect = self.suspect(incident, self.sex(0.2), self.pick(self.adults))
            return (*first, "", "", *suspect, word, self.pick(NAMED if business else NAMED_BY_NOBODY))
        return (*first, "", "", "N", "", "", word, self.pick(UNNAMED if business else UNNAMED_BY_NOBODY))

    def against_business(self, incident: int) -> Row:
        return self.impersonal(incident, (self.pick(justice.AGAINST_BUSINESS), "N", "B"), BUSINESS, 0.45)

    def no_victim(self, incident: int) -> Row:
        return self.impersonal(
            incident, (self.pick(justice.NO_VICTIM), "N", "C" if self.chance(0.5) else "S"), CROWN, 0.8
        )

    def order(self, incident: int) -> Row:
        first = (
            (self.pick(justice.APPLICATION), "N", "C")
            if self.chance(0.15)
            else (self.pick(justice.AGAINST_ORDER), "Y", "C")
        )
        return self.impersonal(incident, first, CROWN, 1.0)

    def not_domestic(self, incident: int) -> Row:
        """Make a crime against a person by nobody known, or by nobody of the family."""
        sex = NOT_SPECIFIED if self.chance(0.002) else self.sex(0.47)
        age = self.minor() if self.chance(0.08) else self.pick(self.adults)
        victim = (self.pick(justice.ON_PERSON), "N", "P", sex, self.born(incident, age, 0.02 * (sex != NOT_KNOWN)))
        if self.chance(0.55):
            return (*victim, "N", "", "", NO_SUSPECT, self.pick(UNNAMED))
        age = 3700 + self.upto(2100) if self.chance(0.1) else self.pick(self.adults)
        accused = self.suspect(incident, self.sex(0.24), age)
        return (*victim, *accused, self.pick(KNOWN_TO), self.pick(NAMED))


def _plants(at: dt.date, as_of: dt.date) -> Plants:
    """List what can be planted for one incident date: defects, then near misses.

    Cells are those that differ from `_base`. A defect names every rule that its row raises.
    """
    leap = planting.leap_day(as_of)
    on_leap = dict.fromkeys(DATES, str(leap))
    still15, just16 = str(birthday(at, 16) + DAY), str(birthday(at, 16))
    crown, nobody, yes, wife = _crown(), _nobody(), {"da_flag": "Y"}, {"relationship": "Wife"}

    defects = [
        *raising("FLG02", "da_flag", {"offence_code": "SC15004", **wife}, {"offence_code": "FL96001", **crown},
                 {"offence_code": "SC15004", "relationship": "Ex Partner", "victim_dob": just16}),
        *raising("FLG03", "relationship", {**yes, **crown, "offence_code": "PU86003"},
                 {**yes, **crown, "victim_type": "B", "relationship": BUSINESS, "offence_code": "TH68010"}),
        *raising("REL01", "relationship", {"relationship": NO_SUSPECT}),
        *raising("CMP02.recorded_date", "recorded_date", {"recorded_date": "31/02/2020"},
                 {"recorded_date": f"{at.year}-13-01"}),
        *raising("CMP02.offence_code", "offence_code", {"offence_code": "SC1500"}, {"offence_code": "cj88001"}),
        *raising("CMP02.victim_type", "victim_type", {"victim_type": "X"}, {"victim_type": "p"}),
        *raising("CMP02.suspect_identified", "suspect_identified", *({"suspect_identified": c} for c in "1U")),
        *raising("CMP02.relationship", "relationship", {**nobody, "relationship": "Spice"}),
        *raising("CMP02.outcome", "outcome", {"outcome": "99"}, {"outcome": "1a"}),
    ]  # fmt: skip
    near = [
        *raising("FLG02", "da_flag", {"offence_code": "CS10501", **crown},
                 {"offence_code": "SC15004", "relationship": "Girlfriend", "suspect_dob": still15}),
        *raising("FLG03", "relationship", {**yes, **crown, "offence_code": "FL96001"},
                 {**yes, **crown, "offence_code": "DA21006"}),
        *raising("REL01", "relationship", {**nobody, "relationship": "Relationship Unknown"}, nobody),
        *raising("CMP02.recorded_date", "recorded_date", {**on_leap, "incident_date": str(leap - DAY)}, on_leap),
        *raising("CMP02.offence_code", "offence_code", {"offence_code": "RT88576"}, {"offence_code": "COML018"}),
        *raising("CMP02.victim_type", "victim_type", {**crown, "victim_type": "S"}, crown),
        *raising("CMP02.victim_sex", "victim_sex", crown),
        *raising("CMP02.suspect_identified", "suspect_identified", nobody, {**nobody, "outcome": "14"}),
        *raising("CMP02.suspect_sex", "suspect_sex", nobody),
        *raising("CMP02.relationship", "relationship", {**yes, "relationship": "Relative &#8211; Other"},
                 {"relationship": "Emotional rival (not elsewhere specified)"}),
        *raising("CMP02.outcome", "outcome", {"outcome": "1A"}, {"outcome": ""}),
    ]  # fmt: skip
    for more, close in (
        planting.of_a_couple(at, as_of, DATES, {}),
        planting.of_a_person(at, "victim", crown),
        planting.of_a_person(at, "suspect", nobody),
        _of_numbers_and_times(at, as_of),
    ):
        defects += more
        near += close
    return defects, near


def _of_numbers_and_times(at: dt.date, as_of: dt.date) -> Plants:
    """List what can be planted in contacts, police numbers, dates and outcomes."""
    crown, nobody = _crown(), _nobody()
    unreachable = {"victim_address": "", "victim_telephone": "", "victim_email": ""}
    unfindable = {"suspect_address": "", "suspect_pnc_id": "", "suspect_cro": ""}
    on_day = {
        n: dict.fromkeys(("incident_date", "reported_date", "recorded_date"), str(as_of + n * DAY)) for n in (0, 2)
    }
    ten, nine = str(birthday(at, 10)), str(birthday(at, 10) + DAY)
    return [
        *raising("PER02.victim", "victim_address", unreachable, {**unreachable, "victim_sex": MALE}),
        *raising("PER02.suspect", "suspect_address", unfindable, {**unfindable, "suspect_sex": FEMALE}),
        *raising("CMP02.victim_telephone", "victim_telephone", {"victim_telephone": "unknown"},
                 {"victim_telephone": "0770"}),
        *raising("CMP02.victim_email", "victim_email", {"victim_email": "none"}, {"victim_email": "a@b"}),
        *raising("CMP02.reported_date", "reported_date", {"reported_date": f"{at.year}-02-30"},
                 {"reported_date": "yesterday"}),
        *raising("IDN01", "suspect_pnc_id", {"suspect_pnc_id": "2001/0171310S"}, {"suspect_pnc_id": "2002/73319Z"},
                 {"suspect_pnc_id": "2002/0073319Y"}),
        *raising("IDN02", "suspect_cro", {"suspect_cro": "85227/65G"}, {"suspect_cro": "065656/91J"}),
        *raising("TIM01", "recorded_date", {"recorded_date": str(at + 3 * DAY)}, {"recorded_date": str(at + 30 * DAY)}),
        *raising("TIM02.incident", "incident_date", {"incident_date": str(at + 2 * DAY)},
                 {"incident_date": str(at + 30 * DAY)}),
        *raising("TIM02.reported", "reported_date", {"reported_date": str(at + 2 * DAY)},
                 {"reported_date": str(at + 30 * DAY)}),
        *raising("TIM03.recorded", "recorded_date", {**on_day[0], "recorded_date": str(as_of + DAY)}),
        *raising("TIM03.incident TIM02.incident", "incident_date", {"incident_date": str(as_of + DAY)}),
        *raising("TIM03.recorded TIM03.reported TIM03.incident", "recorded_date", on_day[2]),
        *raising("TIM03.reported TIM02.reported", "reported_date", {"reported_date": str(as_of + DAY)}),
        *raising("OUT01", "outcome", {"outcome": "18"}, {**nobody, "suspect_sex": MALE, "outcome": "14"}),
        *raising("OUT02", "outcome", {**nobody, "relationship": "Ex Partner", "outcome": "14"},
                 {**nobody, "relationship": "Neighbour"}),
        *raising("OUT03", "outcome", {**nobody, "outcome": "16"}, {**nobody, "outcome": "1"}),
        *raising("OUT04", "outcome", {**crown, "offence_code": "PU86003", "outcome": "16"},
                 {**crown, "victim_type": "S", "offence_code": "CJ88144", "outcome": "16"}),
        *raising("OUT05", "outcome", {"outcome": "1", "suspect_dob": nine}, {"outcome": "11"}),
        *together("UNI01", "crime_ref", {}, {"crime_ref": "="}),
    ], [
        *raising("PER02.victim", "victim_address", {**unreachable, "victim_email": "a@example.org"}, crown),
        *raising("PER02.suspect", "suspect_address", {**unfindable, "suspect_cro": "65656/91H"}, nobody),
        *raising("CMP02.victim_telephone", "victim_telephone", {"victim_telephone": "+44 (0)7700 900001"},
                 {"victim_telephone": ""}),
        *raising("CMP02.victim_email", "victim_email", {"victim_email": "o'neill+1@mail.example.org"},
                 {"victim_email": ""}),
        *raising("CMP02.reported_date", "reported_date", {"reported_date": str(at)}, on_day[0]),
        *raising("IDN01", "suspect_pnc_id", {"suspect_pnc_id": "02/73319Z"}, {"suspect_pnc_id": "1981/0000034U"}),
        *raising("IDN02", "suspect_cro", {"suspect_cro": "SF83/50058Z"}, {"suspect_cro": "SF05/482703J"}),
        *raising("TIM01", "recorded_date", {"recorded_date": str(at + 2 * DAY)}, {"reported_date": str(at)}),
        *raising("TIM02.incident", "incident_date", {"incident_date": str(at + DAY)}),
        *raising("TIM02.reported", "reported_date", {"reported_date": str(at), "recorded_date": str(at)}),
        *raising("TIM03.recorded", "recorded_date", on_day[0]),
        *raising("TIM03.incident", "incident_date", on_day[0]),
        *raising("TIM03.reported", "reported_date", on_day[0]),
        *raising("OUT01", "outcome", nobody, {**nobody, "suspect_sex": NOT_KNOWN}),
        *raising("OUT02", "outcome", {**nobody, "relationship": "Stranger"}, {"relationship": "Neighbour"}),
        *raising("OUT03", "outcome", {**nobody, "outcome": "20"}, {**nobody, "outcome": ""}),
        *raising("OUT04", "outcome", {**crown, "offence_code": "FL96001", "da_flag": "Y", "outcome": "16"},
                 {**crown, "victim_type": "B", "offence_code": "TH68010", "outcome": "16"}),
        *raising("OUT05", "outcome", {"outcome": "1", "suspect_dob": ten}, {"outcome": "11", "suspect_dob": nine}),
        *together("UNI01", "crime_ref", {"crime_ref": "09="}, {"crime_ref": "9="}),
    ]  # fmt: skip


def _crown() -> Cells:
    """Give the cells of a crime whose victim is the Crown."""
    blank = dict.fromkeys((name for name in HEADER if name.startswith("victim_")), "")
    return {**blank, "victim_type": "C", "relationship": CROWN}


def _nobody() -> Cells:
    """Give the cells of a crime without a suspect."""
    blank = dict.fromkeys((name for name in HEADER if name.startswith("suspect_")), "")
    return {**blank, "suspect_identified": "N", "relationship": NO_SUSPECT, "outcome": "18"}


def _base(at: dt.date) -> Cells:
    """Make the plain record that plants start from: a woman of 34 beaten by a stranger of 36, not flagged."""
    return {
        "recorded_date": str(at + DAY), "incident_date": str(at), "offence_code": "CJ88116", "da_flag": "N",
        "victim_type": "P", "victim_sex": FEMALE, "victim_dob": str(birthday(at, 34) - 100 * DAY),
        "suspect_identified": "Y", "suspect_sex": MALE, "suspect_dob": str(birthday(at, 36) - 50 * DAY),
        "relationship": "Stranger", "outcome": "15", "reported_date": str(at + DAY),
        **_names("victim", "Beth", "Carter"), "victim_telephone": "07700 900123", "victim_email": "someone@example.org",
        **_names("suspect", "Owen", "Walker"), "suspect_pnc_id": "2002/0073319Z", "suspect_cro": "065656/91H",
    }  # fmt: skip


def _names(party: str, forename: str, surname: str) -> Cells:
    """Name a party, and say where they live."""
    return {f"{party}_forename": forename, f"{party}_surname": surname, f"{party}_address": "1 Elm Street, Westbridge"}


def generate(rows: int, seed: int, as_of: dt.date, *, plants: bool = True) -> tuple[list[Row], Listed]:
    """Make an extract of the year before a date, and the list of what was planted in it.

    Args:
        rows: how many records.
        seed: the same seed, size and date give the same extract.
        as_of: the day the extract is taken, 2021 or later.
        plants: whether to plant anything; an extract too small for all plants (about 280 rows) has none either.

    Returns:
        The rows in the order of `HEADER`, and what `planting.plant_in` lists.
    """
    rng = random.Random(seed)
    made = _Clean(rng, as_of).rows(rows)
    return made, planting.plant_in(made, HEADER, "crime_ref", rng, as_of, _base, _plants) if plants else []
