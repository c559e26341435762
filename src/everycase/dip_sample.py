"""The records of a dip sample: drawn from an extract, written into a sheet, and read back once a person has filled it.

The sheet names records by row and key and leaves one column to fill. It does not say what the extract holds, so that
nobody copies it. What the extract holds is read again when the sheet comes back: the same extract and seed draw the
same records, so that neither a value nor a list of records has to be kept anywhere.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from everycase.disclosure import harmless
from everycase.engines.duck import Prepared
from everycase.errors import CouldNotCheckError, UsageError, nearest
from everycase.outcome import Accuracy
from everycase.registry import Registry
from everycase.run import Options, run
from everycase.scoring.dip import NO, YES, Stratum, drawn
from everycase.sqltext import identifier

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from everycase.project import Project
    from everycase.run import CheckedSource
    from everycase.suites import FieldSpec

ANSWER = "case_says"
ANSWERS = (YES, NO, "cannot tell", "")
_LONGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sample is drawn by; the same again when its sheet is read back."""

    source: str
    field: str
    size: int
    seed: int
    as_of: dt.date
    stratify: str | None = None
    extract: Path | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample that was drawn.

    Attributes:
        records: (row, keys, stratum, whether its flag says yes), in the order of rows.
        sizes: (stratum, whether flagged) -> records of the extract.
        left_out: records whose flag says neither yes nor no.
    """

    digest: str
    keys: tuple[str, ...]
    records: tuple[tuple[int, tuple[str, ...], str, bool], ...]
    sizes: Mapping[tuple[str, bool], int]
    left_out: int


def draw(project: Project, asked: Asked) -> Sample:
    """Draw the records of a sample.

    Raises:
        UsageError: the source or its fields do not lend themselves to it.
        CouldNotCheckError: the extract could not be read.
    """
    spec, strata = _fields(project, asked)
    groups = [spec.name, *([strata.name] if strata else [])]
    source = project.sources[asked.source].model_copy(update={"group_by": groups})
    entry = project.registry.entry
    changed = entry.model_copy(update={"sources": {**entry.sources, asked.source: source}})
    project = replace(project, registry=Registry(changed, project.registry.document))
    extracts = {asked.source: asked.extract} if asked.extract else {}
    with run(project, Options(as_of=asked.as_of, sources=(asked.source,), extracts=extracts)) as opened:
        return _draw(opened.checked[0], spec, asked)


def _fields(project: Project, asked: Asked) -> tuple[FieldSpec, FieldSpec | None]:
    project.choose([asked.source])
    suite = project.suite_of(asked.source)
    if suite.tables or project.sources[asked.source].reader.kind == "postgres":
        message = f"a dip sample of '{asked.source}' cannot be drawn: it is no single file of records"
        raise UsageError("dip-sample", message, instead="Name a source that is one file.")
    for name in filter(None, (asked.field, asked.stratify)):
        if name not in suite.fields:
            message = f"'{name}' is no field of suite '{suite.name}'"
            raise UsageError("unknown-field", message, instead=nearest(name, suite.fields))
        listed = suite.fields[name].codelist
        if listed is None or listed.open:
            message = f"'{name}' has no closed code list"
            raise UsageError("dip-sample", message, instead="Name a code field.")
    spec = suite.fields[asked.field]
    assert spec.codelist is not None  # noqa: S101 - looked at above
    if not {YES, NO} <= {c.concept for c in spec.codelist.codes.values()}:
        message = f"the codes of '{asked.field}' do not say yes or no"
        raise UsageError("dip-sample", message, instead="Name a flag with --field.")
    return spec, suite.fields[asked.stratify] if asked.stratify else None


def _draw(checked: CheckedSource, spec: FieldSpec, asked: Asked) -> Sample:
    prepared, problem = checked.prepared, checked.result.problem
    if not isinstance(prepared, Prepared) or checked.suite is None or checked.result.extract is None:
        message = problem.message if problem else "its records are not at hand"
        raise CouldNotCheckError(problem.slug if problem else "dip-sample", message, where=asked.source)
    assert spec.codelist is not None  # noqa: S101 - `_fields` has looked
    says = {c.code: c.concept for c in spec.codelist.codes.values() if c.concept in {YES, NO}}
    grouped = ", ".join(identifier(f"group {axis}") for axis in range(1 + bool(asked.stratify)))
    places: dict[str, list[int]] = {}
    left_out = 0
    for place, flag, *stratum in prepared.rows(f"SELECT {prepared.row}, {grouped} FROM {prepared.relation}"):
        said = says.get(prepared.group_named(0, flag))
        if said is None:
            left_out += 1
            continue
        name = prepared.group_named(1, stratum[0]) if stratum else ""
        places.setdefault(f"{name}\0{said}", []).append(int(place))
    if not places:
        raise UsageError(
            "dip-sample", f"no record of '{asked.source}' has a flag to compare", instead="Check it first."
        )
    chosen = {place: name for name, found in drawn(places, asked.size, asked.seed).items() for place in found}
    names = checked.keys
    relation = prepared.failing({}, [checked.suite.fields[k] for k in names])
    wanted = ", ".join(map(str, sorted(chosen))) or "NULL"
    rows = prepared.rows(f"SELECT * FROM {relation} WHERE place IN ({wanted}) ORDER BY place")
    return Sample(
        digest=checked.result.extract.sha256,
        keys=names,
        records=tuple(
            (int(row[0]), tuple("" if c is None else str(c) for c in row[1:]), *_stratum(chosen[int(row[0])]))
            for row in rows
        ),
        sizes={_stratum(name): len(found) for name, found in sorted(places.items())},
        left_out=left_out,
    )


def _stratum(name: str) -> tuple[str, bool]:
    stratum, _, said = name.partition("\0")
    return stratum, said == YES


def sheet(sample: Sample) -> bytes:
    """Write the sheet that a person fills: row, key, and a column for what the case says."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(("row", *sample.keys, ANSWER))
    for row, keys, _, _ in sample.records:
        lines.writerow((row, *map(harmless, keys), ""))
    return text.getvalue().encode("utf-8-sig")


