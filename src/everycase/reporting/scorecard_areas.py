"""Areas on the scorecard: which fields each area knows, and how areas compare with what chance alone would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.reporting.charts import funnel_chart
from everycase.reporting.figures import least_known, plain, share
from everycase.reporting.scorecard_parts import Figure, Table, band_kind
from everycase.reporting.scorecard_rules import interval_words
from everycase.scoring.funnel import LEVELS
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markupsafe import Markup

    from everycase.outcome import FieldTally, GroupOutcome, SourceResult
    from everycase.scoring import Scoring, SourceCard
    from everycase.scoring.comparison import Comparison
    from everycase.scoring.funnel import Area, Funnel

MOST_GROUPS = 60
MOST_FUNNELS = 3
FIELDS_A_TABLE = 6
_NO_GROUP = {"": "none", "(blank)": "blank", "(unmapped)": "unmapped"}


@dataclass(frozen=True, slots=True)
class FunnelView:
    """A funnel plot with what it shows in words, and its table."""

    id: str
    title: str
    chart: Markup
    said: tuple[str, ...]
    table: Table


def heat_maps(card: SourceCard) -> Iterable[Table]:
    """Show the known share of each field by group, and say which fields and groups are left out."""
    source = card.source
    titles = {f.name: plain(f.title) for f in source.fields}
    for by in dict.fromkeys(g.field for g in source.groups):
        every = [g for g in source.groups if g.field == by]
        largest = sorted(every, key=lambda g: (-g.records, g.value))[:MOST_GROUPS]
        groups = sorted(largest, key=lambda g: (g.value in _NO_GROUP, g.value))
        gaps = [f.name for f in least_known(source) if f.name != by and _worth_comparing(f.tally)]
        note = _left_out(every, groups, [titles[n] for n in titles if n not in gaps and n != by])
        for start in range(0, len(gaps), FIELDS_A_TABLE):
            chosen = gaps[start : start + FIELDS_A_TABLE]
            last = start + len(chosen)
            cut = len(gaps) > FIELDS_A_TABLE
            which = say("scorecard.which", first=start + 1, last=last, all=len(gaps)) if cut else ""
            yield Table(
                f"by-{by}-{start}-{source.id}",
                say("scorecard.by", group=titles.get(by, by).lower(), which=which),
                (titles.get(by, by), say("scorecard.records"), *(titles[n] for n in chosen)),
                tuple(_group(g, chosen, card.scoring) for g in groups),
                note if last == len(gaps) else "",
            )


def _worth_comparing(tally: FieldTally) -> bool:
    return tally.known * 1000 < tally.applicable * 999


def _group(group: GroupOutcome, fields: Sequence[str], scoring: Scoring) -> tuple[str, tuple[Figure | str, ...]]:
    cells = []
    for name in fields:
        tally = group.fields.get(name)
        if tally is None or not tally.applicable:
            cells.append(Figure.part(0, 0))
            continue
        kind = band_kind(scoring, tally.known / tally.applicable)
        cells.append(Figure.part(tally.known, tally.applicable, kind))
    none = _NO_GROUP.get(group.value)
    meaning = say(f"no_group.{none}") if none else group.meaning
    return _named(meaning, group.value, alone=group.meaning == group.value), (number(group.records), *cells)


def _named(meaning: str, value: str, *, alone: bool) -> str:
    return plain(meaning if alone else say("scorecard.group_code", meaning=meaning, code=value))


def _left_out(every: Sequence[GroupOutcome], shown: Sequence[GroupOutcome], whole: Sequence[str]) -> str:
    said = []
    if len(shown) < len(every):
        records = sum(g.records for g in every) - sum(g.records for g in shown)
        between = say("count.record", n=records)
        said.append(say("scorecard.largest", most=MOST_GROUPS, n=len(every) - len(shown), records=between))
    if whole:
        said.append(say("scorecard.not_shown", fields=say("totals.between").join(whole)))
    return " ".join(said)


def funnels(card: SourceCard) -> tuple[FunnelView, ...]:
    """Show the comparisons that there is most to say about."""
    titles = {f.name: plain(f.title) for f in card.source.fields}
    return tuple(_funnel(c, card.source, titles) for c in card.comparisons[:MOST_FUNNELS])


def funnels_left_out(card: SourceCard) -> str:
    """Say how many more comparisons there are; "" where there is none."""
    more = len(card.comparisons) - MOST_FUNNELS
    return say("scorecard.more_funnels", n=more) if more > 0 else ""


def _funnel(comparison: Comparison, source: SourceResult, titles: dict[str, str]) -> FunnelView:
    funnel = comparison.funnel
    by = titles.get(comparison.by, comparison.by)
    title = say(f"scorecard.compared.{comparison.kind}", title=plain(comparison.title), code=comparison.of)
    outside = [a for a in funnel.areas if funnel.outside(a, adjusted=True) == LEVELS[1]]
    beyond = sum(1 for a in funnel.areas if funnel.outside(a, adjusted=False) == LEVELS[1])
    names = say("totals.between").join(plain(a.name) for a in outside)
    said = [
        say("scorecard.funnel_centre", n=len(funnel.areas), share=share(comparison.part, _whole(funnel)),
            part=comparison.part, whole=_whole(funnel)),
        say("scorecard.funnel_plain", n=beyond),
        say("scorecard.funnel_phi" if funnel.tau else "scorecard.funnel_chance", phi=number(funnel.phi, 1)),
        say("scorecard.funnel_outside", n=len(outside), names=names) if outside else say("scorecard.funnel_none"),
    ]  # fmt: skip
    if comparison.left_out:
        said.append(say("scorecard.funnel_left_out", records=say("count.record", n=comparison.left_out)))
    id_ = f"funnel-{comparison.kind}-{comparison.of}-{comparison.by}-{source.id}".replace(".", "-")
    alternative = " ".join((say("scorecard.funnel_alt", title=title, by=by.lower()), *said))
    return FunnelView(
        id=id_,
        title=title,
        chart=funnel_chart(funnel, alternative, [a.value for a in outside]),
        said=tuple(said),
        table=_areas(id_, title, by, funnel),
    )


def _whole(funnel: Funnel) -> int:
    return sum(a.whole for a in funnel.areas)


def _areas(id_: str, title: str, by: str, funnel: Funnel) -> Table:
    """List the areas by name, never by share: an order of shares is a league table."""
    head = (by, say("scorecard.within_plain"), say("scorecard.within_adjusted"), say("scorecard.share"),
            say("scorecard.interval"))  # fmt: skip
    outside = [a for a in funnel.areas if funnel.outside(a, adjusted=True)]
    largest = sorted(funnel.areas, key=lambda a: (a not in outside, -a.whole, a.value))
    shown = largest[: max(MOST_GROUPS, len(outside))]
    more = len(funnel.areas) - len(shown)
    note = say("scorecard.more_areas", n=more) if more else ""
    rows = tuple(
        (
            _named(a.name, a.value, alone=a.name == a.value),
            (_place(funnel, a, adjusted=False), _place(funnel, a, adjusted=True),
             Figure.part(a.part, a.whole), interval_words(a.part, a.whole)),
        )
        for a in sorted(shown, key=lambda a: a.value)
    )  # fmt: skip
    return Table(f"table-{id_}", say("scorecard.funnel_table", title=title), head, rows, note, texts=2)


def _place(funnel: Funnel, area: Area, *, adjusted: bool) -> str:
    """Say where an area lies: within, or above or below the limits of which level."""
    level = funnel.outside(area, adjusted=adjusted)
    if level is None:
        return say("scorecard.inside")
    side = "above" if area.share > funnel.centre else "below"
    return say(
        f"scorecard.{side}_limits", level=say("figure.percent", share=number(100 * level, int(level > LEVELS[0])))
    )
