"""Make up extracts of any size: the same rows for the same size and seed, cached under benchmarks/data/.

Nobody is meant: every cell is the hash of its row number. Among the cells are blanks of two kinds, dates that do not
exist, codes that no list holds and references that stand twice, in about the shares that real extracts show.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb
from codes import FORCES, LABELS

DATA = Path(__file__).parent / "data"
SEED = 20151101
SIZES = (100_000, 1_000_000, 10_000_000)


def extract(rows: int, seed: int = SEED) -> Path:
    """Give the extract of a size, making it if it is not there yet."""
    path = DATA / (f"bench-{rows}.csv" if seed == SEED else f"bench-{rows}-{seed}.csv")
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        target = str(unfinished).replace("'", "''")
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({_statement(rows, seed)}) TO '{target}' (FORMAT csv, HEADER, QUOTE '')")
        unfinished.replace(path)
    return path


def _listed(codes: list[str] | tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{code}'" for code in codes) + "]"


def _statement(rows: int, seed: int) -> str:
    """Write the records as SQL over row numbers: `d(k, m)` is die number k of row i, with m sides, from 0."""
    made: dict[str, int] = {}

    def d(name: str, sides: int) -> str:
        number = made.setdefault(name, len(made) + 1)
        return f"(hash(i * 64 + {number}, {seed}) % {sides})::INTEGER"

    def spoiled(name: str, value: str, blank: int, wrong: str) -> str:
        """Spoil some of the cells: blanks in so many per thousand, and five wrong ones."""
        die = d(f"{name} spoiled", 1000)
        return (
            f"CASE WHEN {die} < {blank} THEN '' WHEN {die} < {blank + 2} THEN ' ' "
            f"WHEN {die} < {blank + 7} THEN {wrong} ELSE {value} END AS {name}"
        )

    def sex(name: str) -> str:
        return f"['0', '1', '1', '1', '2', '2', '2', '2', '2', '9'][{d(name, 10)} + 1]"

    no_date = f"['31/02/2020', '2021-02-30', 'unknown', '1066'][{d('no date', 4)} + 1]"
    known = f"{d('known', 100)} < 80"
    recorded = f"(DATE '2025-01-01' + {d('recorded', 365)})"
    incident = f"({recorded} + 1 - {d('lag', 90)})"
    columns = (
        f"format('CR/2025/{{:08d}}', i - ({d('twice', 2000)} = 0)::INTEGER) AS ref",
        spoiled("force", f"{_listed(FORCES)}[{d('force', len(FORCES))} + 1]", 1, "'E23000099'"),
        spoiled("recorded", f"{recorded}::VARCHAR", 1, no_date),
        spoiled("incident", f"{incident}::VARCHAR", 10, no_date),
        spoiled("offence", f"format('OF{{:03d}}', {d('offence', 120)} + 1)", 1, "'OF999'"),
        spoiled("flag", f"['Y', 'Y', 'Y', 'N', 'N', 'N', 'N', 'N', 'N', 'U'][{d('flag', 10)} + 1]", 5, "'X'"),
        spoiled("victim_sex", sex("victim_sex"), 20, "'F'"),
        spoiled("victim_born", f"({incident} - 500 - {d('victim_age', 28000)})::VARCHAR", 30, no_date),
        spoiled("suspect_known", f"CASE WHEN {known} THEN 'Y' ELSE 'N' END", 2, "'?'"),
        spoiled("suspect_sex", f"CASE WHEN {known} THEN {sex('suspect_sex')} ELSE '' END", 20, "'M'"),
        spoiled(
            "suspect_born",
            f"CASE WHEN {known} THEN ({incident} - 3600 - {d('suspect_age', 24000)})::VARCHAR ELSE '' END", 40, no_date,
        ),
        spoiled("relationship", f"CASE WHEN {known} THEN {_listed(LABELS)}[{d('label', len(LABELS))} + 1] "
                                "ELSE 'Not known' END", 10, "'Lodger'"),
    )  # fmt: skip
    return f"SELECT {', '.join(columns)} FROM range({rows}) AS row_numbers(i)"


def main() -> None:
    """Make the extracts of the sizes given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=SIZES[:2])
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    for rows in arguments.rows:
        print(extract(rows, arguments.seed))


if __name__ == "__main__":
    main()
