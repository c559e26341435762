"""Make up an extract of a source with planted defects, from the generator that the project has for it."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycase.errors import ConfigurationError, UsageError
from everycase.project import import_file

if TYPE_CHECKING:
    import datetime as dt

    from everycase.project import Project


@dataclass(frozen=True, slots=True)
class Sample:
    """What was written: the extract, and the list of the defects and near misses planted in it."""

    source: str
    extract: Path
    defects: Path
    rows: int
    planted: int


def samplable(project: Project) -> list[str]:
    """List the sources that have a generator."""
    return [name for name, source in project.sources.items() if source.sample is not None]


def write_sample(project: Project, source_id: str, rows: int, seed: int, as_of: dt.date, out: Path) -> Sample:
    """Write `<source>.csv`, or what else the source is read from, and `<source>.defects.json` into a folder.

    Args:
        project: whose code may run.
        source_id: the source to make an extract of.
        rows: records to make, 1 or more.
        seed: the same seed, rows and day give the same bytes.
        as_of: the day that stands for today; no record is later.
        out: the folder; made where it does not exist.

    Raises:
        UsageError: the source has no generator, or the folder cannot be written.
        TrustError: the generator is code of a project that nobody trusts.
    """
    module = project.sources[source_id].sample
    if module is None:
        known = ", ".join(samplable(project)) or "none of this project"
        message = f"'{source_id}' has no sample generator"
        raise UsageError("no-sample", message, instead=f"There is one for: {known}.")
    if not project.place.may_run_code:
        raise project.withheld()
    place = f"samples/{module}.py"
    generator = import_file(project.root / "samples" / f"{module}.py", f"everycase_samples.{module}", place)
    suffix = Path(str(getattr(generator, "FILE_NAME", "extract.csv"))).suffix
    if not ((suffix == ".xml" or hasattr(generator, "HEADER")) and callable(getattr(generator, "generate", None))):
        raise ConfigurationError("python-module", "has no HEADER or no generate()", where=place)
    records, defects = generator.generate(rows, seed, as_of)
    try:
        out.mkdir(parents=True, exist_ok=True)
        extract = out / f"{source_id}{suffix}"
        if suffix == ".xml":
            # NOTE: a return in XML comes as its lines, since records of several tables lie in one another there.
            _write_whole(extract, "\n".join(records) + "\n")
        else:
            _write_rows(extract, generator.HEADER, records)
        listed = out / f"{source_id}.defects.json"
        _write_whole(listed, json.dumps(defects, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        message = f"'{out}' cannot be written: {error.strerror or type(error).__name__}"
        raise UsageError("out-unwritable", message) from None
    planted = sum(1 for d in defects if not d.get("near_miss"))
    return Sample(source_id, extract, listed, rows if suffix == ".xml" else len(records), planted)


def _write_rows(path: Path, header: tuple[str, ...], records: list[tuple[Any, ...]]) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(records)
    part.replace(path)


def _write_whole(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, path)  # noqa: PTH105 - the same as Path.replace, named for what matters: all or nothing
