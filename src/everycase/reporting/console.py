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
from everycase.reporting.figures import (
    VERDICTS,
    Findings,
    allowed,
    bar,
    counted,
    least_known,
    plain,
    reasons,
    share,
    totals,
)
from everycase.reporting.layout import GAP, hanging, line, widths

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
        with watched.status("starting", spinner="line") as spinner:
            self._spinner = spinner
            try:
                yield
            finally:
                self._spinner = None

    def progress(self, source: str, what: str) -> None:
        """Say what is being done."""
        if self._spinner is not None:
            self._spinner.update(Text(f"{source}: {what}"))

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
            _line(self.console, "The Great Expectations record does not bear the verdict out. It is now:")
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
    _line(console, f"everycase {result.version}   project {plain(result.project)}   as of {result.as_of}")
    _line(console)
    _verdicts(result, console)
    limit = _EVERYTHING if verbose else _LONGEST
    _findings(result, console, limit, _more(out))
    _could_not_be_checked(result, console, limit)
    for source in result.sources:
        _completeness(source, console, _named(result, "Completeness", source), limit, _more(out))


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
    record = "" if great_seconds is None else f" (and {great_seconds:.1f} s for the GX record)"
    _line(console, f"{totals(result)}   {seconds:.1f} s{record}")
    if out is not None:
        worst = next((r for s in result.sources for r in s.failed()), None)
        explain = f", or everycase explain {worst.code}" if worst else ""
        page = next((p for p in (out / "scorecard.html", out / "result.json") if p.exists()), out)
        _line(console, f"Next: open {plain(str(page))}{explain}")


def _line(console: Console, text: str | Text = "") -> None:
    console.print(text, soft_wrap=True)


def _more(out: Path | None) -> str:
    return f" (see {plain(str(out))}{os.sep})" if out else ""


def _named(result: RunResult, title: str, source: SourceResult) -> str:
    return title if len(result.sources) == 1 else f"{title}: {source.id}"


def _verdicts(result: RunResult, console: Console) -> None:
    """Print a line a source; what does not fit goes first: the name of the file, then the word for records."""
    rows = []
    for source in result.sources:
        found = Findings.of(source)
        unread = source.problem is not None and not source.records
        to_do = "" if unread else f"{len(found.to_fix):,} to fix, {len(found.to_explain):,} to explain"
        name = plain(source.extract.name) if source.extract else ""
        rows.append([VERDICTS[source.status], source.id, name, f"{source.records:,}", "records", to_do])
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


_NUMBERS = ("failing", "of", "share", "allowed", "undetermined")


def _findings(result: RunResult, console: Console, limit: int, more: str) -> None:
    """Print what failed; the numbers of all parts stand in the same columns."""
    kinds = (("To fix", "to_fix"), ("To explain", "to_explain"), ("Warnings", "warnings"))
    found = [
        (_named(result, title, source), getattr(Findings.of(source), kind))
        for title, kind in kinds
        for source in result.sources
    ]
    numbers = [_numbers(rule) for _, rules in found for rule in rules[:limit]]
    sizes = widths([_NUMBERS, *numbers])
    for title, rules in found:
        if rules:
            _rules(console, title, rules[:limit], sizes)
            if len(rules) > limit:
                _line(console, f"  and {len(rules) - limit:,} more{more}")


def _numbers(rule: RuleOutcome) -> list[str]:
    counts = rule.counts
    return [
        f"{counts.failing:,}",
        f"{counts.judged:,}",
        share(counts.failing, counts.judged),
        allowed(rule.threshold),
        f"{counts.undetermined:,}",
    ]


def _rules(console: Console, title: str, rules: Sequence[RuleOutcome], numbers: Sequence[int]) -> None:
    wide = console.width >= _WIDE
    room = min(max(console.width, 60), _WIDEST) - sum(numbers) - len(GAP) * len(numbers)
    sizes, right = [room, *numbers], set(range(1, len(numbers) + 1))
    indent = 2 + max(len(r.code) for r in rules) + len(GAP) if wide else 4
    fits = cell_len(title) <= room
    head = Text(line([title if fits else "", *_NUMBERS], sizes, right))
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
            where = "" if problem.where in {"", source.id} else f" ({plain(problem.where)})"
            lines.append(f"{source.id}: {plain(problem.message)}{where}")
            if problem.instead:
                lines.append(f"  {plain(problem.instead)}")
            lines.append(f"  see docs/errors.md#{problem.slug}")
        if problem is not None and not source.records:
            continue
        gathered = reasons(Findings.of(source).unchecked)
        for reason, codes in gathered[:limit]:
            shown = ", ".join(codes[:limit]) + (f" and {len(codes) - limit:,} more" if len(codes) > limit else "")
            lines.append(f"{shown}: {plain(reason)}")
        if len(gathered) > limit:
            lines.append(f"and {len(gathered) - limit:,} more reasons")
    if lines:
        _line(console)
        _line(console, Text("Could not be checked", style="bold"))
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
    rows = [["", "supplied", "valid", "known", ""]]
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
            _line(console, f"    of which {split}")
    if len(gaps) > limit:
        least = share(gaps[limit].tally.known, gaps[limit].tally.applicable).lstrip(">")
        _line(console, f"  and {len(gaps) - limit:,} more, known in at least {least}{more}")
    whole = len(fields) - len(gaps)
    if whole:
        _line(console, f"  {counted(whole, 'field')} known in every record that needs {'it' if whole == 1 else 'them'}")
    if missing:
        _line(console, f"  no column for {', '.join(missing)}")


def _split(field: FieldOutcome) -> str:
    tally = field.tally
    if not tally.forced:
        return ""
    return f"{share(tally.avoidable, tally.applicable)} avoidable, {share(tally.forced, tally.applicable)} forced"


def _blocks(console: Console) -> tuple[str, str]:
    try:
        "".join(_BLOCKS).encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return _ASCII
    return _BLOCKS
