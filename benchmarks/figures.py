"""All that was measured, kept in a file as soon as it is known, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from measure import MEBIBYTE, Cost, machine, median

HERE = Path(__file__).parent
#: whatever changes what is measured; the writing of the page is not among it
MEASURED = ("../src", "../checks", "project", "peers", "codes.py", "generate.py", "handwritten.py",
            "handwritten_long.py", "variations.py", "counts.py", "measure.py", "launch.py", "cases.py")  # fmt: skip
PACKAGES = ("duckdb", "great-expectations", "pandas", "sqlglot", "pydantic", "sqlalchemy")


def stamp() -> str:
    """Digest what was measured and where: code, project, packages, machine."""
    digest = hashlib.sha256(repr([platform.python_version(), machine(), *map(version, PACKAGES)]).encode())
    for name in MEASURED:
        path = HERE / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix in {".py", ".yaml", ".txt"}:
                digest.update(file.name.encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


class Figures:
    """The figures of a run.

    Attributes:
        cases: case -> contender -> its runs, facts and, where it failed, the reason.
        facts: what belongs to no contender: the day, the machine, versions.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cases: dict[str, dict[str, dict[str, Any]]] = {}
        self.facts: dict[str, Any] = {}
        self.stamp = ""
        if path.exists():
            kept = json.loads(path.read_text())
            self.cases, self.facts, self.stamp = kept["cases"], kept["facts"], kept["stamp"]

    def begin(self, stamped: str, day: str) -> None:
        """Go on with what is kept if it measured the same, else start over."""
        if self.stamp != stamped:
            self.cases, self.facts, self.stamp = {}, {"day": day}, stamped
            self.save()

    def save(self) -> None:
        """Write all to the file, whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(".part")
        kept = {"stamp": self.stamp, "facts": self.facts, "cases": self.cases}
        unfinished.write_text(json.dumps(kept, indent=1))
        unfinished.replace(self.path)

    def of(self, case: str, name: str) -> dict[str, Any]:
        """Give what is kept of a contender."""
        return self.cases.setdefault(case, {}).setdefault(name, {"runs": [], "facts": {}, "failed": ""})

    def add(self, case: str, name: str, cost: Cost) -> None:
        """Keep one run."""
        self.of(case, name)["runs"].append(asdict(cost))
        self.save()

    def has(self, case: str, *names: str) -> bool:
        """Tell whether all of these were measured."""
        return all(self.cases.get(case, {}).get(name, {}).get("runs") for name in names)

    def seconds(self, case: str, name: str) -> float:
        """Give the median time."""
        return median(self.every(case, name, "seconds"))

    def peak(self, case: str, name: str) -> float:
        """Give the median peak in MiB."""
        return median(self.every(case, name, "peak")) / MEBIBYTE

    def ratio(self, case: str, name: str, other: str, what: str = "seconds") -> float:
        """Give the median of the ratios, run by run, so that a slow minute strikes both."""
        pairs = zip(self.every(case, name, what), self.every(case, other, what), strict=False)
        return median([mine / theirs for mine, theirs in pairs])

    def every(self, case: str, name: str, what: str) -> list[float]:
        """Give one number of each run."""
        return [run[what] for run in self.cases.get(case, {}).get(name, {}).get("runs", ())]

    def others(self) -> list[float]:
        """Give for each run the share of the processors that others took."""
        found = [run["others"] for case in self.cases.values() for kept in case.values() for run in kept["runs"]]
        return [share for share in found if share is not None]
