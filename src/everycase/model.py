"""The base of every YAML model: frozen, and an unknown key is refused."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _day(value: Any) -> Any:
    """Read a date only where it is written YYYY-MM-DD, so that no number becomes a day by guess."""
    if isinstance(value, str):
        try:
            return dt.datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
        except ValueError:
            raise ValueError("write the date as YYYY-MM-DD") from None
    return value


Day = Annotated[dt.date, BeforeValidator(_day)]


class Model(BaseModel):
    """A frozen part of a YAML file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class Effective(Model):
    """The days from and to which something holds, both included; None leaves that side open."""

    from_: Day | None = None
    to: Day | None = None

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        populate_by_name=True,
        alias_generator=lambda name: name.rstrip("_"),
    )

    def holds_on(self, day: dt.date) -> bool:
        """Say whether a day lies within."""
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)


class Reference(Model):
    """Where a rule or a code list comes from, so that a reader can look it up."""

    title: str
    reference: str = ""
    url: str = ""
    note: str = ""
