"""Damaged extracts: what a reader accepts it must have read whole, and what it refuses it must refuse in a sentence.

python tests/readers/fuzzing.py --inputs 20000 --seed 7
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Callable

sys.path.insert(0, str(Path(__file__).parent))

from everycase.errors import ExtractError
from everycase.readers import BLANKS, Wanted
from everycase.readers.opening import kind_for, open_file
from everycase.registry import Reader

NAMES = ("ref", "sex", "day", "note")
LAYOUT = [{"name": "ref", "start": 1, "length": 4}, {"name": "sex", "start": 6, "length": 1}]
#: what is read in a process of its own
APART = {"xlsx", "xls", "ods", "feather"}
#: seconds after which one input counts as a hang
LONGEST = 20


def rows(number: int) -> list[tuple[str, ...]]:
    """Make up records, some with quotes, delimiters and line ends in their cells."""
    notes = ("", "plain", 'a "quote"', "a, comma", "two\nlines", "É accent", " padded ")
    return [(f"{i:04}", "FM9"[i % 3], f"2026-01-{i % 28 + 1:02}", notes[i % len(notes)]) for i in range(number)]


def delimited(encoding: str = "utf-8", end: str = "\n", delimiter: str = ",") -> bytes:
    """Write them as a delimited file."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=delimiter, lineterminator=end)
    writer.writerow(NAMES)
    writer.writerows(rows(40))
    return output.getvalue().encode(encoding)


