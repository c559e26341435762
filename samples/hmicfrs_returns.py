"""An invented set of force returns for inspection, with planted defects whose places are known.

No force ever sent these figures. Flagged crimes are one in seven of all, three victims in four are women, and some
forces cannot count their suspects. Every row is clean but for the planted ones.

Only the standard library is used, and nothing of the project it tests but what lies beside it.
"""

from __future__ import annotations

import itertools
import random
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from samples import justice, planting
    from samples.planting import Cells, Listed, Plants, Row
else:
    justice, planting = (
        SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name(name)))) for name in ("justice.py", "planting.py")
    )

FILE_NAME = "hmicfrs_returns.csv"
SEXES = ("female", "male", "other", "unknown")
VICTIMS = ("victims", *(f"victims_{sex}" for sex in SEXES))
SUSPECTS = ("suspects", *(f"suspects_{sex}" for sex in SEXES))
COUNTS = (
    "all_crimes", "da_crimes", "da_incidents", "records_da_crimes", "arrests", "charges", *VICTIMS, *SUSPECTS,
    "da_crimes_before",
)  # fmt: skip
HEADER: tuple[str, ...] = ("force", "year_end", "sheet", *COUNTS)
YEARS = 5

raising, together = planting.raising, planting.together


def _by_sex(rng: random.Random, total: int, women: float) -> tuple[int, ...]:
    """Share a total among the sexes; of at most one in a hundred it is not recorded."""
    unknown = int(total * 0.01 * rng.random())
    other = int(total * 0.003 * rng.random())
    female = int((total - unknown - other) * women)
    return total, female, total - unknown - other - female, other, unknown


def _row(rng: random.Random, number: int, as_of: dt.date) -> Row:
    """Make the return of one force, year and sheet."""
    latest = as_of.year - ((as_of.month, as_of.day) < (3, 31))
    force, _, size = justice.FORCES[number % len(justice.FORCES)]
    block = number // len(justice.FORCES)
    sheet, year = block // YEARS, latest - block % YEARS
    every = int(size * (300 + rng.random() * 700)) if sheet % 4 == 0 else int(rng.random() * 60)
    crimes = int(every * (0.08 + rng.random() * 0.15))
    victims = _by_sex(rng, crimes - int(crimes * 0.03 * rng.random()), 0.68 + 0.12 * rng.random())
    suspects = _by_sex(rng, int(crimes * (0.85 + 0.1 * rng.random())), 0.2 + 0.1 * rng.random())
    figures = (
        every, crimes, int(crimes * (0.5 + rng.random())), crimes, int(crimes * (0.3 + 0.4 * rng.random())),
        int(crimes * 0.1 * rng.random()), *victims, *suspects, int(crimes * (0.8 + rng.random() * 0.4)),
    )  # fmt: skip
    hides = ("", "<5", "c")[sheet % 3]
    cells = dict(zip(COUNTS, (hides if hides and 0 < n < 5 else str(n) for n in figures), strict=True))
    if rng.random() < 0.05:
        cells |= dict.fromkeys(SUSPECTS, "[x]")
    if rng.random() < 0.3:
        cells["records_da_crimes"] = ""
    return (force, f"{year}-03-31", f"Sheet {sheet + 1}", *(cells[name] for name in COUNTS))


