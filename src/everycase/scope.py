"""What the names in a predicate mean, and the tree it parses to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlglot
from sqlglot.errors import SqlglotError

from everycase.errors import PredicateError
from everycase.sqltext import identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot.expressions import Expr

    from everycase.suites import FieldSpec

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[A-Za-z_][A-Za-z0-9_]*|\S")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the names in a predicate mean.

    Attributes:
        fields: the fields of the suite.
        derived: name -> (predicate, place), read in this same scope.
        bindings: name -> (text, scope it is read in); for the parameters of a check these come first.
    """

    fields: Mapping[str, FieldSpec]
    derived: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    bindings: Mapping[str, tuple[str, Scope]] = field(default_factory=dict)

    def names(self) -> set[str]:
        """List every name that may stand in a predicate."""
        return {*self.bindings, *(() if self.bindings else (*self.fields, *self.derived))}


_PARSED: dict[tuple[str, frozenset[str]], Expr] = {}


def parse(text: str, scope: Scope, where: str) -> Expr:
    """Parse a predicate; a field may be called force, group or select.

    Raises:
        PredicateError: it is not one expression of the language.
    """
    names = frozenset(scope.names())
    if (text, names) not in _PARSED:
        _PARSED[text, names] = _parse(text, names, where)
    return _PARSED[text, names]


def _parse(text: str, names: frozenset[str], where: str) -> Expr:
    tokens = list(_TOKEN.finditer(text))
    parts: list[str] = []
    end = 0
    broken = ";" in [t.group() for t in tokens]
    for position, token in enumerate(tokens):
        word = token.group()
        # NOTE: the parser forgives a comma too many.
        broken |= word in {",", ")"} and position > 0 and tokens[position - 1].group() == ","
        call = position + 1 < len(tokens) and tokens[position + 1].group() == "("
        parts += [text[end : token.start()], identifier(word) if word in names and not call else word]
        end = token.end()
    try:
        found = sqlglot.parse("".join(parts))
    except (SqlglotError, RecursionError):
        found = []
    if len(found) != 1 or found[0] is None or broken:
        raise PredicateError("predicate-syntax", f"the predicate does not parse: {text}", where=where)
    tree: Expr = found[0]
    return tree
