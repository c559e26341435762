"""`everycase map`: which column of an extract may be which field, with how sure that is and why; it applies nothing."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from everycase.commands.profile import Loaded, loaded
from everycase.errors import ExtractError, UsageError
from everycase.readers import Wanted, inspection
from everycase.registry import DATE_FORMS
from everycase.sqltext import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from everycase.project import Project
    from everycase.registry import Reader
    from everycase.suites import FieldSpec, Suite

#: below it nothing is proposed
LEAST = 0.5
#: so many records are looked at
MOST = 100_000
_DAYS = r"(0?[1-9]|[12]\d|3[01])/(0?[1-9]|1[0-2])/\d{4}"
_SURE, _LIKELY = 0.85, 0.65
_DATES = (r"\d{4}-\d{2}-\d{2}.*", r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}.*")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A column that may be a field.

    Attributes:
        confidence: between 0 and 1.
        dates: how its dates are written, where the suite reads them otherwise.
    """

    column: str
    field: str
    confidence: float
    reason: str
    dates: str = ""

    @property
    def word(self) -> str:
        """How sure it is, in a word."""
        return "sure" if self.confidence >= _SURE else "likely" if self.confidence >= _LIKELY else "a guess"


def synonyms_of(project: Project) -> Mapping[str, Sequence[str]]:
    """Give the other names of fields that the registry knows."""
    return project.registry.entry.synonyms


def wanted_names(suite: Suite, synonyms: Mapping[str, Sequence[str]]) -> Wanted:
    """Give every name that a column of this suite may have, so that its header is found."""
    names = {n: "text" for f in suite.fields for n in (f, *synonyms.get(f, ()))}
    return Wanted(names | {spec.title: "text" for spec in suite.fields.values()})


def proposals(
    found: Loaded, suite: Suite, synonyms: Mapping[str, Sequence[str]], keys: Sequence[str] = ()
) -> list[Proposal]:
    """Propose a field for each column that may be one, each field and each column once, in the order of the columns.

    Raises:
        ExtractError: the first row does not read like a header, so that no name may be shown.
    """
    if not found.header_like:
        message = "the first row looks like a record, not like names"
        raise ExtractError("header-missing", message, instead="Send the file with its header, or set `header_row`.")
    scored = []
    for place, column in enumerate(found.columns):
        if not column:
            continue
        for spec in suite.fields.values():
            alike, why = _name_score(column, spec, synonyms.get(spec.name, ()))
            # NOTE: what has nothing in common by name is looked at only where a list of codes can speak for it.
            if alike < 0.4 and (spec.codelist is None or len(spec.codelist.codes) < 3):
                continue
            if spec.name in keys and not _names_records(found, place):
                continue
            scored.append((*_judged(found, place, spec, alike, why), place, spec.name))
    scored.sort(key=lambda s: (-s[0], s[2], s[3]))
    chosen: dict[int, Proposal] = {}
    for confidence, reason, place, name in scored:
        if confidence >= LEAST and place not in chosen and name not in {p.field for p in chosen.values()}:
            dates = _dates(found, place, suite.fields[name])
            chosen[place] = Proposal(found.columns[place], name, round(confidence, 2), reason, dates)
    return [chosen[place] for place in sorted(chosen)]


def _names_records(found: Loaded, place: int) -> bool:
    """Say whether a column has about as many values as cells, as one that names records must."""
    filled, distinct = found.one(f"SELECT count(c{place}), count(DISTINCT c{place})", MOST)
    return distinct >= 0.9 * filled > 0


def _dates(found: Loaded, place: int, spec: FieldSpec) -> str:
    """Say how the dates of a column are written, "" where the suite reads them so, or nearly all look otherwise."""
    if spec.type != "date":
        return ""
    for form, looks in (("dd/mm/yyyy", _DAYS), ("yyyy-mm-dd", r"\d{4}-\d{2}-\d{2}")):
        test = f"regexp_full_match(trim(c{place}), {quoted(looks)})"
        filled, fitting = found.one(f"SELECT count(c{place}), count_if({test})", MOST)
        if fitting > 0.9 * filled:
            return "" if DATE_FORMS[form] in spec.formats else form
    return ""


