"""Child in need returns for tests, written out as XML from examples, each of which is a return of its own in it."""

from __future__ import annotations

from xml.sax.saxutils import escape

#: table -> its parent, the element it is, and elements that lie around it
PLACES = {
    "children": ("header", "Child", ()),
    "disabilities": ("children", "Disability", ("ChildCharacteristics", "Disabilities")),
    "cin_details": ("children", "CINdetails", ()),
    "assessments": ("cin_details", "Assessments", ()),
    "factors": ("assessments", "AssessmentFactors", ("FactorsIdentifiedAtAssessment",)),
    "cin_plans": ("cin_details", "CINPlanDates", ()),
    "section47": ("cin_details", "Section47", ()),
    "cp_plans": ("cin_details", "ChildProtectionPlans", ()),
    "reviews": ("cp_plans", "Reviews", ()),
}
LEAVES = {"disabilities": "Disability", "factors": "AssessmentFactors"}


class Record:
    """A record with the records that belong to it; `line` is where it stands once it was written."""

    def __init__(self, table, cells):
        self.table, self.cells, self.below, self.line = table, cells, [], 0

    def add(self, table, cells):
        self.below.append(Record(table, cells))
        return self.below[-1]


def records_of(table, example):
    """Give the top record of an example and the one that it is about."""
    chain = [table]
    while chain[0] != "header":
        chain.insert(0, PLACES[chain[0]][0])
    found = {}
    for name in chain:
        prefix = "" if name == table else f"{name}."
        cells = {k.removeprefix(prefix): v for k, v in example.items()
                 if isinstance(v, str) and k.startswith(prefix) and (prefix or "." not in k)}  # fmt: skip
        found[name] = found[PLACES[name][0]].add(name, cells) if name != "header" else Record("header", cells)
    own = found[table]

    def above(name):
        if name not in found:
            found[name] = above(PLACES[name][0]).add(name, {})
        return found[name]

    for name, rows in example.items():
        if not isinstance(rows, str):
            for cells in rows:
                made = above(PLACES[name][0]).add(name, cells)
                found.setdefault(name, made)
    return found["header"], own


class Writer:
    """Writes lines and notes at which each record begins."""

    def __init__(self):
        self.lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<Message>"]

    def header(self, record):
        record.line = self.put("<Header>")
        self.cells(record.cells)
        self.put("</Header>")
        self.put("<Children>")
        for child in record.below:
            self.record(child)
        self.put("</Children>")

    def put(self, text):
        self.lines.append(text)
        return len(self.lines)

    def cells(self, cells):
        for name, text in cells.items():
            self.put(f"<{name}>{escape(text)}</{name}>")

    def record(self, record):
        _, element, around = PLACES[record.table]
        for name in around:
            self.put(f"<{name}>")
        leaf = LEAVES.get(record.table)
        if leaf:
            record.line = self.put(f"<{element}>{escape(record.cells.get(leaf, ''))}</{element}>")
        else:
            record.line = self.put(f"<{element}>")
            self.cells(record.cells)
            for below in record.below:
                self.record(below)
            self.put(f"</{element}>")
        for name in reversed(around):
            self.put(f"</{name}>")

    def text(self):
        return "\n".join([*self.lines, "</Message>", ""])
