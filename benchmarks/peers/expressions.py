"""The twenty rules as polars expressions, shared by the peers that take a polars frame.

Each is true unless its record fails, so that a framework of two answers counts the same failing records as ours.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))

from codes import (
    AS_OF,
    CHILDREN,
    COLUMNS,
    CONNECTED,
    DATES,
    ENUMS,
    MEN,
    PARENTS,
    SPOUSES,
    UNRELATED,
    WOMEN,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TEXTS = [name for name in COLUMNS if name in ENUMS]


def frame(path: str, *, numbered: bool = False) -> pl.DataFrame:
    """Read an extract: each cell as supplied in `<name>_raw`, its typed value in `<name>`; blanks are null.

    The dates that ages are told from are there as whole numbers too, each worked out once. Where records are to be
    listed, `row` is the line of the file.
    """
    lazy = pl.scan_csv(path, infer_schema=False, null_values=["", " "])
    typed = [pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in DATES]
    typed += [pl.col(name).cast(pl.Enum(ENUMS[name]), strict=False) for name in TEXTS]
    raw = [pl.col(name).alias(f"{name}_raw") for name in COLUMNS[1:]]
    read = lazy.with_columns(*raw, *typed).with_columns(_whole(name) for name in ("incident", *BORN))
    return (read.with_row_index("row", offset=2) if numbered else read).collect()


def listed(parts: Iterable[pl.DataFrame | pl.LazyFrame], path: str) -> None:
    """Write failing records, key, row and rule of each, to one CSV."""
    pl.concat([part.lazy() for part in parts]).sink_csv(path)


def lines(found: pl.DataFrame | pl.LazyFrame, code: str) -> pl.DataFrame | pl.LazyFrame:
    """Make the lines of one rule of the records that fail it."""
    return found.select(pl.col("ref").alias("key"), "row", pl.lit(code).alias("rule"))


BORN = ("victim_born", "suspect_born")


def _whole(name: str) -> pl.Expr:
    day = pl.col(name).dt
    whole = day.year() * 10_000 + day.month().cast(pl.Int32) * 100 + day.day().cast(pl.Int32)
    return whole.alias(f"{name}_whole")


def _among(name: str, codes: Sequence[str]) -> pl.Expr:
    return pl.col(name).to_physical().is_in([ENUMS[name].index(code) for code in codes])


def _says(name: str, codes: Sequence[str]) -> pl.Expr:
    return pl.when(pl.col(f"{name}_raw").is_null()).then(pl.lit(value=False)).otherwise(_among(name, codes))


def _adult(who: str) -> pl.Expr:
    return pl.col("incident_whole") - pl.col(f"{who}_born_whole") >= 160_000


def _valid(name: str) -> tuple[pl.Expr, pl.Expr]:
    return pl.col(f"{name}_raw").is_not_null(), pl.col(name).is_not_null()


def rules() -> dict[str, tuple[pl.Expr, pl.Expr]]:
    """Give applies and requires of each rule."""
    always = pl.lit(value=True)
    suspect = pl.when(pl.col("suspect_known") != "U").then(pl.col("suspect_known") == "Y")
    flagged = _says("flag", ["Y"])
    known_sex = (pl.col("victim_sex") != "0").fill_null(value=False)
    born, suspect_born, incident = pl.col("victim_born"), pl.col("suspect_born"), pl.col("incident")
    parents = pl.when(_among("relationship", PARENTS)).then(born < suspect_born).otherwise(born > suspect_born)
    return {
        "UNI01": (pl.col("ref").is_not_null(), pl.col("ref").is_unique()),
        **{f"CMP02.{n}": _valid(n) for n in ("force", "offence", "relationship", "recorded", "victim_born")},
        "CMP01.victim_sex": (always, pl.col("victim_sex_raw").is_not_null()),
        "CMP01.suspect_sex": (suspect, pl.col("suspect_sex_raw").is_not_null()),
        "CMP03.victim_sex": (always, known_sex),
        "DAT01": (always, incident <= pl.col("recorded")),
        "DAT02": (always, born <= incident),
        "DAT03": (suspect, suspect_born <= incident),
        "DAT04": (always, pl.col("recorded") <= pl.lit(AS_OF).str.to_date()),
        "FLG01": (_among("offence", ENUMS["offence"][:10]), flagged),
        "FLG02": (flagged, ~_says("relationship", UNRELATED)),
        "FLG03": (_says("relationship", CONNECTED) & _adult("victim") & _adult("suspect"), flagged),
        "GEN01": (
            _says("relationship", WOMEN + MEN) & known_sex,
            pl.when(pl.col("victim_sex") != "9").then((pl.col("victim_sex") == "2") == _among("relationship", WOMEN)),
        ),
        "AGE01": (_says("relationship", SPOUSES), _adult("victim")),
        "AGE02": (_says("relationship", PARENTS + CHILDREN), parents),
        "REL01": (suspect, (~_among("relationship", ["Not known", "Refused"])).fill_null(value=False)),
    }


def not_failing() -> dict[str, pl.Expr]:
    """Give each rule as one expression that is false exactly for the failing records."""
    return {code: (~applies | requires).fill_null(value=True) for code, (applies, requires) in rules().items()}
