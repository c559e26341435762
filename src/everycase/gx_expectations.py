"""The expectations of Great Expectations that we know: how each is written as two predicates, or that it is native.

Nothing of the library is needed here. A row-wise expectation asks something of each record and is one entry of
`TRANSLATED`; one that asks something of the whole table is one entry of `NATIVE` and the library judges it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycase import gx_predicates as gp
from everycase.errors import nearest
from everycase.gx_predicates import VocabularyError, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from everycase.check import Dimension
    from everycase.suites import FieldSpec

#: kwargs that say how to run or what to print, not what to expect
RUNTIME = frozenset({"result_format", "catch_exceptions", "batch_id", "unexpected_rows_query"})
#: kwargs of every row-wise expectation that are never read, and are refused where they say something
_CONDITIONS = frozenset({"row_condition", "condition_parser"})
_BOUNDS = ("min_value", "max_value", "strict_min", "strict_max")


@dataclass(frozen=True, slots=True)
class Translation:
    """A row-wise expectation as two predicates; `threshold` is the share of the judged records that may fail."""

    applies: str
    requires: str
    threshold: float
    fields: tuple[str, ...]
    dimension: Dimension
    title: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One expectation that we judge.

    Attributes:
        kwargs: those it takes besides its columns.
        title: what is wrong with a failing record.
        write: gives what applies ("" where the columns alone decide) and what is required.
        columns: the kwargs that name columns.
        missing: which records are left out where 'ignore_row_if' does not say.
    """

    kwargs: tuple[str, ...]
    dimension: Dimension
    title: str
    write: Callable[[Written], tuple[str, str]]
    columns: tuple[str, ...] = ("column",)
    missing: str = "all_values_are_missing"


# The tables ----------------------------------------------------------------------------------------------------------


def _one(kwargs: str, dimension: Dimension, title: str, write: Callable[[Written], tuple[str, str]]) -> Entry:
    return Entry(tuple(kwargs.split()), dimension, title, write)


def _pair(kwargs: str, title: str, write: Callable[[Written], str]) -> Entry:
    columns = ("column_A", "column_B")
    return Entry(tuple(kwargs.split()), "consistency", title, lambda w: ("", write(w)), columns,
                 "both_values_are_missing")  # fmt: skip


def _many(kwargs: str, dimension: Dimension, title: str, write: Callable[[Written], str]) -> Entry:
    return Entry(tuple(kwargs.split()), dimension, title, lambda w: ("", write(w)), ("column_list",))


_LIMITS = " ".join(_BOUNDS)
TRANSLATED: dict[str, Entry] = {
    "expect_column_values_to_be_in_set": _one("value_set", "validity", "not one of the values asked for",
                                              lambda w: gp.among(w, wanted=True)),
    "expect_column_values_to_not_be_in_set": _one("value_set", "validity", "one of the values ruled out",
                                                  lambda w: gp.among(w, wanted=False)),
    "expect_column_values_to_be_null": _one("", "validity", "filled although it should be blank",
                                            lambda w: ("TRUE", f"NOT supplied({w.column()})")),
    "expect_column_values_to_not_be_null": _one("", "completeness", "left blank",
                                                lambda w: ("TRUE", f"supplied({w.column()})")),
    "expect_column_values_to_be_between": _one(_LIMITS, "accuracy", "outside its limits",
                                               lambda w: gp.where_filled(w, gp.between(w, w.column()))),
    "expect_column_values_to_be_unique": _one("", "uniqueness", "the same value more than once",
                                              lambda w: gp.where_filled(w, f"occurrences({w.column()}) = 1")),
    "expect_column_value_lengths_to_be_between": _one(
        _LIMITS, "validity", "too short or too long",
        lambda w: gp.where_filled(w, gp.between(w, f"length({w.column()})", whole=True))),
    "expect_column_value_lengths_to_equal": _one(
        "value", "validity", "not of the length asked for",
        lambda w: gp.where_filled(w, f"length({w.column()}) = {gp.literal(w.kwargs['value'])}")),
    **{
        f"expect_column_values_to_{'' if wanted else 'not_'}match_{word}{many}": _one(
            f"{key}{many}{' match_on' if wanted and many else ''}", "validity",
            "not of the form asked for" if wanted else "of a form ruled out",
            lambda w, k=key, r=read, yes=wanted: gp.matching(w, k, r, wanted=yes))  # type: ignore[misc]
        for word, key, read in (("regex", "regex", gp.searched), ("like_pattern", "like_pattern", gp.liked))
        for wanted in (True, False)
        for many in ("", "_list")
    },
    "expect_column_pair_values_to_be_equal": _pair(
        "", "differ", lambda w: gp.identical([w.column("column_A"), w.column("column_B")])),
    "expect_column_pair_values_a_to_be_greater_than_b": _pair("or_equal", "in the wrong order", gp.greater),
    "expect_column_pair_values_to_be_in_set": _pair("value_pairs_set", "not one of the pairs asked for", gp.paired),
    "expect_compound_columns_to_be_unique": _many(
        "", "uniqueness", "the same values more than once", lambda w: f"occurrences({', '.join(w.columns())}) = 1"),
    "expect_select_column_values_to_be_unique_within_record": _many(
        "", "consistency", "two of them are the same", lambda w: gp.distinct(w.columns())),
    "expect_multicolumn_values_to_be_equal": _many("", "consistency", "differ", lambda w: gp.alike(w.columns())),
    "expect_multicolumn_sum_to_equal": _many("sum_total", "accuracy", "do not add up", gp.summed),
}  # fmt: skip

