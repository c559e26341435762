"""Rules that change from year to year: which year's hold for an extract, and what differs between two of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.errors import CouldNotCheckError, ExtractError, UsageError, nearest
from everycase.extract import resolve, wanted_columns
from everycase.readers.xml import XmlTable, first_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from everycase.project import Project
    from everycase.rule import Rule


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one rule between two years: it was added, changed or removed."""

    kind: str
    rule: Rule
    parts: tuple[str, ...] = ()


def settled(
    project: Project, chosen: Sequence[str], extracts: Mapping[str, Path], asked: str | None
) -> tuple[Project, dict[str, CouldNotCheckError]]:
    """Choose the year's rules for every source that has several, by the date that its extract gives.

    Args:
        project: loaded.
        chosen: the sources that are to be checked.
        extracts: source -> file, before what the registry says.
        asked: the year that --ruleset gives; None goes by the extract.

    Returns:
        The project with the suites chosen, and why some sources could not be checked.

    Raises:
        UsageError: no source that is to be checked has the year that was asked for.
    """
    ruled: dict[str, str] = {}
    failed: dict[str, CouldNotCheckError] = {}
    several = [name for name in chosen if project.sources[name].rulesets is not None]
    if asked is not None:
        years = [year for name in several for year in _suites(project, name)]
        if asked not in years:
            message = f"--ruleset '{asked}' is no year of the sources to check"
            known = f"There are: {', '.join(dict.fromkeys(years))}." if years else "None of them has rules by year."
            raise UsageError("unknown-ruleset", message, instead=nearest(asked, years) or known)
    for name in several:
        suites = _suites(project, name)
        if asked is not None and asked in suites:
            ruled[name] = suites[asked]
            continue
        try:
            ruled[name] = _by_date(project, name, extracts.get(name))
        except CouldNotCheckError as error:
            failed[name] = error
    return project.ruled_by(ruled), failed


def _suites(project: Project, source_id: str) -> Mapping[str, str]:
    rulesets = project.sources[source_id].rulesets
    return rulesets.suites if rulesets is not None else {}


def _by_date(project: Project, source_id: str, given: Path | None) -> str:
    """Name the suite that is in force on the date in the first record of the table that holds it."""
    source = project.sources[source_id]
    rulesets = source.rulesets
    assert rulesets is not None  # noqa: S101 - only such sources come here
    table, _, field = rulesets.by.partition(".")
    part = project.suite_of(source_id).tables[table]
    column = wanted_columns(source, part)[field]
    path = resolve(source_id, source, project.data_root, given)
    record = first_record(path, XmlTable(source.reader.tables[table].path or "", "", (column,)))
    years = ", ".join(rulesets.suites)
    instead = f"Choose the rules with --ruleset: {years}."
    day = _date((record or {}).get(column, "").strip(), part.fields[field].formats)
    if day is None:
        message = f"does not say in {column} which year it is of, so that no year's rules can be chosen"
        raise ExtractError("ruleset-unknown", message, where=source_id, instead=instead)
    for name in rulesets.suites.values():
        if project.suites[name].effective.holds_on(day):
            return name
    message = f"is of a year that there are no rules for: its {column} lies in none of {years}"
    raise ExtractError("ruleset-unknown", message, where=source_id, instead=instead)


def _date(text: str, formats: Sequence[str]) -> dt.date | None:
    for form in formats:
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None


def changes(project: Project, source_id: str, before: str, after: str) -> list[Change]:
    """List what differs between the rules of two years of a source, in the order of the later one.

    Raises:
        UsageError: the source has no such year.
    """
    suites = _suites(project, source_id)
    for year in (before, after):
        if year not in suites:
            message = f"'{source_id}' has no rules of the year '{year}'"
            known = f"There are: {', '.join(suites)}." if suites else "It has one set of rules only."
            raise UsageError("unknown-ruleset", message, instead=nearest(year, suites) or known)
    old, new = (
        {rule.code: rule for rule in project.ruled_by({source_id: suites[year]}).rules_of(source_id)}
        for year in (before, after)
    )
    found = [Change("added", rule) for code, rule in new.items() if code not in old]
    for code, rule in new.items():
        parts = _differing(old[code], rule) if code in old else ()
        found += [Change("changed", rule, parts)] if parts else []
    return found + [Change("removed", rule) for code, rule in old.items() if code not in new]


def _differing(old: Rule, new: Rule) -> tuple[str, ...]:
    """Name the parts of a rule in which two years differ."""
    parts = ("title", "severity", "applies", "requires", "threshold", "bindings", "table")
    return tuple(part for part in parts if getattr(old, part) != getattr(new, part))
