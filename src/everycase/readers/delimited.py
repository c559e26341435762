"""Delimited text (CSV, TSV and their kin) as columns of text in file order, through DuckDB's own parser.

Nothing is guessed: the registry says delimiter, quote and header row, and what DuckDB is not known to read right
(other encodings, mixed line ends, a header that spans lines) is first rewritten into a private scratch file and
reported as a repair. No message holds a cell: positions only, and header names only where row 1 looks like a header.
"""

from __future__ import annotations

import codecs
import csv
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from everycase.errors import ExtractError
from everycase.readers import BLANKS, Opened, Repair, blank_sql, inspection, looks_like_header, no_records
from everycase.sqltext import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from everycase.readers.inspection import Survey

__all__ = ["DelimitedOptions", "Opened", "Repair", "blank_sql", "explain_failure", "looks_like_header", "no_records",
           "open_delimited"]  # fmt: skip

LONGEST_LINE = 16 * 1024 * 1024
_BUFFER = 2 * LONGEST_LINE
_RIVALS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}


@dataclass(frozen=True, slots=True)
class DelimitedOptions:
    """How a delimited file is written; `header_row` counts rows as a spreadsheet does, `names` go before the header."""

    delimiter: str = ","
    encoding: str | None = None
    quote: str = '"'
    header_row: int = 1
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Text:
    """A file to parse: the supplied one, or a scratch file in UTF-8 that stands for it."""

    shown: str
    path: Path
    options: DelimitedOptions
    survey: Survey
    width: int = 0

    @property
    def cells(self) -> list[str]:
        return [f"c{i}" for i in range(self.width)]

    def refuse(self, slug: str, message: str, instead: str = "", line: int | None = None) -> ExtractError:
        where = f"{self.shown}:{line}" if line else self.shown
        return ExtractError(slug, message, where=where, instead=instead)

    def records(self, *, loose: bool = False) -> Generator[tuple[int, list[str]], None, None]:
        """Give the line each record begins on and its cells, [] for a blank line; refuse quotes that do not close.

        Args:
            loose: blanks before a quote do not matter, as they do not to DuckDB; blanks before a cell get lost.
        """
        line = 1
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
        with self.path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            rows = csv.reader(stream, strict=True, skipinitialspace=loose, **_dialect(self.options))
            try:
                for row in rows:
                    yield line, row
                    line = rows.line_num + 1
            except csv.Error as error:
                raise self.quotes_wrong(line, str(error)) from None

    def quotes_wrong(self, line: int, reason: str) -> ExtractError:
        if "expected after" in reason:
            message = "a quote in the record that begins on this line is neither closed before a delimiter nor doubled"
            return self.refuse("quote-unescaped", message, 'Write a quote inside a quoted cell as "".', line)
        if "limit" in reason:
            message = f"the record that begins on this line has a cell longer than {LONGEST_LINE >> 20} MiB"
            return self.refuse("line-too-long", message, "Look for a quote that is opened and never closed.", line)
        message = "a quote opened in the record that begins on this line is never closed"
        return self.refuse("quote-open", message, "Close the quote, or export the extract again.", line)


@contextmanager
def open_delimited(path: Path, options: DelimitedOptions, scratch: Path, *, plain: bool = False) -> Iterator[Opened]:
    """Make a delimited file ready to load, and remove all scratch files afterwards.

    Args:
        path: the extract.
        options: what the registry says of it.
        scratch: an existing private folder; a copy of the extract is written there where it must be rewritten.
        plain: also rewrite it where another parser than DuckDB's would not find the header or the blank lines.

    Raises:
        ExtractError: it cannot be read as the registry says, or it changed while it was read.
    """
    before = inspection.regular_file(path)
    stopped = threading.Event()
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="digest"))
        stack.callback(stopped.set)
        sha256 = pool.submit(inspection.digest, path, stopped.is_set)
        supplied = _Text(inspection.shown(path), path, options, inspection.survey(path))
        repairs: list[Repair] = []
        text = _as_utf8(supplied, scratch, stack, repairs)
        header, spans_lines = _header(text)
        header = [*options.names] or header
        columns, header_like = _columns(text, header, repairs)
        text = replace(text, width=len(columns))
        explain = partial(_explain, text)
        other = plain and (options.header_row > 1 or text.survey.blank_lines or len(columns) == 1)
        text, blank_rows, count = _as_rows(text, scratch, stack, repairs, rewrite=spans_lines or other)
        yield Opened(
            columns=columns,
            relation=f"(SELECT {', '.join(f'{blank_sql(c)} AS {c}' for c in text.cells)} FROM {_cells(text)})",
            cells=_cells(text),
            repairs=tuple(repairs),
            survey=supplied.survey,
            first_row=options.header_row + 1,
            blank_rows=blank_rows,
            records=count,
            header_like=header_like,
            delimiter=options.delimiter,
            explain=explain,
            sha256=sha256,
            text=text.path,
            quote=text.options.quote,
        )
        if inspection.identity(path) != before:
            message = "changed while it was being read, so what was counted is not what is there now"
            raise supplied.refuse("extract-changed", message, "Wait until it is complete, and run again.")


