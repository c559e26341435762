"""YAML read as a tree whose every node knows its line.

Only text, whole numbers, decimals, true, false and null come out; keys are always text, so that the code 01
stays "01" and the code no stays "no". Aliases, tags and duplicate keys are refused: YAML here runs no code
and cannot be made to explode.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from everycase.errors import ConfigurationError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import BaseModel, ValidationError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# NOTE: longer ones stay text, so that no number is rounded, infinite or slow to read.
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,17}\.[0-9]{1,17}(?:e[-+]?[0-9]{1,2})?")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}
_LARGEST = 8 * 1024 * 1024
_DEEPEST = 40

Path_ = tuple[str | int, ...]
M = TypeVar("M", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its data and the line of every node.

    Attributes:
        name: the file as a person should see it, relative to the project.
        data: dicts with text keys, lists and scalars.
        lines: path of a node -> its line, counted from 1.
    """

    name: str
    data: dict[str, Any]
    lines: dict[Path_, int] = field(repr=False)

    def where(self, path: Path_ = ()) -> str:
        """Name the place of a node as `file:line`, the nearest known ancestor if the node has none."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"

    def refuse(self, slug: str, message: str, path: Path_ = (), instead: str = "") -> ConfigurationError:
        """Make the error that names a place in this file."""
        return ConfigurationError(slug, message, where=self.where(path), instead=instead)


class _Builder:
    """Turns parser events into plain data, keeping lines and refusing what YAML should not do here."""

    def __init__(self, name: str, events: Iterator[Any]) -> None:
        self.name = name
        self.events = events
        self.lines: dict[Path_, int] = {}

    def refuse(self, slug: str, message: str, event: Any, instead: str = "") -> ConfigurationError:
        line = event.start_mark.line + 1 if event.start_mark else 1
        return ConfigurationError(slug, message, where=f"{self.name}:{line}", instead=instead)

    def build(self, event: Any, path: Path_) -> Any:
        self.lines.setdefault(path, event.start_mark.line + 1)
        if len(path) > _DEEPEST:
            raise self.refuse("yaml-too-deep", f"lists and mappings are nested more than {_DEEPEST} deep", event)
        if isinstance(event, yaml.AliasEvent):
            raise self.refuse("yaml-alias", "aliases (*name) are not read", event, "Write the value again.")
        if getattr(event, "tag", None) is not None:
            raise self.refuse("yaml-tag", "tags (!name) are not read", event, "Write plain values.")
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _sequence(self, path: Path_) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.build(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path_) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self.refuse("yaml-key", "a key must be plain text", event, "Put the key in quotes.")
            if event.tag is not None:
                raise self.refuse("yaml-tag", "tags (!name) are not read", event, "Write plain keys.")
            key, line = event.value, event.start_mark.line + 1 if event.start_mark else 1
            if key in items:
                first = self.lines[(*path, key)]
                raise self.refuse("duplicate-key", f"'{key}' stands twice, first on line {first}", event)
            self.lines[(*path, key)] = line
            items[key] = self.build(next(self.events), (*path, key))
        return items


def _scalar(event: Any) -> object:
    text: str = event.value
    if event.style in ('"', "'", "|", ">"):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


def read_document(path: Path, name: str) -> Document:
    """Read one YAML file into a `Document`.

    Args:
        path: where the file lies.
        name: how to name it to a person, usually relative to the project.

    Raises:
        ConfigurationError: unreadable, not YAML, not one mapping, or one of the things refused above.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror or type(error).__name__}"
        raise ConfigurationError("file-unreadable", message, where=name) from None
    if len(raw) > _LARGEST:
        raise ConfigurationError("yaml-too-large", "is larger than 8 MiB", where=name)
    try:
        return parse_document(raw.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        message = "is not UTF-8 text"
        raise ConfigurationError("yaml-encoding", message, where=name, instead="Save it as UTF-8.") from None


def parse_document(text: str, name: str) -> Document:
    """Read YAML text into a `Document`; see `read_document`."""
    try:
        # NOTE: read as far as needed only: the parser takes minutes over a hundred thousand open brackets.
        events = (e for e in yaml.parse(text, Loader=_LOADER) if not isinstance(e, yaml.StreamStartEvent))
        event = next(events)
        if isinstance(event, yaml.StreamEndEvent):
            raise ConfigurationError("yaml-empty", "is empty", where=name)
        builder = _Builder(name, events)
        data = builder.build(next(events), ())
        after = [e for e in events if not isinstance(e, yaml.DocumentEndEvent | yaml.StreamEndEvent)]
    except yaml.YAMLError as error:
        raise _not_yaml(error, text, name) from None
    except RecursionError:
        raise ConfigurationError("yaml-too-deep", "is nested too deep to read", where=name) from None
    if after:
        raise builder.refuse("yaml-several", "more than one document stands in this file", after[0])
    if not isinstance(data, dict):
        raise ConfigurationError("yaml-shape", "must be a mapping of keys to values", where=f"{name}:1")
    return Document(name, data, builder.lines)


def _not_yaml(error: yaml.YAMLError, text: str, name: str) -> ConfigurationError:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    lines = text.splitlines()
    if 0 < line <= len(lines) and "\t" in lines[line - 1]:
        message = "a tab stands where YAML needs spaces"
        return ConfigurationError("yaml-tab", message, where=f"{name}:{line}", instead="Indent with spaces.")
    problem = getattr(error, "problem", None) or "the text cannot be parsed"
    return ConfigurationError("yaml-syntax", f"is not YAML: {problem}", where=f"{name}:{line}")


def validated(model: type[M], document: Document, data: Any, path: Path_ = ()) -> M:
    """Make a frozen model of a part of a document, or name the line that does not fit.

    Raises:
        ConfigurationError: an unknown key (with the nearest right name), a missing key, a wrong type.
    """
    from pydantic import ValidationError

    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _misfit(model, error, document, path) from None


def _misfit(model: type[BaseModel], error: ValidationError, document: Document, path: Path_) -> ConfigurationError:
    """Say the first thing wrong in a file as a sentence that names its line."""

    # NOTE: a misspelt key is unknown, and its right name missing: the unknown one says more.
    def order(found: Any) -> tuple[bool, int]:
        return found["type"] != "extra_forbidden", document.lines.get((*path, *plain(found["loc"])), 0)

    def plain(loc: Path_) -> Path_:
        return _plain(loc, document, path)

    first = min(error.errors(), key=order)
    loc = plain(first["loc"])
    place = (*path, *loc)
    what = str(loc[-1]) if loc else "this"
    parent = " > ".join(str(p) for p in place[:-1]) or "this file"
    if first["type"] == "extra_forbidden":
        known = _known_keys(model, loc[:-1])
        listed = f"It takes: {', '.join(sorted(known))}." if known else ""
        instead = nearest(what, known) or listed
        return document.refuse("unknown-key", f"'{what}' is not a key of {parent}", place, instead)
    if first["type"] == "missing":
        return document.refuse("missing-key", f"'{what}' is missing from {parent}", place[:-1])
    reason = first["msg"].removeprefix("Value error, ")
    return document.refuse("wrong-value", f"'{what}' of {parent}: {reason}", place)


def _plain(loc: Path_, document: Document, path: Path_) -> Path_:
    """Drop what pydantic adds to a location beyond keys and positions (union branches, key markers)."""
    noise = re.compile(r"\[key\]|function-.*|.*\[.*\].*|str|int|bool|float|literal.*")
    kept: Path_ = ()
    for part in loc:
        # NOTE: a code of a list may be called str, or hold brackets.
        if (*path, *kept, part) in document.lines or isinstance(part, int) or not noise.fullmatch(part):
            kept = (*kept, part)
    return kept


def _known_keys(model: type[BaseModel], loc: Path_) -> set[str]:
    """Find the keys that the model at a location takes, for suggestions."""
    from typing import get_args

    from pydantic import BaseModel

    current: Any = model
    for part in loc:
        fields = getattr(current, "model_fields", {})
        if part in fields:
            current = fields[part].annotation
        elif isinstance(part, int) or not fields:
            pass
        pending = [current]
        while pending:
            candidate = pending.pop()
            if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                current = candidate
                break
            pending.extend(get_args(candidate))
    return {f.alias or n for n, f in getattr(current, "model_fields", {}).items()}
