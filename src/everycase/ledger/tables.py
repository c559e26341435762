"""The tables of the ledger, and how the text of an entry fills them: a pure function, so that they can be made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Double, Index, Integer, MetaData, Table, Text

from everycase.outcome import NOT_KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: the newest migration; an older ledger is brought up to it, a newer one refused
VERSION = "0002"
METADATA = MetaData()
TIERS = ("records", "applicable", "undetermined", "supplied", "valid", "known", "indeterminate", "forced", "default")
_SPLIT = tuple(f"not_known_{name}" for name in NOT_KNOWN)


def _keys(*names: str) -> list[Column[Any]]:
    kinds: dict[str, Any] = {"sequence": BigInteger}
    return [Column(n, kinds.get(n, Text), primary_key=True, autoincrement=False) for n in names]


def _texts(*names: str) -> list[Column[Any]]:
    return [Column(n, Text, nullable=False) for n in names]


def _numbers(*names: str) -> list[Column[Any]]:
    return [Column(n, BigInteger, nullable=False) for n in names]


ENTRIES = Table(
    "entries", METADATA, *_keys("sequence"),
    *_texts("kind", "recorded", "previous", "content", "digest", "signature", "key"), Column("body", Text),
)  # fmt: skip
RUNS = Table(
    "runs", METADATA, *_keys("sequence"),
    *_texts("run", "started", "as_of", "version", "project", "project_digest", "fail_on", "status"),
    *_numbers("exit_code"),
)  # fmt: skip
EXTRACTS = Table(
    "extracts", METADATA, *_keys("sequence", "source"),
    *_texts("project", "suite", "suite_digest", "status", "problem", "sha256", "reader"),
    *_numbers("bytes", "rows", "records"), sqlite_with_rowid=False,
)  # fmt: skip
FIELDS = Table(
    "fields", METADATA, *_keys("sequence", "source", "grouped", "value", "field"),
    *_numbers(*TIERS, *_SPLIT, "missing"), sqlite_with_rowid=False,
)  # fmt: skip
RULES = Table(
    "rules", METADATA, *_keys("sequence", "source", "grouped", "value", "code"),
    *_texts("status", "severity"), Column("threshold", Double), *_numbers("passing", "failing", "undetermined"),
    sqlite_with_rowid=False,
)  # fmt: skip
ACCEPTANCES = Table("acceptances", METADATA, *_keys("sequence"), *_texts("run", "role", "reason"))
REMOVALS = Table("removals", METADATA, *_keys("sequence"), Column("removed", Integer, primary_key=True))
Index("extracts_by_source", EXTRACTS.c.project, EXTRACTS.c.source, EXTRACTS.c.sequence)
Index("runs_by_id", RUNS.c.run, unique=True)

#: everything that is made from the texts of the entries
DERIVED = (RUNS, EXTRACTS, FIELDS, RULES, ACCEPTANCES, REMOVALS)


def rows_of(sequence: int, body: Mapping[str, Any]) -> dict[Table, list[dict[str, Any]]]:
    """Give the rows that an entry's text stands for."""
    made: dict[Table, list[dict[str, Any]]] = {table: [] for table in DERIVED}
    number = {"sequence": sequence}
    if body["kind"] == "acceptance":
        made[ACCEPTANCES].append({**number, **{k: body[k] for k in ("run", "role", "reason")}})
    elif body["kind"] == "removal":
        made[REMOVALS] += [{**number, "removed": removed} for removed in body["removed"]]
    else:
        made[RUNS].append({**number, **body["run"]})
        for source in body["sources"]:
            kept = {"sequence": sequence, "source": source["id"]}
            made[EXTRACTS].append(
                {
                    **kept,
                    "project": body["run"]["project"],
                    **{k: source[k] for k in ("suite", "suite_digest", "status", "problem", "records")},
                    **{k: source["extract"][k] for k in ("sha256", "reader", "bytes", "rows")},
                }
            )
            for group, fields, rules in _groups(source):
                made[FIELDS] += [{**kept, **group, **_field(f)} for f in fields]
                made[RULES] += [{**kept, **group, **_rule(r)} for r in rules]
    return made


def _groups(source: Mapping[str, Any]) -> Iterator[tuple[dict[str, str], list[Any], list[Any]]]:
    yield {"grouped": "", "value": ""}, source["fields"], source["rules"]
    for group in source["groups"]:
        yield {"grouped": group["field"], "value": group["value"]}, group["fields"], group["rules"]


def _field(found: Mapping[str, Any]) -> dict[str, Any]:
    split = {f"not_known_{k}": found["not_known"][k] for k in NOT_KNOWN}
    tiers = {k: found[k] for k in TIERS}
    return {"field": found["name"], **tiers, **split, "missing": int(found.get("missing", False))}


def _rule(found: Mapping[str, Any]) -> dict[str, Any]:
    counts = {k: found[k] for k in ("passing", "failing", "undetermined")}
    judged = {"status": found.get("status", ""), "severity": found.get("severity", "")}
    return {"code": found["code"], **judged, "threshold": found.get("threshold"), **counts}
