"""Parts of texts, written alike for the engines that are asked in SQL."""

from __future__ import annotations

from everycase.errors import UnsupportedError


def part_sql(arguments: list[str]) -> str:
    """Write substr() with the answers that DuckDB gives, wherever the part begins and ends.

    Args:
        arguments: the text, the place of the first character, and perhaps a length, as SQL.

    Raises:
        UnsupportedError: a place that is written out and too far away for an engine to count to.
    """
    text, first, *rest = arguments
    literal = [a for a in arguments[1:] if a.removeprefix("-").isdecimal()]
    if any(int(a) >= 1 << 31 for a in literal):
        raise UnsupportedError("engine-lacks", "this engine takes substr() only with places below 2147483648")
    if len(literal) == len(arguments) - 1 and all(not a.startswith("-") for a in literal) and first != "0":
        return f"substr({', '.join(arguments)})"
    # NOTE: a place below nought counts from the end, and a length below nought backwards; what lies outside is cut off.
    start = f"(CASE WHEN {first} < 0 THEN length({text}) + {first} ELSE {first} - 1 END)"
    end = f"({start} + {rest[0]})" if rest else f"greatest({start}, length({text}))"
    low = f"greatest(least({start}, {end}), 0)"
    size = f"(least(greatest({start}, {end}), length({text})) - {low})"
    part = f"substr({text}, CAST({low} + 1 AS int), CAST({size} AS int))"
    known = " AND ".join(f"({a}) IS NOT NULL" for a in arguments)
    # NOTE: least() and greatest() pass over what is unknown.
    return f"(CASE WHEN {known} THEN CASE WHEN {size} > 0 THEN {part} ELSE '' END END)"
