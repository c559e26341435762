"""SPSS and Stata files as columns of codes, by pyreadstat; their labels are offered as code lists, never applied."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from everycase.errors import ExtractError
from everycase.readers import Repair, inspection
from everycase.readers.written import cell_text, header_names, supplied, write_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from everycase.readers import Opened

_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Labels:
    """What the file says of the codes of one column.

    Attributes:
        meanings: code -> label.
        missing: codes that the file itself calls missing.
    """

    meanings: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


def library() -> Any:
    """Give pyreadstat.

    Raises:
        ExtractError: it is not installed.
    """
    try:
        import pyreadstat
    except ImportError:
        message = "the package that reads SPSS and Stata files is not installed"
        raise ExtractError("package-missing", message, instead="pip install 'everycase[statistical]'") from None
    return pyreadstat


def _reader_of(path: Path) -> tuple[Any, dict[str, Any]]:
    """Give the function that reads a file, by its first bytes, and what it is to be asked."""
    head = inspection.readable_file(path)
    found = library()
    if head.startswith((b"$FL2", b"$FL3")):
        return found.read_sav, {"user_missing": True}
    return found.read_dta, {"user_missing": True}


@contextmanager
def open_statistical(path: Path, scratch: Path) -> Iterator[Opened]:
    """Make an SPSS or Stata file ready to load: codes as they are stored, not their labels.

    Raises:
        ExtractError: it is no such file, or damaged.
    """
    where, repairs = inspection.shown(path), list[Repair]()
    with ExitStack() as stack:
        file = stack.enter_context(supplied(path))
        read, options = _reader_of(path)
        meta = _told(where, read, path, metadataonly=True, **options)
        names = header_names(list(meta[1].column_names), where, 1, repairs)

        def rows() -> Iterator[list[str]]:
            start = 0
            while True:
                frame, _ = _told(where, read, path, row_offset=start, row_limit=_ROWS, **options)
                columns = [[_text(v) for v in frame[name].tolist()] for name in frame.columns]
                yield from map(list, zip(*columns, strict=True))
                start += len(frame)
                if len(frame) < _ROWS:
                    return

        written = write_records(rows(), len(names), 1, scratch, stack)
        if meta[1].variable_value_labels:
            labelled = len(meta[1].variable_value_labels)
            repairs.append(
                Repair("labels", "columns have value labels, which were not used: codes were read", labelled)
            )
        expected = meta[1].number_rows
        if expected is not None and expected != written.count + len(written.blanks):
            message = f"says that it has {expected} records, and {written.count + len(written.blanks)} were read"
            raise ExtractError("records-lost", message, where=where, instead="Ask for it again.")
        yield file.opened(names, written, repairs, 1)


def labels_of(path: Path) -> dict[str, Labels]:
    """Give what an SPSS or Stata file says of its codes, by column.

    Raises:
        ExtractError: it is no such file, or damaged.
    """
    read, options = _reader_of(path)
    _, meta = _told(inspection.shown(path), read, path, metadataonly=True, **options)
    found = {}
    for name in meta.column_names:
        meanings = {_text(code): str(label) for code, label in meta.variable_value_labels.get(name, {}).items()}
        missing = {_text(code) for code in meta.missing_user_values.get(name, ())}
        for span in meta.missing_ranges.get(name, ()):
            missing |= {code for code in meanings if _within(code, span["lo"], span["hi"])}
            missing |= {_text(span["lo"])} if span["lo"] == span["hi"] else set()
        if meanings or missing:
            found[name] = Labels(meanings, frozenset(missing))
    return found


def _within(code: str, low: Any, high: Any) -> bool:
    try:
        return float(low) <= float(code) <= float(high)
    except ValueError:
        return str(low) <= code <= str(high)


def _text(value: Any) -> str:
    return "" if value is None or value != value else cell_text(value)  # noqa: PLR0124 - what is not itself is NaN or NaT


def _told(where: str, read: Any, path: Path, **options: Any) -> Any:
    try:
        return read(str(path), **options)
    except Exception:  # noqa: BLE001 - the library raises several kinds, whose words may quote the file
        message = "cannot be read as an SPSS or Stata file: it is damaged, cut off or something else"
        raise ExtractError("extract-unloadable", message, where=where, instead="Ask for it again.") from None
