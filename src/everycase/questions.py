"""What rules ask of a record, as questions that are answered yes, no or unknown.

A rule is a formula over such questions, and needs no more of a record than their answers: whether a code is among
some, whether a cell is filled, whether one date lies before another. So each question is put to a record once,
however many rules ask it, and the formulas are worked out afterwards, once for each kind of record instead of once
for each record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase import functions
from everycase.predicate import Writer, parsed
from everycase.sqltext import identifier, quoted
from everycase.term import Term

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from sqlglot import expressions as exp

    from everycase.coded import Columns
    from everycase.scope import Scope
    from everycase.suites import FieldSpec

_NAME = re.compile(r'"q(\d+)"')
_LITERAL = re.compile(r"'(?:[^']|'')*'")
#: stands where a value would; a condition that holds it cannot be told from other questions and becomes one itself
_VALUE = "\0"


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a record.

    Attributes:
        kind: `member` of some codes, `supplied`, `typed` (listed or well-formed), or a `condition` in SQL.
        field: the field it is about; None for a condition, which may read several.
        codes: for `member`.
        sql: for a condition, written for the engine that reads the records.
        fields: the fields it reads.
        windows: the sets of fields in which records are counted against each other for it.
    """

    kind: str
    field: FieldSpec | None = None
    codes: frozenset[str] = frozenset()
    sql: str = ""
    fields: frozenset[str] = frozenset()
    windows: frozenset[tuple[str, ...]] = frozenset()


class QuestionColumns:
    """Writes what can be asked of a field as the name of a question, and no values; see `coded.Columns`."""

    def __init__(self, day: dt.date | None) -> None:
        self.day = day
        self.questions: dict[str, Question] = {}
        self._names: dict[tuple[object, ...], str] = {}

    def ask(self, question: Question) -> str:
        """Name a question, the same for the same one."""
        name = question.field.name if question.field else ""
        key = (question.kind, name, question.codes, question.sql)
        if key not in self._names:
            self._names[key] = f'"q{len(self._names)}"'
            self.questions[self._names[key]] = question
        return self._names[key]

    def member(self, field: FieldSpec, codes: Iterable[str]) -> str:
        """Ask whether the value is one of some codes; unknown where there is no value."""
        listed = field.codelist.codes if field.codelist is not None else {}
        held = frozenset(c for c in codes if c in listed and (self.day is None or listed[c].in_force(self.day)))
        return self.ask(Question("member", field, held, fields=frozenset({field.name})))

    def supplied(self, field: FieldSpec) -> str:
        """Ask whether anything was supplied."""
        return self.ask(Question("supplied", field, fields=frozenset({field.name})))

    def typed(self, field: FieldSpec) -> str:
        """Ask whether what was supplied is listed or well-formed."""
        return self.ask(Question("typed", field, fields=frozenset({field.name})))

    def name(self, name: str) -> str:
        """Write a name."""
        return identifier(name)

    def literal(self, text: str) -> str:
        """Write a text."""
        return quoted(text)

    answers_only = True

    def outside(self) -> str:
        """Give what stands for a value."""
        return _VALUE

    def look_at(self, table: str, above: str, fields: Iterable[FieldSpec]) -> None:
        """Do nothing: whoever reads records looks."""

    def _value(self, *_: object) -> str:
        return _VALUE

    value = occurrences = day_part = age = days_between = full_match = starts_with = contains = _value
    whole = position = quotient = ordered = textual = belongs = rows = kinds = _value


class Marker(Writer):
    """Writes predicates as formulas over questions; what reads values becomes a question of its own.

    Args:
        engine: writes the conditions, for the engine that reads the records.
    """

    def __init__(self, engine: Writer, day: dt.date | None) -> None:
        self.asked = QuestionColumns(day)
        super().__init__(self.asked, engine.as_of, engine.home, functions.call)
        self.engine = engine
        self._inlined: dict[str, tuple[Term, frozenset[str]]] = {}

    def term(self, node: exp.Expr, scope: Scope, where: str, depth: int) -> Term:
        """Write one node; one that is a condition on values is asked as a whole."""
        term = super().term(node, scope, where, depth)
        if term.kind != "truth" or _VALUE not in term.sql:
            return term
        written, fields, windows = self._on_engine(node, scope, where, depth)
        question = Question("condition", sql=written.sql, fields=frozenset(fields), windows=frozenset(windows))
        return Term(self.asked.ask(question), "truth")

    def _on_engine(
        self, node: exp.Expr, scope: Scope, where: str, depth: int
    ) -> tuple[Term, set[str], set[tuple[str, ...]]]:
        outer, self.engine.used = self.engine.used, set()
        counted, self.engine.windows = self.engine.windows, set()
        try:
            term = self.engine.term(node, scope, where, depth)
            return term, self.engine.used, self.engine.windows
        finally:
            self.engine.used, self.engine.windows = outer, counted

    def _derived(self, name: str, scope: Scope, depth: int) -> Term:
        """Write a derived name out: a formula is worked out once a kind of record, so nothing is saved by naming it."""
        if scope is not self.home:
            text, place = scope.derived[name]
            return self.term(parsed(text, scope, place), scope, place, depth + 1)
        if name not in self._inlined:
            outer, self.used = self.used, set()
            text, place = scope.derived[name]
            try:
                term = self.term(parsed(text, scope, place), scope, place, depth + 1)
                self._inlined[name] = term, frozenset(self.used)
            finally:
                self.used = outer
        term, fields = self._inlined[name]
        self.used |= fields
        return term


def marker(columns: Columns, as_of: dt.date, home: Scope, day: dt.date | None) -> Marker:
    """Make a writer of formulas.

    Args:
        columns: how the engine that reads the records writes its columns.
        as_of: the day that stands for today.
        home: the suite's own scope.
        day: the day on which a code must be in force; None takes every code.
    """
    return Marker(functions.writer(columns, as_of, home), day)


def named(text: str) -> Iterator[str]:
    r"""Find the questions that a formula asks.

    >>> list(named('(CASE WHEN "q2" THEN \'q3\' END) = "q10"'))
    ['"q2"', '"q10"']
    """
    for found in _NAME.finditer(_LITERAL.sub("''", text)):
        yield found.group()
