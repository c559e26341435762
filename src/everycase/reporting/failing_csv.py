"""The list for the data owner: which record fails which rule, and how to fix it. No value but the key is in it.

Every judged rule with a failing record is listed, also one that stays below its threshold. The engine itself writes
finished lines, so that a million of them never pass through Python.
"""

from __future__ import annotations

import csv
import io
import shutil
from typing import TYPE_CHECKING

from everycase.disclosure import FORMULA_STARTS, harmless, token_key
from everycase.errors import EngineError
from everycase.reporting.failing_rows import Failing, execute, failing_of, not_written
from everycase.reporting.folder import part
from everycase.sqltext import quoted
from everycase.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from everycase.outcome import RuleOutcome
    from everycase.reports import ReportFile
    from everycase.run import Run

HEADER = ("source", "row", "key", "code", "severity", "title", "fix")
# NOTE: DuckDB writes a text as it stands when there is no quote character, and ends each line with LF alone.
_AS_IT_STANDS = "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '')"


def write(run: Run, report: ReportFile, path: Path) -> None:
    r"""Write the failing records of all sources, UTF-8 with a mark that makes Excel read it as such, lines ending CRLF.

    Raises:
        EngineError: the engine could not read its table again, or not write the lines.
    """
    lines = part(path)
    with path.open("wb") as listing:
        listing.write(_line([say(f"failing.{name}") for name in HEADER]).encode("utf-8-sig"))
        units = (unit for checked in run.checked for unit in checked.units())
        for checked in sorted(units, key=lambda c: c.result.id):
            try:
                secret = token_key(report, checked.result.id, run.project.root)
                failing = failing_of(checked, with_key=report.redaction != "none", secret=secret)
                if failing is None:
                    continue
                statement = _statement(failing, checked.result.id)
                execute(failing.prepared, f"COPY ({statement}) TO {quoted(str(lines))} {_AS_IT_STANDS}")
            except EngineError:
                raise not_written(checked) from None
            with lines.open("rb") as found:
                shutil.copyfileobj(found, listing, 1 << 20)
            lines.unlink()


def _statement(failing: Failing, source: str) -> str:
    """Write the one statement that gives the finished lines of a source."""
    ends = ", ".join(quoted("," + _line(_rule_cells(outcome), end="\r")) for outcome in failing.outcomes)
    start = quoted(_line((source, ""), end="").removesuffix('""'))
    # NOTE: slim rows are put in order and lines written after, so that no title or fix is carried through the sort;
    # concat() takes an empty text for NULL, and less time than ||.
    return (
        f"SELECT concat({start}, place, ',', key, [{ends}][number]) "
        f"FROM (SELECT * FROM {failing.relation(_key(failing))} ORDER BY number, place, key)"
    )


def _key(failing: Failing) -> str:
    """Write the key cell, quoted for CSV, with the same care for formulas as `disclosure.harmless`."""
    if not failing.keys:
        return "''"
    cell = failing.joined_key()
    # NOTE: chr() keeps tab and return out of the statement's text, where they would be hard to see.
    starts = ", ".join(f"chr({ord(s)})" for s in FORMULA_STARTS)
    safe = f"CASE WHEN left({cell}, 1) IN ({starts}) THEN '''' || {cell} ELSE {cell} END"
    return f"""concat('"', replace({safe}, '"', '""'), '"')"""


def _rule_cells(outcome: RuleOutcome) -> tuple[str, ...]:
    return (outcome.code, outcome.severity, harmless(outcome.title), harmless(outcome.fix))


def _line(cells: Sequence[str], *, end: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=end).writerow(cells)
    return text.getvalue()
