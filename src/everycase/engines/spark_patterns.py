r"""Regular expressions of RE2 for Java, from their checked tree, so that both match the same texts.

The two differ in what `$`, `\d` and `.` mean, and in how they search: Java tries one way after the other, with a stack
that runs out on long texts and a time that doubles with each letter where two ways look alike. A pattern of which that
cannot be ruled out is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from everycase.errors import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_REPEATS = 255
#: a group that is repeated more often than that is taken for one that is repeated without end
_FEW = 4
_FINITE = 1 << 16
_ASCII = 128
_CLASSES = {
    constants.CATEGORY_DIGIT: (r"0-9", frozenset(range(48, 58))),
    constants.CATEGORY_WORD: (r"0-9A-Za-z_", frozenset({*range(48, 58), *range(65, 91), *range(97, 123), 95})),
    constants.CATEGORY_SPACE: (r"\t\n\f\r\x{20}", frozenset({9, 10, 12, 13, 32})),
}
_OPPOSITES = {
    constants.CATEGORY_NOT_DIGIT: constants.CATEGORY_DIGIT,
    constants.CATEGORY_NOT_WORD: constants.CATEGORY_WORD,
    constants.CATEGORY_NOT_SPACE: constants.CATEGORY_SPACE,
}
# NOTE: posix classes, named classes and literal runs mean something else to the one or the other engine.
_FOREIGN = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\[[.:=]|\{,|\(\?[^:]|\x00")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as Java takes it.

    Attributes:
        text: it matches the whole of a text or nothing.
        longest: letters of the longest text that can match; None where there is no such length.
        recursive: a group is repeated, so that the stack grows with the text.
    """

    text: str
    longest: int | None
    recursive: bool


def _unsupported(what: str) -> UnsupportedError:
    return UnsupportedError("engine-lacks", f"Spark cannot match {what} exactly as DuckDB does")


def pattern_text(pattern: str) -> Pattern:
    r"""Write a regular expression for Java.

    >>> pattern_text(r"[A-Z]{2}\d+|x.").text
    '\\A(?:[A-Z]{2,2}[0-9]{1,}|x[^\\n])\\z'

    Raises:
        UnsupportedError: it uses what the two engines read differently, or Java might not come to an end.
    """
    if _FOREIGN.search(pattern):
        raise _unsupported("this pattern")
    tree = parser.parse(pattern)
    written = _sequence(tree)
    longest = int(tree.getwidth()[1])
    return Pattern(f"\\A(?:{written})\\z", longest if longest < _FINITE else None, _groups_repeated(tree))


def character(code: int) -> str:
    """Write one character; Java knows no escape of letters that is not its own."""
    return chr(code) if chr(code).isascii() and chr(code).isalnum() else f"\\x{{{code:x}}}"


def _sequence(tree: Iterable[tuple[Any, Any]]) -> str:
    return "".join(_node(kind, value) for kind, value in tree)


def _node(kind: Any, value: Any) -> str:
    match kind:
        case constants.LITERAL:
            return character(value)
        case constants.NOT_LITERAL:
            return f"[^{character(value)}]"
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
    if not _single(tree) and (upper is None or upper > _FEW) and not _decided(tree):
        raise UnsupportedError("engine-lacks", "Spark cannot be sure to come to an end with this pattern")
    repeated = _sequence(tree) if _single(tree) else f"(?:{_sequence(tree)})"
    return f"{repeated}{{{fewest},{'' if upper is None else upper}}}"


def _set(items: Any) -> str:
    parts, negated = [], False
    for kind, value in items:
        if kind is constants.NEGATE:
            negated = True
        elif kind is constants.LITERAL:
            parts.append(character(value))
        elif kind is constants.RANGE:
            parts.append(f"{character(value[0])}-{character(value[1])}")
        elif kind is constants.CATEGORY and value in _CLASSES:
            parts.append(_CLASSES[value][0])
        elif kind is constants.CATEGORY and len(items) == 1 and value in _OPPOSITES:
            return f"[^{_CLASSES[_OPPOSITES[value]][0]}]"
        else:
            raise _unsupported("a negated class inside a set")
    return f"[{'^' if negated else ''}{''.join(parts)}]"