def words_of(name: str) -> list[str]:
    """Split a name into its words, small.

    >>> words_of("VictimSex_Code")
    ['victim', 'sex', 'code']
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W_]+", parted.lower())


def _name_score(column: str, spec: FieldSpec, others: Sequence[str]) -> tuple[float, str]:
    """Say how much a column's name is like that of a field, and to which of its names."""
    words = words_of(column)
    best, why = 0.0, ""
    for kind, name in (
        ("the field", spec.name),
        ("its title", spec.title),
        *(("a known other name", o) for o in others),
    ):
        other = words_of(name)
        if words == other:
            return 1.0, f"named like {kind}"
        letters = SequenceMatcher(None, "".join(words), "".join(other), autojunk=False).ratio()
        shared = 2 * len(set(words) & set(other)) / (len(set(words)) + len(set(other))) if words and other else 0.0
        score = 0.95 * max((letters + shared) / 2, letters if letters > 0.8 else 0.0, shared * 0.9)
        if score > best:
            best, why = score, f"named nearly like {kind} '{name}'"
    return best, why


def _judged(found: Loaded, place: int, spec: FieldSpec, name: float, why: str) -> tuple[float, str]:
    """Weigh a name by what the cells look like; only shares of them are told."""
    cell = f"trim(c{place})"
    if spec.codelist is not None and not spec.codelist.open and spec.codelist.codes:
        codes = ", ".join(quoted(c) for c in spec.codelist.codes)
        test, called, weight = f"{cell} IN ({codes})", f"are codes of the list {spec.codelist.name}", 0.5
    elif spec.type == "date":
        test = " OR ".join(f"regexp_full_match({cell}, {quoted(p)})" for p in _DATES)
        called, weight = "look like dates", 0.25
    elif spec.type in {"integer", "number"}:
        test, called, weight = f"regexp_full_match({cell}, '[+-]?[0-9,]+([.][0-9]+)?')", "are numbers", 0.25
    elif spec.pattern:
        test, called, weight = f"regexp_full_match({cell}, {quoted(spec.pattern)})", "have the form of the field", 0.25
    else:
        return name, why
    filled, fitting = found.one(f"SELECT count(c{place}), count_if({test})", MOST)
    if not filled:
        return name * 0.9, f"{why}; it is blank throughout"
    # NOTE: rounded down, so that all is never said of less.
    share, whole = fitting / filled, 100 * fitting // filled
    reason = f"{why}; {whole}% of its cells {called}" if name >= 0.4 else f"{whole}% of its cells {called}"
    if name == 1.0:
        return 0.7 + 0.3 * share, reason
    return ((1 - weight) * name + weight * share) * (1 if share >= 0.5 else 0.7), reason


def map_extract(
    project: Project, source_id: str, path: Path, reader: Reader | None = None
) -> tuple[list[Proposal], Loaded]:
    """Propose the column map of a source for an extract.

    Raises:
        ExtractError: it cannot be read.
        UsageError: the source has several tables.
    """
    suite, source = project.suite_of(source_id), project.sources[source_id]
    if suite.tables:
        message = f"'{source_id}' has several tables, and a map is proposed for one"
        raise UsageError("several-tables", message, instead="Name the columns under `columns` as table.column.")
    synonyms = synonyms_of(project)
    with loaded(path, reader or source.reader, wanted_names(suite, synonyms)) as found:
        return proposals(found, suite, synonyms, suite.keys or source.keys), found


def entry_text(project: Project, source_id: str, found: Loaded, proposed: Sequence[Proposal]) -> str:
    """Write the entry of the registry with the columns proposed, each with its reason, to be read and edited."""
    suite = project.suite_of(source_id)
    entry = {k: v for k, v in project.registry.document.data["sources"][source_id].items() if k != "columns"}
    lines = [
        "# Proposed by `everycase map`. Nothing was applied: read it, correct it, then put it into sources.yaml.",
        "sources:",
        f"  {source_id}:",
        *(f"    {line}" for line in _yaml(entry)),
    ]
    return "\n".join([*lines, *column_lines(suite, found, proposed, has_reader="reader" in entry)]) + "\n"


