"""Columns of plain text: numbers line up, only words are broken, and no line ends in blanks."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

GAP = "  "


def widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Measure the columns of some rows.

    >>> widths([["a", "1,200"], ["abc", "7"]])
    [3, 5]
    """
    return [max(map(cell_len, column)) for column in zip(*rows, strict=True)]


def line(cells: Sequence[str], sizes: Sequence[int], right: Collection[int] = ()) -> str:
    """Write one row.

    Args:
        cells: one text a column.
        sizes: of the columns.
        right: the columns that are set to the right: numbers.

    >>> line(["abc", "7", ""], [3, 5, 4], {1})
    'abc      7'
    """
    padded = []
    for place, (cell, size) in enumerate(zip(cells, sizes, strict=True)):
        blanks = " " * (size - cell_len(cell))
        padded.append(blanks + cell if place in right else cell + blanks)
    return GAP.join(padded).rstrip()


def hanging(head: str, text: str, width: int, indent: int) -> list[str]:
    """Break a text that stands after a head, so that what follows the first line is indented.

    >>> hanging("FLG02", "Domestic by construction", 20, 7)
    ['FLG02  Domestic by', '       construction']
    """
    start = head + GAP
    first = start + " " * (indent - len(start))
    found = textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
    )
    return found or [head]
