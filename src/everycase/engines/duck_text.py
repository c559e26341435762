"""How DuckDB reads a cell of text: without blanks at its ends, and as the date, number or code that it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everycase.readers import BLANKS
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    from everycase.suites import FieldSpec

_DATE_PARTS = {"Y": "[0-9]{4}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}", "b": "[A-Za-z]{3}", "B": "[A-Za-z]{3,9}",
               "y": "[0-9]{2}", "H": "[0-9]{1,2}", "M": "[0-9]{2}", "S": "[0-9]{2}", "f": "[0-9]{1,6}"}  # fmt: skip
_WHOLE = "[+-]?[0-9]{1,18}"
_NUMBER = "[+-]?([0-9]{1,255}([.][0-9]{0,255})?|[.][0-9]{1,255})([eE][+-]?[0-9]{1,3})?"


def date_pattern(form: str) -> str:
    """Write the regular expression of a strptime pattern, so that only what looks like it is ever parsed.

    >>> date_pattern("%d/%m/%Y")
    '[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}'
    """
    return re.sub(r"%([A-Za-z])|(.)", lambda m: _DATE_PARTS[m[1]] if m[1] else re.escape(m[2]), form)


def bare_cell(c: str) -> str:
    """Write a cell without blanks at its ends, NULL where nothing is left.

    NOTE: trimming thirty kinds of blank is slow, so only a cell that begins or ends like one, or is
    not ASCII, is trimmed.
    """
    ends = " OR ".join(f"ends_with({c}, {quoted(b)})" for b in BLANKS if b.isascii())
    padded = f"{c} < '!' OR strlen({c}) <> length({c}) OR {ends}"
    return f"CASE WHEN {padded} THEN nullif(trim({c}, {quoted(BLANKS)}), '') ELSE {c} END"


def blank_cell(c: str) -> str:
    """Write whether a cell holds nothing but blanks; never NULL.

    NOTE: most cells begin with a printable ASCII character, and then nothing else is looked at.
    """
    return (
        f"CASE WHEN {c} IS NULL THEN TRUE WHEN {c} >= '!' AND {c} < chr(127) THEN FALSE ELSE {bare_cell(c)} IS NULL END"
    )


def exact_cell(spec: FieldSpec, c: str) -> str | None:
    """Write what a cell is where it is written in the most usual way, else NULL; None where there is no cheap way.

    What is NULL is looked at again by `typed_cell`.
    """
    # NOTE: the casts take more than what is well-formed here (2020-1-5, 12.5), but write only that.
    if spec.type == "date" and spec.formats[0] == "%Y-%m-%d":
        day = f"TRY_CAST({c} AS DATE)"
        return f"CASE WHEN CAST({day} AS VARCHAR) = {c} AND strlen({c}) = 10 THEN {day} END"
    if spec.type == "integer":
        number = f"TRY_CAST({c} AS BIGINT)"
        return f"CASE WHEN CAST({number} AS VARCHAR) = {c} AND strlen({c}) <= 18 THEN {number} END"
    return None


def _date(bare: str, form: str) -> str:
    if form == "%Y-%m-%d":
        # NOTE: the cast alone takes 2020-1-5, trailing words, infinity and the years before 1 and after 9999.
        day = f"TRY_CAST({bare} AS DATE)"
        return f"CASE WHEN CAST({day} AS VARCHAR) = {bare} AND length({bare}) = 10 THEN {day} END"
    day = f"CAST(try_strptime({bare}, {quoted(form)}) AS DATE)"
    return f"CASE WHEN regexp_full_match({bare}, {quoted(date_pattern(form))}) AND year({day}) > 0 THEN {day} END"


def typed_cell(spec: FieldSpec, bare: str) -> str:
    """Write the typed value of a field's cell, NULL where it is ill-formed."""
    match spec.type:
        case "date":
            tries = [_date(bare, f) for f in spec.formats]
            return tries[0] if len(tries) == 1 else f"COALESCE({', '.join(tries)})"
        case "integer":
            return f"CASE WHEN regexp_full_match({bare}, {quoted(_WHOLE)}) THEN TRY_CAST({bare} AS BIGINT) END"
        case "number":
            number = f"TRY_CAST({bare} AS DOUBLE)"
            test = f"regexp_full_match({bare}, {quoted(_NUMBER)}) AND isfinite({number})"
            return f"CASE WHEN {test} THEN {number} END"
    pattern = spec.pattern if spec.codelist is None else spec.codelist.pattern
    test = f"regexp_full_match({bare}, {quoted(pattern or '.*')})"
    if spec.codelist is not None and spec.codelist.codes:
        test = f"(TRY_CAST({bare} AS {identifier(f'codes of {spec.name}')}) IS NOT NULL OR {test})"
    return f"CASE WHEN {test} THEN {bare} END"