def _plants(at: dt.date, as_of: dt.date) -> Plants:
    """List what can be planted: defects, then near misses; cells differ from those of `_base`."""
    nobody = dict.fromkeys(SUSPECTS, "[x]")
    uncounted = {"records_da_crimes": ""}
    fields = [name for name in COUNTS if name not in {"all_crimes", "da_crimes"}]
    unread = [raising(f"CMP02.{name}", name, {name: "about 40"}, {name: "12.0"}) for name in fields]
    readable = [raising(f"CMP02.{name}", name, {name: "c"}) for name in fields]
    return [
        *together("UNI02", "sheet", {}, {"force": "=", "year_end": "=", "sheet": "="}),
        *raising("SUM01.victims", "victims", {"victims": "1499"}, {"victims_other": "6"},
                 {"victims_unknown": "<5", "victims_male": "375"}),
        *raising("SUM01.suspects", "suspects", {"suspects": "1401"}, {"suspects_unknown": "0"},
                 {"suspects_other": "<5", "suspects_male": "1045"}),
        *raising("SUM02.flagged INS06.flagged", "all_crimes", {"all_crimes": "1499"}, {"all_crimes": "1000"}),
        *raising("SUM02.charges", "charges", {"charges": "1501"}, {"charges": "9000"}),
        *raising("INS06.flagged", "all_crimes", {"all_crimes": "30001"}, {"all_crimes": "3749"}),
        *raising("INS06.arrests", "arrests", {"arrests": "224"}, {"arrests": "1501"}, {"arrests": "<5"}),
        *raising("INS04", "victims_female", {"victims_female": "380", "victims_male": "1100"},
                 {"victims_female": "739", "victims_male": "741"}),
        *raising("INS05.victims", "victims_unknown", {"victims_unknown": "31", "victims_female": "1084"},
                 {"victims_unknown": "400", "victims_female": "715"}),
        *raising("INS05.suspects", "suspects_unknown", {"suspects_unknown": "29", "suspects_male": "1047"},
                 {"suspects_unknown": "426", "suspects_male": "650"}),
        *raising("INS07", "records_da_crimes", {"records_da_crimes": "1516"}, {"records_da_crimes": "1485"},
                 {"records_da_crimes": "<5"}),
        *raising("BRK01", "da_crimes_before", {"da_crimes_before": "999"}, {"da_crimes_before": "2251"}),
        *raising("CMP02.force", "force", {"force": "E23000099"}, {"force": "01"}),
        *raising("CMP02.year_end", "year_end", {"year_end": f"{at.year - 2}-03-30"}, {"year_end": "2025/26"},
                 {"year_end": f"{as_of.year + 1}-03-31"}),
        *raising("CMP02.all_crimes", "all_crimes", {"all_crimes": "10,000"}, {"all_crimes": "-"}),
        *raising("CMP02.da_crimes", "da_crimes", {"da_crimes": "1500 approx"}, {"da_crimes": "1.5k"}),
        *itertools.chain.from_iterable(unread),
    ], [
        *together("UNI02", "sheet", {}, {"force": "=", "year_end": "="}),
        *raising("SUM01.victims", "victims", {"victims_other": "<5", "victims_female": "1101"}, {"victims_male": "c"}),
        *raising("SUM01.suspects", "suspects", {"suspects_other": "<5", "suspects_male": "1050"}, nobody),
        *raising("SUM02.flagged", "all_crimes", {"all_crimes": "*"}),
        *raising("SUM02.charges", "charges", {"charges": "1500"}, {"charges": "c"}),
        *raising("INS06.flagged", "all_crimes", {"all_crimes": "30000"}, {"all_crimes": "3750"}),
        *raising("INS06.arrests", "arrests", {"arrests": "225"}, {"arrests": "1500"}),
        *raising("INS04", "victims_female", {"victims_female": "740", "victims_male": "740"}),
        *raising("INS05.victims", "victims_unknown", {"victims_unknown": "30", "victims_female": "1085"}),
        *raising("INS05.suspects", "suspects_unknown", {"suspects_unknown": "28", "suspects_male": "1048"}),
        *raising("INS07", "records_da_crimes", {"records_da_crimes": "1515"}, {"records_da_crimes": "1486"},
                 uncounted),
        *raising("BRK01", "da_crimes_before", {"da_crimes_before": "1000"}, {"da_crimes_before": "2250"}),
        *raising("CMP02.force", "force", {"force": "W15000004"}),
        *raising("CMP02.year_end", "year_end", {"year_end": "2012-03-31"}),
        *raising("CMP02.all_crimes", "all_crimes", {"all_crimes": "c"}),
        *raising("CMP02.da_crimes", "da_crimes", {"da_crimes": "1501"}),
        *itertools.chain.from_iterable(readable),
    ]  # fmt: skip


def _base(number: itertools.count[int]) -> Cells:
    """Make the plain figures that plants start from: 1,500 flagged crimes of 10,000, 700 arrests."""
    return {
        "sheet": f"Sheet P{next(number)}", "all_crimes": "10000", "da_crimes": "1500", "da_incidents": "2000",
        "records_da_crimes": "1500", "arrests": "700", "charges": "120", "victims": "1500", "victims_female": "1100",
        "victims_male": "380", "victims_other": "5", "victims_unknown": "15", "suspects": "1400",
        "suspects_female": "320", "suspects_male": "1050", "suspects_other": "4", "suspects_unknown": "26",
        "da_crimes_before": "1450",
    }  # fmt: skip


def generate(rows: int, seed: int, as_of: dt.date, *, plants: bool = True) -> tuple[list[Row], Listed]:
    """Make the returns of five years before a date, sheet after sheet, and the list of what was planted in it.

    Args:
        rows: how many records.
        seed: the same seed, size and date give the same extract.
        as_of: the day the extract is taken, 2021 or later.
        plants: whether to plant anything; an extract too small for all plants (about 150 rows) has none either.

    Returns:
        The rows in the order of `HEADER`, and what `planting.plant_in` lists.
    """
    rng = random.Random(seed)
    made = [_row(rng, number, as_of) for number in range(rows)]
    if not plants:
        return made, []
    number = itertools.count(1)
    return made, planting.plant_in(made, HEADER, "force", rng, as_of, lambda _: _base(number), _plants)
