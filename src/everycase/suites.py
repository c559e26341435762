"""Suites: the fields of a source, and what is expected of them.

A suite names its fields, each with its code list and when it is required; completeness follows from that alone.
Its expectations come in three forms: a check of the catalogue by name, an expectation of the Great Expectations
vocabulary by its name there, or two predicates of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from everycase.codelists import pattern_problem
from everycase.document import Document, read_document, validated
from everycase.errors import nearest
from everycase.model import Effective, Model, Reference

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from everycase.codelists import Codelist, Codelists

_FORMAT = re.compile(r"(?:[^%]|%[YymdbBHMSf])+")
FieldType = Literal["code", "text", "date", "integer", "number"]
Scalar = str | int | float | bool


class Thresholds(Model):
    """The least share, 0 to 1, of the applicable records that must reach a tier; None asks nothing."""

    supplied: float | None = Field(default=None, ge=0, le=1)
    valid: float | None = Field(default=None, ge=0, le=1)
    known: float | None = Field(default=None, ge=0, le=1)
    severity: Literal["error", "query", "warning"] = "error"


class FieldEntry(Model):
    """One field as a suite file gives it."""

    title: str
    type: FieldType
    codelist: str | None = None
    formats: list[str] = ["%Y-%m-%d"]
    pattern: str | None = None
    required: str = "always"
    valid: str | None = None
    forced: str | None = None
    thresholds: Thresholds = Thresholds()
    why: str = ""
    fix: str = ""
    pilot: bool = False


class ExpectationEntry(Model):
    """One expectation in any of its three forms; `suites.Suite` knows which keys go with which."""

    check: str | None = None
    expectation: str | None = None
    kwargs: dict[str, Any] = {}
    code: str | None = None
    name: str | None = None
    title: str | None = None
    why: str | None = None
    fix: str | None = None
    fix_analyst: str | None = None
    applies: str | None = None
    requires: str | None = None
    fields: dict[str, Scalar] = {}
    dimension: Literal["accuracy", "completeness", "consistency", "timeliness", "uniqueness", "validity"] | None = None
    severity: Literal["error", "query", "warning"] | None = None
    priority: str | None = None
    threshold: float | None = Field(default=None, ge=0, le=1)
    references: list[Reference] = []
    effective: Effective = Effective()
    official: str = ""
    passing: list[dict[str, str]] = []
    failing: list[dict[str, str]] = []
    notes: str = ""
    meta: dict[str, Any] = {}
    aliases: list[str] = []


class SuiteFile(Model):
    """One file of expectations/."""

    suite: str
    title: str
    description: str = ""
    extends: str | None = None
    effective: Effective = Effective()
    references: list[Reference] = []
    fields: dict[str, FieldEntry] = {}
    derived: dict[str, str] = {}
    expectations: list[ExpectationEntry] = []
    remove: list[str] = []


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field with its code list resolved.

    Attributes:
        required: "always", "never" or a predicate that says when the field must be filled.
        valid: predicate for what is plausible beyond being well-formed; None asks nothing more.
        forced: predicate for when another rule forces the answer to be unknown; None means never.
        formats: for dates, strptime patterns, tried in order.
    """

    name: str
    title: str
    type: FieldType
    codelist: Codelist | None
    formats: tuple[str, ...]
    pattern: str | None
    required: str
    valid: str | None
    forced: str | None
    thresholds: Thresholds
    why: str
    fix: str
    place: str
    pilot: bool = False


@dataclass(frozen=True, slots=True)
class Suite:
    """A resolved suite: its own parts over those it extends.

    Attributes:
        expectations: every entry with the document and path it stands at, inherited ones first.
        derived: name -> predicate text, usable like a field.
    """

    name: str
    title: str
    description: str
    effective: Effective
    fields: Mapping[str, FieldSpec]
    derived: Mapping[str, str]
    expectations: tuple[tuple[ExpectationEntry, str], ...]
    file: str
    derived_places: Mapping[str, str] = field(default_factory=dict)


