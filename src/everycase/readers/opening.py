"""The front door: a file is opened by the reader of its kind, as the registry says or as its own bytes tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.errors import ExtractError
from everycase.readers import inspection
from everycase.readers.magic import kind_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from everycase.readers import Opened, Wanted
    from everycase.registry import Reader

_LIKE = {
    "xml": ("extract-not-text", "is XML", "Set `reader: {kind: xml, tables: ...}` for this source."),
    "database": ("extract-not-text", "is a database file", "Set `reader: {kind: database, url: ..., table: ...}`."),
}


def kind_for(path: Path, reader: Reader) -> str:
    """Name the kind of reader for a file: the one that the registry names, else what its bytes tell."""
    if "kind" in reader.model_fields_set or "delimiter" in reader.model_fields_set or path.is_dir():
        return reader.kind
    return kind_of(path)


def open_file(path: Path, reader: Reader, wanted: Wanted, scratch: Path) -> AbstractContextManager[Opened]:
    """Open one file, by the reader of its kind.

    Raises:
        ExtractError: it is of no kind that is read from a file, or cannot be read whole.
    """
    kind = kind_for(path, reader)
    if kind == "spreadsheet":
        from everycase.readers.spreadsheet import open_spreadsheet

        return open_spreadsheet(path, reader, wanted, scratch)
    if kind == "parquet":
        from everycase.readers.parquet import open_parquet

        return open_parquet(path, wanted.types)
    if kind == "arrow":
        from everycase.readers.arrow import open_arrow

        return open_arrow(path, wanted.types, scratch)
    if kind == "statistical":
        from everycase.readers.statistical import open_statistical

        return open_statistical(path, scratch)
    if kind == "fixed_width":
        from everycase.readers.fixed_width import open_fixed_width

        return open_fixed_width(path, reader, scratch)
    if kind in _LIKE:
        slug, message, instead = _LIKE[kind]
        raise ExtractError(slug, message, where=inspection.shown(path), instead=instead)
    from everycase.readers.lines import open_lines

    return open_lines(path, reader, wanted, scratch)
