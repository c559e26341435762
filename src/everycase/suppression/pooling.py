"""The rows of a table: groups in levels above them, and those with too few records put together into one row.

What is printed of a pool is true of all its groups together. Any of its records might be of any of its groups, so
that a count of one group may be anything from nought to nearly the whole pool's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from everycase.reports import Levels

Groups = frozenset[str]


@dataclass(slots=True)
class Node:
    """A row to be: the groups it stands for, and the rows below it.

    Attributes:
        groups: the codes whose records these are.
        pooled: put together because the parts are too small.
    """

    name: str
    groups: Groups
    children: list[Node] = field(default_factory=list)
    pooled: bool = False


def tree(values: Sequence[str], levels: Levels | None) -> list[Node]:
    """Put the groups that occur into the levels of a report definition; those it does not name stay at the top."""
    left = set(values)

    def below(level: Levels) -> list[Node]:
        if isinstance(level, list):
            return [_leaf(v, left) for v in level if v in left]
        made = []
        for name, inner in level.items():
            children = below(inner)
            if children:
                made.append(Node(name, frozenset().union(*(c.groups for c in children)), children))
        return made

    nodes = below(levels) if levels else []
    return [*nodes, *(_leaf(v, left) for v in sorted(left))]


def _leaf(value: str, left: set[str]) -> Node:
    left.discard(value)
    return Node(value, frozenset({value}))


@dataclass(frozen=True, slots=True)
class Sizes:
    """What decides whether a row is too small.

    Attributes:
        records: how many records some groups have.
        before: how many an earlier release said they had; None where it did not say.
        small: whether a number must not be known.
        highest: the largest small number.
        width: of the range of small numbers.
        joined: sets of groups that an earlier release pooled.
    """

    records: Callable[[Groups], int]
    before: Callable[[Groups], int | None]
    small: Callable[[int], bool]
    highest: int
    width: int
    joined: Sequence[Groups] = ()

    def too_small(self, groups: Groups) -> bool:
        """Say whether a row alone would tell a small number, now or against an earlier release."""
        if any(groups <= pool for pool in self.joined):
            return True
        records, before = self.records(groups), self.before(groups)
        return self.small(records) or before is None or (before > 0 and self.small(abs(records - before)))

    def enough(self, pool: Sequence[Node]) -> bool:
        """Say whether groups put together are safe: each has a record at least, and any might have the others."""
        groups = frozenset[str]().union(*(n.groups for n in pool))
        records, before = self.records(groups), self.before(groups)
        if len(pool) < 2 or records <= self.highest or records < self.width + len(pool):
            return False
        if any(groups & pool and not pool <= groups for pool in self.joined):
            return False
        added = abs(records - before) if before else 0
        return added == 0 or (added > self.highest and added >= self.width)


def pooled(children: Sequence[Node], sizes: Sizes) -> list[Node] | None:
    """Put the rows of one level that are too small together, with as few others as it takes; None where none can be.

    The rows below a pooled one are not shown at all.
    """
    small = [n for n in children if sizes.too_small(n.groups)]
    if not small:
        return [_descended(n, sizes) for n in children]
    others = sorted((n for n in children if n not in small), key=lambda n: (sizes.records(n.groups), n.name))
    while not sizes.enough(small):
        if not others:
            return None
        small.append(others.pop(0))
    chosen = [n for n in children if n in small]
    pool = Node(" + ".join(n.name for n in chosen), frozenset().union(*(n.groups for n in chosen)), [], pooled=True)
    return [*(_descended(n, sizes) for n in children if n not in small), pool]


def _descended(node: Node, sizes: Sizes) -> Node:
    below = pooled(node.children, sizes) if node.children else []
    return Node(node.name, node.groups, below or [], node.pooled)


def flat(nodes: Sequence[Node], parent: int = -1) -> list[tuple[Node, int]]:
    """List nodes with the place of the one above each, from the top down."""
    found: list[tuple[Node, int]] = []

    def walk(level: Sequence[Node], above: int) -> None:
        for node in level:
            place = len(found)
            found.append((node, above))
            walk(node.children, place)

    walk(nodes, parent)
    return found


def meanings(names: Mapping[str, str], node: Node) -> str:
    """Say what people call a row; a pool is called by all that is in it."""
    if node.pooled:
        return ", ".join(sorted(names.get(g, g) for g in node.groups))
    return names.get(node.name, node.name)
