"""What a text speaks of: the phrases of a code list, where no negation stands among the words before them.

The list is read into one regular expression of the plainest kind, so that every engine finds the same. A code of the
list is a phrase in small letters; a star ends a word that may go on. Its attribute `term` names what it is evidence of;
`role: negation` makes it a word that takes the meaning away from what follows.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from everycase.errors import PredicateError, nearest
from everycase.term import Term

if TYPE_CHECKING:
    from everycase.codelists import Codelist
    from everycase.functions import Call

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WORD = "[0-9a-z]"
_GAP = "[^0-9a-z.;!?\n]+"  # between two words of a clause
_ANY = f"[\x01-{chr(0x10FFFF)}]*"
_END = "[!.;?\n]"
_PHRASE = re.compile(r"[0-9a-z]+[*]?(?: [0-9a-z]+[*]?)*")
_FARTHEST = 6


def speaks_of(call: Call) -> Term:
    """Write whether a text holds a phrase of a term, with no negation among the words before it in the same clause."""
    codelist = check_lexicon(call.writer.calendar(call.text(1), call.where), call.where)
    term = call.text(2)
    terms = {c.attributes["term"] for c in codelist.codes.values() if "term" in c.attributes}
    if term not in terms:
        message = f"the lexicon '{codelist.name}' has no term '{term}'"
        raise PredicateError("unknown-concept", message, where=call.where, instead=nearest(term, terms))
    node = call.nodes[3]
    if not str(node.this).isdigit() or not 1 <= int(node.this) <= _FARTHEST:
        message = f"speaks_of() needs a whole number from 1 to {_FARTHEST} as argument 4, the words to look back over"
        raise PredicateError("predicate-shape", message, where=call.where)
    columns = call.writer.columns
    text = columns.textual("lower", [call.of_kind(0, "text")])
    return Term(columns.full_match(text, pattern_of(codelist, term, int(node.this))), "truth")


def check_lexicon(codelist: Codelist, where: str) -> Codelist:
    """Give the code list, and refuse one that is no lexicon.

    Raises:
        PredicateError: a code is no phrase in small letters, or is neither a term nor a negation.
    """
    for code in codelist.codes.values():
        negation = code.attributes.get("role") == "negation"
        if not _PHRASE.fullmatch(code.code) or negation == ("term" in code.attributes):
            message = f"'{code.code}' of the code list '{codelist.name}' is no phrase of a lexicon"
            instead = "Write it in small letters and digits, with the attribute term: NAME or role: negation."
            raise PredicateError("predicate-kind", message, where=where, instead=instead)
        if negation and not code.code.isalnum():
            message = f"the negation '{code.code}' of '{codelist.name}' is more than one word"
            raise PredicateError("predicate-kind", message, where=where, instead="Name its words one by one.")
    return codelist


def pattern_of(codelist: Codelist, term: str, window: int) -> str:
    """Write the regular expression that a whole text in small letters must match to speak of a term."""
    phrases = [c.code for c in codelist.codes.values() if c.attributes.get("term") == term]
    negations = tuple(sorted(c.code for c in codelist.codes.values() if c.attributes.get("role") == "negation"))
    phrase = "|".join(_phrase(p) for p in phrases)
    plain = f"(?:{_other_than(negations)})" if negations else f"{_WORD}+"
    before = f"(?:{plain}{_GAP})"
    near = f"(?:{_ANY}{_END})?[^0-9a-z]*{before}{{0,{window - 1}}}"
    far = f"(?:{_ANY}[^0-9a-z])?{before}{{{window}}}"
    return f"(?:{near}|{far})(?:{phrase})(?:[^0-9a-z]{_ANY})?"


def _phrase(text: str) -> str:
    return _GAP.join(f"{word[:-1]}{_WORD}*" if word.endswith("*") else word for word in text.split(" "))


@cache
def _other_than(words: tuple[str, ...]) -> str:
    """Write an expression for every word but those given.

    >>> re.fullmatch(_other_than(("no", "not")), "not"), bool(re.fullmatch(_other_than(("no", "not")), "note"))
    (None, True)
    """
    ways = []
    firsts = sorted({word[0] for word in words if word})
    ways.append(f"[{''.join(c for c in _LETTERS if c not in firsts)}]{_WORD}*")
    for letter in firsts:
        rest = tuple(sorted({word[1:] for word in words if word.startswith(letter)}))
        after = _other_than(tuple(r for r in rest if r))
        # NOTE: the word may end here unless it is one of those given.
        ways.append(f"{letter}(?:{after})" if "" in rest else f"{letter}(?:{after})?")
    return "|".join(ways)
