"""Moves that need no solver: one group gains what another loses, in one kind of record for another.

The cells of linked tables stand in a grid: each of its sides is a tree (areas in regions in the nation, months in
years, failing and passing in judged in applicable). Going up along one path of a tree and down along another keeps
every sum of that tree; the product of such walks, one a side, keeps the sums of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycase.suppression.system import Floats, Ints

#: no more walks than this are tried for one node of a tree
MOST_WALKS = 64


class Walks:
    """The walks through each node of a tree: its signed nodes, padded with the place after the last node."""

    def __init__(self, parents: Sequence[int], *, through: bool = False) -> None:
        """Find them.

        Args:
            parents: of each node, -1 for a top. Two nodes are siblings where they have the same parent and kind.
            through: whether a walk may also run from a leaf up to the top and end there, moving the top itself.
        """
        self.size = size = len(parents)
        children: list[list[int]] = [[] for _ in range(size)]
        tops: list[int] = []
        for node, parent in enumerate(parents):
            (children[parent] if parent >= 0 else tops).append(node)

        def down(node: int) -> list[list[int]]:
            """Give the paths from a node to each leaf below it."""
            return [[node, *rest] for child in children[node] for rest in down(child)] or [[node]]

        paths = [down(node) for node in range(size)]
        self.nodes: list[Ints] = []
        self.signs: list[Ints] = []
        for node in range(size):
            found: list[tuple[list[int], list[int]]] = []
            above: list[int] = []
            turn = node
            while True:
                parent = parents[turn]
                for sibling in children[parent] if parent >= 0 else tops:
                    if sibling != turn:
                        found += [([*above, *own], other) for own in paths[node] for other in paths[sibling]]
                if parent < 0:
                    break
                above, turn = [parent, *above], parent
            if through:
                found += [([*above, *own], []) for own in paths[node]]
            found = sorted(found, key=lambda w: (len(w[0]) + len(w[1]), w))[:MOST_WALKS]
            longest = max((len(a) + len(b) for a, b in found), default=1)
            nodes = np.full((len(found), longest), size, dtype=np.int64)
            signs = np.ones((len(found), longest), dtype=np.int64)
            for number, (plus, minus) in enumerate(found):
                nodes[number, : len(plus)] = plus
                nodes[number, len(plus) : len(plus) + len(minus)] = minus
                signs[number, len(plus) : len(plus) + len(minus)] = -1
            self.nodes.append(nodes)
            self.signs.append(signs)


@dataclass(frozen=True, slots=True)
class Found:
    """A move along a rectangle: its cells, their signs, and how far it can go either way."""

    cells: Ints
    signs: Ints
    up: int
    down: int


class Grid:
    """Where each cell of a system stands, by its node in every tree."""

    def __init__(self, walks: Sequence[Walks], places: Ints, cells: int) -> None:
        """Set it up.

        Args:
            walks: one a side.
            places: node of each side -> place of the cell in the system; -1 where there is none.
            cells: how many the system has.
        """
        self.walks = tuple(walks)
        padded = np.pad(places, [(0, 1)] * len(walks), constant_values=-1)
        # NOTE: beyond the edge of a tree nothing moves, and nothing there stops a move.
        edge = np.zeros(padded.shape, dtype=bool)
        for side in range(len(walks)):
            edge[(slice(None),) * side + (-1,)] = True
        self._places = np.where(edge, cells, padded)
        self.at: dict[int, tuple[int, ...]] = {
            int(place): tuple(int(n) for n in where) for where, place in np.ndenumerate(places) if place >= 0
        }

    def candidates(self, cell: int) -> tuple[Ints, Ints] | None:
        """Give the cells and signs of every rectangle through a cell, one a row; None where it has none."""
        where = self.at.get(cell)
        if where is None:
            return None
        cells = self._places
        signs = np.ones((1, 1), dtype=np.int64)
        index: list[Ints] = []
        sides = len(where)
        for side, node in enumerate(where):
            nodes, sign = self.walks[side].nodes[node], self.walks[side].signs[node]
            if not len(nodes):
                return None
            shape = [1] * (2 * sides)
            shape[side], shape[sides + side] = nodes.shape
            index.append(nodes.reshape(shape))
            signs = sign.reshape(shape) if side == 0 else signs * sign.reshape(shape)
        found = cells[tuple(index)]
        signs = np.broadcast_to(signs, found.shape)
        rows = int(np.prod(found.shape[:sides]))
        return found.reshape(rows, -1), signs.reshape(rows, -1)

    def best(self, cell: int, room: Ints, loss: Floats, width: int) -> Found | None:
        """Give the rectangle that shows a cell to be wide enough at the least loss.

        Args:
            cell: its place.
            room: how far each cell may fall.
            loss: what it costs to withhold each cell that is not withheld yet; 0 for the others.
            width: how far up and down together must at least be.
        """
        options = self.candidates(cell)
        if options is None:
            return None
        cells, signs = options
        far = np.int64(4 * width)
        rooms = np.minimum(np.append(room, far), far)[cells]
        down = np.where(signs > 0, rooms, far).min(axis=1)
        up = np.where(signs < 0, rooms, far).min(axis=1)
        price = np.append(loss, 0.0)[cells].sum(axis=1)
        price[(up + down < width) | (cells < 0).any(axis=1)] = np.inf
        if not len(price):
            return None
        number = int(price.argmin())
        if not np.isfinite(price[number]):
            return None
        real = cells[number] < len(room)
        return Found(cells[number][real], signs[number][real], int(up[number]), int(down[number]))
