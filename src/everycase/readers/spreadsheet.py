"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods) as columns of text, through python-calamine.

A number becomes its digits, a date ISO, whatever the cell's format shows. What a workbook has lost for good, such as
the zeros before a code, is counted and said, never put back.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycase.errors import ExtractError
from everycase.readers import BLANKS, Repair, Wanted, inspection, looks_like_header
from everycase.readers.header import DEPTH, find_header
from everycase.readers.hidden import hidden_rows
from everycase.readers.isolated import isolated
from everycase.readers.written import Written, cell_text, header_names, private_target, supplied, write_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from everycase.readers import Opened
    from everycase.readers.header import Header
    from everycase.registry import Reader

#: rows that a sheet can have: one that is full was probably cut off
_FULL = {".xls": 65_536}
_FULL_NEW = 1_048_576
#: a workbook that unpacks to more than this, and this many times its own size, is a trap
_BOMB, _BOMB_RATIO = 1 << 30, 200
_EXACT = 10**15
_TOTALS = re.compile(r"(grand |sub-?)?totals?:?|sum:?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the registry says of a workbook."""

    sheet: str | None = None
    password: str | None = field(default=None, repr=False)
    header_row: int | None = None
    header_rows: int | None = None


@dataclass(slots=True)
class _Seen:
    """What the cells were, column by column, counted as they go by.

    Attributes:
        numbers: cells that are numbers; texts: texts of digits; led: texts of digits that begin with 0.
        long: numbers of more digits than a workbook keeps.
        lost: numbers that would be a code of the field's list had they a zero before them.
    """

    padded: Mapping[int, frozenset[str]]
    numbers: Counter[int] = field(default_factory=Counter)
    texts: Counter[int] = field(default_factory=Counter)
    led: Counter[int] = field(default_factory=Counter)
    long: Counter[int] = field(default_factory=Counter)
    lost: Counter[int] = field(default_factory=Counter)

    def text(self, column: int, value: Any) -> str:
        if type(value) is str:
            if value[:1].isdigit() and value.isdigit():
                self.texts[column] += 1
                if value[0] == "0" and len(value) > 1:
                    self.led[column] += 1
            return value
        text = cell_text(value)
        if type(value) in {int, float}:
            self.numbers[column] += 1
            if abs(value) >= _EXACT:
                self.long[column] += 1
            if column in self.padded and text in self.padded[column]:
                self.lost[column] += 1
        return text

    def repairs(self, names: Sequence[str]) -> list[Repair]:
        """Say, column by column, what the workbook made of the data; names of columns only."""
        found = []
        for i, name in enumerate(names):
            called = f"'{name}'" if name else f"column {i + 1}"
            if lost := self.lost[i] or (self.numbers[i] if self.led[i] else 0):
                detail = f"codes in {called} are numbers, so zeros before them were lost: it cannot be undone here"
                found.append(Repair("leading_zeros", detail, lost))
            if self.numbers[i] and self.texts[i]:
                found.append(Repair("numbers_as_text", f"numbers in {called} are stored as text", self.texts[i]))
            if self.long[i]:
                detail = f"numbers in {called} are longer than the 15 digits a workbook keeps: the rest was lost"
                found.append(Repair("digits_lost", detail, self.long[i]))
        return found


@contextmanager
def open_spreadsheet(path: Path, reader: Reader, wanted: Wanted, scratch: Path) -> Iterator[Opened]:
    """Make one sheet of a workbook ready to load.

    Args:
        path: the workbook.
        reader: which sheet and header row the registry names, and the password.
        wanted: the columns that the source is read with.
        scratch: an existing private folder.

    Raises:
        ExtractError: it is no workbook, is locked, or has no such sheet or header.
    """
    inspection.readable_file(path)
    with ExitStack() as stack:
        file = stack.enter_context(supplied(path))
        made = private_target(scratch, stack)
        asked = {
            "path": str(path),
            "made": str(made),
            "reader": reader.model_dump(include={"sheet", "password", "header_row", "header_rows"}),
            "names": list(wanted.types),
            "padded": {name: sorted(codes) for name, codes in wanted.padded.items()},
        }
        found = isolated(f"{__name__}:write_sheet", path, asked)
        if found is None:
            raise _broken(inspection.shown(path))
        names = tuple(found["names"])
        written = Written(made, len(names), found["count"], found["blanks"])
        yield file.opened(names, written, [Repair(*r) for r in found["repairs"]], found["first_row"])


def write_sheet(path: str, made: str, reader: dict[str, Any], names: list[str], padded: dict[str, list[str]]) -> Any:
    """Write the records of one sheet to a private file; this is called in a process of its own.

    Args:
        path: the workbook.
        made: an empty private file.
        reader: which sheet and header row the registry names, and the password.
        names: the columns that the source is read with.
        padded: column -> codes that a number may be which lost the zeros before it.
    """
    workbook_file = Path(path)
    where, repairs = inspection.shown(workbook_file), list[Repair]()
    given, wanted = _Asked(**reader), Wanted(dict.fromkeys(names, "text"))
    content = _content(workbook_file, given.password, repairs)
    workbook = _workbook(where, content)
    sheet, rows, header = _sheet(where, workbook, given, wanted, repairs)
    columns = header_names(header.cells, where, header.row, repairs)
    if header.row > 1 and given.header_row is None:
        repairs.append(Repair("header_found", f"the header was found in row {header.row}", header.row - 1))
    if header.rows > 1:
        repairs.append(Repair("header_joined", f"the header takes {header.rows} rows, which were joined"))
    seen = _Seen({i: frozenset(padded[n]) for i, n in enumerate(columns) if n in padded})
    records = _records(rows, header, columns, seen, where, repairs)
    try:
        written = write_records(records, len(columns), header.first_record, Path(made))
    except ExtractError as error:
        raise ExtractError(error.slug, error.message, where=where, instead=error.instead) from None
    if hidden := hidden_rows(content, workbook_file.suffix.lower(), sheet, header.first_record):
        repairs.append(Repair("hidden_rows", "rows hidden in the workbook were read like all others", hidden))
    # NOTE: a sheet without a header has a record in its first row.
    shown = columns if looks_like_header(columns) else ("",) * len(columns)
    told = [[r.kind, r.detail, r.count] for r in (*repairs, *seen.repairs(shown))]
    return {"names": columns, "count": written.count, "blanks": written.blanks, "repairs": told,
            "first_row": header.first_record}  # fmt: skip


def _content(path: Path, password: str | None, repairs: list[Repair]) -> bytes:
    """Read the workbook, unlocked.

    Raises:
        ExtractError: it is locked and no password, or the wrong one, is given; or it unpacks to a trap.
    """
    content = path.read_bytes()
    where = inspection.shown(path)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        content = _unlocked(where, content, password, repairs)
    if content.startswith(b"PK"):
        _refuse_bomb(where, content)
    return content


def _unlocked(where: str, content: bytes, password: str | None, repairs: list[Repair]) -> bytes:
    import msoffcrypto

    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(content))
        if not office.is_encrypted():
            return content
    except Exception:  # noqa: BLE001 - whatever the library meets; calamine says whether it is a workbook
        return content
    if password is None:
        message = "is protected by a password"
        instead = "Set `reader: {password: ${NAME}}` and the variable NAME, or save it without."
        raise ExtractError("workbook-locked", message, where=where, instead=instead)
    opened = io.BytesIO()
    try:
        office.load_key(password=password)
        office.decrypt(opened)
    except Exception:  # noqa: BLE001 - the library has many ways to say so
        message = "does not open with the password that was given"
        instead = "Check the variable that `password` names."
        raise ExtractError("workbook-locked", message, where=where, instead=instead) from None
    repairs.append(Repair("unlocked", "opened with the password of the registry"))
    return opened.getvalue()


