"""How long it takes to protect a national release: sources x areas in regions x months x rules, all made up."""

from __future__ import annotations

import sys
import time

import numpy as np

from everycase.outcome import Counts, GroupOutcome, RuleOutcome, SourceResult, Status
from everycase.reports import Suppression
from everycase.suppression.earlier import Earlier
from everycase.suppression.veiling import layout, veil

AREAS, REGIONS, MONTHS = 44, 10, 12


def made_up(name: str, rules: int, rng: np.random.Generator) -> SourceResult:
    """Make a source up: areas of very different size, rules of very different rates."""
    size = np.maximum(rng.pareto(1.3, AREAS) * 400, 30).astype(int)
    records = np.array([rng.multinomial(n, np.full(MONTHS, 1 / MONTHS)) for n in size])
    found: dict[str, np.ndarray] = {}
    for number in range(rules):
        applies = rng.choice([1.0, 1.0, 0.9, 0.4, 0.05])
        fails = rng.choice([0.0, 0.001, 0.005, 0.02, 0.1, 0.4])
        applicable = rng.binomial(records, applies) if applies < 1 else records
        undetermined = rng.binomial(applicable, rng.choice([0.0, 0.0, 0.002, 0.02]))
        failing = rng.binomial(applicable - undetermined, fails)
        found[f"R{number:02d}"] = np.stack([applicable - undetermined - failing, failing, undetermined])
    groups = [_group("area", f"a{n:02d}", records[n].sum(), {r: c[:, n].sum(axis=1) for r, c in found.items()})
              for n in range(AREAS)]  # fmt: skip
    groups += [_group("month", f"m{n:02d}", records[:, n].sum(), {r: c[:, :, n].sum(axis=1) for r, c in found.items()})
               for n in range(MONTHS)]  # fmt: skip
    outcomes = tuple(
        RuleOutcome(r, r, "error", "validity", 0.0, Counts(*map(int, c.sum(axis=(1, 2)))), Status.PASSED)
        for r, c in found.items()
    )
    total = int(records.sum())
    return SourceResult(name, name, "A", "s", Status.PASSED, None, total, (), outcomes, tuple(groups))


def _group(axis: str, value: str, records: int, rules: dict[str, np.ndarray]) -> GroupOutcome:
    return GroupOutcome(axis, value, value, int(records), {}, {r: Counts(*map(int, c)) for r, c in rules.items()})


def main() -> None:
    """Protect some sources and say how long it took."""
    sources, rules = (int(a) for a in (*sys.argv[1:], "15", "60")[:2])
    regions = {f"region {r}": [f"a{n:02d}" for n in range(r, AREAS, REGIONS)] for r in range(REGIONS)}
    policy = Suppression(hierarchy={"area": regions, "month": {"year": [f"m{n:02d}" for n in range(MONTHS)]}})
    rng = np.random.default_rng(1)
    results = [made_up(f"s{n}", rules, rng) for n in range(sources)]
    begun, work = time.perf_counter(), time.process_time()
    every = small = withheld = 0
    for result in results:
        found = veil(result, policy, Earlier([], result.id))
        printed = [(n, c) for n, r in enumerate(found.rows) for c in r.counts if c[2] in layout(c[0], n).printed]
        every += len(printed)
        small += sum(policy.small(found.rows[n].counts[c]) for n, c in printed)
        withheld += sum(where in found.hidden for where in printed)
        for note in found.notes:
            print("note", note)
    print(
        f"{sources} sources x {AREAS} areas and {MONTHS} months x {rules} rules: {every:,} counts, {small:,} small, "
        f"{withheld:,} withheld; {time.perf_counter() - begun:.1f} s, {time.process_time() - work:.1f} s of work"
    )


if __name__ == "__main__":
    main()
