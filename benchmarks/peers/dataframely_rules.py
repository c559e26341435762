"""dataframely: the rules of a schema, and how many records each fails."""

import json
import sys
from pathlib import Path

import dataframely as dy
from expressions import frame, not_failing


def main(path: str, out: str) -> None:
    """Filter the frame by a schema of twenty rules."""
    expressions = not_failing()
    names = {code: f"rule_{number}" for number, code in enumerate(expressions)}

    def rule(code: str) -> object:
        def test(_schema: object) -> object:
            return expressions[code]

        return dy.rule()(test)

    members = {names[code]: rule(code) for code in expressions}
    table = frame(path)
    columns = {name: dy.Any() for name in table.columns}
    schema = type("Bench", (dy.Schema,), {**columns, **members})
    _, failure = schema.filter(table)
    counts = failure.counts()
    Path(out).write_text(json.dumps({code: counts.get(name, 0) for code, name in names.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
