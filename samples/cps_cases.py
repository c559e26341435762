"""An invented extract of prosecution cases, one record a defendant, with planted defects whose places are known.

Nobody in it exists. About one case in eight is flagged as domestic abuse, at any age. Every row is clean but for the
planted ones.

Only the standard library is used, and nothing of the project it tests but what lies beside it.
"""

from __future__ import annotations

import itertools
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

FILE_NAME = "cps_cases.csv"
HEADER: tuple[str, ...] = (
    "urn", "defendant_ref", "cps_area", "force", "asn", "received_date", "offence_code", "offence_date", "police_flag",
    "da_flag", "charging_decision", "decision_date", "case_outcome", "outcome_date", "defendant_sex", "defendant_dob",
    "defendant_age",
)  # fmt: skip

DAY, MALE = planting.DAY, justice.MALE
raising, together, birthday, spread = planting.raising, planting.together, planting.birthday, justice.spread

# The area of each force, by the force's number.
AREAS = {
    **dict.fromkeys(("60", "61", "62", "63"), "Cymru-Wales"),
    **dict.fromkeys(("30", "31", "32", "33", "34"), "East Midlands"),
    **dict.fromkeys(("35", "36", "37", "42"), "East of England"), "01": "London North", "48": "London South",
    **dict.fromkeys(("05", "07"), "Mersey-Cheshire"), **dict.fromkeys(("10", "11", "17"), "North East"),
    **dict.fromkeys(("03", "04", "06"), "North West"), **dict.fromkeys(("45", "46", "47"), "South East"),
    **dict.fromkeys(("50", "52", "53"), "South West"), **dict.fromkeys(("40", "41", "43"), "Thames and Chiltern"),
    **dict.fromkeys(("44", "54", "55"), "Wessex"), **dict.fromkeys(("20", "21", "22", "23"), "West Midlands"),
    **dict.fromkeys(("12", "13", "14", "16"), "Yorkshire and Humberside"),
}  # fmt: skip
DECISIONS = spread("CHG 60|PCH 22|NPE 10|NPI 1|OCD 2|PEN 4|ADM 1")
OUTCOMES = spread("GP 66|CAT 9|PIA 2|DIS 16|NCA 1|AAT 5|ADM 1")
OFFENCES = justice.ON_PERSON + justice.AGAINST_BUSINESS
CHARGED = {"CHG", "PCH"}


