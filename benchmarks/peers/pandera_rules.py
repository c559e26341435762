"""pandera on polars: checks over the whole frame, validated lazily so that all of them are counted."""

import json
import sys
from pathlib import Path

import pandera.polars as pa
from expressions import frame, not_failing


def main(path: str, out: str) -> None:
    """Validate the frame against a schema of twenty checks."""
    expressions = not_failing()
    checks = [
        pa.Check(lambda data, code=code: data.lazyframe.select(expressions[code].alias(code)), name=code)
        for code in expressions
    ]
    counts = dict.fromkeys(expressions, 0)
    try:
        pa.DataFrameSchema(checks=checks).validate(frame(path), lazy=True)
    except pa.errors.SchemaErrors as errors:
        for error in errors.schema_errors:
            found = error.check_output
            found = found.collect() if hasattr(found, "collect") else found
            counts[error.check.name] = int((~found[:, -1]).sum())
    Path(out).write_text(json.dumps(counts))


if __name__ == "__main__":
    main(*sys.argv[1:])
