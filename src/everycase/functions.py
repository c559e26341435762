"""The functions of the rule language: each is one entry here, with its words for the documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from everycase import arithmetic, coded, lexicon, partners
from everycase.codelists import STANDINGS, pattern_problem
from everycase.errors import PredicateError, UnsupportedError, nearest
from everycase.predicate import Writer
from everycase.term import Term, one_kind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from everycase.coded import Columns
    from everycase.codelists import Codelist
    from everycase.scope import Scope
    from everycase.suites import FieldSpec


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function, with its arguments still unwritten."""

    writer: Writer
    name: str
    nodes: list[exp.Expr]
    scope: Scope
    where: str
    depth: int

    def term(self, position: int) -> Term:
        """Write one argument."""
        return self.writer.term(self.nodes[position], self.scope, self.where, self.depth)

    def of_kind(self, position: int, *kinds: str) -> str:
        """Write one argument that must be of a kind."""
        term = self.term(position)
        if term.kind not in {*kinds, "null"}:
            message = f"{self.name}() needs a {kinds[0]} as argument {position + 1}, not a {term.kind}"
            raise PredicateError("predicate-kind", message, where=self.where)
        return term.sql

    def text(self, position: int) -> str:
        """Read one argument that must be a text literal."""
        node = self.nodes[position]
        if not isinstance(node, exp.Literal) or not node.is_string:
            message = f"{self.name}() needs a text in quotes as argument {position + 1}"
            raise PredicateError("predicate-shape", message, where=self.where)
        return str(node.this)

    def texts(self, start: int) -> list[str]:
        """Read all arguments from one on as text literals."""
        return [self.text(i) for i in range(start, len(self.nodes))]

    def coded(self) -> tuple[FieldSpec, Codelist]:
        """Find the code field that the first argument names."""
        spec = self.writer.field_of(self.nodes[0], self.scope, self.where)
        return spec, self.writer.codelist_of(spec, self.where)

    def member(self, spec: FieldSpec, codes: tuple[str, ...]) -> str:
        """Write membership of a field in some codes."""
        return self.writer.member(spec, codes)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the rule language: how to call it, what it says, how it is written."""

    usage: str
    about: str
    fewest: int
    most: int
    write: Callable[[Call], Term]


def _coded_term(call: Call, values: coded.Coded) -> Term:
    sql = values.text(lambda codes: call.member(values.field, codes), call.writer.columns.literal)
    return Term(sql, "text", values)


def _concept(call: Call) -> Term:
    spec, codelist = call.coded()
    return _coded_term(call, coded.concept(spec, codelist))


def _attribute(call: Call) -> Term:
    spec, codelist = call.coded()
    name = call.text(1)
    if name not in codelist.attribute_names():
        message = f"no code of '{codelist.name}' has the attribute '{name}'"
        raise PredicateError("unknown-attribute", message, where=call.where,
                             instead=nearest(name, codelist.attribute_names()))  # fmt: skip
    return _coded_term(call, coded.attribute(spec, codelist, name))


def _stated(call: Call, values: coded.Coded, wanted: list[str]) -> Term:
    """Say what the code says, false for a blank or a code that gives no answer, unknown for an unmapped one."""
    if values.rest not in wanted:
        # NOTE: a code that gives no answer is none of those wanted, so that only a blank has to be told apart.
        answering = coded.Coded(values.field, values.values, values.rest, ())
        true = call.writer.one_of(answering, wanted, call.where)
        supplied = call.writer.columns.supplied(values.field)
        return Term(f"COALESCE({true}, CASE WHEN NOT {supplied} THEN FALSE END)", "truth")
    true = call.writer.one_of(values, wanted, call.where)
    blank = f"NOT {call.writer.columns.supplied(values.field)}"
    no_answer = f"OR {call.member(values.field, values.unknown)}" if values.unknown else ""
    return Term(f"(CASE WHEN {blank} {no_answer} THEN FALSE ELSE {true} END)", "truth")


def _says(call: Call) -> Term:
    spec, codelist = call.coded()
    return _stated(call, coded.concept(spec, codelist), call.texts(1))


def _says_attribute(call: Call) -> Term:
    spec, codelist = call.coded()
    return _stated(call, coded.attribute(spec, codelist, call.text(1)), call.texts(2))


def _supplied(call: Call) -> Term:
    spec = call.writer.field_of(call.nodes[0], call.scope, call.where)
    return Term(call.writer.columns.supplied(spec), "truth")


def _valid(call: Call) -> Term:
    spec = call.writer.field_of(call.nodes[0], call.scope, call.where)
    return Term(call.writer.valid(spec), "truth")


def _known(call: Call) -> Term:
    spec = call.writer.field_of(call.nodes[0], call.scope, call.where)
    return Term(call.writer.known(spec), "truth")


def _standing(call: Call) -> Term:
    spec, codelist = call.coded()
    parts = [f"WHEN NOT {call.writer.columns.supplied(spec)} THEN 'blank'"]
    for standing in ("indeterminate", "not_known", "not_stated", "not_applicable"):
        codes = codelist.with_standing(standing)
        if codes:
            parts.append(f"WHEN {call.member(spec, codes)} THEN '{standing}'")
    parts.append(f"WHEN {call.member(spec, ())} IS NULL THEN 'unmapped'")
    return Term(f"(CASE {' '.join(parts)} ELSE 'known' END)", "text", words=("blank", "unmapped", *STANDINGS))


def _at_least(call: Call) -> Term:
    age = call.term(1)
    if not re.fullmatch(r"[0-9]{1,3}", age.sql):
        raise PredicateError("predicate-shape", "at_least() needs a whole number of years", where=call.where)
    first = call.term(0)
    if first.coded is not None:
        spec = first.coded.field
        codelist = call.writer.codelist_of(spec, call.where)
        if not any(c.low is not None or c.high is not None for c in codelist.codes.values()):
            message = f"no code of '{codelist.name}' says which ages it covers"
            instead = "Give its codes 'low' and 'high'."
            raise PredicateError("predicate-kind", message, where=call.where, instead=instead)
        banded = coded.at_least(spec, codelist, int(age.sql))
        return Term(banded.among(["yes"], lambda codes: call.member(spec, codes)), "truth")
    return Term(f"({call.of_kind(0, 'integer', 'number')} >= {age.sql})", "truth")


def _age_at(call: Call) -> Term:
    return Term(call.writer.columns.age(call.of_kind(0, "date"), call.of_kind(1, "date")), "integer")


def _days_between(call: Call) -> Term:
    first, second = call.of_kind(0, "date"), call.of_kind(1, "date")
    return Term(call.writer.columns.days_between(first, second), "integer")


def _part(call: Call) -> Term:
    return Term(call.writer.columns.day_part(call.name, call.of_kind(0, "date")), "integer")


def _as_of(call: Call) -> Term:
    return Term(f"DATE '{call.writer.as_of.isoformat()}'", "date")


def _matches(call: Call) -> Term:
    pattern = call.text(1)
    problem = pattern_problem(pattern)
    if problem:
        raise PredicateError("wrong-pattern", f"the pattern {problem}", where=call.where)
    try:
        return Term(call.writer.columns.full_match(call.of_kind(0, "text"), pattern), "truth")
    except UnsupportedError as error:
        raise UnsupportedError(error.slug, error.message, where=call.where) from None


def _occurrences(call: Call) -> Term:
    specs = tuple(call.writer.field_of(n, call.scope, call.where) for n in call.nodes)
    call.writer.windows.add(tuple(s.name for s in specs))
    return Term(call.writer.columns.occurrences(specs), "integer")


def _coalesce(call: Call) -> Term:
    terms = [call.term(i) for i in range(len(call.nodes))]
    return Term(f"COALESCE({', '.join(t.sql for t in terms)})", one_kind([t.kind for t in terms], call.where))


def _nullif(call: Call) -> Term:
    first, second = call.term(0), call.term(1)
    return Term(f"NULLIF({first.sql}, {second.sql})", one_kind([first.kind, second.kind], call.where))


def _textual(kind: str) -> Callable[[Call], Term]:
    def write(call: Call) -> Term:
        rest = [call.of_kind(i, "integer") for i in range(1, len(call.nodes))]
        name = "substr" if call.name in {"substring", "substr"} else call.name
        try:
            return Term(call.writer.columns.textual(name, [call.of_kind(0, "text"), *rest]), kind)
        except UnsupportedError as error:
            raise UnsupportedError(error.slug, error.message, where=call.where) from None

    return write


def _starts_with(call: Call) -> Term:
    return Term(call.writer.columns.starts_with(call.of_kind(0, "text"), call.text(1)), "truth")


def _contains(call: Call) -> Term:
    return Term(call.writer.columns.contains(call.of_kind(0, "text"), call.text(1)), "truth")


def _absolute(call: Call) -> Term:
    term = call.term(0)
    return Term(f"abs({call.of_kind(0, 'integer', 'number')})", term.kind)


FUNCTIONS: dict[str, Function] = {
    "concept": Function("concept(field)", "the concept the code stands for; unknown unless it is a known answer; "
                        "'none' for a known code that stands for no concept", 1, 1, _concept),
    "attribute": Function("attribute(field, 'name')", "an attribute of the code; 'none' for a known code without it; "
                          "unknown unless it is a known answer", 2, 2, _attribute),
    "says": Function("says(field, 'concept', ...)", "whether the code says one of these; false for a blank and for a "
                     "code that gives no answer, unknown for a code not in the list", 2, 99, _says),
    "says_attribute": Function("says_attribute(field, 'name', 'value', ...)", "the same for an attribute",
                               3, 99, _says_attribute),
    "standing": Function("standing(field)", "blank, unmapped, known, indeterminate, not_known, not_stated or "
                         "not_applicable; never unknown", 1, 1, _standing),
    "supplied": Function("supplied(field)", "whether anything but blanks stands there; never unknown", 1, 1, _supplied),
    "valid": Function("valid(field)", "whether it is in the list or well-formed, and plausible; never unknown",
                      1, 1, _valid),
    "known": Function("known(field)", "whether it is valid and a real answer; never unknown", 1, 1, _known),
    "at_least": Function("at_least(age, 16)", "whether an age, or the whole of an age band, is at or above a number "
                         "of years; unknown for a band that straddles it", 2, 2, _at_least),
    "age_at": Function("age_at(born, day)", "completed years on a day", 2, 2, _age_at),
    "days_between": Function("days_between(first, second)", "days from the first day to the second", 2, 2,
                             _days_between),
    "year": Function("year(day)", "the year of a date", 1, 1, _part),
    "month": Function("month(day)", "the month of a date, 1 to 12", 1, 1, _part),
    "day": Function("day(day)", "the day of the month", 1, 1, _part),
    "as_of": Function("as_of()", "the day given by --as-of", 0, 0, _as_of),
    "weekday": Function("weekday(day)", "the day of the week, 1 for Monday to 7 for Sunday", 1, 1, arithmetic.weekday),
    "workdays_between": Function("workdays_between(first, second, 'calendar')", "working days after the first day, up "
                                 "to and including the second; the code list named last holds the days off", 3, 3,
                                 arithmetic.workdays_between),
    "remainder": Function("remainder(number, 23)", "the remainder of a division", 2, 2, arithmetic.remainder),
    "whole": Function("whole(text)", "the whole number that a text of 1 to 18 digits stands for; unknown for any other",
                      1, 1, arithmetic.whole),
    "concat": Function("concat(text, text, ...)", "texts one after the other", 2, 9, arithmetic.concat),
    "place_in": Function("place_in(text, 'ABC')", "the place of a single character among others, from 1; 0 where it is "
                         "not among them, unknown for any other text", 2, 2, arithmetic.place_in),
    "lowest": Function("lowest(field)", "the least whole number that a code of a band, or a suppressed count such as "
                       "<5, may stand for; in an open list a number stands for itself", 1, 1, arithmetic.lowest),
    "highest": Function("highest(field)", "the greatest, the same way", 1, 1, arithmetic.highest),
    "matches": Function("matches(text, 'pattern')", "whether the whole text matches a regular expression", 2, 2,
                        _matches),
    "speaks_of": Function("speaks_of(text, 'lexicon', 'term', 3)", "whether the text holds a phrase that the code list "
                          "named gives for the term, with no negation among so many words before it", 4, 4,
                          lexicon.speaks_of),
    "occurrences": Function("occurrences(field, ...)", "how many records share these values; unknown where one is "
                            "blank", 1, 9, _occurrences),
    "rows_of": Function("rows_of(table, condition, above)", "how many rows of another table, or other ones of this, "
                     "belong to the same record of the lowest table above both, or of the one named; a field of such a "
                     "row is table.field; unknown where it cannot be told of some whether they count", 1, 3,
                     partners.rows_of),
    "any_row": Function("any_row(table, condition, above)", "whether there is such a row; false only where none could "
                        "be one", 1, 3, partners.any_row),
    "kinds": Function("kinds(table, table.field, condition, above)", "how many different values the field has in such "
                      "rows", 2, 4, partners.kinds),
    "belongs": Function("belongs(table)", "whether the record was found to belong to one of a table above; never "
                        "unknown", 1, 1, partners.belongs),
    "coalesce": Function("coalesce(a, b, ...)", "the first that is not unknown", 2, 9, _coalesce),
    "nullif": Function("nullif(a, b)", "a, but unknown where it equals b", 2, 2, _nullif),
    "length": Function("length(text)", "the number of characters", 1, 1, _textual("integer")),
    "lower": Function("lower(text)", "in small letters", 1, 1, _textual("text")),
    "upper": Function("upper(text)", "in capital letters", 1, 1, _textual("text")),
    "trim": Function("trim(text)", "without blanks at the ends", 1, 1, _textual("text")),
    "substr": Function("substr(text, start, length)", "a part of a text; the first character is 1", 2, 3,
                       _textual("text")),
    "starts_with": Function("starts_with(text, 'start')", "whether a text starts so", 2, 2, _starts_with),
    "contains": Function("contains(text, 'part')", "whether a text holds a part", 2, 2, _contains),
    "abs": Function("abs(number)", "without its sign", 1, 1, _absolute),
}  # fmt: skip

#: sqlglot turns some calls into nodes of their own; these are the names they were called by.
_NODE_NAMES: dict[str, str] = {"substring": "substr", "startswith": "starts_with", "starts_with": "starts_with"}


def call(writer: Writer, node: exp.Expr, scope: Scope, where: str, depth: int) -> Term:
    """Write a call of a function of the language.

    Raises:
        PredicateError: no such function, or not so many arguments.
    """
    if isinstance(node, exp.Anonymous):
        name, nodes = str(node.this).lower(), list(node.expressions)
    elif isinstance(node, exp.Func):
        name = _NODE_NAMES.get(node.sql_name().lower(), node.sql_name().lower())
        nodes = [n for v in node.args.values() if v for n in (v if isinstance(v, list) else [v])
                 if isinstance(n, exp.Expr)]  # fmt: skip
    else:
        message = f"{type(node).__name__} is not part of the rule language"
        raise PredicateError("predicate-shape", message, where=where)
    function = FUNCTIONS.get(name)
    if function is None:
        message = f"{name}() is no function of the rule language"
        raise PredicateError("unknown-function", message, where=where, instead=nearest(name, FUNCTIONS))
    if not function.fewest <= len(nodes) <= function.most:
        message = f"{name}() is called with {len(nodes)} arguments"
        raise PredicateError("predicate-shape", message, where=where, instead=f"Write {function.usage}.")
    # NOTE: year(date) and its like come wrapped in a cast node by sqlglot.
    nodes = [n.this if isinstance(n, exp.TsOrDsToDate | exp.Cast) else n for n in nodes]
    return function.write(Call(writer, name, nodes, scope, where, depth))


def writer(columns: Columns, as_of: dt.date, home: Scope) -> Writer:
    """Make a writer that knows the functions of the language; see `Writer`."""
    return Writer(columns, as_of, home, call)
