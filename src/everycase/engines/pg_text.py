"""How texts become dates, numbers and matches in PostgreSQL, each exactly where DuckDB makes them so."""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from functools import cache
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from everycase.errors import UnsupportedError
from everycase.sqltext import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_REPEATS = 255
_CLASSES = {
    constants.CATEGORY_DIGIT: "0-9",
    constants.CATEGORY_WORD: "0-9A-Za-z_",
    constants.CATEGORY_SPACE: r"\t\n\f\r\u0020",
}
_OPPOSITES = {
    constants.CATEGORY_NOT_DIGIT: constants.CATEGORY_DIGIT,
    constants.CATEGORY_NOT_WORD: constants.CATEGORY_WORD,
    constants.CATEGORY_NOT_SPACE: constants.CATEGORY_SPACE,
}
# NOTE: posix classes, named classes and literal runs mean something else to the one or the other engine.
_FOREIGN = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\[[.:=]|\{,|\(\?[^:]|\x00")


def _unsupported(what: str) -> UnsupportedError:
    return UnsupportedError("engine-lacks", f"PostgreSQL cannot match {what} exactly as DuckDB does")


def pattern_sql(pattern: str) -> str:
    r"""Write a regular expression for PostgreSQL, from its checked tree, so that it matches what RE2 matches.

    >>> pattern_sql(r"[A-Z]{2}\d+|x.")
    '^(?:[A-Z]{2,2}[0-9]{1,}|x[^\\n])$'

    Raises:
        UnsupportedError: it uses what the two engines read differently.
    """
    if _FOREIGN.search(pattern):
        raise _unsupported("this pattern")
    return f"^(?:{_sequence(parser.parse(pattern))})$"


def _sequence(tree: Iterable[tuple[Any, Any]]) -> str:
    return "".join(_node(kind, value) for kind, value in tree)


def _node(kind: Any, value: Any) -> str:
    match kind:
        case constants.LITERAL:
            return _character(value)
        case constants.NOT_LITERAL:
            return f"[^{_character(value)}]"
        case constants.ANY:
            return r"[^\n]"
        case constants.IN:
            return _set(value)
        case constants.BRANCH:
            return f"(?:{'|'.join(_sequence(branch) for branch in value[1])})"
        case constants.SUBPATTERN:
            if value[1] or value[2]:
                raise _unsupported("flags")
            return f"(?:{_sequence(value[3])})"
        case constants.MAX_REPEAT | constants.MIN_REPEAT:
            return _repeat(*value)
    raise _unsupported("an anchor, a look around or a reference back")


def _repeat(fewest: int, most: Any, tree: Any) -> str:
    upper = None if most == constants.MAXREPEAT else int(most)
    if max(fewest, upper or 0) > _MOST_REPEATS:
        raise _unsupported(f"more than {_MOST_REPEATS} repetitions")
    single = len(tree) == 1 and tree[0][0] in {constants.LITERAL, constants.IN, constants.ANY}
    repeated = _sequence(tree) if single else f"(?:{_sequence(tree)})"
    return f"{repeated}{{{fewest},{'' if upper is None else upper}}}"


def _set(items: Any) -> str:
    parts, negated = [], False
    for kind, value in items:
        if kind is constants.NEGATE:
            negated = True
        elif kind is constants.LITERAL:
            parts.append(_character(value))
        elif kind is constants.RANGE:
            parts.append(f"{_character(value[0])}-{_character(value[1])}")
        elif kind is constants.CATEGORY and value in _CLASSES:
            parts.append(_CLASSES[value])
        elif kind is constants.CATEGORY and len(items) == 1 and value in _OPPOSITES:
            return f"[^{_CLASSES[_OPPOSITES[value]]}]"
        else:
            raise _unsupported("a negated class inside a set")
    return f"[{'^' if negated else ''}{''.join(parts)}]"


def _character(code: int) -> str:
    character = chr(code)
    return character if character.isalnum() or code > 127 or code <= 32 else f"\\{character}"


@cache
def case_pairs(function: str) -> tuple[str, str]:
    """Give the characters that DuckDB changes in lower() or upper(), and what each becomes."""
    import duckdb

    with duckdb.connect(":memory:") as connection:
        found = connection.execute(
            f"SELECT letter, {function}(letter) AS other FROM (SELECT chr(CAST(code AS INTEGER)) AS letter "
            "FROM (SELECT unnest(range(1, 55296)) AS code UNION ALL SELECT unnest(range(57344, 1114112)))) "
            "WHERE other <> letter ORDER BY letter"
        ).fetchall()
    return "".join(a for a, _ in found), "".join(b for _, b in found)


@cache
def spaces() -> str:
    """Give the characters that DuckDB's trim() takes for blank."""
    return "\u0020\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"


# Numbers --------------------------------------------------------------------------------------------------------------


def number_sql(bare: str) -> str:
    """Write a text as a finite double, NULL where it is none."""
    with localcontext() as context:
        context.prec = 1200
        beyond = Decimal(2) ** 1024 - Decimal(2) ** 970
        nothing = Decimal(2) ** -1075
        exact = f"{nothing:f}"
    test = f"{bare} ~ '^[+-]?([0-9]{{1,255}}([.][0-9]{{0,255}})?|[.][0-9]{{1,255}})([eE][+-]?[0-9]{{1,3}})?$'"
    size = f"abs(CAST({bare} AS numeric))"
    return (
        f"CASE WHEN {test} THEN CASE WHEN {bare} ~ '^[^eE]{{1,200}}$' THEN CAST({bare} AS double precision) "
        f"WHEN {size} >= {beyond:f} THEN NULL "
        f"WHEN {size} <= {exact} THEN CAST(0 AS double precision) ELSE CAST({bare} AS double precision) END END"
    )


# Dates ----------------------------------------------------------------------------------------------------------------

_ISO = "^(?!0000)[0-9]{4}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31|02-29)$"
_ONE_OR_TWO = "([0-9]{2}|[0-9](?![0-9]))"
_PARTS = {"Y": "([0-9]{4})", "m": _ONE_OR_TWO, "d": _ONE_OR_TWO, "b": "([A-Za-z]{3})", "B": "([A-Za-z]{3,9})",
          "y": "([0-9]{2})", "H": _ONE_OR_TWO, "M": "([0-9]{2})", "S": "([0-9]{2})",
          "f": "([0-9]{6}|[0-9]{1,5}(?![0-9]))"}  # fmt: skip
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_LIMITS = {"H": 23, "M": 59, "S": 59}


def date_sql(bare: str, form: str) -> str:
    """Write a text in a strptime pattern as a date, NULL where it is none; no cast in it can fail."""
    if form == "%Y-%m-%d":
        day = f"CAST({bare} AS date)"
        leap = _leap(f"CAST(left({bare}, 4) AS integer)")
        return f"CASE WHEN {bare} ~ '{_ISO}' THEN CASE WHEN right({bare}, 5) <> '02-29' OR {leap} THEN {day} END END"
    found: list[str] = []

    def part(match: re.Match[str]) -> str:
        if match[2]:
            return _character(ord(match[2]))
        found.append(match[1])
        return _PARTS[match[1]]

    pattern = re.sub(r"%([A-Za-z])|(.)", part, form, flags=re.DOTALL)
    if len(set(found)) != len(found):
        raise _unsupported(f"the date format '{form}'")
    cells = {letter: f"part[{number}]" for number, letter in enumerate(found, 1)}
    year, month, day = _year(cells), _month(cells), f"CAST({cells['d']} AS integer)" if "d" in cells else "1"
    limits = " AND ".join(f"CAST({cells[c]} AS integer) <= {most}" for c, most in _LIMITS.items() if c in cells)
    last = f"CASE WHEN m IN (4, 6, 9, 11) THEN 30 WHEN m <> 2 THEN 31 WHEN {_leap('y')} THEN 29 ELSE 28 END"
    return (
        f"(SELECT CASE WHEN y >= 1 AND m BETWEEN 1 AND 12 AND d BETWEEN 1 AND {last} THEN make_date(y, m, d) END FROM "
        f"(SELECT {year} AS y, {month} AS m, {day} AS d FROM (SELECT regexp_match({bare}, {quoted(f'^{pattern}$')}) "
        f"AS part OFFSET 0) AS parts WHERE part IS NOT NULL AND {limits or 'TRUE'} OFFSET 0) AS numbers)"
    )


def _leap(year: str) -> str:
    return f"({year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0))"


def _year(cells: dict[str, str]) -> str:
    if "Y" in cells:
        return f"CAST({cells['Y']} AS integer)"
    if "y" in cells:
        number = f"CAST({cells['y']} AS integer)"
        return f"({number} + CASE WHEN {number} < 69 THEN 2000 ELSE 1900 END)"
    return "1900"


def _month(cells: dict[str, str]) -> str:
    if "m" in cells:
        return f"CAST({cells['m']} AS integer)"
    if "b" in cells or "B" in cells:
        names = ", ".join(quoted(m if "B" in cells else m[:3]) for m in _MONTHS)
        return f"array_position(ARRAY[{names}], lower({cells.get('B') or cells['b']}))"
    return "1"
