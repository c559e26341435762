"""From the result of a run to a release: every count that is small, or would tell a small one, is taken out of it.

The counts of a source are cut into parts that share no equation but those with the numbers of records, which are
always printed. Each part is protected by itself. Columns that are equal in every row are one column: whoever knows
the rules may know that they must be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycase.suppression import columns
from everycase.suppression.protecting import protect
from everycase.suppression.rectangles import Grid, Walks
from everycase.suppression.rows import rows_of, things
from everycase.suppression.system import System

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from everycase.outcome import SourceResult
    from everycase.reports import Suppression
    from everycase.suppression.columns import Layout
    from everycase.suppression.earlier import Earlier
    from everycase.suppression.release import Note
    from everycase.suppression.rows import Count, Place

_LOSS = {"applicable": 2.0, "judged": 1.5}
_ALL_RECORDS, _LEVEL, _GROUP = 16.0, 4.0, 1.0
Thing = tuple[str, str]
#: a column: its counts in every row that has it
Column = tuple[int, ...]


class NotReleasableError(Exception):
    """A source cannot be released at all; the reason is one word."""

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(slots=True)
class Veiled:
    """The rows of a source and which of their counts are withheld."""

    rows: list[Place]
    hidden: set[tuple[int, Count]]
    notes: list[Note]


def veil(source: SourceResult, policy: Suppression, earlier: Earlier) -> Veiled:
    """Choose which counts of a source are withheld.

    Raises:
        NotReleasableError: it has too few records, or too few more than it had in an earlier release.
    """
    _refuse_small(source, policy, earlier)
    rows, notes = rows_of(source, policy, earlier)
    source_columns = _columns(rows)
    hidden: set[tuple[int, Count]] = set()
    walks = {axis: Walks(_parents(rows, axis)) for axis in {r.axis for r in rows if r.axis}}
    failed = []
    records = tuple(r.records for r in rows)
    # NOTE: where all together are a small number, whatever is not nought is withheld in either column anyway.
    common = {c for c in source_columns.values() if c != records and len(c) > 1 and c[0] > policy.highest}
    for part in _parts(rows, source_columns, common):
        work = _Part(rows, part, source_columns, common, policy, earlier)
        if not work.delicate:
            continue
        outcome = protect(work.system, policy.width, work.grids(walks))
        if outcome.unproven:
            failed += [name for _, name in part]
            # NOTE: what is nought everywhere, or all records everywhere, stays: whoever knows the rules may know it.
            hidden |= {where for where in work.cells if not work.unchanged(*where)}
        else:
            hidden |= {where for where, cell in work.cells.items() if outcome.hidden[cell]}
    if failed:
        notes.append(("part", tuple(sorted(failed))))
    return Veiled(rows, hidden, notes)


def _refuse_small(source: SourceResult, policy: Suppression, earlier: Earlier) -> None:
    before = earlier.records("", frozenset())
    if policy.small(source.records) or source.records < policy.width:
        raise NotReleasableError(reason="few")
    if before is None or not before or policy.relation == "separate":
        return
    if policy.relation == "growing" and source.records < before:
        raise NotReleasableError(reason="not_growing")
    if policy.small(abs(source.records - before)) and source.records != before:
        raise NotReleasableError(reason="few_more")


def layout(kind: str, row: int) -> Layout:
    """Give the counts that a row has of a field or a rule."""
    if kind == "rules":
        return columns.RULE
    return columns.FIELD if row else columns.FIELD_IN_ALL


def _parents(rows: Sequence[Place], axis: str) -> list[int]:
    first = next(n for n, r in enumerate(rows) if r.axis == axis)
    return [r.above - first if r.above else -1 for r in rows if r.axis == axis]


def _columns(rows: Sequence[Place]) -> dict[Count, Column]:
    found: dict[Count, Column] = {}
    for kind, name in things(list(rows)):
        for count in dict.fromkeys(c for c in rows[0].counts if c[:2] == (kind, name)):
            found[count] = tuple(r.counts[count] for r in rows if count in r.counts)
    return found


def _parts(rows: Sequence[Place], every: Mapping[Count, Column], common: set[Column]) -> list[frozenset[Thing]]:
    """Put together the fields and rules that have a column in common."""
    parts: dict[Thing, set[Thing]] = {t: {t} for t in things(list(rows))}
    first: dict[Column, Thing] = {}
    for count, column in every.items():
        if column not in common:
            continue
        one, other = parts[first.setdefault(column, count[:2])], parts[count[:2]]
        if one is not other:
            one |= other
            for thing in other:
                parts[thing] = one
    seen: dict[int, frozenset[Thing]] = {id(p): frozenset(p) for p in parts.values()}
    return list(seen.values())


class _Part:
    """The system of some fields and rules of a source."""

    def __init__(
        self,
        rows: list[Place],
        part: frozenset[Thing],
        every: Mapping[Count, Column],
        common: set[Column],
        policy: Suppression,
        earlier: Earlier,
    ) -> None:
        self.rows, self.part, self.common, self.policy, self.earlier = rows, part, common, policy, earlier
        self.system = System()
        self.cells: dict[tuple[int, Count], int] = {}
        self._stills: dict[tuple[int, Count], bool] = {}
        self.every = {c: v for c, v in every.items() if c[:2] in part}
        self._records = tuple(r.records for r in rows)
        self._constant = {c for c, v in self.every.items() if not any(v) or v == self._records}
        # NOTE: most parts have nothing small in them; they are told without building a system.
        small = any(policy.small(n) for v in self.every.values() for n in v if n)
        self.delicate = small or policy.zero or policy.full or (earlier.exists and policy.relation != "separate")
        if self.delicate:
            self._build()

    def _build(self) -> None:
        printed: dict[tuple[int, Column | Count], float] = {}
        for row, place in enumerate(self.rows):
            for count in self._counts(row):
                if count[2] in layout(count[0], row).printed:
                    key = (row, self._key(count))
                    printed[key] = max(printed.get(key, 0.0), self._loss(place, count))
        for row in range(len(self.rows)):
            for count in self._counts(row):
                key = (row, self._key(count))
                known = self.system.places.get(key)
                self.cells[row, count] = self._add(row, count, printed.get(key)) if known is None else known
                self._mark(row, count)
        for row, place in enumerate(self.rows):
            for kind, name in sorted(self.part):
                for whole, parts in layout(kind, row).sums:
                    self._equation(row, (kind, name, whole), [(kind, name, p) for p in parts])
            for axis in sorted({self.rows[b].axis for b in place.below}):
                below = [b for b in place.below if self.rows[b].axis == axis]
                for count in self._counts(row):
                    inner = [self.cells[b, count] for b in below if (b, count) in self.cells]
                    if inner:
                        self.system.sums(self.cells[row, count], inner)
        wrong = self.system.wrong()
        if wrong:
            raise NotReleasableError(reason="not_adding")

    def _counts(self, row: int) -> Iterable[Count]:
        return (c for c in self.every if c in self.rows[row].counts and c not in self._constant)

    def _key(self, count: Count) -> Column | Count:
        column = self.every[count]
        return column if column in self.common else count

    @staticmethod
    def _loss(place: Place, count: Count) -> float:
        return _LOSS.get(count[2], 1.0) * (_ALL_RECORDS if not place.axis else _LEVEL if place.below else _GROUP)

    def _add(self, row: int, count: Count, loss: float | None) -> int:
        value = self.rows[row].counts[count]
        return self.system.add((row, self._key(count)), value, cost=loss or 0.0, implied=loss is None)

    def _mark(self, row: int, count: Count) -> None:
        """Say of a cell whether it is small, and what earlier releases make of it."""
        place, cell = self.rows[row], self.cells[row, count]
        value = place.counts[count]
        if self.policy.small(value) or (self.policy.full and value and self._is_full(row, count)):
            self.system.sensitive[cell] = True
        if not self.earlier.exists or self.policy.relation == "separate":
            return
        hidden = self.earlier.ever_withheld(place.axis, place.groups, count)
        before = self._before(place, count)
        if hidden or before is None:
            self._was_withheld(row, count, hidden=hidden)
            return
        added = value - before
        if before and self.policy.small(abs(added)) and added:
            self.system.sensitive[cell] = True
        if self.policy.relation == "growing":
            if added < 0:
                raise NotReleasableError(reason="not_growing")
            self.system.room[cell] = min(self.system.room[cell], added)

    def _was_withheld(self, row: int, count: Count, *, hidden: bool) -> None:
        """Keep withheld what was withheld: how much of it is new is not known to us either."""
        cell = self.cells[row, count]
        if self.policy.relation == "growing":
            # NOTE: what is new may be nought for all we know, so that it can only be shown to be more.
            self.system.room[cell] = 0
            if hidden and self._still(row, count):
                self.system.kept[cell] = True
                return
        if count[2] in layout(count[0], row).printed:
            self.system.sensitive[cell] = True

    def _still(self, row: int, count: Count) -> bool:
        """Say whether anybody knows that a count has not grown, since nothing that it is a part of has."""
        known = self._stills.get((row, count))
        if known is None:
            known = self._stills[row, count] = self._is_still(row, count)
        return known

    def _is_still(self, row: int, count: Count) -> bool:
        place = self.rows[row]
        if self.earlier.records(place.axis, place.groups) == place.records:
            return True
        if self._before(place, count) == place.counts[count]:
            return True
        wholes = [(*count[:2], w) for w, parts in layout(count[0], row).sums if count[2] in parts and w != "records"]
        if any(self._still(row, whole) for whole in wholes):
            return True
        return place.above >= 0 and count in self.rows[place.above].counts and self._still(place.above, count)

    def _before(self, place: Place, count: Count) -> int | None:
        """Give what an earlier release told of a count, be it printed or a difference of printed ones."""
        if count[2] in layout(count[0], 0 if not place.axis else 1).printed:
            if not self.earlier.speaks_of(count):
                return 0
            return self.earlier.before(place.axis, place.groups, count)
        kind, name, which = count
        sums = layout(kind, 0 if not place.axis else 1).sums
        whole, parts = next(((w, p) for w, p in sums if which in p), ("", ()))
        if not whole:
            inner = [self._before(place, (kind, name, p)) for p in next(p for w, p in sums if w == which)]
            return None if None in inner else sum(n for n in inner if n is not None)
        others = [self._before(place, (kind, name, p)) for p in parts if p != which]
        if whole == "records":
            total = self.earlier.records(place.axis, place.groups)
        else:
            total = self._before(place, (kind, name, whole))
        if total is None or None in others:
            return None
        return total - sum(n for n in others if n is not None)

    def unchanged(self, row: int, count: Count) -> bool:
        """Say whether a count was printed before and its row has got no record since, so that it is known anyway."""
        place = self.rows[row]
        if not self.earlier.exists or self.policy.relation != "growing":
            return False
        same = self.earlier.records(place.axis, place.groups) == place.records
        return same and self._before(place, count) is not None

    def _is_full(self, row: int, count: Count) -> bool:
        place = self.rows[row]
        for whole, parts in layout(count[0], row).sums:
            if count[2] in parts and count[2] != "applicable":
                total = place.records if whole == "records" else place.counts[(*count[:2], whole)]
                return total == place.counts[count]
        return False

    def _equation(self, row: int, whole: Count, parts: Sequence[Count]) -> None:
        """Add an equation between what moves; constants need no place in it."""
        place = self.rows[row]
        moving = [self.cells[row, p] for p in parts if (row, p) in self.cells]
        total = place.records if whole[2] == "records" else place.counts[whole]
        if total != sum(place.counts[p] for p in parts):
            if whole[2] != "records":
                raise NotReleasableError(reason="not_adding")
            return
        if (row, whole) in self.cells:
            self.system.sums(self.cells[row, whole], moving)
        elif moving:
            self.system.rows.append({cell: moving.count(cell) for cell in moving})

    def grids(self, walks: Mapping[str, Walks]) -> list[Grid]:
        """Lay the cells of each field and rule out by row and count, one grid an axis; what is shared stays out."""
        shared: dict[int, set[Count]] = {}
        for (_, count), cell in self.cells.items():
            shared.setdefault(cell, set()).add(count)
        found = []
        for kind, name in sorted(self.part):
            tree = layout(kind, 1).tree
            names = sorted(tree, key=lambda c: (_depth(tree, c), c))
            side = Walks([names.index(tree[c]) if tree[c] in names else -1 for c in names])
            lines = {frozenset((c, tree[c])) for c in names}
            for axis, walk in walks.items():
                inner = [n for n, r in enumerate(self.rows) if r.axis == axis]
                places = np.full((len(inner), len(names)), -1, dtype=np.int64)
                for number, row in enumerate(inner):
                    for position, which in enumerate(names):
                        cell = self.cells.get((row, (kind, name, which)), -1)
                        others = shared.get(cell, set()) - {(kind, name, which)}
                        # NOTE: only a count and the one above it may be one cell: both rise and fall together.
                        alone = all(c[:2] == (kind, name) and frozenset((which, c[2])) in lines for c in others)
                        places[number, position] = cell if alone else -1
                found.append(Grid([walk, side], places, len(self.system.names)))
        return found


def _depth(tree: Mapping[str, str], count: str) -> int:
    return 1 + _depth(tree, tree[count]) if count in tree else 0
