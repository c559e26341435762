"""Retention: whole runs go once they are old enough; their place in the chain stays."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from everycase.ledger.tables import ACCEPTANCES, EXTRACTS, RUNS

if TYPE_CHECKING:
    from sqlalchemy import Connection


def expired(connection: Connection, now: str, keep_days: int) -> list[int]:
    """List the runs to remove: begun longer ago than is kept, and neither the newest of a source nor an accepted one.

    Args:
        connection: to the ledger.
        now: when the run began that is being appended, so that a clock that was put back removes nothing.
        keep_days: how long a run is kept.
    """
    limit = (dt.datetime.fromisoformat(now) - dt.timedelta(days=keep_days)).isoformat(timespec="seconds")
    accepted = select(ACCEPTANCES.c.run)
    newest = select(func.max(EXTRACTS.c.sequence)).group_by(EXTRACTS.c.project, EXTRACTS.c.source)
    query = select(RUNS.c.sequence).where(
        RUNS.c.started < limit, RUNS.c.run.not_in(accepted), RUNS.c.sequence.not_in(newest)
    )
    return sorted(n for (n,) in connection.execute(query))
