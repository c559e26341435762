"""The rule language: predicates on one record, parsed, checked and written out for an engine.

The language is a small SQL. sqlglot parses it; only the nodes and functions of the tables below are taken, and
what is written out is written from them, never copied, so that hostile names or values cannot become SQL.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from everycase import coded
from everycase.codelists import ANSWERS
from everycase.comparing import Comparing
from everycase.errors import PredicateError, nearest
from everycase.scope import Scope, parse
from everycase.term import Term, aligned, check_word, one_kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycase.codelists import Codelist
    from everycase.suites import FieldSpec

_DEEPEST = 12
_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived name as a column of its own, with the fields it reads and in which it counts records."""

    term: Term
    fields: frozenset[str]
    windows: frozenset[tuple[str, ...]]


Sub = Callable[[exp.Expr], Term]
Call = Callable[["Writer", exp.Expr, Scope, str, int], Term]


@dataclass(slots=True)
class Written:
    """A predicate in the SQL of one engine, and what it needs."""

    sql: str
    fields: set[str]
    windows: set[tuple[str, ...]]


class Writer(Comparing):
    """Writes predicates for one engine over one suite.

    Args:
        columns: how the engine writes the columns of its prepared relation.
        as_of: the day that stands for today; nothing reads the clock.
        home: the suite's own scope, which the conditions of codes and fields are read in.
        call: writes a call of a function of the language; `functions.writer` puts it in.
    """

    def __init__(self, columns: coded.Columns, as_of: dt.date, home: Scope, call: Call) -> None:
        self.columns = columns
        self.call = call
        self.as_of = as_of
        self.home = home
        self.derived: dict[str, Derived] = {}
        self.windows: set[tuple[str, ...]] = set()
        self._deriving = False
        self._inside: list[tuple[str, str]] = []
        self.used: set[str] = set()
        self.beside: set[str] = set()

    def truth(self, text: str, scope: Scope, where: str) -> Written:
        """Write a predicate.

        Raises:
            PredicateError: it does not parse, names what does not exist, or is no condition.
        """
        self.used, self.windows = set(), set()
        try:
            term = self.term(parsed(text, scope, where), scope, where, 0)
        except RecursionError:
            raise PredicateError("predicate-shape", "the predicate is nested too deep", where=where) from None
        if term.kind not in {"truth", "null"}:
            raise PredicateError("predicate-kind", f"is a {term.kind}, not a condition", where=where)
        return Written(term.sql, set(self.used), set(self.windows))

    # One node -----------------------------------------------------------------------------------------------------

    def term(self, node: exp.Expr, scope: Scope, where: str, depth: int) -> Term:
        """Write one node."""

        def sub(child: exp.Expr) -> Term:
            return self.term(child, scope, where, depth)

        match node:
            case exp.Paren():
                return sub(node.this)
            case exp.And() | exp.Or() | exp.Not():
                return self._joined(node, sub, where)
            case exp.Boolean() | exp.Null() | exp.Literal():
                return self._constant(node)
            case exp.Column() if not node.table:
                return self._name(node.name, scope, where, depth)
            case exp.Column() if not node.args.get("db"):
                return self._field(self._reached(node, scope, where))
            case exp.Neg() | exp.Add() | exp.Sub() | exp.Mul():
                return self._calculated(node, sub, where)
            case exp.In():
                return self._among(node, sub, where)
            case exp.Is():
                return self._is(node, sub, where)
            case exp.Case():
                return self._case(node, sub, where)
            case exp.Between() if not node.args.get("symmetric"):
                low, high, value = sub(node.args["low"]), sub(node.args["high"]), sub(node.this)
                first = self._compare(">=", value, low, where)
                return Term(f"({first} AND {self._compare('<=', value, high, where)})", "truth")
        if type(node) in _COMPARISONS:
            return Term(self._compare(_COMPARISONS[type(node)], sub(node.this), sub(node.expression), where), "truth")
        return self.call(self, node, scope, where, depth)

    def _joined(self, node: exp.Expr, sub: Sub, where: str) -> Term:
        if isinstance(node, exp.Not):
            return Term(f"(NOT {self._condition(sub(node.this), where)})", "truth")
        word = " AND " if isinstance(node, exp.And) else " OR "
        return Term(f"({word.join(self._condition(sub(n), where) for n in node.flatten())})", "truth")

    def _calculated(self, node: exp.Expr, sub: Sub, where: str) -> Term:
        if isinstance(node, exp.Neg):
            value = sub(node.this)
            return self._number(f"(-{value.sql})", [value], where)
        left, right = sub(node.this), sub(node.expression)
        return self._number(f"({left.sql} {_ARITHMETIC[type(node)]} {right.sql})", [left, right], where)

    def _constant(self, node: exp.Expr) -> Term:
        if isinstance(node, exp.Boolean):
            return Term("TRUE" if node.this else "FALSE", "truth")
        if isinstance(node, exp.Null):
            return Term("NULL", "null")
        return self._literal(node)

    def _literal(self, node: exp.Expr) -> Term:
        if node.is_string:
            return Term(self.columns.literal(node.this), "text", literal=node.this)
        kind = "integer" if re.fullmatch(r"[0-9]{1,18}", node.this) else "number"
        return Term(node.this, kind)

    def _name(self, name: str, scope: Scope, where: str, depth: int) -> Term:
        if depth > _DEEPEST:
            raise PredicateError("predicate-circle", f"'{name}' is defined by itself", where=where)
        if name in scope.bindings:
            text, outer = scope.bindings[name]
            return self.term(parsed(text, outer, where), outer, where, depth + 1)
        if not scope.bindings:
            if name in scope.derived:
                return self._derived(name, scope, depth)
            if name in scope.fields:
                return self._field(scope.fields[name])
        message = f"'{name}' is no field"
        raise PredicateError("unknown-field", message, where=where, instead=nearest(name, scope.names()))

    def _field(self, spec: FieldSpec) -> Term:
        self.use(spec)
        if spec.codelist is None:
            return Term(self.columns.value(spec), spec.type)
        return Term(self._code(spec), "text", coded.itself(spec, spec.codelist))

    def _reached(self, node: exp.Column, scope: Scope, where: str) -> FieldSpec:
        """Find a field of a table above, or of the row of another table that is being looked at."""
        name = f"{node.table}.{node.name}"
        if name not in scope.reach:
            message = f"'{name}' is no field that can be looked at here"
            raise PredicateError("unknown-field", message, where=where, instead=nearest(name, scope.reach))
        return scope.reach[name]

    def use(self, spec: FieldSpec) -> None:
        """Note that a field is read; one of another row is noted by whoever looks at that row."""
        (self.beside if spec.row else self.used).add(spec.name)

    def _derived(self, name: str, scope: Scope, depth: int) -> Term:
        """Write a derived name as a column of its own, so that it is worked out once for all rules."""
        if self._deriving or scope is not self.home:
            # NOTE: a column cannot use another of the same select list, so a name inside a name is written out; and
            # what is derived of another row is no column at all.
            text, place = scope.derived[name]
            return self.term(parsed(text, scope, place), scope, place, depth + 1)
        if name not in self.derived:
            self._deriving = True
            fields, self.used = self.used, set()
            windows, self.windows = self.windows, set()
            text, place = scope.derived[name]
            try:
                term = self.term(parsed(text, scope, place), scope, place, depth + 1)
                self.derived[name] = Derived(term, frozenset(self.used), frozenset(self.windows))
            finally:
                self.used, self.windows, self._deriving = fields, windows, False
        made = self.derived[name]
        self.used |= made.fields
        self.windows |= made.windows
        return Term(self.columns.name(name), made.term.kind, made.term.coded)

    def _code(self, spec: FieldSpec) -> str:
        """Write the code itself; unknown where its meaning depends on the record and does not hold."""
        value, member = self.columns.value(spec), self.columns.member(spec, ())
        held = self.member(spec, ())
        return value if held == member else f"(CASE WHEN {held} IS NOT NULL THEN {value} END)"

    def member(self, spec: FieldSpec, codes: tuple[str, ...]) -> str:
        """Write membership; a code whose meaning depends on the record counts only where its condition holds."""
        self.use(spec)
        plain = self.columns.member(spec, codes)
        conditional = [c for c in spec.codelist.codes.values() if c.when] if spec.codelist else []
        if not conditional:
            return plain
        parts = []
        for code in conditional:
            condition = self._truth_inside(code.when or "", spec)
            is_it = self.columns.member(spec, (code.code,))
            parts.append(f"WHEN {is_it} AND NOT COALESCE({condition}, FALSE) THEN NULL")
        return f"(CASE {' '.join(parts)} ELSE {plain} END)"

    def _truth_inside(self, text: str, spec: FieldSpec) -> str:
        scope, where = self._home_of(spec), spec.place
        if (spec.name, text) in self._inside:
            raise PredicateError("predicate-circle", f"what '{spec.name}' means depends on itself", where=where)
        self._inside.append((spec.name, text))
        try:
            return self._condition(self.term(parsed(text, scope, where), scope, where, 1), where)
        finally:
            self._inside.pop()

    def _home_of(self, spec: FieldSpec) -> Scope:
        """Give the scope in which what is said of a field is read: that of its own table, of the row it belongs to."""
        table, dot, _ = spec.name.partition(".")
        if not dot or self.home.suite is None or table not in self.home.suite.tables or spec.name in self.home.fields:
            return self.home
        part = self.home.suite.tables[table]
        fields = {n: replace(f, name=f"{table}.{n}", row=spec.row) for n, f in part.fields.items()}
        return Scope(fields, {n: (text, part.derived_places[n]) for n, text in part.derived.items()})

    def valid(self, spec: FieldSpec) -> str:
        """Write the test whether a field is listed or well-formed, and not shown to be implausible; never NULL."""
        self.use(spec)
        parts = [self.columns.typed(spec)]
        if spec.codelist is not None and any(c.when for c in spec.codelist.codes.values()):
            parts.append(f"({self.member(spec, ())} IS NOT NULL)")
        if spec.valid is not None:
            # NOTE: a plausibility that cannot be told does not make a well-formed value invalid.
            parts.append(f"COALESCE({self._truth_inside(spec.valid, spec)}, TRUE)")
        return f"({' AND '.join(parts)})"

    def known(self, spec: FieldSpec) -> str:
        """Write the test whether a field is valid and holds a real answer; never NULL."""
        valid = self.valid(spec)
        if spec.codelist is None:
            return valid
        silent = tuple(c.code for c in spec.codelist.codes.values() if c.standing not in ANSWERS)
        return f"({valid} AND NOT COALESCE({self.member(spec, silent)}, TRUE))" if silent else valid

    def _among(self, node: exp.In, sub: Sub, where: str) -> Term:
        value = sub(node.this)
        if not node.expressions or not all(isinstance(n, exp.Literal | exp.Neg) for n in node.expressions):
            raise PredicateError("predicate-shape", "IN takes a list of values", where=where)
        items = [sub(n) for n in node.expressions]
        if value.coded is not None and all(i.literal is not None for i in items):
            return Term(self.one_of(value.coded, [i.literal or "" for i in items], where), "truth")
        for item in items:
            check_word(value, item, where)
        listed = ", ".join(aligned(i, value, where).sql for i in items)
        return Term(f"({value.sql} IN ({listed}))", "truth")

    def _is(self, node: exp.Is, sub: Sub, where: str) -> Term:
        if isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Null):
            name = node.this.name
            message = f"IS NULL does not tell a blank '{name}' from an ill-formed one"
            instead = f"Write NOT supplied({name}) or NOT valid({name})."
            raise PredicateError("predicate-null", message, where=where, instead=instead)
        if not isinstance(node.expression, exp.Null | exp.Boolean):
            raise PredicateError("predicate-shape", "IS takes NULL, TRUE or FALSE", where=where)
        return Term(f"({sub(node.this).sql} IS {sub(node.expression).sql})", "truth")

    def _case(self, node: exp.Case, sub: Sub, where: str) -> Term:
        if node.this is not None:
            raise PredicateError("predicate-shape", "CASE takes conditions: CASE WHEN ... THEN ...", where=where)
        parts, kinds = [], []
        for branch in node.args["ifs"]:
            result = sub(branch.args["true"])
            kinds.append(result.kind)
            parts.append(f"WHEN {self._condition(sub(branch.this), where)} THEN {result.sql}")
        if node.args.get("default") is not None:
            result = sub(node.args["default"])
            kinds.append(result.kind)
            parts.append(f"ELSE {result.sql}")
        return Term(f"(CASE {' '.join(parts)} END)", one_kind(kinds, where))

    def _number(self, sql: str, terms: Iterable[Term], where: str) -> Term:
        kind = one_kind([t.kind for t in terms], where)
        if kind not in {"integer", "number", "null"}:
            raise PredicateError("predicate-kind", f"cannot calculate with a {kind}", where=where)
        return Term(sql, kind)

    def field_of(self, node: exp.Expr, scope: Scope, where: str) -> FieldSpec:
        """Find the field that an argument names, through any binding.

        Raises:
            PredicateError: the argument is anything but the name of a field.
        """
        for _ in range(_DEEPEST):
            if not isinstance(node, exp.Column):
                break
            if node.table:
                spec = self._reached(node, scope, where)
                self.use(spec)
                return spec
            name = node.name
            if name in scope.bindings:
                text, outer = scope.bindings[name]
                node, scope = parsed(text, outer, where), outer
                continue
            if not scope.bindings and name in scope.fields:
                self.used.add(name)
                return scope.fields[name]
            message = f"'{name}' is {'derived, and ' if name in scope.derived else ''}no field"
            hint = nearest(name, scope.bindings or scope.fields)
            raise PredicateError("unknown-field", message, where=where, instead=hint)
        raise PredicateError("predicate-shape", "the name of a field must stand here", where=where)

    def calendar(self, name: str, where: str) -> Codelist:
        """Give the code list that is named as a calendar.

        Raises:
            PredicateError: there is none of that name.
        """
        lists = self.home.lists
        if lists is None or name not in lists:
            known = lists.names() if lists is not None else []
            message = f"there is no code list '{name}'"
            raise PredicateError("unknown-codelist", message, where=where, instead=nearest(name, known))
        return lists[name]

    def codelist_of(self, spec: FieldSpec, where: str) -> Codelist:
        """Give the code list of a field.

        Raises:
            PredicateError: the field has none.
        """
        if spec.codelist is None:
            raise PredicateError("predicate-kind", f"'{spec.name}' has no code list", where=where)
        return spec.codelist


def parsed(text: str, scope: Scope, where: str) -> exp.Expr:
    """Parse a predicate; a comment is refused, since in folded YAML it would swallow what follows."""
    if re.search(r"--|/[*]", _QUOTED.sub("", text)):
        raise PredicateError("predicate-syntax", "a comment stands in the predicate", where=where)
    return parse(text, scope, where)
