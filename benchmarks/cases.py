"""What is measured: the cases, who takes part in each, and the proof that all of them did the same work."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import counts
import rivals
import variations
from codes import AS_OF
from generate import extract
from measure import Contender

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HERE = Path(__file__).parent
SCRATCH = HERE / "data" / "scratch"
OURS, LISTED, GREAT, BOUND = "everycase", "everycase, failing records", "everycase, GX record", "everycase, 1 GB"
IMPORT = "import great_expectations"
FULL, LEAN = "by hand", "by hand, lean"
FULL_LISTED, LEAN_LISTED = "by hand, failing records", "by hand, lean, failing records"
PACKED, COLUMNS = "by hand, packed", "by hand, columns"
#: which reports each form of ours writes; the verdict alone, or the failing records for the data owner too
REPORTS = {"counts": ("gate",), "failing": ("gate", "owner")}


def peer(name: str, *, listing: bool = False) -> str:
    """Name a peer as a contender."""
    return f"{rivals.title(name)}, failing records" if listing else rivals.title(name)


@dataclass(frozen=True, slots=True)
class Case:
    """Contenders that take turns.

    Attributes:
        rounds: how often each runs.
        limit: seconds after which a run is stopped.
        budget: seconds that one contender may take in all; it takes no further turn beyond.
    """

    name: str
    title: str
    contenders: tuple[Contender, ...]
    rounds: int
    limit: float = 900
    budget: float = 600


class Making:
    """Makes the contenders of one case.

    Args:
        name: of the case.
        rows: of its extract.
        rules: how many.
        contents: compare lists line by line, not only in length.
    """

    def __init__(self, name: str, rows: int, rules: int = 20, *, contents: bool = False) -> None:
        self.folder = SCRATCH / name
        self.extract, self.rules, self.contents = str(extract(rows)), rules, contents
        self.found: list[Contender] = []

    def ours(self, name: str, reports: str = "counts", *more: str, optional: bool = False) -> None:
        """Add everycase, with the reports and options said."""
        out = self._out(name)
        command = [
            sys.executable, "-m", "everycase", "check", "--project", str(self._project(reports)), "--quiet",
            "--extract", f"bench={self.extract}", "--as-of", AS_OF, "--out", str(out / "reports"), *more,
        ]  # fmt: skip

        def proof() -> Mapping[str, object]:
            return self._proven_ours(name, out / "reports")

        self.found.append(Contender(name, command, accepted=(0, 1), out=out, proof=proof, optional=optional))

    def by_hand(self, name: str, form: str, *, listing: bool = False) -> None:
        """Add a script by hand."""
        out = self._out(name)
        written = "handwritten.py" if self.rules == 20 else "handwritten_long.py"
        command = [sys.executable, str(HERE / written), self.extract, "--form", form]
        command += ["--out", str(out / "counts.json")]
        if self.rules != 20:
            command += ["--rules", str(self.rules)]
        if listing:
            command += ["--failing", str(out / "failing.csv")]

        def proof() -> Mapping[str, object]:
            apart = counts.differences(counts.kept(self.folder / "counts.json"), counts.by_hand(out / "counts.json"))
            return self._listed(name, out, listing=listing, apart=apart)

        self.found.append(Contender(name, command, out=out, proof=proof))

    def peer(self, name: str, *, listing: bool = False) -> None:
        """Add another framework."""
        contender = peer(name, listing=listing)
        out = self._out(contender)
        command = [str(rivals.python(name)), str(rivals.script(name)), self.extract, str(out / "counts.json")]
        if listing:
            command.append(str(out / "failing.csv"))

        def proof() -> Mapping[str, object]:
            failing = counts.failures(counts.kept(self.folder / "counts.json"))
            apart = rivals.differing(out / "counts.json", failing)
            return self._listed(contender, out, listing=listing, apart=apart)

        self.found.append(Contender(contender, command, out=out, proof=proof, optional=True))

    def alone(self, name: str, command: list[str]) -> None:
        """Add a command that is measured to be compared with, and counts nothing."""
        self.found.append(Contender(name, command))

    def _out(self, name: str) -> Path:
        return self.folder / name.replace(" ", "-").replace(",", "")

    def _project(self, reports: str) -> Path:
        """Copy the project of the benchmark, with as many rules and the reports wanted."""
        copy = self.folder / f"project-{reports}"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(HERE / "project", copy)
        for definition in (copy / "reports").glob("*.yaml"):
            if definition.stem not in REPORTS[reports]:
                definition.unlink()
        suite = copy / "expectations" / "bench.yaml"
        suite.write_text(variations.suite(suite.read_text(), self.rules))
        return copy

    def _proven_ours(self, name: str, reports: Path) -> Mapping[str, object]:
        mine = counts.ours(reports / "result.json")
        facts: dict[str, object] = {"compared": counts.compared(mine), "failing": sum(counts.failures(mine).values())}
        if not (self.folder / "counts.json").exists():
            counts.keep(mine, self.folder / "counts.json")
        elif apart := counts.differences(counts.kept(self.folder / "counts.json"), mine):
            raise counts.DifferentError(name, apart)
        listing = reports / "failing.csv"
        if listing.exists():
            facts["lines"] = counts.failing_lines(listing)
            if facts["lines"] != facts["failing"]:
                raise counts.DifferentError(name, [f"{facts['lines']} lines list {facts['failing']} failing records"])
            if self.contents:
                counts.keep_lines(listing, self.folder / "failing.txt")
        shutil.rmtree(reports)
        return facts

    def _listed(self, name: str, out: Path, *, listing: bool, apart: list[str]) -> Mapping[str, object]:
        """Raise if counts or listed records differ from ours, and throw the list away."""
        facts: dict[str, object] = {}
        if listing:
            path = out / "failing.csv"
            wanted = sum(counts.failures(counts.kept(self.folder / "counts.json")).values())
            facts["lines"] = counts.failing_lines(path)
            if facts["lines"] != wanted:
                apart.append(f"{facts['lines']:,} failing records are listed, {wanted:,} fail")
            if self.contents and counts.lines(path) != counts.lines(self.folder / "failing.txt"):
                apart.append("other records are listed, or with other rules or row numbers")
            path.unlink()
        if apart:
            raise counts.DifferentError(name, apart)
        return facts


def tiny(rounds: int) -> Case:
    """Start a process for nearly nothing."""
    made = Making("1k", 1_000)
    made.ours(OURS, "counts", "--no-gx")
    made.ours(GREAT)
    made.by_hand(LEAN, "lean")
    made.alone("import everycase.cli", [sys.executable, "-c", "import everycase.cli"])
    made.alone(IMPORT, [sys.executable, "-c", "import great_expectations"])
    return Case("1k", "1,000 rows", tuple(made.found), rounds)


def usual(name: str, rows: int, rounds: int, peers: list[str], *, great: bool, contents: bool = False) -> Case:
    """Count twenty rules by force, and list what fails: ours, by hand, and other frameworks."""
    made = Making(name, rows, contents=contents)
    made.ours(OURS, "counts", "--no-gx")
    made.by_hand(FULL, "full")
    made.by_hand(LEAN, "lean")
    for one in peers:
        made.peer(one)
    made.ours(LISTED, "failing", "--no-gx")
    made.by_hand(FULL_LISTED, "full", listing=True)
    made.by_hand(LEAN_LISTED, "lean", listing=True)
    for one in filter(rivals.lists, peers):
        made.peer(one, listing=True)
    if great:
        made.ours(GREAT)
        made.alone(IMPORT, [sys.executable, "-c", "import great_expectations"])
    if rows >= 10_000_000:
        made.ours(BOUND, "counts", "--no-gx", "--memory", "1GB", optional=True)
    return Case(name, f"{rows:,} rows, 20 rules", tuple(made.found), rounds)


def long_suite(rules: int, rounds: int, rows: int = 1_000_000) -> Case:
    """Count a long suite, by force."""
    made = Making(f"{rules}-rules" if rows == 1_000_000 else f"trial-{rules}-rules", rows, rules)
    made.ours(OURS, "counts", "--no-gx")
    made.by_hand(PACKED, "packed")
    made.by_hand(COLUMNS, "columns")
    made.ours(LISTED, "failing", "--no-gx")
    return Case(made.folder.name, f"{rows:,} rows, {rules} rules", tuple(made.found), rounds)


def quick(rounds: int | None) -> dict[str, Callable[[], Case]]:
    """Give the cases of a quick run by name."""
    return {
        "quick-100k": lambda: usual("quick-100k", 100_000, rounds or 5, [], great=True),
        "quick-1M": lambda: usual("quick-1M", 1_000_000, rounds or 5, [], great=True),
    }


def full(peers: list[str], rounds: int | None) -> dict[str, Callable[[], Case]]:
    """Give all cases by name, the trial of everything first."""
    return {
        "trial": lambda: usual("trial", 100_000, 1, peers, great=True, contents=True),
        "trial-60-rules": lambda: long_suite(60, 1, 100_000),
        "trial-200-rules": lambda: long_suite(200, 1, 100_000),
        "1k": lambda: tiny(rounds or 7),
        "100k": lambda: usual("100k", 100_000, rounds or 7, [], great=True),
        "1M": lambda: usual("1M", 1_000_000, rounds or 5, peers, great=True),
        "60-rules": lambda: long_suite(60, rounds or 5),
        "200-rules": lambda: long_suite(200, rounds or 5),
        "10M": lambda: usual("10M", 10_000_000, min(rounds or 3, 3), peers, great=False),
    }
