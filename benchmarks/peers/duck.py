"""The extract in DuckDB, typed as the script by hand types it, for the peers that send their own SQL there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

import duckdb
import handwritten

if TYPE_CHECKING:
    from collections.abc import Iterable


def loaded(path: str) -> duckdb.DuckDBPyConnection:
    """Read an extract into the table `records` of a database in memory."""
    connection = duckdb.connect()
    handwritten.load(connection, Path(path), "full")
    return connection


def answers(codes: Iterable[str]) -> dict[str, str]:
    """Write for each rule its answer: false where a record fails, true where it passes, else null."""
    return {code: f"CASE WHEN {(rule := handwritten.RULES[code])[0] or 'TRUE'} THEN {rule[1]} END" for code in codes}
