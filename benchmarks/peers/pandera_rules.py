"""Checks over the whole polars frame, validated lazily so that all of them are counted.

Each error holds the answer of its check for every record; what is listed is read off it. `n_failure_cases=1`, since the
library otherwise makes JSON of every failing record, which takes ten times as long as all the rest.
"""

import json
import sys
from pathlib import Path

import pandera.polars as pa
from expressions import frame, lines, listed, not_failing


def main(path: str, out: str, failing: str = "") -> None:
    """Validate the frame against a schema of twenty checks."""
    expressions = not_failing()

    def check(code: str) -> pa.Check:
        def answers(data: pa.PolarsData) -> object:
            return data.lazyframe.select(expressions[code].alias(code))

        return pa.Check(answers, name=code, n_failure_cases=1)

    checks = [check(code) for code in expressions]
    counts = dict.fromkeys(expressions, 0)
    parts = []
    table = frame(path, numbered=bool(failing))
    try:
        pa.DataFrameSchema(checks=checks).validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for error in errors.schema_errors:
            found = error.check_output
            found = found.collect() if hasattr(found, "collect") else found
            failed = ~found[:, -1]
            counts[error.check.name] = int(failed.sum())
            if failing:
                parts.append(lines(table.filter(failed), error.check.name))
    if failing:
        listed(parts, failing)
    Path(out).write_text(json.dumps(counts))


if __name__ == "__main__":
    main(*sys.argv[1:])
