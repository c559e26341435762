"""Written by hand in polars: passing, failing and applicable records of each rule by force, and lists."""

import json
import sys
from pathlib import Path

import polars as pl
from expressions import frame, lines, listed, not_failing, rules


def main(path: str, out: str, failing: str = "") -> None:
    """Count all three answers by force; write the failing records of each rule."""
    answers, sums = [], []
    for code, (applies, requires) in rules().items():
        judged = pl.when(applies).then(requires)
        answers += [judged.alias(code), (~(~applies).fill_null(value=False)).alias(f"{code} applies")]
        sums += [pl.col(code).sum().alias(f"{code} passing"), (~pl.col(code)).sum().alias(f"{code} failing"),
                 pl.col(f"{code} applies").sum().alias(f"{code} applicable")]  # fmt: skip
    table = frame(path, numbered=bool(failing))
    by_force = table.lazy().select("force", *answers).group_by("force").agg(*sums).collect()
    totals = by_force.select(pl.col("^.* failing$").sum()).row(0, named=True)
    if failing:
        failed = table.select("ref", "row", *[(~e).alias(c) for c, e in not_failing().items()])
        listed((lines(failed.filter(pl.col(code)), code) for code in not_failing()), failing)
    Path(out).write_text(json.dumps({name.removesuffix(" failing"): number for name, number in totals.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