class Suites:
    """All suites of a project, resolved on demand."""

    def __init__(self, files: Mapping[str, tuple[SuiteFile, Document]], codelists: Codelists) -> None:
        self._files = files
        self._codelists = codelists
        self._resolved: dict[str, Suite] = {}
        for name in sorted(files):
            self._resolve(name, ())

    @classmethod
    def read(cls, folder: Path, root: Path, codelists: Codelists) -> Suites:
        """Read every YAML file of a folder, not of the folders below it.

        Raises:
            ConfigurationError: naming file and line.
        """
        files: dict[str, tuple[SuiteFile, Document]] = {}
        for path in sorted(folder.glob("*.yaml")):
            document = read_document(path, path.relative_to(root).as_posix())
            entry = validated(SuiteFile, document, document.data)
            if entry.suite != path.stem:
                message = f"the suite is called '{entry.suite}' but its file '{path.name}'"
                raise document.refuse("name-differs", message, ("suite",), "Give both the same name.")
            files[entry.suite] = (entry, document)
        return cls(files, codelists)

    def names(self) -> list[str]:
        """List the names in order."""
        return sorted(self._files)

    def extended(self) -> set[str]:
        """List the suites that another extends."""
        return {entry.extends for entry, _ in self._files.values() if entry.extends is not None}

    def __contains__(self, name: object) -> bool:
        """Say whether a suite of that name exists."""
        return name in self._files

    def __getitem__(self, name: str) -> Suite:
        """Give a resolved suite; the caller has checked that it exists."""
        return self._resolved[name]

    def _resolve(self, name: str, chain: tuple[str, ...]) -> Suite:
        if name in self._resolved:
            return self._resolved[name]
        entry, document = self._files[name]
        if name in chain:
            message = f"extends itself: {' > '.join((*chain, name))}"
            raise document.refuse("extends-circle", message, ("extends",))
        fields: dict[str, FieldSpec] = {}
        derived: dict[str, str] = {}
        places: dict[str, str] = {}
        expectations: list[tuple[ExpectationEntry, str]] = []
        if entry.extends is not None:
            if entry.extends not in self._files:
                message = f"there is no suite '{entry.extends}'"
                raise document.refuse("unknown-suite", message, ("extends",), nearest(entry.extends, self._files))
            base = self._resolve(entry.extends, (*chain, name))
            fields.update(base.fields)
            derived.update(base.derived)
            places.update(base.derived_places)
            expectations.extend(base.expectations)
        for gone in entry.remove:
            kept = [(e, p) for e, p in expectations if gone not in {e.code, e.check, e.name}]
            if len(kept) == len(expectations):
                message = f"'{gone}' cannot be removed: no inherited expectation has that code or name"
                raise document.refuse("unknown-rule", message, ("remove",))
            expectations = kept
        for key, given in entry.fields.items():
            fields[key] = self._field(key, given, document)
        for key, text in entry.derived.items():
            if key in fields:
                message = f"'{key}' is a field already"
                raise document.refuse("name-taken", message, ("derived", key))
            derived[key] = text
            places[key] = document.where(("derived", key))
        _check_names(fields, derived, document)
        _check_days(entry.effective, document, ())
        for position, expectation in enumerate(entry.expectations):
            _check_days(expectation.effective, document, ("expectations", position))
            _check_form(expectation, document, position)
            expectations.append((expectation, document.where(("expectations", position))))
        resolved = Suite(
            name=name,
            title=entry.title,
            description=entry.description,
            effective=entry.effective,
            fields=fields,
            derived=derived,
            expectations=tuple(expectations),
            file=document.name,
            derived_places=places,
        )
        self._resolved[name] = resolved
        return resolved

    def _field(self, name: str, given: FieldEntry, document: Document) -> FieldSpec:
        place = ("fields", name)
        codelist: Codelist | None = None
        if given.type == "code":
            if given.codelist is None:
                raise document.refuse("missing-key", f"the code field '{name}' names no codelist", place)
            if given.codelist not in self._codelists:
                message = f"there is no code list '{given.codelist}'"
                hint = nearest(given.codelist, self._codelists.names())
                raise document.refuse("unknown-codelist", message, (*place, "codelist"), hint)
            codelist = self._codelists[given.codelist]
        elif given.codelist is not None:
            message = f"'{name}' has a codelist but is of type '{given.type}'"
            raise document.refuse("wrong-value", message, place, "Write `type: code`.")
        problem = pattern_problem(given.pattern) if given.pattern is not None else ""
        if problem:
            raise document.refuse("wrong-pattern", f"the pattern {problem}", (*place, "pattern"))
        _check_formats(given, document, place)
        return FieldSpec(
            name=name,
            title=given.title,
            type=given.type,
            codelist=codelist,
            formats=tuple(given.formats),
            pattern=given.pattern,
            required=given.required,
            valid=given.valid,
            forced=given.forced,
            thresholds=given.thresholds,
            why=given.why,
            fix=given.fix,
            place=document.where(place),
            pilot=given.pilot,
        )