class _Clean(justice.Cast):
    """Makes rows that no rule has anything against."""

    def row(self, number: int) -> Row:
        """Make a row; a case in nine has a second defendant."""
        area, prefix = self.pick(self.forces)
        received = self.last - 90 - self.upto(1000)
        offence = received - 1 - self.upto(40 if self.chance(0.9) else 400)
        urn = f"{prefix}{justice.station(number)}{number % 100000:05d}{self.day(received)[2:4]}"
        domestic = self.chance(0.125)
        police = "Y" if domestic and self.chance(0.97) else "N"
        age = self.pick(self.adults) if self.chance(0.93) else 4000 + self.upto(1800)
        born = self.born(offence, age, 0.01)
        years = str((received - offence + age) * 4 // 1461) if self.chance(0.98) else "999"
        decision, decided, outcome, ended = self.course(received)
        asn = self.asn(prefix) if decision in CHARGED else ""
        return (
            urn, "1" if self.chance(0.9) else "2", AREAS[prefix], area, asn, self.day(received),
            self.pick(justice.DOMESTIC if domestic else OFFENCES), self.day(offence), police, "Y" if domestic else "N",
            decision, decided, outcome, ended, self.sex(0.16), born, "98" if years == "99" else years,
        )  # fmt: skip

    def course(self, received: int) -> Row:
        """Give the decision, its date, the outcome and its date."""
        decision = self.pick(DECISIONS)
        if decision == "PEN":
            return decision, "", "", ""
        decided = received + self.upto(80)
        ended = decided + 20 + self.upto(600)
        if decision not in CHARGED or ended > self.last:
            return decision, self.day(decided), "", ""
        return decision, self.day(decided), self.pick(OUTCOMES), self.day(ended)


def _plants(at: dt.date, as_of: dt.date) -> Plants:
    """List what can be planted for one day: defects, then near misses; cells differ from those of `_base`."""
    leap = planting.leap_day(as_of)
    closed = {"case_outcome": "GP", "outcome_date": str(at + 30 * DAY)}
    undecided = {"charging_decision": "PEN", "decision_date": "", "asn": ""}
    ten = {"defendant_dob": str(birthday(at, 10)), "defendant_age": "10"}
    aged = {"defendant_dob": "", "defendant_age": "99"}
    long_ago = {n: str(as_of - 731 * DAY) for n in ("offence_date", "received_date", "decision_date")}
    year_less = {n: str(as_of - 730 * DAY) for n in long_ago}
    old = {"defendant_dob": "1980-06-01", "defendant_age": "999"}
    return [
        *together("UNI02", "defendant_ref", {}, {"urn": "=", "defendant_ref": "=", "force": "="}),
        *raising("FLG02", "da_flag", {"offence_code": "SC15004"}, {"offence_code": "FL96001"},
                 {"offence_code": "SC15004", **ten}),
        *raising("FLG06", "da_flag", {"police_flag": "Y"}, {"police_flag": "Y", "offence_code": "SC15005"}),
        *raising("CPS01", "case_outcome", {**closed, "charging_decision": "NPE"},
                 {**closed, **undecided}),
        *raising("DAT04", "outcome_date", {"case_outcome": "GP"}, {"outcome_date": str(at + 30 * DAY)}),
        *raising("CPS03", "case_outcome", {**long_ago, **old}, {**long_ago, **old, "charging_decision": "PCH"}),
        *raising("OUT06", "defendant_dob", {"defendant_dob": str(birthday(at, 10) + DAY), "defendant_age": "9"},
                 {"defendant_dob": str(at - 30 * DAY), "defendant_age": "999"}),
        *raising("IDN03", "asn", {"asn": "1101ZD0100000448754L"}, {"asn": "11/01ZD/01/448754K"}),
        *raising("IDN05", "urn", {"urn": "01ZD303208"}, {"urn": "01ZD/03032/08"}),
        *raising("IDN10", "urn", {"urn": "63ZD0303208", "force": "E23000001"},
                 {"urn": "01ZD0303308", "force": "W15000004"}),
        *raising("GEN01 CMP02.defendant_sex", "defendant_sex", {"defendant_sex": "M"}, {"defendant_sex": "U"}),
        *raising("DOB01 OUT06", "defendant_dob", {"defendant_dob": str(as_of), "defendant_age": "999"},
                 {"defendant_dob": str(as_of + 9 * DAY), "defendant_age": "999"}),
        *raising("DOB02 OUT06", "defendant_dob", {"defendant_dob": str(at), "defendant_age": "999"},
                 {"defendant_dob": str(at), "defendant_age": "999", "defendant_sex": MALE}),
        *raising("PLH01", "defendant_dob", {"defendant_dob": "1970-01-01", "defendant_age": "999"},
                 {"defendant_dob": "1900-01-01", "defendant_age": "999"}),
        *raising("PLH02", "defendant_age", aged, {**aged, "defendant_sex": MALE}),
        *raising("PLH03", "defendant_age", {"defendant_age": "43"}, {"defendant_age": "32"}),
        *raising("TIM02.offence", "offence_date", {"offence_date": str(at + 2 * DAY)},
                 {"offence_date": str(at + 3 * DAY)}),
        *raising("TIM02.decision", "decision_date", {"decision_date": str(at)}, {"decision_date": str(at - DAY)}),
        *raising("TIM02.outcome", "outcome_date", {**closed, "outcome_date": str(at)},
                 {**closed, "outcome_date": str(at + DAY)}),
        *raising("TIM03.received TIM02.decision PLH03", "received_date",
                 {"received_date": str(as_of + DAY), "defendant_age": "12"}),
        *raising("TIM03.received TIM02.decision", "received_date",
                 {"received_date": str(as_of + DAY), "defendant_age": "999"}),
        *raising("TIM03.decision", "decision_date", {"decision_date": str(as_of + DAY)},
                 {"decision_date": str(as_of + 400 * DAY)}),
        *raising("TIM03.outcome", "outcome_date", {**closed, "outcome_date": str(as_of + DAY)},
                 {**closed, "outcome_date": str(as_of + 400 * DAY)}),
        *raising("CMP02.cps_area", "cps_area", {"cps_area": "London"}, {"cps_area": "CPS Direct "}),
        *raising("CMP02.force", "force", {"force": "01"}, {"force": "E23000099"}),
        *raising("CMP02.received_date", "received_date", {"received_date": "31/02/2026"}, {"received_date": "today"}),
        *raising("CMP02.offence_code", "offence_code", {"offence_code": "SC1500"}, {"offence_code": "assault"}),
        *raising("CMP02.offence_date", "offence_date", {"offence_date": f"{at.year}-02-30"}, {"offence_date": "2026"}),
        *raising("CMP02.police_flag", "police_flag", {"police_flag": "DV"}, {"police_flag": "1"}),
        *raising("CMP02.da_flag", "da_flag", {"da_flag": "DV"}, {"da_flag": "y"}),
        *raising("CMP02.charging_decision", "charging_decision", {"charging_decision": "chg"},
                 {"charging_decision": "NFA"}),
        *raising("CMP02.decision_date", "decision_date", {"decision_date": f"{at.year}-13-01"}, {"decision_date": "-"}),
        *raising("CMP02.case_outcome", "case_outcome", {**closed, "case_outcome": "guilty"},
                 {**closed, "case_outcome": "X"}),
        *raising("CMP02.outcome_date", "outcome_date", {**closed, "outcome_date": f"{at.year}-02-30"},
                 {**closed, "outcome_date": "soon"}),
        *raising("CMP02.defendant_dob", "defendant_dob", {"defendant_dob": "2001-02-29"},
                 {"defendant_dob": "31/02/1980"}),
        *raising("CMP02.defendant_age", "defendant_age", {"defendant_age": "0"}, {"defendant_age": "adult"}),
    ], [
        *together("UNI02", "defendant_ref", {}, {"urn": "=", "force": "="}),
        *raising("FLG02", "da_flag", {"offence_code": "SC15004", "da_flag": "Y", **ten}, {"offence_code": "CS10501"}),
        *raising("FLG06", "da_flag", {"police_flag": "Y", "da_flag": "Y"}, {"da_flag": "Y"}, {"police_flag": ""}),
        *raising("CPS01", "case_outcome", {**closed, "charging_decision": "PCH"}, undecided),
        *raising("DAT04", "outcome_date", closed, {"case_outcome": "", "outcome_date": ""}),
        *raising("CPS03", "case_outcome", {**year_less, **old}, {**long_ago, **old, "charging_decision": "NPE"}),
        *raising("OUT06", "defendant_dob", ten, {"defendant_dob": str(birthday(at, 11)), "defendant_age": "11"}),
        *raising("IDN03", "asn", {"asn": "1101ZD0100000448754K"}, {"asn": "0836FP0100000377244A"}, {"asn": ""}),
        *raising("IDN05", "urn", {"urn": "01ZD0303208", "force": "E23000001"},
                 {"urn": "01010303208", "force": "E23000001"}),
        *raising("IDN10", "urn", {"urn": "02ZD0303208", "force": "E23000001"},
                 {"urn": "63ZD0303208", "force": "W15000004"}),
        *raising("GEN01", "defendant_sex", {"defendant_sex": "9"}, {"defendant_sex": "0"}),
        *raising("CMP02.defendant_sex", "defendant_sex", {"defendant_sex": "9"}, {"defendant_sex": ""}),
        *raising("DOB01", "defendant_dob", {"defendant_dob": ""}),
        *raising("DOB02", "defendant_dob", {"defendant_dob": str(birthday(at, 20)), "defendant_age": "20"}),
        *raising("PLH01", "defendant_dob", {"defendant_dob": "1970-01-02", "defendant_age": "999"}),
        *raising("PLH02", "defendant_age", {**aged, "defendant_age": "98"}, {"defendant_age": "999"}),
        *raising("PLH03", "defendant_age", {"defendant_age": "35"}, {"defendant_age": "33"},
                 {"defendant_age": "43", "defendant_dob": ""}),
        *raising("TIM02.offence", "offence_date", {"offence_date": str(at + DAY)}),
        *raising("TIM02.decision", "decision_date", {"decision_date": str(at + DAY)}),
        *raising("TIM02.outcome", "outcome_date", {**closed, "outcome_date": str(at + 5 * DAY)}),
        *raising("TIM03.received", "received_date", {"received_date": str(as_of), "decision_date": str(as_of)}),
        *raising("TIM03.decision", "decision_date", {"decision_date": str(as_of)}),
        *raising("TIM03.outcome", "outcome_date", {**closed, "outcome_date": str(as_of)}),
        *raising("CMP02.cps_area", "cps_area", {"cps_area": "Cymru-Wales"}),
        *raising("CMP02.force", "force", {"force": "E23000034", "urn": "48AA0303208"}),
        *raising("CMP02.received_date", "received_date",
                 {"received_date": str(leap), "offence_date": str(leap), **old, "decision_date": str(leap), **closed}),
        *raising("CMP02.offence_code", "offence_code", {"offence_code": "RT88576"}, {"offence_code": "COML018"}),
        *raising("CMP02.offence_date", "offence_date", {"offence_date": str(leap - 365 * DAY)}),
        *raising("CMP02.police_flag", "police_flag", {"police_flag": "N"}),
        *raising("CMP02.da_flag", "da_flag", {"da_flag": "Y"}),
        *raising("CMP02.charging_decision", "charging_decision", {"charging_decision": "ADM"}),
        *raising("CMP02.decision_date", "decision_date", {**undecided}),
        *raising("CMP02.case_outcome", "case_outcome", {**closed, "case_outcome": "ADM"}),
        *raising("CMP02.outcome_date", "outcome_date", {**closed, "outcome_date": str(at + 20 * DAY)}),
        *raising("CMP02.defendant_dob", "defendant_dob", {"defendant_dob": "1996-02-29", "defendant_age": "999"}),
        *raising("CMP02.defendant_age", "defendant_age", {"defendant_age": "34"}),
    ]  # fmt: skip


def _base(number: itertools.count[int], at: dt.date) -> Cells:
    """Make the plain record that plants start from: a man of 34 charged with an assault, not flagged."""
    return {
        "defendant_ref": f"D{next(number)}", "asn": "1101ZD0100000448754K", "received_date": str(at + DAY),
        "offence_code": "CJ88116",
        "offence_date": str(at), "police_flag": "N", "da_flag": "N", "charging_decision": "CHG",
        "decision_date": str(at + 5 * DAY), "case_outcome": "", "outcome_date": "", "defendant_sex": MALE,
        "defendant_dob": str(birthday(at, 34) - 100 * DAY), "defendant_age": "34",
    }  # fmt: skip


def generate(rows: int, seed: int, as_of: dt.date, *, plants: bool = True) -> tuple[list[Row], Listed]:
    """Make an extract of about three years before a date, and the list of what was planted in it.

    Args:
        rows: how many records.
        seed: the same seed, size and date give the same extract.
        as_of: the day the extract is taken, 2021 or later.
        plants: whether to plant anything; an extract too small for all plants (about 250 rows) has none either.

    Returns:
        The rows in the order of `HEADER`, and what `planting.plant_in` lists.
    """
    rng = random.Random(seed)
    clean = _Clean(rng, as_of)
    made = [clean.row(number) for number in range(1, rows + 1)]
    if not plants:
        return made, []
    number = itertools.count(1)
    return made, planting.plant_in(made, HEADER, "urn", rng, as_of, lambda at: _base(number, at), _plants)
