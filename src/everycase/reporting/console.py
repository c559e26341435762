"""The terminal: can this extract be sent? The verdict first, then what to do, worst first; never a record value."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from everycase.outcome import Status
from everycase.reporting import result_json
from everycase.reporting.figures import Findings, allowed, bar, least_known, plain, reasons, share, totals
from everycase.reporting.layout import GAP, hanging, line, widths
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.status import Status as Spinner

    from everycase.outcome import FieldOutcome, RuleOutcome, RunResult, SourceResult
    from everycase.project import Project

_COLOURS = {Status.PASSED: "bold green", Status.FAILED: "bold red", Status.COULD_NOT_CHECK: "bold yellow"}
_BLOCKS = ("\u2588", "\u2591")
_ASCII = ("#", ".")
_LONGEST = 10
_WIDE = 100
_WIDEST = 140
_EVERYTHING = sys.maxsize


class Screen:
    """What `everycase check` prints: the result on stdout, progress on stderr and only where somebody watches.

    Args:
        quiet: print only the line of each source.
        verbose: cut no list short.
        console: where the result goes; made for stdout if not given.
    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False, console: Console | None = None) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self._console = console
        self._spinner: Spinner | None = None

    @property
    def console(self) -> Console:
        """Where the result goes."""
        if self._console is None:
            self._console = stdout_console()
        return self._console

    @contextmanager
    def working(self) -> Iterator[None]:
        """Show progress while the block runs."""
        watched = Console(stderr=True, markup=False, highlight=False)
        if self.quiet or not watched.is_terminal:
            yield
            return
        with watched.status(say("console.starting"), spinner="line") as spinner:
            self._spinner = spinner
            try:
                yield
            finally:
                self._spinner = None

    def progress(self, source: str, what: str) -> None:
        """Say what is being done."""
        if self._spinner is not None:
            self._spinner.update(Text(say("console.working", source=source, what=what)))

    def show(self, result: RunResult, out: Path | None, seconds: float) -> None:  # noqa: ARG002 - `finish` says it
        """Print verdicts and findings; totals follow when all is done."""
        show(result, self.console, out=out, quiet=self.quiet, verbose=self.verbose)

    def finish(
        self,
        result: RunResult,
        out: Path | None,
        seconds: float,
        great_seconds: float | None = None,
        *,
        changed: bool = False,
    ) -> None:
        """Print totals, the time taken and what to do next.

        Args:
            result: in its last state.
            out: where the reports lie.
            seconds: that the verdict took.
            great_seconds: that the Great Expectations record took; None where none was made.
            changed: whether that record changed a verdict which was printed already.
        """
        if changed:
            _line(self.console)
            _line(self.console, say("console.changed"))
            show(result, self.console, out=out, quiet=True)
            _could_not_be_checked(result, self.console, _EVERYTHING)
        if not self.quiet:
            finish(result, self.console, out=out, seconds=seconds, great_seconds=great_seconds)


