"""Made-up results for the ledger, and a ledger in a folder."""

from everycase.ledger import Ledger
from everycase.ledger.chain import Signer
from everycase.outcome import NOT_KNOWN


def tiers(name, applicable=100, known=90):
    split = dict.fromkeys(NOT_KNOWN, 0) | {"blank": applicable - known}
    return {"name": name, "title": "CANARY title", "records": applicable, "applicable": applicable, "undetermined": 0,
            "supplied": known, "valid": known, "known": known, "indeterminate": 0, "not_known": split, "forced": 0,
            "avoidable": applicable - known, "default": 0}  # fmt: skip


def at(number):
    return f"2026-01-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}+00:00"


# fmt: off
def document(number=1, rules=3, failing=10, started=None, sources=("s",), project="p", groups=("a", "b")):
    counts = {"passing": 90, "failing": failing, "undetermined": 0, "applicable": 90 + failing}
    rule = {"title": "CANARY title", "status": "failed", "severity": "error", "threshold": 0.05, "reason": "CANARY",
            "fix": "CANARY", "place": "CANARY", **counts}  # fmt: skip
    codes = [f"R{i:03}" for i in range(rules)]
    return {
        "schema_version": "1.0",
        "run": {"id": f"{number:032x}", "started": started or at(number),
                "as_of": "2026-01-01", "everycase": "0.1.0", "project": project, "project_title": "CANARY",
                "project_digest": "b" * 64, "fail_on": "error", "status": "failed", "exit_code": 1},
        "sources": [
            {
                "id": name, "title": "CANARY", "suite": "s", "status": "failed", "records": 100,
                "digests": {"project": "b" * 64, "suite": "c" * 64},
                "extract": {"name": "CANARY.csv", "sha256": f"{number:064x}", "bytes": 10, "rows": 100,
                            "reader": "delimited", "files": []},
                "problem": {"slug": "x", "message": "CANARY", "where": "CANARY", "instead": "CANARY"},
                "fields": [{**tiers("f"), "missing": False}],
                "rules": [{"code": code, **rule} for code in codes],
                "groups": [{"field": "area", "value": g, "meaning": "CANARY", "records": 50,
                            "fields": [tiers("f", 50, 45)],
                            "rules": [{"code": code, **counts} for code in codes]} for g in groups],
            }
            for name in sources
        ],
    }
# fmt: on


def ledger(folder, signer=None, **kwargs):
    return Ledger(f"sqlite:///{folder}/l.db", signer or Signer(), **kwargs)
