"""An invented extract of domestic abuse incidents that are no crimes, with planted defects whose places are known.

Nobody in it exists. A record is about a victim and a suspect; one in four couples comes back, and now and then an
incident has a second pair. Every row is clean but for the planted ones.

Only the standard library is used, and nothing of the project it tests but what lies beside it.
"""

from __future__ import annotations

import itertools
import random
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt

    from samples import justice, planting
    from samples.planting import Cells, Listed, Plants, Row
else:
    justice, planting = (
        SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name(name)))) for name in ("justice.py", "planting.py")
    )

FILE_NAME = "police_da_incidents.csv"
HEADER: tuple[str, ...] = (
    "incident_ref", "force", "reported_date", "incident_date", "category", "da_flag", "crime_ref", "risk_grade",
    "risk_date", "marac_referred", "victim_ref", "repeat_victim", "earlier_incidents", "children_present",
    "victim_sex", "victim_dob", "suspect_ref", "suspect_sex", "suspect_dob", "relationship", "narrative",
)  # fmt: skip

DAY, MALE, FEMALE, NOT_KNOWN = planting.DAY, justice.MALE, justice.FEMALE, justice.NOT_KNOWN
raising, together, birthday, spread = planting.raising, planting.together, planting.birthday, justice.spread
DATES = ("incident_date", "reported_date", "risk_date")
DOMESTIC, OTHER = "Domestic incident", "Concern for safety"

CATEGORIES = spread("Domestic incident 90|Concern for safety 6|Civil dispute 3|Suspicious circumstances 1")
ELSE = spread("Concern for safety 4|Civil dispute 3|Nuisance 2|Missing person 1")
KNOWN_TO = spread("Neighbour 5|Friend 3|Acquaintance/other known relationship 5|Stranger 2|Colleague / Work 1")
GRADES = spread("S 62|M 26|H 7|N 2|R 3")
CHILDREN = spread("Y 38|N 57|U 5")
SAID = spread("Caller heard shouting from the flat. Both spoken to apart. 5|Domestic abuse disclosed, DASH completed. 4"
              "|She says her partner pushed and slapped her last night. 3|Breach of non-molestation order alleged. 1"
              "|Verbal argument over money, no injuries. 6")  # fmt: skip
SAID_ELSE = spread("Caller worried about noise, all in order on arrival. 6|No domestic abuse disclosed. 2"
                   "|Dispute over a parking space. Man threatened to call his solicitor. 2"
                   "|Not a domestic incident, friends fell out over a phone. 1"
                   "|Lost on the way home, taken back. 2")  # fmt: skip


class Couple(NamedTuple):
    """A victim and a suspect who may come back."""

    victim: Row
    suspect: Row
    relationship: str
    flagged: bool


