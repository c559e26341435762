"""The failing records of a source as a relation of the engine: row, key and which rule; whoever lists them asks here.

Every judged rule with a failing record is in it, also one that stays below its threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycase.disclosure import token
from everycase.engines.duck_engine import engine_error
from everycase.errors import EngineError
from everycase.outcome import RANK
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycase.engines import Prepared
    from everycase.outcome import RuleOutcome
    from everycase.run import CheckedSource
    from everycase.suites import FieldSpec

BETWEEN_KEYS = " | "
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Failing:
    """What fails in one table of records.

    Attributes:
        outcomes: the rules that a record fails, those that weigh most first.
        parts: statements whose rows together are all that fails: `place`, `key N` for each key, `number` of the rule
            in `outcomes`, counted from 1.
        keys: how many fields name a record.
        secret: what tokens are made with; "" shows the key itself.
    """

    prepared: Prepared
    outcomes: tuple[RuleOutcome, ...]
    parts: tuple[str, ...]
    keys: int
    secret: str = ""

    def relation(self, key: str, *more: str) -> str:
        """Write what stands after FROM: the columns place, key (an SQL text) and number, and whatever more is named."""
        columns = ", ".join(("place", f"{key} AS key", "number", *more))
        return f"({' UNION ALL '.join(f'SELECT {columns} FROM {part}' for part in self.parts)})"

    def joined_key(self) -> str:
        """Write the key of a record as one text."""
        cells = [f"COALESCE({identifier(f'key {n}')}, '')" for n in range(self.keys)]
        joined = f" || {quoted(BETWEEN_KEYS)} || ".join(cells) or "''"
        return token(self.secret, joined) if self.secret and cells else joined

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Run a statement and fetch its rows in batches.

        Raises:
            EngineError: the engine failed; what it said is not repeated.
        """
        import duckdb

        try:
            found = self.prepared.connection.execute(sql)
            while batch := found.fetchmany(_BATCH):
                yield from batch
        except duckdb.Error as error:
            raise engine_error(error) from None


def failing_of(
    checked: CheckedSource, *, with_key: bool, secret: str = "", also: Sequence[FieldSpec] = ()
) -> Failing | None:
    """Find what fails in a table of records; None where nothing does.

    Args:
        checked: the table, its records still there.
        with_key: whether the fields that name a record may be shown.
        secret: shows tokens of them instead, made with it.
        also: more fields to fetch, after the keys; they must have been kept.

    Raises:
        EngineError: the engine could not read its table again.
    """
    judgement, prepared = checked.judgement, checked.prepared
    judged = {r.code for r in checked.rules if r.native is None}
    found = [r for r in checked.result.rules if r.counts.failing and r.code in judged]
    if not found or judgement is None or prepared is None:
        return None
    outcomes = tuple(sorted(found, key=lambda r: (RANK[r.severity], r.code)))
    numbers: dict[int, list[tuple[int, str]]] = {}
    for number, outcome in enumerate(outcomes, 1):
        profile, state = judgement.place_of(outcome.code)
        numbers.setdefault(profile, []).append((number, state))
    for profile, states in numbers.items():
        tests = ", ".join(f"CASE WHEN {state} = 2 THEN {number} END" for number, state in states)
        execute(
            prepared,
            f"CREATE OR REPLACE TABLE failing_{profile} AS SELECT profile, unnest(numbers) AS number FROM (SELECT "
            f"profile, list_filter([{tests}], lambda number: number IS NOT NULL) AS numbers "
            f"FROM {judgement.judged(profile)})",
        )
    keys = [checked.suite.seen(k) for k in checked.keys] if with_key and checked.suite is not None else []
    relation = prepared.failing({profile: f"failing_{profile}" for profile in numbers}, [*keys, *also])
    parts = [f'{relation} JOIN failing_{profile} ON profile = "profile {profile}"' for profile in numbers]
    return Failing(prepared, outcomes, tuple(parts), len(keys), secret)


def execute(prepared: Prepared, sql: str) -> None:
    """Run a statement whose rows nobody reads.

    Raises:
        EngineError: the engine failed; what it said is not repeated.
    """
    import duckdb

    try:
        prepared.connection.execute(sql)
    except duckdb.Error as error:
        raise engine_error(error) from None


def not_written(checked: CheckedSource) -> EngineError:
    """Say that a list of failing records could not be made."""
    message = "the list of failing records could not be written; the previous reports stand"
    instead = "Make room on the disk, or name a folder elsewhere."
    return EngineError("out-not-written", message, where=checked.result.id, instead=instead)
