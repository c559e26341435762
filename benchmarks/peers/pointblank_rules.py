"""Twenty steps of one validation; what is listed are the extracts of its steps, without a limit."""

import json
import sys
from pathlib import Path

import pointblank as pb
from expressions import frame, lines, listed, not_failing


def main(path: str, out: str, failing: str = "") -> None:
    """Interrogate the frame."""
    expressions = not_failing()
    table = frame(path, numbered=bool(failing))
    validation = pb.Validate(table)
    for expression in expressions.values():
        validation = validation.col_vals_expr(expr=expression)
    validation = validation.interrogate(collect_extracts=bool(failing), extract_limit=table.height)
    failed = validation.n_failed()
    if failing:
        extracts = validation.get_data_extracts()
        listed((lines(extracts[number], code) for number, code in enumerate(expressions, 1) if failed[number]), failing)
    Path(out).write_text(json.dumps({code: failed[number] for number, code in enumerate(expressions, 1)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
