"""A release as a page: counts and shares, and the marker wherever one of them is withheld."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.reporting.figures import plain, share
from everycase.reporting.scorecard_html import template
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycase.suppression.release import PublicSource, Release, Row, Shown

FIELDS_A_TABLE = 5
_TIERS = ("supplied", "valid", "known")
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; each row has a head, its depth, and cells of two texts, the second one quieter."""

    id: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, int, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What is said about one source."""

    id: str
    title: str
    agency: str
    sentence: str
    notes: tuple[str, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The page as a whole."""

    title: str
    project: str
    explained: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def text(release: Release) -> str:
    """Give the page."""
    withheld, all_counts = release.withheld()
    explained = [
        say("public.rule", lowest=release.lowest, highest=release.highest, marker=release.marker),
        say("public.more"),
        say("public.how_many", n=withheld, all=all_counts),
    ]
    if release.rounding > 1:
        explained.append(say("public.rounded", base=release.rounding))
    page = Page(
        title=release.title,
        project=release.project,
        explained=tuple(explained),
        facts=((say("scorecard.as_of"), release.as_of), ("everycase", release.version)),
        sections=tuple(_section(s, release.marker) for s in release.sources),
    )
    return template("public.html.j2").render(page=page)


def _section(source: PublicSource, marker: str) -> Section:
    if source.reason:
        sentence = say(f"public.reason.{source.reason}")
        return Section(source.id, plain(source.title), plain(source.agency), sentence, (), ())
    notes = [say(f"public.withheld.{kind}", names=", ".join(map(plain, names))) for kind, names in source.notes]
    whole, titles = source.rows[0], {n: plain(t) for n, t in source.fields.items()}
    tables = [_fields(source.id, titles, whole, marker), _rules(source, whole, marker)]
    for axis in dict.fromkeys(r.axis for r in source.rows if r.axis):
        tables += _by(source.id, axis, [r for r in source.rows if r.axis == axis], titles, marker)
    return Section(
        source.id, plain(source.title), plain(source.agency), say("count.record_checked", n=whole.records),
        tuple(notes), tuple(t for t in tables if t.rows),
    )  # fmt: skip


def _fields(source: str, titles: Mapping[str, str], whole: Row, marker: str) -> Table:
    rows = tuple(
        (titles[n], 0, tuple(_part(counts[t], counts["applicable"], marker) for t in _TIERS))
        for n, counts in whole.fields.items()
        if counts["applicable"] != 0
    )
    head = (say("public.field"), *(say(f"public.tier.{t}") for t in _TIERS))
    return Table(f"fields-{source}", say("public.fields"), head, rows)


def _rules(source: PublicSource, whole: Row, marker: str) -> Table:
    rows = []
    for rule in source.rules:
        counts = whole.rules.get(rule.code)
        if counts is None or counts["applicable"] == 0:
            continue
        failing, judged = counts["failing"], counts["judged"]
        cells = (_part(failing, judged, marker), _count(counts["undetermined"], marker), (_status(rule.status), ""))
        rows.append((f"{plain(rule.title)} ({plain(rule.code)})", 0, cells))
    head = (say("public.question"), say("public.failing"), say("public.undetermined"), say("public.status"))
    return Table(f"rules-{source.id}", say("public.rules"), head, tuple(rows))


def _status(status: str) -> str:
    return say("public.status_withheld") if status == "withheld" else say(f"status_title.{status}")


def _by(source: str, axis: str, rows: list[Row], titles: Mapping[str, str], marker: str) -> Iterable[Table]:
    """Show the known share of each field in every row of an axis, some fields a table."""
    fields = [n for n in titles if n != axis and any(r.fields.get(n, {}).get("applicable") != 0 for r in rows)]
    depths: dict[str, int] = {"": -1}
    for row in rows:
        depths[row.name] = depths[row.parent] + 1
    for start in range(0, len(fields), FIELDS_A_TABLE):
        chosen = fields[start : start + FIELDS_A_TABLE]
        yield Table(
            f"by-{axis}-{start}-{source}",
            say("public.by", axis=titles.get(axis, axis), first=start + 1, last=start + len(chosen), all=len(fields)),
            (titles.get(axis, axis), say("public.records"), *(titles[n] for n in chosen)),
            tuple((_name(r), depths[r.name], _cells(r, chosen, marker)) for r in rows),
        )


def _name(row: Row) -> str:
    names = plain(row.meaning)
    return say("public.together", names=names) if row.pooled else names


def _cells(row: Row, fields: Iterable[str], marker: str) -> tuple[Cell, ...]:
    parts = (row.fields[n] for n in fields)
    return (_count(row.records, marker), *(_part(c["known"], c["applicable"], marker) for c in parts))


def _count(count: Shown, marker: str) -> Cell:
    return (marker if count is None else number(count), "")


def _part(part: Shown, whole: Shown, marker: str) -> Cell:
    """Write a share and what it is made of; where either is withheld there is no share."""
    if whole == 0:
        return (say("figure.none"), "")
    of = say("figure.part", part=_count(part, marker)[0], whole=_count(whole, marker)[0])
    if part is None or whole is None:
        return (marker, of)
    return (share(part, whole), of)
