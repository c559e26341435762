"""An invented extract of people on probation, one record a supervision, with planted defects whose places are known.

Nobody in it exists. One person in eight comes back for a second supervision. Every row is clean but for the planted
ones.

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

FILE_NAME = "probation_cases.csv"
HEADER: tuple[str, ...] = (
    "crn", "event_number", "region", "pnc_id", "cro", "nomis_id", "probation_sex", "prison_sex", "court_sex", "dob",
    "offence_code", "da_flag", "supervision_type", "supervision_start", "supervision_end", "risk", "intervention",
    "intervention_status", "intervention_start", "intervention_end", "reoffended", "reoffence_date",
    "reconviction_date",
)  # fmt: skip

DAY = planting.DAY
raising, together, birthday, spread = planting.raising, planting.together, planting.birthday, justice.spread

REGIONS = spread("London 15|North West 12|West Midlands 12|Yorkshire and the Humber 11|East of England 9|Wales 7"
                 "|Kent, Surrey and Sussex 8|East Midlands 8|South Central 7|South West 7|North East 6"
                 "|Greater Manchester 8")  # fmt: skip
KINDS = spread("CO 40|SSO 30|LIC 22|PSS 8")
RISKS = spread("L 30|M 48|H 18|V 1|N 3")
PROGRAMMES = spread("TSP 4|RAR 5|SUB 2")
DOMESTIC_PROGRAMMES = spread("BBR 5|HRP 1|RAR 4")
STATUSES = spread("REF 15|CAN 5|STA 30|COM 38|DRO 12")
OFFENCES = justice.ON_PERSON + justice.AGAINST_BUSINESS + justice.NO_VICTIM
CUSTODY = {"LIC", "PSS"}


class _Clean(justice.Cast):
    """Makes rows that no rule has anything against."""

    def __init__(self, rng: random.Random, as_of: dt.date) -> None:
        super().__init__(rng, as_of)
        self.people: list[Row] = []
        self.events: dict[str, int] = {}

    def row(self, number: int) -> Row:
        """Make a row; one in eight is about somebody who was there before."""
        if self.people and self.chance(0.12):
            who = self.pick(self.people)
        else:
            sex = "N" if self.chance(0.006) else "F" if self.chance(0.12) else "M"
            born = self.born(self.last - 2130, self.pick(self.adults), 0)
            who = (
                f"{'XDPJ'[number // 1000000 % 4]}{number % 1000000:06d}",
                self.pick(self.pnc_ids) if self.chance(0.985) else "",
                self.pick(self.cros) if self.chance(0.8) else "", self.prison_number(number), sex, born,
            )  # fmt: skip
            self.people.append(who)
        crn, pnc_id, cro, nomis_id, sex, dob = who
        self.events[crn] = event = self.events.get(crn, 0) + 1
        kind = self.pick(KINDS)
        custody = kind in CUSTODY
        start = self.last - 30 - self.upto(1200)
        end = start + 180 + self.upto(540)
        domestic = self.chance(0.3)
        return (
            crn, str(event), self.pick(REGIONS), pnc_id, cro, nomis_id if custody else "",
            sex, sex if custody else "", ("" if sex == "N" else sex) if self.chance(0.7) else "", dob,
            self.pick(justice.DOMESTIC + justice.AGAINST_ORDER if domestic else OFFENCES), "Y" if domestic else "N",
            kind, self.day(start), self.day(end) if end <= self.last else "", self.pick(RISKS),
            *self.programme(start, domestic=domestic), *self.later(start),
        )  # fmt: skip

    def prison_number(self, number: int) -> str:
        """Write a prison number, a different one for each person."""
        letters = divmod(number // 10000 % 676, 26)
        return f"A{number % 10000:04d}{chr(65 + letters[0])}{chr(65 + letters[1])}"

    def programme(self, start: int, *, domestic: bool) -> Row:
        """Give the programme, how far it got, and its first and last session."""
        if self.chance(0.45):
            return "", "", "", ""
        name, status = self.pick(DOMESTIC_PROGRAMMES if domestic else PROGRAMMES), self.pick(STATUSES)
        first = start + 14 + self.upto(60)
        last = first + 20 + self.upto(150)
        if status in {"REF", "CAN"} or first > self.last:
            return name, "CAN" if status == "CAN" else "REF", "", ""
        if status == "STA" or last > self.last:
            return name, "STA", self.day(first), ""
        return name, status, self.day(first), self.day(last)

    def later(self, start: int) -> Row:
        """Say whether the person offended again, when, and when that was proven."""
        if self.chance(0.04):
            return "U", "", ""
        again = start + 1 + self.upto(365)
        proven = again + 10 + self.upto(170)
        if self.chance(0.7) or again > self.last:
            return "N", "", ""
        return "Y", self.day(again), self.day(proven) if proven <= self.last else ""


def _plants(at: dt.date, as_of: dt.date) -> Plants:
    """List what can be planted for one day: defects, then near misses; cells differ from those of `_base`."""
    later, week = str(as_of + DAY), str(at + 7 * DAY)
    again = {"reoffended": "Y", "reoffence_date": str(at + 20 * DAY), "reconviction_date": str(at + 30 * DAY)}
    year = {"supervision_start": str(at - 366 * DAY)}
    started = {"intervention_status": "STA", "intervention_end": ""}
    return [
        *together("UNI02", "event_number", {}, {"crn": "=", "event_number": "="}),
        *raising("IDN09", "crn", {"crn": "X12345"}, {"crn": "x123456"}, {"crn": "1234567"}),
        *raising("IDN01", "pnc_id", {"pnc_id": "2012/0052494O"}, {"pnc_id": "2002-0073319Z"}),
        *raising("IDN02", "cro", {"cro": "85227/65G"}, {"cro": "SF83/050058Y"}),
        *raising("IDN08", "nomis_id", {"nomis_id": "A123BC"}, {"nomis_id": "AB1234C"}),
        *raising("FLG02", "da_flag", {"offence_code": "SC15004"}, {"offence_code": "DA21001"}),
        *raising("PRB04", "da_flag", {"intervention": "BBR"}, {"intervention": "HRP"}),
        *raising("GEN01.probation CMP02.probation_sex", "probation_sex", {"probation_sex": "Male", "prison_sex": ""},
                 {"probation_sex": "1", "prison_sex": "", "court_sex": ""}),
        *raising("GEN01.prison CMP02.prison_sex", "prison_sex", {"prison_sex": "U"}, {"prison_sex": "9"}),
        *raising("GEN01.court CMP02.court_sex", "court_sex", {"court_sex": "MALE"}, {"court_sex": "0"}),
        *raising("GEN05.probation", "probation_sex", {"probation_sex": "NS"}, {"probation_sex": "NS", "court_sex": ""}),
        *raising("GEN05.court", "court_sex", {"court_sex": "N"}, {"court_sex": "N", "prison_sex": "M"}),
        *raising("GEN06.prison", "prison_sex", {"prison_sex": "F"}, {"prison_sex": "F", "court_sex": ""}),
        *raising("GEN06.court", "court_sex", {"court_sex": "F"}, {"court_sex": "F", "prison_sex": "M"}),
        *together("GEN04", "probation_sex", {"event_number": "1"},
                  {"crn": "=", "event_number": "2", "probation_sex": "F", "court_sex": ""}),
        *raising("DOB01", "dob", {"dob": str(as_of)}, {"dob": later}),
        *raising("PLH01", "dob", {"dob": "1970-01-01"}, {"dob": "1900-01-01"}),
        *raising("PRB01", "intervention_end", {"intervention_end": ""}, {"intervention_start": ""},
                 {**started, "intervention_start": ""}),
        *raising("PRB02", "reoffence_date", {**again, "reoffended": "N"}, {"reoffended": "Y"}),
        *raising("PRB03", "reoffence_date", {**again, "supervision_start": str(at - 347 * DAY)},
                 {**again, "supervision_start": str(at - 900 * DAY)}),
        *raising("TIM02.supervision", "supervision_end", {"supervision_end": str(at - DAY)},
                 {"supervision_end": str(at - 400 * DAY)}),
        *raising("TIM02.programme", "intervention_start", {"intervention_start": str(at - DAY)},
                 {**started, "intervention_start": str(at - 30 * DAY)}),
        *raising("TIM02.session", "intervention_end", {"intervention_end": str(at + 6 * DAY)},
                 {"intervention_end": str(at + DAY)}),
        *raising("TIM02.reoffence", "reoffence_date", {**again, "reoffence_date": str(at - DAY)},
                 {**again, "reoffence_date": str(at - 365 * DAY)}),
        *raising("TIM02.reconviction", "reconviction_date", {**again, "reconviction_date": str(at + 19 * DAY)},
                 {**again, "reconviction_date": str(at + DAY)}),
        *raising("TIM03.start", "supervision_start",
                 {"supervision_start": later, "intervention": "", "intervention_status": "", "intervention_start": "",
                  "intervention_end": ""}),
        *raising("TIM03.start TIM02.programme", "supervision_start", {"supervision_start": later}),
        *raising("TIM03.session", "intervention_end", {"intervention_end": later},
                 {"intervention_end": str(as_of + 365 * DAY)}),
        *raising("TIM03.reconviction", "reconviction_date", {**again, "reconviction_date": later},
                 {**again, "reconviction_date": str(as_of + 365 * DAY)}),
        *raising("CMP02.region", "region", {"region": "Yorkshire"}, {"region": "london"}),
        *raising("CMP02.dob", "dob", {"dob": "2001-02-29"}, {"dob": "31/02/1980"}),
        *raising("CMP02.offence_code", "offence_code", {"offence_code": "SC1500"}, {"offence_code": "assault"}),
        *raising("CMP02.da_flag", "da_flag", {"da_flag": "U"}, {"da_flag": "1"}),
        *raising("CMP02.supervision_type", "supervision_type", {"supervision_type": "Licence"},
                 {"supervision_type": "co"}),
        *raising("CMP02.supervision_start", "supervision_start", {"supervision_start": f"{at.year}-02-30"},
                 {"supervision_start": "-"}),
        *raising("CMP02.supervision_end", "supervision_end", {"supervision_end": f"{at.year}-02-30"},
                 {"supervision_end": "open"}),
        *raising("CMP02.risk", "risk", {"risk": "Very high"}, {"risk": "X"}),
        *raising("CMP02.intervention", "intervention", {"intervention": "bbr"}, {"intervention": "none"}),
        *raising("CMP02.intervention_status", "intervention_status", {"intervention_status": "done"},
                 {"intervention_status": "X"}),
        *raising("CMP02.intervention_start", "intervention_start", {"intervention_start": f"{at.year}-02-30"},
                 {"intervention_start": "?"}),
        *raising("CMP02.intervention_end", "intervention_end", {"intervention_end": f"{at.year}-02-30"},
                 {"intervention_end": "?"}),
        *raising("CMP02.reoffended", "reoffended", {"reoffended": "no"}, {"reoffended": "0"}),
        *raising("CMP02.reoffence_date", "reoffence_date", {**again, "reoffence_date": f"{at.year}-02-30"},
                 {**again, "reoffence_date": "?"}),
        *raising("CMP02.reconviction_date", "reconviction_date", {**again, "reconviction_date": f"{at.year}-02-30"},
                 {**again, "reconviction_date": "?"}),
    ], [
        *together("UNI02", "event_number", {"event_number": "1"}, {"crn": "=", "event_number": "2"}),
        *raising("IDN09", "crn", {}),
        *raising("IDN01", "pnc_id", {"pnc_id": "02/73319Z"}, {"pnc_id": ""}),
        *raising("IDN02", "cro", {"cro": "SF83/50058Z"}, {"cro": ""}),
        *raising("IDN08", "nomis_id", {"nomis_id": "Z9999ZZ"}, {"nomis_id": ""}),
        *raising("FLG02", "da_flag", {"offence_code": "SC15004", "da_flag": "Y"}, {"offence_code": "SE20002"}),
        *raising("PRB04", "da_flag", {"intervention": "BBR", "da_flag": "Y"}, {"intervention": "SUB"}),
        *raising("GEN01.probation", "probation_sex", {"probation_sex": "N"}, {"probation_sex": ""}),
        *raising("CMP02.probation_sex", "probation_sex", {"probation_sex": "N"}),
        *raising("GEN01.prison", "prison_sex", {"prison_sex": "N"}, {"prison_sex": "NS"}),
        *raising("CMP02.prison_sex", "prison_sex", {"prison_sex": "NS"}),
        *raising("GEN01.court", "court_sex", {"court_sex": "NS"}, {"court_sex": ""}),
        *raising("CMP02.court_sex", "court_sex", {"court_sex": "NS"}),
        *raising("GEN05.probation", "probation_sex", {"probation_sex": "N"}, {"court_sex": "NS"}),
        *raising("GEN05.court", "court_sex", {"court_sex": "NS"}, {"probation_sex": "N", "court_sex": ""}),
        *raising("GEN06.prison", "prison_sex", {"prison_sex": "N"}, {"probation_sex": "N", "prison_sex": "F"}),
        *raising("GEN06.court", "court_sex", {"court_sex": "NS"}, {"probation_sex": "N", "court_sex": "F"}),
        *together("GEN04", "probation_sex", {"event_number": "1"}, {"crn": "=", "event_number": "2"}),
        *raising("DOB01", "dob", {"dob": str(as_of - DAY)}, {"dob": ""}),
        *raising("PLH01", "dob", {"dob": "1970-01-02"}, {"dob": "1971-01-01"}),
        *raising("PRB01", "intervention_end", started,
                 {"intervention_status": "CAN", "intervention_start": "", "intervention_end": ""}),
        *raising("PRB02", "reoffence_date", again, {**again, "reconviction_date": ""}, {"reoffended": "U"}),
        *raising("PRB03", "reoffence_date", {**again, **year, "reoffence_date": str(at)}),
        *raising("TIM02.supervision", "supervision_end", {"supervision_end": str(at)}, {"supervision_end": ""}),
        *raising("TIM02.programme", "intervention_start", {"intervention_start": str(at)}),
        *raising("TIM02.session", "intervention_end", {"intervention_end": week}),
        *raising("TIM02.reoffence", "reoffence_date", {**again, "reoffence_date": str(at)}),
        *raising("TIM02.reconviction", "reconviction_date", {**again, "reconviction_date": str(at + 20 * DAY)}),
        *raising("TIM03.start", "supervision_start",
                 {"supervision_start": str(as_of), **dict.fromkeys(("intervention", "intervention_status",
                                                                     "intervention_start", "intervention_end"), "")}),
        *raising("TIM03.session", "intervention_end", {"intervention_end": str(as_of)}),
        *raising("TIM03.reconviction", "reconviction_date", {**again, "reconviction_date": str(as_of)}),
        *raising("CMP02.region", "region", {"region": "Kent, Surrey and Sussex"}),
        *raising("CMP02.dob", "dob", {"dob": "1996-02-29"}),
        *raising("CMP02.offence_code", "offence_code", {"offence_code": "RT88576"}, {"offence_code": "COML018"}),
        *raising("CMP02.da_flag", "da_flag", {"da_flag": "Y"}),
        *raising("CMP02.supervision_type", "supervision_type", {"supervision_type": "PSS", "nomis_id": "A1234BC"}),
        *raising("CMP02.supervision_start", "supervision_start",
                 {"supervision_start": str(planting.leap_day(at))}),
        *raising("CMP02.supervision_end", "supervision_end", {"supervision_end": str(at + 700 * DAY)}),
        *raising("CMP02.risk", "risk", {"risk": "N"}, {"risk": ""}),
        *raising("CMP02.intervention", "intervention", {"intervention": "SUB"}),
        *raising("CMP02.intervention_status", "intervention_status", {"intervention_status": "DRO"}),
        *raising("CMP02.intervention_start", "intervention_start", {"intervention_start": str(at + 8 * DAY)}),
        *raising("CMP02.intervention_end", "intervention_end", {"intervention_end": str(at + 35 * DAY)}),
        *raising("CMP02.reoffended", "reoffended", {"reoffended": "U"}),
        *raising("CMP02.reoffence_date", "reoffence_date", {**again, "reoffence_date": str(at + 21 * DAY)}),
        *raising("CMP02.reconviction_date", "reconviction_date", {**again, "reconviction_date": ""}),
    ]  # fmt: skip


def _base(number: itertools.count[int], at: dt.date) -> Cells:
    """Make the plain record that plants start from: a man of 34 on a community order, who did a programme."""
    return {
        "crn": f"Z{next(number):06d}", "event_number": "1", "pnc_id": "2002/0073319Z", "cro": "065656/91H",
        "nomis_id": "", "probation_sex": "M", "prison_sex": "", "court_sex": "M",
        "dob": str(birthday(at, 34) - 100 * DAY), "offence_code": "CJ88116", "da_flag": "N", "supervision_type": "CO",
        "supervision_start": str(at), "supervision_end": "", "risk": "M", "intervention": "TSP",
        "intervention_status": "COM", "intervention_start": str(at + 7 * DAY),
        "intervention_end": str(at + 30 * DAY), "reoffended": "N", "reoffence_date": "", "reconviction_date": "",
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
    return made, planting.plant_in(made, HEADER, "crn", rng, as_of, lambda at: _base(number, at), _plants)
