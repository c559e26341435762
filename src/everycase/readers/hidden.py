"""Rows of a workbook that are hidden, which the library that reads the cells does not tell."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 1 << 20
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb'\br="(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_ODS_ROW = re.compile(rb"<table:table-row\b([^>]*)>")
_ODS_TIMES = re.compile(rb'table:number-rows-repeated="(\d+)"')
_ODS_HIDDEN = re.compile(rb'table:visibility="(?:collapse|filter)"')


def hidden_rows(content: bytes, suffix: str, sheet: str, first: int) -> int | None:
    """Count the hidden rows of a sheet from a row on; None where the format does not let it be told.

    Args:
        content: the workbook, unlocked.
        suffix: `.ods` for an OpenDocument sheet; the others are told by their first bytes.
        sheet: its name.
        first: the row of the first record, from 1.
    """
    try:
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            return sum(row >= first for row in _old(content, sheet))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if suffix == ".ods" or "content.xml" in archive.namelist():
                return _open_document(archive.read("content.xml"), sheet, first)
            member = _member(archive, sheet)
            return sum(row >= first for row in _new(archive, member)) if member.endswith(".xml") else None
    except (KeyError, OSError, ValueError, struct.error, zipfile.BadZipFile, NotImplementedError):
        return None


def _member(archive: zipfile.ZipFile, sheet: str) -> str:
    """Find the part of a workbook that a sheet lies in."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

    def elements(name: str) -> Iterator[Any]:
        try:
            return etree.fromstring(archive.read(name), parser).iter()
        except etree.LxmlError:
            raise ValueError from None

    link = ""
    for element in elements("xl/workbook.xml"):
        if isinstance(element.tag, str) and element.tag.endswith("}sheet") and element.get("name") == sheet:
            link = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
    for element in elements("xl/_rels/workbook.xml.rels"):
        if element.get("Id") == link:
            target = str(element.get("Target"))
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _new(archive: zipfile.ZipFile, member: str) -> Iterator[int]:
    """Give the numbers of the hidden rows of an .xlsx sheet, as a stream."""
    row, held = 0, b""
    with archive.open(member) as stream:
        while piece := stream.read(_PIECE):
            piece = held + piece
            cut = piece.rfind(b"<") if b"<" in piece else 0
            piece, held = piece[:cut], piece[cut:]
            if b"hidden=" not in piece and b"<row" in piece:
                last = piece.rfind(b"<row")
                number = _NUMBER.search(piece, last)
                if number:
                    row = int(number[1])
                    continue
            for found in _ROW.finditer(piece):
                number = _NUMBER.search(found[1])
                row = int(number[1]) if number else row + 1
                if _HIDDEN.search(found[1]):
                    yield row


def _open_document(content: bytes, sheet: str, first: int) -> int:
    from xml.sax.saxutils import quoteattr

    name = quoteattr(sheet)[1:-1].encode()
    start = re.search(rb'<table:table [^>]*table:name="' + re.escape(name) + rb'"', content)
    if start is None:
        raise KeyError(sheet)
    body = content[start.end() : content.find(b"</table:table>", start.end())]
    row, hidden = 1, 0
    for found in _ODS_ROW.finditer(body):
        times = _ODS_TIMES.search(found[1])
        after = row + (int(times[1]) if times else 1)
        if _ODS_HIDDEN.search(found[1]):
            hidden += max(0, after - max(row, first))
        row = after
    return hidden


def _old(content: bytes, sheet: str) -> Iterator[int]:
    """Give the numbers of the hidden rows of an .xls sheet, from its records of the kind ROW."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as office:
        stream = office.openstream("Workbook" if office.exists("Workbook") else "Book").read()
    place = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        if kind == 0x85:  # a sheet: where it lies, then its name
            length, wide = stream[place + 10], stream[place + 11] & 1
            name = stream[place + 12 : place + 12 + length * (2 if wide else 1)]
            if name.decode("utf-16-le" if wide else "latin-1") == sheet:
                yield from _old_rows(stream, struct.unpack_from("<I", stream, place + 4)[0])
                return
        place += 4 + size
        if kind == 0x0A:
            return


def _old_rows(stream: bytes, place: int) -> Iterator[int]:
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        if kind == 0x0208 and struct.unpack_from("<H", stream, place + 16)[0] & 0x20:
            yield int(struct.unpack_from("<H", stream, place + 4)[0]) + 1
        place += 4 + size
        if kind == 0x0A:
            return
