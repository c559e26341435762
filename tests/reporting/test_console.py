"""The terminal: verdict first, numbers whole, the same words with and without colour, and no record value."""

from __future__ import annotations

import dataclasses
import io
import re
import sys
from typing import TYPE_CHECKING

import pytest
from hostile import CANARY
from rich.console import Console

from everycase.outcome import Counts, Problem, RuleOutcome, RunResult, SourceResult, Status
from everycase.reporting.console import Screen, show, stdout_console
from everycase.reporting.figures import bar, plain, share

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from everycase.run import Run


class Ascii(io.StringIO):
    encoding = "ascii"


def printed(result: RunResult, width: int = 120, *, stream: io.StringIO | None = None, **options: bool) -> str:
    stream = stream or io.StringIO()
    console = Console(file=stream, width=width, markup=False, highlight=False, emoji=False)
    screen = Screen(console=console, **options)
    screen.show(result, None, 1.0)
    screen.finish(result, None, 1.0)
    return stream.getvalue()


def rule(code: str, severity: str = "error", failing: int = 3, **more: object) -> RuleOutcome:
    counts = Counts(passing=1_234_567, failing=failing, undetermined=12)
    made = RuleOutcome(code, f"What is wrong with {code}", severity, "validity", 0.05, counts, Status.FAILED)
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def result(*rules: RuleOutcome, status: Status = Status.FAILED, problem: Problem | None = None) -> RunResult:
    source = SourceResult("crimes", "Crimes", "Agency", "crimes", status, None, 1_234_582, (), rules, (), problem)
    return RunResult("0" * 32, "2026-11-23T10:00:00+00:00", "2026-11-23", "0.1", "p", "0" * 64, "error", status,
                     (source,))  # fmt: skip


def test_the_verdict_comes_first_then_findings_then_completeness_then_totals(sampled: Run) -> None:
    text = printed(sampled.result())
    parts = ("FAILED", "To fix: police", "To explain: police", "Completeness: police", " rules: ")
    places = [text.index(p) for p in parts]
    assert places == sorted(places)
    assert text.splitlines()[0].startswith("everycase ")
    assert re.search(r"FAILED +police_recorded_crime .* 2,000 +records +\d+ to fix, \d+ to explain", text)


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_no_line_is_longer_than_the_screen_and_no_number_is_broken(sampled: Run, width: int) -> None:
    text = printed(sampled.result(), width)
    assert [x for x in text.splitlines() if len(x) > width] == []
    assert [x for x in text.splitlines() if x != x.rstrip()] == []
    wide = printed(sampled.result(), 400)
    # the second line of a title that holds a number stands below the numbers of its row
    assert sorted(re.findall(r"\d[\d,.]*%", text)) == sorted(re.findall(r"\d[\d,.]*%", wide))


def test_numbers_line_up(sampled: Run) -> None:
    lines = printed(sampled.result()).splitlines()
    rows = [x for x in lines if re.match(r"  [A-Z]{3}\d\d\S*  ", x) and x.endswith(tuple("0123456789"))]
    assert len(rows) > 5
    assert len({len(r) for r in rows}) == 1


def test_the_worst_comes_first_and_long_lists_say_what_they_leave_out(tmp_path: Path) -> None:
    rules = [rule(f"ABC{n:02}", failing=n * 1000) for n in range(1, 15)]
    stream = io.StringIO()
    show(result(*rules), Console(file=stream, width=120), out=tmp_path)
    text = stream.getvalue()
    assert text.index("ABC14") < text.index("ABC13") < text.index("ABC05")
    assert "ABC04" not in text
    assert f"and 4 more (see {tmp_path}/)" in text
    whole = io.StringIO()
    show(result(*rules), Console(file=whole, width=120), verbose=True)
    assert "ABC01" in whole.getvalue()
    assert "more" not in whole.getvalue()


def test_what_could_not_be_checked_says_why_once() -> None:
    unread = Counts()
    why = "needs the column x, which this extract does not have"
    rules = [rule(c, counts=unread, status=Status.COULD_NOT_CHECK, reason=why) for c in ("ABC01", "ABC02")]
    problem = Problem("missing-column", "the extract has no column for: x", "crimes", "Send it.")
    text = printed(result(*rules, status=Status.COULD_NOT_CHECK, problem=problem))
    assert "COULD NOT CHECK" in text
    assert text.count(why) == 1
    assert "ABC01, ABC02: needs" in text
    assert "crimes: the extract has no column for: x" in text
    assert "see docs/errors.md#missing-column" in text
    assert "2 rules: 0 passed, 2 could not be checked" in text