_ONE_COLUMN = ("column", *_BOUNDS)
#: name -> its kwargs and what is wrong where it fails; judged by the library on the table
NATIVE: dict[str, tuple[tuple[str, ...], Dimension, str]] = {
    "expect_column_distinct_values_to_be_in_set": (("column", "value_set"), "validity", "holds other values"),
    "expect_column_distinct_values_to_contain_set": (("column", "value_set"), "validity", "lacks values"),
    "expect_column_distinct_values_to_equal_set": (("column", "value_set"), "validity", "holds other values"),
    "expect_column_max_to_be_between": (_ONE_COLUMN, "accuracy", "the largest value is out of its limits"),
    "expect_column_mean_to_be_between": (_ONE_COLUMN, "accuracy", "the mean is out of its limits"),
    "expect_column_median_to_be_between": (_ONE_COLUMN, "accuracy", "the median is out of its limits"),
    "expect_column_min_to_be_between": (_ONE_COLUMN, "accuracy", "the smallest value is out of its limits"),
    "expect_column_most_common_value_to_be_in_set": (("column", "value_set", "ties_okay"), "accuracy",
                                                     "the most frequent value is another"),
    "expect_column_proportion_of_non_null_values_to_be_between": (_ONE_COLUMN, "completeness",
                                                                  "the filled share is out of its limits"),
    "expect_column_proportion_of_unique_values_to_be_between": (_ONE_COLUMN, "uniqueness",
                                                                "the share of unique values is out of its limits"),
    "expect_column_stdev_to_be_between": (_ONE_COLUMN, "accuracy", "the spread is out of its limits"),
    "expect_column_sum_to_be_between": (_ONE_COLUMN, "accuracy", "the sum is out of its limits"),
    "expect_column_to_exist": (("column", "column_index"), "completeness", "the column is missing"),
    "expect_column_unique_value_count_to_be_between": (_ONE_COLUMN, "uniqueness",
                                                       "the number of different values is out of its limits"),
    "expect_table_column_count_to_be_between": (_BOUNDS, "validity", "the number of columns is out of its limits"),
    "expect_table_column_count_to_equal": (("value",), "validity", "the number of columns is another"),
    "expect_table_columns_to_match_set": (("column_set", "exact_match"), "validity", "the columns are others"),
    "expect_table_row_count_to_be_between": (_BOUNDS, "completeness", "the number of records is out of its limits"),
    "expect_table_row_count_to_equal": (("value",), "completeness", "the number of records is another"),
}  # fmt: skip

#: native expectations that ask for the names of columns, not for what stands in them
NAMES_ONLY = frozenset({"expect_column_to_exist", "expect_table_columns_to_match_set"})
#: names that would be understood, but not answered honestly
_REFUSED = {
    "expect_table_columns_to_match_ordered_list": (
        "asks about the order of columns, which is not kept: columns are read by name",
        "Use expect_table_columns_to_match_set."),
}  # fmt: skip
COLUMN_KEYS = ("column", "column_A", "column_B", "column_list", "column_set")


