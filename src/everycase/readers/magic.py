"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SIGNATURES = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls) or an encrypted Office file"),
    (b"%PDF-", "a PDF"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "an SQLite database"),
)

#: first bytes -> kind of reader; what is not here is delimited text
_KINDS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet"),
    (b"PAR1", "parquet"),
    (b"ARROW1\0\0", "arrow"),
    (b"\xff\xff\xff\xff", "arrow"),
    (b"$FL2", "statistical"),
    (b"$FL3", "statistical"),
    (b"<stata_dta>", "statistical"),
    (b"SQLite format 3\0", "database"),
)
#: kinds that are told by the name, since their first bytes may be text
_NAMES = {".dta": "statistical", ".duckdb": "database"}


def foreign_format(head: bytes) -> str:
    """Name what a file is when its first bytes are those of no text file, or "" when they may be text."""
    return next((name for mark, name in _SIGNATURES if head.startswith(mark)), "")


def kind_of(path: Path) -> str:
    """Name the kind of reader that a file needs, as the registry names it: by its bytes, else delimited text."""
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
    except OSError:
        return "delimited"
    if head.startswith(b"PK"):
        return "spreadsheet" if _is_workbook(path) else "delimited"
    if head[8:12] == b"DUCK":
        return "database"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        return "xml"
    found = next((kind for mark, kind in _KINDS if head.startswith(mark)), None)
    return found or _NAMES.get(path.suffix.lower(), "delimited")


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return path.suffix.lower() in {".xlsx", ".xlsm", ".xlsb", ".ods"}
    return "[Content_Types].xml" in names or ("mimetype" in names and "content.xml" in names)
