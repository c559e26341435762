"""The rules of a schema; `filter` gives the failing records, and with `details()` the answer of each rule.

What is listed is unpivoted from the details.
"""

import json
import sys
from pathlib import Path

import dataframely as dy
import polars as pl
from expressions import frame, lines, listed, not_failing


def main(path: str, out: str, failing: str = "") -> None:
    """Filter the frame by a schema of twenty rules."""
    expressions = not_failing()
    names = {code: f"rule_{number}" for number, code in enumerate(expressions)}

    def rule(code: str) -> object:
        def test(_schema: object) -> object:
            return expressions[code]

        return dy.rule()(test)

    members = {names[code]: rule(code) for code in expressions}
    table = frame(path, numbered=bool(failing))
    columns = {name: dy.Any() for name in table.columns}
    schema = type("Bench", (dy.Schema,), {**columns, **members})
    _, failure = schema.filter(table)
    counts = failure.counts()
    if failing:
        details = failure.details().select("ref", "row", *names.values())
        listed((lines(details.filter(pl.col(name) == "invalid"), code) for code, name in names.items()), failing)
    Path(out).write_text(json.dumps({code: counts.get(name, 0) for code, name in names.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
