"""The yardstick: what a good engineer would write by hand in DuckDB for these twenty rules and this extract alone.

It gives the same numbers as `everycase check` on benchmarks/project: for every rule and force the passing, failing
and undetermined records, for every field and force the tiers. It knows its extract, and leaves out what a product
cannot: no code is trimmed, no date but an ISO one is read, nothing is verified, no broken file is explained.

Two forms: `full` keeps each cell as supplied beside its typed value, so that any of them can be shown afterwards;
`lean` keeps of each cell only its typed value and whether something was supplied.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from codes import (
    AS_OF,
    CHILDREN,
    COLUMNS,
    CONDITIONAL,
    CONNECTED,
    DATES,
    ENUMS,
    MEN,
    PARENTS,
    SPOUSES,
    UNKNOWN,
    UNRELATED,
    WOMEN,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterable


def among(field: str, codes: Iterable[str]) -> str:
    """Write membership of an enum's code, as a range where the codes stand together."""
    places = sorted(ENUMS[field].index(code) for code in codes)
    if places == list(range(places[0], places[-1] + 1)):
        return f"{field}_c BETWEEN {places[0]} AND {places[-1]}"
    return f"{field}_c IN ({', '.join(map(str, places))})"


def _says(field: str, codes: Iterable[str]) -> str:
    """Write a test that is false for a blank and for a code that says nothing, and unknown for an unlisted one."""
    return f"CASE WHEN {field}_s THEN {among(field, codes)} ELSE FALSE END"


def _age(who: str) -> str:
    def whole(day: str) -> str:
        return f"(year({day}) * 10000 + month({day}) * 100 + day({day}))"

    return f"({whole('incident')} - {whole(f'{who}_born')})"


KNOWN_SUSPECT = "CASE WHEN suspect_known <> 'U' THEN suspect_known = 'Y' END"
GROUP = "CASE WHEN force IS NOT NULL THEN force::VARCHAR WHEN force_s THEN '(unmapped)' ELSE '(blank)' END"
DERIVED = {
    "known_suspect": KNOWN_SUSPECT,
    "flagged": _says("flag", ["Y"]),
    "victim_adult": "victim_whole >= 160000",
    "suspect_adult": "suspect_whole >= 160000",
}
RULES: dict[str, tuple[str, str]] = {
    "UNI01": ("ref IS NOT NULL", "NOT again"),
    "CMP02.force": ("force_s", "force IS NOT NULL"),
    "CMP02.offence": ("offence_s", "offence IS NOT NULL"),
    "CMP02.relationship": ("relationship_s", "relationship IS NOT NULL"),
    "CMP02.recorded": ("recorded_s", "recorded IS NOT NULL"),
    "CMP02.victim_born": ("victim_born_s", "victim_born IS NOT NULL"),
    "CMP01.victim_sex": ("", "victim_sex_s"),
    "CMP01.suspect_sex": ("known_suspect", "suspect_sex_s"),
    "CMP03.victim_sex": ("", "COALESCE(victim_sex <> '0', FALSE)"),
    "DAT01": ("", "incident <= recorded"),
    "DAT02": ("", "victim_born <= incident"),
    "DAT03": ("known_suspect", "suspect_born <= incident"),
    "DAT04": ("", f"recorded <= DATE '{AS_OF}'"),
    "FLG01": (among("offence", ENUMS["offence"][:10]), "flagged"),
    "FLG02": ("flagged", f"NOT ({_says('relationship', UNRELATED)})"),
    "FLG03": (f"({_says('relationship', CONNECTED)}) AND victim_adult AND suspect_adult", "flagged"),
    "GEN01": (
        f"({_says('relationship', WOMEN + MEN)}) AND COALESCE(victim_sex <> '0', FALSE)",
        f"CASE WHEN victim_sex_c < 2 THEN victim_sex_c = CASE WHEN {among('relationship', WOMEN)} "
        "THEN 1 ELSE 0 END END",
    ),
    "AGE01": (_says("relationship", SPOUSES), "victim_adult"),
    "AGE02": (
        _says("relationship", PARENTS + CHILDREN),
        f"CASE WHEN {among('relationship', PARENTS)} THEN victim_born < suspect_born "
        "ELSE victim_born > suspect_born END",
    ),
    "REL01": ("known_suspect", f"COALESCE(NOT ({among('relationship', ('Not known', 'Refused'))}), FALSE)"),
}


def state(applies: str, requires: str) -> str:
    """Write the answer to a rule for a sum that holds three counts: passing, failing and undetermined."""
    judged = f"CASE {requires} WHEN TRUE THEN 1 WHEN FALSE THEN 2147483648 ELSE 4611686018427387904 END"
    if not applies:
        return judged
    return f"CASE {applies} WHEN TRUE THEN {judged} WHEN FALSE THEN 0 ELSE 4611686018427387904 END"


