"""What was aimed at, what was measured, and whether it is met."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import rivals
from cases import BOUND, COLUMNS, FULL, FULL_LISTED, GREAT, IMPORT, LEAN, LEAN_LISTED, LISTED, OURS, PACKED, peer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from figures import Figures

MET, MISSED, PARTLY, UNMEASURED = "met", "**missed**", "**partly**", "not measured"


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the table."""

    work: str
    target: str
    measured: str
    verdict: str


def times(ratio: float) -> str:
    """Write a ratio; more digits where it is small."""
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def best(figures: Figures, case: str, names: list[str], ours: str = OURS) -> tuple[str, float] | None:
    """Give the fastest of some contenders, and how many times its time ours takes."""
    found = [name for name in names if figures.has(case, name)]
    if not found or not figures.has(case, ours):
        return None
    fastest = min(found, key=lambda name: figures.seconds(case, name))
    return fastest, figures.ratio(case, ours, fastest)


def frameworks(*, listing: bool = False) -> list[str]:
    """Name the frameworks, as contenders; what is written by hand is none."""
    names = [n for n in rivals.known() if n not in rivals.BY_HAND and (not listing or rivals.lists(n))]
    return [peer(n, listing=listing) for n in names]


def targets(figures: Figures) -> list[Target]:
    """Judge all targets, in the order in which they were set."""
    return [
        *_usual(figures), *_listed(figures), *_million(figures), *_long(figures), *_memory(figures), *_tiny(figures),
        *_growth(figures),
    ]  # fmt: skip


def _judged(work: str, target: str, ratio: float | None, most: float, measured: str) -> Target:
    if ratio is None or math.isnan(ratio):
        return Target(work, target, "", UNMEASURED)
    return Target(work, target, measured, MET if ratio <= most else MISSED)


def _against(figures: Figures, case: str, other: str, ours: str = OURS) -> float | None:
    return figures.ratio(case, ours, other) if figures.has(case, ours, other) else None


def _usual(figures: Figures) -> Iterator[Target]:
    work, case = "10,000,000 rows to result.json, 20 rules by force", "10M"
    hand, lean = _against(figures, case, FULL), _against(figures, case, LEAN)
    told = f"{times(hand)} ({times(lean)} of the lean one)" if hand and lean else ""
    yield _judged(work, "at most 1.2 times the script by hand", hand, 1.2, told)
    yield _judged("", "stretch: 0.7 times it", hand, 0.7, times(hand) if hand else "")
    framework = best(figures, case, frameworks())
    told = f"{times(framework[1])} ({framework[0]})" if framework else ""
    yield _judged("", "at most 1.5 times the fastest framework", framework[1] if framework else None, 1.5, told)
    pandas = _against(figures, case, peer("gx_pandas"))
    told = times(pandas) if pandas else ""
    yield _judged("", "at most 0.2 times great-expectations on pandas", pandas, 0.2, told)


def _listed(figures: Figures) -> Iterator[Target]:
    work, target = "the same with the failing records written", "faster than every framework that can list them"
    framework = best(figures, "10M", frameworks(listing=True), LISTED)
    told = f"{times(framework[1])} times the fastest ({framework[0].partition(',')[0]})" if framework else ""
    hand = best(figures, "10M", [FULL_LISTED, LEAN_LISTED, peer("polars", listing=True)], LISTED)
    if framework and hand:
        told += f"; {times(hand[1])} times the fastest script by hand ({hand[0].rpartition(',')[0]})"
    yield _judged(work, target, framework[1] if framework else None, 1.0, told)


def _million(figures: Figures) -> Iterator[Target]:
    hand, lean = _against(figures, "1M", FULL), _against(figures, "1M", LEAN)
    told = f"{times(hand)} ({times(lean)} of the lean one)" if hand and lean else ""
    yield _judged("1,000,000 rows, 20 rules", "at most 1.5 times the script by hand", hand, 1.5, told)
    ratio = great(figures)
    told = times(ratio) if ratio else ""
    target = "at most 1.2 times (without it + importing great_expectations)"
    yield _judged("the same with the GX record", target, ratio, 1.2, told)


def great(figures: Figures, case: str = "1M") -> float | None:
    """Compare the run with the GX record with the run without it and the import alone."""
    if not figures.has(case, OURS, GREAT, IMPORT):
        return None
    return figures.seconds(case, GREAT) / (figures.seconds(case, OURS) + figures.seconds(case, IMPORT))


def _long(figures: Figures) -> Iterator[Target]:
    sixty = best(figures, "60-rules", [PACKED, COLUMNS])
    told = f"{times(sixty[1])} ({sixty[0]})" if sixty else ""
    target = "at most 1.5 times the best script by hand"
    yield _judged("1,000,000 rows, 60 rules", target, sixty[1] if sixty else None, 1.5, told)
    many = figures.seconds("200-rules", OURS) / figures.seconds("60-rules", OURS)
    measured = ""
    if not math.isnan(many):
        each = [(figures.seconds("200-rules", OURS) - figures.seconds("60-rules", OURS)) / 140 * 1000,
                (figures.seconds("60-rules", OURS) - figures.seconds("1M", OURS)) / 40 * 1000]  # fmt: skip
        measured = f"{times(many)} times the time for 3.33 times the rules"
        if not math.isnan(each[1]):
            measured += f"; a rule more takes {each[0]:.0f} ms beyond 60 rules, {each[1]:.0f} ms before"
    yield _judged("from 60 to 200 rules", "less than linear", many, 200 / 60, measured)
    ratio = _against(figures, "60-rules", OURS, LISTED)
    told = times(ratio) if ratio else ""
    yield _judged("failing records of 60 rules to CSV", "at most 1.5 times the counts alone", ratio, 1.5, told)


def _memory(figures: Figures) -> Iterator[Target]:
    work, target = "10,000,000 rows under `--memory 1GB`", "completes, uniqueness included; peak below 1.5 GB"
    failed = figures.cases.get("10M", {}).get(BOUND, {}).get("failed")
    if failed:
        yield Target(work, target, f"it {failed.splitlines()[0]}", MISSED)
        return
    if not figures.has("10M", BOUND):
        yield Target(work, target, "", UNMEASURED)
        return
    peak = figures.peak("10M", BOUND) * (1 << 20) / 1e9
    told = f"completes in {figures.seconds('10M', BOUND):.1f} s, peak {peak:.2f} GB"
    yield Target(work, target, told, MET if peak < 1.5 else MISSED)


def _tiny(figures: Figures) -> Iterator[Target]:
    seconds = figures.seconds("1k", OURS) if figures.has("1k", OURS) else None
    told = f"{seconds:.2f} s" if seconds else ""
    yield _judged("1,000 rows", "below 1 s without the GX record", seconds, 1.0, told)


def _growth(figures: Figures) -> Iterator[Target]:
    work, target = "cost of data", "time(10M) - time(1M) at most 10.5 times time(1M) - time(100k)"
    cases = ("100k", "1M", "10M")
    if not all(figures.has(case, OURS) for case in cases):
        yield Target(work, target, "", UNMEASURED)
        return
    small, middle, large = (figures.seconds(case, OURS) for case in cases)
    ratio = (large - middle) / (middle - small) if middle > small else math.inf
    yield _judged(work, target, ratio, 10.5, f"{times(ratio)} times")
