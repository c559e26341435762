"""Measure everycase against a hand-written script, whole processes in turns, and write docs/benchmarks.md.

Nothing is measured before the counts of both were found equal, for every rule, tier and force.

    python benchmarks/run.py                     100,000 and 1,000,000 rows
    python benchmarks/run.py --full              10,000,000 rows too
    python benchmarks/run.py --rows 1000000 --rounds 9 --no-page
    python benchmarks/run.py --peers             other frameworks too, each in an environment of its own
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import counts
import page
import rivals
from codes import AS_OF
from generate import SIZES, extract
from measure import Contender, take_turns

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
#: which reports each form of ours writes; the verdict alone, or the failing records for the data owner too
REPORTS = {"counts": ("gate",), "failing": ("gate", "owner")}


@dataclass(slots=True)
class Measured:
    """All that was measured at one size.

    Attributes:
        compared: how many numbers were found equal.
        failing: failing records, a record once for each rule it fails.
        peers: the counts of each peer against ours: equal, or where they differ.
    """

    rows: int
    size: int
    contenders: dict[str, Contender]
    compared: int
    failing: int
    peers: dict[str, str] = field(default_factory=dict)


def projects(scratch: Path) -> dict[str, Path]:
    """Copy the project of the benchmark once for each set of reports."""
    found = {}
    for name, reports in REPORTS.items():
        found[name] = scratch / f"project-{name}"
        shutil.copytree(HERE / "project", found[name])
        for definition in (found[name] / "reports").glob("*.yaml"):
            if definition.stem not in reports:
                definition.unlink()
    return found


def contenders(rows: int, scratch: Path, *, great: bool) -> dict[str, Contender]:
    """Write the commands to measure at one size."""
    path = str(extract(rows))
    copies = projects(scratch / str(rows))
    found: list[Contender] = []

    def ours(name: str, reports: str, *more: str) -> None:
        out = str(scratch / str(rows) / name)
        command = [sys.executable, "-m", "everycase", "check", "--project", str(copies[reports]), "--quiet",
                   "--extract", f"bench={path}", "--as-of", AS_OF, "--out", out, *more]  # fmt: skip
        found.append(Contender(name, command, accepted=(0, 1)))

    def by_hand(name: str, form: str, *, failing: bool = False) -> None:
        out = scratch / str(rows) / f"{name}.json"
        command = [sys.executable, str(HERE / "handwritten.py"), path, "--form", form, "--out", str(out)]
        if failing:
            command += ["--failing", str(out.with_suffix(".csv"))]
        found.append(Contender(name, command))

    ours("everycase", "counts", "--no-gx")
    by_hand("by hand", "full")
    by_hand("by hand, lean", "lean")
    ours("everycase, failing records", "failing", "--no-gx")
    by_hand("by hand, failing records", "full", failing=True)
    by_hand("by hand, lean, failing records", "lean", failing=True)
    if great:
        ours("everycase, GX record", "counts")
        found.append(Contender("import great_expectations", [sys.executable, "-c", "import great_expectations"]))
    return {c.name: c for c in found}


def measure(rows: int, rounds: int, scratch: Path, *, great: bool, peers: list[str]) -> Measured:
    """Compare the counts at one size, then measure.

    Raises:
        SystemExit: the counts differ, so that no figure would mean anything.
    """
    found = contenders(rows, scratch, great=great)
    environment = dict(os.environ)
    take_turns(list(found.values()), 1, environment)
    folder = scratch / str(rows)
    mine = counts.ours(folder / "everycase" / "result.json")
    listed = counts.failing_lines(folder / "everycase, failing records" / "failing.csv")
    for form in ("by hand", "by hand, lean"):
        apart = counts.differences(mine, counts.by_hand(folder / f"{form}.json"))
        also = counts.failing_lines(folder / f"{form}, failing records.csv")
        if also != listed:
            apart.append(f"{listed} failing records are listed, by hand {also}")
        if apart:
            sys.exit(f"{rows:,} rows: {len(apart)} numbers differ from '{form}':\n  " + "\n  ".join(apart[:20]))
    measured = Measured(rows, extract(rows).stat().st_size, found, counts.compared(mine), listed)
    for name in peers:
        peer = rivals.contender(name, extract(rows), folder)
        take_turns([peer], 1, environment)
        measured.peers[name] = rivals.verdict(name, folder, counts.failures(mine))
        found[peer.name] = peer
    # NOTE: the first round filled the caches and proved the counts; it is not measured.
    for contender in found.values():
        contender.cost.clear()
    take_turns(list(found.values()), rounds, environment)
    return measured


def main() -> None:
    """Measure, print the table, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, action="append", help="rows of an extract; repeatable")
    parser.add_argument("--full", action="store_true", help="10,000,000 rows too")
    parser.add_argument(
        "--rounds", type=int, help="measured runs of each contender; 7 if not said, 3 on large extracts"
    )
    parser.add_argument("--no-gx", action="store_true", help="do not measure the Great Expectations record")
    parser.add_argument("--peers", nargs="*", metavar="PEER", help="other frameworks; all if none is named")
    parser.add_argument("--no-page", action="store_true", help="print only; leave docs/benchmarks.md as it is")
    arguments = parser.parse_args()
    sizes = arguments.rows or list(SIZES[:2])
    if arguments.full and SIZES[2] not in sizes:
        sizes.append(SIZES[2])
    peers = [] if arguments.peers is None else rivals.chosen(arguments.peers)
    found = []
    with TemporaryDirectory(prefix="everycase-bench-") as scratch:
        for rows in sorted(sizes):
            rounds = arguments.rounds or (3 if rows > SIZES[1] else 7)
            found.append(measure(rows, rounds, Path(scratch), great=not arguments.no_gx, peers=peers))
    for measured in found:
        print("\n".join(page.table(measured)), end="\n\n")
    if not arguments.no_page:
        PAGE.write_text(page.written(found, peers), encoding="utf-8")
        print(f"written: {PAGE}")


if __name__ == "__main__":
    main()
