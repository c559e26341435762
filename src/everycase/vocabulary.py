"""The vocabulary of Great Expectations in a suite: each expectation by its name there becomes one of our rules.

Where our typed columns see more than the library would: a cell that does not parse as the date or number its field
is, or that its code list does not hold, is supplied. `expect_column_values_to_not_be_null` passes it,
`..._to_be_in_set` fails it, and what cannot be told of it (its length, its order) leaves the record undetermined. So
does a blank among columns that are to be unique together, where the library takes two blanks for the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.errors import ConfigurationError
from everycase.gx_expectations import NATIVE, RUNTIME, TRANSLATED, check_names, columns_of, translated
from everycase.gx_predicates import VocabularyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycase.check import Dimension
    from everycase.rule import Rule
    from everycase.suite_files import ExpectationEntry
    from everycase.suites import Suite

#: the expectation that stands for a rule of ours in a suite or a record of Great Expectations
OURS = "expect_records_to_pass_rule"
TO_THEIRS = {"error": "critical", "query": "warning", "warning": "info"}
TO_OURS = {theirs: ours for ours, theirs in TO_THEIRS.items()}


def translate(entry: ExpectationEntry, place: str, suite: Suite, rule: type[Rule]) -> Rule:
    """Make a rule of an expectation that a suite names as Great Expectations does.

    Args:
        entry: names an `expectation`, and may narrow a row-wise one with `applies`.
        place: where it stands.
        suite: whose fields its kwargs name; why and fix are a field's where the entry has none.
        rule: the class to make, handed in since rules know this module.

    Raises:
        ConfigurationError: an unknown name, kwargs that do not fit, or a part missing that every rule has.
    """
    kind = entry.expectation or ""
    kwargs = {k: v for k, v in entry.kwargs.items() if k not in RUNTIME and v is not None}
    try:
        check_names(kind, kwargs, suite.fields)
        if kind in TRANSLATED:
            found = translated(kind, kwargs, suite.fields)
            applies, requires, threshold = found.applies, found.requires, found.threshold
            dimension, wrong = found.dimension, found.title
            if entry.applies:
                applies = f"({entry.applies}) AND ({applies})"
        else:
            applies, requires, threshold = "TRUE", "TRUE", 0.0
            _, dimension, wrong = NATIVE[kind]
            _check_whole(entry)
    except VocabularyError as error:
        raise ConfigurationError("gx-expectation", f"'{kind}' {error}", where=place, instead=error.instead) from None
    return _ruled(entry, place, suite, rule, (applies, requires, threshold, dimension, wrong))


def _check_whole(entry: ExpectationEntry) -> None:
    """Refuse what only records can have of an expectation that is judged on the table as a whole."""
    for part in ("applies", "threshold", "passing", "failing"):
        if getattr(entry, part):
            raise VocabularyError(f"is judged on all records together and takes no '{part}'")


def _ruled(
    entry: ExpectationEntry,
    place: str,
    suite: Suite,
    rule: type[Rule],
    judged: tuple[str, str, float, Dimension, str],
) -> Rule:
    applies, requires, threshold, dimension, wrong = judged
    kind, columns = entry.expectation or "", columns_of(entry.kwargs)
    why = _inherited(suite, columns, "why") if entry.why is None else entry.why
    fix = _inherited(suite, columns, "fix") if entry.fix is None else entry.fix
    for part, given in (("code", entry.code), ("why", why), ("fix", fix)):
        if not given:
            message = f"the expectation '{entry.code or kind}' has no {part}"
            instead = "" if part == "code" or not columns else f"Write it here, or at the field '{columns[0]}'."
            raise ConfigurationError("incomplete-rule", message, where=place, instead=instead)
    about = " and ".join(suite.fields[c].title for c in columns[:3]) if len(columns) < 4 else suite.title
    return rule(
        code=entry.code or "",
        name=kind,
        title=entry.title or f"{about or suite.title}: {wrong}",
        why=why,
        fix=fix,
        fix_analyst=entry.fix_analyst or fix,
        dimension=entry.dimension or dimension,
        severity=entry.severity or "error",
        priority=entry.priority or "",
        applies=applies,
        requires=requires,
        bindings={c: c for c in columns} if kind in NATIVE else {},
        threshold=threshold,
        place=place,
        references=(),
        gx_type=kind,
        native=None if kind in TRANSLATED else {k: v for k, v in entry.kwargs.items() if k not in RUNTIME},
        passing=tuple(entry.passing),
        failing=tuple(entry.failing),
        notes=entry.notes,
        meta=dict(entry.meta) or None,
    )


def _inherited(suite: Suite, columns: Sequence[str], part: str) -> str:
    """Find what the first of some fields says that says anything."""
    return next((said for c in columns if (said := str(getattr(suite.fields[c], part)))), "")


__all__ = ["OURS", "TO_OURS", "TO_THEIRS", "translate"]
