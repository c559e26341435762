"""The Python interface: the same check as on the command line, without printing, without exiting.

Whatever goes wrong is an `EverycaseError`, or is in the result: a source that could not be checked says why.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycase import baseline
from everycase.errors import NotPassedError, UsageError
from everycase.outcome import RANK, Status
from everycase.plain import plain
from everycase.project import Project, load
from everycase.stored import read_result

if TYPE_CHECKING:
    from everycase.run import Run

__all__ = ["Comparison", "Project", "Result", "check", "compare", "load_project"]


class Comparison(baseline.Comparison):
    """Two results side by side, what is worst first; see `everycase.baseline`."""

    def _repr_html_(self) -> str:
        from everycase.reporting.notebook import comparison_html

        return comparison_html(self)


@dataclass(frozen=True)
class Result:
    """What a check found: counts and verdicts, never a record.

    Attributes:
        document: everything, as plain data in the shape of docs/schemas/result.schema.json; no value of a record.
        tolerance: source -> percentage points by which a share may get worse before `compare` says so.
    """

    document: Mapping[str, Any] = field(repr=False)
    tolerance: Mapping[str, float] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, path: str | Path) -> Result:
        """Read a result.json that a check wrote.

        Raises:
            UsageError: it is none.
        """
        return cls(without_values(plain(read_result(Path(path)))))

    @property
    def id(self) -> str:
        """The id of the run."""
        return str(self.document["run"]["id"])

    @property
    def status(self) -> Status:
        """The verdict: passed, failed or could_not_check."""
        return Status(self.document["run"]["status"])

    @property
    def exit_code(self) -> int:
        """What the command line would end with: 0 passed, 1 failed, 3 could not check."""
        return int(self.document["run"]["exit_code"])

    @property
    def passed(self) -> bool:
        """Whether every source passed; false where one could not be checked."""
        return self.status is Status.PASSED

    @property
    def sources(self) -> dict[str, Status]:
        """The verdict of each source."""
        return {s["id"]: Status(s["status"]) for s in self.document["sources"]}

    def rules(self) -> list[dict[str, Any]]:
        """List every rule with its source, status and counts: one flat row each, ready for a DataFrame."""
        return [{"source": s["id"], **rule} for s in self.document["sources"] for rule in s["rules"]]

    def fields(self) -> list[dict[str, Any]]:
        """List every field with its source and its tiers: one flat row each."""
        rows = []
        for source in self.document["sources"]:
            for found in source["fields"]:
                split = {f"not_known_{k}": v for k, v in found["not_known"].items()}
                flat = {k: v for k, v in found.items() if not isinstance(v, dict | list)}
                rows.append({"source": source["id"], **flat, **split})
        return rows

    def require_passed(self) -> Result:
        """Give the result itself where all passed, so that a task of an orchestrator fails where its data did.

        Raises:
            NotPassedError: a source failed, or could not be checked; the sources are named.
        """
        if self.passed:
            return self
        said = ", ".join(f"{name} {status.value}" for name, status in self.sources.items() if status != Status.PASSED)
        problems = [s["problem"]["message"] for s in self.document["sources"] if s["problem"]]
        raise NotPassedError("not-passed", f"the check did not pass: {said}", instead=" ".join(problems))

    def to_json(self) -> str:
        """Give the whole result as JSON, the same bytes for the same result."""
        return json.dumps(self.document, ensure_ascii=False, indent=1) + "\n"

    def __repr__(self) -> str:
        said = ", ".join(f"{name}: {status.value}" for name, status in self.sources.items())
        return f"<everycase Result {self.status.value} ({said})>"

    def _repr_html_(self) -> str:
        from everycase.reporting.notebook import result_html

        return result_html(self.document)


def load_project(path: str | Path | None = None) -> Project:
    """Load a project.

    Args:
        path: its folder; where None the nearest above the working folder, else the one that comes with everycase.

    Raises:
        ConfigurationError: a file of it cannot be used; file and line are named.
        UsageError: there is no project.
    """
    return load(None if path is None else Path(path))


def check(
    project: Project | str | Path | None = None,
    sources: str | Sequence[str] = (),
    *,
    extracts: Mapping[str, Any] | None = None,
    as_of: dt.date | str | None = None,
    fail_on: str = "error",
    out: str | Path | None = None,
    great: bool = False,
    threads: int | None = None,
    memory: str | None = None,
) -> Result:
    """Check extracts.

    Args:
        project: a loaded one, or what `load_project` takes.
        sources: ids of the registry; all where none is named, or those of `extracts` where there are some.
        extracts: source -> path, or a DataFrame of pandas or polars, or a Table of pyarrow, which is read as its
            export to CSV would be (an index is not read); for a source of several tables a mapping table -> frame.
        as_of: the day that stands for today, a date or YYYY-MM-DD; the machine's own where None.
        fail_on: the mildest severity that fails: error, query, warning, or never.
        out: a folder for the reports; nothing is written where None.
        great: also have Great Expectations validate, and put its record into `out`. Expectations that only it can
            judge are always judged by it.
        threads: how many to use; all where None.
        memory: the most the engine may hold, like "2GB".

    Raises:
        EverycaseError: the project or an argument is wrong, or the reports could not be written. What is wrong with
            an extract is in the result instead.
    """
    from everycase.disclosure import refuse_without_salt
    from everycase.frames import laid_out
    from everycase.recording import record, wanted
    from everycase.reporting import bundle
    from everycase.run import Options, run
    from everycase.scratch import scratch_folder

    loaded = project if isinstance(project, Project) else load_project(project)
    if fail_on not in {*RANK, "never"}:
        raise UsageError("wrong-argument", "fail_on is none of error, query, warning, never")
    chosen = [sources] if isinstance(sources, str) else list(sources)
    if out is not None:
        bundle.refuse_unusable(Path(out))
        refuse_without_salt(loaded.reports, loaded.root)
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        loaded, paths = laid_out(loaded, extracts or {}, folder)
        options = Options(
            as_of=_day(as_of), sources=tuple(chosen or paths), extracts=paths, fail_on=fail_on, threads=threads,
            memory=memory,
        )  # fmt: skip
        open_run = stack.enter_context(run(loaded, options))
        records = record(open_run, everything=great) if great or wanted(open_run) else {}
        if out is not None:
            bundle.publish(open_run, Path(out), records)
        return _result(open_run)


def _result(open_run: Run) -> Result:
    tolerance = {name: source.tolerance for name, source in open_run.project.sources.items()}
    return Result(without_values(plain(open_run.result())), tolerance)


def compare(
    before: Result | str | Path, after: Result | str | Path, *, tolerance: float | Mapping[str, float] | None = None
) -> Comparison:
    """Compare two results, rule by rule and field by field.

    Args:
        before: the baseline; a result, or the path of a result.json.
        after: what is judged.
        tolerance: percentage points, for all sources or by source; where None those of the registry that `after` was
            checked with, else 1.
    """
    old, new = (r if isinstance(r, Result) else Result.read(r) for r in (before, after))
    if isinstance(tolerance, int | float):
        allowed: Mapping[str, float] = {s["id"]: float(tolerance) for s in new.document["sources"]}
    else:
        allowed = new.tolerance if tolerance is None else tolerance
    found = baseline.compare_documents(old.document, new.document, allowed)
    return Comparison(found.before, found.after, found.changes, found.overlap)


def _day(given: dt.date | str | None) -> dt.date:
    if given is None:
        return dt.datetime.now(dt.UTC).astimezone().date()
    if isinstance(given, dt.datetime):
        return given.date()
    if isinstance(given, dt.date):
        return given
    try:
        return dt.datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise UsageError("wrong-date", "as_of is no date", instead="Write it as YYYY-MM-DD.") from None


def without_values(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give a result without any value of a record, not even those that a report may list as codes of another list."""
    sources = [
        {
            **source,
            "fields": [
                {**f, "unmapped_values": [], "other_values": f["not_known"]["unmapped"]} for f in source["fields"]
            ],
        }
        for source in document["sources"]
    ]
    return {**document, "sources": sources}
