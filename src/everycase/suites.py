"""Suites: the fields of a source, and what is expected of them.

A suite names its fields, each with its code list and when it is required; completeness follows from that alone.
Its expectations come in three forms: a check of the catalogue by name, an expectation of the Great Expectations
vocabulary by its name there, or two predicates of its own. A source of several tables has a suite of several parts,
one a table, whose rules may look at the tables above and beside their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from everycase.codelists import pattern_problem
from everycase.document import Document, read_document, validated
from everycase.errors import nearest
from everycase.suite_checks import check_days, check_form, check_formats, check_names, check_place, check_table
from everycase.suite_files import ExpectationsFile, SuiteFile

if TYPE_CHECKING:
    from pathlib import Path

    from everycase.codelists import Codelist, Codelists
    from everycase.model import Effective
    from everycase.suite_files import ExpectationEntry, FieldEntry, FieldType, Thresholds


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field with its code list resolved.

    Attributes:
        required: "always", "never" or a predicate that says when the field must be filled.
        valid: predicate for what is plausible beyond being well-formed; None asks nothing more.
        forced: predicate for when another rule forces the answer to be unknown; None means never.
        formats: for dates, strptime patterns, tried in order.
        row: where the field is one of another record's, the name that record goes by in what is being written.
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
    row: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """A resolved suite, or one of its parts: its own over those it extends.

    Attributes:
        expectations: every entry with the document and path it stands at, inherited ones first.
        derived: name -> predicate text, usable like a field.
        files: every file that it was made of.
        table: the table it is the part for; "" where the source has one table only.
        above: the tables that its records belong to, the nearest first.
        keys: fields that name a record of the table to a person.
        reach: the fields of the tables above, as `table.field`.
        tables: table -> part, of a suite of several; the same for each of its parts.
        lists: all code lists, of which a rule may name one as its calendar.
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
    files: tuple[str, ...] = ()
    table: str = ""
    above: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    reach: Mapping[str, FieldSpec] = field(default_factory=dict)
    tables: Mapping[str, Suite] = field(default_factory=dict)
    lists: Codelists | None = field(default=None, repr=False, compare=False)

    def parts(self) -> tuple[Suite, ...]:
        """Give the parts, one a table; itself where there is one table only."""
        return tuple(self.tables.values()) if self.tables and not self.table else (self,)

    def seen(self, name: str) -> FieldSpec:
        """Give a field of its own, or of a table above as `table.field`."""
        return self.fields.get(name) or self.reach[name]

    def common(self, other: str) -> str:
        """Name the lowest table that the records of this one and of another belong to; "" for the extract itself."""
        mine = (self.table, *self.above) if other != self.table else self.above
        theirs = (other, *self.tables[other].above)
        return next((table for table in mine if table in theirs), "")