def read_sheet(path: Path, sample: Sample) -> tuple[Stratum, ...]:
    """Read a filled sheet back, and compare it with what the extract holds.

    Raises:
        UsageError: it is not the sheet of this sample, or an answer is none of those that may be given.
    """
    try:
        raw = path.read_bytes()
        if len(raw) > _LONGEST:
            raise UsageError("dip-sheet", "the sheet is larger than 64 MiB", instead="Name the sheet that was written.")
        lines = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"the sheet cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}"
        raise UsageError("dip-sheet", message, instead="Save it as CSV in UTF-8.") from None
    answers = [_answer(line, number) for number, line in enumerate(lines, 2)]
    if [row for row, _ in answers] != [row for row, *_ in sample.records]:
        message = "the sheet does not hold the records of this sample, in their order"
        instead = "Give the same extract, size, seed and strata as when it was drawn, and leave all its lines in."
        raise UsageError("dip-sheet", message, instead=instead)
    compared: Counter[tuple[str, bool]] = Counter()
    wrong: Counter[tuple[str, bool]] = Counter()
    for (_, answer), (_, _, name, flagged) in zip(answers, sample.records, strict=True):
        if answer in {YES, NO}:
            compared[name, flagged] += 1
            wrong[name, flagged] += (answer == YES) is not flagged
    names = sorted({name for name, _ in sample.sizes})
    return tuple(
        Stratum(
            name=name,
            flagged=sample.sizes.get((name, True), 0),
            unflagged=sample.sizes.get((name, False), 0),
            compared_flagged=compared[name, True],
            compared_unflagged=compared[name, False],
            over=wrong[name, True],
            under=wrong[name, False],
        )
        for name in names
    )


def _answer(line: Mapping[str, Any], number: int) -> tuple[int, str]:
    row, answer = line.get("row") or "", (line.get(ANSWER) or "").strip().lower()
    if not row.isascii() or not row.isdigit():
        raise UsageError(
            "dip-sheet", f"line {number} of the sheet names no row", instead="Leave its first column as it is."
        )
    if answer not in ANSWERS:
        message = f"line {number} of the sheet has another answer than yes, no or cannot tell"
        raise UsageError("dip-sheet", message, instead="Write yes, no or cannot tell, or leave it empty.")
    return int(row), answer


def found(asked: Asked, sample: Sample, strata: Sequence[Stratum]) -> Accuracy:
    """Sum up what a sample found."""
    over, under = sum(s.over for s in strata), sum(s.under for s in strata)
    compared = sum(s.compared_flagged + s.compared_unflagged for s in strata)
    return Accuracy(
        field=asked.field,
        population=sum(sample.sizes.values()),
        drawn=len(sample.records),
        compared=compared,
        agreeing=compared - over - under,
        over=over,
        under=under,
    )


def stored(asked: Asked, sample: Sample, strata: Sequence[Stratum]) -> bytes:
    """Write what a sample found, counts only, for the registry's `dip_sample`."""
    document = {
        "source": asked.source,
        "extract_sha256": sample.digest,
        "seed": asked.seed,
        "accuracy": asdict(found(asked, sample, strata)),
        "strata": [asdict(s) for s in strata],
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
