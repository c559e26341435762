"""How an expectation of Great Expectations is written in our rule language, as the library itself would count."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from everycase.suites import FieldSpec

_ANYTHING = r"[\s\S]*"
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00:00(?:\.0+)?(?:Z|\+00:00)?")


class VocabularyError(ValueError):
    """An expectation cannot be taken over; the message goes on from its name."""

    def __init__(self, message: str, instead: str = "") -> None:
        super().__init__(message)
        self.instead = instead


class Written:
    """One expectation while it is written: its kwargs, and the fields of the suite that they name."""

    def __init__(self, kwargs: Mapping[str, Any], fields: Mapping[str, FieldSpec]) -> None:
        self.kwargs = kwargs
        self.fields = fields

    def listed(self, key: str) -> list[Any]:
        """Read a list."""
        value = self.kwargs[key]
        if not isinstance(value, list | tuple):
            raise VocabularyError(f"needs a list as '{key}'")
        return list(value)

    def column(self, key: str = "column") -> str:
        """Write the name of a field as a predicate names it."""
        return name(self.kwargs[key])

    def columns(self) -> list[str]:
        """Write the names of all fields of a list."""
        return [name(c) for c in self.listed("column_list")]

    def value(self, column: str, value: object) -> str:
        """Write a value that a field is compared with; a time at midnight is the day beside a date."""
        found = _MIDNIGHT.fullmatch(value) if isinstance(value, str) else None
        if found and self.fields[column].type == "date":
            return quoted(found[1])
        if self.fields[column].type in {"code", "text"} and not isinstance(value, str):
            raise VocabularyError(f"compares the text of '{column}' with a {type(value).__name__}", "Put it in quotes.")
        return literal(value)

    def possible(self, column: str, value: object) -> bool:
        """Say whether a field can hold a value at all, as we see it."""
        spec = self.fields[column]
        if not isinstance(value, str) or spec.type not in {"code", "text"}:
            return True
        if spec.codelist is None:
            return spec.pattern is None or bool(re.fullmatch(spec.pattern, value))
        listed = value in spec.codelist.codes
        return listed or (spec.codelist.open and bool(re.fullmatch(spec.codelist.pattern or "", value)))


def name(column: str) -> str:
    """Write a column as the rule language names it.

    >>> name("force"), name("date of birth")
    ('force', '"date of birth"')
    """
    return column if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", column) else identifier(column)


def literal(value: object) -> str:
    """Write a JSON value as a literal of the rule language."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return quoted(value)
    raise VocabularyError(f"takes text and numbers, not {type(value).__name__}")


# One column ----------------------------------------------------------------------------------------------------------


def where_filled(w: Written, requires: str) -> tuple[str, str]:
    """Let a predicate apply where the column is filled, as the library does."""
    return f"supplied({w.column()})", requires


def among(w: Written, *, wanted: bool) -> tuple[str, str]:
    """Ask for a value of a set, or for none of it.

    A cell that our column does not hold (unmapped, ill-formed) is no value of a set that the column could hold
    whole. Where the set also names what the column cannot hold, such a cell may be it, and cannot be judged.
    """
    field, column = w.kwargs["column"], w.column()
    values = w.listed("value_set")
    inside = [v for v in values if w.possible(field, v)]
    if not values:
        return where_filled(w, "FALSE" if wanted else "TRUE")
    unlike = "FALSE" if wanted else "TRUE"
    if not inside:
        return where_filled(w, f"CASE WHEN valid({column}) THEN {unlike} END")
    test = f"{column} {'' if wanted else 'NOT '}IN ({', '.join(w.value(field, v) for v in inside)})"
    spec = w.fields[field]
    if len(inside) < len(values) or (spec.type == "text" and spec.pattern is None):
        return where_filled(w, test)
    return where_filled(w, f"coalesce({test}, {unlike})")


def between(w: Written, what: str, *, whole: bool = False) -> str:
    """Write the limits of a value; those of a length are whole numbers whatever the column."""
    low, high = w.kwargs.get("min_value"), w.kwargs.get("max_value")

    def written(value: object) -> str:
        return literal(value) if whole else w.value(w.kwargs["column"], value)

    parts = []
    if low is not None:
        parts.append(f"{what} {'>' if w.kwargs.get('strict_min') else '>='} {written(low)}")
    if high is not None:
        parts.append(f"{what} {'<' if w.kwargs.get('strict_max') else '<='} {written(high)}")
    if not parts:
        raise VocabularyError("needs min_value or max_value")
    return " AND ".join(parts)


