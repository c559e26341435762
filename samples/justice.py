"""What the generators of police, prosecution, courts and probation share: invented people and their numbers.

It is no generator itself; those beside it load it by its path. Nobody in it exists: names are drawn at random, the
telephone numbers are those kept for films, the mail goes to a domain that is kept for examples.
"""

from __future__ import annotations

import datetime as dt
import random

Row = tuple[str, ...]

DAY = dt.timedelta(days=1)
SIXTEEN = 5844  # days: sixteen years hold exactly four leap days between 1901 and 2099
EIGHTEEN = 6576  # days: at least eighteen years, whichever they are
LONGEST = 36500
MALE, FEMALE, NOT_KNOWN, NOT_SPECIFIED = "1", "2", "0", "9"

LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"


def spread(weights: str) -> tuple[str, ...]:
    """Spread `value weight|value weight` over a tuple, so that one even draw picks by weight."""
    pairs = (item.strip().rsplit(" ", 1) for item in weights.split("|"))
    return tuple(value for value, weight in pairs for _ in range(int(weight)))


# Force area, the number that its references start with, rough relative size.
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

# What the victim is to the suspect, by the victim's sex.
INTIMATE = {
    FEMALE: spread("Ex Partner 30|Partner 16|Wife 12|Girlfriend 13|Ex-girlfriend 12|Ex-wife 8|Co-habiting partner 6"
                   "|Spouse 2|Civil partner 1"),
    MALE: spread("Ex Partner 30|Partner 18|Husband 12|Boyfriend 13|Ex-boyfriend 12|Ex-husband 6"
                 "|Co-habiting partner 6|Spouse 2|Civil partner 1"),
    NOT_KNOWN: spread("Ex Partner 5|Partner 4|Spouse 1"),
}  # fmt: skip
FAMILY = {
    FEMALE: spread("Mother 35|Sister 18|Daughter 16|Grandmother 4|Step-mother 4|Aunt 3|Sister in Law 5|Cousin 5"
                   "|Other in-law relationship 5|Relative &#8211; Other 5"),
    MALE: spread("Father 30|Brother 24|Son 16|Grandfather 3|Step-father 6|Uncle 3|Brother in Law 6|Cousin 5"
                 "|Other in-law relationship 3|Relative &#8211; Other 4"),
    NOT_KNOWN: spread("Parent 4|Sibling 3|Child 2|Cousin 1"),
}  # fmt: skip
PARENTS, CHILDREN = {"Mother", "Father", "Parent"}, {"Daughter", "Son", "Child"}
SPOUSES = {"Wife", "Husband", "Spouse", "Civil partner"}

# Offences by their code: VIOLENCE is against a person, DOMESTIC the same and what is often or always domestic.
VIOLENCE = spread("CJ88116 30|CJ88001 14|OF61102 18|OF61131 4|OF61017 2|OF61014 6|PH97006 8|PH97010 2|OS23002 5"
                   "|PU86116 6|PU86003 1|TH68050 1")  # fmt: skip
DOMESTIC = VIOLENCE + spread("SC15005 5|SC15004 6|FL96001 3|SE20002 3|MC80530 1|DA21001 1|SC15006 1")
ON_PERSON = VIOLENCE + spread("TH68007 30|TH68023 12|TH68037 12|TH68050 8|CD98070 6")
AGAINST_BUSINESS = spread("TH68010 70|TH68003 3|TH68037 20|CD71039 7")
NO_VICTIM = spread("CJ88144 25|PU86003 20|RT88191 25|RT88334 10|VG24005 10|SC07001 2|COML018 1")
AGAINST_ORDER = spread("FL96001 40|MC80530 20|DA21001 15|CS10503 10|DA21006 5")
APPLICATION = spread("CS10501 50|DA21501 20|DA21502 30")

FORENAMES = {
    FEMALE: spread("Ada 1|Amina 1|Beth 1|Carys 1|Chloe 1|Dawn 1|Elin 1|Farah 1|Grace 1|Hana 1|Ines 1|Jade 1|Keira 1"
                   "|Leah 1|Maya 1|Niamh 1|Olga 1|Priya 1|Rosa 1|Sian 1|Tara 1|Uma 1|Vera 1|Wendy 1|Yasmin 1|Zoe 1"),
    MALE: spread("Adam 1|Bilal 1|Callum 1|Dylan 1|Ewan 1|Femi 1|Gareth 1|Hugo 1|Imran 1|Jakub 1|Kofi 1|Liam 1|Mateusz 1"
                 "|Nathan 1|Owen 1|Paul 1|Quentin 1|Rhys 1|Sanjay 1|Tomos 1|Umar 1|Victor 1|Wesley 1|Yusuf 1|Zak 1"),
}  # fmt: skip
SURNAMES = spread(
    "Abara 1|Bevan 2|Carter 3|Davies 9|Ellis 2|Farooq 1|Griffin 1|Hussain 3|Ivanov 1|Jones 12|Kaur 3|Lewis 3|Murphy 3"
    "|Nowak 2|O'Neill 1|Patel 6|Quinn 1|Roberts 4|Singh 4|Thomas 5|Underhill 1|Vaughan 1|Walker 4|Yeung 1|Zielinski 1"
)
STREETS = ("Elm Street", "Mill Lane", "Station Road", "Church Row", "Park Avenue", "Hill Rise", "Orchard Close")
TOWNS = ("Ashford Mere", "Westbridge", "Llanfach", "Northcote", "Easterby", "Harbour End", "Fenwick Moor")


