"""Reading, measured: time beside the underlying library alone, and the most memory that each takes.

    python benchmarks/reading.py --rows 200000 --large --out docs/benchmarks-reading.md

Each figure is the best of some runs, each run in a process of its own. What a library does alone is said in `ALONE`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

COLUMNS = ("ref", "force", "recorded", "flag", "sex", "dob", "relationship", "outcome", "note", "n")
LAYOUT = [{"name": c, "start": 1 + 12 * i, "length": 12} for i, c in enumerate(COLUMNS)]
ALONE = {
    "csv": "DuckDB's read_csv into a table of text",
    "xlsx": "python-calamine, every row made Python values",
    "parquet": "DuckDB's read_parquet into a table of text",
    "sav": "pyreadstat into a DataFrame",
    "fixed width": "Python's own reading of lines, each cut into its columns",
    "xml": "expat with a handler for elements and text that does nothing",
}


def record(i: int) -> tuple[str, ...]:
    """Make up one record."""
    return (f"R{i:09}", f"E{23_000_001 + i % 43}", f"2026-{i % 12 + 1:02}-{i % 28 + 1:02}", "YN"[i % 2], "129"[i % 3],
            f"19{i % 90 + 10}-03-04", ("wife", "brother", "unknown")[i % 3], str(i % 22), f"note {i % 1000}",
            str(i % 97))  # fmt: skip


def make(kind: str, path: Path, rows: int) -> None:
    """Write a file of records."""
    if kind == "csv" and rows > 1_000_000:
        import duckdb

        duckdb.execute(
            "COPY (SELECT printf('R%09d', i) AS ref, 'E' || (23000001 + i % 43) AS force, DATE '2026-01-01' + "
            "CAST(i % 300 AS INTEGER) AS recorded, CASE WHEN i % 2 = 0 THEN 'Y' ELSE 'N' END AS flag, i % 3 AS sex, "
            "DATE '1950-01-01' + CAST(i % 20000 AS INTEGER) AS dob, 'wife' AS relationship, i % 22 AS outcome, "
            f"'note ' || i % 1000 AS note, i % 97 AS n FROM range({rows}) t(i)) TO '{path}' (HEADER)"
        )
    elif kind == "csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(map(record, range(rows)))
    elif kind == "xlsx":
        import xlsxwriter

        book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        sheet = book.add_worksheet("Data")
        for r, row in enumerate([COLUMNS, *map(record, range(rows))]):
            for c, cell in enumerate(row):
                sheet.write_string(r, c, cell)
        book.close()
    elif kind in {"parquet", "sav"}:
        import pandas as pd

        frame = pd.DataFrame(map(record, range(rows)), columns=list(COLUMNS))
        if kind == "parquet":
            frame.to_parquet(path)
        else:
            import pyreadstat

            pyreadstat.write_sav(frame, path)
    elif kind == "fixed width":
        with path.open("w", encoding="utf-8") as file:
            file.writelines("".join(c.ljust(12) for c in record(i)) + "\n" for i in range(rows))
    else:
        with path.open("w", encoding="utf-8") as file:
            file.write("<Return>\n")
            for i in range(rows):
                cells = "".join(f"<{c}>{v}</{c}>" for c, v in zip(COLUMNS, record(i), strict=True))
                file.write(f"<Crime>{cells}</Crime>\n")
            file.write("</Return>\n")


def ours(kind: str, path: Path) -> None:
    """Read a file with everycase into a table of text, digest and all."""
    import duckdb

    from everycase.readers import Wanted
    from everycase.readers.opening import open_file
    from everycase.readers.xml import XmlTable, read_xml
    from everycase.registry import Reader

    if kind == "xml":
        read_xml(path, {"crime": XmlTable("Return/Crime", "", COLUMNS)}, lambda *_: None)
        return
    said: dict[str, Any] = {"kind": "fixed_width", "layout": LAYOUT} if kind == "fixed width" else {}
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Wanted(dict.fromkeys(COLUMNS, "text"))
        with open_file(path, Reader.model_validate(said), wanted, Path(scratch)) as opened:
            database = Path(scratch) / "table.duckdb"
            with duckdb.connect(str(database), config={"memory_limit": "512MB"}) as connection:
                connection.execute(f"CREATE TABLE t AS SELECT * FROM {opened.cells}")
            opened.inspected()


def alone(kind: str, path: Path) -> None:
    """Read a file with the library alone."""
    import duckdb

    with tempfile.TemporaryDirectory() as scratch:
        database = str(Path(scratch) / "table.duckdb")
        if kind in {"csv", "parquet"}:
            read = f"read_csv('{path}', all_varchar=true)" if kind == "csv" else f"read_parquet('{path}')"
            with duckdb.connect(database, config={"memory_limit": "512MB"}) as connection:
                connection.execute(f"CREATE TABLE t AS SELECT * FROM {read}")
        elif kind == "xlsx":
            import python_calamine

            for _ in python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows():
                pass
        elif kind == "sav":
            import pyreadstat

            pyreadstat.read_sav(str(path))
        elif kind == "fixed width":
            cuts = [slice(12 * i, 12 * i + 12) for i in range(len(COLUMNS))]
            with path.open(encoding="utf-8") as file:
                for line in file:
                    [line[cut].strip() for cut in cuts]
        else:
            from xml.parsers import expat

            parser = expat.ParserCreate()
            parser.StartElementHandler = lambda *_: None
            parser.EndElementHandler = lambda *_: None
            parser.CharacterDataHandler = lambda *_: None
            with path.open("rb") as file:
                parser.ParseFile(file)


def measured(who: str, kind: str, path: Path, times: int) -> tuple[float, float]:
    """Run one reading some times, each in a process of its own; the best seconds, and the most MiB it took."""
    best, most = float("inf"), 0.0
    for _ in range(times):
        command = [sys.executable, __file__, "--one", who, "--kind", kind, "--file", str(path)]
        done = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, env=dict(os.environ)).stdout)
        best, most = min(best, done["seconds"]), max(most, done["mebibytes"])
    return best, most


def one(who: str, kind: str, path: Path) -> None:
    """Be the process that reads once."""
    reads: dict[str, Callable[[str, Path], None]] = {"ours": ours, "alone": alone}
    import duckdb  # noqa: F401 - both sides have it loaded

    import everycase.readers.opening  # noqa: F401 - both sides have it loaded

    began = time.perf_counter()
    reads[who](kind, path)
    seconds = time.perf_counter() - began
    most = max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"seconds": seconds, "mebibytes": most / 1024}))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--large", action="store_true", help="also 10 million rows of CSV and 1 GB of XML")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", choices=["ours", "alone"])
    parser.add_argument("--kind")
    parser.add_argument("--file", type=Path)
    chosen = parser.parse_args()
    if chosen.one:
        one(chosen.one, chosen.kind, chosen.file)
        return
    head = ("kind", "records", "size", "everycase", "library alone", "ratio", "most memory", "alone")
    lines = [
        "# Reading, measured",
        "",
        "Made by `python benchmarks/reading.py`. Reading takes in looking at the bytes, the digest, a private copy",
        "where one is needed, and the load into a table of text; beside it the library alone. Best of",
        f"{chosen.times} runs on {os.cpu_count()} cores that others used too; memory of the largest process.",
        "",
        f"| {' | '.join(head)} |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    asked = [(kind, chosen.rows, chosen.times) for kind in ALONE]
    if chosen.large:
        asked += [("csv", 10_000_000, 1), ("xml", 4_400_000, 1)]
    for kind, rows, times in asked:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"x.{kind.split()[0]}"
            make(kind, path, rows)
            size = path.stat().st_size / 1e6
            (mine, memory), (theirs, _) = measured("ours", kind, path, times), measured("alone", kind, path, times)
        lines.append(f"| {kind} | {rows:,} | {size:,.0f} MB | {mine:.2f} s | {theirs:.2f} s | {mine / theirs:.2f} | "
                     f"{memory:,.0f} MiB | {ALONE[kind]} |")  # fmt: skip
        print(lines[-1], flush=True)
    if chosen.out:
        chosen.out.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
