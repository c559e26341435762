"""Moves between worlds: other counts that would have led to the same printed figures, found by linear programming.

A move adds to some cells and takes from others so that every equation still holds. If it touches only withheld
cells and takes from none more than is there, then nobody who sees the print can tell the world before from the
world after. HiGHS finds the cheapest move that shifts a cell as far as is wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from everycase.suppression.system import Bools, Floats, Ints, System

_EXACT = 1e-6
_NEVER = -1.0


class Moves:
    """The moves of one system; the solver keeps its last answer and starts the next from there."""

    def __init__(self, system: System, reach: int) -> None:
        """Set the solver up.

        Args:
            system: the cells.
            reach: no cell rises by more than this in one move.
        """
        import highspy

        # NOTE: callbacks are not used, and HiGHS prints its banner where they are switched on.
        quiet = type("Quiet", (highspy.Highs,), {"enableCallbacks": lambda _: None})
        self._highs: Any = quiet()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 0),
            ("presolve", "off"),
            ("parallel", "off"),
        ):
            self._highs.setOptionValue(option, value)
        self._size = size = len(system.names)
        self._reach = float(reach)
        self._room = np.minimum(np.array(system.room, dtype=np.float64), self._reach)
        self._infinite = highspy.kHighsInf
        self._kinds = highspy.HighsVarType
        starts: list[int] = []
        places: list[int] = []
        factors: list[float] = []
        for row in system.rows:
            starts.append(len(places))
            for place, coefficient in row.items():
                places += [place, size + place]
                factors += [float(coefficient), float(-coefficient)]
        # NOTE: columns 0..n-1 are what a cell rises by, n..2n-1 what it falls by.
        upper = np.concatenate([np.full(size, self._reach), self._room])
        self._all = np.arange(2 * size, dtype=np.int32)
        self._highs.addVars(2 * size, np.zeros(2 * size), upper)
        nought = np.zeros(len(system.rows))
        self._highs.addRows(
            len(system.rows), nought, nought, len(places), np.array(starts, dtype=np.int32),
            np.array(places, dtype=np.int32), np.array(factors),
        )  # fmt: skip
        self._upper = upper
        self._now = upper.copy()
        self.solved = 0

    def cheapest(self, cell: int, by: int, cost: Floats) -> Ints | None:
        """Give the cheapest move that shifts a cell by so much, up or (below nought) down; None where there is none.

        Args:
            cell: its place.
            by: how far; never 0.
            cost: of withholding each cell; below 0 forbids it to move.
        """
        size = self._size
        barred = cost < 0
        upper = np.where(np.concatenate([barred, barred]), 0.0, self._upper)
        there, back = (cell, size + cell) if by > 0 else (size + cell, cell)
        if upper[there] < abs(by):
            return None
        lower = np.zeros(2 * size)
        lower[there] = upper[there] = float(abs(by))
        upper[back] = 0.0
        price = np.concatenate([cost, cost])
        price = np.where(price < 0, 0.0, price) + 1e-3
        self._highs.changeColsBounds(2 * size, self._all, lower, upper)
        self._highs.changeColsCost(2 * size, self._all, price)
        return self._solution(exact=True)

    def furthest(self, cell: int, hidden: Bools, wanted: Bools, limit: int, *, up: bool) -> Ints | None:
        """Give a move among withheld cells that shifts one as far as it can go, at most by `limit`.

        It also shifts others that are wanted, where that costs the first nothing.
        """
        size = self._size
        upper = np.where(np.concatenate([hidden, hidden]), self._upper, 0.0)
        there, back = (cell, size + cell) if up else (size + cell, cell)
        upper[there], upper[back] = min(upper[there], float(limit)), 0.0
        if not upper[there]:
            return None
        price = np.full(2 * size, 1e-4)
        others = np.flatnonzero(wanted)
        price[others if up else size + others] = -1e-3
        price[there] = -1.0
        self._highs.changeColsBounds(2 * size, self._all, np.zeros(2 * size), upper)
        self._highs.changeColsCost(2 * size, self._all, price)
        return self._solution(exact=True)

    def _solution(self, *, exact: bool) -> Ints | None:
        self.solved += 1
        self._highs.run()
        if self._highs.getModelStatus().name != "kOptimal":
            return None
        found = np.array(self._highs.getSolution().col_value)
        whole = np.rint(found)
        if np.abs(found - whole).max(initial=0.0) > _EXACT:
            return self._whole() if exact else None
        move: Ints = (whole[: self._size] - whole[self._size :]).astype(np.int64)
        return move

    def _whole(self) -> Ints | None:
        """Solve once more in whole numbers: half a record never moves."""
        count = 2 * self._size
        self._highs.changeColsIntegrality(count, self._all, np.full(count, self._kinds.kInteger))
        found = self._solution(exact=False)
        self._highs.changeColsIntegrality(count, self._all, np.full(count, self._kinds.kContinuous))
        return found
