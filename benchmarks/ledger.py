"""How much slower history and the next run are on a ledger of many runs: python benchmarks/ledger.py [RUNS] [RULES]."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests/ledger")]

from books import document, ledger  # noqa: E402 - found through the line above

from everycase.ledger.bodies import run_body  # noqa: E402 - the same


def filled(folder: Path, runs: int, rules: int) -> int:
    """Fill a ledger and give its size in bytes."""
    books = ledger(folder)
    with books.writing() as connection:
        for start in range(0, runs, 100):
            kind = {"rules": rules, "groups": (), "project": "england-wales", "sources": ("domestic_homicides",)}
            made = [document(start + i + 1, **kind) for i in range(min(100, runs - start))]
            books._append(connection, [(run_body(m), m["run"]["started"]) for m in made])  # noqa: SLF001 - one commit
    books.close()
    return books.file.stat().st_size


def best(command: list[str], times: int = 3) -> float:
    """Give the shortest of some runs of a command, in seconds."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False, cwd=ROOT)
        found.append(time.perf_counter() - begun)
    return min(found)


def main() -> None:
    """Measure and print."""
    runs, rules = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else 500
    everycase = [sys.executable, "-m", "everycase"]
    with tempfile.TemporaryDirectory() as name:
        folder, report = Path(name), {}
        subprocess.run([*everycase, "sample", "domestic_homicides", "--out", str(folder)], check=True, cwd=ROOT)
        extract = f"domestic_homicides={folder}/domestic_homicides.csv"
        for size in (1, runs):
            place = folder / str(size)
            place.mkdir()
            begun = time.perf_counter()
            bytes_ = filled(place, size, rules)
            report[f"{size} runs: bytes"] = bytes_
            report[f"{size} runs: seconds to fill"] = round(time.perf_counter() - begun, 1)
            url = ["--ledger", f"sqlite:///{place}/l.db"]
            check = [*everycase, "check", "domestic_homicides", "--no-gx", "-q", "--extract", extract]
            report[f"{size} runs: history"] = round(best([*everycase, "history", *url]), 2)
            report[f"{size} runs: check"] = round(best([*check, "--out", str(place / "out"), *url]), 2)
        sys.stdout.write(json.dumps(report, indent=1) + "\n")


main()