def _refuse_bomb(where: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        raise _broken(where) from None
    if size > _BOMB and size > _BOMB_RATIO * len(content):
        message = "unpacks to more than two hundred times its size"
        raise ExtractError("archive-bomb", message, where=where, instead="Ask the supplier what it is.")


def _broken(where: str) -> ExtractError:
    message = "is no workbook that can be read: it is damaged, cut off or something else"
    return ExtractError("workbook-broken", message, where=where, instead="Open it, save it again, or send it as CSV.")


def _workbook(where: str, content: bytes) -> Any:
    import python_calamine as calamine

    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except calamine.PasswordError:
        message = "is protected by a password in a way that is not read here"
        raise ExtractError("workbook-locked", message, where=where, instead="Save it without.") from None
    except BaseException as error:
        # NOTE: a panic of the library is no Exception.
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise _broken(where) from None


def _sheet(
    where: str, workbook: Any, reader: _Asked, wanted: Wanted, repairs: list[Repair]
) -> tuple[str, Iterator[list[Any]], Header]:
    """Choose the sheet: the one that the registry names, else the one whose header holds most of the wanted names."""
    sheets = [s for s in workbook.sheets_metadata if str(s.typ).endswith("WorkSheet")]
    visible = [s.name for s in sheets if str(s.visible).endswith(".Visible")]
    if reader.sheet is not None:
        fitting = [s.name for s in sheets if s.name == reader.sheet]
        fitting = fitting or [s.name for s in sheets if fnmatchcase(s.name.casefold(), reader.sheet.casefold())]
        if len(fitting) != 1:
            message = f"{len(fitting) or 'none'} of its {len(sheets)} sheets fit the `sheet` of the registry"
            raise ExtractError("sheet-unclear", message, where=where, instead="Name one sheet as it is called there.")
    else:
        fitting = visible
    found = []
    for name in fitting:
        rows, first, merged = _rows(where, workbook, name)
        header = find_header(first, wanted.types, row=reader.header_row, deep=reader.header_rows, merged=merged)
        held = sum(c.strip(BLANKS) in wanted.types for c in header.cells)
        if any(header.cells):
            found.append((held, name, rows, header))
    best = [f for f in found if f[0] == max(h for h, *_ in found)]
    if not found:
        message = "holds no sheet with anything in it"
        raise ExtractError("extract-empty", message, where=where, instead="Export the extract again.")
    if len(best) > 1:
        message = f"{len(best)} of its sheets could be the one that is meant"
        raise ExtractError("sheet-unclear", message, where=where, instead="Set `reader: {sheet: NAME}`.")
    if len(sheets) > 1:
        detail = f"of {len(sheets)} sheets one was read"
        hidden = len(sheets) - len(visible)
        repairs.append(Repair("sheet_chosen", detail + (f"; {hidden} are hidden" if hidden else "")))
    _, name, rows, header = best[0]
    return name, rows, header


def _rows(where: str, workbook: Any, name: str) -> tuple[Iterator[list[Any]], list[list[str]], list[Any]]:
    """Give the rows of a sheet from its first, the first of them as text, and the ranges that are merged."""
    try:
        sheet = workbook.get_sheet_by_name(name)
        rows = sheet.iter_rows()
        merged = list(sheet.merged_cell_ranges or ())
        first = list(islice(rows, DEPTH + 2))
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise _broken(where) from None
    return chain(first, rows), [[cell_text(c) for c in r] for r in first], merged


def _records(
    rows: Iterable[list[Any]], header: Header, names: Sequence[str], seen: _Seen, where: str, repairs: list[Repair]
) -> Iterator[list[str]]:
    """Give the rows under the header as text, without a row of totals at the end.

    Raises:
        ExtractError: the header stands a second time, or the sheet is full, so that rows were probably cut off.
    """
    held: list[list[str]] = []
    number, columns = header.first_record - 1, range(len(names))
    for number, row in enumerate(islice(rows, header.first_record - 1, None), start=header.first_record):
        cells = [seen.text(i, row[i]) if i < len(row) else "" for i in columns]
        cells += [cell_text(c) for c in row[len(names) :]]
        if tuple(c.strip(BLANKS) for c in cells[: len(names)]) == tuple(names) and len(names) > 1:
            message = f"row {number} is the header once more"
            instead = "Two exports were put together: take the second header out, and check nothing stands twice."
            raise ExtractError("header-repeated", message, instead=instead)
        if any(c.strip(BLANKS) for c in cells):
            yield from held
            held = [cells]
        elif held:
            held.append(cells)
        else:
            yield cells
    if number >= (_FULL["." + where.rpartition(".")[2].lower()] if where.lower().endswith(".xls") else _FULL_NEW):
        message = f"is full: its last row, {number}, is the last that the format holds, so rows were probably cut off"
        raise ExtractError("sheet-full", message, instead="Send the extract as CSV.")
    if held and is_totals(held[0]):
        repairs.append(Repair("totals_row", "the last row holds totals and was left out", 1))
        return
    yield from held[:1]


def is_totals(cells: Sequence[str]) -> bool:
    """Say whether a row is one of totals: its first filled cell is that word, and another cell is blank.

    >>> is_totals(["Total", "", "41"]), is_totals(["Total Recall", "", "41"]), is_totals(["7", "total", ""])
    (True, False, False)
    """
    first = next((c.strip(BLANKS) for c in cells if c.strip(BLANKS)), "")
    return len(cells) > 1 and _TOTALS.fullmatch(first) is not None