def explain_failure(error: Exception, path: Path, options: DelimitedOptions | None = None) -> ExtractError:
    """Say why a UTF-8 file did not load, by line and shape and never by its cells; raise the answer `from None`."""
    chosen = options or DelimitedOptions()
    text = _Text(inspection.shown(path), path, chosen, inspection.survey(path))
    try:
        header, _ = _header(text)
    except ExtractError as refusal:
        return refusal
    return _explain(replace(text, width=len(header)), error)


def _as_utf8(text: _Text, scratch: Path, stack: ExitStack, repairs: list[Repair]) -> _Text:
    """Give the same text in UTF-8, rewritten where it is anything else."""
    encoding = _encoding(text, repairs)
    if encoding:
        descriptor, made = inspection.private_file(scratch, stack)
        try:
            found = inspection.transcode(text.path, descriptor, encoding)
        except UnicodeError:
            line = inspection.bad_line_in(text.path, encoding)
            tried = encoding if text.options.encoding or text.survey.mark else "UTF-8, nor Windows-1252"
            message = f"holds bytes that are not {tried}"
            instead = "Set `encoding` of this source to what the supplier used."
            raise text.refuse("encoding-undecodable", message, instead, line) from None
        if not text.options.encoding and not text.survey.mark:
            repairs.append(_guessed(found))
        text = replace(text, path=made, survey=inspection.survey(made))
    if text.survey.nul_line:
        message = "holds a NUL byte, which no text has"
        instead = "The file may be damaged, or be UTF-16 without its mark: set `encoding: utf-16-le` if so."
        raise text.refuse("nul-byte", message, instead, text.survey.nul_line)
    return text


def _encoding(text: _Text, repairs: list[Repair]) -> str:
    """Choose what to transcode from, "" where the bytes can be read as they are."""
    found, declared = text.survey, text.options.encoding
    if found.mark == "utf-32":
        message = "is UTF-32, which is not read"
        raise text.refuse("encoding-unsupported", message, "Save it as CSV (UTF-8).")
    if declared:
        name = _codec(text, declared)
        family = "-".join(name.split("-")[:2])
        if found.mark and family != found.mark:
            message = f"begins with the mark of {found.mark.upper()}, but the registry says {declared}"
            raise text.refuse("encoding-contradicted", message, f"Set `encoding: {found.mark}`, or leave it out.")
        if family == "utf-8":
            if not found.utf8:
                message = "is not the UTF-8 that the registry says"
                raise text.refuse("encoding-undecodable", message, "Correct `encoding`.", found.bad_line)
            return ""
        if found.ascii and inspection.is_ascii_superset(name):
            return ""
        repairs.append(Repair("encoding", f"rewritten from {declared}, as the registry says"))
        return name
    if found.mark == "utf-16":
        repairs.append(Repair("encoding", "rewritten from UTF-16, as its byte order mark says"))
        return "utf-16"
    if found.mark == "utf-8":
        repairs.append(Repair("bom", "a byte order mark stood before the header"))
    # NOTE: with a NUL in it the file is refused anyway, and not for its encoding.
    return "" if found.utf8 or found.nul_line else "cp1252"


def _codec(text: _Text, declared: str) -> str:
    try:
        name = codecs.lookup(declared).name
        "".encode(name)
        return {"utf-8-sig": "utf-8", "ascii": "ascii"}.get(name, name)
    except (LookupError, UnicodeError, ValueError):
        message = "has an `encoding` in the registry that is not known"
        raise text.refuse("encoding-unknown", message, "Use utf-8, utf-16 or windows-1252.") from None


