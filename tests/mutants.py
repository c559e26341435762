"""Break every check in small ways and see whether one of its own examples notices.

Each predicate is negated, made constant, and taken apart: comparisons turned and their numbers moved by
one, each code of a list dropped, each part of an AND or OR left out. A mutant that all examples judge as before has
survived, and the check lacks an example. `python tests/mutants.py` (or `make mutants`) says how many were killed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import expressions as exp

from everycase.errors import EverycaseError
from everycase.project import Place, load_place
from everycase.testing import judge_check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycase.check import Check
    from everycase.codelists import Codelists

ROOT = Path(__file__).resolve().parents[1]
TURNED: dict[type[exp.Expression], tuple[type[exp.Expression], ...]] = {
    exp.LT: (exp.LTE, exp.GT), exp.LTE: (exp.LT, exp.GT), exp.GT: (exp.GTE, exp.LT), exp.GTE: (exp.GT, exp.LT),
    exp.EQ: (exp.NEQ,), exp.NEQ: (exp.EQ,),
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A check with one part broken."""

    check: Check
    how: str


def mutants(check: Check) -> list[Mutant]:
    """List the mutants of a check, each once."""
    found: dict[tuple[str, str], Mutant] = {}
    for part in ("applies", "requires"):
        text = getattr(check, part)
        whole = (("constant true", "TRUE"), ("constant false", "FALSE"), ("negated", f"NOT ({text})"))
        for how, changed in (*whole, *_taken_apart(text)):
            if changed != text:
                broken = replace(check, **{part: changed})
                found.setdefault((part, changed), Mutant(broken, f"{part} {how}: {changed}"))
    return list(found.values())


def _taken_apart(text: str) -> Iterator[tuple[str, str]]:
    tree = sqlglot.parse_one(text, dialect="duckdb")
    for place, node in enumerate(tree.walk()):
        for how, new in _changes(node):
            yield how, _with(tree, place, new)


def _with(tree: exp.Expression, place: int, new: exp.Expression) -> str:
    copy = tree.copy()
    node = list(copy.walk())[place]
    if node is copy:
        return new.sql(dialect="duckdb")
    node.replace(new)
    return copy.sql(dialect="duckdb")


def _changes(node: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    for other in TURNED.get(type(node), ()):
        yield "comparison", other(this=node.this.copy(), expression=node.expression.copy())
    if isinstance(node, exp.Literal) and not node.is_string and node.this.isdigit() and _bounds(node.parent):
        for step in (1, -1):
            if int(node.this) + step >= 0:
                yield "off by one", exp.Literal.number(int(node.this) + step)
    if isinstance(node, exp.In) and len(node.expressions) > 1:
        for dropped in range(len(node.expressions)):
            kept = [e.copy() for i, e in enumerate(node.expressions) if i != dropped]
            yield "code dropped", exp.In(this=node.this.copy(), expressions=kept)
    if isinstance(node, exp.Anonymous) and node.name.lower() in {"says", "says_attribute"}:
        first = 1 if node.name.lower() == "says" else 2
        if len(node.expressions) > first + 1:
            for dropped in range(first, len(node.expressions)):
                kept = [e.copy() for i, e in enumerate(node.expressions) if i != dropped]
                yield "code dropped", exp.Anonymous(this=node.name, expressions=kept)
    if isinstance(node, (exp.And, exp.Or)):
        yield "part left out", node.this.copy()
        yield "part left out", node.expression.copy()
        other = exp.Or if isinstance(node, exp.And) else exp.And
        yield "and for or", exp.paren(other(this=node.this.copy(), expression=node.expression.copy()))
    if isinstance(node, exp.Not):
        yield "not left out", exp.paren(node.this.copy())


def _bounds(parent: exp.Expression | None) -> bool:
    """Say whether a number beside others is what something is compared with."""
    named = isinstance(parent, exp.Anonymous) and parent.name.lower() == "at_least"
    return named or isinstance(parent, (*TURNED, exp.Between))


def survives(mutant: Mutant, codelists: Codelists) -> bool | None:
    """Say whether every example is judged as before although the mutant is broken; None where it is no predicate."""
    check = mutant.check
    groups = {"passing": check.passing, "failing": check.failing, "undetermined": check.undetermined,
              "not_applicable": check.not_applicable}  # fmt: skip
    try:
        return all(
            answer == expected
            for expected, records in groups.items()
            if records
            for answer in judge_check(check, codelists, records)
        )
    except EverycaseError:
        return None


def main(words: list[str]) -> int:
    """Judge the mutants of all checks, or of those whose codes begin so, and print what survived."""
    project = load_place(Place(ROOT, "named"))
    killed = total = refused = 0
    for check in project.catalogue:
        if words and not check.code.startswith(tuple(words)):
            continue
        for mutant in mutants(check):
            lives = survives(mutant, project.codelists)
            if lives is None:
                refused += 1
                continue
            total += 1
            killed += not lives
            if lives:
                sys.stdout.write(f"{check.code} survived: {mutant.how}\n")
    sys.stdout.write(f"{killed} of {total} mutants killed ({killed / max(total, 1):.1%}), {refused} refused\n")
    return 0 if killed == total else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
