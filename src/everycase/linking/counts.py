"""What linking yields: counts alone, each with the number it is a part of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """One count.

    Attributes:
        side: `from` or `to`: whose records are counted.
        area: the code of the area, or "" for the whole extract.
        part: linkability, coverage, shape, time, flag, sex or dob.
        measure: what was counted, of that part.
        numerator: how many.
        denominator: of how many.
        of: what the denominator counts.
    """

    side: str
    area: str
    part: str
    measure: str
    numerator: int
    denominator: int
    of: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a share of the flagged may be at least and at most, since some of them cannot be followed."""

    measure: str
    lowest: int
    highest: int
    denominator: int
    of: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a step could not be checked, without a value of a record."""

    slug: str
    message: str
    where: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one step.

    Attributes:
        problem: why it could not be checked; then `counts` holds linkability at most.
        bounds: of the whole extract.
        left_out: what could not be compared since the registry names no field for it on both sides.
    """

    pathway: str
    from_: str
    to: str
    on: tuple[str, ...]
    counts: tuple[Count, ...] = ()
    bounds: tuple[Bounds, ...] = ()
    left_out: tuple[str, ...] = ()
    problem: Why | None = None

    def number(self, part: str, measure: str, side: str = "from") -> tuple[int, int]:
        """Give numerator and denominator of a count of the whole extract; (0, 0) where it was not counted."""
        for c in self.counts:
            if (c.part, c.measure, c.side, c.area) == (part, measure, side, ""):
                return c.numerator, c.denominator
        return 0, 0
