"""What a notebook shows of a result or a comparison: the verdict, what failed, and how complete the fields are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycase.outcome import RANK
from everycase.reporting.figures import allowed, plain, share
from everycase.reporting.scorecard_html import template
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycase.baseline import Change, Comparison, Share

_MOST = 30
TIERS = ("supplied", "valid", "known")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is shown; every cell is text."""

    caption: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]


def result_html(document: Mapping[str, Any]) -> str:
    """Show a result that is given as plain data."""
    sources: list[tuple[str, ...]] = []
    tiers: list[tuple[str, ...]] = []
    failed = []
    for source in document["sources"]:
        wrong = [r for r in source["rules"] if r["status"] in {"failed", "could_not_check"}]
        said = plain(source["problem"]["message"]) if source["problem"] else ""
        rules = say("figure.part", part=len(wrong), whole=len(source["rules"]))
        sources.append((say(f"verdict.{source['status']}"), source["id"], number(source["records"]), rules, said))
        for rule in wrong if source["records"] else []:
            judged = rule["passing"] + rule["failing"]
            row = (source["id"], rule["code"], plain(rule["title"]), say(f"status.{rule['status']}"),
                   say("figure.part", part=rule["failing"], whole=judged), share(rule["failing"], judged),
                   allowed(rule["threshold"]), number(rule["undetermined"]))  # fmt: skip
            failed.append(((RANK[rule["severity"]], -(rule["failing"] / judged if judged else 0)), row))
        for found in source["fields"]:
            if found["applicable"]:
                figures = [share(found[t], found["applicable"]) for t in TIERS]
                tiers.append((source["id"], found["name"], number(found["applicable"]), *figures))
    failed.sort(key=lambda item: item[0])
    run = document["run"]
    return _page(
        say(f"verdict.{run['status']}"),
        say("notebook.sentence", sources=say("count.source", n=len(sources)), project=run["project"], day=run["as_of"]),
        Table(say("notebook.sources"), _head("verdict", "source", "records", "to_look_at", "problem"), sources),
        _cut(say("notebook.rules"), _head("source", "rule", "title", "status", "failing", "share", "allowed",
                                          "undetermined"), [row for _, row in failed]),
        Table(say("notebook.fields"), _head("source", "field", "needed", *TIERS), tiers),
    )  # fmt: skip


def comparison_html(comparison: Comparison) -> str:
    """Show what changed."""
    counted = [say("change.counted", n=n, verdict=say(f"change.{v}")) for v, n in comparison.counted().items() if n]
    rows = [row_of(c) for c in comparison.changes if c.verdict != "within_tolerance"]
    head = _head("verdict", "source", "rule", "title", "before", "now", "points", "interval")
    verdict = say("change.headline", n=len(comparison.worse)) if comparison.worse else say("change.none_worse")
    return _page(verdict, say("totals.between").join(counted), _cut(say("notebook.changes"), head, rows))


def row_of(change: Change) -> tuple[str, ...]:
    """Give a change as cells: verdict, source, code, title, before, now, difference, interval."""
    verdict = say(f"change.{change.verdict.value}")
    if change.worse and change.verdict != "worse":
        verdict = say("change.also_worse", verdict=verdict)
    points, interval = plain(change.reason), ""
    if change.points is not None:
        points = _signed(change.points)
        interval = say("change.interval", low=_signed(change.low), high=_signed(change.high))
    return (verdict, change.source, change.code, plain(change.title), _of(change.before), _of(change.now),
            points, interval)  # fmt: skip


def _signed(points: float) -> str:
    tenths = round(points, 1) or 0.0  # NOTE: -0.0 is no difference either
    return ("+" if tenths > 0 else "") + number(tenths, 1)


def _of(found: Share | None) -> str:
    if found is None:
        return say("figure.none")
    part = say("figure.part", part=found.part, whole=found.whole)
    return say("change.share", part=part, share=share(found.part, found.whole))


def _head(*names: str) -> tuple[str, ...]:
    return tuple(say(f"notebook.column.{name}") for name in names)


def _cut(caption: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
    more = len(rows) - _MOST
    return Table(say("notebook.cut", caption=caption, n=more) if more > 0 else caption, head, rows[:_MOST])


def _page(verdict: str, sentence: str, *tables: Table) -> str:
    return template("notebook.html.j2").render(verdict=verdict, sentence=sentence, tables=tables)