class Suites:
    """All suites of a project, resolved on demand."""

    def __init__(
        self,
        files: Mapping[str, tuple[SuiteFile, Document]],
        codelists: Codelists,
        included: Mapping[str, list[tuple[ExpectationsFile, Document]]],
    ) -> None:
        self._files = files
        self._included = included
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
        return cls(files, codelists, {n: _included(e, d, folder, root) for n, (e, d) in files.items()})

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
        base = self._base(entry, document, name, chain)
        expectations = _kept(entry, document, base)
        tables = {*entry.tables, *(base.tables if base else ())}
        for listed, stands_in in [(entry.expectations, document)] + [
            (i.expectations, d) for i, d in self._included[name]
        ]:
            for position, expectation in enumerate(listed):
                check_days(expectation.effective, stands_in, ("expectations", position))
                check_form(expectation, stands_in, position)
                check_table(expectation, tables, stands_in, position)
                expectations.append((expectation, stands_in.where(("expectations", position))))
        check_days(entry.effective, document, ())
        own = (document.name, *(d.name for _, d in self._included[name]))
        fields, derived, places = self._columns(entry.fields, entry.derived, document, (), base)
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
            files=tuple(dict.fromkeys((*(base.files if base else ()), *own))),
            lists=self._codelists,
        )
        if entry.tables or (base and base.tables):
            resolved = replace(resolved, tables=self._tables(entry, document, resolved, base))
        self._resolved[name] = resolved
        return resolved

    def _base(self, entry: SuiteFile, document: Document, name: str, chain: tuple[str, ...]) -> Suite | None:
        if name in chain:
            message = f"extends itself: {' > '.join((*chain, name))}"
            raise document.refuse("extends-circle", message, ("extends",))
        if entry.extends is None:
            return None
        if entry.extends not in self._files:
            message = f"there is no suite '{entry.extends}'"
            raise document.refuse("unknown-suite", message, ("extends",), nearest(entry.extends, self._files))
        return self._resolve(entry.extends, (*chain, name))

    def _columns(
        self,
        fields: Mapping[str, FieldEntry],
        derived: Mapping[str, str],
        document: Document,
        place: tuple[str, ...],
        base: Suite | None,
    ) -> tuple[dict[str, FieldSpec], dict[str, str], dict[str, str]]:
        """Give the fields, derived names and their places: its own over those of the base."""
        specs = dict(base.fields) if base else {}
        texts, places = (dict(base.derived), dict(base.derived_places)) if base else ({}, {})
        for key, given in fields.items():
            specs[key] = self._field(key, given, document, (*place, "fields", key))
        for key, text in derived.items():
            if key in specs:
                raise document.refuse("name-taken", f"'{key}' is a field already", (*place, "derived", key))
            texts[key] = text
            places[key] = document.where((*place, "derived", key))
        check_names(specs, texts, document, place)
        return specs, texts, places

    def _tables(self, entry: SuiteFile, document: Document, whole: Suite, base: Suite | None) -> dict[str, Suite]:
        """Make the parts of a suite of several tables."""
        if whole.fields or whole.derived:
            raise document.refuse("wrong-value", "fields of a suite of several tables stand in its tables", ("fields",))
        before = base.tables if base else {}
        parts: dict[str, Suite] = {}
        for table in dict.fromkeys((*before, *entry.tables)):
            given, under = entry.tables.get(table), before.get(table)
            place = ("tables", table)
            parent = (
                given.parent
                if given and (given.parent or under is None)
                else under.above[0]
                if under and under.above
                else None
            )
            check_place(table, parent, parts, document, place)
            fields, derived, places = self._columns(
                given.fields if given else {}, given.derived if given else {}, document, place, under
            )
            above = (parent, *parts[parent].above) if parent else ()
            reach = {
                f"{up}.{n}": replace(spec, name=f"{up}.{n}") for up in above for n, spec in parts[up].fields.items()
            }
            keys = tuple(given.keys) if given and given.keys else under.keys if under else ()
            for key in keys:
                if key not in fields and key not in reach:
                    message = f"'{key}' is no field of the table or of one above it"
                    raise document.refuse("unknown-field", message, (*place, "keys"), nearest(key, (*fields, *reach)))
            parts[table] = replace(
                whole,
                title=given.title if given and given.title else under.title if under else table,
                fields=fields,
                derived=derived,
                derived_places=places,
                expectations=tuple((e, p) for e, p in whole.expectations if e.table == table),
                table=table,
                above=above,
                keys=keys,
                reach=reach,
            )
        tables = dict.fromkeys(parts)
        found: dict[str, Suite] = {}
        for table in tables:
            found[table] = replace(parts[table], tables=found)
        return found

    def _field(self, name: str, given: FieldEntry, document: Document, place: tuple[str, ...]) -> FieldSpec:
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
        check_formats(given, document, place)
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


def _kept(entry: SuiteFile, document: Document, base: Suite | None) -> list[tuple[ExpectationEntry, str]]:
    """Give the inherited expectations, less those that are removed."""
    kept = list(base.expectations) if base else []
    for gone in entry.remove:
        rest = [(e, p) for e, p in kept if gone not in {e.code, e.check, e.name}]
        if len(rest) == len(kept):
            message = f"'{gone}' cannot be removed: no inherited expectation has that code or name"
            raise document.refuse("unknown-rule", message, ("remove",))
        kept = rest
    return kept


def _included(
    entry: SuiteFile, document: Document, folder: Path, root: Path
) -> list[tuple[ExpectationsFile, Document]]:
    """Read the files that a suite includes."""
    found = []
    for position, name in enumerate(entry.include):
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            message = f"there is no file '{name}' below {folder.name}/"
            raise document.refuse("include-missing", message, ("include", position))
        included = read_document(path, path.relative_to(root).as_posix())
        found.append((validated(ExpectationsFile, included, included.data), included))
    return found
