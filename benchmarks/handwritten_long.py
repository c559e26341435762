"""The yardstick for suites of 60 and 200 rules: what a good engineer would write by hand in DuckDB for them.

Each form gives for every rule and force the passing, failing and undetermined records, and for every field the tiers,
like `handwritten.py` and over its typed table in the lean form; the faster one is the yardstick.

packed: each condition is a column, worked out once, and the three counts of a rule are one sum.
columns: what reads codes, ages in years or days between only, is judged once a combination of these, as often as it
occurs; the rest is packed.

A third was tried and dropped: the answers to six rules as twelve bits of a number, and records counted by force and
number. It took a third longer than packed, for 20, 60 and 200 rules alike.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import handwritten as hand
import variations
from codes import COLUMNS, ENUMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Rules = dict[str, tuple[str, str]]
Groups = dict[str, dict[str, Any]]

#: bits of each of the three counts of a force in one whole number; each is of fewer than two million records
SLOT = 21
#: where fewer rules than these could share a count by columns, a sum each is quicker
FEWEST = 3
#: what a condition reads: words of its SQL -> columns to count by
READ = {
    **{name: (name,) for name in ENUMS}, "flagged": ("flag",), "known_suspect": ("suspect_known",),
    **{name: (name,) for name in ("lag", "victim_whole", "suspect_whole")},
    "victim_adult": ("victim_whole",), "suspect_adult": ("suspect_whole",),
}  # fmt: skip
UNCOUNTED = re.compile(r"\b(ref|again|(recorded|incident|\w+_born)(_s)?)\b")
#: columns that few values stand in, so that records are counted by them and rules judged on the counts
COMBINED = (
    ("offence", "relationship"),
    ("offence", "flag", "suspect_known"),
    ("relationship", "flag", "suspect_known"),
    ("relationship", "victim_sex", "suspect_sex"),
    ("flag", "suspect_known", "victim_sex", "suspect_sex"),
    *((value, *codes) for value in ("lag", "victim_whole", "suspect_whole")
      for codes in (("relationship",), ("flag", "suspect_known"))),
)  # fmt: skip


def packed(connection: duckdb.DuckDBPyConnection, rules: Rules) -> Groups:
    """Count with a sum a rule."""
    names: dict[str, str] = {}
    # NOTE: DuckDB does not look for what is equal inside of a CASE; a column of its own is worked out once.
    named = {
        code: tuple(names.setdefault(sql, f"condition_{len(names)}") if sql else "" for sql in rule)
        for code, rule in rules.items()
    }
    columns = ", ".join(["*", *(f"({sql}) AS {name}" for sql, name in names.items())])
    sums = [f"sum({hand.state(*pair)})" for pair in named.values()] + [hand.tiers(field) for field in COLUMNS]
    rows = connection.execute(
        f"SELECT {hand.GROUP} AS its_force, count(*), {', '.join(sums)} "
        f"FROM (SELECT {columns} FROM {hand.records('lean')}) GROUP BY its_force"
    ).fetchall()
    return {row[0]: hand.unpacked(row, rules) for row in rows}


def columns(connection: duckdb.DuckDBPyConnection, rules: Rules) -> Groups:
    """Judge what reads few values once a combination of them, and the rest record by record."""
    coded = [f"{name}, {name}_s" for name in ENUMS]
    years = [f"{who}_whole // 10000 * 10000 AS {who}_whole" for who in ("victim", "suspect")]
    connection.execute(f"CREATE TABLE narrow AS SELECT lag, {', '.join([*coded, *years])} FROM {hand.records('lean')}")
    left = dict(rules)
    counted = []
    for combined in COMBINED:
        fitting = {code: rule for code, rule in left.items() if _read(rule) <= {"force", *combined}}
        if len(fitting) >= FEWEST:
            counted.append((fitting, combined))
            left = {code: rule for code, rule in left.items() if code not in fitting}
    found = packed(connection, left)
    for fitting, combined in counted:
        _by_columns(connection, fitting, combined, found)
    return {name: {**group, "rules": {c: group["rules"][c] for c in rules}} for name, group in found.items()}


def _read(rule: Iterable[str]) -> frozenset[str]:
    """Tell which columns a rule would be counted by; one that there is not, where it reads more."""
    text = " ".join(rule)
    if UNCOUNTED.search(text):
        return frozenset({"more"})
    words = {re.sub(r"_[cs]$", "", word) for word in re.findall(r"\b[a-z_]+\b", text)}
    return frozenset(column for word in words for column in READ.get(word, ()))


def _by_columns(connection: duckdb.DuckDBPyConnection, rules: Rules, combined: Sequence[str], found: Groups) -> None:
    by = ", ".join(f"{name}, {name}_s" if name in ENUMS else name for name in ("force", *combined))
    codes = [f"enum_code({name}) AS {name}_c" for name in ("force", *combined) if name in ENUMS]
    derived = [f"{sql} AS {name}" for name, sql in hand.DERIVED.items() if _read([sql]) <= set(combined)]
    counted = f"SELECT {by}, count(*) AS n FROM narrow GROUP BY ALL"
    source = f"SELECT {', '.join(['*', *derived])} FROM (SELECT {', '.join(['*', *codes])} FROM ({counted}))"
    sums = [f"sum({_weighted(*rule)})" for rule in rules.values()]
    sql = f"SELECT {hand.GROUP} AS its_force, {', '.join(sums)} FROM ({source}) GROUP BY its_force"
    for row in connection.execute(sql).fetchall():
        for code, number in zip(rules, row[1:], strict=True):
            slots = [(int(number) >> shift) & ((1 << SLOT) - 1) for shift in (0, SLOT, 2 * SLOT)]
            found[row[0]]["rules"][code] = slots


def _weighted(applies: str, requires: str) -> str:
    """Write the state of a rule, as often as its combination occurs."""
    unknown = f"n << {2 * SLOT}"
    judged = f"CASE {requires} WHEN TRUE THEN n WHEN FALSE THEN n << {SLOT} ELSE {unknown} END"
    return f"CASE {applies} WHEN TRUE THEN {judged} WHEN FALSE THEN 0 ELSE {unknown} END" if applies else judged


FORMS = {"packed": packed, "columns": columns}


def main() -> None:
    """Count one extract by a long suite, and write the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extract", type=Path)
    parser.add_argument("--rules", type=int, default=60)
    parser.add_argument("--form", choices=tuple(FORMS), default="columns")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    connection = duckdb.connect()
    hand.load(connection, arguments.extract, "lean")
    found = FORMS[arguments.form](connection, variations.rules(arguments.rules))
    arguments.out.write_text(json.dumps({"groups": dict(sorted(found.items()))}))


if __name__ == "__main__":
    main()
