"""The rules of a source on the scorecard: what became of each, and, opened, all that is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.outcome import Status
from everycase.reporting.figures import allowed, plain, share
from everycase.scoring.intervals import wilson
from everycase.words import number, say

if TYPE_CHECKING:
    from everycase.outcome import RuleOutcome

#: below so many failing records a share comes with its interval
SMALL = 100


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule and what became of it.

    Attributes:
        details: name -> what is said of it, once opened; empty where the page has no room for it.
    """

    title: str
    code: str
    word: str
    kind: str
    severity: str
    figures: tuple[str, ...]
    interval: str
    about: str
    details: tuple[tuple[str, str], ...]


def rule_row(rule: RuleOutcome, *, detailed: bool) -> RuleRow:
    """Say what became of a rule."""
    counts = rule.counts
    figures: tuple[str, ...] = ("", "", "", "", "")
    if counts.applicable:
        figures = (number(counts.failing), number(counts.judged), share(counts.failing, counts.judged),
                   allowed(rule.threshold), number(counts.undetermined))  # fmt: skip
    about = rule.reason or (say("scorecard.fix", fix=rule.fix) if rule.status is Status.FAILED else "")
    code = say("scorecard.official", code=rule.code, official=rule.official) if rule.official else rule.code
    weighs = rule.status in {Status.FAILED, Status.COULD_NOT_CHECK}
    return RuleRow(
        title=plain(rule.title),
        code=plain(code),
        word=say(f"status_title.{rule.status.value}"),
        kind=rule.status.value,
        severity=say(f"severity.{rule.severity}") if weighs else "",
        figures=figures,
        interval=interval_words(counts.failing, counts.judged) if 0 < counts.failing < SMALL else "",
        about=plain(about),
        details=tuple(_details(rule)) if detailed else (),
    )


def interval_words(part: int, whole: int) -> str:
    """Write Wilson's interval of a share, in percent with one decimal."""
    low, high = (say("figure.percent", share=number(100 * x, 1)) for x in wilson(part, whole))
    return say("scorecard.interval_of", low=low, high=high)


def _details(rule: RuleOutcome) -> list[tuple[str, str]]:
    names = say("totals.between").join(say("scorecard.stands_for", name=n, means=t) for n, t in rule.bindings)
    found = (
        (say("scorecard.why"), rule.why),
        (say("scorecard.how"), rule.fix),
        (say("scorecard.applies"), rule.applies),
        (say("scorecard.requires"), rule.requires),
        (say("scorecard.where_names"), names),
        (say("scorecard.dimension"), say(f"dimension.{rule.dimension}")),
        (say("scorecard.references"), "; ".join(rule.references)),
        (say("scorecard.asked_by"), rule.place),
    )
    return [(name, plain(text)) for name, text in found if text]