class _Clean(justice.Cast):
    """Makes rows that no rule has anything against."""

    def __init__(self, rng: random.Random, as_of: dt.date) -> None:
        super().__init__(rng, as_of)
        self.number = itertools.count(1)
        self.start = self.last - 400  # whoever is 16 then is 16 at every incident
        self.seen: dict[str, int] = {}
        self.couples: list[Couple] = []
        self.before: tuple[Row, Couple] | None = None

    def row(self, number: int) -> Row:
        """Make a row; three in a hundred are a further pair of the incident before."""
        couple = self.couple()
        if self.before and self.before[1].victim[0] != couple.victim[0] and self.chance(0.03):
            head = self.before[0]
        else:
            area, prefix = self.pick(self.forces)
            incident = self.last - 4 - self.upto(365)
            dates = self.day(incident + self.upto(2)), self.day(incident)
            head = (f"{prefix}-{number:07d}", area, *dates)
        self.before = head, couple
        return self.about(head, couple)

    def about(self, head: Row, couple: Couple) -> Row:
        """Complete a row with what was found out about a couple."""
        ref = couple.victim[0]
        earlier = self.seen.get(ref, 0) or (1 + self.upto(4) if self.chance(0.15) else 0)
        self.seen[ref] = earlier + 1
        category = self.pick(CATEGORIES) if couple.flagged else self.pick(ELSE)
        grade = self.pick(GRADES) if couple.flagged else ""
        assessed = head[2] if grade and grade != "N" else ""
        referred = ("Y" if grade == "H" or self.chance(0.01) else "N") if grade else ""
        children = self.pick(CHILDREN) if couple.flagged else ""
        return (
            *head, category, "Y" if couple.flagged else "N", "", grade, assessed, referred,
            ref, "Y" if earlier else "N", str(earlier), children, *couple.victim[1:], *couple.suspect,
            couple.relationship, self.pick(SAID if couple.flagged else SAID_ELSE),
        )  # fmt: skip

    def couple(self) -> Couple:
        """Take a couple that was there before, or make one."""
        if self.couples and self.chance(0.25):
            return self.pick(self.couples)
        made = self.flagged() if self.chance(0.93) else self.unflagged()
        self.couples.append(made)
        return made

    def person(self, sex: str, age: int, blank: float) -> Row:
        return (f"P{next(self.number):08d}", sex, self.born(self.start, age, blank * (sex != NOT_KNOWN)))

    def flagged(self) -> Couple:
        sex = self.sex(0.72)
        word, other, victim, suspect = self.related(sex)
        first = self.person(sex, victim, 0.015)
        if self.chance(0.01):
            return Couple(first, ("", "", ""), "Relationship Unknown", flagged=True)
        return Couple(first, self.person(other, suspect, 0.02), word, flagged=True)

    def unflagged(self) -> Couple:
        """Make a couple that is not personally connected, or of whom one is a child."""
        sex, age = self.sex(0.5), self.pick(self.adults)
        word = self.pick(KNOWN_TO)
        if self.chance(0.3):
            age = 1000 + self.upto(4000)
            word = {FEMALE: "Daughter", MALE: "Son"}.get(sex, "Child")
            return Couple(
                self.person(sex, age, 0), self.person(self.sex(0.3), age + self.generation(), 0), word, flagged=False
            )
        return Couple(
            self.person(sex, age, 0), self.person(self.sex(0.3), self.pick(self.adults), 0), word, flagged=False
        )


