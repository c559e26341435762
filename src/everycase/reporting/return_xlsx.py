"""The owner's return workbook: whether this can be sent, what comes first, and in which rows; no value but the key.

One workbook a source, and one a supplier where the report asks for it. What does not fit is left out of the lists,
never out of the counts, and the Summary says so: failing.csv has every line.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from everycase.disclosure import harmless, token_key
from everycase.errors import EngineError
from everycase.reporting.book import Book, Column, Link
from everycase.reporting.failing_rows import failing_of, not_written
from everycase.reporting.figures import plain
from everycase.reporting.return_view import KINDS, Unrecognised, View, fields_of, kind_of, unrecognised
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from everycase.outcome import RuleOutcome, SourceResult
    from everycase.reporting.book import Kind, Sheet
    from everycase.reporting.failing_rows import Failing
    from everycase.reports import ReportFile
    from everycase.run import CheckedSource, Run

#: lines on the lists of a workbook, and on the sheet of one rule
MOST_LINES, MOST_OF_RULE = 50_000, 1_000
#: rules that have a sheet of their own
MOST_SHEETS = 100
BETWEEN_CODE = ": "


@dataclass(frozen=True, slots=True)
class Line:
    """One failing record and the rule that it fails."""

    place: int | None
    key: str
    rule: RuleOutcome
    table: str


@dataclass(slots=True)
class Lines:
    """What is listed: lines by kind, and how many different records there are of each."""

    of: dict[str, list[Line]] = field(default_factory=lambda: {k: [] for k in KINDS})
    records: dict[str, int | None] = field(default_factory=dict)

    def by_rule(self) -> Mapping[str, list[Line]]:
        """Sort the lines by rule."""
        found: defaultdict[str, list[Line]] = defaultdict(list)
        for lines in self.of.values():
            for line in lines:
                found[line.rule.code].append(line)
        return found


def files(run: Run, report: ReportFile, file: str) -> dict[str, Callable[[Path], None]]:
    """List the workbooks of a run: the file named where one source was checked, else one a source in a folder."""
    if len(run.checked) == 1:
        return {file: partial(write, run, report, run.checked[0])}
    name = PurePosixPath(file)
    return {f"{name.stem}/{c.result.id}{name.suffix}": partial(write, run, report, c) for c in run.checked}


def write(run: Run, report: ReportFile, checked: CheckedSource, path: Path) -> None:
    """Write the workbook of a source.

    Raises:
        EngineError: the engine could not read its table again.
    """
    try:
        secret = token_key(report, checked.result.id, run.project.root)
        lines = _lines(checked, with_key=report.redaction != "none", secret=secret)
    except EngineError:
        raise not_written(checked) from None
    source = checked.result
    view = View.of(source, lines.records)
    with Book(path, say("return.title", source=plain(source.title)), run.options.as_of.isoformat()) as book:
        _Writer(run, report, checked, view, lines, book).write()


def _lines(checked: CheckedSource, *, with_key: bool, secret: str) -> Lines:
    """Fetch the failing records of a source, what must be fixed first, as many as fit."""
    lines = Lines()
    room = MOST_LINES
    units = [(u, failing_of(u, with_key=with_key, secret=secret)) for u in checked.units()]
    for kind in KINDS:
        records: int | None = 0
        for unit, failing in units:
            wanted = [] if failing is None else [n for n, r in enumerate(failing.outcomes, 1) if kind_of(r) == kind]
            if failing is None or not wanted:
                continue
            table = unit.suite.table if unit.suite is not None else ""
            found = list(_of_kind(failing, wanted, room))
            lines.of[kind] += [Line(p, harmless(plain(k)), failing.outcomes[n - 1], table) for n, p, k in found]
            room -= len(found)
            different = _different(failing, wanted)
            records = None if different is None or records is None else records + different
        lines.records[kind] = records
    return lines


def _of_kind(failing: Failing, wanted: Sequence[int], room: int) -> Iterator[tuple[int, int | None, str]]:
    numbers = ", ".join(map(str, wanted))
    relation = failing.relation(failing.joined_key())
    sql = f"SELECT number, place, key FROM {relation} WHERE number IN ({numbers}) ORDER BY number, place, key"
    for found in failing.rows(f"{sql} LIMIT {room}"):
        yield found[0], found[1], found[2]


def _different(failing: Failing, wanted: Sequence[int]) -> int | None:
    """Count the records that fail one of some rules; None where records have no row."""
    numbers = ", ".join(map(str, wanted))
    relation = failing.relation("''")
    sql = f"SELECT count(DISTINCT place), count(*) - count(place) FROM {relation} WHERE number IN ({numbers})"
    different, without = next(failing.rows(sql))
    return None if without else int(different)


@dataclass(slots=True)
class _Writer:
    """Fills the sheets of one workbook."""

    run: Run
    report: ReportFile
    checked: CheckedSource
    view: View
    lines: Lines
    book: Book
    names: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)

    def write(self) -> None:
        """Write all sheets, the Summary first."""
        suite = self.checked.suite
        if suite is not None:
            self.fields = {r.code: fields_of(r, suite) for r in self.checked.rules}
        codes = unrecognised(self.view.source, suite, self.report) if suite is not None else []
        parts = [k for k in KINDS if self.lines.of[k]]
        own = self.lines.by_rule()
        listed = [r for r in self.view.listed if r.code in own][:MOST_SHEETS]
        self.names = {n: self.book.named(say(f"return.sheet.{n}")) for n in ("summary", *parts)}
        for name in ("codes", "reasons", "about"):
            if name == "about" or (name == "codes" and codes) or (name == "reasons" and "explain" in parts):
                self.names[name] = self.book.named(say(f"return.sheet.{name}"))
        self.names |= {r.code: self.book.named(r.code) for r in listed}
        self._summary(self.book.sheet(self.names["summary"]), bool(codes))
        for kind in parts:
            self._list(self.book.sheet(self.names[kind]), kind)
        if codes:
            self._codes(self.book.sheet(self.names["codes"]), codes)
        for rule in listed:
            self._rule(self.book.sheet(self.names[rule.code]), rule, own[rule.code])
        if "reasons" in self.names:
            self._reasons(self.book.sheet(self.names["reasons"]))
        self._about(self.book.sheet(self.names["about"]))

    def _summary(self, sheet: Sheet, codes: bool) -> None:  # noqa: FBT001 - whether there is a sheet of them
        view, source = self.view, self.view.source
        sheet.widths(24, 50, 14, 10, 10, 10, 10, 70, 24)
        sheet.say(plain(source.title), "title")
        extract = plain(source.extract.name) if source.extract else ""
        day = self.run.options.as_of.isoformat()
        sheet.say(say("return.of", agency=plain(source.agency), extract=extract, day=day), "line")
        sheet.gap()
        sheet.say(view.sentence, "good" if view.sendable else "bad", across=8)
        if view.first:
            sheet.say(view.first, "lead", across=8)
        sheet.gap()
        if view.listed:
            sheet.say(say("return.to_do"), "heading")
            sheet.table(_columns(_TO_DO, wrap=True), map(self._to_do, view.listed), sized=False)
            sheet.gap()
        for sentence in self._cut():
            sheet.say(sentence, across=8)
        if view.unchecked:
            sheet.say(say("return.unchecked"), "heading")
            columns = _columns((("rule", 16, "text"), ("wrong", 46, "text"), ("reason", 60, "text")), wrap=True)
            sheet.table(columns, ((r.code, plain(r.title), plain(r.reason)) for r in view.unchecked), sized=False)
            sheet.gap()
        sheet.say(say("return.sheets"), "heading")
        for name in (*KINDS, "codes", "reasons", "about"):
            if name in self.names and (name != "codes" or codes):
                sheet.link(Link(self.names[name], self.names[name]))

    def _to_do(self, rule: RuleOutcome) -> tuple[object, ...]:
        counts, do = rule.counts, "explained" if rule.settled else kind_of(rule)
        sheet = self.names.get(rule.code)
        return (
            rule.code, plain(rule.title), say(f"return.do.{do}"), counts.failing, counts.judged,
            counts.share or 0.0, rule.threshold, plain(rule.fix), Link(sheet, sheet) if sheet else "",
        )  # fmt: skip

    def _cut(self) -> Iterator[str]:
        """Say what the lists leave out, and where it is."""
        own = self.lines.by_rule()
        left = {r.code: r.counts.failing - len(own.get(r.code, ())) for r in self.view.listed}
        missing = sum(left.values())
        if missing:
            other = self.run.project.reports.writes("failing_csv")
            where = say("return.in_file", file=other[0][1].file) if other else say("return.nowhere")
            yield say("return.cut", n=missing, shown=sum(map(len, own.values())), where=where)

    def _list(self, sheet: Sheet, kind: str) -> None:
        several = len(self.checked.units()) > 1
        sheet.say(say(f"return.about_{kind}"), "line")
        names = ["row", "key", *(["table"] if several else []), "rule", "field", "wrong", "fix"]
        sizes = {"row": 10, "key": 28, "table": 16, "rule": 26, "field": 36, "wrong": 60, "fix": 80}
        columns = _columns([(n, sizes[n], "row" if n == "row" else "text") for n in names])
        if kind == "explain":
            columns.append(self._choice())
        rows = (
            [*self._cells(line, several=several), *([""] if kind == "explain" else [])] for line in self.lines.of[kind]
        )
        sheet.table(columns, rows, frozen=True)

    def _cells(self, line: Line, *, several: bool) -> list[object]:
        rule = line.rule
        start = [line.place, line.key, *([line.table] if several else [])]
        return [*start, rule.code, self.fields.get(rule.code, ""), plain(rule.title), plain(rule.fix)]

    def _choice(self) -> Column:
        last = len(self._reason_codes()) + 3
        cells = f"='{self.names['reasons']}'!$A$4:$A${last}"
        refusal = (say("return.column.reason_given"), say("return.choose"))
        return Column(say("return.column.reason_given"), 60, choices=cells, refusal=refusal)

    def _reason_codes(self) -> list[str]:
        return reasons_of(self.run, self.report)

    def _reasons(self, sheet: Sheet) -> None:
        sheet.widths(90)
        sheet.say(say("return.about_reasons"), "line")
        sheet.gap()
        sheet.table([Column(say("return.column.reason_given"), 90)], ([c] for c in self._reason_codes()))

    def _codes(self, sheet: Sheet, codes: Iterable[Unrecognised]) -> None:
        sheet.say(say("return.about_codes"), "line")
        columns = _columns(
            (("field", 40, "text"), ("value", 24, "text"), ("times", 12, "number"), ("nearest", 60, "text"))
        )
        rows = (
            (c.field, harmless(c.value) if c.value is not None else say("return.hidden"), c.times, c.nearest)
            for c in codes
        )
        sheet.table(columns, rows, frozen=True)

    def _rule(self, sheet: Sheet, rule: RuleOutcome, lines: Sequence[Line]) -> None:
        several = len(self.checked.units()) > 1
        sheet.widths(16, 60, 40)
        sheet.say(f"{rule.code}", "heading")
        sheet.say(plain(rule.title), "title", across=3)
        sheet.link(Link(say("return.back"), self.names["summary"]))
        sheet.gap()
        counts = rule.counts
        figures = say("return.figures", failing=counts.failing, judged=counts.judged, undetermined=counts.undetermined)
        facts = [
            (say("return.fact.do"), say(f"return.do.{kind_of(rule)}")),
            (say("return.fact.figures"), figures),
            (say("return.fact.explained"), self._given(rule)),
            (say("return.fact.field"), self.fields.get(rule.code, "")),
            (say("return.fact.why"), plain(rule.why)),
            (say("return.fact.fix"), plain(rule.fix)),
            (say("return.fact.source"), say("totals.between").join(map(plain, rule.references))),
        ]
        for name, value in facts:
            if value:
                sheet.facts([(name, value)], across=2)
        sheet.gap()
        shown = lines[:MOST_OF_RULE]
        if len(shown) < counts.failing:
            sheet.say(
                say("return.first_of", shown=len(shown), n=counts.failing, sheet=self.names[kind_of(rule)]), across=3
            )
        names = ["row", "key", *(["table"] if several else [])]
        columns = _columns([(n, 0, "row" if n == "row" else "text") for n in names])
        sheet.table(columns, ([n.place, n.key, *([n.table] if several else [])] for n in shown), sized=False)

    def _given(self, rule: RuleOutcome) -> str:
        said = [say("return.given", reason=r, n=n) for r, n in rule.explained]
        return say("totals.between").join(said)

    def _about(self, sheet: Sheet) -> None:
        source, result = self.view.source, self.run.result()
        sheet.widths(28, 100)
        sheet.say(say("return.sheet.about"), "title")
        sheet.say(say("return.how"), across=2)
        sheet.gap()
        facts = [(say("return.source"), source.id), *_extract(source), (say("scorecard.suite"), source.suite)]
        facts += [(say("scorecard.digest", name=n.capitalize()), d) for n, d in sorted(source.digests.items())]
        project = say("scorecard.project_digest", project=result.project, digest=result.project_digest)
        facts += [(say("scorecard.project"), project), (say("scorecard.everycase"), result.version)]
        facts += [(say("scorecard.as_of"), result.as_of)]
        sheet.facts(facts)


_TO_DO: tuple[tuple[str, int, Kind], ...] = (
    ("rule", 0, "text"), ("wrong", 0, "text"), ("do", 0, "text"), ("failing", 0, "number"), ("of", 0, "number"),
    ("share", 0, "share"), ("allowed", 0, "share"), ("fix", 0, "text"), ("sheet", 0, "text"),
)  # fmt: skip
_WRAPPED = {"wrong", "reason", "fix"}


def _columns(named: Iterable[tuple[str, int, Kind]], *, wrap: bool = False) -> list[Column]:
    return [Column(say(f"return.column.{n}"), size, kind, wrap=wrap and n in _WRAPPED) for n, size, kind in named]


def _extract(source: SourceResult) -> Iterator[tuple[str, str]]:
    extract = source.extract
    if extract is None:
        return
    yield say("scorecard.extract"), plain(extract.name)
    size, rows = say("count.byte", n=extract.bytes), say("count.row", n=extract.rows)
    yield say("scorecard.size"), say("scorecard.size_of", bytes=size, rows=rows)
    if extract.sha256:
        yield say("scorecard.extract_digest"), extract.sha256
    for repair in extract.repairs:
        n = "" if repair.count is None else number(repair.count)
        yield say("scorecard.repairs"), plain(f"{repair.detail} {n}".strip())


def reasons_of(run: Run, report: ReportFile) -> list[str]:
    """List the reasons that a report offers, as the workbook shows them: code and meaning."""
    if report.reasons is None:
        return []
    codes = run.project.codelists[report.reasons].codes.values()
    return [f"{c.code}{BETWEEN_CODE}{c.meaning}" for c in codes]
