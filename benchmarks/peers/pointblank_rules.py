"""pointblank: twenty steps of one validation."""

import json
import sys
from pathlib import Path

import pointblank as pb
from expressions import frame, not_failing


def main(path: str, out: str) -> None:
    """Interrogate the frame."""
    expressions = not_failing()
    validation = pb.Validate(frame(path))
    for expression in expressions.values():
        validation = validation.col_vals_expr(expr=expression)
    validation = validation.interrogate(collect_extracts=False)
    failed = validation.n_failed()
    Path(out).write_text(json.dumps({code: failed[number] for number, code in enumerate(expressions, 1)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