def check_letter(number: str) -> str:
    """Give the check letter of a police number."""
    return LETTERS[int(number) % 23]


def pnc_id(year: int, serial: int) -> str:
    """Write a PNC ID in its long form."""
    text = f"{serial:07d}"
    return f"{year:04d}/{text}{check_letter(f'{year % 100:02d}{text}')}"


def cro(year: int, serial: int) -> str:
    """Write a CRO number."""
    return f"{serial:06d}/{year % 100:02d}{check_letter(f'{year % 100:02d}{serial:06d}')}"


def asn(year: int, force: str, unit: str, serial: int) -> str:
    """Write an arrest summons number of twenty characters."""
    yy, text = f"{year % 100:02d}", f"{serial:011d}"
    return f"{yy}{force}{unit}01{text}{check_letter(f'{force}01{yy}{text}')}"


def station(number: int) -> str:
    """Give the two letters of a station; another each hundred thousand numbers, so that none comes twice."""
    first, second = divmod(number // 100000, 26)
    return f"{chr(65 + first % 26)}{chr(65 + second)}"


class Cast:
    """Draws people, their dates and numbers.

    Args:
        rng: where all chance comes from.
        as_of: the day the extract is taken; no date is later.
    """

    def __init__(self, rng: random.Random, as_of: dt.date) -> None:
        self.rnd, self.pick, self.last = rng.random, rng.choice, as_of.toordinal()
        # Every date a row can need, as text: formatting each anew takes most of the time.
        self.first = self.last - 1500 - LONGEST
        self.iso = [dt.date.fromordinal(n).isoformat() for n in range(self.first, self.last + 1)]
        # NOTE: the first of a January is a birthday too, but those that computers fill in must not turn up by chance.
        self.filled_in = {dt.date(year, 1, 1).toordinal() for year in (1900, 1901, 1904, 1970)}
        self.adults = [SIXTEEN + int(min(rng.gammavariate(2.2, 3300), 27000)) for _ in range(20011)]
        self.forces = [(area, number) for area, number, weight in FORCES for _ in range(weight)]
        self.year = dt.date.fromordinal(self.last).year
        # A few thousand of each, drawn from again and again: writing each anew takes twice the time.
        many = range(4001)
        self.names = {sex: [(self.pick(FORENAMES[sex]), self.pick(SURNAMES)) for _ in many] for sex in (MALE, FEMALE)}
        self.names[NOT_KNOWN] = self.names[NOT_SPECIFIED] = self.names[MALE] + self.names[FEMALE]
        self.addresses = [f"{1 + self.upto(180)} {self.pick(STREETS)}, {self.pick(TOWNS)}" for _ in many]
        self.telephones = [f"07700 900{number:03d}" for number in range(1000)]
        self.emails = [f"someone{number}@example.org" for number in many]
        self.pnc_ids = [pnc_id(self.year - self.upto(30), 1 + self.upto(599999)) for _ in many]
        self.cros = [cro(self.year - self.upto(30), 1 + self.upto(499999)) for _ in many]

    def chance(self, share: float) -> bool:
        """Say yes that often."""
        return self.rnd() < share

    def upto(self, count: int) -> int:
        """Draw a whole number from 0 below another."""
        return int(self.rnd() * count)

    def day(self, ordinal: int) -> str:
        """Write a day."""
        return self.iso[ordinal - self.first]

    def sex(self, female: float) -> str:
        """Draw a sex; of seven in a thousand it is not known."""
        return NOT_KNOWN if self.chance(0.007) else FEMALE if self.chance(female) else MALE

    def generation(self) -> int:
        """Draw the days between parent and child: sixteen years and more."""
        return SIXTEEN + self.upto(8000)

    def born(self, incident: int, age: int, blank: float) -> str:
        """Write the date of birth of somebody so many days old."""
        day = incident - age
        return "" if self.chance(blank) else self.day(day - 1 if day in self.filled_in else day)

    def related(self, sex: str, intimate: float = 0.74) -> tuple[str, str, int, int]:
        """Draw for a victim of a sex: the relationship, the other's sex, and how many days old both are, 16 or over."""
        victim, suspect = self.pick(self.adults), self.pick(self.adults)
        if self.chance(intimate):
            word = self.pick(INTIMATE[sex])
            other = sex if self.chance(0.03) else MALE if sex == FEMALE else FEMALE
            if word in SPOUSES:
                victim, suspect = max(victim, EIGHTEEN), max(suspect, EIGHTEEN)
            return word, other, victim, suspect
        word = self.pick(FAMILY[sex])
        if word in PARENTS:
            suspect = min(suspect, 18000)
            victim = suspect + self.generation()
        elif word in CHILDREN:
            victim = min(victim, 18000)
            suspect = victim + self.generation()
        return word, self.sex(0.25), victim, suspect

    def asn(self, force: str) -> str:
        """Draw an arrest summons number of a force."""
        return asn(self.year - self.upto(2), force, self.pick(("ZD", "AA", "KT")), 1 + self.upto(999999))