def _guessed(found: inspection.Transcoding) -> Repair:
    detail = "not UTF-8 and no encoding declared: read as Windows-1252"
    if found.looks_utf8:
        return Repair("encoding", f"{detail}; some places look like UTF-8, so two encodings may be mixed")
    if found.looks_dos:
        return Repair("encoding", f"{detail}; some letters look like code page 850 or Mac Roman: declare `encoding`")
    return Repair("encoding", detail)


def _dialect(options: DelimitedOptions) -> dict[str, Any]:
    if not options.quote:
        return {"delimiter": options.delimiter, "quoting": csv.QUOTE_NONE, "quotechar": None}
    return {"delimiter": options.delimiter, "quotechar": options.quote}


def _header(text: _Text, *, loose: bool = False) -> tuple[list[str], bool]:
    """Give the cells of the header row, and whether it or a row above it spans lines."""
    wanted = text.options.header_row
    spans = False
    blank = 0
    with closing(text.records(loose=loose)) as rows:
        for number, (_, row) in enumerate(rows, start=1):
            spans = spans or any("\n" in cell or "\r" in cell for cell in row)
            if number < wanted:
                continue
            if any(cell.strip() for cell in row):
                if number > wanted:
                    message = f"row {wanted}, where the header should be, is blank"
                    instead = f"The next row with text is {number}: set `header_row`."
                    raise text.refuse("header-blank", message, instead)
                quoted_late = any(cell.startswith(" ") and cell.lstrip(" ")[:1] == text.options.quote for cell in row)
                return _header(text, loose=True) if quoted_late and not loose else (row, spans)
            blank = number
    message = f"row {wanted}, where the header should be, is {'blank' if blank else 'beyond the end'}"
    raise text.refuse("header-missing", message, "Set `header_row` of this source, or export the extract again.")


def _columns(text: _Text, header: list[str], repairs: list[Repair]) -> tuple[tuple[str, ...], bool]:
    """Give the header names without outer blanks; refuse a wrong delimiter and names that stand twice."""
    names = tuple(cell.strip(BLANKS) for cell in header)
    readable = looks_like_header(names)
    if len(names) == 1:
        _refuse_rival(text)
    if trimmed := sum(name != cell for name, cell in zip(names, header, strict=True)):
        repairs.append(Repair("header_trimmed", "blanks around header names were left out", trimmed))
    if unnamed := names.count(""):
        repairs.append(Repair("header_unnamed", "columns without a header name cannot be mapped to a field", unnamed))
    for name, times in Counter(name for name in names if name).items():
        if times > 1:
            places = ", ".join(str(i) for i, other in enumerate(names, start=1) if other == name)
            # NOTE: the name is not said: a file without a header has a record in its first row.
            message = f"columns {places} have the same name"
            raise text.refuse("header-duplicate", message, "Give each column its own name.", text.options.header_row)
    return names, readable


def _refuse_rival(text: _Text) -> None:
    """Refuse a file of one column whose first rows fall into equally many columns at another delimiter."""
    for rival, called in _RIVALS.items():
        other = replace(text, options=replace(text.options, delimiter=rival))
        try:
            with closing(other.records(loose=True)) as rows:
                widths = [len(row) for _, row in islice(rows, text.options.header_row + 2) if row]
        except ExtractError:
            continue
        widths = widths[text.options.header_row - 1 :]
        if rival != text.options.delimiter and widths and widths[0] > 1 and len(set(widths)) == 1:
            ours = _RIVALS.get(text.options.delimiter, "the delimiter of the registry")
            message = f"has one column when cut at {ours}, and {widths[0]} when cut at {called}"
            instead = f"Set `delimiter: {rival!r}` for this source.".replace("'", '"')
            raise text.refuse("delimiter-wrong", message, instead, text.options.header_row)


def _as_rows(
    text: _Text, scratch: Path, stack: ExitStack, repairs: list[Repair], *, rewrite: bool
) -> tuple[_Text, tuple[int, ...], int | None]:
    """Give text whose rows DuckDB reads right, the rows of blank lines, and the number of records where known."""
    found = text.survey
    kinds = {name for name, count in (("CRLF", found.crlf), ("LF", found.lf), ("CR", found.cr)) if count}
    if len(kinds) > 1:
        kinds = inspection.ends_outside_quotes(text.path, text.options.quote, text.options.delimiter)
    mixed = len(kinds) > 1
    if mixed or kinds == {"CR"}:
        repairs.append(Repair("line_endings", f"rows end in {' and '.join(sorted(kinds))}: all were read as rows"))
    # NOTE: DuckDB gives no rows, and no error, where a header cell holds a line end unlike that of the rows.
    # In a file of one column it makes records of the blank lines at the end.
    if mixed or rewrite or (text.width == 1 and found.blank_end):
        return _rewritten(text, scratch, stack, repairs)
    if found.blank_lines and text.width > 1:
        return text, *_blank_rows(text, repairs)
    if found.blank_end or (found.quotes if text.options.quote == '"' else text.options.quote):
        return text, (), None
    return text, (), found.crlf + found.lf + found.cr + (not found.ended) - text.options.header_row


