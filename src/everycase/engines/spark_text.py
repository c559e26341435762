"""How texts become dates, numbers and matches in Spark, each exactly where DuckDB makes them so.

Nothing here depends on how a session reads a backslash, a double quote or `${name}` in a statement: whatever is not
plain is written as hexadecimal bytes.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from everycase.engines.pg_text import case_pairs, spaces
from everycase.engines.pushed_text import part_sql
from everycase.engines.spark_patterns import character, pattern_text
from everycase.errors import UnsupportedError
from everycase.readers import BLANKS

if TYPE_CHECKING:
    from everycase.engines.spark_patterns import Pattern

_PLAIN = re.compile(r"[A-Za-z0-9 _.,:()/+-]*")
#: a text longer than that is not matched against a pattern that repeats a group: Java would run out of stack
LONGEST_MATCHED = 1000
#: what a statement raises where it must not go on; nothing of it comes from a cell
TOO_LONG = "everycase: text too long for this pattern"
ILL_TEXT = "everycase: bytes that are no UTF-8"
RAGGED = "everycase: a row with more or fewer cells than the header"
NUL_BYTE = "everycase: a NUL byte"
UNDECODABLE = "everycase: bytes that are no text in this encoding"
QUOTE_LATE = "everycase: a quote after blanks"
QUOTE_OPEN = "everycase: a quote that may be open"


def column(name: str) -> str:
    """Name a column after a field: short, of letters that need no care, and never that of another in other capitals.

    >>> column("victim_sex")
    'victim_sex_d1a55e5a4aea'
    """
    kept = re.sub(r"[^a-z0-9_]", "_", name.lower())[:40]
    return f"{kept if kept[:1].isalpha() else f'f{kept}'}_{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def literal(text: str) -> str:
    """Write a text as a literal.

    >>> literal("Not known"), literal("it's")
    ("'Not known'", "CAST(X'69742773' AS STRING)")
    """
    if _PLAIN.fullmatch(text):
        return f"'{text}'"
    return f"CAST(X'{text.encode().hex().upper()}' AS STRING)"


def match_sql(text: str, pattern: str) -> str:
    """Write whether the whole of a text matches a pattern of RE2.

    Raises:
        UnsupportedError: Java would match something else, or not come to an end.
    """
    found = pattern_text(pattern)
    return _matched(text, found)


def _matched(text: str, pattern: Pattern) -> str:
    test = f"({text} RLIKE {literal(pattern.text)})"
    if pattern.longest is not None:
        return f"CASE WHEN length({text}) <= {pattern.longest} THEN {test} WHEN {text} IS NOT NULL THEN FALSE END"
    if not pattern.recursive:
        return test
    return f"CASE WHEN length({text}) > {LONGEST_MATCHED} THEN raise_error({literal(TOO_LONG)}) ELSE {test} END"


def bare_sql(cell: str) -> str:
    """Write a cell without blanks at its ends, NULL where nothing is left; the same cells as in `duck`."""
    # NOTE: looking for thirty kinds of blank is slow, so only a cell that may begin or end in one is trimmed.
    clean = f"{cell} >= '!' AND octet_length({cell}) = length({cell}) AND substr({cell}, length({cell})) >= '!'"
    return f"CASE WHEN {clean} THEN {cell} ELSE nullif(btrim({cell}, {literal(BLANKS)}), '') END"


def textual_sql(name: str, arguments: list[str]) -> str:
    """Write length, lower, upper, trim or substr with the answers that DuckDB gives."""
    text = arguments[0]
    match name:
        case "length":
            return f"CAST(length({text}) AS BIGINT)"
        case "trim":
            return f"btrim({text}, {literal(spaces())})"
        case "lower" | "upper":
            before, after = case_pairs(name)
            plain = f"WHEN octet_length({text}) = length({text}) THEN {name}({text})"
            return f"(CASE {plain} ELSE translate({text}, {literal(before)}, {literal(after)}) END)"
    return part_sql(arguments)


# Numbers --------------------------------------------------------------------------------------------------------------

#: a text of digits that a whole number of 64 bits holds
DIGITS = r"\A[0-9]{1,18}\z"
_WHOLE = r"\A[+-]?[0-9]{1,18}\z"
_NUMBER = r"\A[+-]?([0-9]{1,255}([.][0-9]{0,255})?|[.][0-9]{1,255})([eE][+-]?[0-9]{1,3})?\z"
_GREATEST = "1.7976931348623157E308D"


def integer_sql(bare: str) -> str:
    """Write a text as a whole number, NULL where it is none."""
    # NOTE: the usual way to write one is told by writing it again, which is quicker than a regular expression.
    number = f"try_cast({bare} AS BIGINT)"
    usual = f"CAST({number} AS STRING) = {bare} AND octet_length({bare}) <= 18"
    return f"CASE WHEN {usual} THEN {number} WHEN {bare} RLIKE {literal(_WHOLE)} THEN {number} END"


def number_sql(bare: str) -> str:
    """Write a text as a finite double, NULL where it is none."""
    number = f"try_cast({bare} AS DOUBLE)"
    return f"CASE WHEN {bare} RLIKE {literal(_NUMBER)} AND abs({number}) <= {_GREATEST} THEN {number} END"


# Dates ----------------------------------------------------------------------------------------------------------------

# NOTE: as strptime does, a part takes all the digits it can and gives none back: hence the last +.
_PARTS = {"Y": "((?!0000)[0-9]{4})", "m": "([0-9]{1,2}+)", "d": "([0-9]{1,2}+)", "b": "([A-Za-z]{3})",
          "B": "([A-Za-z]{3,9})", "y": "([0-9]{2})",
          "H": "(?:[01][0-9]|2[0-3]|[0-9](?![0-9]))", "M": "[0-5][0-9]", "S": "[0-5][0-9]",
          "f": "[0-9]{1,6}+"}  # fmt: skip
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip


def date_sql(bare: str, form: str) -> str:
    """Write a text in a strptime pattern as a date, NULL where it is none; no cast in it can fail."""
    if form == "%Y-%m-%d":
        day = f"try_cast({bare} AS DATE)"
        # NOTE: the cast alone takes 2020-1-5 and trailing words, and knows a year nought.
        exact = f"octet_length({bare}) = 10 AND {bare} >= '0001' AND CAST({day} AS STRING) = {bare}"
        return f"CASE WHEN {exact} THEN {day} END"
    found: list[str] = []

    def part(match: re.Match[str]) -> str:
        if match[2]:
            return character(ord(match[2]))
        found.append(match[1])
        return _PARTS[match[1]]

    pattern = re.sub(r"%([A-Za-z])|(.)", part, form, flags=re.DOTALL)
    kinds = [{"y": "Y", "b": "m", "B": "m"}.get(letter, letter) for letter in found]
    if len(set(kinds)) != len(kinds):
        raise UnsupportedError("engine-lacks", f"Spark cannot read the date format '{form}' exactly as DuckDB does")
    groups = {letter: n for n, letter in enumerate((f for f in found if f in "YymdbB"), 1)}
    if "b" in groups or "B" in groups:
        written = _with_month_name(bare, f"\\A{pattern}\\z", groups)
    else:
        # NOTE: what does not match becomes two hyphens, so that one match is enough.
        parts = "-".join(f"${groups[p]}" if p in groups else "1" for p in ("y" if "y" in groups else "Y", "m", "d"))
        either = f"\\A(?:{pattern}\\z|(?s:.*)\\z)"
        written = f"regexp_replace({bare}, {literal(either)}, {literal(parts)})"
    if "y" in groups:
        written = f"concat(CASE WHEN {written} < '69' THEN '20' ELSE '19' END, {written})"
    return f"try_cast({written} AS DATE)"


def _with_month_name(bare: str, pattern: str, groups: dict[str, int]) -> str:
    """Write a date whose month is a name as one whose month is a number; NULL where it is none."""

    def group(letter: str) -> str:
        return f"regexp_extract({bare}, {literal(pattern)}, {groups[letter]})"

    names = [m if "B" in groups else m[:3] for m in _MONTHS]
    whens = " ".join(f"WHEN '{name}' THEN '-{number}-'" for number, name in enumerate(names, 1))
    month = f"CASE lower({group('B' if 'B' in groups else 'b')}) {whens} END"
    day = group("d") if "d" in groups else "'1'"
    return f"concat({group('y' if 'y' in groups else 'Y')}, {month}, {day})"
