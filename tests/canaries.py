"""Marks that stand in cells, headers and folders, and a search for them in whatever everycase leaves behind."""

import base64
import csv
import hashlib
import io
import re
import zipfile

from pyarrow import parquet

#: a letter for where the mark stands, its number, and an end that no word has
MARK = "Zq{}{:05d}Kxv"


def mark(kind, number):
    """Give a mark that stands nowhere else."""
    return MARK.format(kind, number)


def marked(extract, path, keys, every=2):
    """Copy an extract with a mark of its own in each cell of every second record, and in the header of a new column.

    Returns:
        The marks of keys, and all others.
    """
    with extract.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    key_marks, others, number = [], [mark("H", 0)], 0
    for place, row in enumerate(rows):
        for column, name in enumerate(header):
            if place % every == 0:
                number += 1
                row[column] = mark("K" if name in keys else "C", number)
                (key_marks if name in keys else others).append(row[column])
        others.append(mark("X", place))
        row.append(others[-1])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*header, others[0]], *rows])
    return key_marks, others


#: how many marks are looked for in base64, of which each needs texts of its own
SOME = 40
_PLAIN = re.compile(rb"zq[a-z][0-9]{5}kxv")
_WIDE = re.compile(rb"z\0q\0[a-z]\0(?:[0-9]\0){5}k\0x\0v\0")
_HEX = re.compile(rb"(?:5a|7a)71[46][0-9a-f](?:3[0-9]){5}[46]b7876")
_DIGITS = re.compile(rb"[0-9a-f]{16,}")
_HASHES = ("md5", "sha1", "sha256", "sha512", "blake2b")


def traces(found):
    """Give every way in which a mark may have been written down."""
    raw = found.encode()
    yield from (raw, raw.upper(), found.encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode())
    yield from (hashlib.new(name, raw).hexdigest().encode() for name in _HASHES)
    yield from _packed(raw)


def _packed(raw):
    for shift in range(3):
        # NOTE: what stands before a text changes its base64; the middle of it is what stays.
        yield base64.b64encode(b"\0" * shift + raw)[4:-4]


class Search:
    """A search for some marks in any form."""

    def __init__(self, marks):
        raws = {m.encode() for m in marks}
        self.plain = {r.lower() for r in raws}
        # NOTE: the first digits are enough: a hash that is cut short is a hash.
        self.hashes = {hashlib.new(name, raw).hexdigest()[:16].encode() for raw in raws for name in _HASHES}
        self.packed = [t for raw in sorted(raws)[:SOME] for t in _packed(raw)]

    def hit(self, text):
        """Say whether a text holds a mark."""
        small = text.lower()
        plain = [*_PLAIN.findall(small), *(w.replace(b"\0", b"") for w in _WIDE.findall(small))]
        plain += [bytes.fromhex(h.decode()).lower() for h in _HEX.findall(small)]
        digits = {d[:16] for d in _DIGITS.findall(small)}
        return bool(self.plain & set(plain) or self.hashes & digits or any(t in text for t in self.packed))


def contents(path):
    """Give the bytes of a file, and what is packed in it: the files of an archive, the cells of a Parquet file."""
    raw = path.read_bytes()
    yield raw
    if raw[:4] == b"PAR1":
        table = parquet.read_table(io.BytesIO(raw))
        yield "\0".join(
            [*table.column_names, *(str(c) for column in table.columns for c in column.to_pylist())]
        ).encode()
    if zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            yield from (packed.read(name) for name in packed.namelist())


def found_in(folder, marks, but=()):
    """Name the files below a folder that hold a mark in any form, or are called by one."""
    search = Search(marks)
    hits = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in but):
        name = str(path.relative_to(folder))
        if any(map(search.hit, [name.encode(), *contents(path)])):
            hits.append(name)
    return hits


def written(folder):
    """Give all that the files below a folder hold, packed or not, as one text."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return b"\0".join(c for p in files for c in contents(p)).decode("utf-8", "replace")


def said(text, marks):
    """Say whether a text holds a mark in any form."""
    return Search(marks).hit(text.encode())
