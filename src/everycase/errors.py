"""Every refusal that everycase can utter: one base class, one slug each; `error_pages` says what they mean.

An error says what is wrong, where, what to do instead and where to read more. None of them carries a
record value: readers and engines raise them with positions and names only.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

EXIT_PASSED = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_COULD_NOT_CHECK = 3
EXIT_INTERRUPTED = 130


class EverycaseError(Exception):
    """The base of all that everycase refuses; it prints as sentences, never as a traceback.

    Args:
        slug: the stable name of the problem; its page is docs/errors.md#slug.
        message: what is wrong, one sentence, no record value in it.
        where: the file and line, source or rule it concerns; "" where there is none.
        instead: what to do, one sentence; "" where the message says it.
    """

    exit_code: ClassVar[int] = EXIT_USAGE

    def __init__(self, slug: str, message: str, *, where: str = "", instead: str = "") -> None:
        super().__init__(message)
        self.slug = slug
        self.message = message
        self.where = where
        self.instead = instead

    def __str__(self) -> str:
        """Say where, what, what instead and where to read, in that order."""
        place = f"{self.where}  " if self.where else ""
        instead = f"\n  {self.instead}" if self.instead else ""
        return f"{place}{self.message}{instead}\n  see docs/errors.md#{self.slug}"


class UsageError(EverycaseError):
    """A command was given something it does not take: an unknown source, a bad date, an unusable folder."""


class ConfigurationError(EverycaseError):
    """A YAML or Python file of the project cannot be used as it stands; `where` names file and line."""


class PredicateError(ConfigurationError):
    """A predicate does not parse, or names a field or function that does not exist."""


class UnsupportedError(PredicateError):
    """The engine has no way to give the answer that DuckDB gives, so that the rule is not judged there."""


class TrustError(EverycaseError):
    """Code of a project that nobody trusted would have to run."""


class CouldNotCheckError(EverycaseError):
    """Something stopped the check itself, so that no verdict on the data is possible."""

    exit_code: ClassVar[int] = EXIT_COULD_NOT_CHECK


class ExtractError(CouldNotCheckError):
    """An extract is missing, unreadable, empty, or not shaped as the registry says."""


class EngineError(CouldNotCheckError):
    """The engine refused or failed; what it said about cells is left out."""


class RecordError(CouldNotCheckError):
    """The Great Expectations record could not be made, or does not agree with our verdict."""


class LedgerError(CouldNotCheckError):
    """The ledger cannot be read, written to, or trusted; what the database said is left out."""


class NotPassedError(EverycaseError):
    """A program asked for a check that passed, and it did not; the verdict is in the result."""

    exit_code: ClassVar[int] = EXIT_FAILED


def nearest(name: str, known: Iterable[str]) -> str:
    """Offer the nearest known name as a question, or "" when none is near.

    >>> nearest("formt", ["format", "reader"])
    "Did you mean 'format'?"
    """
    found = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"Did you mean '{found[0]}'?" if found else ""
