"""From an open run to its entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.ledger.chain import Signer
from everycase.ledger.store import Ledger
from everycase.plain import plain

if TYPE_CHECKING:
    from everycase.outcome import Head
    from everycase.run import Run


def record_run(open_run: Run, url: str) -> Head:
    """Append a run as it stands, and have its reports bear the head.

    Raises:
        LedgerError: it could not be appended; then nothing was, and no report should be written.
    """
    project = open_run.project
    ledger = Ledger(url, Signer.from_environment(project.root))
    try:
        open_run.ledger = ledger.append_run(plain(open_run.result()), project.registry.entry.project.keep_days)
    finally:
        ledger.close()
    return open_run.ledger
