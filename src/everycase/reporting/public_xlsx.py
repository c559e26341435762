"""A release as a workbook for publishing; what is withheld is marked as confidential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.reporting.figures import plain
from everycase.reporting.published import CONFIDENTIAL, NOT_AVAILABLE, Cell, Table, share, workbook
from everycase.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from everycase.suppression.release import Release, Row, Shown


def text(release: Release) -> bytes:
    """Give the bytes of a release as a workbook."""
    title = say("publication.title", title=plain(release.title), project=plain(release.project))
    rule = say("public.rule", lowest=release.lowest, highest=release.highest, marker=CONFIDENTIAL)
    rounded = [say("public.rounded", base=release.rounding)] if release.rounding > 1 else []
    contact = say("publication.made_by", version=release.version)
    tables = (
        Table("releases", ("source", "agency", "records", "reason"), _sources(release)),
        Table(
            "known",
            ("source", "by", "group", "field", "needed", "supplied", "valid", "known", "known_share"),
            _fields(release),
            frozenset({"known_share"}),
            (("needed", "needed"), ("known", "known"), ("known_share", "area")),
        ),
        Table(
            "found",
            ("source", "by", "group", "rule", "title", "judged", "failing", "undetermined", "failing_share"),
            _rules(release),
            frozenset({"failing_share"}),
            (("undetermined", "undetermined"),),
        ),
    )
    return workbook(title, release.as_of, tables, contact, rule, say("public.more"), *rounded)


def _shown(counts: Mapping[str, Shown], *names: str) -> list[Cell]:
    return [_cell(counts[n]) if n in counts else NOT_AVAILABLE for n in names]


def _cell(value: Shown) -> Cell:
    return CONFIDENTIAL if value is None else value


def _share(counts: Mapping[str, Shown], part: str, whole: str) -> Cell:
    """Give a share of two counts, and the shorthand where one of them is withheld or was never made."""
    return share(counts[part], counts[whole]) if {part, whole} <= set(counts) else NOT_AVAILABLE


def _group(row: Row) -> tuple[Cell, Cell]:
    if not row.axis:
        return say("publication.none"), say("publication.all")
    meaning = plain(row.meaning or row.name)
    return row.axis, say("public.together", names=meaning) if row.pooled else meaning


def _sources(release: Release) -> Iterator[Sequence[Cell]]:
    for source in release.sources:
        whole = next((row for row in source.rows if not row.axis), None)
        reason = say(f"public.reason.{source.reason}") if source.reason else say("publication.none")
        records = CONFIDENTIAL if whole is None else whole.records
        yield plain(source.title), plain(source.agency), NOT_AVAILABLE if source.reason else records, reason


def _fields(release: Release) -> Iterator[Sequence[Cell]]:
    for source in release.sources:
        for row in source.rows:
            for name, counts in row.fields.items():
                shown = _shown(counts, "applicable", "supplied", "valid", "known")
                known = _share(counts, "known", "applicable")
                yield plain(source.title), *_group(row), plain(source.fields[name]), *shown, known


def _rules(release: Release) -> Iterator[Sequence[Cell]]:
    for source in release.sources:
        titles = {r.code: plain(r.title) for r in source.rules}
        for row in source.rows:
            for code, counts in row.rules.items():
                shown = _shown(counts, "judged", "failing", "undetermined")
                failing = _share(counts, "failing", "judged")
                yield plain(source.title), *_group(row), code, titles[code], *shown, failing
