"""Every source with a generator: what was planted is found, and nothing else is."""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import AS_OF

from everycase.outcome import Status
from everycase.project import load
from everycase.run import Options, run
from everycase.testing import failing_rows

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
SOURCES = (
    "adult_safeguarding", "emergency_care", "school_notifications", "victim_services", "marac_returns",
    "domestic_homicides", "ons_bulletin", "looked_after_children", "police_recorded_crime", "police_da_incidents",
    "cps_cases", "court_outcomes", "probation_cases", "hmicfrs_returns",
)  # fmt: skip
SHARES = ("CMP01", "CMP03")


@cache
def sample(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"source_{name}", ROOT / "samples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def checked(source: str, rows: list[tuple[str, ...]], folder: Path, as_of: dt.date = AS_OF):
    """Write rows as the extract of a source and check them; use it in a `with` block."""
    path = folder / f"{source}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(sample(source).HEADER)
        writer.writerows(rows)
    return run(load(ROOT), Options(as_of=as_of, sources=(source,), extracts={source: path}))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("source", SOURCES)
def test_exactly_the_planted_defects_are_found(source: str, seed: int, tmp_path: Path) -> None:
    rows, plants = sample(source).generate(3000, seed, AS_OF)
    expected = {(p["row"], p["code"]) for p in plants if not p["near_miss"]}
    near = {(p["row"], p["code"]) for p in plants if p["near_miss"]}
    with checked(source, rows, tmp_path) as opened:
        (found,) = opened.checked
        codes = [r.code for r in found.rules if not r.code.startswith(SHARES)]
        raised = {(row, code) for code in codes for row in failing_rows(found, code)}
    assert sorted(raised ^ expected) == []
    assert not {row for row, _ in near} & {row for row, _ in raised}
    for wanted in (expected, near):
        times = Counter(code for _, code in wanted)
        assert {code for code in codes if times[code] < (1 if wanted is near else 2)} == set()


@pytest.mark.parametrize("source", SOURCES)
def test_a_clean_extract_raises_nothing(source: str, tmp_path: Path) -> None:
    rows, plants = sample(source).generate(100_000, 3, AS_OF, plants=False)
    assert len(rows) == 100_000
    assert plants == []
    with checked(source, rows, tmp_path) as opened:
        result = opened.result().sources[0]
    assert result.problem is None
    failing = {r.code: r.counts.failing for r in result.rules if not r.code.startswith(SHARES) and r.counts.failing}
    assert failing == {}
    assert {r.code: r.status for r in result.rules if r.status not in {Status.PASSED, Status.NOT_APPLICABLE}} == {}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("as_of", [AS_OF, dt.date(2024, 2, 29), dt.date(2026, 11, 23)])
def test_the_same_seed_gives_the_same_extract_and_plants_lie_within(source: str, as_of: dt.date) -> None:
    made, plants = sample(source).generate(1000, 5, as_of)
    assert (made, plants) == sample(source).generate(1000, 5, as_of)
    assert made != sample(source).generate(1000, 6, as_of)[0]
    assert {len(row) for row in made} == {len(sample(source).HEADER)}
    assert all(2 <= p["row"] <= 1001 and p["field"] in sample(source).HEADER for p in plants)
    defects = {p["row"] for p in plants if not p["near_miss"]}
    assert defects.isdisjoint(p["row"] for p in plants if p["near_miss"])
    assert sample(source).generate(20, 5, as_of)[1] == []
