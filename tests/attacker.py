"""Somebody who has nothing but what was published, and works out what the withheld counts can be.

It reads the bytes of releases, knows how counts are defined and that rows add up, and knows nothing else. It shares no
code with what it attacks: its unknowns are how many records of each single group are of each kind.
"""

import csv
import io
import json
import math

import highspy
import numpy as np

#: which kinds of record make up a count
RULE = {
    "failing": ("failing",),
    "judged": ("failing", "passing"),
    "undetermined": ("undetermined",),
    "applicable": ("failing", "passing", "undetermined"),
}
RULE_KINDS = ("failing", "passing", "undetermined", "other")
FIELD = {
    "known": ("known",),
    "valid": ("known", "unanswered"),
    "supplied": ("known", "unanswered", "wrong"),
    "applicable": ("known", "unanswered", "wrong", "blank"),
    "undetermined": ("undetermined",),
    "blank": ("blank",),
}
FIELD_KINDS = ("known", "unanswered", "wrong", "blank", "undetermined", "other")
#: of all records of a source: what is made up of finer kinds, which are unknowns of their own
SPLIT = (
    (("wrong",), ("invalid", "unmapped")),
    (("unanswered",), ("not_known", "not_stated", "not_applicable")),
    (("known",), ("indeterminate", "answered")),
    (("blank", "wrong", "unanswered"), ("forced", "avoidable")),
    (("known", "unanswered"), ("default", "own")),
)
FINER = tuple(kind for _, parts in SPLIT for kind in parts)


def read_json(text):
    """Read a release: source -> rows; a row is (by, groups, records, {(kind, name): {count: number or None}})."""
    data = json.loads(text)
    return {s["id"]: [_row(r) for r in s["rows"]] for s in data["sources"]}


def _row(row):
    things = {(kind, name): counts for kind in ("fields", "rules") for name, counts in row[kind].items()}
    return row["by"], frozenset(row["groups"]), row["records"], things, row["pooled"]


def read_csv(text, marker):
    """Read the same from the tidy file: {(source, by, row, kind, name, count): number or None}."""
    found = {}
    for line in csv.DictReader(io.StringIO(text)):
        key = tuple(line[k] for k in ("source", "by", "row", "kind", "name", "count"))
        assert key not in found
        found[key] = None if line["value"] == marker else int(line["value"])
    return found


