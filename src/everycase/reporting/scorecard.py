"""What the scorecard says: every figure with its numerator and denominator, every verdict in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.outcome import Status
from everycase.reporting.figures import Findings, allowed, plain, share, totals
from everycase.reporting.scorecard_parts import Figure, Table, index_words
from everycase.reporting.scorecard_source import SourceView, source_view
from everycase.scoring import Card
from everycase.scoring.dimensions import DIMENSIONS
from everycase.scoring.settings import Scoring
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycase.outcome import RunResult
    from everycase.reports import ReportFile
    from everycase.scoring.card import Action

#: with more rules than these, those that are in order cannot be opened
MOST_DETAILS = 600
MOST_ACTIONS = 60


@dataclass(frozen=True, slots=True)
class Page:
    """The page as a whole."""

    title: str
    project: str
    verdict: str
    kind: str
    sentence: str
    totals: str
    key_figures: tuple[tuple[str, str, str], ...]
    dimensions: tuple[str, ...]
    sources: tuple[SourceView, ...]
    actions: Table | None
    bands: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    several: bool
    detailed: bool

    @classmethod
    def of(cls, result: RunResult, report: ReportFile) -> Page:
        """Say what was found."""
        card = Card.of(result)
        detailed = sum(len(s.rules) for s in result.sources) <= MOST_DETAILS
        return cls(
            title=report.title,
            project=result.project_title,
            verdict=say(f"verdict_title.{result.status.value}"),
            kind=result.status.value,
            sentence=_sentence(result),
            totals=say("scorecard.total", totals=totals(result)),
            key_figures=tuple(_key_figures(card)),
            dimensions=tuple(say(f"dimension.{d}") for d in DIMENSIONS),
            sources=tuple(source_view(c, report, detailed=detailed) for c in card.sources),
            actions=_actions(card),
            bands=tuple(_bands(card)),
            facts=tuple(_facts(result)),
            several=len(result.sources) > 1,
            detailed=detailed,
        )


def _sentence(result: RunResult) -> str:
    found = [Findings.of(s) for s in result.sources]
    order = (Status.COULD_NOT_CHECK, Status.FAILED, Status.PASSED)
    counts = {s: sum(1 for r in result.sources if r.status is s) for s in order}
    said = [say("totals.status", n=counts[s], status=say(f"status.{s.value}")) for s in order if counts[s]]
    return say(
        "scorecard.run_sentence",
        sources=say("count.source", n=len(result.sources)),
        said=say("totals.between").join(said),
        fix=say("count.to_fix", n=sum(len(f.to_fix) for f in found)),
        explain=say("count.to_explain", n=sum(len(f.to_explain) for f in found)),
    )


def _key_figures(card: Card) -> Iterable[tuple[str, str, str]]:
    """Give the figures that stand on top: what it is, the figure, and what it is made of."""
    found = [Findings.of(s) for s in card.result.sources]
    fix, explain = (sum(len(n) for n in side) for side in zip(*((f.to_fix, f.to_explain) for f in found), strict=True))
    supplied = sum(s.coverage.supplied for s in card.result.sources)
    expected = sum(s.coverage.expected for s in card.result.sources)
    published = say("scorecard.index_published", published=index_words(card.published), n=card.ours.items)
    yield say("scorecard.index"), index_words(card.ours), published
    yield say("scorecard.coverage"), share(supplied, expected), say("scorecard.coverage_of", part=supplied, n=expected)
    yield say("scorecard.must_fix"), number(fix), say("scorecard.rules_failed", n=fix)
    yield say("scorecard.queries"), number(explain), say("scorecard.rules_failed", n=explain)


def _actions(card: Card) -> Table | None:
    """List the action plan as the Government Data Quality Framework asks for it."""
    every = card.actions
    if not every:
        return None
    titles = {c.source.id: c.source.title for c in card.sources}
    head = ("scorecard.critical", "scorecard.source", "scorecard.owner", "scorecard.date", "scorecard.score",
            "scorecard.target")  # fmt: skip
    rows = tuple(_action(a, titles) for a in every[:MOST_ACTIONS])
    more = len(every) - len(rows)
    note = say("scorecard.more_actions", n=more) if more else ""
    return Table("actions", say("scorecard.actions_caption"), tuple(map(say, head)), rows, note, texts=3)


def _action(action: Action, titles: dict[str, str]) -> tuple[str, tuple[Figure | str, ...]]:
    name = say("scorecard.group_code", meaning=plain(action.data), code=action.code)
    figure = Figure.part(action.part, action.whole)
    owner, date = plain(action.owner), say("scorecard.to_be_agreed")
    return name, (plain(titles[action.source]), owner, date, figure, allowed(action.target))


def _bands(card: Card) -> Iterable[tuple[str, str]]:
    """Say where the bands begin and why, once for each set of bands that is in use."""
    seen: list[object] = []
    for one in card.sources or ():
        bands = (one.scoring or Scoring()).bands
        if bands in seen:
            continue
        seen.append(bands)
        for band in bands:
            least = say("figure.percent", share=number(100 * band.least))
            yield plain(band.name.capitalize()), say("scorecard.band_from", least=least, note=plain(band.note))


def _facts(result: RunResult) -> Iterable[tuple[str, str]]:
    time = result.started.replace("T", " ").removesuffix("+00:00")
    never = result.fail_on == "never"
    fails = say("scorecard.fails_never") if never else say("scorecard.fails_worse", severity=result.fail_on)
    yield say("scorecard.as_of"), result.as_of
    yield say("scorecard.checked"), say("scorecard.checked_utc", time=time)
    yield say("scorecard.fails_on"), fails
    yield say("scorecard.everycase"), result.version
    digest = say("scorecard.project_digest", project=result.project, digest=result.project_digest)
    yield say("scorecard.project"), digest
    yield say("scorecard.run"), result.id
