"""What the ledger tells: runs one after the other, the baseline of a source, tables for other tools."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from everycase.errors import LedgerError
from everycase.ledger.tables import ACCEPTANCES, ENTRIES, EXTRACTS, FIELDS, RULES, RUNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Line:
    """One source of one run.

    Attributes:
        failed: rules that failed or could not be judged.
        known, applicable: over all fields of the source.
        accepted: whether the run was accepted as a baseline.
    """

    sequence: int
    run: str
    as_of: str
    source: str
    status: str
    records: int
    sha256: str
    failed: int
    known: int
    applicable: int
    accepted: bool


def lines(connection: Connection, project: str, source: str | None, last: int) -> list[Line]:
    """List the newest runs, oldest first.

    Args:
        connection: to the ledger.
        project: only runs of this project.
        source: only this source; all where None.
        last: how many sources of runs at most.
    """
    query = select(EXTRACTS, RUNS.c.run, RUNS.c.as_of).join(RUNS, RUNS.c.sequence == EXTRACTS.c.sequence)
    query = query.where(EXTRACTS.c.project == project)
    if source is not None:
        query = query.where(EXTRACTS.c.source == source)
    query = query.order_by(EXTRACTS.c.sequence.desc(), EXTRACTS.c.source).limit(last)
    accepted = {run for (run,) in connection.execute(select(ACCEPTANCES.c.run))}
    found = []
    for row in connection.execute(query).all():
        failed = connection.scalar(
            select(func.count()).where(
                RULES.c.sequence == row.sequence,
                RULES.c.source == row.source,
                RULES.c.grouped == "",
                RULES.c.status.in_(("failed", "could_not_check")),
            )
        )
        sums = select(func.sum(FIELDS.c.known), func.sum(FIELDS.c.applicable)).where(
            FIELDS.c.sequence == row.sequence, FIELDS.c.source == row.source, FIELDS.c.grouped == ""
        )
        known, applicable = connection.execute(sums).one()
        found.append(
            Line(
                row.sequence, row.run, row.as_of, row.source, row.status, row.records, row.sha256, int(failed or 0),
                int(known or 0), int(applicable or 0), row.run in accepted,
            )
        )  # fmt: skip
    return found[::-1]


def baseline(connection: Connection, project: str, sources: Sequence[str], which: str) -> dict[str, Any]:
    """Give the baseline of some sources as one result, each from the newest run that could read it.

    Args:
        connection: to the ledger.
        project: whose runs count.
        sources: ids.
        which: `last`, or `accepted` for the run that was accepted last.

    Returns:
        A result for `compare_documents`; a source that no run could read is not in it.

    Raises:
        LedgerError: no run of this project was ever accepted, and `accepted` is asked for.
    """
    found, runs = [], []
    for source in sources:
        query = select(EXTRACTS.c.sequence).where(
            EXTRACTS.c.project == project, EXTRACTS.c.source == source, EXTRACTS.c.records > 0
        )
        if which == "accepted":
            query = (
                query.join(RUNS, RUNS.c.sequence == EXTRACTS.c.sequence)
                .join(ACCEPTANCES, ACCEPTANCES.c.run == RUNS.c.run)
                .order_by(ACCEPTANCES.c.sequence.desc())
            )
        else:
            query = query.order_by(EXTRACTS.c.sequence.desc())
        sequence = connection.scalar(query.limit(1))
        if sequence is None:
            continue
        body = json.loads(connection.scalar(select(ENTRIES.c.body).where(ENTRIES.c.sequence == sequence)) or "{}")
        found.append(next(s for s in body["sources"] if s["id"] == source))
        runs.append(body["run"]["run"])
    if which == "accepted" and not found:
        message = "no run of these sources was accepted yet"
        raise LedgerError(
            "no-baseline", message, instead="Accept one: everycase accept RUN --role ROLE --reason REASON."
        )
    return {"run": {"id": ", ".join(dict.fromkeys(runs))}, "sources": found}