def stdout_console() -> Console:
    """Make the console of stdout: no markup is read, and what its encoding lacks becomes a question mark."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDE
    return Console(markup=False, highlight=False, emoji=False, width=width)


def json_text(result: RunResult, project: Project) -> str:
    """Give the result as JSON, showing what the report that writes result.json may show."""
    written = project.reports.writes("result_json")
    return result_json.text(result, written[0][0] if written else None)


def show(
    result: RunResult, console: Console, *, out: Path | None = None, quiet: bool = False, verbose: bool = False
) -> None:
    """Print the verdict of each source, then the findings worst first, then completeness.

    Args:
        result: what was found.
        console: where to.
        out: where the reports lie, named where a list is cut short; None where there are none.
        quiet: print only the line of each source.
        verbose: cut no list short.
    """
    if quiet:
        _verdicts(result, console)
        return
    head = say("console.head", version=result.version, project=plain(result.project), day=result.as_of)
    _line(console, head)
    _line(console)
    _verdicts(result, console)
    limit = _EVERYTHING if verbose else _LONGEST
    _findings(result, console, limit, _more(out))
    _could_not_be_checked(result, console, limit)
    for source in result.sources:
        _completeness(source, console, _named(result, say("console.completeness"), source), limit, _more(out))


def finish(
    result: RunResult,
    console: Console,
    *,
    out: Path | None = None,
    seconds: float = 0.0,
    great_seconds: float | None = None,
) -> None:
    """Print the totals and what to do next."""
    _line(console)
    record = "" if great_seconds is None else say("console.record", seconds=number(great_seconds, 1))
    _line(console, say("console.totals", totals=totals(result), seconds=number(seconds, 1), record=record))
    if out is not None:
        worst = next((r for s in result.sources for r in s.failed()), None)
        explain = say("console.explain", code=worst.code) if worst else ""
        page = next((p for p in (out / "scorecard.html", out / "result.json") if p.exists()), out)
        _line(console, say("console.next", page=plain(str(page)), explain=explain))


def _line(console: Console, text: str | Text = "") -> None:
    console.print(text, soft_wrap=True)


def _more(out: Path | None) -> str:
    return say("console.where", folder=f"{plain(str(out))}{os.sep}") if out else ""


def _named(result: RunResult, title: str, source: SourceResult) -> str:
    return title if len(result.sources) == 1 else say("console.of_source", title=title, source=source.id)


def _verdicts(result: RunResult, console: Console) -> None:
    """Print a line a source; what does not fit goes first: the name of the file, then the word for records."""
    rows = []
    for source in result.sources:
        found = Findings.of(source)
        unread = source.problem is not None and not source.records
        to_do = "" if unread else say("console.to_do", fix=len(found.to_fix), explain=len(found.to_explain))
        name = plain(source.extract.name) if source.extract else ""
        verdict, records = say(f"verdict.{source.status.value}"), say("console.records")
        rows.append([verdict, source.id, name, number(source.records), records, to_do])
    room = console.width - 2
    for dropped in ((), (2,), (2, 4)):
        kept = [[c for n, c in enumerate(row) if n not in dropped] for row in rows]
        sizes = widths(kept)
        if sum(sizes) + len(GAP) * (len(sizes) - 1) <= room:
            break
    right = {3 if not dropped else 2}
    for source, row in zip(result.sources, kept, strict=True):
        text = Text("  " + line(row, sizes, right))
        text.stylize(_COLOURS[source.status], 2, 2 + len(row[0]))
        _line(console, text)


def _head() -> tuple[str, ...]:
    return tuple(say(f"console.{name}") for name in ("failing", "of", "share", "allowed", "undetermined"))


def _findings(result: RunResult, console: Console, limit: int, more: str) -> None:
    """Print what failed; the numbers of all parts stand in the same columns."""
    found = [
        (_named(result, say(f"console.{kind}"), source), getattr(Findings.of(source), kind))
        for kind in ("to_fix", "to_explain", "explained", "warnings")
        for source in result.sources
    ]
    numbers = [_numbers(rule) for _, rules in found for rule in rules[:limit]]
    sizes = widths([_head(), *numbers])
    for title, rules in found:
        if rules:
            _rules(console, title, rules[:limit], sizes)
            if len(rules) > limit:
                _line(console, say("console.more", n=len(rules) - limit, where=more))


def _numbers(rule: RuleOutcome) -> list[str]:
    counts = rule.counts
    return [
        number(counts.failing),
        number(counts.judged),
        share(counts.failing, counts.judged),
        allowed(rule.threshold),
        number(counts.undetermined),
    ]


def _rules(console: Console, title: str, rules: Sequence[RuleOutcome], numbers: Sequence[int]) -> None:
    wide = console.width >= _WIDE
    room = min(max(console.width, 60), _WIDEST) - sum(numbers) - len(GAP) * len(numbers)
    sizes, right = [room, *numbers], set(range(1, len(numbers) + 1))
    indent = 2 + max(len(r.code) for r in rules) + len(GAP) if wide else 4
    fits = cell_len(title) <= room
    head = Text(line([title if fits else "", *_head()], sizes, right))
    _line(console)
    if fits:
        head.stylize("bold", 0, len(title))
    else:
        _line(console, Text(title, style="bold"))
    _line(console, head)
    for rule in rules:
        first, *rest = hanging(f"  {rule.code}", plain(rule.title), room, indent)
        _line(console, line([first, *_numbers(rule)], sizes, right))
        for text in rest:
            _line(console, text)


def _could_not_be_checked(result: RunResult, console: Console, limit: int) -> None:
    """Print why a source or a rule could not be checked, each reason once."""
    lines: list[str] = []
    for source in result.sources:
        problem = source.problem
        if problem is not None:
            own = problem.where in {"", source.id}
            where = "" if own else say("console.problem_where", where=plain(problem.where))
            lines.append(say("console.problem", source=source.id, message=plain(problem.message), where=where))
            if problem.instead:
                lines.append(f"  {plain(problem.instead)}")
            lines.append("  " + say("console.see", slug=problem.slug))
        if problem is not None and not source.records:
            continue
        gathered = reasons(Findings.of(source).unchecked)
        for reason, codes in gathered[:limit]:
            shown = say("totals.between").join(codes[:limit])
            if len(codes) > limit:
                shown += say("console.more_codes", n=len(codes) - limit)
            lines.append(say("console.reason", codes=shown, reason=plain(reason)))
        if len(gathered) > limit:
            lines.append(say("console.more_reasons", n=len(gathered) - limit))
    if lines:
        _line(console)
        _line(console, Text(say("console.unchecked"), style="bold"))
        for line in lines:
            indent = 4 if line.startswith("  ") else 2
            console.print(Padding(Text(line.strip()), (0, 0, 0, indent)))


def _completeness(source: SourceResult, console: Console, title: str, limit: int, more: str) -> None:
    """Print the tiers of the fields that are not known throughout, the least known first."""
    fields = least_known(source)
    gaps = [f for f in fields if f.tally.known < f.tally.applicable]
    missing = [f.name for f in source.fields if f.missing]
    if not fields and not missing:
        return
    shown = gaps[:limit]
    cells = 20 if console.width >= _WIDE else 10
    rows = [["", say("console.supplied"), say("console.valid"), say("console.known"), ""]]
    for field in shown:
        tally = field.tally
        shares = (share(n, tally.applicable) for n in (tally.supplied, tally.valid, tally.known))
        rows.append([f"  {field.name}", *shares, bar(tally.known, tally.applicable, cells, _blocks(console))])
    sizes = widths(rows)
    _line(console)
    head = Text(title, style="bold")
    if gaps and len(title) <= max(sizes[0], 24):
        sizes[0] = max(sizes[0], len(title))
        head = Text(line([title, *rows[0][1:]], sizes, {1, 2, 3}))
        head.stylize("bold", 0, len(title))
        rows[0] = []
    _line(console, head)
    if gaps and rows[0]:
        _line(console, line(rows[0], sizes, {1, 2, 3}))
    for field, row in zip(shown, rows[1:], strict=True):
        text, split = line(row, sizes, {1, 2, 3}), _split(field)
        beside = f"{text}{GAP}{split}"
        if split and cell_len(beside) <= console.width:
            text, split = beside, ""
        _line(console, text)
        if split:
            _line(console, say("console.of_which", split=split))
    if len(gaps) > limit:
        least = share(gaps[limit].tally.known, gaps[limit].tally.applicable).lstrip(">")
        _line(console, say("console.more_fields", n=len(gaps) - limit, least=least, where=more))
    whole = len(fields) - len(gaps)
    if whole:
        _line(console, say("console.whole", n=whole))
    if missing:
        _line(console, say("console.missing", fields=say("totals.between").join(missing)))


def _split(field: FieldOutcome) -> str:
    tally = field.tally
    if not tally.forced:
        return ""
    avoidable, forced = (share(n, tally.applicable) for n in (tally.avoidable, tally.forced))
    return say("console.split", avoidable=avoidable, forced=forced)


def _blocks(console: Console) -> tuple[str, str]:
    try:
        "".join(_BLOCKS).encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return _ASCII
    return _BLOCKS
