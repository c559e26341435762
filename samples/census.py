"""Records of an invented child in need return, how they are written as XML, and the year they lie in.

It is no generator itself; child_in_need_census.py loads it by its path.
"""

from __future__ import annotations

import datetime as dt

FIRST, LAST = 2023, 2025
DAY = dt.timedelta(days=1)
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
AROUND = {"Disability": "Disabilities", "AssessmentFactors": "FactorsIdentifiedAtAssessment"}

Cells = dict[str, str]


class Record:
    """An element with its cells, and the elements that lie in it; `line` is where it begins once it was written."""

    __slots__ = ("below", "cells", "element", "line")

    def __init__(self, element: str, **cells: str) -> None:
        self.element = element
        self.cells: Cells = cells
        self.below: list[Record] = []
        self.line = 0

    def add(self, element: str, **cells: str) -> Record:
        """Put an element in."""
        made = Record(element, **cells)
        self.below.append(made)
        return made

    def write(self, lines: list[str], start: int) -> None:
        """Write the element; each cell stands on a line of its own."""
        self.line = start + len(lines)
        lines.append(f"<{self.element}>")
        _cells(self.cells, lines)
        inner = [r for r in self.below if r.element in AROUND]
        if inner:
            lines.append(f"<{AROUND[inner[0].element]}>")
            for record in inner:
                record.line = start + len(lines)
                lines.append(f"<{record.element}>{record.cells['']}</{record.element}>")
            lines.append(f"</{AROUND[inner[0].element]}>")
        for record in self.below:
            if record.element not in AROUND:
                record.write(lines, start)
        lines.append(f"</{self.element}>")


def _cells(cells: Cells, lines: list[str]) -> None:
    lines.extend(f"<{name}>{text}</{name}>" for name, text in cells.items() if text)


class Child(Record):
    """A child; its identifiers and characteristics are elements around its cells."""

    __slots__ = ("ethnicity",)

    def __init__(self, ethnicity: str = "WBRI", **cells: str) -> None:
        super().__init__("Child", **cells)
        self.ethnicity = ethnicity

    def write(self, lines: list[str], start: int) -> None:
        """Write the child, its identifiers and characteristics in elements of their own."""
        self.line = start + len(lines)
        lines += ["<Child>", "<ChildIdentifiers>"]
        _cells(self.cells, lines)
        lines += ["</ChildIdentifiers>", "<ChildCharacteristics>"]
        _cells({"Ethnicity": self.ethnicity}, lines)
        inner = [r for r in self.below if r.element == "Disability"]
        if inner:
            lines.append("<Disabilities>")
            for record in inner:
                record.line = start + len(lines)
                lines.append(f"<Disability>{record.cells['']}</Disability>")
            lines.append("</Disabilities>")
        lines.append("</ChildCharacteristics>")
        for record in self.below:
            if record.element == "CINdetails":
                record.write(lines, start)
        lines.append("</Child>")


def upn(number: int, authority: str = "801", last: str = "") -> str:
    """Make a pupil number with its check letter.

    >>> upn(1), upn(1, last="A")
    ('B801000000001', 'M80100000001A')
    """
    digits = f"{authority}{number:09d}"
    if last:
        digits = f"{authority}{number:08d}"
    total = sum(int(d) * (i + 2) for i, d in enumerate(digits)) + (13 * LETTERS.index(last) if last else 0)
    return LETTERS[total % 23] + digits + last


class Year:
    """The census year, and children as they are in it."""

    def __init__(self, as_of: dt.date) -> None:
        ended = as_of.year - ((as_of.month, as_of.day) < (3, 31))
        self.year = max(FIRST, min(LAST, ended))
        self.end = dt.date(self.year, 3, 31)
        self.start = dt.date(self.year - 1, 4, 1)
        self.sex = "Sex" if self.year >= 2025 else "GenderCurrent"
        self.codes = {"male": "M", "female": "F", "unborn": "U"}
        if self.sex == "GenderCurrent":
            self.codes = {"male": "1", "female": "2", "unborn": "0"}
        self.days = [(self.start + n * DAY).isoformat() for n in range(-800, 800)]

    def on(self, number: int) -> str:
        """Give the day so many days after the year began."""
        return self.days[number + 800]

    def working(self, number: int) -> int:
        """Give the number itself, or that of the next day from Monday to Friday."""
        return number + max(0, 7 - (self.start + number * DAY).weekday()) * ((self.start + number * DAY).weekday() > 4)

    def child(self, number: int, sex: str = "female", age: int = 4000, ethnicity: str = "WBRI") -> Child:
        """Make a child of so many days at the end of the year, without episodes."""
        born = (self.end - age * DAY).isoformat()
        pupil = {"UPN": upn(number)} if age >= 1300 else {"UPNunknown": "UN1"}
        sexed = {self.sex: self.codes[sex]}
        return Child(ethnicity, LAchildID=f"C{number:07d}", **pupil, PersonBirthDate=born, **sexed)

    def unborn(self, number: int, expected: int) -> Child:
        """Make a child who is expected on a day of the year."""
        cells = {"LAchildID": f"C{number:07d}", "UPNunknown": "UN6", "ExpectedPersonBirthDate": self.on(expected)}
        return Child("NOBT", **cells, **{self.sex: self.codes["unborn"]})


