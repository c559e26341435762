"""Hand-written polars: failing records of each rule by force, as a good engineer would count them."""

import json
import sys
from pathlib import Path

import polars as pl
from expressions import frame, rules


def main(path: str, out: str) -> None:
    """Count all three answers by force; write the failing records of each rule."""
    sums = []
    for code, (applies, requires) in rules().items():
        judged = pl.when(applies).then(requires)
        sums += [judged.sum().alias(f"{code} passing"), (~judged).sum().alias(f"{code} failing"),
                 (~(~applies).fill_null(value=False)).sum().alias(f"{code} applicable")]  # fmt: skip
    # NOTE: uniqueness is over the whole extract, so it is a column before anything is grouped.
    table = frame(path).with_columns(pl.col("ref").is_unique().alias("unique"))
    if "UNI01" in rules():
        once = pl.when(pl.col("ref").is_not_null()).then(pl.col("unique"))
        sums[1] = (~once).sum().alias("UNI01 failing")
        sums[0] = once.sum().alias("UNI01 passing")
    by_force = table.lazy().group_by("force").agg(*sums).collect()
    totals = by_force.select(pl.col("^.* failing$").sum()).row(0, named=True)
    Path(out).write_text(json.dumps({name.removesuffix(" failing"): number for name, number in totals.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
