"""Parts: the files of one form that an extract comes in, such as one a force and month, and which of them are there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from pydantic import Field

from everycase.errors import ExtractError
from everycase.model import Model

if TYPE_CHECKING:
    from pathlib import Path

    from everycase.document import Document

#: what a part is of, in the path of its file
_NAME = re.compile(r"[{]([a-z][a-z0-9_]*)[}]")
_MOST_NAMED = 10


class Parts(Model):
    """An extract that comes as several files of one form, such as one a force, or one a force and month.

    Attributes:
        each: where a part lies in the folder, and what it is of: `{force}.csv`, `{force}/{month}/*.csv`.
        expected: name between braces -> the values that must come; a part for every combination of them.
        keep: a folder, from the project's data, for the counts of each file, so that no file is judged twice.
    """

    each: str = Field(min_length=3)
    expected: dict[str, list[str]] = {}
    keep: str | None = Field(default=None, min_length=1)

    def wanted(self) -> tuple[str, ...]:
        """List the names of the parts that must come, in the order of the registry; none where nothing is said."""
        names = _NAME.findall(self.each)
        return tuple(BETWEEN.join(v) for v in product(*(self.expected[n] for n in names))) if self.expected else ()


#: what stands between the values that a part is of
BETWEEN = "/"


def check_parts(parts: Parts, document: Document, place: tuple[str, ...], *, several: bool) -> None:
    """Refuse parts that cannot be told from each other by where they lie.

    Args:
        parts: what the registry says.
        document: the registry.
        place: where in it.
        several: whether the source has several tables, or rules by year.
    """
    if several:
        message = "a source of several tables, or with rules by year, does not come in parts"
        raise document.refuse("wrong-value", message, place, "Leave 'parts' out.")
    names, steps = _NAME.findall(parts.each), parts.each.split("/")
    odd = re.search(r"[{}\\[\]?]|[*]{2}", _NAME.sub("", parts.each)) or any(s in {"", ".", ".."} for s in steps)
    if not names or len(set(names)) < len(names) or odd:
        message = "'each' must be a path in the folder, with each name between braces once"
        raise document.refuse("wrong-value", message, (*place, "each"), "Write it like {force}/{month}.csv.")
    if parts.expected and set(parts.expected) != set(names):
        message = f"'expected' must say what comes for each of: {', '.join(names)}"
        raise document.refuse("wrong-value", message, (*place, "expected"))
    for name, values in parts.expected.items():
        if not values or len({v.casefold() for v in values}) < len(values):
            message = f"'{name}' must name at least one value, and none twice"
            raise document.refuse("wrong-value", message, (*place, "expected", name))


@dataclass(frozen=True, slots=True)
class Submission:
    """A file that came: the part it is, and its path in the folder, with slashes."""

    part: str
    file: str
    path: Path


def submissions(source_id: str, parts: Parts, folder: Path) -> tuple[Submission, ...]:
    """Find what came, in the order of the registry, else by name.

    Raises:
        ExtractError: no folder, nothing in it, a part that came twice, or a file that is no part wanted.
    """
    if not folder.is_dir():
        message = "this source comes in parts: its extract is a folder"
        raise ExtractError("wrong-extract", message, where=source_id, instead="Name the folder.")
    pattern = re.compile(_pattern(parts.each))
    wanted = {name.casefold(): (number, name) for number, name in enumerate(parts.wanted())}
    found: dict[str, Submission] = {}
    stray = []
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(folder).as_posix()
        if path.is_dir() or any(step.startswith(".") for step in file.split("/")):
            continue
        match = pattern.fullmatch(file)
        name = BETWEEN.join(match.groups()) if match else ""
        if match is None or (wanted and name.casefold() not in wanted):
            stray.append(file)
            continue
        came = Submission(wanted.get(name.casefold(), (0, name))[1], file, path)
        if name.casefold() in found:
            twice = listed([found[name.casefold()].file, file])
            message = f"'{came.part}' came twice: {twice}"
            raise ExtractError("part-twice", message, where=source_id, instead="Keep the one that holds.")
        found[name.casefold()] = came
    if stray:
        message = f"{len(stray)} files in the folder are no part that is expected: {listed(stray)}"
        raise ExtractError("part-unexpected", message, where=source_id, instead="Name them so, or take them away.")
    if not found:
        message = f"the folder holds no file that fits '{parts.each}'"
        raise ExtractError("extract-missing", message, where=source_id, instead="Put the files there.")
    return tuple(found[key] for key in sorted(found, key=lambda key: (wanted.get(key, (0, ""))[0], key)))


def _pattern(each: str) -> str:
    """Write the expression that the path of a part fits; a name holds at least one letter, and no slash."""
    pieces = re.split(r"([{][a-z0-9_]+[}]|[*])", each)
    written = {"*": "[^/]*"}
    return "".join("([^/]+?)" if p.startswith("{") else written.get(p, re.escape(p)) for p in pieces)


def listed(names: list[str]) -> str:
    """Name some, and say how many more there are; a letter that does not print is shown as a question mark."""
    shown = ", ".join("".join(c if c.isprintable() else "?" for c in n) for n in names[:_MOST_NAMED])
    return shown if len(names) <= _MOST_NAMED else f"{shown} and {len(names) - _MOST_NAMED} more"
