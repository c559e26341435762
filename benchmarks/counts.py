"""What each contender counted, in one shape, and the comparison: a figure counts only if the counts are equal."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

TIERS = ("applicable", "undetermined", "supplied", "valid", "known")
JUDGED = ("passing", "failing", "undetermined")

Counts = dict[str, Any]


class DifferentError(Exception):
    """A contender did not count or list what everycase did."""

    def __init__(self, name: str, apart: list[str]) -> None:
        shown = "\n  ".join(apart[:20])
        super().__init__(f"{name}: {len(apart)} differences from everycase\n  {shown}")


def ours(result: Path) -> Counts:
    """Read the counts of a result.json."""
    source = json.loads(result.read_text())["sources"][0]
    if source["problem"]:
        raise SystemExit(f"everycase could not check the extract: {source['problem']}")
    groups = {}
    for group in source["groups"]:
        groups[group["value"]] = {
            "records": group["records"],
            "rules": {rule["code"]: [rule[name] for name in JUDGED] for rule in group["rules"]},
            "fields": {field["name"]: [field[name] for name in TIERS] for field in group["fields"]},
        }
    total = {
        "records": source["records"],
        "rules": {rule["code"]: [rule[name] for name in JUDGED] for rule in source["rules"]},
        "fields": {field["name"]: [field[name] for name in TIERS] for field in source["fields"]},
    }
    return {"groups": groups, "total": total}


def by_hand(path: Path) -> Counts:
    """Read the counts of the hand-written script, and add its groups up."""
    groups = json.loads(path.read_text())["groups"]
    total: dict[str, Any] = {"records": 0, "rules": {}, "fields": {}}
    for group in groups.values():
        total["records"] += group["records"]
        for kind in ("rules", "fields"):
            for name, numbers in group[kind].items():
                before = total[kind].get(name, [0] * len(numbers))
                total[kind][name] = [a + b for a, b in zip(before, numbers, strict=True)]
    return {"groups": groups, "total": total}


def differences(mine: Counts, theirs: Counts) -> list[str]:
    """List every place at which two sets of counts differ, groups, rules and tiers alike."""
    found = []
    groups = sorted(mine["groups"].keys() | theirs["groups"].keys())
    places = [("total", mine["total"], theirs["total"])]
    places += [(g, mine["groups"].get(g), theirs["groups"].get(g)) for g in groups]
    for place, one, other in places:
        if one is None or other is None:
            found.append(f"{place}: only one of them has it")
            continue
        if one["records"] != other["records"]:
            found.append(f"{place}: {one['records']} records against {other['records']}")
        for kind in ("rules", "fields"):
            first, second = one[kind], other[kind]
            names = sorted(first.keys() | second.keys())
            found += [
                f"{place} {n}: {first.get(n)} against {second.get(n)}" for n in names if first.get(n) != second.get(n)
            ]
    return found


def compared(counts: Counts) -> int:
    """Tell how many numbers a comparison covers."""
    places = [counts["total"], *counts["groups"].values()]
    return sum(1 + sum(len(n) for kind in ("rules", "fields") for n in place[kind].values()) for place in places)


def failures(counts: Counts) -> dict[str, int]:
    """Give the failing records of each rule."""
    return {code: numbers[1] for code, numbers in counts["total"]["rules"].items()}


def keep(counts: Counts, path: Path) -> None:
    """Write counts to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(counts))


def kept(path: Path) -> Counts:
    """Read counts from a file."""
    return json.loads(path.read_text())


def failing_lines(path: Path) -> int:
    """Count the failing records in a CSV with a header."""
    found = 0
    with path.open("rb") as stream:
        while block := stream.read(1 << 22):
            found += block.count(b"\n")
    return found - 1


def keep_lines(path: Path, kept: Path) -> None:
    """Write a list of ours in the columns of the others."""
    with path.open(encoding="utf-8-sig", newline="") as stream, kept.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("key", "row", "rule"))
        writer.writerows((line["key"], line["row"], line["code"]) for line in csv.DictReader(stream))


def lines(path: Path) -> list[tuple[str, ...]]:
    """Read the failing records of a CSV, in one order whoever wrote it."""
    with path.open(newline="") as stream:
        return sorted((line["key"], line["row"], line["rule"]) for line in csv.DictReader(stream))