class Attack:
    """What can be known of some fields or rules of one source from its releases, oldest first.

    Args:
        releases: the rows of the source, one list a release.
        things: the fields and rules, which are looked at together.
        same: groups of (thing, count) that the rules say are the same records.
        growing: every record of a release is in the next one too.
    """

    def __init__(self, releases, things, same=(), *, growing=False):
        self.releases = releases
        self.places = {}
        self.equations = []
        things = [t for t in things if all(t in row[3] for rows in releases for row in rows if not row[0])]
        for time, rows in enumerate(releases):
            groups = self._groups(rows)
            for thing in things:
                self._unknowns(time, thing, groups)
            for row in rows:
                for thing in things:
                    self._publish(time, row, thing)
            for thing in things:
                self._tie(time, thing, groups, rows)
            for one, other in same:
                for row in rows:
                    terms = self.terms(time, row, *one)
                    for place, sign in self.terms(time, row, *other).items():
                        terms[place] = terms.get(place, 0) - sign
                    self.equations.append((terms, 0, 0))
        if growing:
            self._grow()
        self._solver()

    def _unknowns(self, time, thing, groups):
        for axis, names in groups.items():
            for name in names:
                for kind in self._kinds(thing):
                    self.places[time, thing, axis, name, kind] = len(self.places)
        if thing[0] == "fields":
            for kind in FINER:
                self.places[time, thing, "", "", kind] = len(self.places)

    def _groups(self, rows):
        groups = {"": [frozenset()]}
        for axis in dict.fromkeys(r[0] for r in rows if r[0]):
            groups[axis] = sorted({g for r in rows if r[0] == axis for g in r[1]})
        return {a: n for a, n in groups.items() if a} or groups

    @staticmethod
    def _kinds(thing):
        return FIELD_KINDS if thing[0] == "fields" else RULE_KINDS

    def _members(self, time, row):
        """Name the groups whose records a row holds, in every way that is known."""
        axes = {key[2] for key in self.places if key[0] == time and key[2]} or {""}
        if row[0]:
            return {row[0]: sorted(row[1])}
        return {
            a: sorted({k[3] for k in self.places if k[0] == time and k[2] == a}) if a else [frozenset()] for a in axes
        }

    def terms(self, time, row, thing, count, axis=None):
        """Say which unknowns add up to a count of a row."""
        if thing[0] == "fields" and count in FINER:
            return {self.places[time, thing, "", "", count]: 1}
        kinds = (FIELD if thing[0] == "fields" else RULE)[count]
        members = self._members(time, row)
        chosen = axis or min(members)
        return {self.places[time, thing, chosen, g, k]: 1 for g in members[chosen] for k in kinds}

    def _publish(self, time, row, thing):
        for axis, groups in self._members(time, row).items():
            every = {self.places[time, thing, axis, g, k]: 1 for g in groups for k in self._kinds(thing)}
            self.equations.append((every, row[2], row[2]))
        for count, number in row[3].get(thing, {}).items():
            if number is not None:
                self.equations.append((self.terms(time, row, thing, count), number, number))

    def _tie(self, time, thing, groups, rows):
        """All axes hold the same records; a group that is named has one at least; finer kinds make up coarser ones."""
        whole = next(r for r in rows if not r[0])
        axes = list(groups)
        for other in axes[1:]:
            for kind in self._kinds(thing):
                terms = {self.places[time, thing, axes[0], g, kind]: 1 for g in groups[axes[0]]}
                terms |= {self.places[time, thing, other, g, kind]: -1 for g in groups[other]}
                self.equations.append((terms, 0, 0))
        for axis in axes:
            for g in groups[axis]:
                terms = {self.places[time, thing, axis, g, k]: 1 for k in self._kinds(thing)}
                self.equations.append((terms, 1, math.inf))
        if thing[0] == "fields":
            members = self._members(time, whole)
            axis = min(members)
            for coarse, fine in SPLIT:
                terms = {self.places[time, thing, axis, g, k]: 1 for g in members[axis] for k in coarse}
                terms |= {self.places[time, thing, "", "", k]: -1 for k in fine}
                self.equations.append((terms, 0, 0))

    def _grow(self):
        for (time, *rest), place in list(self.places.items()):
            later = self.places.get((time + 1, *rest))
            if later is not None:
                self.equations.append(({later: 1, place: -1}, 0, math.inf))

    def _solver(self):
        quiet = type("Quiet", (highspy.Highs,), {"enableCallbacks": lambda _: None})
        self.highs = quiet()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        self.size = len(self.places)
        self.highs.addVars(self.size, np.zeros(self.size), np.full(self.size, highspy.kHighsInf))
        starts, index, factors = [], [], []
        for terms, _, _ in self.equations:
            starts.append(len(index))
            index += list(terms)
            factors += [float(f) for f in terms.values()]
        low = np.array([float(e[1]) for e in self.equations])
        high = np.array([highspy.kHighsInf if e[2] == math.inf else float(e[2]) for e in self.equations])
        self.highs.addRows(len(low), low, high, len(index), np.array(starts, dtype=np.int32),
                           np.array(index, dtype=np.int32), np.array(factors))  # fmt: skip
        self.all = np.arange(self.size, dtype=np.int32)

    def bounds(self, terms, *, whole=True):
        """Give the least and the greatest that some unknowns can add up to, in whole numbers where that is asked."""
        return self._extreme(terms, 1, whole=whole), self._extreme(terms, -1, whole=whole)

    def _extreme(self, terms, sign, *, whole):
        cost = np.zeros(self.size)
        for place, factor in terms.items():
            cost[place] = sign * factor
        self.highs.changeColsCost(self.size, self.all, cost)
        self.highs.run()
        status = self.highs.getModelStatus().name
        if status in {"kUnbounded", "kUnboundedOrInfeasible"}:
            return -sign * math.inf
        assert status == "kOptimal", status
        found = np.array(self.highs.getSolution().col_value)
        if whole and np.abs(found - np.rint(found)).max(initial=0) > 1e-6:
            kinds = highspy.HighsVarType
            self.highs.changeColsIntegrality(self.size, self.all, np.full(self.size, kinds.kInteger))
            self.highs.run()
            found = np.rint(np.array(self.highs.getSolution().col_value))
            self.highs.changeColsIntegrality(self.size, self.all, np.full(self.size, kinds.kContinuous))
        return sum(found[p] * f for p, f in terms.items())

    def withheld(self):
        """Name every withheld count: (time, row, thing, count)."""
        things = {k[1] for k in self.places}
        for time, rows in enumerate(self.releases):
            for row in rows:
                for thing, counts in row[3].items():
                    if thing in things:
                        yield from ((time, row, thing, c) for c, n in counts.items() if n is None)
