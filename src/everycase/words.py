"""The words people read: one catalogue of texts a language, written by people who write no code.

A text stands in `texts/<locale>.yaml` under a dotted key, holds `{placeholders}`, and where it depends on a number has
one form for each plural of its language, chosen by the value called `n`. Whole numbers are set as the locale sets them.
"""

from __future__ import annotations

import datetime as dt
import re
import string
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from everycase.document import read_document
from everycase.errors import ConfigurationError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from babel import Locale

    from everycase.document import Document, Path_

TEXTS = Path(__file__).with_name("texts")
LANGUAGE = "en_GB"
_PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")


class Words:
    """The texts of one language.

    Args:
        locale: how its numbers, plurals and dates are written.
        texts: dotted key -> one text, or one a plural form.
    """

    def __init__(self, locale: Locale, texts: Mapping[str, str | Mapping[str, str]]) -> None:
        self.locale = locale
        self.texts = texts
        symbols = locale.number_symbols["latn"]
        self._marks = str.maketrans({",": symbols["group"], ".": symbols["decimal"]})

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number as the language does, with that many decimals."""
        return f"{value:,.{digits}f}".translate(self._marks)

    def day(self, value: dt.date) -> str:
        """Write a date in full."""
        from babel.dates import format_date

        return format_date(value, "long", locale=self.locale)

    def say(self, key: str, values: Mapping[str, object]) -> str:
        """Give a text with its placeholders filled.

        Raises:
            ConfigurationError: the catalogue holds no such text.
        """
        text = self.texts.get(key)
        if text is None:
            message = f"the catalogue of words ({self.locale}) has no text '{key}'"
            raise ConfigurationError("no-text", message, instead=nearest(key, self.texts))
        if not isinstance(text, str):
            count = values.get("n", 0)
            form = self.locale.plural_form(count if isinstance(count, int | float) else 0)
            text = text.get(form, text["other"])
        if "{" not in text:
            return text
        return text.format_map({k: self._written(v) for k, v in values.items()})

    def _written(self, value: object) -> object:
        return self.number(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def changed(self, texts: Mapping[str, str | Mapping[str, str]]) -> Words:
        """Give the same language with some texts put otherwise."""
        return Words(self.locale, {**self.texts, **texts})


_CURRENT: ContextVar[Words | None] = ContextVar("everycase_words", default=None)


def current() -> Words:
    """Give the catalogue that is spoken now: British English unless `speaking` says otherwise."""
    return _CURRENT.get() or packaged(LANGUAGE)


@contextmanager
def speaking(words: Words) -> Iterator[None]:
    """Speak another catalogue while the block runs."""
    before = _CURRENT.set(words)
    try:
        yield
    finally:
        _CURRENT.reset(before)


def say(key: str, /, **values: object) -> str:
    """Give a text of the current catalogue with its placeholders filled.

    >>> say("count.record", n=41208)
    '41,208 records'
    """
    return current().say(key, values)


def number(value: float, digits: int = 0) -> str:
    """Write a number as the current language does.

    >>> number(41208), number(0.25, 1)
    ('41,208', '0.2')
    """
    return current().number(value, digits)


def day(value: dt.date) -> str:
    """Write a date in full.

    >>> day(dt.date(2026, 11, 25))
    '25 November 2026'
    """
    return current().day(value)


def languages() -> list[str]:
    """List the languages of the catalogues that come with everycase."""
    return sorted(path.stem for path in TEXTS.glob("*.yaml"))


@cache
def packaged(language: str) -> Words:
    """Read a catalogue that comes with everycase."""
    return read(TEXTS / f"{language}.yaml", f"texts/{language}.yaml")


def read(path: Path, name: str, base: Words | None = None) -> Words:
    """Read a catalogue; its language is the name of the file.

    Args:
        path: the file.
        name: how to name it to a person.
        base: what holds where the file says nothing; then a key that the base does not have is refused.

    Raises:
        ConfigurationError: not a catalogue, no such language, an unknown key or placeholder.
    """
    from babel import Locale, UnknownLocaleError

    document = read_document(path, name)
    try:
        locale = Locale.parse(path.stem)
    except (UnknownLocaleError, ValueError):
        message = f"'{path.stem}' is no language"
        raise document.refuse("no-language", message, instead="Call the file like en_GB.yaml or cy.yaml.") from None
    texts = dict(_texts(document, document.data, ()))
    for key, text in texts.items():
        _compare(document, key, text, base)
    return Words(locale, {**(base.texts if base else {}), **texts})


def _texts(document: Document, found: Mapping[str, object], path: Path_) -> Iterator[tuple[str, str | dict[str, str]]]:
    for name, value in found.items():
        place = (*path, name)
        key = ".".join(map(str, place))
        if not _KEY.fullmatch(key):
            raise document.refuse("text-key", f"'{name}' is not a name a text can have", place, "Use a-z, 0-9 and _.")
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict) and set(value) <= _PLURALS and "other" in value:
            if not all(isinstance(v, str) for v in value.values()):
                raise document.refuse("text-shape", f"'{key}' has a form that is no text", place, "Put it in quotes.")
            yield key, value
        elif isinstance(value, dict):
            yield from _texts(document, value, place)
        else:
            raise document.refuse("text-shape", f"'{key}' is no text", place, "Put it in quotes.")


def placeholders(text: str | Mapping[str, str]) -> frozenset[str]:
    """List what a text has filled in, over all its forms.

    >>> sorted(placeholders("{n} of {whole}"))
    ['n', 'whole']
    """
    forms = [text] if isinstance(text, str) else list(text.values())
    return frozenset(field for form in forms for _, field, _, _ in string.Formatter().parse(form) if field is not None)


def _compare(document: Document, key: str, text: str | Mapping[str, str], base: Words | None) -> None:
    place = tuple(key.split("."))
    try:
        named = placeholders(text)
    except ValueError:
        message = f"a brace of '{key}' is not closed"
        raise document.refuse("text-placeholder", message, place, "Write {{ for a brace itself.") from None
    if not all(re.fullmatch(r"[a-z_]+", n) for n in named):
        message = f"a placeholder of '{key}' is no name"
        raise document.refuse("text-placeholder", message, place, "Write it like {records}.")
    if base is None:
        return
    if key not in base.texts:
        message = f"'{key}' is no text of everycase"
        raise document.refuse("no-text", message, place, nearest(key, base.texts))
    unknown = sorted(named - placeholders(base.texts[key]))
    if unknown:
        takes = ", ".join(sorted(placeholders(base.texts[key]))) or "none"
        message = f"'{key}' is not given '{unknown[0]}'"
        raise document.refuse("text-placeholder", message, place, f"It takes: {takes}.")