def tiers(field: str) -> str:
    """Pack how many were supplied, valid and known; where it is not required for all, how many it was or may be."""
    supplied = "ref IS NOT NULL" if field == "ref" else f"{field}_s"
    known = f"{field} IS NOT NULL"
    if field in UNKNOWN:
        known = f"{field}_c < {len(ENUMS[field]) - UNKNOWN[field]}"
        if field in {"flag", "suspect_known"}:
            known = f"{field} <> 'U'"
    tier = (
        f"CASE WHEN {known} THEN 4611686020574871553 WHEN {field} IS NOT NULL THEN 2147483649 "
        f"WHEN {supplied} THEN 1 ELSE 0 END"
    )
    if field in CONDITIONAL:
        required = "sum(CASE known_suspect WHEN TRUE THEN 1 WHEN FALSE THEN 0 ELSE 2147483648 END)"
        return f"sum(CASE WHEN known_suspect THEN {tier} ELSE 0 END), {required}"
    return f"sum({tier}), NULL"


def load(connection: duckdb.DuckDBPyConnection, path: Path, form: str) -> None:
    """Read the extract into a typed table, and list the references that stand more than once in another."""
    for name, codes in ENUMS.items():
        listed = ", ".join(f"'{code}'" for code in codes)
        connection.execute(f"CREATE TYPE {name}_codes AS ENUM ({listed})")
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    chosen = ["ref"]
    for name in COLUMNS[1:]:
        kind = "DATE" if name in DATES else f"{name}_codes"
        chosen.append(f"TRY_CAST({name} AS {kind}) AS {name}")
        chosen.append(f"{name} AS {name}_raw" if form == "full" else f"{name} IS NOT NULL AS {name}_s")
    file = str(path).replace("'", "''")
    connection.execute(
        f"CREATE TABLE records AS SELECT {', '.join(chosen)} FROM read_csv('{file}', auto_detect=false, header=true, "
        f"delim=',', quote='\"', columns={{{columns}}}, nullstr=['', ' '])"
    )
    connection.execute("CREATE TABLE repeated AS SELECT ref FROM records WHERE ref IS NOT NULL "
                       "GROUP BY ref HAVING count(*) > 1")  # fmt: skip


def records(form: str) -> str:
    """Write what both statements read: the records with what several rules share."""
    supplied = [f"{name}_raw IS NOT NULL AS {name}_s" for name in COLUMNS[1:]] if form == "full" else []
    codes = [f"enum_code({name}) AS {name}_c" for name in ENUMS]
    ages = [f"{_age(who)} AS {who}_whole" for who in ("victim", "suspect")]
    first = ", ".join(["*", "rowid AS place", "recorded - incident AS lag", *supplied, *codes, *ages])
    second = ", ".join(["*", *(f"{sql} AS {name}" for name, sql in DERIVED.items())])
    again = "EXISTS (FROM repeated WHERE repeated.ref = records.ref) AS again"
    return f"(SELECT {second} FROM (SELECT {first}, {again} FROM records))"


def count(path: Path, form: str, failing: Path | None, threads: int | None = None) -> dict[str, Any]:
    """Count, and write the failing records where a path is given."""
    connection = duckdb.connect(config={"threads": threads} if threads else {})
    load(connection, path, form)
    sums = [f"sum({state(*rule)})" for rule in RULES.values()] + [tiers(field) for field in COLUMNS]
    rows = connection.execute(
        f"SELECT {GROUP} AS its_force, count(*), {', '.join(sums)} FROM {records(form)} GROUP BY its_force"
    ).fetchall()
    if failing is not None:
        listed = ", ".join(f"CASE WHEN {failed(*rule)} THEN '{code}' END" for code, rule in RULES.items())
        connection.execute(
            f"COPY (SELECT ref AS key, place + 2 AS row, unnest(codes) AS rule FROM (SELECT ref, place, "
            f"list_filter([{listed}], lambda code: code IS NOT NULL) AS codes FROM {records(form)}) "
            f"WHERE len(codes) > 0) TO '{failing}' (FORMAT csv, HEADER)"
        )
    return {"groups": {row[0]: unpacked(row, RULES) for row in sorted(rows)}}


def failed(applies: str, requires: str) -> str:
    """Write whether a record fails a rule."""
    return f"({applies or 'TRUE'}) AND NOT ({requires})"


def _slots(packed: int | None) -> list[int]:
    return [(int(packed or 0) >> shift) & 0x7FFFFFFF for shift in (0, 31, 62)]


def unpacked(row: tuple[Any, ...], rules: Iterable[str]) -> dict[str, Any]:
    """Take the counts of a force out of their sums."""
    records, cells = row[1], iter(row[2:])
    judged = {code: _slots(next(cells)) for code in rules}
    fields = {}
    for name in COLUMNS:
        supplied, valid, known = _slots(next(cells))
        required = next(cells)
        applicable, undetermined = _slots(required)[:2] if name in CONDITIONAL else (records, 0)
        fields[name] = [applicable, undetermined, supplied, valid, known]
    return {"records": records, "rules": judged, "fields": fields}


def main() -> None:
    """Count one extract and print or write the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extract", type=Path)
    parser.add_argument("--form", choices=("full", "lean"), default="full")
    parser.add_argument("--failing", type=Path, help="write the failing records there")
    parser.add_argument("--out", type=Path, help="write the counts there")
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args()
    text = json.dumps(count(arguments.extract, arguments.form, arguments.failing, arguments.threads))
    if arguments.out:
        arguments.out.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