def searched(pattern: str) -> str:
    r"""Turn a pattern that is searched for into one that matches the whole text.

    >>> searched("^[A-Z]+$"), searched("a|b")
    ('[A-Z]+', '[\\s\\S]*(?:a|b)[\\s\\S]*')
    """
    try:
        re.compile(pattern)
    except re.error as error:
        raise VocabularyError(f"has a pattern that does not parse: {error}") from None
    if re.match(r"\(\?[aiLmsux]+\)", pattern):
        raise VocabularyError("has a pattern with flags in front", "Write small and capital letters out.")
    if "|" in pattern or re.search(r"\\\$$", pattern):
        return f"{_ANYTHING}(?:{pattern}){_ANYTHING}"
    start, end = pattern.startswith("^"), pattern.endswith("$")
    body = pattern[1 if start else 0 : -1 if end else None]
    return ("" if start else _ANYTHING) + body + ("" if end else _ANYTHING)


def liked(pattern: str) -> str:
    """Turn a pattern of LIKE into one that matches the whole text."""
    return "".join({"%": _ANYTHING, "_": r"[\s\S]"}.get(c) or re.escape(c) for c in pattern)


def matching(w: Written, key: str, read: Callable[[str], str], *, wanted: bool = True) -> tuple[str, str]:
    """Ask for a text of some form, or of none of them."""
    patterns = w.listed(f"{key}_list") if f"{key}_list" in w.kwargs else [w.kwargs[key]]
    if not patterns:
        raise VocabularyError("needs a pattern")
    parts = [f"matches({w.column()}, {quoted(read(p))})" for p in patterns]
    if not wanted:
        return where_filled(w, " AND ".join(f"NOT {p}" for p in parts))
    how = w.kwargs.get("match_on", "any")
    if how not in {"any", "all"}:
        raise VocabularyError("takes any or all as 'match_on'")
    return where_filled(w, (" AND " if how == "all" else " OR ").join(parts))


# Several columns -----------------------------------------------------------------------------------------------------


def _all_of(columns: Sequence[str], requires: str) -> str:
    return " AND ".join([*(f"supplied({c})" for c in columns), f"({requires})"])


def greater(w: Written) -> str:
    """Say that the first is greater than the second."""
    a, b = w.column("column_A"), w.column("column_B")
    return _all_of([a, b], f"{a} {'>=' if w.kwargs.get('or_equal') else '>'} {b}")


def paired(w: Written) -> str:
    """Say that two values are one of some pairs; null in a pair is a blank."""

    def same(key: str, value: object) -> str:
        column = w.column(key)
        if value is None:
            return f"NOT supplied({column})"
        if not w.possible(w.kwargs[key], value):
            return f"supplied({column}) AND (CASE WHEN valid({column}) THEN FALSE END)"
        return f"supplied({column}) AND {column} = {w.value(w.kwargs[key], value)}"

    wanted = [f"({same('column_A', a)} AND {same('column_B', b)})" for a, b in w.listed("value_pairs_set")]
    return " OR ".join(wanted) or "FALSE"


def distinct(columns: Sequence[str]) -> str:
    """Say that no two are equal; two blanks are equal, as they are for the library."""
    return " AND ".join(
        f"(CASE WHEN supplied({a}) AND supplied({b}) THEN {a} <> {b} ELSE supplied({a}) OR supplied({b}) END)"
        for a, b in combinations(columns, 2)
    )


def identical(columns: Sequence[str]) -> str:
    """Say that all are filled and equal."""
    return _all_of(columns, " AND ".join(f"{columns[0]} = {c}" for c in columns[1:]))


def alike(columns: Sequence[str]) -> str:
    """Say that all are equal; all blank is equal too, which the library sees so for lists and not for pairs."""
    return f"({identical(columns)}) OR ({' AND '.join(f'NOT supplied({c})' for c in columns)})"


def summed(w: Written) -> str:
    """Say that all are filled and add up."""
    return _all_of(w.columns(), f"{' + '.join(w.columns())} = {literal(w.kwargs['sum_total'])}")
