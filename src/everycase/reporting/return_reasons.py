"""Reasons that an owner chose in the return workbook, read back: coded ones, for records that still fail; no free text.

A reason belongs to a record and a rule. Where the extract is the one that the workbook was made from, the record is
known by its row and key; where it has been made again, by its key alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from everycase.disclosure import harmless
from everycase.errors import UsageError
from everycase.reporting.failing_rows import failing_of
from everycase.reporting.figures import plain
from everycase.reporting.return_xlsx import BETWEEN_CODE, reasons_of
from everycase.summing import with_rules
from everycase.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from everycase.reports import ReportFile
    from everycase.run import CheckedSource, Run

_HEAD = 2


@dataclass(frozen=True, slots=True)
class Given:
    """A workbook's reasons.

    Attributes:
        source: whose it is.
        digest: of the extract it was made from; "" where there was none.
        reasons: (table, row, key, rule) -> code of the reason.
    """

    source: str
    digest: str
    reasons: dict[tuple[str, int | None, str, str], str] = field(default_factory=dict)


def take_in(run: Run, paths: Sequence[Path]) -> dict[str, int]:
    """Give the queries of a run the reasons of some workbooks.

    Returns:
        For each source, how many reasons belong to no record that fails now.

    Raises:
        UsageError: a file is no return workbook, belongs to no source of this run, or gives what is no reason.
        EngineError: the engine could not read its table again.
    """
    written = run.project.reports.writes("return_xlsx")
    if not written:
        message = "no report of this project writes a return workbook, so that none can be read back"
        raise UsageError("reasons-unusable", message, instead="Leave --reasons out.")
    report = written[0][0]
    by_source: dict[str, list[Given]] = {}
    for number, path in enumerate(paths, 1):
        given = read(path, number, [c.split(BETWEEN_CODE, 1)[0] for c in reasons_of(run, report)])
        if given.source not in {c.result.id for c in run.checked}:
            message = f"file {number} of --reasons belongs to a source that is not checked now"
            raise UsageError("reasons-unusable", message, instead="Name that source, or leave the file out.")
        by_source.setdefault(given.source, []).append(given)
    left = {}
    for checked in run.checked:
        if checked.result.id in by_source:
            left[checked.result.id] = _explain(checked, by_source[checked.result.id], report, run.options.fail_on)
    return left


def read(path: Path, number: int, known: Sequence[str]) -> Given:
    """Read the reasons of a workbook.

    Args:
        path: the file.
        number: which of the files given it is; its name may say more than a message should.
        known: the codes of the reasons on offer.

    Raises:
        UsageError: it is no return workbook in these words, or a cell holds what is no reason.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    where = f"--reasons, file {number}"
    instead = "Name the return.xlsx that you filled in."
    try:
        book = CalamineWorkbook.from_path(str(path))
        about = dict(row[:2] for row in _rows(book, say("return.sheet.about")) if len(row) > 1)
        rows = _rows(book, say("return.sheet.explain"))
    except (OSError, CalamineError, ValueError):
        message = "the file is no return workbook, or is damaged"
        raise UsageError(
            "reasons-unusable", message, where=where, instead="Name the return.xlsx that you filled in."
        ) from None
    given = Given(str(about.get(say("return.source"), "")), str(about.get(say("scorecard.extract_digest"), "")))
    heads = [str(c) for c in rows[_HEAD - 1]] if len(rows) >= _HEAD else []
    names = [say(f"return.column.{n}") for n in ("row", "key", "rule", "reason_given")]
    if not given.source or (rows and not set(names) <= set(heads)):
        message = "the file is not a return workbook in the words of this project"
        raise UsageError("reasons-unusable", message, where=where, instead=instead)
    if not rows:
        return given
    row_at, key_at, rule_at, reason_at = (heads.index(n) for n in names)
    table = say("return.column.table")
    table_at = heads.index(table) if table in heads else None
    for line, row in enumerate(rows[_HEAD:], _HEAD + 1):
        code = str(row[reason_at]).split(BETWEEN_CODE.strip(), 1)[0].strip()
        if not code:
            continue
        if code not in known:
            message = f"line {line} of '{say('return.sheet.explain')}' holds what is no reason of the list"
            instead = "Choose a reason from the list. Nothing else is read, and nothing of it was kept."
            raise UsageError("reason-unknown", message, where=where, instead=instead)
        place = int(row[row_at]) if isinstance(row[row_at], int | float) else None
        named = str(row[table_at]) if table_at is not None else ""
        given.reasons[named, place, str(row[key_at]), str(row[rule_at])] = code
    return given


def _rows(book: Any, name: str) -> list[list[Any]]:
    if name not in book.sheet_names:
        return []
    rows: list[list[Any]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return rows


def _explain(checked: CheckedSource, given: Sequence[Given], report: ReportFile, fail_on: str) -> int:
    """Count the failing records of each query that have a reason, and give how many reasons are left over."""
    extract = checked.result.extract
    same = [g for g in given if extract is not None and extract.sha256 and g.digest == extract.sha256]
    by_row = {key: reason for g in same for key, reason in g.reasons.items()}
    by_key = {(t, k, c): r for g in given if g not in same for (t, _, k, c), r in g.reasons.items() if k}
    used: set[tuple[Any, ...]] = set()
    for unit in checked.units():
        found: dict[str, Counter[str]] = {}
        for table, place, key, code in _queries(unit, report):
            whole, part = (table, place, key, code), (table, key, code)
            reason = by_row.get(whole) or by_key.get(part)
            if reason is not None:
                used.add(whole if whole in by_row else part)
                found.setdefault(code, Counter())[reason] += 1
        rules = [replace(r, explained=tuple(sorted(found.get(r.code, {}).items()))) for r in unit.result.rules]
        unit.result = with_rules(unit.result, rules, fail_on)
    checked.take_in_parts(fail_on)
    return len(by_row) + len(by_key) - len(used)


def _queries(unit: CheckedSource, report: ReportFile) -> Iterator[tuple[str, int | None, str, str]]:
    """Give the failing records of the queries of a table as the workbook names them."""
    failing = failing_of(unit, with_key=report.redaction == "keys")
    if failing is None:
        return
    wanted = [str(n) for n, r in enumerate(failing.outcomes, 1) if r.severity == "query"]
    if not wanted:
        return
    table = unit.suite.table if unit.suite is not None else ""
    relation = failing.relation(failing.joined_key())
    for number, place, key in failing.rows(
        f"SELECT number, place, key FROM {relation} WHERE number IN ({', '.join(wanted)})"
    ):
        yield table, place, harmless(plain(key)), failing.outcomes[number - 1].code
