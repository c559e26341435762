"""What of the data may be seen: every renderer asks here, none decides for itself."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from everycase.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from everycase.outcome import FieldOutcome, RunResult
    from everycase.reports import ReportFile, UnmappedValues

#: where the salt of tokens comes from: itself, or the file that holds it
SALT, SALT_FILE = "EVERYCASE_SALT", "EVERYCASE_SALT_FILE"
SHORTEST_SALT = 16
#: What a spreadsheet reads as the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def loosest(reports: Iterable[ReportFile]) -> UnmappedValues | None:
    """Give the widest limits that any report allows, so that the engine is asked once."""
    found = [r.unmapped for r in reports if r.unmapped is not None]
    if not found:
        return None
    return found[0].model_copy(
        update={
            "longest": max(u.longest for u in found),
            "fewest": min(u.fewest for u in found),
            "most_distinct": max(u.most_distinct for u in found),
        }
    )


def shown_values(
    candidates: Sequence[tuple[str, int]], distinct: int, limits: UnmappedValues | None
) -> list[tuple[str, int]]:
    """Choose which values outside a code list may be listed.

    A few short values that occur often are codes of another list. Many different ones are a shifted column, and
    might be names: then none is shown.

    Args:
        candidates: (value, times).
        distinct: how many different unmapped values the column holds.
        limits: the report's own; None shows nothing.
    """
    if limits is None or distinct > limits.most_distinct:
        return []
    return [(v, n) for v, n in candidates if n >= limits.fewest and len(v) <= limits.longest and v.isalnum()]


def unmapped_of(outcome: FieldOutcome, report: ReportFile) -> list[tuple[str, int]]:
    """List the unmapped values of a field that a report may show."""
    return shown_values(outcome.unmapped_values, outcome.distinct_unmapped, report.unmapped)


def as_told(result: RunResult, report: ReportFile) -> RunResult:
    """Give a result with only those unmapped values that a report may show."""
    return replace(
        result,
        sources=tuple(replace(s, fields=tuple(_shown(f, report) for f in s.fields)) for s in result.sources),
    )


def _shown(outcome: FieldOutcome, report: ReportFile) -> FieldOutcome:
    shown = tuple(unmapped_of(outcome, report))
    others = outcome.tally.not_known["unmapped"] - sum(n for _, n in shown)
    return replace(outcome, unmapped_values=shown, other_values=others)


def harmless(cell: str) -> str:
    """Keep a spreadsheet from running a cell: one that begins like a formula gets an apostrophe before it.

    >>> harmless("=1+1"), harmless("A1")
    ("'=1+1", 'A1')
    """
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def refuse_without_salt(reports: Iterable[ReportFile], project: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Refuse reports that replace keys by tokens where there is no salt, before anything is read.

    Raises:
        UsageError: no salt, a short one, or one that lies in the project.
    """
    if any(r.redaction == "tokens" for r in reports):
        _salt(project, environ)


def token_key(report: ReportFile, source: str, project: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Give the secret that the tokens of a source are made with; "" where a report has no tokens.

    Each source has another one, so that its tokens cannot be matched with those of another source.

    Raises:
        UsageError: no salt, a short one, or one that lies in the project.
    """
    if report.redaction != "tokens":
        return ""
    return hmac.new(_salt(project, environ), source.encode(), hashlib.sha256).hexdigest()


def token(secret: str, text: str) -> str:
    """Write an SQL text that gives the token of another: 24 hexadecimal digits, hashed twice with the secret.

    Args:
        secret: from `token_key`; hexadecimal digits only.
        text: SQL.
    """
    return f"left(sha256('{secret}' || sha256('{secret}' || {text})), 24)"


def _salt(project: Path, environ: Mapping[str, str]) -> bytes:
    instead = f"Set {SALT}, or {SALT_FILE} to a file outside the project."
    salt = environ.get(SALT, "").encode()
    if not salt and environ.get(SALT_FILE):
        path = Path(environ[SALT_FILE]).resolve()
        if path.is_relative_to(project.resolve()):
            message = "the file with the salt lies in the project, and would be shared with it"
            raise UsageError("salt", message, where=SALT_FILE, instead=instead)
        try:
            salt = path.read_bytes().strip()
        except OSError as error:
            message = f"the file with the salt cannot be read: {error.strerror or type(error).__name__}"
            raise UsageError("salt", message, where=SALT_FILE, instead=instead) from None
    if len(salt) < SHORTEST_SALT:
        message = "there is no salt for tokens" if not salt else f"the salt has fewer than {SHORTEST_SALT} bytes"
        raise UsageError("salt", message, instead=instead)
    return salt
