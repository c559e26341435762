"""Records that a library gave, written into a private scratch file from which the engine reads them as text."""

from __future__ import annotations

import csv
import datetime as dt
import math
import os
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from everycase.errors import ExtractError
from everycase.readers import BLANKS, Opened, Repair, blank_sql, inspection, looks_like_header
from everycase.readers.inspection import Survey
from everycase.sqltext import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

#: beyond it not every whole number is a double of its own
_WHOLE = 2**53
_LONGEST = 16 * 1024 * 1024


def cell_text(value: Any) -> str:
    """Write a value as it would stand in a delimited file: digits, ISO dates and times, TRUE or FALSE.

    >>> cell_text(1.0), cell_text(0.1), cell_text(dt.date(2026, 3, 1)), cell_text(None)
    ('1', '0.1', '2026-03-01', '')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _WHOLE:
            return str(int(value))
        return "" if math.isnan(value) else format(Decimal(repr(value)), "f") if math.isfinite(value) else str(value)
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(dt.UTC).replace(tzinfo=None)
        return str(value.date() if value.time() == dt.time(0) else value)
    if isinstance(value, Decimal):
        return format(value.to_integral_value() if value == value.to_integral_value() else value.normalize(), "f")
    if isinstance(value, dt.timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value.isoformat()) if isinstance(value, dt.date | dt.time) else str(value)


@dataclass(slots=True)
class Written:
    """What came of writing records.

    Attributes:
        count: records.
        blanks: rows that hold nothing and give no record, ascending.
    """

    path: Path
    width: int
    count: int = 0
    blanks: list[int] = field(default_factory=list)


def private_target(scratch: Path, stack: ExitStack) -> Path:
    """Make an empty file that only this user can read, removed with the stack."""
    descriptor, made = inspection.private_file(scratch, stack)
    os.close(descriptor)
    return made


def write_records(rows: Iterable[Sequence[str]], width: int, first_row: int, made: Path) -> Written:
    """Write rows of text, each cell quoted, under a header c0..cN.

    Args:
        rows: cells of each row; a short one is filled up with blanks, a blank one is passed over and remembered.
        width: how many columns.
        first_row: where the owner's program shows the first of them.
        made: an empty private file.

    Raises:
        ExtractError: a row has a filled cell beyond the last column.
    """
    written = Written(made, width)
    waiting: list[int] = []
    with made.open("w", encoding="utf-8", errors="replace", newline="") as output:
        writer = csv.writer(output, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([f"c{i}" for i in range(width)])
        for row, given in enumerate(rows, first_row):
            cells = given
            if not any(cells) or not any(c.strip(BLANKS) for c in cells):
                waiting.append(row)
                continue
            if len(cells) != width:
                if any(c.strip(BLANKS) for c in cells[width:]):
                    message = f"row {row} has a filled cell beyond the last column of the header"
                    raise ExtractError("ragged-row", message, instead="Give the column a name, or clear the cell.")
                cells = [*cells[:width], *[""] * (width - len(cells))]
            written.blanks += waiting
            waiting.clear()
            writer.writerow(cells)
            written.count += 1
    return written


def records_sql(written: Written) -> str:
    """Write the SQL that reads the scratch file, with every option said."""
    name = re.sub(r"[\[*?]", r"[\g<0>]", str(written.path.absolute()))
    fields = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(written.width))
    return (
        f"read_csv({quoted(name)}, auto_detect=false, columns={{{fields}}}, header=true, delim=',', quote='\"', "
        f"escape='\"', strict_mode=true, null_padding=false, ignore_errors=false, nullstr=['', ' '], "
        f"compression='none', hive_partitioning=false, filename=false, max_line_size={_LONGEST}, "
        f"buffer_size={2 * _LONGEST})"
    )


def header_names(cells: Sequence[str], where: str, row: int, repairs: list[Repair]) -> tuple[str, ...]:
    """Give the names of a header without outer blanks.

    Raises:
        ExtractError: two columns have the same name, or none has one.
    """
    names = tuple(" ".join(c.split()) if "\n" in c else c.strip(BLANKS) for c in cells)
    while names and not names[-1]:
        names = names[:-1]
    if not names:
        message = f"row {row}, where the header should be, is blank"
        raise ExtractError("header-blank", message, where=where, instead="Set `header_row` of this source.")
    if trimmed := sum(name != cell for name, cell in zip(names, cells, strict=False)):
        repairs.append(Repair("header_trimmed", "blanks around header names were left out", trimmed))
    if unnamed := names.count(""):
        repairs.append(Repair("header_unnamed", "columns without a header name cannot be mapped to a field", unnamed))
    for name, times in Counter(n for n in names if n).items():
        if times > 1:
            places = ", ".join(str(i) for i, other in enumerate(names, start=1) if other == name)
            message = f"columns {places} have the same name"
            raise ExtractError("header-duplicate", message, where=f"{where}:{row}",
                               instead="Give each column its own name.")  # fmt: skip
    return names


@dataclass(frozen=True, slots=True)
class Supplied:
    """A file as supplied, whose digest is on its way."""

    path: Path
    sha256: Future[str]

    def opened(
        self,
        columns: tuple[str, ...],
        written: Written,
        repairs: Sequence[Repair],
        first_row: int,
    ) -> Opened:
        """Give the written records of this file, ready to load."""
        told = [*repairs]
        if written.blanks:
            told.append(Repair("blank_lines", "blank lines between records were passed over", len(written.blanks)))
        read = records_sql(written)
        names = [f"c{i}" for i in range(written.width)]
        return Opened(
            columns=columns,
            relation=f"(SELECT {', '.join(f'{blank_sql(c)} AS {c}' for c in names)} FROM {read})",
            cells=read,
            repairs=tuple(told),
            survey=no_text_survey(self.path.stat().st_size),
            first_row=first_row,
            blank_rows=tuple(written.blanks),
            records=written.count,
            header_like=looks_like_header(columns),
            delimiter=",",
            explain=partial(_unloadable, inspection.shown(self.path)),
            sha256=self.sha256,
        )


def _unloadable(where: str, error: Exception) -> ExtractError:
    message = f"could not be loaded ({type(error).__name__})"
    return ExtractError("extract-unloadable", message, where=where, instead="Save it again, or report this.")


@contextmanager
def supplied(path: Path) -> Iterator[Supplied]:
    """Digest a file beside its reading, and refuse it at the end where it changed meanwhile.

    Raises:
        ExtractError: it is no longer what was read.
    """
    before = inspection.identity(path)
    stopped = threading.Event()
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="digest"))
        stack.callback(stopped.set)
        yield Supplied(path, pool.submit(inspection.digest, path, stopped.is_set))
        if inspection.identity(path) != before:
            raise changed(path)


def changed(path: Path) -> ExtractError:
    """Make the refusal of a file that is no longer what was read."""
    message = "changed while it was being read, so what was counted is not what is there now"
    instead = "Wait until it is complete, and run again."
    return ExtractError("extract-changed", message, where=inspection.shown(path), instead=instead)


def no_text_survey(size: int) -> Survey:
    """Make the survey of a file that is no text: its size and nothing else."""
    return Survey(
        size=size, mark="", ascii=False, utf8=True, bad_line=None, nul_line=None, crlf=0, lf=0, cr=0, quotes=False,
        ended=True, blank_lines=False, blank_end=False,
    )  # fmt: skip