def test_a_source_that_could_not_be_read_does_not_list_its_rules(start: Callable[..., Run], tmp_path: Path) -> None:
    found = start("crimes", crimes=tmp_path / "absent.csv").result()
    text = printed(found)
    assert "COULD NOT CHECK" in text
    assert "to fix" not in text
    assert "OWN1" not in text


def test_warnings_have_their_own_part() -> None:
    text = printed(result(rule("ABC01", "warning"), status=Status.PASSED))
    assert re.search(r"^Warnings .*failing +of +share +allowed +undetermined$", text, re.MULTILINE)
    assert "1,234,570" in text
    assert "To fix" not in text


def test_quiet_prints_only_the_line_of_each_source(sampled: Run) -> None:
    lines = printed(sampled.result(), quiet=True).splitlines()
    assert len(lines) == len(sampled.result().sources)


def test_no_record_value_and_no_control_character_is_printed(open_run: Run) -> None:
    text = printed(open_run.result(), verbose=True)
    assert CANARY not in text
    steering = printed(result(rule("ABC01", title="a\x1b]0;title\x07 [red]b[/red] \u202e")))
    assert "\x1b" not in steering
    assert "\x07" not in steering
    assert "\u202e" not in steering
    assert "[red]b[/red]" in steering


def test_forced_answers_are_told_apart(open_run: Run) -> None:
    for width in (80, 120):
        assert "avoidable, 12.5% forced" in printed(open_run.result(), width)


def test_blocks_become_signs_where_the_stream_has_none(sampled: Run) -> None:
    assert "\u2588" in printed(sampled.result(), stream=io.StringIO())
    text = printed(sampled.result(), stream=Ascii())
    assert "####" in text
    assert "\u2588" not in text


def test_it_reads_the_same_without_colour(sampled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def coloured() -> str:
        stream = io.StringIO()
        show(sampled.result(), Console(file=stream, width=120, force_terminal=True, color_system="standard"))
        return stream.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    with_colour = coloured()
    monkeypatch.setenv("NO_COLOR", "1")
    without = coloured()
    assert "\x1b[1;31m" in with_colour
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", without)
    stripped = {re.sub(r"\x1b\[[0-9;]*m", "", t) for t in (with_colour, without)}
    stream = io.StringIO()
    show(sampled.result(), Console(file=stream, width=120))
    assert stripped == {stream.getvalue()}


def test_nothing_but_the_result_is_on_stdout(sampled: Run, capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    with screen.working():
        screen.progress("crimes", "reading")
        screen.show(sampled.result(), None, 1.0)
    found = capsys.readouterr()
    assert found.err == ""
    assert "\x1b" not in found.out


def test_a_title_that_the_encoding_lacks_does_not_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    show(result(rule("ABC01", title="Caf\u00e9")), stdout_console())
    sys.stdout.flush()
    assert b"Caf?" in raw.getvalue()


def test_a_verdict_that_the_record_changed_is_said_again() -> None:
    stream = io.StringIO()
    screen = Screen(console=Console(file=stream, width=100))
    problem = Problem("gx-disagrees", "the record does not agree", "crimes")
    screen.finish(result(status=Status.COULD_NOT_CHECK, problem=problem), None, 1.0, 2.0, changed=True)
    text = stream.getvalue()
    assert "COULD NOT CHECK" in text
    assert "the record does not agree" in text
    assert "and 2.0 s for the GX record" in text


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 7, "0.0%"), (7, 7, "100.0%"), (1, 10_000, "<0.1%"), (9_999, 10_000, ">99.9%"), (1, 3, "33.3%"), (0, 0, "-")],
)
def test_a_share_is_never_rounded_to_none_or_all(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


def test_a_bar_is_full_only_where_all_is() -> None:
    assert bar(999_999, 1_000_000, 10, ("#", ".")) == "#########."
    assert bar(1, 1_000_000, 10, ("#", ".")) == "#........."
    assert bar(0, 5, 4, ("#", ".")) == "...."
    assert bar(5, 5, 4, ("#", ".")) == "####"


def test_plain_text_keeps_letters_of_every_language() -> None:
    assert plain("Gr\u00fc\u00dfe \u6570\u636e \u0639") == "Gr\u00fc\u00dfe \u6570\u636e \u0639"
