"""DuckDB itself: how it is opened, what it may hold in memory, and what is said when it fails."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycase.errors import EngineError
from everycase.sqltext import identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

#: where Linux says what a group of processes may hold, in its second and first version
_GROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def engine_error(error: Exception) -> EngineError:
    """Say that the engine failed, by the kind of failure alone."""
    kind = type(error).__name__.removesuffix("Exception").removesuffix("Error")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower() or "unknown"
    return EngineError("engine", f"the engine stopped with a failure of the kind '{words}'")


class Engine:
    """The engine of a run: one memory limit for all sources, each in a database of its own.

    Args:
        scratch: an existing folder that only we can read; what spills goes there, encrypted. None spills nowhere.
        threads: how many to use; None uses all.
        memory: the most it may hold in memory, as DuckDB writes it ("2GB"); None takes `memory_share`.
    """

    def __init__(self, scratch: Path | None = None, *, threads: int | None = None, memory: str | None = None) -> None:
        self.scratch = scratch
        self.threads = threads
        self.memory = memory or f"{memory_share() >> 20}MiB"
        self._root: duckdb.DuckDBPyConnection | None = None
        self._sessions = 0

    def session(self) -> duckdb.DuckDBPyConnection:
        """Open a connection with an empty database of its own; the library is loaded by the first."""
        import duckdb

        if self._root is None:
            options: dict[str, Any] = {
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "temp_directory": str(self.scratch) if self.scratch is not None else "",
                "temp_file_encryption": True,
                # NOTE: else nothing can spill at all, see docs/decisions/0008-what-spills.md.
                "force_mbedtls_unsafe": True,
                "preserve_insertion_order": True,
                "memory_limit": self.memory,
            }
            if self.threads is not None:
                options["threads"] = self.threads
            self._root = duckdb.connect(":memory:", config=options)
        opened = self._root.cursor()
        self._sessions += 1
        opened.execute(f"ATTACH ':memory:' AS source_{self._sessions}; USE source_{self._sessions}")
        return opened

    def sessions(self, tables: Sequence[str]) -> tuple[str, dict[str, duckdb.DuckDBPyConnection]]:
        """Open a connection for each table of a source; they share a database, and each has a schema of its own.

        Returns:
            The name of the database, and the connections by table.
        """
        opened = {}
        first = self.session()
        for table in tables:
            schema = f"source_{self._sessions}.{identifier(table)}"
            session = first.cursor()
            session.execute(f"CREATE SCHEMA {schema}; USE {schema}")
            opened[table] = session
        return f"source_{self._sessions}", opened

    def close(self) -> None:
        """Drop all databases."""
        if self._root is not None:
            self._root.close()


def memory_share() -> int:
    """Give the bytes that the engine may hold in memory where nothing is said: six tenths of what this machine has.

    Where the process runs in a group with a limit of its own, as in a container, that limit is what it has.
    """
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for place in _GROUP_LIMITS:
        with suppress(OSError, ValueError):  # no such group, or no limit
            limits.append(int(Path(place).read_text(encoding="ascii")))
    return min(limits) * 6 // 10
