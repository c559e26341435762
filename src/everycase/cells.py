"""How the cells of an extract are written, where the registry says it: put as the suite's fields are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everycase.outcome import Repair
from everycase.readers import Wanted
from everycase.registry import DATE_FORMS
from everycase.sqltext import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycase.registry import Reader
    from everycase.suites import FieldSpec, Suite

_ISO = "%Y-%m-%d"
_ISO_DAY = r"\d{4}-\d{2}-\d{2}"
#: patterns of strptime -> what only looks like it
_PARTS = {"Y": r"\d{4}", "m": r"\d{1,2}", "d": r"\d{1,2}", "b": "[A-Za-z]{3}"}


def wanted_of(suite: Suite, columns: Mapping[str, str]) -> Wanted:
    """Say what is read of an extract, given field -> column."""
    types = {column: suite.fields[name].type for name, column in columns.items()}
    padded = {}
    for name, column in columns.items():
        codelist = suite.fields[name].codelist
        codes = frozenset(codelist.codes) if codelist is not None else frozenset()
        short = {c.lstrip("0") or "0" for c in codes if c.startswith("0") and len(c) > 1} - codes
        if short:
            padded[column] = frozenset(short)
    return Wanted(types, padded)


def cell_sql(cell: str, spec: FieldSpec, column: str, reader: Reader, kind: str) -> tuple[str, Repair | None]:
    """Write a cell as its field is read, and say what that puts right.

    Args:
        cell: SQL of the cell.
        spec: the field.
        column: its name as supplied.
        reader: what the registry says of it.
        kind: the kind of file; the dates of all but text are ISO, whatever their format shows.

    Returns:
        SQL of the text, the cell itself where there is nothing to say; what does not look as said stays as it is.
    """
    form = reader.dates.get(column)
    if spec.type in {"integer", "number"} and reader.thousands:
        thousands = re.escape(reader.thousands)
        looks = f"[+-]?[0-9]{{1,3}}({thousands}[0-9]{{3}})+([.,][0-9]+)?"
        bare = f"replace(replace({cell}, {quoted(reader.thousands)}, ''), ',', '.')"
        sql = f"CASE WHEN regexp_full_match(trim({cell}), {quoted(looks)}) THEN {bare} ELSE {cell} END"
        return sql, Repair("thousands", f"separators of thousands in '{column}' were left out, as the registry says")
    if spec.type != "date":
        return cell, None
    if form is None:
        if kind in {"delimited", "fixed_width"} or _ISO in spec.formats:
            return cell, None
        return _dated(cell, _ISO_DAY, f"TRY_CAST({cell} AS DATE)", spec.formats[0]), None
    target = _ISO if _ISO in spec.formats else spec.formats[0]
    told = Repair("dates", f"dates in '{column}' are read as {form}, as the registry says")
    if pattern := DATE_FORMS[form]:
        if pattern in spec.formats and spec.formats.index(pattern) == 0:
            return cell, None
        looks = re.sub(r"%([A-Za-z])|(.)", lambda m: _PARTS[m[1]] if m[1] else re.escape(m[2]), pattern)
        return _dated(cell, looks, f"try_strptime(trim({cell}), {quoted(pattern)})", target), told
    whole = f"TRY_CAST(floor(TRY_CAST({cell} AS DOUBLE)) AS INTEGER)"
    if form == "excel1904":
        day = f"(DATE '1904-01-01' + {whole})"
    else:
        # NOTE: the serial numbers of 1900 count a 29 February that never was, number 60: it is no date.
        day = f"CASE WHEN {whole} > 60 THEN DATE '1899-12-30' + {whole} WHEN {whole} < 60 THEN DATE '1899-12-31' + {whole} END"  # noqa: E501
    return _dated(cell, r"\d{1,6}([.]\d+)?", day, target), told


def _dated(cell: str, looks: str, day: str, target: str) -> str:
    """Write a cell that looks so as a day in another form; where there is no such day it stays as it is."""
    text = f"strftime(CAST({day} AS DATE), {quoted(target)})"
    return f"COALESCE(CASE WHEN regexp_full_match(trim({cell}), {quoted(looks)}) THEN {text} END, {cell})"
