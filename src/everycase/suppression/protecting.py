"""Which cells of a system are withheld: first the small ones, then as many more as keep those from being worked out.

Every withheld cell gets its proof: two worlds of whole numbers that print the same and in which its counts lie as far
apart as the range of small numbers is wide. Worlds found for one cell often prove others, so that few are looked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycase.suppression.moves import Moves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycase.suppression.rectangles import Grid
    from everycase.suppression.system import Bools, Ints, System

#: systems with no more cells than this are left to the solver alone, and what turned out needless is printed again
SMALL = 120


@dataclass(slots=True)
class Protection:
    """What is withheld, and how far each cell is known to move: the proof.

    Attributes:
        hidden: withheld, or implied.
        lowest: the furthest fall of each cell that a move shows, 0 or less.
        highest: the furthest rise.
        unproven: withheld cells for which no move was found that is far enough.
    """

    hidden: Bools
    lowest: Ints
    highest: Ints
    unproven: list[int]


def protect(system: System, width: int, grids: Sequence[Grid] = ()) -> Protection:
    """Choose what to withhold.

    Args:
        system: the cells.
        width: how far apart the least and the greatest possible count of a withheld cell must at least lie.
        grids: how its cells lie in trees; a large system is protected along rectangles first, which is faster.
    """
    work = _Work(system, width, grids=grids if len(system.names) > SMALL else ())
    work.run()
    if work.unproven or work.secondary() == 0 or len(system.names) > SMALL:
        return work.protection()
    return _tidied(system, width, work).protection()


class _Work:
    """The state of one choice: what is withheld so far, and what the moves found so far prove."""

    def __init__(
        self, system: System, width: int, moves: Moves | None = None, grids: Sequence[Grid] = (), *, fixed: bool = False
    ) -> None:
        """Begin.

        Args:
            system: the cells.
            width: how far apart the bounds of a withheld cell must at least lie.
            moves: the solver, where it is set up already.
            grids: for moves that need no solver.
            fixed: nothing more may be withheld, and the first cell without a proof ends it.
        """
        self.fixed = fixed
        self.system, self.width = system, max(width, 1)
        self.implied = np.array(system.implied, dtype=bool)
        self.sensitive = np.array(system.sensitive, dtype=bool)
        self.kept = np.array(system.kept, dtype=bool)
        self.hidden = self.implied | self.sensitive | self.kept
        self.cost = np.array(system.cost, dtype=np.float64)
        self.values = np.array(system.values, dtype=np.int64)
        self.lowest = np.zeros(len(self.values), dtype=np.int64)
        self.highest = np.zeros_like(self.lowest)
        self.unproven: list[int] = []
        self.found: list[Ints] = []
        self.moves = moves
        self.grids = {cell: grid for grid in grids for cell in grid.at}
        self.room = np.array(system.room, dtype=np.int64)

    def run(self) -> None:
        """Go on until every cell that needs a proof has one, or none can be had."""
        order = sorted(np.flatnonzero(self.sensitive).tolist(), key=lambda i: (-self.values[i], i))
        for cell in order:
            self._prove(cell)
            if self._stopped():
                return
        while todo := [i for i in np.flatnonzero(self._open()).tolist() if i not in self.unproven]:
            self._prove(todo[0])
            if self._stopped():
                return

    def printed_hidden(self) -> Bools:
        """Say which cells would have been printed and are not."""
        found: Bools = self.hidden & ~self.implied
        return found

    def secondary(self) -> int:
        """Count the cells that are withheld only to protect others."""
        return int((self.printed_hidden() & ~self.sensitive & ~self.kept).sum())

    def protection(self) -> Protection:
        return Protection(self.hidden, self.lowest, self.highest, self.unproven)

    def _open(self) -> Bools:
        """Say which cells need a proof and have none; an implied cell needs one only where it is small."""
        needs = self.hidden & ~self.kept & (self.sensitive | ~self.implied)
        found: Bools = needs & (self.highest - self.lowest < self.width)
        return found

    def _proven(self, cell: int) -> bool:
        return bool(self.kept[cell] or self.highest[cell] - self.lowest[cell] >= self.width)

    def _prove(self, cell: int) -> None:
        if self._proven(cell):
            return
        if cell in self.grids and self._along_rectangle(cell):
            return
        if self.moves is None:
            self.moves = Moves(self.system, reach=4 * self.width)
        for up in (True, False):
            self.note(self.moves.furthest(cell, self.hidden, self._open(), 2 * self.width, up=up))
            if self._proven(cell):
                return
        if not self.fixed:
            self._extend(cell)
        if not self._proven(cell):
            self.unproven.append(cell)

    def _stopped(self) -> bool:
        return self.fixed and bool(self.unproven)

    def _along_rectangle(self, cell: int) -> bool:
        loss = np.where(self.hidden, 0.0, self.cost)
        found = self.grids[cell].best(cell, self.room, loss, self.width)
        if found is None:
            return False
        self.hidden[found.cells] = True
        rise = np.where(found.signs > 0, found.up, found.down)
        fall = np.where(found.signs > 0, found.down, found.up)
        self.highest[found.cells] = np.maximum(self.highest[found.cells], rise)
        self.lowest[found.cells] = np.minimum(self.lowest[found.cells], -fall)
        return True

    def _extend(self, cell: int) -> None:
        """Withhold more, as little as it takes to give the cell the rest of its width, by one move or else by two."""
        high, low = int(self.highest[cell]), int(self.lowest[cell])
        need = self.width - (high - low)
        found = [m for by in (high + need, low - need) if (m := self._cheapest(cell, by)) is not None]
        if found:
            self._withhold(min(found, key=self._loss))
            return
        for rise in range(high + need - 1, high, -1):
            up = self._cheapest(cell, rise)
            if up is not None:
                down = self._cheapest(cell, rise - self.width)
                if down is not None:
                    self._withhold(up)
                    self._withhold(down)
                return

    def _cheapest(self, cell: int, by: int) -> Ints | None:
        assert self.moves is not None  # noqa: S101 - the caller set it up
        price = np.where(self.hidden, 0.0, self.cost / self.width)
        return self.moves.cheapest(cell, by, price)

    def _withhold(self, move: Ints) -> None:
        self.hidden |= move != 0
        self.note(move)

    def _loss(self, move: Ints) -> float:
        return float(self.cost[(move != 0) & ~self.hidden].sum())

    def note(self, move: Ints | None) -> None:
        """Take in what a move proves."""
        if move is not None:
            self.found.append(move)
            np.minimum(self.lowest, move, out=self.lowest)
            np.maximum(self.highest, move, out=self.highest)


def _tidied(system: System, width: int, work: _Work) -> _Work:
    """Print again what is not needed: try each cell that is withheld for others, the dearest first."""
    best = work
    candidates = np.flatnonzero(work.printed_hidden() & ~work.sensitive & ~work.kept).tolist()
    for cell in sorted(candidates, key=lambda i: (-system.cost[i], i)):
        if not best.hidden[cell]:
            continue
        tried = _Work(system, width, work.moves, fixed=True)
        tried.hidden = best.hidden.copy()
        tried.hidden[cell] = False
        for move in best.found:
            if not move[cell]:
                tried.note(move)
        tried.run()
        if not tried.unproven:
            best = tried
    return best