def columns_of(kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    """List the columns that kwargs name, each once."""
    found: list[str] = []
    for key in COLUMN_KEYS:
        value = kwargs.get(key)
        listed = value if isinstance(value, list | tuple) else [value]
        found += [v for v in listed if isinstance(v, str)]
    return tuple(dict.fromkeys(found))


def check_names(kind: str, kwargs: Mapping[str, Any], fields: Iterable[str]) -> None:
    """Refuse a name that nobody knows: of the expectation, of a part of it, or of a column.

    Raises:
        VocabularyError: with the nearest right name.
    """
    if kind in _REFUSED:
        raise VocabularyError(*_REFUSED[kind])
    if kind in TRANSLATED:
        entry = TRANSLATED[kind]
        allowed = {*entry.kwargs, *entry.columns, "mostly", *RUNTIME, *_CONDITIONS}
        allowed |= set() if entry.columns == ("column",) else {"ignore_row_if"}
        needed = entry.columns
    elif kind in NATIVE:
        allowed = {*NATIVE[kind][0], *RUNTIME, *_CONDITIONS}
        needed = tuple(k for k in NATIVE[kind][0] if k in COLUMN_KEYS)
    else:
        raise VocabularyError("is no expectation that we or Great Expectations on DuckDB can judge",
                              nearest(kind, {*TRANSLATED, *NATIVE}))  # fmt: skip
    for key in sorted(kwargs):
        if key in _CONDITIONS and kwargs[key] is not None:
            raise VocabularyError(f"has a '{key}', which is not read", "Write the condition as 'applies'.")
        if key not in allowed:
            raise VocabularyError(f"does not take '{key}'", nearest(key, allowed - RUNTIME))
        if isinstance(kwargs[key], dict) and "$PARAMETER" in kwargs[key]:
            raise VocabularyError(f"leaves '{key}' to the run", "Write the value itself.")
    for key in needed:
        if key not in kwargs:
            raise VocabularyError(f"lacks '{key}'")
        value = kwargs[key]
        plural = key in {"column_list", "column_set"}
        if not isinstance(value, list if plural else str) or (plural and not all(isinstance(v, str) for v in value)):
            raise VocabularyError(f"needs {'names' if plural else 'a name'} of columns as '{key}'")
    known = set(fields)
    for column in columns_of(kwargs):
        if column not in known:
            raise VocabularyError(f"names the column '{column}', which is no field", nearest(column, known))


def translated(kind: str, kwargs: Mapping[str, Any], fields: Mapping[str, FieldSpec]) -> Translation:
    """Write a row-wise expectation as two predicates, counting what the library would count.

    Raises:
        VocabularyError: it is written in a way that has no predicate.
    """
    entry, columns = TRANSLATED[kind], columns_of(kwargs)
    if len(columns) < 2 and entry.columns != ("column",):
        raise VocabularyError("needs two columns or more")
    try:
        applies, requires = entry.write(Written(kwargs, fields))
        mostly = 1.0 if kwargs.get("mostly") is None else float(kwargs["mostly"])
    except VocabularyError:
        raise
    except KeyError as error:
        raise VocabularyError(f"lacks {error}") from None
    except (TypeError, ValueError, AttributeError):
        raise VocabularyError("has a value of the wrong type among its kwargs") from None
    if not 0 <= mostly <= 1:
        raise VocabularyError("takes a share from 0 to 1 as 'mostly'")
    names = [gp.name(c) for c in columns]
    ignored = kwargs.get("ignore_row_if") or entry.missing
    threshold = round(1 - mostly, 12)
    return Translation(
        applies or _considered(names, ignored), requires, threshold, columns, entry.dimension, entry.title
    )


def _considered(fields: Sequence[str], ignored: str) -> str:
    """Say which records count, by the library's words for which are left out."""
    if ignored in {"both_values_are_missing", "all_values_are_missing"}:
        return " OR ".join(f"supplied({f})" for f in fields)
    if ignored in {"either_value_is_missing", "any_value_is_missing"}:
        return " AND ".join(f"supplied({f})" for f in fields)
    if ignored in {"neither", "never"}:
        return "TRUE"
    raise VocabularyError(f"does not take '{ignored}' as 'ignore_row_if'")
