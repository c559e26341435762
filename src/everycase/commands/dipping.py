"""`everycase dip-sample`: a sheet for a person to fill, and what follows from it once it is filled."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from everycase.dip_sample import Asked, draw, read_sheet, sheet, stored
from everycase.errors import UsageError
from everycase.scoring.dip import over_flagging, under_flagging

if TYPE_CHECKING:
    import datetime as dt

    from everycase.project import Project
    from everycase.scoring.dip import Estimate

_FLAG = "flag"


def asked(
    project: Project,
    source: str,
    field: str | None,
    size: int,
    seed: int,
    stratify: str | None,
    extract: Path | None,
    as_of: dt.date,
) -> Asked:
    """Put together what a sample is drawn by; without a field named, the only flag of the source is compared.

    Raises:
        UsageError: there is no such source, or not exactly one flag.
    """
    project.choose([source])
    if field is None:
        fields = project.suite_of(source).fields.values()
        flags = [f.name for f in fields if f.codelist is not None and f.codelist.concepts == _FLAG]
        if len(flags) != 1:
            message = f"'{source}' has {len(flags)} flags to compare"
            raise UsageError("dip-sample", message, instead="Name one with --field.")
        field = flags[0]
    return Asked(source, field, size, seed, as_of, stratify, extract)


def write_sheet(project: Project, asked: Asked, out: Path | None) -> str:
    """Draw a sample, write its sheet and say what to do with it."""
    sample = draw(project, asked)
    path = out or Path(f"dip-sample-{asked.source}.csv")
    _write(path, sheet(sample))
    total = sum(sample.sizes.values())
    lines = [f"{path}  {len(sample.records):,} of {total:,} records drawn, to compare with their case files"]
    if sample.left_out:
        lines.append(f"{sample.left_out:,} more records have neither yes nor no, and cannot be compared")
    lines.append("Fill the column case_says with yes, no or cannot tell; then give the same command with --read.")
    return "\n".join(lines) + "\n"


def read_back(project: Project, asked: Asked, path: Path, out: Path | None) -> str:
    """Read a filled sheet, write what was found and say what it means."""
    sample = draw(project, asked)
    strata = read_sheet(path, sample)
    compared = sum(s.compared_flagged + s.compared_unflagged for s in strata)
    if not compared:
        message = "the sheet has no answer yet, so that nothing can be estimated"
        raise UsageError("dip-sheet", message, instead="Fill the column case_says with yes or no.")
    place = out or Path(f"dip-sample-{asked.source}.json")
    _write(place, stored(asked, sample, strata))
    lines = [
        f"{compared:,} of {len(sample.records):,} records drawn were compared",
        _said("over-flagging", "with the flag are no such case", over_flagging(strata)),
        _said("under-flagging", "without the flag are such a case", under_flagging(strata)),
        f"{place}  name it under dip_sample of the source, and the scorecard shows accuracy",
    ]
    return "\n".join(lines) + "\n"


def _said(name: str, what: str, estimate: Estimate) -> str:
    """Say an estimate: the sample, the exact interval of the population, and that of a population without end."""
    if not estimate.compared:
        return f"{name}: not measured; none of the {estimate.population:,} records was compared"
    about = "" if estimate.number is None else f"about {estimate.number:,.0f}, "
    said = (
        f"{name}: {estimate.found:,} of {estimate.compared:,} compared; {about}between {estimate.low:,} and "
        f"{estimate.high:,} of the {estimate.population:,} records {what} (95%, exact, finite population)"
    )
    if estimate.unlimited is None:
        return said
    low, high = estimate.unlimited
    return f"{said}; without that correction {100 * low:.1f}% to {100 * high:.1f}% (Clopper-Pearson)"


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all, and never over another."""
    part = path.with_name(f".{path.name}.part")
    try:
        if path.exists():
            raise UsageError(
                "out-unusable", "the file of --out is there already", instead="Name another, or remove it."
            )
        descriptor = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        part.rename(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        message = f"the file of --out cannot be written: {error.strerror or type(error).__name__}"
        raise UsageError("out-unusable", message) from None
