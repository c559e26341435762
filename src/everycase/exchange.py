"""Suites from and to Great Expectations: its JSON becomes our YAML, and a suite of ours its JSON.

What one side has no word for travels in `meta.everycase`, so that a suite of ours comes back as it was. A suite from
elsewhere comes with what it has: why and fix of a rule are never made up, but listed for a person to write.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from everycase.errors import ConfigurationError, UsageError, nearest
from everycase.gx_expectations import RUNTIME, TRANSLATED, check_names, columns_of, translated
from everycase.gx_predicates import VocabularyError
from everycase.rule import bind
from everycase.suite_files import FieldEntry, Thresholds
from everycase.suites import FieldSpec
from everycase.vocabulary import OURS, TO_OURS, TO_THEIRS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from everycase.model import Model
    from everycase.project import Project
    from everycase.rule import Rule
    from everycase.suite_files import ExpectationEntry

#: parts of an entry that Great Expectations has words for
_THEIRS = frozenset({"expectation", "kwargs", "severity", "notes", "meta"})
_PREDICATES = ("code", "title", "applies", "requires")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?")
_ABOUT_VALUES = re.compile(r"expect_column_(values_to_be_between|(max|min|mean|median|stdev|sum)_to_be_between)")
_NUMERIC = re.compile(r"expect_(column_(mean|median|stdev|sum)_to_be_between|multicolumn_sum_to_equal)")
_LARGEST = 64 * 1024 * 1024


# Out -----------------------------------------------------------------------------------------------------------------


def export_suite(project: Project, name: str) -> str:
    """Write a suite of a project as Great Expectations JSON, together with what it extends.

    An expectation that the suite names as Great Expectations does goes out under that name; every other rule as an
    expectation of ours, which only everycase can judge.

    Raises:
        UsageError: there is no such suite.
    """
    if name not in project.suites:
        message = f"there is no suite '{name}'"
        known = f"The suites are: {', '.join(project.suites.names())}."
        raise UsageError("unknown-suite", message, instead=nearest(name, project.suites.names()) or known)
    suite = project.suites[name]
    rules = bind(suite, project.catalogue, {}, suite.file)
    first = len(rules) - len(suite.expectations)
    found = [_exported(r, {"code": r.code, "of_field": r.bindings["field"]}) for r in rules[:first]]
    found += [_exported_entry(e, r) for (e, _), r in zip(suite.expectations, rules[first:], strict=True)]
    carried = {"title": suite.title, "effective": _plain(suite.effective), "derived": dict(suite.derived),
               "fields": {f.name: _field(f) for f in suite.fields.values()}}  # fmt: skip
    whole = {"name": suite.name, "expectations": found, "notes": _lines(suite.description),
             "meta": {"everycase": {k: v for k, v in carried.items() if v}}}  # fmt: skip
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _exported_entry(entry: ExpectationEntry, rule: Rule) -> dict[str, Any]:
    carried = {k: v for k, v in _plain(entry).items() if k not in _THEIRS}
    said = {"notes": _lines(entry.notes), "meta": {**entry.meta, "everycase": carried}}
    if entry.expectation is None:
        return {**_exported(rule, carried), **said}
    kwargs = {k: v for k, v in entry.kwargs.items() if k not in RUNTIME}
    if entry.applies:
        # NOTE: under its own name it would ask more than we do, of records that `applies` leaves out.
        carried |= {"expectation": entry.expectation, "kwargs": kwargs}
        return {**_exported(rule, carried), **said}
    if entry.threshold is not None:
        kwargs["mostly"] = round(1 - entry.threshold, 12)
    return {"type": entry.expectation, "kwargs": kwargs, "severity": TO_THEIRS[rule.severity], **said}


def _exported(rule: Rule, carried: Mapping[str, Any]) -> dict[str, Any]:
    kwargs = {**{p: getattr(rule, p) for p in _PREDICATES}, "threshold": rule.threshold, "plan": ""}
    meta = {"everycase": dict(carried)}
    return {"type": OURS, "kwargs": kwargs, "severity": TO_THEIRS[rule.severity], "notes": None, "meta": meta}


def _field(spec: FieldSpec) -> dict[str, Any]:
    """Give a field as a suite file has it."""
    parts = ("title", "type", "pattern", "required", "valid", "forced", "thresholds", "why", "fix", "pilot")
    codelist = spec.codelist.name if spec.codelist else None
    given = {p: getattr(spec, p) for p in parts}
    return _plain(FieldEntry(**given, formats=list(spec.formats), codelist=codelist))


def _plain(model: Model) -> dict[str, Any]:
    found: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return found


def _lines(notes: str) -> str | list[str] | None:
    return (notes.split("\n") if "\n" in notes else notes) or None


# In ------------------------------------------------------------------------------------------------------------------


def import_suite(path: Path, title: str = "") -> str:
    """Read a suite of Great Expectations and write it as YAML; what a person has to add is said at its top.

    The ids of its store are left behind. The fields of a suite from elsewhere are the columns that it names.

    Args:
        path: the suite as JSON.
        title: used where the file gives none.

    Raises:
        ConfigurationError: no such suite, or an expectation that neither side can judge, with its position.
    """
    read = _Reading(path.name, _read(path))
    entries = read.entries()
    whole: dict[str, Any] = {"suite": read.name, "title": read.carried.get("title") or title or read.name}
    if read.data.get("notes"):
        whole["description"] = _text(read.data["notes"])
    whole |= {k: read.carried[k] for k in ("effective",) if k in read.carried}
    whole["fields"] = read.fields
    whole |= {k: read.carried[k] for k in ("derived",) if k in read.carried}
    whole["expectations"] = entries
    text = yaml.dump(whole, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return "".join(f"# {line}\n" for line in read.remarks()) + text


class _Reading:
    """One suite of Great Expectations while it is read."""

    def __init__(self, file: str, data: dict[str, Any]) -> None:
        self.file = file
        self.data = data
        self.name = str(data.get("name") or data.get("expectation_suite_name"))
        self.expectations = [_current(e) for e in data["expectations"]]
        self.meta = dict(data.get("meta") or {})
        self.meta.pop("great_expectations_version", None)
        carried = self.meta.pop("everycase", None)
        self.carried: dict[str, Any] = carried if isinstance(carried, dict) else {}
        self.own = frozenset(self.carried.get("fields") or {})
        self.fields: dict[str, Any] = {**(self.carried.get("fields") or {}), **self._guessed()}
        self.lacking: list[str] = []

    def _guessed(self) -> dict[str, Any]:
        """Make a field of every column that is named, of the type that what is asked of it needs."""
        kinds: dict[str, str] = {}
        for one in self.expectations:
            if one["type"] == OURS:
                continue
            kind = _kind(one["type"], one["kwargs"])
            for column in columns_of(one["kwargs"]):
                if column not in self.own and (kind or column not in kinds):
                    kinds[column] = kind or "text"
        return {column: {"title": column, "type": kind} for column, kind in kinds.items()}

    def entries(self) -> list[dict[str, Any]]:
        """Read all expectations but those that follow from a field that came with them."""
        taken = {_ours(e).get("code") for e in self.expectations}
        codes = (c for n in range(1, 10_000) if (c := f"GX{n:02}") not in taken)
        found = []
        for position, one in enumerate(self.expectations, 1):
            if _ours(one).get("of_field") in self.own:
                continue
            try:
                found.append(self._entry(one, codes))
            except VocabularyError as error:
                message = f"expectation {position}: '{one['type']}' {error}"
                raise ConfigurationError("gx-expectation", message, where=self.file, instead=error.instead) from None
        return found

    def _entry(self, one: dict[str, Any], codes: Iterable[str]) -> dict[str, Any]:
        kwargs = {k: v for k, v in one["kwargs"].items() if k not in RUNTIME and v is not None}
        meta, ours = dict(one["meta"]), _ours(one)
        meta.pop("everycase", None)
        ours = {k: v for k, v in ours.items() if k != "of_field"}
        entry: dict[str, Any] = {}
        if one["type"] != OURS:
            if ours.get("threshold") is not None:
                kwargs.pop("mostly", None)
            self._check(one["type"], kwargs)
            entry |= {"code": ours.get("code") or next(iter(codes)), "expectation": one["type"]}
            entry |= {"kwargs": kwargs} if kwargs else {}
        elif "check" not in ours and "expectation" not in ours:
            for part in _PREDICATES:
                if part not in kwargs:
                    raise VocabularyError(f"lacks '{part}'")
            entry |= {p: kwargs[p] for p in _PREDICATES if (p, kwargs[p]) != ("applies", "TRUE") or p in ours}
            entry |= {"threshold": kwargs["threshold"]} if kwargs.get("threshold") or "threshold" in ours else {}
        entry |= {k: v for k, v in ours.items() if k not in entry}
        severity = one.get("severity") or "critical"
        if severity not in TO_OURS:
            raise VocabularyError("has a severity that is none of critical, warning and info")
        # The library's default is critical; written out, so that nobody has to know.
        entry["severity"] = TO_OURS[severity]
        notes = _text(one.get("notes") or "")
        if one.get("description") and "title" not in entry and "check" not in entry:
            entry["title"] = one["description"]
        if not ours and (notes or one.get("description")):
            entry["why"] = notes or one["description"]
        entry |= {"notes": notes} if notes else {}
        entry |= {"meta": meta} if meta else {}
        self._note_gaps(entry)
        return entry

    def _check(self, kind: str, kwargs: dict[str, Any]) -> None:
        """Refuse what the loader would refuse, naming the position in the file it came from."""
        check_names(kind, kwargs, self.fields)
        if kind in TRANSLATED and not self.own & set(columns_of(kwargs)):
            translated(kind, kwargs, {c: _stub(c, self.fields[c]["type"]) for c in columns_of(kwargs)})

    def _note_gaps(self, entry: dict[str, Any]) -> None:
        """Remember what nobody has said yet about an expectation by name."""
        if "expectation" not in entry:
            return
        fields = [self.fields[c] for c in columns_of(entry.get("kwargs", {})) if c in self.fields]
        gaps = [p for p in ("why", "fix") if not entry.get(p) and not any(f.get(p) for f in fields)]
        if gaps:
            self.lacking.append(f"  {' '.join(str(entry['code']).split())} {entry['expectation']}: {', '.join(gaps)}")

    def remarks(self) -> list[str]:
        """Say what a person still has to do."""
        found = ["Read from a suite of Great Expectations."]
        if set(self.fields) - self.own:
            found.append(
                "The fields are the columns it names; their types are what its expectations ask for: check them."
            )
        if self.meta:
            keys = ", ".join(json.dumps(k) for k in sorted(self.meta))
            found.append(f"Left out, since a suite has no place for it: its meta {keys}.")
        if self.lacking:
            found += ["Still to be written, here or at the field; the suite does not load before:", *self.lacking]
        return found


def _read(path: Path) -> dict[str, Any]:
    def refuse(message: str) -> ConfigurationError:
        instead = "It takes the JSON of an ExpectationSuite: name, expectations."
        return ConfigurationError("gx-suite", message, where=path.name, instead=instead)

    try:
        if path.stat().st_size > _LARGEST:
            raise refuse("is larger than 64 MiB")
        data = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_no_number)
    except OSError as error:
        message = f"cannot be read: {error.strerror or type(error).__name__}"
        raise ConfigurationError("file-unreadable", message, where=path.name) from None
    except (ValueError, RecursionError):
        raise refuse("is not JSON") from None
    if not isinstance(data, dict) or not isinstance(data.get("expectations"), list):
        raise refuse("is no suite of Great Expectations")
    if not isinstance(data.get("name") or data.get("expectation_suite_name"), str):
        raise refuse("is a suite without a name")
    for position, one in enumerate(data["expectations"], 1):
        shaped = isinstance(one, dict) and isinstance(one.get("type") or one.get("expectation_type"), str)
        if not shaped or not all(isinstance(one.get(k) or {}, dict) for k in ("kwargs", "meta")):
            raise refuse(f"expectation {position} is none")
    return data


def _no_number(word: str) -> float:
    raise ValueError(word)


def _current(one: dict[str, Any]) -> dict[str, Any]:
    """Read an expectation as the library writes it since 1.0, or wrote it before."""
    kind = one.get("type") or one["expectation_type"]
    return {**one, "type": kind, "kwargs": one.get("kwargs") or {}, "meta": one.get("meta") or {}}


def _ours(one: Mapping[str, Any]) -> dict[str, Any]:
    carried = one["meta"].get("everycase")
    return dict(carried) if isinstance(carried, dict) else {}


def _kind(kind: str, kwargs: Mapping[str, Any]) -> str | None:
    """Tell of which type a column must be for what is asked of it; None where anything will do."""
    if _NUMERIC.fullmatch(kind):
        return "number"
    limits = [kwargs.get("min_value"), kwargs.get("max_value")] if _ABOUT_VALUES.fullmatch(kind) else []
    listed = kwargs.get("value_set")
    values = [v for v in [*limits, *(listed if isinstance(listed, list) else [])] if v is not None]
    if values and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return "number"
    if values and limits and all(isinstance(v, str) and _DATE.fullmatch(v) for v in values):
        return "date"
    return None


def _stub(name: str, kind: Any) -> FieldSpec:
    return FieldSpec(name=name, title=name, type=kind, codelist=None, formats=(), pattern=None, required="never",
                     valid=None, forced=None, thresholds=Thresholds(), why="", fix="", place="")  # fmt: skip


def _text(notes: str | list[str]) -> str:
    return notes if isinstance(notes, str) else "\n".join(map(str, notes))


class _Dumper(yaml.SafeDumper):
    """Writes YAML that our own reader takes: no aliases, and text in quotes where it could be read as a number."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        del data
        return True


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # NOTE: 1.5e3 is text to YAML 1.1, which the library writes, but a number to us.
    style = "'" if re.match(r"[-+]?[.0-9]", text) and "\n" not in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)

__all__ = ["export_suite", "import_suite"]
