"""What the names in a predicate mean, and the tree it parses to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import sqlglot
from sqlglot.errors import SqlglotError

from everycase.errors import PredicateError
from everycase.sqltext import identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot.expressions import Expr

    from everycase.codelists import Codelists
    from everycase.suites import FieldSpec, Suite

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[A-Za-z_][A-Za-z0-9_]*|\S")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the names in a predicate mean.

    Attributes:
        fields: the fields of the suite.
        derived: name -> (predicate, place), read in this same scope.
        bindings: name -> (text, scope it is read in); for the parameters of a check these come first.
        reach: `table.field` -> a field of a table above, or of the row of another table that is being looked at.
        suite: the suite whose tables may be looked at; None where there is no other.
        lists: the code lists that may be named as a calendar.
    """

    fields: Mapping[str, FieldSpec]
    derived: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    bindings: Mapping[str, tuple[str, Scope]] = field(default_factory=dict)
    reach: Mapping[str, FieldSpec] = field(default_factory=dict)
    suite: Suite | None = None
    lists: Codelists | None = None

    def names(self) -> set[str]:
        """List every name that may stand in a predicate."""
        return {*self.bindings, *(() if self.bindings else (*self.fields, *self.derived))}

    def looking_at(self, table: str, row: str) -> Scope:
        """Give the same scope with the fields of a row of another table, or another row of this one."""
        assert self.suite is not None  # noqa: S101 - a table was found in it
        fields = self.suite.tables[table].fields
        beside = {f"{table}.{n}": replace(spec, name=f"{table}.{n}", row=row) for n, spec in fields.items()}
        return replace(self, reach={**self.reach, **beside})

    def looking_at_itself(self) -> Scope:
        """Give the same scope in which the fields of a row of this record's own table are those of the record."""
        assert self.suite is not None  # noqa: S101 - it has a table
        table = self.suite.table
        return replace(self, reach={**self.reach, **{f"{table}.{n}": spec for n, spec in self.suite.fields.items()}})


_PARSED: dict[tuple[str, frozenset[str]], Expr] = {}


def parse(text: str, scope: Scope, where: str) -> Expr:
    """Parse a predicate; a field may be called force, group or select.

    Raises:
        PredicateError: it is not one expression of the language.
    """
    names = frozenset((*scope.names(), *scope.reach))
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
        # NOTE: what stands after a dot is a field of another table, whatever it is called.
        field = (word in names and not call) or (
            position > 0 and tokens[position - 1].group() == "." and word.isidentifier()
        )
        parts += [text[end : token.start()], identifier(word) if field else word]
        end = token.end()
    try:
        found = sqlglot.parse("".join(parts))
    except (SqlglotError, RecursionError):
        found = []
    if len(found) != 1 or found[0] is None or broken:
        raise PredicateError("predicate-syntax", f"the predicate does not parse: {text}", where=where)
    tree: Expr = found[0]
    return tree
