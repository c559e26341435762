"""SPSS and Stata files as columns of codes, by pyreadstat; their labels are offered as code lists, never applied."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycase.errors import ExtractError
from everycase.readers import Repair, inspection
from everycase.readers.isolated import isolated
from everycase.readers.written import Written, cell_text, header_names, private_target, supplied, write_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def _refuse_without_library() -> None:
    if find_spec("pyreadstat") is None:
        message = "the package that reads SPSS and Stata files is not installed"
        raise ExtractError("package-missing", message, instead="pip install 'everycase[statistical]'")


def _broken(path: Path) -> ExtractError:
    message = "cannot be read as an SPSS or Stata file: it is damaged, cut off or something else"
    return ExtractError("extract-unloadable", message, where=inspection.shown(path), instead="Ask for it again.")


@contextmanager
def open_statistical(path: Path, scratch: Path) -> Iterator[Opened]:
    """Make an SPSS or Stata file ready to load: codes as they are stored, not their labels.

    Raises:
        ExtractError: it is no such file, or damaged; or the package that reads it is not installed.
    """
    _refuse_without_library()
    inspection.readable_file(path)
    with ExitStack() as stack:
        file = stack.enter_context(supplied(path))
        made = private_target(scratch, stack)
        found = isolated(f"{__name__}:write_codes", path, {"path": str(path), "made": str(made)})
        if found is None:
            raise _broken(path)
        names = tuple(found["names"])
        written = Written(made, len(names), found["count"], found["blanks"])
        yield file.opened(names, written, [Repair(*r) for r in found["repairs"]], 1)


def write_codes(path: str, made: str) -> dict[str, Any]:
    """Write the records of a file to a private one; this is called in a process of its own."""
    given, repairs = Path(path), list[Repair]()
    where = inspection.shown(given)
    meta = _read(given, metadataonly=True)[1]
    names = header_names(list(meta.column_names), where, 1, repairs)

    def rows() -> Iterator[list[str]]:
        start = 0
        while True:
            frame, _ = _read(given, row_offset=start, row_limit=_ROWS)
            columns = [[_text(v) for v in frame[name].tolist()] for name in frame.columns]
            yield from map(list, zip(*columns, strict=True))
            start += len(frame)
            if len(frame) < _ROWS:
                return

    written = write_records(rows(), len(names), 1, Path(made))
    if meta.variable_value_labels:
        detail = "columns have value labels, which were not used: codes were read"
        repairs.append(Repair("labels", detail, len(meta.variable_value_labels)))
    read = written.count + len(written.blanks)
    if meta.number_rows is not None and meta.number_rows != read:
        message = f"says that it has {meta.number_rows} records, and {read} were read"
        raise ExtractError("records-lost", message, where=where, instead="Ask for it again.")
    told = [[r.kind, r.detail, r.count] for r in repairs]
    return {"names": names, "count": written.count, "blanks": written.blanks, "repairs": told}


def labels_of(path: Path) -> dict[str, Labels]:
    """Give what an SPSS or Stata file says of its codes, by column.

    Raises:
        ExtractError: it is no such file, or damaged; or the package that reads it is not installed.
    """
    _refuse_without_library()
    found = isolated(f"{__name__}:find_labels", path, {"path": str(path)})
    if found is None:
        raise _broken(path)
    return {name: Labels(meanings, frozenset(missing)) for name, (meanings, missing) in found.items()}


def find_labels(path: str) -> dict[str, Any]:
    """Find the labels and missing codes of every column; this is called in a process of its own."""
    meta = _read(Path(path), metadataonly=True)[1]
    found = {}
    for name in meta.column_names:
        meanings = {_text(code): str(label) for code, label in meta.variable_value_labels.get(name, {}).items()}
        missing = {_text(code) for code in meta.missing_user_values.get(name, ())}
        for span in meta.missing_ranges.get(name, ()):
            missing |= {code for code in meanings if _within(code, span["lo"], span["hi"])}
            missing |= {_text(span["lo"])} if span["lo"] == span["hi"] else set()
        if meanings or missing:
            found[name] = [meanings, sorted(missing)]
    return found


def _within(code: str, low: Any, high: Any) -> bool:
    try:
        return float(low) <= float(code) <= float(high)
    except ValueError:
        return str(low) <= code <= str(high)


def _text(value: Any) -> str:
    return "" if value is None or value != value else cell_text(value)  # noqa: PLR0124 - what is not itself is NaN or NaT


def _read(path: Path, **options: Any) -> Any:
    import pyreadstat

    head = inspection.readable_file(path)
    read = pyreadstat.read_sav if head.startswith((b"$FL2", b"$FL3")) else pyreadstat.read_dta
    try:
        return read(str(path), user_missing=True, **options)
    except Exception:  # noqa: BLE001 - the library raises several kinds, whose words may quote the file
        raise _broken(path) from None