def column_lines(suite: Suite, found: Loaded, proposed: Sequence[Proposal], *, has_reader: bool = False) -> list[str]:
    """Write `columns` of an entry, and as comments what has no column and what is no field."""
    lines = ["    columns:" if proposed else "    columns: {}"]
    if dated := [p for p in proposed if p.dates]:
        told = ", ".join(f"{_scalar(p.column)}: {p.dates}" for p in dated)
        # NOTE: an entry that has a reader already keeps it, so there this is a remark.
        lines.insert(0, f"    {'# ' if has_reader else ''}reader: {{dates: {{{told}}}}}")
    for p in proposed:
        lines.append(f"      # {p.word} ({p.confidence:.2f}): {p.reason}")
        lines.append(f"      {_scalar(p.column)}: {p.field}")
    taken = {p.field for p in proposed}
    if missing := [f for f in suite.fields if f not in taken]:
        lines.append(f"      # fields without a column: {', '.join(missing)}")
    used = {p.column for p in proposed}
    if spare := [c for c in found.columns if c and c not in used]:
        lines.append(f"      # columns that are no field: {', '.join(map(_scalar, spare))}")
    return lines


def _yaml(value: Any) -> list[str]:
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)
    return text.splitlines()


def _scalar(text: str) -> str:
    """Write a text as a YAML scalar on one line."""
    return json.dumps(" ".join(text.split()) if "\n" in text else text, ensure_ascii=False)


def codelist_text(name: str, labels: Any, where: str) -> str:
    """Write a code list from the value labels of an SPSS or Stata file, to be read and edited."""
    codes = {}
    for code, meaning in sorted({**dict.fromkeys(labels.missing, "missing in the file"), **labels.meanings}.items()):
        codes[code] = {"meaning": meaning} | ({"standing": "not_known"} if code in labels.missing else {})
    head = {"codelist": name, "title": f"Codes of {name}", "source": {"title": f"Value labels of {where}"}}
    return (
        "# Proposed by `everycase map`: say what each code stands for.\n"
        + "\n".join(_yaml(head | {"codes": codes}))
        + "\n"
    )


def write_proposal(project: Project, source_id: str, path: Path, out: Path) -> tuple[list[Proposal], list[Path]]:
    """Write the proposed map of an extract to a new file, with the code lists that the extract offers beside it.

    Raises:
        UsageError: the file is there already, or cannot be written.
    """
    proposed, found = map_extract(project, source_id, path)
    files = {out: entry_text(project, source_id, found, proposed)}
    if found.kind == "statistical":
        from everycase.readers.statistical import labels_of

        for column, labels in labels_of(path).items():
            name = "_".join(words_of(column))
            files[out.with_name(f"{name}.codelist.yaml")] = codelist_text(name, labels, inspection.shown(path))
    for target, text in files.items():
        write_new(target, text)
    return proposed, list(files)


def write_new(target: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises:
        UsageError: it is, or cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as output:
            output.write(text)
    except FileExistsError:
        message = f"'{target.name}' is there already, and nothing is written over"
        raise UsageError("already-there", message, instead="Name another file, or move it away.") from None
    except OSError as error:
        message = f"'{target.name}' cannot be written: {error.strerror or type(error).__name__}"
        raise UsageError("out-unwritable", message) from None


def show_proposals(project: Project, source_id: str, extract: Path, out: Path | None) -> None:
    """Write the proposed entry and print what it says."""
    project.choose([source_id])
    target = out or Path(f"{source_id}.proposed.yaml")
    proposed, files = write_proposal(project, source_id, extract, target)
    fields = project.suite_of(source_id).fields
    sys.stdout.write(f"{inspection.shown(extract)}: a column was found for {len(proposed)} of {len(fields)} fields\n\n")
    wide = max((len(p.column) for p in proposed), default=0)
    long = max((len(p.field) for p in proposed), default=0)
    for p in proposed:
        sys.stdout.write(f"  {p.column:<{wide}}  {p.field:<{long}}  {p.confidence:.2f} {p.word:<7}  {p.reason}\n")
    missing = [f for f in fields if f not in {p.field for p in proposed}]
    if missing:
        sys.stdout.write(f"\nwithout a column: {', '.join(missing)}\n")
    sys.stdout.write(
        f"\nNothing was applied. Read and correct, then put it into the registry: {', '.join(map(str, files))}\n"
    )