def disabled(child: Record, *codes: str) -> None:
    """Record disabilities, or that there is none."""
    for code in codes or ("NONE",):
        child.add("Disability", **{"": code})


def episode(child: Record, referred: str, nfa: str = "0", source: str = "6", need: str = "N1") -> Record:
    """Add an episode of need."""
    needed = {"PrimaryNeedCode": need} if nfa == "0" else {}
    return child.add("CINdetails", CINreferralDate=referred, ReferralSource=source, **needed, ReferralNFA=nfa)


def close(record: Record, day: str, reason: str) -> None:
    """Close an episode."""
    record.cells |= {"CINclosureDate": day, "ReasonForClosure": reason}


def assessed(record: Record, start: str, ended: str = "", *factors: str) -> Record:
    """Add an assessment and what it found."""
    made = record.add("Assessments", AssessmentActualStartDate=start, AssessmentAuthorisationDate=ended)
    for factor in factors:
        made.add("AssessmentFactors", **{"": factor})
    return made


def planned(record: Record, start: str, ended: str = "") -> Record:
    """Add a child in need plan."""
    return record.add("CINPlanDates", CINPlanStartDate=start, CINPlanEndDate=ended)


def enquired(record: Record, start: str, held: str = "", flag: str = "false", target: str = "") -> Record:
    """Add an enquiry under section 47, and when its conference was held."""
    return record.add("Section47", S47ActualStartDate=start, InitialCPCtarget=target, DateOfInitialCPC=held,
                      ICPCnotRequired=flag)  # fmt: skip


def protected(record: Record, start: str, ended: str = "", abuse: str = "EMO", before: str = "0") -> Record:
    """Add a protection plan."""
    return record.add("ChildProtectionPlans", CPPstartDate=start, CPPendDate=ended, InitialCategoryOfAbuse=abuse,
                      LatestCategoryOfAbuse=abuse, NumberOfPreviousCPP=before)  # fmt: skip


class Plant:
    """A planted child: records by a letter, and which of them raise which rules.

    k child, e episode, a assessment, p plan, s enquiry, c protection plan, r review, d disability; a digit tells a
    second of a kind.
    """

    def __init__(self, child: Child, **records: Record) -> None:
        self.child = child
        self.records: dict[str, Record] = {"k": child, **records}
        self.codes = ""
        self.field = ""
        self.near = False

    def put(self, **cells: str) -> Plant:
        """Change cells, named letter_Cell."""
        for name, text in cells.items():
            letter, _, cell = name.partition("_")
            self.records[letter].cells[cell] = text
            self.field = cell
        return self

    def make(self, letter: str, record: Record) -> Plant:
        """Name a record that was added."""
        self.records[letter] = record
        return self

    def drop(self, letter: str) -> Plant:
        """Take a record out."""
        gone = self.records[letter]
        for record in (self.child, *self.records.values()):
            record.below = [r for r in record.below if r is not gone]
        return self

    def factors(self, *codes: str) -> Plant:
        """Replace the factors of the assessment."""
        record = self.records["a"]
        record.below = [Record("AssessmentFactors", **{"": code}) for code in codes]
        return self

    def disabilities(self, *codes: str) -> Plant:
        """Replace the disabilities of the child."""
        self.child.below = [r for r in self.child.below if r.element != "Disability"]
        for place, code in enumerate(codes, start=1):
            self.records[f"d{place}"] = self.child.add("Disability", **{"": code})
        return self

    def raises(self, codes: str) -> Plant:
        """Say which rules it raises, and with which record: CIN8500@k."""
        self.codes = codes
        return self

    def misses(self, codes: str) -> Plant:
        """Say which rules it just does not raise."""
        self.codes, self.near = codes, True
        return self
