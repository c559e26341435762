"""Find and load a project: its registry, code lists, suites, checks and report definitions."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from everycase import words
from everycase.check import Catalogue, check_module
from everycase.codelists import Codelists
from everycase.errors import ConfigurationError, EverycaseError, TrustError, UsageError, nearest
from everycase.fit import check_sources
from everycase.generic import GENERIC
from everycase.pathway_fit import check_pathways
from everycase.registry import Registry
from everycase.reports import Reports
from everycase.rule import Rule, bind
from everycase.suites import Suites
from everycase.trust import is_trusted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from everycase.registry import SourceEntry
    from everycase.suites import Suite

REGISTRY = "sources.yaml"
_PACKAGED = Path(__file__).parent / "_project"
_CHECKOUT = Path(__file__).parents[2]
_LOADED = "everycase_checks"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a project lies and why it was chosen: named, found by walking upward, packaged or the checkout."""

    root: Path
    chosen: str

    @property
    def may_run_code(self) -> bool:
        """Whether Python of this project may run without asking."""
        return self.chosen in {"named", "packaged", "checkout"} or is_trusted(self.root)


def locate(named: Path | None, start: Path | None = None) -> Place:
    """Find the project to work on.

    Args:
        named: what --project gave; goes before everything.
        start: the folder to walk upward from; the current one where None.

    Raises:
        UsageError: the named folder holds no sources.yaml, or no project is found at all.
    """
    if named is not None:
        root = named.parent if named.name == REGISTRY else named
        if not (root / REGISTRY).is_file():
            message = f"'{named}' holds no {REGISTRY}"
            raise UsageError("no-project", message, instead="Name the folder in which it lies.")
        return Place(root.resolve(), "named")
    here = (start or Path.cwd()).resolve()
    own = {p.resolve() for p in (_PACKAGED, _CHECKOUT)}
    for folder in (here, *here.parents):
        if (folder / REGISTRY).is_file():
            return Place(folder, "checkout" if folder in own else "found")
    for root, chosen in ((_PACKAGED, "packaged"), (_CHECKOUT, "checkout")):
        if (root / REGISTRY).is_file():
            return Place(root.resolve(), chosen)
    raise UsageError("no-project", f"no {REGISTRY} here or above", instead="Name a project with --project.")