def _rewritten(
    text: _Text, scratch: Path, stack: ExitStack, repairs: list[Repair]
) -> tuple[_Text, tuple[int, ...], int | None]:
    """Write the records anew, every cell quoted, under a plain header row."""
    descriptor, made = inspection.private_file(scratch, stack)
    with open(descriptor, "w", encoding="utf-8", newline="") as output:  # noqa: PTH123 - a descriptor
        writer = csv.writer(output, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(text.cells)
        blanks, count = _blank_rows(text, repairs, writer.writerow)
    return replace(text, path=made, options=DelimitedOptions()), blanks, count


def _blank_rows(
    text: _Text, repairs: list[Repair], write: Callable[[list[str]], object] | None = None
) -> tuple[tuple[int, ...], int]:
    """Find the rows of blank lines and count the records, handing each record to `write`.

    In a file of one column a blank line before the last record is a record with an empty cell, as a spreadsheet
    would show it: to drop it would hide what is missing.
    """
    blanks: list[int] = []
    waiting: list[int] = []
    count = 0
    for number, (_, row) in enumerate(text.records(loose=write is None), start=1):
        if number <= text.options.header_row:
            continue
        if not row:
            waiting.append(number)
            continue
        if text.width == 1:
            count += len(waiting)
            if write:
                for _blank in waiting:
                    write([""])
        else:
            blanks += waiting
        waiting = []
        count += 1
        if write:
            write(row)
    if blanks:
        repairs.append(Repair("blank_lines", "blank lines between records were passed over", len(blanks)))
    return tuple(blanks), count


def _cells(text: _Text) -> str:
    """Write the SQL that reads the text, with every option said and nothing left for DuckDB to detect."""
    # NOTE: DuckDB takes a file name for a pattern; [x] stands for the letter x itself.
    name = re.sub(r"[\[*?]", r"[\g<0>]", str(text.path.absolute()))
    fields = ", ".join(f"'{c}': 'VARCHAR'" for c in text.cells)
    mark = quoted(text.options.quote)
    nothing = "['', ' ']" if text.options.delimiter != " " else "''"
    said = (
        f"auto_detect=false, columns={{{fields}}}, header=true, skip={text.options.header_row - 1}, "
        f"delim={quoted(text.options.delimiter)}, quote={mark}, escape={mark}, strict_mode=true, "
        f"null_padding=false, ignore_errors=false, nullstr={nothing}, compression='none', hive_partitioning=false, "
        f"filename=false, max_line_size={LONGEST_LINE}, buffer_size={_BUFFER}"
    )
    return f"read_csv({quoted(name)}, {said})"


def _explain(text: _Text, error: Exception) -> ExtractError:
    """Read the text again, slowly, for the first record that is out of shape; the engine's own words hold cells."""
    try:
        for number, (line, row) in enumerate(text.records(loose=True), start=1):
            # NOTE: DuckDB forgives cells beyond the last column with nothing or one space in them.
            beyond = any(cell not in {"", " "} for cell in row[text.width :])
            if number > text.options.header_row and row and (len(row) < text.width or beyond):
                message = f"has {len(row)} columns on this line where the header has {text.width}"
                instead = "Quote cells that hold the delimiter, and look for a broken line."
                return text.refuse("ragged-row", message, instead, line)
    except ExtractError as refusal:
        return refusal
    except OSError as failure:
        message = f"could no longer be read: {failure.strerror or type(failure).__name__}"
        return text.refuse("extract-unreadable", message)
    if "maximum line size" in str(error).lower():
        message = f"has a record longer than {LONGEST_LINE >> 20} MiB"
        return text.refuse("line-too-long", message, "Leave long documents out of the extract.")
    message = f"could not be loaded ({type(error).__name__})"
    return text.refuse("extract-unloadable", message, "Save it again as CSV (UTF-8), or report this.")
