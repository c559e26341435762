"""An invented extract of court results, one record a result of an offence, with planted defects whose places are known.

Nobody in it exists. An offence is adjourned, judged and sentenced at one to three hearings, which are numbered. Every
row is clean but for the planted ones. As in the real ones there is nothing about victims.

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
    from collections.abc import Iterator

    from samples import justice, planting
    from samples.planting import Cells, Listed, Plants, Row
else:
    justice, planting = (
        SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name(name)))) for name in ("justice.py", "planting.py")
    )

FILE_NAME = "court_outcomes.csv"
HEADER: tuple[str, ...] = (
    "urn", "asn", "court_type", "force", "defendant_ref", "pnc_id", "cro", "defendant_sex", "defendant_dob",
    "offence_number", "result_number", "offence_code", "offence_date", "recordable", "plea", "verdict", "hearing_date",
    "conviction_date", "result_class", "result_code", "result_qualifier",
)  # fmt: skip

DAY, MALE = planting.DAY, justice.MALE
raising, together, birthday, spread = planting.raising, planting.together, planting.birthday, justice.spread

PUT_OFF, PARTLY, AGAIN = "Adjournment pre Judgement", "Adjournment with Judgement", "Adjournment post Judgement"
FINAL, SENTENCE = "Judgement with final result", "Sentence"
COURSES = (
    *((FINAL,),) * 45, *((PUT_OFF, FINAL),) * 20, *((PARTLY, SENTENCE),) * 15, *((PUT_OFF, PARTLY, SENTENCE),) * 12,
    *((PARTLY, AGAIN, SENTENCE),) * 5, *((PUT_OFF,),) * 3,
)  # fmt: skip
RESULTS = {PUT_OFF: ("4001", "4027"), PARTLY: ("4020", "4046"), AGAIN: ("4046",), FINAL: ("1015", "1115", "1002"),
           SENTENCE: ("1002", "1115", "1116")}  # fmt: skip
NOT_CONVICTED = ("2050", "2051", "2063")
OFFENCES = justice.ON_PERSON + justice.AGAINST_BUSINESS + justice.NO_VICTIM
BY_CONSTRUCTION = {"SC15004", "FL96001", "MC80530", "DA21001", "DA21006", "CS10503"}
QUALIFIERS = spread("C 3|F 2|S 3|LH 1") + ("",) * 20
PLEAS = spread("G 72|NG 24|NONE 4")


class _Clean(justice.Cast):
    """Makes rows that no rule has anything against."""

    def rows(self, count: int) -> list[Row]:
        """Make as many rows as asked; the last case may be cut short."""
        cases = (self.case(number) for number in itertools.count(1))
        return list(itertools.islice(itertools.chain.from_iterable(cases), count))

    def case(self, number: int) -> Iterator[Row]:
        """Make the results of one defendant: one to three offences."""
        area, prefix = self.pick(self.forces)
        begun = self.last - 260 - self.upto(500)
        urn = f"{prefix}{justice.station(number)}{number % 100000:05d}{self.day(begun)[2:4]}"
        recordable = self.chance(0.9)
        young = self.chance(0.06)
        court = "Y" if young else "C" if self.chance(0.15) else "M"
        age = 4100 + self.upto(1600) if young else self.pick(self.adults)
        offence = begun - self.upto(40 if self.chance(0.9) else 200)
        known = recordable and self.chance(0.97)
        asn = self.asn(prefix) if recordable else justice.asn(2008, "00", "NP", number)
        head = (
            urn, asn, court, area, "1", self.pick(self.pnc_ids) if known else "",
            self.pick(self.cros) if known and self.chance(0.6) else "", self.sex(0.16), self.born(offence, age, 0.008),
        )  # fmt: skip
        for place in range(1, 2 + (self.chance(0.25) + self.chance(0.05))):
            code = self.pick(justice.DOMESTIC if self.chance(0.12) else OFFENCES)
            about = (code, self.day(offence), "Y" if recordable else "N")
            yield from self.offence((*head, str(place)), about, begun)

    def offence(self, head: Row, about: Row, begun: int) -> Iterator[Row]:
        """Make the results of one offence, hearing by hearing."""
        plea = self.pick(PLEAS)
        verdict = ("G" if self.chance(0.95) else "NC") if plea == "G" else self.pick(("G", "G", "NG", "NC", "NA"))
        domestic = about[0] in BY_CONSTRUCTION
        convicted = ""
        course = self.pick(COURSES) if verdict == "G" else self.pick(((FINAL,), (PUT_OFF, FINAL)))
        for place, kind in enumerate(course, 1):
            day = self.day(begun + 5 + 80 * (place - 1) + self.upto(60))
            if kind == PUT_OFF:
                yield (*head, str(place), *about, plea, "", day, "", kind, self.pick(RESULTS[kind]), "")
                continue
            convicted = convicted or (day if verdict in {"G", "NA"} else "")
            deciding = kind in {FINAL, PARTLY}
            marked = "LG" if verdict == "G" and domestic and deciding else self.pick(QUALIFIERS)
            result = self.pick(RESULTS[kind] if verdict == "G" else NOT_CONVICTED)
            yield (*head, str(place), *about, plea, verdict, day, convicted, kind, result, marked)


def _plants(at: dt.date, as_of: dt.date) -> Plants:
    """List what can be planted for one day: defects, then near misses; cells differ from those of `_base`."""
    acquitted = {"plea": "NG", "verdict": "NG", "conviction_date": "", "result_code": "2050"}
    put_off = {"verdict": "", "conviction_date": "", "result_class": PUT_OFF, "result_code": "4001"}
    order = {"offence_code": "FL96001"}
    dummy = {"asn": justice.asn(2008, "00", "PP", 448754)}
    hearing, before = str(at + 30 * DAY), str(at - DAY)
    return [
        *together("UNI02", "result_number", {}, dict.fromkeys(("urn", "force", "defendant_ref"), "=")),
        *raising("IDN05", "urn", {"urn": "01ZD303208"}, {"urn": "ZD010303208"}),
        *raising("IDN03", "asn", {"asn": "1101ZD0100000448754L"}, {"asn": "1101ZD01448754K"}, {"asn": "/" * 20}),
        *raising("IDN01", "pnc_id", {"pnc_id": "2003/0011985Z"}, {"pnc_id": "02/73319Z"}, {"pnc_id": "20020073319Z"}),
        *raising("IDN02", "cro", {"cro": "85227/65G"}, {"cro": "65656-91H"}),
        *raising("IDN04", "asn", dummy, {"asn": justice.asn(2011, "00", "XX", 5)}),
        *raising("IDN10", "urn", {"urn": "63ZD0303208", "force": "E23000001"},
                 {"urn": "01ZD0303308", "force": "W15000004"}),
        *raising("CRT04", "offence_number", {"offence_number": "0"}, {"offence_number": ""}),
        *raising("CRT01", "conviction_date", {"conviction_date": ""}, {"conviction_date": "", **order,
                                                                       "result_qualifier": "LG"}),
        *raising("CRT01 CMP02.conviction_date", "conviction_date", {"conviction_date": "31/02/2026"},
                 {"conviction_date": "guilty"}),
        *raising("CRT02", "verdict", {**acquitted, "conviction_date": hearing},
                 {**acquitted, "verdict": "NC", "conviction_date": hearing}),
        *raising("CRT02 CRT08", "verdict", {"verdict": ""}),
        *raising("CRT03", "conviction_date", {"conviction_date": str(at + 31 * DAY)},
                 {"conviction_date": str(at + 33 * DAY)}),
        *raising("CRT06", "plea", {**acquitted, "plea": "G"}, {**acquitted, "plea": "ADM"}),
        *raising("CRT07", "result_qualifier", order, {**order, "result_qualifier": "LH"},
                 {"offence_code": "SC15004", "result_class": PARTLY}),
        *raising("CRT08", "result_class", {**put_off, "verdict": "NC"}, {**put_off, "result_class": SENTENCE}),
        *raising("OUT06", "defendant_dob", {"defendant_dob": str(birthday(at, 10) + DAY)},
                 {"defendant_dob": str(at - 300 * DAY)}),
        *raising("GEN01 CMP02.defendant_sex", "defendant_sex", {"defendant_sex": "M"}, {"defendant_sex": "U"}),
        *raising("DOB01 OUT06", "defendant_dob", {"defendant_dob": str(as_of)},
                 {"defendant_dob": str(as_of + 9 * DAY)}),
        *raising("DOB02 OUT06", "defendant_dob", {"defendant_dob": str(at)}, {"defendant_dob": str(at), "plea": "NG"}),
        *raising("PLH01", "defendant_dob", {"defendant_dob": "1970-01-01"}, {"defendant_dob": "1901-01-01"}),
        *raising("TIM02.offence TIM02.conviction", "offence_date", {"offence_date": str(at + 31 * DAY)}),
        *raising("TIM02.offence", "offence_date", {**put_off, "offence_date": str(at + 31 * DAY)},
                 {**put_off, "offence_date": str(at + 40 * DAY)}),
        *raising("TIM02.conviction", "conviction_date", {"conviction_date": before},
                 {"conviction_date": str(at - 365 * DAY)}),
        *raising("TIM03", "hearing_date", {"hearing_date": str(as_of + DAY)}, {"hearing_date": str(as_of + 365 * DAY)}),
        *raising("CMP02.court_type", "court_type", {"court_type": "Crown"}, {"court_type": "m"}),
        *raising("CMP02.force", "force", {"force": "01"}, {"force": "E23000099"}),
        *raising("CMP02.defendant_dob", "defendant_dob", {"defendant_dob": "2001-02-29"},
                 {"defendant_dob": "31/02/1980"}),
        *raising("CMP02.offence_number", "offence_number", {"offence_number": "first"}, {"offence_number": "1a"}),
        *raising("CMP02.result_number", "result_number", {"result_number": "last"}, {"result_number": "1/2"}),
        *raising("CMP02.offence_code", "offence_code", {"offence_code": "SC1500"}, {"offence_code": "assault"}),
        *raising("CMP02.offence_date", "offence_date", {"offence_date": f"{at.year}-02-30"}, {"offence_date": "2026"}),
        *raising("CMP02.recordable", "recordable", {"recordable": "true"}, {"recordable": "1"}),
        *raising("CMP02.plea", "plea", {"plea": "GUILTY"}, {"plea": "g"}),
        *raising("CMP02.verdict", "verdict", {"verdict": "C"}, {"verdict": "g"}),
        *raising("CMP02.hearing_date", "hearing_date", {"hearing_date": f"{at.year}-13-01"}, {"hearing_date": "-"}),
        *raising("CMP02.result_class", "result_class", {"result_class": "Remand"}, {"result_class": "sentence"}),
        *raising("CMP02.result_code", "result_code", {"result_code": "101"}, {"result_code": "fine"}),
        *raising("CMP02.result_qualifier", "result_qualifier", {"result_qualifier": "LG1"}, {"result_qualifier": "lg"}),
    ], [
        *together("UNI02", "result_number", {}, {**dict.fromkeys(("urn", "force", "defendant_ref"), "="),
                                                 "result_number": "2"}),
        *raising("IDN05", "urn", {"urn": "01ZD0303208", "force": "E23000001"}),
        *raising("IDN03", "asn", {"asn": "0836FP0100000377244A"}, {"asn": ""}),
        *raising("IDN01", "pnc_id", {"pnc_id": "1979/0163001B"}, {"pnc_id": ""}),
        *raising("IDN02", "cro", {"cro": "65656/91H"}, {"cro": "SF05/482703J"}),
        *raising("IDN04", "asn", {**dummy, "recordable": "N"}, {"asn": justice.asn(2011, "50", "ZD", 5)}),
        *raising("IDN10", "urn", {"urn": "02ZD0303208", "force": "E23000001"}),
        *raising("CRT04", "offence_number", {"offence_number": "1"}, {"offence_number": "12"}),
        *raising("CRT01", "conviction_date", acquitted, {**acquitted, "verdict": "NC"}),
        *raising("CRT02", "verdict", {"verdict": "NA", "plea": "NG"}, acquitted),
        *raising("CRT03", "conviction_date", {"conviction_date": hearing}, {"conviction_date": str(at)}),
        *raising("CRT06", "plea", acquitted, {**acquitted, "plea": "G", "verdict": "NC"}),
        *raising("CRT07", "result_qualifier", {**order, "result_qualifier": "LG"}, {**order, "result_class": SENTENCE},
                 {**order, **acquitted}, {"offence_code": "SE20002"}),
        *raising("CRT08", "result_class", put_off, {**put_off, "result_class": "Unresulted"}),
        *raising("OUT06", "defendant_dob", {"defendant_dob": str(birthday(at, 10))}),
        *raising("GEN01", "defendant_sex", {"defendant_sex": "9"}, {"defendant_sex": "0"}),
        *raising("CMP02.defendant_sex", "defendant_sex", {"defendant_sex": "9"}, {"defendant_sex": ""}),
        *raising("DOB01", "defendant_dob", {"defendant_dob": ""}),
        *raising("DOB02", "defendant_dob", {"defendant_dob": str(birthday(at, 20))}),
        *raising("PLH01", "defendant_dob", {"defendant_dob": "1970-01-02"}),
        *raising("TIM02.offence", "offence_date", {**put_off, "offence_date": hearing}),
        *raising("TIM02.conviction", "conviction_date", {"conviction_date": str(at)}),
        *raising("TIM03", "hearing_date", {"hearing_date": str(as_of)}),
        *raising("CMP02.conviction_date", "conviction_date", {"conviction_date": str(at + 2 * DAY)}),
        *raising("CMP02.court_type", "court_type", {"court_type": "Y"}),
        *raising("CMP02.force", "force", {"force": "E23000034", "urn": "48AA0303208"}),
        *raising("CMP02.defendant_dob", "defendant_dob", {"defendant_dob": "1996-02-29"}),
        *raising("CMP02.offence_number", "offence_number", {"offence_number": "3"}),
        *raising("CMP02.result_number", "result_number", {"result_number": "9"}),
        *raising("CMP02.offence_code", "offence_code", {"offence_code": "RT88576"}, {"offence_code": "COML018"}),
        *raising("CMP02.offence_date", "offence_date", {"offence_date": str(planting.leap_day(as_of - 900 * DAY))}),
        *raising("CMP02.recordable", "recordable", {"recordable": "N"}),
        *raising("CMP02.plea", "plea", {"plea": "NONE"}, {"plea": ""}),
        *raising("CMP02.verdict", "verdict", {"verdict": "NA", "plea": "NG"}),
        *raising("CMP02.hearing_date", "hearing_date", {"hearing_date": str(at + 35 * DAY)}),
        *raising("CMP02.result_class", "result_class", {"result_class": AGAIN}),
        *raising("CMP02.result_code", "result_code", {"result_code": "0000"}),
        *raising("CMP02.result_qualifier", "result_qualifier", {"result_qualifier": "ZZ"}, {"result_qualifier": ""}),
    ]  # fmt: skip


def _base(number: itertools.count[int], at: dt.date) -> Cells:
    """Make the plain record that plants start from: a man of 34 who admits an assault and is fined."""
    return {
        "asn": "1101ZD0100000448754K", "court_type": "M", "defendant_ref": f"D{next(number)}",
        "pnc_id": "2002/0073319Z", "cro": "065656/91H", "defendant_sex": MALE,
        "defendant_dob": str(birthday(at, 34) - 100 * DAY), "offence_number": "1", "result_number": "1",
        "offence_code": "CJ88116", "offence_date": str(at), "recordable": "Y", "plea": "G", "verdict": "G",
        "hearing_date": str(at + 30 * DAY), "conviction_date": str(at + 30 * DAY), "result_class": FINAL,
        "result_code": "1015", "result_qualifier": "",
    }  # fmt: skip


def generate(rows: int, seed: int, as_of: dt.date, *, plants: bool = True) -> tuple[list[Row], Listed]:
    """Make an extract of about two years before a date, and the list of what was planted in it.

    Args:
        rows: how many records.
        seed: the same seed, size and date give the same extract.
        as_of: the day the extract is taken, 2021 or later.
        plants: whether to plant anything; an extract too small for all plants (about 250 rows) has none either.

    Returns:
        The rows in the order of `HEADER`, and what `planting.plant_in` lists.
    """
    rng = random.Random(seed)
    made = _Clean(rng, as_of).rows(rows)
    if not plants:
        return made, []
    number = itertools.count(1)
    return made, planting.plant_in(made, HEADER, "urn", rng, as_of, lambda at: _base(number, at), _plants)
