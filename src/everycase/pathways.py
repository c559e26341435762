"""Pathways: how the records of one source follow those of another, and what is needed to tell."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from everycase.model import Model


class IdentifierEntry(Model):
    """A kind of identifier that several sources hold.

    Attributes:
        check: the check of the catalogue that says whether one can have been given out; without it any text is valid.
        dummies: texts that stand for no identifier, whatever their case; repetitions of one character always do.
        most: a value that more records of one source share is no identifier there, and is not followed.
    """

    title: str
    check: str | None = None
    dummies: list[str] = []
    most: int = Field(default=50, ge=1, le=10_000)


class FlagEntry(Model):
    """The flag of a source and whom its definition covers.

    Attributes:
        field: the code field; its codes stand for the concepts yes and no.
        otherwise: what any other code, and a blank, says: `"no"` where only flagged records are marked.
        from_age: the age from which the definition covers somebody; None covers every age.
        born: the date fields of those whose age counts.
        on: the date field of the day on which it counts.
    """

    field: str
    otherwise: Literal["no"] | None = None
    from_age: int | None = Field(default=None, ge=0, le=120)
    born: list[str] = []
    on: str | None = None


class LinkingEntry(Model):
    """What of a source is compared with others.

    Attributes:
        identifiers: kind of identifier -> the field or column that holds it.
        columns: columns that only linking reads and that are no fields of the suite.
        date: the date field that places a record on its pathway.
        sex: the code field of the sex of the person followed.
        dob: the date field of that person's birth.
    """

    identifiers: dict[str, str] = Field(min_length=1)
    columns: list[str] = []
    flag: FlagEntry | None = None
    date: str | None = None
    sex: str | None = None
    dob: str | None = None


class StepEntry(Model):
    """One step: records of one source followed to those of another that agree on every identifier named.

    Attributes:
        same_person: whether both records are of one person, so that sex and date of birth can be compared.
    """

    from_: str = Field(alias="from")
    to: str
    on: list[str] = Field(min_length=1)
    same_person: bool = True


class PathwayEntry(Model):
    """A way that a case takes through agencies."""

    title: str
    steps: list[StepEntry] = Field(min_length=1)
