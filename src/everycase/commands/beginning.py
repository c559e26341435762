"""`everycase init`: a project for an agency in no registry, from its extract and the suites of another project."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import yaml

from everycase.commands.mapping import Proposal, column_lines, map_extract, words_of, write_new
from everycase.errors import ExtractError, UsageError, nearest
from everycase.registry import Reader
from everycase.trust import trust

#: what is less sure than this is left to whoever reads the project
LEAST = 0.6

if TYPE_CHECKING:
    from pathlib import Path

    from everycase.commands.profile import Loaded
    from everycase.project import Project


def begin(project: Project, folder: Path, extract: Path, suite: str | None, agency: str | None) -> tuple[str, str, int]:
    """Make a project of one source.

    Args:
        project: whose suites, code lists, checks and reports it starts from.
        folder: a new or empty one.
        extract: the agency's.
        suite: which suite it extends; the one with the most columns in the extract where None.
        agency: what the agency is called.

    Returns:
        The new source, the source that it was made like, and how many of its fields have a column.

    Raises:
        UsageError: the folder is not empty, or no suite fits.
        ExtractError: the extract cannot be read.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"'{folder.name}' is there already and not empty"
        raise UsageError("already-there", message, instead="Name a new folder.")
    if not extract.exists():
        raise ExtractError(
            "extract-missing", "the extract does not exist", where=extract.name, instead="Check the path."
        )
    like, proposed, found = _nearest(project, extract, suite)
    name = "_".join(words_of(agency or folder.name)) or "agency"
    name = name if name[0].isalpha() and name.isascii() else "agency"
    name = f"{name}_extract" if name in project.suites else name
    base = project.sources[like].suite
    write_new(folder / "sources.yaml", _registry(project, name, like, extract, folder, agency, found, proposed))
    write_new(folder / "expectations" / f"{name}.yaml", _suite(project, name, base))
    _copied(project, base, folder)
    if (folder / "checks").is_dir() and project.place.may_run_code:
        # NOTE: it is a copy of code that may run here; a change of it asks again.
        trust(folder)
    return name, like, len(proposed)


def _nearest(project: Project, extract: Path, suite: str | None) -> tuple[str, list[Proposal], Loaded]:
    """Choose the source whose suite fits the extract best, by the confidence in all its columns."""
    single = [s for s in project.sources if not project.suite_of(s).tables]
    if suite is not None:
        single = [s for s in single if suite in {s, project.sources[s].suite}]
        if not single:
            known = [project.sources[s].suite for s in project.sources]
            message = f"there is no suite '{suite}' of one table"
            raise UsageError("unknown-suite", message, instead=nearest(suite, known))
    best: tuple[float, str, list[Proposal], Loaded] | None = None
    for source in single:
        try:
            proposed, found = map_extract(project, source, extract, Reader())
            proposed = [p for p in proposed if p.confidence >= LEAST]
        except ExtractError:
            if len(single) == 1:
                raise
            continue
        fields = project.suite_of(source).fields
        # NOTE: what a short suite and a long one have in common must speak for neither, so both shares count.
        total = sum(p.confidence for p in proposed)
        score = total / len(fields) + total / max(1, len(found.columns))
        if proposed and (best is None or score > best[0]):
            best = score, source, proposed, found
    if best is None:
        message = "no suite has a field that a column of this extract may be"
        raise UsageError("nothing-fits", message, instead="Name the suite: --suite NAME, or map the columns by hand.")
    return best[1:]


def _registry(
    project: Project, name: str, like: str, extract: Path, folder: Path, agency: str | None, found: Loaded,
    proposed: list[Proposal],
) -> str:  # fmt: skip
    suite, source = project.suite_of(like), project.sources[like]
    mapped = {p.field for p in proposed}
    title = agency or name.replace("_", " ").capitalize()
    place = os.path.relpath(extract.resolve(), folder.resolve()).replace(os.sep, "/")
    entry: dict[str, Any] = {
        "title": source.title, "agency": title, "owner": "To be named", "description": source.description,
        "jurisdiction": source.jurisdiction, "cadence": source.cadence, "legal_basis": source.legal_basis,
        "extract": place, "keys": [k for k in source.keys if k in mapped],
        "group_by": [g for g in source.group_by if g in mapped],
    }  # fmt: skip
    if source.period in mapped:
        entry["period"] = source.period
    dumped = yaml.safe_dump(entry | {"suite": name}, sort_keys=False, allow_unicode=True, width=110)
    return "\n".join([
        "# Made by `everycase init` from an extract; the columns are proposals. Correct what is wrong.",
        "version: 1",
        "project:",
        f"  id: {name.replace('_', '-')}",
        f"  title: {_text(title)}",
        "sources:",
        f"  {name}:",
        *(f"    {line}" for line in dumped.splitlines()),
        *column_lines(suite, found, proposed),
    ]) + "\n"  # fmt: skip


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _suite(project: Project, name: str, base: str) -> str:
    title = project.suites[base].title
    return (
        f"# All that the suite '{base}' asks; add fields and expectations of your own, or `remove` codes.\n"
        f"suite: {name}\ntitle: {_text(title)}\nextends: {base}\n"
    )


def _copied(project: Project, base: str, folder: Path) -> None:
    """Copy what the suite is made of: its files and those it extends, all code lists, checks and reports."""
    for file in project.suites[base].files:
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project.root / file, target)
    for pattern in ("expectations/codelists/*.yaml", "checks/*.py", "reports/*.yaml"):
        for path in sorted(project.root.glob(pattern)):
            target = folder / path.relative_to(project.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def show_beginning(project: Project, folder: Path, extract: Path, suite: str | None, agency: str | None) -> None:
    """Make the project and say what to do next."""
    name, like, mapped = begin(project, folder, extract, suite, agency)
    fields = len(project.suite_of(like).fields)
    sys.stdout.write(
        f"{folder}: a project with the source '{name}', made like '{like}'; a column was found for {mapped} of "
        f"{fields} fields\n  Read {folder / 'sources.yaml'}, then: everycase check --project {folder}\n"
    )
