"""Code lists: what each code of each agency means, and how sure an answer it is.

A code has a *standing*. `known` is a real answer. `indeterminate` means asked and recorded as neither (NHS 9,
CJS 9): it is an answer too. `not_known`, `not_stated` (asked, declined) and `not_applicable` are not. A code
that a list does not hold is `unmapped`: counted and reported, never turned into something else. Apart from its
standing a code may be a `default` that a system fills in by itself.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from everycase.document import Document, read_document, validated
from everycase.errors import nearest
from everycase.model import Day, Model, Reference

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Standing = Literal["known", "indeterminate", "not_known", "not_stated", "not_applicable"]
STANDINGS: tuple[Standing, ...] = ("known", "indeterminate", "not_known", "not_stated", "not_applicable")
_ATOM = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_FOREIGN_ESCAPES = {"\\Z", *(f"\\{n}" for n in range(1, 10))}
_FOREIGN = re.compile(r"\(\?(?:[=!>(]|<[=!]|P=|#)|\\[Z1-9]|[*+?}]\+")
_MOST_REPEATS = 1000
ANSWERS: frozenset[Standing] = frozenset({"known", "indeterminate"})


class CodeEntry(Model):
    """One code as a YAML file gives it."""

    meaning: str
    standing: Standing = "known"
    default: bool = False
    concept: str | None = None
    attributes: dict[str, str] = {}
    low: int | None = None
    high: int | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    when: str | None = None
    note: str = ""


class CodelistFile(Model):
    """One file of expectations/codelists/."""

    codelist: str
    title: str
    source: Reference
    concepts: str | None = None
    open: bool = False
    pattern: str | None = None
    extends: str | None = None
    remove: list[str] = []
    codes: dict[str, CodeEntry]


@dataclass(frozen=True, slots=True)
class Code:
    """One code, its concept resolved.

    Attributes:
        concept: the concept it stands for, None where it stands for none.
        attributes: its own and, below them, those of its concept.
        low: the youngest whole year an age band covers; None where this is no band or it has no lower end.
        high: the oldest.
        when: a predicate on the record; where it does not hold the code is unmapped.
    """

    code: str
    meaning: str
    standing: Standing
    concept: str | None = None
    default: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    from_: dt.date | None = None
    to: dt.date | None = None
    when: str | None = None

    def in_force(self, day: dt.date) -> bool:
        """Say whether the code may be used on a day."""
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)


@dataclass(frozen=True, slots=True)
class Codelist:
    """A resolved code list.

    Attributes:
        codes: code as supplied -> what it means, in the order of the file; comparison is exact.
        open: whether any other value that matches `pattern` is a real answer without a concept.
        vocabulary: the concepts that `concept()` may yield; the codes themselves where this is a concept list.
        concepts: the name of the concept list; its own where it is one.
    """

    name: str
    title: str
    source: Reference
    codes: Mapping[str, Code]
    open: bool = False
    pattern: str | None = None
    vocabulary: frozenset[str] = frozenset()
    concepts: str = ""
    file: str = ""

    def with_standing(self, *standings: Standing) -> tuple[str, ...]:
        """List the codes of some standings."""
        return tuple(c.code for c in self.codes.values() if c.standing in standings)

    def attribute_names(self) -> set[str]:
        """List the attributes that any of its codes carries."""
        return {name for c in self.codes.values() for name in c.attributes}


class Codelists:
    """All code lists of a project, resolved once: inheritance, concepts and their attributes."""

    def __init__(self, files: Mapping[str, tuple[CodelistFile, Document]]) -> None:
        self._files = files
        self._resolved: dict[str, Codelist] = {}
        for name in sorted(files):
            self._resolve(name, ())

    @classmethod
    def read(cls, folder: Path, root: Path) -> Codelists:
        """Read every YAML file of a folder.

        Raises:
            ConfigurationError: naming file and line.
        """
        files: dict[str, tuple[CodelistFile, Document]] = {}
        for path in sorted(folder.glob("*.yaml")):
            document = read_document(path, path.relative_to(root).as_posix())
            entry = validated(CodelistFile, document, document.data)
            if entry.codelist != path.stem:
                message = f"the list is called '{entry.codelist}' but its file '{path.name}'"
                raise document.refuse("name-differs", message, ("codelist",), "Give both the same name.")
            files[entry.codelist] = (entry, document)
        return cls(files)

    def __contains__(self, name: object) -> bool:
        """Say whether a list of that name exists."""
        return name in self._resolved

    def built_on(self, name: str) -> set[str]:
        """Name the lists whose codes or concepts a list takes over."""
        entry, _ = self._files[name]
        return {other for other in (entry.extends, entry.concepts) if other is not None}

    def names(self) -> list[str]:
        """List the names in order."""
        return sorted(self._resolved)

    def __getitem__(self, name: str) -> Codelist:
        """Give a resolved list; the caller has checked that it exists."""
        return self._resolved[name]

    def _resolve(self, name: str, chain: tuple[str, ...]) -> Codelist:
        if name in self._resolved:
            return self._resolved[name]
        entry, document = self._files[name]
        if name in chain:
            message = f"extends itself: {' > '.join((*chain, name))}"
            raise document.refuse("extends-circle", message, ("extends" if entry.extends else "concepts",))
        chain = (*chain, name)
        base = self._other(entry.extends, document, ("extends",), chain) if entry.extends is not None else None
        codes: dict[str, Code] = dict(base.codes) if base else {}
        for gone in entry.remove:
            if gone not in codes:
                raise document.refuse("unknown-code", f"'{gone}' cannot be removed: it is not inherited", ("remove",))
            del codes[gone]
        inherited = base.concepts if base and base.concepts != base.name else None
        speaks_of = entry.concepts or inherited
        concepts = self._other(speaks_of, document, ("concepts",), chain) if speaks_of else None
        for code, given in entry.codes.items():
            codes[code] = _code(code, given, concepts, document)
        if entry.pattern is not None:
            problem = pattern_problem(entry.pattern)
            if problem:
                raise document.refuse("wrong-pattern", f"the pattern {problem}", ("pattern",))
        elif entry.open:
            raise document.refuse("missing-key", "an open list needs a 'pattern' for its other codes", ("open",))
        resolved = Codelist(
            name=name,
            title=entry.title,
            source=entry.source,
            codes=codes,
            open=entry.open,
            pattern=entry.pattern,
            vocabulary=frozenset(concepts.codes if concepts else codes),
            concepts=concepts.name if concepts else name,
            file=document.name,
        )
        self._resolved[name] = resolved
        return resolved

    def _other(self, name: str, document: Document, path: tuple[str, ...], chain: tuple[str, ...]) -> Codelist:
        if name not in self._files:
            message = f"there is no code list '{name}'"
            raise document.refuse("unknown-codelist", message, path, nearest(name, self._files))
        return self._resolve(name, chain)


def _code(code: str, given: CodeEntry, concepts: Codelist | None, document: Document) -> Code:
    place = ("codes", code)
    if not code.strip() or code != code.strip():
        raise document.refuse("wrong-code", "a code cannot be blank or begin or end with a blank", place)
    concept = given.concept
    inherited: Mapping[str, str] = {}
    if concepts is None:
        if concept is not None:
            message = f"'{code}' names the concept '{concept}', but the list names no list of concepts"
            raise document.refuse("unknown-concept", message, (*place, "concept"), "Write `concepts: LIST` above.")
        concept = code if given.standing == "known" else None
    elif concept is not None:
        if concept not in concepts.codes:
            message = f"'{concept}' is not a concept of '{concepts.name}'"
            raise document.refuse("unknown-concept", message, (*place, "concept"), nearest(concept, concepts.codes))
        if given.standing != "known":
            message = f"a code that is {given.standing} cannot stand for the concept '{concept}'"
            raise document.refuse("wrong-value", message, place)
        inherited = concepts.codes[concept].attributes
    if given.low is not None and given.high is not None and given.low > given.high:
        raise document.refuse("wrong-value", "'low' is above 'high'", place)
    if given.from_ is not None and given.to is not None and given.from_ > given.to:
        raise document.refuse("wrong-value", "'from' is after 'to', so that the code would never hold", place)
    return Code(
        code=code,
        meaning=given.meaning,
        standing=given.standing,
        concept=concept,
        default=given.default,
        attributes={**inherited, **given.attributes},
        low=given.low,
        high=given.high,
        from_=given.from_,
        to=given.to,
        when=given.when,
    )


def pattern_problem(pattern: str) -> str:
    r"""Say why a regular expression cannot be used, or "": the engines know neither looking around nor back references.

    >>> pattern_problem("[A-Z]{2}(?:[0-9])?"), pattern_problem("(?=a)"), pattern_problem("[(?=]")
    ('', 'looks around, refers back or repeats in a way that engines do not know', '')
    """
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"does not parse: {error}"
    bare = _ATOM.sub(lambda m: m[0] if m[0] in _FOREIGN_ESCAPES else "x", pattern)
    often = any(int(n) > _MOST_REPEATS for n in re.findall(r"[{,]([0-9]+)(?=[,}])", bare))
    if "\0" in pattern or _FOREIGN.search(bare) or often:
        return "looks around, refers back or repeats in a way that engines do not know"
    return ""
