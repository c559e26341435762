"""Whether a query of the registry only reads: Spark's SQL can also run programs, and YAML must not."""

from __future__ import annotations

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from everycase.errors import ExtractError

#: functions that call any method of any class, or whose name is made up only when they are called
_CALLS = frozenset({"reflect", "java_method", "try_reflect", "identifier"})


def refuse_other_than_reading(query: str, source_id: str) -> None:
    """Refuse a query that is no single SELECT, or that hands records to a program.

    Raises:
        ExtractError: it is refused, or cannot be understood.
    """
    try:
        found = sqlglot.parse(query, read="spark")
    except (SqlglotError, RecursionError):
        found = []
    tree = found[0] if len(found) == 1 else None
    reads = isinstance(tree, exp.Query)
    calls = tree is not None and any(_name(node) in _CALLS for node in tree.find_all(exp.Func))
    if tree is None or not reads or calls or tree.find(exp.QueryTransform) is not None:
        message = "the query of the registry is not one that only reads"
        instead = "Write one SELECT, without TRANSFORM and without calls of Java, or name a table or view."
        raise ExtractError("query-wrong", message, where=source_id, instead=instead)


def _name(node: exp.Func) -> str:
    return str(node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
