"""What a check is, and the catalogue of all checks of a project.

A check is a rule that any suite may use by name: pure data, two predicates on a record and everything that a
person needs to know about it in one place. It prints, counts and reads nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

from everycase.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Severity = Literal["error", "query", "warning"]
Dimension = Literal["accuracy", "completeness", "consistency", "timeliness", "uniqueness", "validity"]
Priority = Literal[
    "flag", "gender and relationship", "outcomes", "linking for reoffending", "linking to other offending"
]
Kind = Literal["code", "text", "date", "integer", "number", "truth", "any"]

PRIORITIES: tuple[str, ...] = get_args(Priority)
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,11}(?:\.[A-Za-z0-9_]+)?")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field that a check looks at, under the check's own name for it.

    Attributes:
        kind: what the predicates need of it; `truth` is a condition that the suite states.
        concepts: the concept list its codes must map to; None where the check does not ask.
        about: what it is, in a few words.
        default: the predicate or value used where a suite binds none, or the name of a parameter before it, which then
            stands for both; None makes it required. A suite that has a field of the parameter's name binds it
            without saying so.
    """

    kind: Kind
    about: str
    concepts: str | None = None
    default: str | int | float | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from: statute, code book or page; `from_memory` where nobody has confirmed it."""

    title: str
    reference: str = ""
    url: str = ""
    from_memory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A rule with all that belongs to it.

    Attributes:
        code: stable and short, never given to another rule: FLG02.
        name: stable, for suites: domestic_offence_not_flagged.
        title: what is wrong with a failing record, as a person would say it.
        why: why it matters.
        fix: what the owner of the data does about a failing record.
        fix_analyst: what whoever uses the data does about it meanwhile.
        applies: predicate; where false the record does not count, where unknown the record is undetermined.
        requires: predicate; true passes, false fails, unknown is undetermined.
        passing: records that pass, field -> text as supplied, in concepts where a parameter has concepts.
        failing: records that fail.
        undetermined: records that cannot be judged.
        not_applicable: records to which the rule does not apply.
        aliases: codes and names it had before.
    """

    code: str
    name: str
    title: str
    why: str
    fix: str
    fix_analyst: str
    applies: str
    requires: str
    dimension: Dimension
    severity: Severity
    priority: Priority
    parameters: Mapping[str, Parameter]
    references: tuple[Source, ...]
    passing: tuple[Mapping[str, str], ...]
    failing: tuple[Mapping[str, str], ...]
    undetermined: tuple[Mapping[str, str], ...] = ()
    not_applicable: tuple[Mapping[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    official: str = ""
    place: str = field(default="", compare=False)

    @property
    def from_memory(self) -> bool:
        """Whether no reference of it has been confirmed."""
        return all(r.from_memory for r in self.references)


def usable_code(code: str) -> bool:
    """Say whether a code has the form of one: capitals and digits, and where bound twice a suffix.

    >>> usable_code("FLG05.suspect"), usable_code("flag 5")
    (True, False)
    """
    return bool(_CODE.fullmatch(code))


def complete(check: Check) -> Check:
    """Refuse a check that lacks what every rule must have, in one sentence that names its place.

    Raises:
        ConfigurationError: the first thing missing.
    """

    def refuse(message: str) -> ConfigurationError:
        return ConfigurationError("incomplete-rule", f"check '{check.name}' {message}", where=check.place)

    if not usable_code(check.code):
        raise refuse(f"has the code '{check.code}': use letters and digits, like FLG02")
    if not _NAME.fullmatch(check.name):
        raise refuse("needs a name of small letters, digits and underlines")
    for part in ("title", "why", "fix", "fix_analyst", "applies", "requires"):
        if not getattr(check, part).strip():
            raise refuse(f"has no {part}")
    for part, allowed in (("severity", Severity), ("dimension", Dimension), ("priority", Priority)):
        if getattr(check, part) not in get_args(allowed):
            raise refuse(f"has the {part} '{getattr(check, part)}': use one of {', '.join(get_args(allowed))}")
    for part, name in (("failing", "failing example"), ("passing", "passing example"), ("references", "source")):
        if not getattr(check, part):
            raise refuse(f"has no {name}")
    if check.from_memory and check.severity == "error":
        raise refuse("rests on memory alone and must be a query, not an error")
    for example in (*check.passing, *check.failing, *check.undetermined, *check.not_applicable):
        for name in example:
            if name not in check.parameters:
                raise refuse(f"has an example with '{name}', which is not one of its parameters")
    return check


class Catalogue:
    """All checks of a project, read-only once loaded; a code or name given twice is refused."""

    def __init__(self, checks: Mapping[str, Check] | None = None) -> None:
        self._by_name: dict[str, Check] = {}
        self._taken: dict[str, Check] = {}
        for check in (checks or {}).values():
            self.add(check)

    def add(self, check: Check) -> None:
        """Take a check in.

        Raises:
            ConfigurationError: incomplete, or its code, name or alias is another's; both places are named.
        """
        complete(check)
        for word in (check.code, check.name, *check.aliases):
            other = self._taken.get(word)
            if other is not None:
                message = f"'{word}' is taken by the check '{other.name}' of {other.place}"
                raise ConfigurationError("code-taken", message, where=check.place, instead="Give it another.")
            self._taken[word] = check
        self._by_name[check.name] = check

    def find(self, word: str) -> Check | None:
        """Look a check up by name, code or alias."""
        return self._taken.get(word)

    def __iter__(self) -> Iterator[Check]:
        """Iterate in the order of codes."""
        return iter(sorted(self._by_name.values(), key=lambda c: c.code))

    def __len__(self) -> int:
        """Count the checks."""
        return len(self._by_name)

    def words(self) -> set[str]:
        """List every name, code and alias, for suggestions."""
        return set(self._taken)


def check_module(module: Any, place: str) -> list[Check]:
    """Collect the checks of one Python module, each with its place.

    Args:
        module: an imported module of checks/.
        place: its file as a person should see it.
    """
    lines = _assignment_lines(module)
    found: list[Check] = []
    for name, value in vars(module).items():
        if isinstance(value, Check):
            where = f"{place}:{lines.get(name, 1)}"
            found.append(_at(value, where))
    return found


def _at(check: Check, place: str) -> Check:
    kept = {f.name: getattr(check, f.name) for f in fields(check)}
    return Check(**{**kept, "place": place})


def _assignment_lines(module: Any) -> dict[str, int]:
    import ast
    import inspect

    tree = ast.parse(inspect.getsource(module))
    return {
        target.id: node.lineno
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
