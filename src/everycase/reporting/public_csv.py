"""A release as tidy CSV: one count a line, the marker where it is withheld."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from everycase.disclosure import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycase.suppression.release import PublicSource, Release

HEADER = ("source", "by", "row", "meaning", "level_above", "together", "kind", "name", "title", "count", "value")


def text(release: Release) -> str:
    """Give a release as CSV, UTF-8, lines ending CRLF."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for source in release.sources:
        for line in _lines(source, release.marker):
            writer.writerow([harmless(c) for c in line])
    return out.getvalue()


def _lines(source: PublicSource, marker: str) -> Iterator[tuple[str, ...]]:
    rules = {r.code: r.title for r in source.rules}
    for row in source.rows:
        head = (source.id, row.axis, row.name, row.meaning, row.parent, "yes" if row.pooled else "no")
        yield (*head, "records", "", "", "records", str(row.records))
        for kind, titles, things in (("field", source.fields, row.fields), ("rule", rules, row.rules)):
            for name, counts in things.items():
                for count, value in counts.items():
                    yield (*head, kind, name, titles[name], count, marker if value is None else str(value))
