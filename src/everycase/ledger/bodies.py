"""What of a run the ledger keeps: codes, counts, verdicts and digests; no key, no value, no free text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from everycase.ledger.tables import TIERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_RUN = {"id": "run", "started": "started", "as_of": "as_of", "everycase": "version", "project": "project",
        "project_digest": "project_digest", "fail_on": "fail_on", "status": "status",
        "exit_code": "exit_code"}  # fmt: skip
#: why somebody makes a run the baseline
REASONS = ("first_baseline", "reviewed_and_accepted", "change_of_definition", "change_of_system", "correction")


def run_body(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give the text of a run as data.

    Args:
        document: the result in the shape of result.json. Titles, names of files and messages are left behind.
    """
    return {
        "kind": "run",
        "run": {kept: document["run"][name] for name, kept in _RUN.items()},
        "sources": [_source(s) for s in document["sources"]],
    }


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    extract = source["extract"] or {"sha256": "", "bytes": 0, "rows": 0, "reader": ""}
    return {
        **{k: source[k] for k in ("id", "suite", "status", "records")},
        "suite_digest": source["digests"].get("suite", ""),
        "problem": source["problem"]["slug"] if source["problem"] else "",
        "extract": {
            **{k: extract[k] for k in ("sha256", "bytes", "rows")},
            # NOTE: a name of a table that is read along would be free text.
            "reader": extract["reader"].partition(",")[0],
        },
        "fields": [{**_tiers(f), "missing": f["missing"]} for f in source["fields"]],
        "rules": [{**_counts(r), **{k: r[k] for k in ("status", "severity", "threshold")}} for r in source["rules"]],
        "groups": [
            {
                **{k: g[k] for k in ("field", "value", "records")},
                "fields": [_tiers(f) for f in g["fields"]],
                "rules": [_counts(r) for r in g["rules"]],
            }
            for g in source["groups"]
        ],
    }


def _tiers(found: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": found["name"], **{k: found[k] for k in TIERS}, "not_known": dict(found["not_known"])}


def _counts(found: Mapping[str, Any]) -> dict[str, Any]:
    return {k: found[k] for k in ("code", "passing", "failing", "undetermined")}


def acceptance_body(run: str, role: str, reason: str) -> dict[str, Any]:
    """Give the text of an acceptance as data."""
    return {"kind": "acceptance", "run": run, "role": role, "reason": reason}


def removal_body(removed: Iterable[int]) -> dict[str, Any]:
    """Give the text of a removal as data: the places whose contents were removed."""
    return {"kind": "removal", "removed": sorted(removed)}
