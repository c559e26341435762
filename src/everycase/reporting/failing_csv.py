"""The list for the data owner: which record fails which rule, and how to fix it. No value but the key is in it.

Every judged rule with a failing record is listed, also one that stays below its threshold. The engine itself writes
finished lines, so that a million of them never pass through Python.
"""

from __future__ import annotations

import csv
import io
import shutil
from typing import TYPE_CHECKING, BinaryIO

from everycase.disclosure import FORMULA_STARTS, harmless
from everycase.engines.duck import Prepared as DuckPrepared
from everycase.engines.postgres import PgPrepared
from everycase.errors import EngineError
from everycase.outcome import RANK
from everycase.reporting.folder import part
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from everycase.outcome import RuleOutcome
    from everycase.plan import Judged
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
        listing.write(_line(HEADER).encode("utf-8-sig"))
        for checked in sorted(run.checked, key=lambda c: c.result.id):
            if isinstance(checked.prepared, PgPrepared):
                _stream(checked, checked.prepared, listing, with_key=report.redaction == "keys")
                continue
            statement = _statement(checked, with_key=report.redaction == "keys")
            if statement is None or not isinstance(checked.prepared, DuckPrepared):
                continue
            try:
                checked.prepared.rows(f"COPY ({statement}) TO {quoted(str(lines))} {_AS_IT_STANDS}")
            except EngineError:
                message = "the list of failing records could not be written; the previous reports stand"
                instead = "Make room on the disk, or name a folder elsewhere."
                raise EngineError("out-not-written", message, where=checked.result.id, instead=instead) from None
            with lines.open("rb") as found:
                shutil.copyfileobj(found, listing, 1 << 20)
            lines.unlink()


def _failing(checked: CheckedSource) -> tuple[dict[str, RuleOutcome], list[Judged]]:
    """Find the rules that a record fails, those that weigh most first."""
    outcomes = {r.code: r for r in checked.result.rules}
    judged = checked.plan.judged if checked.plan is not None else []
    failing = [j for j in judged if outcomes[j.rule.code].counts.failing]
    return outcomes, sorted(failing, key=lambda j: (RANK[outcomes[j.rule.code].severity], j.rule.code))


def _stream(checked: CheckedSource, prepared: PgPrepared, listing: BinaryIO, *, with_key: bool) -> None:
    """Fetch from a database which records fail which rule, a few thousand at a time, and write the lines."""
    outcomes, failing = _failing(checked)
    if not failing or checked.suite is None:
        return
    keys = [prepared.as_supplied(checked.suite.fields[k]) for k in (checked.keys if with_key else ())]
    cell = f" || {quoted(BETWEEN_KEYS)} || ".join(f"COALESCE({k}, '')" for k in keys) or "''"
    numbers = ", ".join(f"CASE WHEN {_fails(j)} THEN {n} END" for n, j in enumerate(failing, 1))
    sql = (
        f'SELECT number, key FROM (SELECT unnest(ARRAY[{numbers}]) AS number, ({cell}) COLLATE "C" AS key '
        f"FROM {prepared.relation}) AS failing WHERE number IS NOT NULL ORDER BY number, key"
    )
    start, place = _line((checked.result.id,), end=""), ""
    ends = [_line(_rule_cells(outcomes[j.rule.code])) for j in failing]
    for number, key in prepared.server.stream(sql):
        shown = _line((harmless(key),), end="") if keys else ""
        listing.write(f"{start},{place},{shown},{ends[number - 1]}".encode())


def _statement(checked: CheckedSource, *, with_key: bool) -> str | None:
    """Write the one statement that lists what fails in a source; None where nothing does."""
    outcomes, failing = _failing(checked)
    if not isinstance(checked.prepared, DuckPrepared) or not failing:
        return None
    tests = [_fails(j) for j in failing]
    numbers = ", ".join(f"CASE WHEN {t} THEN {n} END" for n, t in enumerate(tests, 1))
    key = _key(checked.prepared, checked.keys if with_key else ())
    ends = ", ".join(quoted("," + _line(_rule_cells(outcomes[j.rule.code]), end="\r")) for j in failing)
    start = quoted(_line((checked.result.id,), end=""))
    return (
        f"SELECT {start} || ',' || place || ',' || key || [{ends}][number] FROM ("
        f"SELECT {checked.prepared.row} AS place, {key} AS key, "
        f"unnest(list_filter([{numbers}], lambda number: number IS NOT NULL)) AS number "
        f"FROM {checked.prepared.relation} WHERE {' OR '.join(tests)} ORDER BY number, place) AS failing"
    )


def _fails(judged: Judged) -> str:
    return f"(({judged.applies}) AND NOT ({judged.requires}))"


def _key(prepared: DuckPrepared, keys: Sequence[str]) -> str:
    """Write the key cell, quoted for CSV, with the same care for formulas as `disclosure.harmless`."""
    if not keys:
        return "''"
    cell = f" || {quoted(BETWEEN_KEYS)} || ".join(f"COALESCE({text}, '')" for text in _texts(prepared, keys))
    # NOTE: chr() keeps tab and return out of the statement's text, where they would be hard to see.
    starts = ", ".join(f"chr({ord(s)})" for s in FORMULA_STARTS)
    safe = f"CASE WHEN left({cell}, 1) IN ({starts}) THEN '''' || {cell} ELSE {cell} END"
    return f"""'"' || replace({safe}, '"', '""') || '"'"""


def _texts(prepared: DuckPrepared, keys: Sequence[str]) -> Iterator[str]:
    """Write each key as it was supplied: what is no code of its list, or ill-formed, is kept beside the column."""
    held = {str(row[0]) for row in prepared.rows(f"DESCRIBE {prepared.relation}")}
    for name in keys:
        typed = f"CAST({identifier(name)} AS VARCHAR)"
        raw = f"{name}__raw"
        yield f"COALESCE({identifier(raw)}, {typed})" if raw in held else typed


def _rule_cells(outcome: RuleOutcome) -> tuple[str, ...]:
    return (outcome.code, outcome.severity, harmless(outcome.title), harmless(outcome.fix))


def _line(cells: Sequence[str], *, end: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=end).writerow(cells)
    return text.getvalue()
