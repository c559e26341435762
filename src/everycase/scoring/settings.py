"""What the registry says about scoring: the bands and why they lie where they lie, and what answers may be defaults."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from everycase.model import Model

Part = Annotated[float, Field(ge=0, le=1)]


class Band(Model):
    """A word for a range of scores.

    Attributes:
        name: the word: good, watch, poor.
        least: the lowest score, 0 to 1, that earns it.
        note: why it begins there.
    """

    name: str
    least: Part
    note: str


BANDS = [
    Band(name="good", least=0.95, note="A convention of this project: at most one record in twenty has to be doubted."),
    Band(name="watch", least=0.85, note="A convention of this project: usable with its gaps stated beside it."),
    Band(name="poor", least=0.0, note="Anything below: a share of such records may be a picture of the gaps."),
]


class Scoring(Model):
    """How a source is scored.

    Attributes:
        bands: best first; the last begins at 0.
        defaults: field -> the share of its records that may have a code for no answer before they count as lost.
        critical: fields and rules that the action plan is about; where empty, all that miss their target.
        target: the score that the action plan asks for.
        by: the day by which, YYYY-MM-DD; empty where none is agreed.
    """

    bands: list[Band] = BANDS
    defaults: dict[str, Part] = {}
    critical: list[str] = []
    target: Part = 0.95
    by: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")

    @model_validator(mode="after")
    def _ordered(self) -> Scoring:
        least = [b.least for b in self.bands]
        if not least or least[-1] != 0 or any(a <= b for a, b in pairwise(least)):
            raise ValueError("write the bands best first, each lower than the one before, the last from 0")
        return self

    def band(self, score: float) -> Band:
        """Give the band of a score, 0 to 1.

        >>> Scoring().band(0.9).name
        'watch'
        """
        return next(b for b in self.bands if score >= b.least)