def zipped(content: bytes) -> bytes:
    """Pack it into a zip archive."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.csv", content)
    return output.getvalue()


def workbook(suffix: str) -> bytes:
    """Write them as a workbook."""
    import pandas as pd

    output = io.BytesIO()
    if suffix == "xls":
        import xlwt

        book = xlwt.Workbook()
        sheet = book.add_sheet("D")
        for r, row in enumerate([NAMES, *rows(40)]):
            for c, cell in enumerate(row):
                sheet.write(r, c, cell)
        book.save(output)
        return output.getvalue()
    engine = {"xlsx": "xlsxwriter", "ods": "odf"}[suffix]
    pd.DataFrame(rows(40), columns=list(NAMES)).to_excel(output, engine=engine, index=False)
    return output.getvalue()


def columnar(kind: str) -> bytes:
    """Write them as Parquet or Arrow."""
    import pyarrow as pa
    from pyarrow import feather, parquet

    table, output = pa.table(dict(zip(NAMES, zip(*rows(40), strict=True), strict=True))), io.BytesIO()
    if kind == "parquet":
        parquet.write_table(table, output)
    else:
        feather.write_feather(table, output, compression="uncompressed")
    return output.getvalue()


def seeds() -> dict[str, bytes]:
    """Give the files to damage, by name."""
    plain = delimited()
    return {
        "a.csv": plain,
        "b.csv": delimited("cp1252", "\r\n", ";"),
        "c.csv": delimited("utf-16"),
        "d.csv": b"Return of March\n\n" + plain + b"Total,,,\n",
        "e.csv.gz": gzip.compress(plain, mtime=0),
        "f.zip": zipped(plain),
        "g.xlsx": workbook("xlsx"),
        "h.xls": workbook("xls"),
        "i.ods": workbook("ods"),
        "j.parquet": columnar("parquet"),
        "k.feather": columnar("arrow"),
        "l.txt": b"".join(f"{r[0]} {r[1]}\n".encode() for r in rows(40)),
    }


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Damage a file in one or two places: cut, flipped, doubled, swapped, or given what readers stumble over."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 2)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(7):
            case 0:
                del data[place:]
            case 1 if place < len(data):
                data[place] = chance.randrange(256)
            case 2:
                data[place:place] = chance.choice(
                    (b'"', b"\0", b",", b"\r", b"\n\n", b"\xff", b";", b"\xef\xbb\xbf", b"''")
                )
            case 3:
                del data[place : place + chance.randint(1, 30)]
            case 4:
                data[place:place] = data[max(0, place - chance.randint(1, 60)) : place]
            case 5 if place < len(data):
                data[place] ^= 1 << chance.randrange(8)
            case _:
                data[place:place] = chance.randbytes(chance.randint(1, 8))
        if not data:
            break
    return bytes(data)


@dataclass
class Tally:
    """What came of some inputs."""

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    uncounted: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)


def run(inputs: int, seed: int, folder: Path, tell: Callable[[str], None] = lambda _: None) -> Tally:
    """Read damaged files, and gather whatever is wrong."""
    chance, tally, given = random.Random(seed), Tally(), seeds()
    private = folder / "private"
    private.mkdir()
    for number in range(inputs):
        # NOTE: what is read in a process of its own takes a hundred times as long as a small text.
        name = chance.choices(
            sorted(given), [1 if n[2:] in {"xlsx", "xls", "ods", "feather"} else 10 for n in sorted(given)]
        )[0]
        content = damaged(given[name], chance)
        path = folder / name
        path.write_bytes(content)
        began = time.monotonic()
        problem = attempt(path, private, tally)
        took = time.monotonic() - began
        tally.slowest = max(tally.slowest, took)
        if list(private.iterdir()):
            problem = problem or "something stayed behind"
        if took > LONGEST:
            problem = problem or "took too long"
        if problem:
            tally.wrong.append(f"input {number} of seed {seed} ({name}): {problem}")
            path.rename(folder / f"wrong-{number}-{name}")
        if number % 1000 == 999:
            tell(f"{number + 1} inputs, {sum(tally.accepted.values())} accepted, {len(tally.wrong)} wrong")
    return tally


def attempt(path: Path, private: Path, tally: Tally) -> str:
    """Read one file; say what is wrong with how it was taken, or ""."""
    options = {"kind": "fixed_width", "layout": LAYOUT} if path.suffix == ".txt" else {}
    reader = Reader.model_validate(options)
    try:
        kind = kind_for(path, reader)
        wanted = Wanted(dict.fromkeys(NAMES, "text"))
        with open_file(path, reader, wanted, private) as opened, duckdb.connect(config={"threads": 1}) as connection:
            try:
                connection.execute(f"CREATE TABLE t AS SELECT * FROM {opened.cells}")
            except duckdb.Error as error:
                raise opened.explain(error) from None
            (count,) = connection.execute("SELECT count(*) FROM t").fetchone() or (0,)
            if opened.records not in {None, count}:
                return f"{opened.records} records went in and {count} came out"
            opened.inspected()
            other = counted(path, kind, opened)
    except ExtractError as error:
        tally.refused[error.slug] += 1
        return "" if error.__suppress_context__ or error.__context__ is None else "the refusal carries its cause"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"{type(error).__name__} got through"
    tally.accepted[path.name] += 1
    if other is None:
        tally.uncounted += 1
        return ""
    return "" if other == count else f"{count} records were read, and another library counts {other}"


def counted(path: Path, kind: str, opened) -> int | None:
    """Count the records with another library than the one that reads; None where it cannot read the file."""
    try:
        if kind == "parquet":
            from pyarrow import parquet

            return parquet.read_table(path).num_rows
        if kind == "arrow":
            import polars as pl

            return pl.read_ipc(path, memory_map=False).height
        if kind == "spreadsheet":
            return _in_workbook(path, opened)
    except Exception:  # noqa: BLE001 - another library may be stricter
        return None
    content = path.read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            content = archive.read(archive.infolist()[0])
    text = _decoded(content)
    if kind == "fixed_width":
        return sum(bool(line.strip(BLANKS)) for line in io.StringIO(text.removeprefix("\ufeff"), newline=None))
    found = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=opened.delimiter))
    found = found[opened.first_row - 1 :]
    totals = sum(r.kind == "totals_row" for r in opened.repairs)
    width = len(opened.columns)
    while width == 1 and found and not found[-1]:
        found.pop()
    return sum(bool(r) or width == 1 for r in found) - totals


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _in_workbook(path: Path, opened) -> int | None:
    if path.suffix != ".xlsx":
        return None
    import openpyxl

    sheet = openpyxl.load_workbook(path, read_only=False).worksheets[0]
    found = list(sheet.iter_rows(min_row=opened.first_row, values_only=True))
    totals = sum(r.kind == "totals_row" for r in opened.repairs)
    return sum(any(str(c).strip(BLANKS) for c in r if c is not None) for r in found) - totals


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        tally = run(chosen.inputs, chosen.seed, Path(folder), lambda line: print(line, flush=True))  # noqa: T201
    sys.stdout.write(
        f"{chosen.inputs} inputs in {time.monotonic() - began:.0f} s: {sum(tally.accepted.values())} accepted "
        f"({tally.uncounted} of them counted by nobody else), {sum(tally.refused.values())} refused, "
        f"slowest {tally.slowest:.2f} s, {len(tally.wrong)} wrong\n"
    )
    for slug, times in tally.refused.most_common():
        sys.stdout.write(f"  {slug} {times}\n")
    for line in tally.wrong[:50]:
        sys.stdout.write(f"WRONG {line}\n")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
