"""Functions that look at other records: how many rows of a table belong to the same one above, and of what kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from everycase.errors import PredicateError, nearest
from everycase.term import Term

if TYPE_CHECKING:
    from everycase.functions import Call
    from everycase.suites import Suite

#: the name that the row being looked at goes by
ROW = "other"


@dataclass(frozen=True, slots=True)
class Looked:
    """How many rows of a table there are, as SQL.

    Attributes:
        certain: those for which the condition holds.
        possible: those for which it is not shown not to hold.
    """

    certain: str
    possible: str


def rows_of(call: Call) -> Term:
    """Count rows; unknown where it cannot be told of some whether they count."""
    if call.writer.columns.answers_only:
        return Term(call.writer.columns.outside(), "integer")
    looked = _looked(call, 1, 2)
    return Term(f"(CASE WHEN {looked.certain} = {looked.possible} THEN {looked.certain} END)", "integer")


def any_row(call: Call) -> Term:
    """Say whether there is a row; false only where none could be one."""
    if call.writer.columns.answers_only:
        return Term(call.writer.columns.outside(), "truth")
    looked = _looked(call, 1, 2)
    return Term(f"(CASE WHEN {looked.certain} > 0 THEN TRUE WHEN {looked.possible} = 0 THEN FALSE END)", "truth")


def kinds(call: Call) -> Term:
    """Count the different values that a field has in some rows; unknown where it cannot be told which rows count."""
    if call.writer.columns.answers_only:
        return Term(call.writer.columns.outside(), "integer")
    part, level = _table(call, 3)
    scope = call.scope.looking_at(part.table, ROW)
    spec = call.writer.field_of(call.nodes[1], scope, call.where)
    if not spec.row:
        message = f"kinds() needs a field of '{part.table}' as argument 2"
        raise PredicateError("predicate-shape", message, where=call.where)
    looked = _looked(call, 2, 3)
    value = call.writer.columns.value(spec)
    found = call.writer.columns.kinds(part.table, level, _condition(call, 2, scope), value)
    _note(call, part, level)
    return Term(f"(CASE WHEN {looked.certain} = {looked.possible} THEN {found} END)", "integer")


def belongs(call: Call) -> Term:
    """Say whether the record was found to belong to one of a table above; never unknown."""
    suite = call.scope.suite
    name = _name(call, 0)
    if suite is None or name not in suite.above:
        known = suite.above if suite is not None else ()
        message = f"'{name}' is no table that this one belongs to"
        raise PredicateError("unknown-table", message, where=call.where, instead=nearest(name, known))
    if call.writer.columns.answers_only:
        return Term(call.writer.columns.outside(), "truth")
    return Term(call.writer.columns.belongs(name), "truth")


def _name(call: Call, position: int) -> str:
    node = call.nodes[position]
    if not isinstance(node, exp.Column) or node.table:
        message = f"{call.name}() needs the name of a table as argument {position + 1}"
        raise PredicateError("predicate-shape", message, where=call.where)
    return str(node.name)


def _table(call: Call, level_at: int) -> tuple[Suite, str]:
    """Find the table to look at, and the one above within which."""
    suite, name = call.scope.suite, _name(call, 0)
    if suite is None or name not in suite.tables:
        known = suite.tables if suite is not None else ()
        message = f"there is no table '{name}' beside this one"
        raise PredicateError("unknown-table", message, where=call.where, instead=nearest(name, known))
    if any(spec.row for spec in call.scope.reach.values()):
        raise PredicateError("predicate-shape", "a row is looked at within a row", where=call.where)
    level = suite.common(name)
    if len(call.nodes) > level_at:
        level = _name(call, level_at)
        both = {suite.table, *suite.above} & {name, *suite.tables[name].above}
        if level not in both:
            message = f"'{level}' is no table that both belong to"
            raise PredicateError("unknown-table", message, where=call.where, instead=nearest(level, both))
    return suite.tables[name], level


def _condition(call: Call, position: int, scope: object) -> str:
    """Write the condition on a row; all rows where there is none."""
    if len(call.nodes) <= position:
        return "TRUE"
    term = call.writer.term(call.nodes[position], scope, call.where, call.depth)  # type: ignore[arg-type]
    if term.kind not in {"truth", "null"}:
        message = f"{call.name}() needs a condition as argument {position + 1}, not a {term.kind}"
        raise PredicateError("predicate-kind", message, where=call.where)
    return term.sql


def _looked(call: Call, condition_at: int, level_at: int) -> Looked:
    part, level = _table(call, level_at)
    condition = _condition(call, condition_at, call.scope.looking_at(part.table, ROW))
    columns = call.writer.columns
    certain = columns.rows(part.table, level, condition)
    possible = columns.rows(part.table, level, f"COALESCE({condition}, TRUE)")
    if call.scope.suite is not None and part.table == call.scope.suite.table:
        # NOTE: a record is not among its own others; whether it would count is asked of itself.
        itself = _condition(call, condition_at, call.scope.looking_at_itself())
        certain = f"({certain} - CASE WHEN {itself} THEN 1 ELSE 0 END)"
        possible = f"({possible} - CASE WHEN COALESCE({itself}, TRUE) THEN 1 ELSE 0 END)"
    _note(call, part, level)
    return Looked(certain, possible)


def _note(call: Call, part: Suite, level: str) -> None:
    """Have the table kept that was looked at, with the fields that were read of its rows."""
    names = {name.partition(".")[2] for name in call.writer.beside if name.startswith(f"{part.table}.")}
    call.writer.columns.look_at(part.table, level, [part.fields[n] for n in sorted(names)])
    call.writer.windows.add((f"rows of {part.table}", level))
