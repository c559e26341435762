"""failing.parquet: what failing.csv lists, for programs; keys are as supplied, since nothing here runs as a formula."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from everycase.errors import EngineError
from everycase.reporting.failing_csv import HEADER
from everycase.reporting.failing_rows import Failing, execute, failing_of, not_written
from everycase.scratch import scratch_folder
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    from pathlib import Path

    from everycase.reports import ReportFile
    from everycase.run import Run

_TYPES = {"row": "BIGINT"}
_FORM = "(FORMAT parquet, COMPRESSION zstd)"


def write(run: Run, report: ReportFile, path: Path) -> None:
    """Write the failing records of all sources.

    Raises:
        EngineError: the engine could not read its table again, or not write the file.
    """
    import duckdb

    with scratch_folder() as folder:
        parts = []
        units = (unit for checked in run.checked for unit in checked.units())
        for number, checked in enumerate(sorted(units, key=lambda c: c.result.id)):
            try:
                failing = failing_of(checked, with_key=report.redaction == "keys")
                if failing is not None:
                    part = quoted(str(folder / f"{number}.parquet"))
                    execute(failing.prepared, f"COPY ({_statement(failing, checked.result.id)}) TO {part} {_FORM}")
                    parts.append(part)
            except EngineError:
                raise not_written(checked) from None
        columns = ", ".join(f"CAST(NULL AS {_TYPES.get(n, 'VARCHAR')}) AS {identifier(n)}" for n in HEADER)
        everything = f"SELECT * FROM read_parquet([{', '.join(parts)}])" if parts else f"SELECT {columns} LIMIT 0"
        whole = folder / "whole.parquet"
        try:
            with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
                connection.execute(f"COPY ({everything}) TO {quoted(str(whole))} {_FORM}")
        except duckdb.Error:
            message = "the list of failing records could not be written; the previous reports stand"
            instead = "Make room on the disk, or name a folder elsewhere."
            raise EngineError("out-not-written", message, instead=instead) from None
        # NOTE: the engine would put a file of its own in the place of the private one that is there.
        shutil.copyfile(whole, path)


def _statement(failing: Failing, source: str) -> str:
    cells = [
        f"[{', '.join(quoted(str(getattr(outcome, name))) for outcome in failing.outcomes)}][number] AS {name}"
        for name in ("code", "severity", "title", "fix")
    ]
    return (
        f"SELECT {quoted(source)} AS source, CAST(place AS BIGINT) AS row, key, {', '.join(cells)} "
        f"FROM (SELECT * FROM {failing.relation(failing.joined_key())} ORDER BY number, place, key)"
    )
