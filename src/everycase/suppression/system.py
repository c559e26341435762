"""The cells of linked tables: counts, the equations between them, and which of them must not become known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class System:
    """Counts that are tied to each other by sums.

    Every equation says that some cells, each times its coefficient, add up to nought. A cell that nobody prints, but
    that is a difference of printed ones (records less applicable), is a cell too: it is *implied*.

    Attributes:
        names: what each cell is; no name stands twice.
        values: its count.
        room: how far it may fall without contradicting what anybody knows; its count where nothing earlier is known.
        cost: what it costs a reader to lose it; 0 for an implied cell.
        implied: never printed.
        sensitive: must not become known.
        kept: withheld for another reason, such as an earlier release; needs no proof here.
        rows: the equations, as cell -> coefficient.
    """

    names: list[Hashable] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    room: list[int] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    implied: list[bool] = field(default_factory=list)
    sensitive: list[bool] = field(default_factory=list)
    kept: list[bool] = field(default_factory=list)
    rows: list[dict[int, int]] = field(default_factory=list)
    places: dict[Hashable, int] = field(default_factory=dict)

    def add(
        self,
        name: Hashable,
        value: int,
        *,
        cost: float = 1.0,
        implied: bool = False,
        sensitive: bool = False,
        kept: bool = False,
        room: int | None = None,
    ) -> int:
        """Add a cell and give its place."""
        place = len(self.names)
        self.names.append(name)
        self.places[name] = place
        self.values.append(value)
        self.room.append(value if room is None else room)
        self.cost.append(0.0 if implied else cost)
        self.implied.append(implied)
        self.sensitive.append(sensitive)
        self.kept.append(kept)
        return place

    def sums(self, whole: int, parts: Iterable[int]) -> None:
        """Say that a cell is the sum of others."""
        row: dict[int, int] = {whole: -1}
        for part in parts:
            row[part] = row.get(part, 0) + 1
        row = {i: c for i, c in row.items() if c}
        if row:
            self.rows.append(row)

    def wrong(self) -> list[int]:
        """List the equations between cells that the counts do not keep, apart from those to a constant."""
        return [n for n, row in enumerate(self.rows) if -1 in row.values() and self._total(row)]

    def _total(self, row: Mapping[int, int]) -> int:
        return sum(self.values[i] * c for i, c in row.items())
