"""A dip sample: drawn the same each time, read back strictly, and estimated as an exhaustive count would have it."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from everycase.cli import run_command
from everycase.scoring.dip import Stratum, drawn, over_flagging, under_flagging

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = str(Path(__file__).parents[2])
DAY = "2026-06-15"
CANARY = "qzx-canary-41"


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dip")
    asked = ["--rows", "900", "--out", str(folder), "--as-of", DAY, "--project", ROOT]
    assert run_command(["sample", "police_recorded_crime", *asked]) == 0
    return folder / "police_recorded_crime.csv"


@pytest.fixture
def dip(extract: Path) -> Callable[..., int]:
    def begin(*options: object, size: int = 60, seed: int = 7) -> int:
        asked = ["--size", str(size), "--seed", str(seed), "--extract", str(extract), "--as-of", DAY, "--project", ROOT,
                 "--field", "da_flag"]  # fmt: skip
        return run_command(["dip-sample", "police_recorded_crime", *asked, *map(str, options)])

    return begin


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def flags(extract: Path) -> dict[str, str]:
    """Read row -> flag by hand; the header is row 1."""
    lines = csv.DictReader(io.StringIO(extract.read_text(encoding="utf-8-sig")))
    return {str(n): line["da_flag"] for n, line in enumerate(lines, 2)}


def filled(path: Path, extract: Path, wrong: set[int]) -> Counter[tuple[str, bool]]:
    """Fill a sheet as a person would: the case says what the flag says, but for some of its lines."""
    held, lines = flags(extract), rows(path)
    found: Counter[tuple[str, bool]] = Counter()
    for number, line in enumerate(lines):
        yes = held[line["row"]] == "Y"
        line["case_says"] = "yes" if yes != (number in wrong) else "no"
        found["yes" if yes else "no", number in wrong] += 1
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    path.write_text(text.getvalue(), encoding="utf-8")
    return found


def test_the_same_seed_draws_the_same_records_and_another_others(dip: Callable[..., int], tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        assert dip("--out", tmp_path / name, "--stratify", "force", seed=seed) == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()
    lines = rows(tmp_path / "a")
    assert len(lines) == 60
    assert list(lines[0]) == ["row", "crime_ref", "case_says"]
    assert {line["case_says"] for line in lines} == {""}


def test_what_was_found_is_what_a_count_by_hand_gives(
    dip: Callable[..., int], extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "sheet.csv", tmp_path / "found.json"
    assert dip("--out", path) == 0
    by_hand = filled(path, extract, {0, 1, 2, 5})
    assert dip("--read", path, "--out", out) == 0
    accuracy = json.loads(out.read_text(encoding="utf-8"))["accuracy"]
    held = Counter(flags(extract).values())
    assert accuracy["population"] == held["Y"] + held["N"]
    assert (accuracy["over"], accuracy["under"]) == (by_hand["yes", True], by_hand["no", True])
    assert accuracy["agreeing"] == 56
    said = capsys.readouterr().out
    assert f"over-flagging: {by_hand['yes', True]} of" in said
    assert "Clopper-Pearson" in said


def test_a_sheet_that_was_changed_is_refused_and_not_quoted(
    dip: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sheet.csv"
    assert dip("--out", path) == 0
    text = path.read_text(encoding="utf-8-sig")
    lines = text.splitlines()
    for changed in (
        "\n".join([*lines[:1], lines[1] + CANARY, *lines[2:]]),
        "\n".join(lines[:-1]),
        "\n".join([lines[0], *reversed(lines[1:])]),
        text.replace(lines[1].split(",")[0], CANARY, 1),
        "",
        text,
    ):
        path.write_text(changed, encoding="utf-8")
        assert dip("--read", path, "--out", tmp_path / "found.json") == 2
        said = capsys.readouterr().err
        assert "errors.md#dip-sheet" in said
        assert CANARY not in said
    assert not (tmp_path / "found.json").exists()


@pytest.mark.parametrize("options", [("--field", "crime_ref"), ("--field", "force"), ("--stratify", "nothing")])
def test_what_is_no_flag_or_no_code_is_refused(
    dip: Callable[..., int], tmp_path: Path, options: tuple[str, str]
) -> None:
    assert dip("--out", tmp_path / "sheet.csv", *options) == 2
    assert not (tmp_path / "sheet.csv").exists()


def test_drawing_is_in_proportion_and_whole() -> None:
    places = {"a": range(600), "b": range(600, 900), "c": range(900, 1000), "d": range(1000, 1001)}
    found = drawn(places, 100, 1)
    numbers = {name: len(chosen) for name, chosen in found.items()}
    assert sum(numbers.values()) == 100
    assert numbers["d"] == 1
    assert abs(numbers["a"] - 60) <= 1
    assert abs(numbers["b"] - 30) <= 1
    assert all(set(chosen) <= set(places[name]) for name, chosen in found.items())
    everything = drawn(places, 5000, 1)
    assert {n: len(c) for n, c in everything.items()} == {n: len(p) for n, p in places.items()}
    for size in range(1, 30):
        assert sum(map(len, drawn(places, size, 3).values())) == size


def test_every_record_has_the_same_chance() -> None:
    counts: Counter[int] = Counter()
    for seed in range(2000):
        counts.update(drawn({"a": range(20)}, 5, seed)["a"])
    assert min(counts.values()) > 420  # 500 are expected, with a deviation of 19
    assert max(counts.values()) < 580


def test_the_interval_holds_the_truth_as_often_as_promised() -> None:
    chance = random.Random(1)
    truth = {"a": [True] * 30 + [False] * 170, "b": [True] * 4 + [False] * 96}
    missed = 0
    for _ in range(400):
        strata = []
        for name, records in truth.items():
            sample = chance.sample(records, 25)
            strata.append(Stratum(name, len(records), 0, 25, 0, sum(sample), 0))
        found = over_flagging(strata)
        missed += not found.low <= 34 <= found.high
    assert missed / 400 <= 0.05


def test_a_stratum_that_nobody_compared_is_not_guessed() -> None:
    found = under_flagging([Stratum("a", 0, 50, 0, 50, 0, 2), Stratum("b", 0, 40, 0, 0, 0, 0)])
    assert found.number is None
    assert (found.low, found.high) == (2, 42)


def test_what_was_found_feeds_accuracy_of_the_same_extract_only(
    dip: Callable[..., int], extract: Path, tmp_path: Path
) -> None:
    from everycase.accuracy import measured
    from everycase.errors import ConfigurationError

    path, out = tmp_path / "sheet.csv", tmp_path / "found.json"
    assert dip("--out", path) == 0
    filled(path, extract, {3})
    assert dip("--read", path, "--out", out) == 0
    digest = json.loads(out.read_text(encoding="utf-8"))["extract_sha256"]
    found = measured(out, "sources.yaml:1", "police_recorded_crime", digest)
    assert found is not None
    assert (found.compared, found.agreeing) == (60, 59)
    assert measured(out, "sources.yaml:1", "police_recorded_crime", "0" * 64) is None
    assert measured(out, "sources.yaml:1", "other", digest) is None
    broken = out.read_text(encoding="utf-8").replace('"agreeing": 59', '"agreeing": 60')
    out.write_text(broken, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        measured(out, "sources.yaml:1", "police_recorded_crime", digest)