def _single(tree: Any) -> bool:
    """Say whether a part is one character, which Java repeats without a stack."""
    return len(tree) == 1 and tree[0][0] in {constants.LITERAL, constants.NOT_LITERAL, constants.IN, constants.ANY}


def _groups_repeated(tree: Any) -> bool:
    for kind, value in tree:
        match kind:
            case constants.BRANCH:
                if any(_groups_repeated(branch) for branch in value[1]):
                    return True
            case constants.SUBPATTERN:
                if _groups_repeated(value[3]):
                    return True
            case constants.MAX_REPEAT | constants.MIN_REPEAT:
                if not _single(value[2]) or _groups_repeated(value[2]):
                    return True
    return False


# Whether there is only one way ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Way:
    """What a part of a pattern may begin with, what may follow it to go on in it, and whether it may be empty.

    Attributes:
        first: codes of ASCII, and 128 for all others.
        more: what it may take beyond a point where it may already end.
        empty: it matches the empty text.
    """

    first: frozenset[int]
    more: frozenset[int]
    empty: bool


def _decided(tree: Any) -> bool:
    """Say whether, in a part that is repeated, the next character always tells how to go on."""
    try:
        way = _way(tree)
    except ValueError:
        return False
    return not way.empty and not way.more & way.first


def _way(tree: Any) -> _Way:
    """Follow a sequence; ValueError where a character may be taken in two ways."""
    done = _Way(frozenset(), frozenset(), empty=True)
    for kind, value in tree:
        part = _way_of(kind, value)
        if done.more & part.first:
            raise ValueError
        first = done.first | part.first if done.empty else done.first
        more = part.more | (done.more | part.first if part.empty else frozenset())
        if done.empty and done.first & part.first:
            raise ValueError
        done = _Way(first, more, done.empty and part.empty)
    return done


def _way_of(kind: Any, value: Any) -> _Way:
    match kind:
        case constants.BRANCH:
            ways = [_way(branch) for branch in value[1]]
            taken: set[int] = set()
            for way in ways:
                if taken & way.first:
                    raise ValueError
                taken |= way.first
            more = frozenset(c for way in ways for c in way.more)
            empty = any(way.empty for way in ways)
            return _Way(frozenset(taken), more | (frozenset(taken) if empty else frozenset()), empty)
        case constants.SUBPATTERN:
            return _way(value[3])
        case constants.MAX_REPEAT | constants.MIN_REPEAT:
            fewest, most, tree = value
            way = _way(tree)
            if most != 1 and (way.empty or way.more & way.first):
                raise ValueError
            more = way.more | (way.first if most != fewest or most == constants.MAXREPEAT else frozenset())
            return _Way(way.first, more, fewest == 0 or way.empty)
    return _Way(_taken(kind, value), frozenset(), empty=False)


def _taken(kind: Any, value: Any) -> frozenset[int]:
    everything = frozenset(range(_ASCII + 1))
    match kind:
        case constants.LITERAL:
            return frozenset({min(value, _ASCII)})
        case constants.NOT_LITERAL:
            return everything - ({value} if value < _ASCII else set())
        case constants.ANY:
            return everything - {10}
        case constants.IN:
            return _taken_by_set(value, everything)
    raise ValueError


def _taken_by_set(items: Any, everything: frozenset[int]) -> frozenset[int]:
    found: set[int] = set()
    negated = False
    for kind, value in items:
        if kind is constants.NEGATE:
            negated = True
        elif kind is constants.LITERAL:
            found.add(min(value, _ASCII))
        elif kind is constants.RANGE:
            found.update(range(min(value[0], _ASCII), min(value[1], _ASCII) + 1))
        elif value in _CLASSES:
            found |= _CLASSES[value][1]
        else:
            found |= everything - _CLASSES[_OPPOSITES[value]][1]
    # NOTE: what is beyond ASCII is one class here, so a set and its opposite may both hold some of it.
    return (everything - found) | {_ASCII} if negated else frozenset(found)
