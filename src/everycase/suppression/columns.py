"""The counts of a row and how they add up: those that are printed, and those that anybody can work out from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycase.outcome import Counts, FieldTally

#: (the whole, its parts); "records" is the number of records of the row, which is always printed
Sums = tuple[tuple[str, tuple[str, ...]], ...]

RULE_PRINTED = ("failing", "judged", "undetermined", "applicable")
RULE_SUMS: Sums = (
    ("records", ("applicable", "other")),
    ("applicable", ("judged", "undetermined")),
    ("judged", ("failing", "passing")),
)
FIELD_PRINTED = ("applicable", "undetermined", "supplied", "valid", "known")
FIELD_SUMS: Sums = (
    ("records", ("applicable", "undetermined", "other")),
    ("applicable", ("supplied", "blank")),
    ("supplied", ("valid", "wrong")),
    ("valid", ("known", "unanswered")),
)
#: printed for all records of a source only
SPLIT_PRINTED = (
    "blank", "invalid", "unmapped", "not_known", "not_stated", "not_applicable", "indeterminate", "forced",
    "avoidable", "default",
)  # fmt: skip
SPLIT_SUMS: Sums = (
    ("wrong", ("invalid", "unmapped")),
    ("unanswered", ("not_known", "not_stated", "not_applicable")),
    ("known", ("indeterminate", "answered")),
    ("gap", ("blank", "wrong", "unanswered")),
    ("gap", ("forced", "avoidable")),
    ("valid", ("default", "own")),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The counts of one kind of thing.

    Attributes:
        printed: in the order in which they are shown.
        sums: what adds up to what.
    """

    printed: tuple[str, ...]
    sums: Sums

    @property
    def tree(self) -> dict[str, str]:
        """Give the count above each in the sums."""
        return {part: whole for whole, parts in self.sums for part in parts}


RULE = Layout(RULE_PRINTED, RULE_SUMS)
FIELD = Layout(FIELD_PRINTED, FIELD_SUMS)
FIELD_IN_ALL = Layout((*FIELD_PRINTED, *SPLIT_PRINTED), (*FIELD_SUMS, *SPLIT_SUMS))


def of_rule(counts: Counts, records: int) -> dict[str, int]:
    """Give every count of a rule."""
    return {
        "failing": counts.failing,
        "judged": counts.judged,
        "undetermined": counts.undetermined,
        "applicable": counts.applicable,
        "passing": counts.passing,
        "other": records - counts.applicable,
    }


def of_field(tally: FieldTally, records: int) -> dict[str, int]:
    """Give the counts of a field that every row has."""
    return {
        "applicable": tally.applicable,
        "undetermined": tally.undetermined,
        "supplied": tally.supplied,
        "valid": tally.valid,
        "known": tally.known,
        "other": records - tally.applicable - tally.undetermined,
        "blank": tally.applicable - tally.supplied,
        "wrong": tally.supplied - tally.valid,
        "unanswered": tally.valid - tally.known,
    }


def split_of(tally: FieldTally) -> dict[str, int]:
    """Give the counts of a field that only the row of all records has."""
    return {
        **{kind: tally.not_known[kind] for kind in SPLIT_PRINTED[:6]},
        "indeterminate": tally.indeterminate,
        "forced": tally.forced,
        "avoidable": tally.avoidable,
        "default": tally.default,
        "answered": tally.known - tally.indeterminate,
        "gap": tally.applicable - tally.known,
        "own": tally.valid - tally.default,
    }
