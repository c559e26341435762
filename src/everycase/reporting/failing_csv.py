"""The list for the data owner: which record fails which rule, and how to fix it. No value but the key is in it.

Every judged rule with a failing record is listed, also one that stays below its threshold. The engine itself writes
finished lines, so that a million of them never pass through Python.
"""

from __future__ import annotations

import csv
import io
import shutil
from typing import TYPE_CHECKING

from everycase.disclosure import FORMULA_STARTS, harmless
from everycase.engines.duck_engine import engine_error
from everycase.errors import EngineError
from everycase.outcome import RANK
from everycase.reporting.folder import part
from everycase.sqltext import identifier, quoted
from everycase.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from everycase.engines import Prepared
    from everycase.outcome import RuleOutcome
    from everycase.reports import ReportFile
    from everycase.run import CheckedSource, Run

HEADER = ("source", "row", "key", "code", "severity", "title", "fix")
BETWEEN_KEYS = " | "
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
                statement = _statement(checked, with_key=report.redaction == "keys")
                if statement is None or checked.prepared is None:
                    continue
                _run(checked.prepared, f"COPY ({statement}) TO {quoted(str(lines))} {_AS_IT_STANDS}")
            except EngineError:
                message = "the list of failing records could not be written; the previous reports stand"
                instead = "Make room on the disk, or name a folder elsewhere."
                raise EngineError("out-not-written", message, where=checked.result.id, instead=instead) from None
            with lines.open("rb") as found:
                shutil.copyfileobj(found, listing, 1 << 20)
            lines.unlink()


def _run(prepared: Prepared, sql: str) -> None:
    import duckdb

    try:
        prepared.connection.execute(sql)
    except duckdb.Error as error:
        raise engine_error(error) from None


def _failing(checked: CheckedSource) -> list[RuleOutcome]:
    """Find the rules that a record fails, those that weigh most first."""
    failing = [r for r in checked.result.rules if r.counts.failing and _judged(checked, r.code)]
    return sorted(failing, key=lambda r: (RANK[r.severity], r.code))


def _judged(checked: CheckedSource, code: str) -> bool:
    rule = next(r for r in checked.rules if r.code == code)
    return rule.native is None


def _statement(checked: CheckedSource, *, with_key: bool) -> str | None:
    """Write the one statement that lists what fails in a source; None where nothing does."""
    failing, judgement = _failing(checked), checked.judgement
    if not failing or judgement is None or checked.prepared is None:
        return None
    numbers: dict[int, list[tuple[int, str]]] = {}
    for number, outcome in enumerate(failing, 1):
        profile, state = judgement.place_of(outcome.code)
        numbers.setdefault(profile, []).append((number, state))
    for profile, states in numbers.items():
        tests = ", ".join(f"CASE WHEN {state} = 2 THEN {number} END" for number, state in states)
        _run(
            checked.prepared,
            f"CREATE OR REPLACE TABLE failing_{profile} AS SELECT profile, unnest(numbers) AS number FROM (SELECT "
            f"profile, list_filter([{tests}], lambda number: number IS NOT NULL) AS numbers "
            f"FROM {judgement.judged(profile)})",
        )
    keys = [checked.suite.fields[k] for k in checked.keys] if with_key and checked.suite is not None else []
    relation = checked.prepared.failing({profile: f"failing_{profile}" for profile in numbers}, keys)
    parts = [
        f"SELECT place, {_key(len(keys))} AS key, number FROM {relation} JOIN failing_{profile} "
        f'ON profile = "profile {profile}"'
        for profile in numbers
    ]
    ends = ", ".join(quoted("," + _line(_rule_cells(outcome), end="\r")) for outcome in failing)
    start = quoted(_line((checked.result.id, ""), end="").removesuffix('""'))
    # NOTE: slim rows are put in order and lines written after, so that no title or fix is carried through the sort;
    # concat() takes an empty text for NULL, and less time than ||.
    return (
        f"SELECT concat({start}, place, ',', key, [{ends}][number]) "
        f"FROM (SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY number, place, key)"
    )


def _key(keys: int) -> str:
    """Write the key cell, quoted for CSV, with the same care for formulas as `disclosure.harmless`."""
    if not keys:
        return "''"
    cell = f" || {quoted(BETWEEN_KEYS)} || ".join(f"COALESCE({identifier(f'key {n}')}, '')" for n in range(keys))
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
