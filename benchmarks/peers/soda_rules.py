"""A data contract on a DuckDB table loaded before; soda puts all its expressions into one statement.

The key is a query of its own: soda's own `duplicate` counts what is too many, not the records concerned. The part of
soda that is free counts; failing records go to its cloud only.
"""

import json
import logging
import os
import sys
import tempfile
from pathlib import Path

os.environ["SODA_CORE_TELEMETRY_ENABLED"] = "false"

from duck import handwritten, loaded
from soda_core.contracts import verify_contract_locally
from soda_duckdb.common.data_sources.duckdb_data_source import DuckDBDataSourceImpl

UNIQUE = "SELECT ref FROM records WHERE ref IN (SELECT ref FROM repeated)"


def contract() -> str:
    """Write the contract; JSON is YAML."""
    checks = []
    for code, rule in handwritten.RULES.items():
        asked = {"query": UNIQUE} if code == "UNI01" else {"expression": handwritten.failed(*rule)}
        checks.append({"failed_rows": {"name": code, "qualifier": code.replace(".", "_"), **asked}})
    return json.dumps({"dataset": "bench/main/bench", "columns": [{"name": "ref"}], "checks": checks})


def main(path: str, out: str) -> None:
    """Load, then verify the contract."""
    logging.disable(logging.CRITICAL)
    connection = loaded(path)
    connection.execute(f"CREATE VIEW bench AS SELECT * EXCLUDE (again) FROM {handwritten.records('full')}")
    source = DuckDBDataSourceImpl.from_existing_cursor(connection, name="bench")
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        file.write(contract())
        file.flush()
        found = verify_contract_locally(data_sources=source, contract_file_path=file.name)
    (result,) = found.contract_verification_results
    counts = {c.check.name: int(c.threshold_value) for c in result.check_results}
    Path(out).write_text(json.dumps({code: counts[code] for code in handwritten.RULES}))


if __name__ == "__main__":
    main(*sys.argv[1:])
