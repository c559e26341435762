"""A workbook for publishing, by the spreadsheet rules of the Government Analysis Function.

A cover, contents, notes, then one marked-up table a sheet; no cell is empty, and what has no number has its shorthand.
The function's own library, gptables, lays it out.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycase.words import day, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: shorthand: confidential, not available, not applicable, rounds to none
CONFIDENTIAL, NOT_AVAILABLE, NOT_APPLICABLE, LOW = "[c]", "[x]", "[z]", "[low]"
SHORTHAND = {CONFIDENTIAL: "c", NOT_AVAILABLE: "x", NOT_APPLICABLE: "z", LOW: "low"}
Cell = int | float | str
_SHARE = {"num_format": "0.0%", "align": "right"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the workbook: the names of its columns in the catalogue, those that are shares, and its notes."""

    name: str
    columns: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
    shares: frozenset[str] = frozenset()
    notes: tuple[tuple[str, str], ...] = ()


def share(part: int | None, whole: int | None) -> Cell:
    """Give a share as a number, or its shorthand where it is withheld, has none, or would read as none and is not.

    >>> share(1, 4), share(0, 4), share(1, 100000), share(0, 0), share(None, 7)
    (0.25, 0.0, '[low]', '[z]', '[c]')
    """
    if part is None or whole is None:
        return CONFIDENTIAL
    if not whole:
        return NOT_APPLICABLE
    rounded = round(part / whole, 3)
    return LOW if part and not rounded else part / whole


def workbook(title: str, as_of: str, tables: Iterable[Table], contact: str, *about: str) -> bytes:
    """Give the bytes of a workbook, the same for the same content.

    Args:
        title: what the cover says.
        as_of: the day that stands for today, YYYY-MM-DD; it stands for the day the file was made, too.
        tables: one without rows is left out.
        contact: the last line of the cover.
        about: further lines of the cover.
    """
    with warnings.catch_warnings():
        # NOTE: the library warns about its own files and its use of pandas; nobody here can do anything about it.
        warnings.simplefilter("ignore")
        return _written(title, as_of, tables, contact, about)


def _written(title: str, as_of: str, tables: Iterable[Table], contact: str, about: Iterable[str]) -> bytes:
    import pandas as pd
    from gptables import Cover, GPTable
    from gptables.core.api import produce_workbook

    moment = dt.date.fromisoformat(as_of)
    sheets: dict[str, Any] = {}
    used: dict[str, None] = {}
    for table in tables:
        rows = [tuple(row) for row in table.rows]
        if not rows:
            continue
        heads = [say(f"publication.column.{c}") for c in table.columns]
        titles = dict(zip(table.columns, heads, strict=True))
        legend = [s for s in SHORTHAND if any(c == s for row in rows for c in row)]
        used |= dict.fromkeys(note for _, note in table.notes)
        sheets[say("publication.sheet", n=len(sheets) + 1)] = GPTable(
            table=pd.DataFrame(rows, columns=heads, dtype=object),
            table_name=f"table_{len(sheets) + 1}_{table.name}",
            title=say("publication.table_title", n=len(sheets) + 1, title=say(f"publication.table.{table.name}")),
            subtitles=[],
            scope=say("publication.scope", day=day(moment)),
            instructions=say("publication.instructions"),
            legend=[say(f"publication.legend.{SHORTHAND[s]}", mark=s) for s in legend],
            table_notes={titles[c]: f"$${note}$$" for c, note in table.notes},
            index_columns={2: 0},
            # NOTE: by place, since a head with a note is no longer called what it was.
            additional_formatting=[{"column": {
                "columns": [n for n, c in enumerate(table.columns) if c in table.shares], "format": _SHARE,
            }}] if table.shares else [],
        )  # fmt: skip
    reference, text = say("publication.note_reference"), say("publication.note_text")
    notes = pd.DataFrame([(n, say(f"publication.note.{n}")) for n in used], columns=[reference, text])
    cover = Cover(
        title=title,
        intro=[say("publication.intro", day=day(moment))],
        about=[say("publication.about"), say("publication.about_shorthand"), say("publication.about_unknown"), *about],
        contact=[contact],
        cover_label=say("publication.cover"),
    )
    filled = io.BytesIO()
    book = produce_workbook(
        filename=filled,
        sheets=sheets,
        cover=cover,
        contentsheet_label=say("publication.contents"),
        contentsheet_options={
            "title": say("publication.contents"),
            "column_names": [say("publication.sheet_name"), say("publication.sheet_about")],
            "instructions": say("publication.one_table"),
        },
        notes_table=notes,
        notesheet_label=say("publication.notes"),
        notesheet_options={"title": say("publication.notes"), "instructions": say("publication.one_table")},
        workbook_options={"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"title": title, "author": "everycase", "created": dt.datetime.combine(moment, dt.time())})
    book.close()
    return filled.getvalue()
