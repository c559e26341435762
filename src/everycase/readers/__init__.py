"""Readers: one module a kind of input, each giving columns of text in file order and what it had to repair."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycase.errors import ExtractError
from everycase.outcome import Repair
from everycase.readers.inspection import Inspection, shown
from everycase.sqltext import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from everycase.readers.inspection import Survey

__all__ = [
    "BLANKS",
    "Inspection",
    "Opened",
    "Repair",
    "Wanted",
    "blank_sql",
    "looks_like_header",
    "no_records",
    "trimmed_repair",
]

_NAME = re.compile(r"[^\W\d_][\w \-.,:/()&'?#%+]{0,79}")
_LIKE_DATA = re.compile(r"\d{5,}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|^[\W\d]+$")
# All that a spreadsheet shows as an empty cell; it holds no quote, so that it can stand in SQL as it is.
BLANKS = "".join(map(chr, (32, 9, 10, 11, 12, 13, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029)))
BLANKS += "\u202f\u205f\u3000\ufeff"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a source reads of an extract.

    Attributes:
        types: name of a column as supplied -> type of its field.
        padded: the same -> the codes of its list that begin with a zero, without their zeros.
    """

    types: Mapping[str, str] = field(default_factory=dict)
    padded: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """An extract ready to be loaded; valid only within the context that gave it.

    Attributes:
        columns: header names as supplied without outer blanks; "" for a column without a name.
        relation: SQL to stand after FROM; it gives c0..cN as VARCHAR, in file order, blank cells as NULL.
        cells: the same, but of blank cells only those with nothing or one space are NULL, which is quicker.
        repairs: what was done to make it readable.
        survey: what the bytes as supplied said, the digest apart.
        first_row: row of the first record in a spreadsheet.
        blank_rows: spreadsheet rows of blank lines that give no record, ascending.
        records: how many records must come out, where that is known without parsing; compare it with the load.
        header_like: row 1 reads like names. When false it may be a record, so no message may show `columns`.
        delimiter: what stands between two cells.
        explain: turns the engine's error into a refusal without cells; raise it `from None`.
        sha256: the digest on its way; use `inspected`.
        supplied_size: bytes as supplied, where what was surveyed is a copy that was unpacked or cut.
        text: the file that is parsed, in UTF-8; None where there is no text.
        quote: the quotes of its cells.
    """

    columns: tuple[str, ...]
    relation: str
    cells: str
    repairs: tuple[Repair, ...]
    survey: Survey
    first_row: int
    blank_rows: tuple[int, ...]
    records: int | None
    header_like: bool
    delimiter: str
    explain: Callable[[Exception], ExtractError]
    sha256: Future[str] = field(repr=False)
    supplied_size: int | None = None
    text: Path | None = None
    quote: str = '"'

    def inspected(self) -> Inspection:
        """Give survey and SHA-256 of the file as supplied, waiting for the digest; ask before the context ends."""
        return Inspection(self.survey, self.sha256.result(), self.supplied_size)

    def inner_lines(self, records: int) -> int:
        """Count the line ends that stand inside quoted cells, given how many records came out."""
        found = self.survey
        ends = found.crlf + found.lf or found.cr
        lines = ends + (0 if found.ended else 1)
        return max(0, lines - (self.first_row - 1) - len(self.blank_rows) - records) if found.quotes else 0

    def swallowed_sql(self) -> str:
        """Write the test whether a cell of c0..cN holds a line with as many delimiters as a row has."""
        cut = re.escape(self.delimiter)
        line = f"(^|\n)([^{cut}\n]*{cut}){{{len(self.columns) - 1}}}[^{cut}\n]*(\n|$)"
        tests = [
            f"(contains(c{i}, chr(10)) AND regexp_matches(c{i}, {quoted(line)}))" for i in range(len(self.columns))
        ]
        return " OR ".join(tests) if 1 < len(self.columns) <= 1000 else "FALSE"

    def row_of(self, ordinal: int) -> int:
        """Give the spreadsheet row of a record, counted from 0 in file order (DuckDB's `rowid` of an ordered load)."""
        if not self.blank_rows:
            return self.first_row + ordinal
        before = range(len(self.blank_rows))
        passed = bisect_right(before, ordinal, key=lambda i: self.blank_rows[i] - self.first_row - i)
        return self.first_row + ordinal + passed


def blank_sql(column: str) -> str:
    """Write SQL that gives NULL for a cell of nothing but blanks (no-break and zero-width ones too), else the cell.

    NOTE: nested, because DuckDB computes both sides of AND for every row; so it costs under 5% of a load.
    """
    kept = f"CASE WHEN trim({column}, '{BLANKS}') = '' THEN NULL ELSE {column} END"
    return f"CASE WHEN {column} < '!' OR {column} > '~' THEN {kept} ELSE {column} END"


def looks_like_header(names: tuple[str, ...]) -> bool:
    """Say whether a first row reads like column names; one date, number or long code in it and it may be a record."""
    return all(not name or (_NAME.fullmatch(" ".join(name.split())) and not _LIKE_DATA.search(name)) for name in names)


def no_records(path: Path) -> ExtractError:
    """Make the refusal of an extract that has a header and nothing under it."""
    message = "has a header row and no records"
    return ExtractError("extract-no-records", message, where=shown(path), instead="Export the extract again.")


def trimmed_repair(field: str, count: int) -> Repair:
    """Say that codes of a field had blanks at their ends."""
    return Repair("trimmed", f"blanks at the ends of codes in {field}", count)