def _plants(at: dt.date, as_of: dt.date) -> Plants:
    """List what can be planted for one incident date: defects, then near misses; cells differ from those of `_base`."""
    unflagged = {"category": OTHER}
    today, later = dict.fromkeys(DATES, str(as_of)), dict.fromkeys(DATES, str(as_of + DAY))
    same_victim = {"incident_ref": "=", "victim_ref": "="}
    wife = {"relationship": "Wife"}
    plain = {"da_flag": "N", **unflagged, "relationship": "Friend"}
    said = {
        "named": (
            ("History of domestic violence. Friend called.", "DOMESTIC ABUSE"),
            ("Caller states this is not domestic abuse", "Domestic appliance on fire, abuse shouted"),
        ),
        "control": (
            ("Friend reports controlling behaviour", "Coercive control over years"),
            ("There was no controlling behaviour", "Passport control"),
        ),
        "order": (("Breach of a Non-Molestation Order", "DVPN in place"), ("No DVPN in place", "Order of a taxi")),
        "service": (("Heard at MARAC in May", "IDVA is informed"), ("Never at MARAC", "Dashed across the road")),
        "partner_harm": (
            ("Kicked by her husband", "His ex-wife came back and threatened him"),
            ("Her husband called", "Kicked by a stranger", "Her husband denied punching anybody"),
        ),
    }
    defects = [
        *together("UNI02", "victim_ref", {}, {**same_victim, "suspect_ref": "="}),
        *raising("PER07", "suspect_ref", {"victim_ref": "P1", "suspect_ref": "P1"},
                 {"victim_ref": "P2", "suspect_ref": "P2"}),
        *raising("FLG02", "da_flag", {"da_flag": "N", "relationship": "Friend"},
                 {"da_flag": "N", "relationship": "Neighbour", "risk_grade": "", "risk_date": ""}),
        *together("REL06", "relationship", wife, {**wife, **same_victim}),
        *together("GEN04.victim", "victim_sex", {}, {"victim_ref": "=", "victim_sex": MALE}),
        *together("GEN04.suspect", "suspect_sex", {}, {"suspect_ref": "=", "suspect_sex": FEMALE}),
        *raising("DAI01", "crime_ref", {"crime_ref": "42/0001234/26"}, {"crime_ref": "?"}),
        *raising("DAI02", "marac_referred", {"risk_grade": "H"}, {"risk_grade": "H", "marac_referred": ""}),
        *raising("DAI03", "repeat_victim", {"repeat_victim": "Y"}, {"earlier_incidents": "2"}),
        *raising("TIM01.risk", "risk_date", {"risk_date": str(at + 3 * DAY)}, {"risk_date": str(at + 30 * DAY)}),
        *raising("TIM02.incident", "incident_date", {"reported_date": str(at - DAY), "risk_date": str(at)},
                 {"reported_date": str(at - 2 * DAY), "risk_date": str(at)}),
        *raising("TIM02.risk", "risk_date", {"risk_date": str(at - DAY)}, {"risk_date": str(at - 300 * DAY)}),
        *raising("TIM03.reported TIM03.risk", "reported_date", later),
        *raising("TIM03.reported", "reported_date", {**today, "reported_date": str(as_of + DAY)}),
        *raising("TIM03.risk", "risk_date", {**today, "risk_date": str(as_of + DAY)}),
        *raising("CMP02.reported_date", "reported_date", {"reported_date": "31/02/2026"}, {"reported_date": "now"}),
        *raising("CMP02.risk_date", "risk_date", {"risk_date": f"{at.year}-02-30"}, {"risk_date": "tomorrow"}),
        *raising("CMP02.category", "category", {"category": "domestic incident"}, {"category": "D"}),
        *raising("CMP02.risk_grade", "risk_grade", {"risk_grade": "High"}, {"risk_grade": "X"}),
        *raising("CMP02.marac_referred", "marac_referred", {"marac_referred": "U"}, {"marac_referred": "1"}),
        *raising("CMP02.repeat_victim", "repeat_victim", {"repeat_victim": "yes"}, {"repeat_victim": "1"}),
        *raising("CMP02.earlier_incidents", "earlier_incidents", {"earlier_incidents": "none"}),
        *raising("CMP02.earlier_incidents DAI03", "earlier_incidents", {"earlier_incidents": "-1"}),
        *raising("CMP02.children_present", "children_present", {"children_present": "2"}, {"children_present": "?"}),
        *raising("PLH01.victim", "victim_dob", {"victim_dob": "1970-01-01"}, {"victim_dob": "1900-01-01"}),
        *raising("PLH01.suspect", "suspect_dob", {"suspect_dob": "1970-01-01"}, {"suspect_dob": "1904-01-01"}),
    ]  # fmt: skip
    near = [
        *together("UNI02", "victim_ref", {}, same_victim),
        *raising("PER07", "suspect_ref", {"victim_ref": "P10", "suspect_ref": "P11"},
                 {"suspect_ref": "", "suspect_sex": "", "suspect_dob": "", "relationship": "Partnership not known"}),
        *raising("FLG02", "da_flag", {"da_flag": "N", **unflagged, "relationship": "Friend"}, {"category": OTHER}),
        *raising("CMP02.relationship", "relationship", {"relationship": "Relative &#8211; Other"}),
        *together("REL06", "relationship", wife, {**same_victim, "relationship": "Girlfriend"}),
        *together("GEN04.victim", "victim_sex", {}, {"victim_ref": "="}),
        *together("GEN04.suspect", "suspect_sex", {}, {"suspect_ref": "="}),
        *raising("DAI01", "crime_ref", {"crime_ref": ""}, {"crime_ref": " "}),
        *raising("DAI02", "marac_referred", {"risk_grade": "H", "marac_referred": "Y"}, {"marac_referred": "Y"}),
        *raising("DAI03", "repeat_victim", {"repeat_victim": "Y", "earlier_incidents": "1"}, {"repeat_victim": "U"},
                 {"repeat_victim": "Y", "earlier_incidents": ""}),
        *raising("TIM01.risk", "risk_date", {"risk_date": str(at + 2 * DAY)}, {"risk_date": ""}),
        *raising("TIM02.incident", "incident_date", {}, {"reported_date": str(at + 9 * DAY), "risk_date": ""}),
        *raising("TIM02.risk", "risk_date", {}, {"risk_date": str(at + DAY)}),
        *raising("TIM03.reported", "reported_date", today),
        *raising("TIM03.risk", "risk_date", today),
        *raising("CMP02.reported_date", "reported_date", {"reported_date": str(at + DAY)}),
        *raising("CMP02.risk_date", "risk_date", {"risk_date": ""}),
        *raising("CMP02.category", "category", {"category": "Civil dispute"}),
        *raising("CMP02.risk_grade", "risk_grade", {"risk_grade": "R"}, {"risk_grade": "N"}),
        *raising("CMP02.marac_referred", "marac_referred", {"marac_referred": ""}),
        *raising("CMP02.repeat_victim", "repeat_victim", {"repeat_victim": "U"}, {"repeat_victim": ""}),
        *raising("CMP02.earlier_incidents", "earlier_incidents", {"earlier_incidents": "0"}),
        *raising("CMP02.children_present", "children_present", {"children_present": "U"}),
        *raising("PLH01.victim", "victim_dob", {"victim_dob": "1970-01-02"}),
        *raising("PLH01.suspect", "suspect_dob", {"suspect_dob": "1971-01-01"}),
    ]  # fmt: skip
    for term, (speaking, silent) in said.items():
        defects += raising(f"FLG07.{term}", "narrative", *({**plain, "narrative": text} for text in speaking))
        near += raising(f"FLG07.{term}", "narrative", *({**plain, "narrative": text} for text in silent))
        near += raising(f"FLG07.{term}", "narrative", {"narrative": speaking[0]})
    more, close = planting.of_a_couple(at, as_of, DATES, unflagged)
    return [*defects, *more], [*near, *close]


