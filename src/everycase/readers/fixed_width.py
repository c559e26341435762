"""Fixed-width text, cut as the layout of the registry says."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from everycase.errors import ExtractError
from everycase.readers import BLANKS, Repair, inspection
from everycase.readers.packed import is_packed, unpacked
from everycase.readers.written import header_names, private_target, supplied, write_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from everycase.readers import Opened
    from everycase.registry import Column, Reader


@contextmanager
def open_fixed_width(path: Path, reader: Reader, scratch: Path) -> Iterator[Opened]:
    """Make a fixed-width file ready to load.

    Args:
        path: the extract.
        reader: its layout; `header_row` is the last of the lines above the records, none where it is left out.
        scratch: an existing private folder.

    Raises:
        ExtractError: a line is longer than the layout, or the bytes are no text.
    """
    inspection.readable_file(path)
    where, repairs = inspection.shown(path), list[Repair]()
    with ExitStack() as stack:
        file = stack.enter_context(supplied(path))
        text = unpacked(path, reader.member, scratch, stack, repairs) if is_packed(path) else path
        inspection.regular_file(text)
        found = inspection.survey(text)
        if found.nul_line:
            raise ExtractError("nul-byte", "holds a NUL byte, which no text has", where=f"{where}:{found.nul_line}")
        encoding = reader.encoding or ("utf-8" if found.utf8 else "cp1252")
        if not found.utf8 and reader.encoding is None:
            repairs.append(Repair("encoding", "not UTF-8 and no encoding declared: read as Windows-1252"))
        first, short = (reader.header_row or 0) + 1, list[int]()
        try:
            with text.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding) as lines:
                records = _cells(islice(lines, first - 1, None), reader.layout, where, first, short)
                written = write_records(records, len(reader.layout), first, private_target(scratch, stack))
        except LookupError:
            message = "has an `encoding` in the registry that is not known"
            raise ExtractError("encoding-unknown", message, where=where) from None
        except UnicodeError:
            message, instead = f"holds bytes that are not {encoding}", "Set `encoding` to what the supplier used."
            raise ExtractError("encoding-undecodable", message, where=where, instead=instead) from None
        if short:
            repairs.append(
                Repair("short_lines", "lines that end before the last column: its cells are blank", len(short))
            )
        names = header_names([c.name for c in reader.layout], where, 1, [])
        yield file.opened(names, written, repairs, first)


def _cells(
    lines: Iterator[str], layout: Sequence[Column], where: str, first: int, short: list[int]
) -> Iterator[list[str]]:
    cuts = [slice(c.start - 1, c.start - 1 + c.length) for c in layout]
    last, begins = max(c.stop for c in cuts), max(c.start for c in cuts)
    for row, line in enumerate(lines, first):
        text = line.rstrip("\r\n")
        if len(text) > last and text[last:].strip(BLANKS):
            message = f"is longer on this line than the {last} characters of the layout"
            raise ExtractError(
                "ragged-row", message, where=f"{where}:{row}", instead="Check the `layout` of this source."
            )
        if len(text) <= begins and text.strip(BLANKS):
            short.append(row)
        yield [text[cut].strip(BLANKS) for cut in cuts]
