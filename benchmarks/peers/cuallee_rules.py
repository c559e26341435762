"""One check of twenty rules on polars; each rule is a column that is computed beforehand, and must be true.

It counts, and has no way to say which records fail.
"""

import json
import sys
from pathlib import Path

import polars as pl
from cuallee import Check, CheckLevel
from expressions import frame, not_failing


def main(path: str, out: str) -> None:
    """Validate the frame."""
    expressions = not_failing()
    names = {code: f"rule_{number}" for number, code in enumerate(expressions)}
    table = frame(path).select(expressions[code].cast(pl.Int8).alias(name) for code, name in names.items())
    check = Check(CheckLevel.WARNING, "bench")
    for name in names.values():
        check.is_greater_or_equal_than(name, 1)
    found = check.validate(table)
    failed = dict(zip(found["column"].to_list(), found["violations"].to_list(), strict=True))
    Path(out).write_text(json.dumps({code: int(failed[name]) for code, name in names.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