@dataclass(frozen=True, slots=True)
class Project:
    """A loaded project; everything in it has been read and fits together.

    Attributes:
        words: the texts of its reports.
        code_withheld: whether its checks/ were left out because nobody trusts them.
        digest: SHA-256 over every file that can change a verdict.
        ruled: source -> the suite that was chosen for it among those of its years.
    """

    place: Place
    registry: Registry
    codelists: Codelists
    suites: Suites
    catalogue: Catalogue
    reports: Reports
    words: words.Words
    digest: str
    code_withheld: bool = False
    ruled: Mapping[str, str] = field(default_factory=dict)
    _rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The folder of the project."""
        return self.place.root

    @property
    def sources(self) -> dict[str, SourceEntry]:
        """The sources by id, in the order of the registry."""
        return self.registry.sources

    @property
    def data_root(self) -> Path:
        """What a relative path of an extract starts from: never the folder of an installed package."""
        return Path.cwd() if self.place.chosen == "packaged" else self.root

    def suite_of(self, source: str) -> Suite:
        """Give the suite of a source."""
        return self.suites[self.ruled.get(source, self.sources[source].suite)]

    def ruled_by(self, ruled: Mapping[str, str]) -> Project:
        """Give the same project with other suites chosen for some sources."""
        return replace(self, ruled={**self.ruled, **ruled}, _rules={}) if ruled else self

    def rules_of(self, source: str) -> tuple[Rule, ...]:
        """Give the bound rules of a source, in the order of the suite.

        Raises:
            ConfigurationError: a rule is not complete or does not fit.
        """
        if source not in self._rules:
            where = self.registry.document.where(("sources", source))
            thresholds = self.sources[source].thresholds
            try:
                bound = bind(self.suite_of(source), self.catalogue, thresholds, where)
            except ConfigurationError as error:
                if self.code_withheld and error.slug == "unknown-check":
                    raise self.withheld() from None
                raise
            suite = self.suite_of(source)
            if not bound:
                instead = "Give a field thresholds, or name an expectation: what asks nothing proves nothing."
                message = f"the suite '{suite.name}' asks nothing"
                raise ConfigurationError("empty-suite", message, where=f"{suite.file}:1", instead=instead)
            self._rules[source] = bound
        return self._rules[source]

    def withheld(self) -> TrustError:
        """Say that Python of this project was not run, and how to let it."""
        message = f"the Python of the project at '{self.root}' was not run: it was only found by walking upward"
        instead = f"Read it, then run `everycase trust {self.root}`, or name the project with --project."
        return TrustError("not-trusted", message, instead=instead)

    def choose(self, wanted: list[str]) -> list[str]:
        """Give the sources to work on, all where none is named.

        Raises:
            UsageError: no such source, with the nearest right one.
        """
        for name in wanted:
            if name not in self.sources:
                message = f"there is no source '{name}'"
                known = f"The sources are: {', '.join(self.sources)}."
                raise UsageError("unknown-source", message, instead=nearest(name, self.sources) or known)
        return list(dict.fromkeys(wanted)) or list(self.sources)


def load(named: Path | None = None) -> Project:
    """Find and load a project.

    Raises:
        ConfigurationError: a file of it cannot be used; file and line are named.
        UsageError: there is no project.
    """
    return load_place(locate(named))


def load_place(place: Place) -> Project:
    """Load the project at a place."""
    root = place.root
    codelists = Codelists.read(root / "expectations" / "codelists", root)
    suites = Suites.read(root / "expectations", root, codelists)
    catalogue = Catalogue()
    for check in GENERIC:
        catalogue.add(check)
    withheld = False
    if (root / "checks").is_dir():
        withheld = not place.may_run_code
        if not withheld:
            load_checks(root, catalogue)
    registry = Registry.read(root / REGISTRY, root)
    project = Project(
        place=place,
        registry=registry,
        codelists=codelists,
        suites=suites,
        catalogue=catalogue,
        reports=Reports.read(root / "reports", root),
        words=words_of(root, registry),
        digest=digest(root),
        code_withheld=withheld,
    )
    check_sources(registry, suites)
    check_pathways(registry, suites, catalogue, complete=not withheld)
    project.reports.check_reasons(codelists)
    return project


def words_of(root: Path, registry: Registry) -> words.Words:
    """Give the texts of a project's reports: those of its language, where reports/words/ does not put them otherwise.

    Raises:
        ConfigurationError: there is no catalogue of the language, or one cannot be used.
    """
    language = registry.entry.project.language
    name = f"reports/words/{language}.yaml"
    base = words.packaged(language if language in words.languages() else words.LANGUAGE)
    if (root / name).is_file():
        return words.read(root / name, name, base)
    if str(base.locale) != language:
        where = registry.document.where(("project", "language"))
        message = f"there is no catalogue of words '{language}'"
        raise ConfigurationError("no-language", message, where=where, instead=f"Write {name}, or leave `language` out.")
    return base


def load_checks(root: Path, catalogue: Catalogue) -> None:
    """Import every module of checks/ under one fixed package name and register its checks.

    Raises:
        ConfigurationError: a module fails to import, or a check is incomplete or taken.
    """
    folder = root / "checks"
    for path in sorted(folder.glob("*.py")):
        if path.name == "__init__.py":
            continue
        place = path.relative_to(root).as_posix()
        for check in check_module(import_file(path, f"{_LOADED}.{path.stem}", place), place):
            catalogue.add(check)


def import_file(path: Path, name: str, place: str) -> ModuleType:
    """Import one Python file under a given name, afresh.

    Raises:
        ConfigurationError: it raised; the kind and line are named, nothing more.
    """
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigurationError("python-module", "cannot be imported", where=place)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    # NOTE: nothing generated may lie in a project's folders: the wheel takes them as they are.
    writing, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except EverycaseError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a project's own code raises is the project's mistake
        sys.modules.pop(name, None)
        raise ConfigurationError("python-module", _said(error), where=f"{place}:{_line(error, path)}") from None
    finally:
        sys.dont_write_bytecode = writing
    return module


def _said(error: Exception) -> str:
    return f"cannot be imported: {type(error).__name__}: {error}"


def _line(error: Exception, path: Path) -> int:
    if isinstance(error, SyntaxError) and error.lineno:
        return error.lineno
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def digest(root: Path) -> str:
    """Give the SHA-256 over the names and bytes of every file that can change a verdict."""
    total = hashlib.sha256()
    patterns = (REGISTRY, "expectations/**/*.yaml", "checks/*.py", "reports/*.yaml")
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            name = path.relative_to(root).as_posix()
            total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