def _base(number: itertools.count[int], at: dt.date) -> Cells:
    """Make the plain record that plants start from: a woman of 34 and her partner of 36, flagged."""
    person = next(number)
    return {
        "reported_date": str(at), "incident_date": str(at), "category": DOMESTIC, "da_flag": "Y", "crime_ref": "",
        "risk_grade": "M", "risk_date": str(at), "marac_referred": "N", "victim_ref": f"V{person:07d}",
        "repeat_victim": "N", "earlier_incidents": "0", "children_present": "N", "victim_sex": FEMALE,
        "victim_dob": str(birthday(at, 34) - 100 * DAY), "suspect_ref": f"S{person:07d}", "suspect_sex": MALE,
        "suspect_dob": str(birthday(at, 36) - 50 * DAY), "relationship": "Partner",
        "narrative": "Both spoken to apart.",
    }  # fmt: skip


def generate(rows: int, seed: int, as_of: dt.date, *, plants: bool = True) -> tuple[list[Row], Listed]:
    """Make an extract of the year before a date, and the list of what was planted in it.

    Args:
        rows: how many records.
        seed: the same seed, size and date give the same extract.
        as_of: the day the extract is taken, 2021 or later.
        plants: whether to plant anything; an extract too small for all plants (about 300 rows) has none either.

    Returns:
        The rows in the order of `HEADER`, and what `planting.plant_in` lists.
    """
    rng = random.Random(seed)
    clean = _Clean(rng, as_of)
    made = [clean.row(number) for number in range(1, rows + 1)]
    if not plants:
        return made, []
    number = itertools.count(1)
    return made, planting.plant_in(made, HEADER, "incident_ref", rng, as_of, lambda at: _base(number, at), _plants)
