"""Engines: where the records of a source are read and counted, all by the same plan and with the same counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from everycase.marks import EngineColumns
    from everycase.outcome import ExtractFacts
    from everycase.plan import Layout
    from everycase.questions import Question
    from everycase.suites import FieldSpec


class Prepared(Protocol):
    """The records of a source, counted by profile.

    Attributes:
        connection: where the tables of counts are.
        records: how many there are.
        missing: fields for which the extract has no column.
        row: SQL of the row's number as a spreadsheet shows it.
    """

    @property
    def connection(self) -> duckdb.DuckDBPyConnection: ...  # noqa: D102
    @property
    def records(self) -> int: ...  # noqa: D102
    @property
    def missing(self) -> frozenset[str]: ...  # noqa: D102
    @property
    def row(self) -> str: ...  # noqa: D102

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement where the records are, and fetch its rows."""

    def count(self, profile: int, axis: int | None, table: str) -> None:
        """Put how many records of each group have which profile into a table of `connection`.

        Its columns are `grouped`, `profile` and `number`.
        """

    def group_named(self, axis: int, group: Any) -> str:
        """Give the name of a group that `count` gave."""

    def unmapped_values(self, spec: FieldSpec, longest: int, fewest: int) -> tuple[list[tuple[str, int]], int]:
        """List values outside a code list that may be shown, and count all others.

        A value is a candidate only where it is as short as a code and letters or digits; a name typed into the
        wrong column must not be listed.

        Returns:
            The candidates that occur at least `fewest` times, most frequent first, at most 13 of them, and how many
            distinct values there are in all.
        """

    def failing(self, profiles: Mapping[int, str], keys: Sequence[FieldSpec]) -> str:
        """Give a relation of `connection` of the failing records.

        Args:
            profiles: profile -> the table of `connection` that holds the profiles wanted, in its column `profile`.
            keys: the fields that name a record.

        Returns:
            What stands after FROM; its columns are `place`, `key 0` and so on as text, and `profile N`. Records that
            have none of the profiles may be left out.
        """


Prepared_co = TypeVar("Prepared_co", bound=Prepared, covariant=True)


class Reading(Protocol[Prepared_co]):
    """A source that is open, and the statement that will read it."""

    @property
    def columns(self) -> EngineColumns: ...  # noqa: D102
    @property
    def missing(self) -> frozenset[str]: ...  # noqa: D102

    def binds(self, questions: Iterable[Question]) -> bool:
        """Say whether the engine takes some conditions, without reading a record."""

    def holds(self, questions: Iterable[Question]) -> bool:
        """Say whether some conditions can be worked out for every record."""

    def read(self, layout: Layout, groups: Sequence[FieldSpec]) -> Prepared_co:
        """Read all records once, and keep or count their profiles."""

    def relate(self, prepared: Any, layout: Layout) -> None:
        """Add to profiles what only counting records against each other tells; all tables have been read."""


class SourceReading(Reading[Prepared_co], Protocol):
    """One that also knows of what it read."""

    def facts(self) -> ExtractFacts:
        """Say what was read and what had to be put right; ask once all was read, and before it is closed."""
