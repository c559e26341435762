"""Figures and findings as words: the same share, verdict and order in every report that people read."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.outcome import RANK, Status
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycase.outcome import FieldOutcome, RuleOutcome, RunResult, SourceResult

#: the names of groups that are none, and of their texts in the catalogue
NO_GROUP = {"": "none", "(blank)": "blank", "(unmapped)": "unmapped"}


def share(part: int, whole: int) -> str:
    """Write a share with one decimal, never as none or all where it is neither.

    >>> share(326, 3315), share(0, 5), share(1, 100000), share(99999, 100000), share(0, 0)
    ('9.8%', '0.0%', '<0.1%', '>99.9%', '-')
    """
    if whole == 0:
        return say("figure.none")
    # NOTE: whole numbers, so that the last digit does not hang on how a fraction is held.
    tenths = (part * 2000 + whole) // (2 * whole)
    if tenths == 0 and part > 0:
        return say("figure.below", share=_percent(0.1, 1))
    if tenths == 1000 and part < whole:
        return say("figure.above", share=_percent(99.9, 1))
    return _percent(tenths / 10, 1)


def _percent(value: float, digits: int) -> str:
    return say("figure.percent", share=number(value, digits))


def allowed(threshold: float) -> str:
    """Write a threshold as short as it can be.

    >>> allowed(0.0), allowed(0.05), allowed(0.005)
    ('0%', '5%', '0.5%')
    """
    written = f"{threshold * 100:.4f}".rstrip("0").rstrip(".")
    return _percent(threshold * 100, len(written.partition(".")[2]))


def bar(part: int, whole: int, cells: int, blocks: tuple[str, str]) -> str:
    """Draw a share; a bar is full only where all is, and empty only where nothing is.

    >>> bar(767, 1000, 10, ("#", "."))
    '########..'
    """
    if whole == 0:
        return ""
    filled = (part * 2 * cells + whole) // (2 * whole)
    filled = min(max(filled, 1 if part else 0), cells if part == whole else cells - 1)
    return blocks[0] * filled + blocks[1] * (cells - filled)


def plain(text: str) -> str:
    r"""Take out what could steer a terminal or turn the direction of writing.

    >>> plain("a\x1b[31mb")
    'a?[31mb'
    """
    return "".join("?" if unicodedata.category(c) in {"Cc", "Cf"} else c for c in text)


@dataclass(frozen=True, slots=True)
class Findings:
    """The rules of a source by what somebody has to do about them, each list worst first."""

    to_fix: tuple[RuleOutcome, ...]
    to_explain: tuple[RuleOutcome, ...]
    warnings: tuple[RuleOutcome, ...]
    unchecked: tuple[RuleOutcome, ...]
    explained: tuple[RuleOutcome, ...] = ()

    @classmethod
    def of(cls, source: SourceResult) -> Findings:
        """Sort the rules of a source."""
        failed = source.failed()

        def of(severity: str) -> tuple[RuleOutcome, ...]:
            return tuple(r for r in failed if r.severity == severity)

        explained = tuple(r for r in of("query") if r.settled)
        waiting = tuple(r for r in of("query") if not r.settled)
        unchecked = (r for r in source.rules if r.status is Status.COULD_NOT_CHECK)
        ordered = tuple(sorted(unchecked, key=lambda r: (RANK[r.severity], r.code)))
        return cls(of("error"), waiting, of("warning"), ordered, explained)


def reasons(rules: Iterable[RuleOutcome]) -> list[tuple[str, list[str]]]:
    """Gather rules under the reason that they share: (reason, codes), in the order in which reasons come up."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        found.setdefault(rule.reason, []).append(rule.code)
    return list(found.items())


def least_known(source: SourceResult) -> list[FieldOutcome]:
    """List the fields that were asked for, the least known first."""

    def known(field: FieldOutcome) -> float:
        return field.tally.known / field.tally.applicable if field.tally.applicable else 0.0

    asked = [f for f in source.fields if f.tally.applicable and not f.missing]
    return sorted(asked, key=lambda f: (known(f), f.name))


def totals(result: RunResult) -> str:
    """Sum all rules up in one sentence, most welcome status first.

    A source that could not be read has rules that could not be checked, all of them.
    """
    counts = dict.fromkeys((Status.PASSED, Status.FAILED, Status.NOT_APPLICABLE, Status.COULD_NOT_CHECK), 0)
    for source in result.sources:
        for rule in source.rules:
            counts[rule.status] += 1
    said = [
        say("totals.status", n=n, status=say(f"status.{s.value}")) for s, n in counts.items() if n or s is Status.PASSED
    ]
    rules = say("count.rule", n=sum(counts.values()))
    return say("totals.all", rules=rules, said=say("totals.between").join(said))
