"""Where the header of a table stands, when lines of another kind stand above it or it takes two rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from everycase.readers import BLANKS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

#: so many rows are looked through for the header
DEPTH = 60
Merged = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Header:
    """A header.

    Attributes:
        row: its first row, from 1.
        rows: how many it takes.
        cells: a name for each column, as it stands there.
    """

    row: int
    rows: int
    cells: tuple[str, ...]

    @property
    def first_record(self) -> int:
        """The row of the first record."""
        return self.row + self.rows


def find_header(
    rows: Sequence[Sequence[str]],
    wanted: Collection[str],
    *,
    row: int | None = None,
    deep: int | None = None,
    merged: Sequence[Merged] = (),
) -> Header:
    """Find the header among the first rows: where it is said, else the row that holds most of the wanted names.

    Args:
        rows: the first rows of the table.
        wanted: the column names that the source is read with.
        row: the row that the registry names.
        deep: how many rows the header takes, as the registry says; one or two are tried where it does not.
        merged: cells that are merged, as (row, column) of first and last from 0.

    Returns:
        The header; the first row that is not blank where no row holds a wanted name.
    """
    names = {n.casefold() for n in wanted}
    starts = [row - 1] if row is not None else range(min(len(rows), DEPTH))
    best, most = Header(row or _first_filled(rows), deep or 1, ()), 0
    for taken in (deep,) if deep is not None else (1, 2):
        for start in starts:
            if not all(any(r) for r in rows[start : start + taken]) or start + taken > len(rows):
                continue
            cells = joined([rows[i] for i in range(start, start + taken)], merged, start)
            held = sum(c.strip(BLANKS).casefold() in names for c in cells)
            if held > most:
                best, most = Header(start + 1, taken, cells), held
    if best.cells:
        return best
    start = best.row - 1
    return Header(best.row, best.rows, joined(rows[start : start + best.rows], merged, start))


def joined(rows: Sequence[Sequence[str]], merged: Sequence[Merged], start: int = 0) -> tuple[str, ...]:
    """Join the rows of a header, column by column; what is merged over several columns belongs to each of them.

    >>> joined([["Victim", "", "Crime"], ["Sex", "Age", ""]], [])
    ('Victim Sex', 'Victim Age', 'Crime')
    """
    if not rows:
        return ()
    width = max(len(r) for r in rows)
    filled = [[*(" ".join(c.split()) for c in r), *[""] * (width - len(r))] for r in rows]
    if len(rows) == 1:
        cells = [*rows[0], *[""] * (width - len(rows[0]))]
        _spread(filled, merged, start, only_rows=True)
        return tuple(c if c.strip(BLANKS) else f for c, f in zip(cells, filled[0], strict=True))
    if merged:
        _spread(filled, merged, start, only_rows=False)
    else:
        # NOTE: a delimited file keeps no merging: a name stands over the columns after it that have none of their own.
        for upper, under in pairwise(filled):
            for i in range(1, width):
                if not upper[i] and under[i]:
                    upper[i] = upper[i - 1]
    return tuple(" ".join(dict.fromkeys(r[i] for r in filled if r[i])) for i in range(width))


def _spread(filled: list[list[str]], merged: Sequence[Merged], start: int, *, only_rows: bool) -> None:
    """Give each cell of a merged range the text of its first."""
    for (top, left), (bottom, right) in merged:
        if not (top - start < len(filled) and top >= start and left < len(filled[0])):
            continue
        text = filled[top - start][left]
        for row in range(top, min(bottom, start + len(filled) - 1) + 1):
            for column in range(left, min(right, len(filled[0]) - 1) + 1 if not only_rows else left + 1):
                filled[row - start][column] = text


def _first_filled(rows: Sequence[Sequence[str]]) -> int:
    return next((i for i, r in enumerate(rows, start=1) if any(c.strip(BLANKS) for c in r)), 1)
