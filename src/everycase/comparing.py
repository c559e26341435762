"""How two terms are compared: codes by membership, dates as dates, texts by code point, and nothing by guess."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everycase.errors import PredicateError, nearest
from everycase.term import Term, aligned, check_word

if TYPE_CHECKING:
    from everycase import coded
    from everycase.suites import FieldSpec


class Comparing:
    """Writes comparisons for a writer of predicates."""

    columns: coded.Columns

    def member(self, spec: FieldSpec, codes: tuple[str, ...]) -> str:
        """Write membership; the writer knows what a code means in a record."""
        raise NotImplementedError

    def _condition(self, term: Term, where: str) -> str:
        if term.kind not in {"truth", "null"}:
            raise PredicateError("predicate-kind", f"a {term.kind} stands where a condition is needed", where=where)
        return term.sql

    def _compare(self, sign: str, left: Term, right: Term, where: str) -> str:
        if sign in {"=", "<>"}:
            if left.literal is not None and right.coded is not None:
                left, right = right, left
            if left.coded is not None and (right.literal is not None or right.coded is not None):
                equal = self._same(left, right, where)
                return equal if sign == "=" else f"(NOT {equal})"
            for term, other in ((left, right), (right, left)):
                check_word(term, other, where)
        left, right = aligned(left, right, where), aligned(right, left, where)
        if "text" in {left.kind, right.kind} and sign not in {"=", "<>"}:
            return f"({self.columns.ordered(left.sql)} {sign} {right.sql})"
        return f"({left.sql} {sign} {right.sql})"

    def _same(self, left: Term, right: Term, where: str) -> str:
        assert left.coded is not None  # noqa: S101 - the caller looked
        if right.literal is not None:
            return self.one_of(left.coded, [right.literal], where)
        assert right.coded is not None  # noqa: S101 - the caller looked
        shared = sorted(set(left.coded.values) & set(right.coded.values))
        rests = (left.coded.rest, right.coded.rest)
        if None not in rests or rests[0] in right.coded.values or rests[1] in left.coded.values:
            return f"({left.sql} = {right.sql})"
        pairs = [f"({self.one_of(left.coded, [v], where)} AND {self.one_of(right.coded, [v], where)})" for v in shared]
        # NOTE: where either side is unknown every pair is unknown or false; the last test makes the whole unknown.
        told = " AND ".join(self._told(values) for values in (left.coded, right.coded))
        return f"(CASE WHEN {' OR '.join(pairs) or 'FALSE'} THEN TRUE WHEN {told} THEN FALSE END)"

    def _told(self, values: coded.Coded) -> str:
        return values.told(lambda codes: self.member(values.field, codes))

    def one_of(self, values: coded.Coded, wanted: list[str], where: str) -> str:
        """Write the test whether a coded value is one of some."""
        known = {*values.values, *([values.rest] if values.rest else [])}
        codelist = values.field.codelist
        vocabulary = known | (codelist.vocabulary if codelist is not None else set())
        open_ = codelist if codelist and codelist.open and set(values.values) == set(codelist.codes) else None
        for value in wanted:
            if value not in vocabulary and not (open_ and re.fullmatch(open_.pattern or ".*", value)):
                message = f"'{value}' is nothing that '{values.field.name}' can say"
                raise PredicateError("unknown-code", message, where=where, instead=nearest(value, known))
        if open_ and any(w not in values.values for w in wanted):
            listed = ", ".join(self.columns.literal(w) for w in wanted)
            return f"({self.columns.value(values.field)} IN ({listed}))"
        return values.among(wanted, lambda codes: self.member(values.field, codes))