def _check_names(fields: Mapping[str, FieldSpec], derived: Mapping[str, str], document: Document) -> None:
    """Refuse names that an engine would take for one another: they are columns, and capitals make no difference."""
    taken = {"rowid": "the number of a record"}
    for part, names in (("fields", fields), ("derived", derived)):
        for name in names:
            if not name.strip() or "\0" in name or name.startswith("occurrences of "):
                raise document.refuse("wrong-value", f"'{name}' cannot be the name of a field", (part, name))
            if name.casefold() in taken:
                message = f"'{name}' cannot be told from {taken[name.casefold()]}"
                raise document.refuse("name-taken", message, (part, name), "Give it another name.")
            taken[name.casefold()] = f"'{name}'"
    for name in fields:
        for beside in (f"{name}__raw", f"{name}__listed"):
            if beside.casefold() in taken:
                message = f"{taken[beside.casefold()]} is kept for what was supplied as '{name}'"
                raise document.refuse("name-taken", message, ("fields", beside), "Give it another name.")


def _check_days(given: Effective, document: Document, place: tuple[str | int, ...]) -> None:
    if given.from_ is not None and given.to is not None and given.from_ > given.to:
        raise document.refuse("wrong-value", "'from' is after 'to', so that it would never hold", (*place, "effective"))


def _check_formats(given: FieldEntry, document: Document, place: tuple[str, ...]) -> None:
    """Refuse a format that is not read, and formats or a pattern beside a type that they say nothing about."""
    if given.pattern is not None and given.type != "text":
        raise document.refuse("wrong-value", "a pattern belongs to a field of type 'text'", (*place, "pattern"))
    if given.type != "date":
        if "formats" in given.model_fields_set:
            raise document.refuse("wrong-value", "formats belong to a field of type 'date'", (*place, "formats"))
        return
    if not given.formats:
        raise document.refuse("wrong-value", "a date needs at least one format", (*place, "formats"))
    for form in given.formats:
        if not _FORMAT.fullmatch(form) or not re.search("%[Yy]", form):
            message = f"'{form}' is no date format that is read here"
            raise document.refuse("wrong-value", message, (*place, "formats"), "Write one like %d/%m/%Y or %d-%b-%y.")


def _check_form(entry: ExpectationEntry, document: Document, position: int) -> None:
    """Refuse an expectation that is none or several of the three forms."""
    place = ("expectations", position)
    forms = [entry.check is not None, entry.expectation is not None, entry.requires is not None]
    if sum(forms) != 1:
        message = "an expectation needs exactly one of 'check', 'expectation' and 'requires'"
        raise document.refuse("expectation-form", message, place)
    if entry.expectation is None and entry.kwargs:
        message = "'kwargs' belong to an 'expectation' only"
        raise document.refuse("expectation-form", message, place)
    if entry.check is None and entry.fields:
        raise document.refuse("expectation-form", "'fields' binds a check's parameters; this names no check", place)
    if entry.check is not None and (entry.applies or entry.passing or entry.failing):
        message = "a check brings its own predicates and examples"
        raise document.refuse("expectation-form", message, place)
