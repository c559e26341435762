"""One run of linking: every extract that its pathways need is read once, then every step is followed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.engines.duck_engine import Engine, engine_error
from everycase.errors import CouldNotCheckError, UsageError, nearest
from everycase.linking.counts import Step, Why
from everycase.linking.following import Asked, follow
from everycase.linking.side import Side, read_side
from everycase.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from everycase.pathways import StepEntry
    from everycase.project import Project


@dataclass(frozen=True, slots=True)
class Linked:
    """What came of it: the extracts that were read, and every step."""

    project: str
    digest: str
    sides: tuple[Side, ...]
    steps: tuple[Step, ...]


def link(project: Project, wanted: str | None, extracts: Mapping[str, Path], memory: str | None = None) -> Linked:
    """Follow the records of one pathway, or of all, from source to source.

    Args:
        project: its registry names pathways.
        wanted: the pathway; all where None.
        extracts: source -> file, before what the registry says.
        memory: the most the engine may hold.

    Raises:
        UsageError: there is no such pathway, or a source that none of them passes.
        CouldNotCheckError: the engine failed.
    """
    steps = _steps(project, wanted)
    needed = list(dict.fromkeys(s for _, step in steps for s in (step.from_, step.to)))
    for name in extracts:
        if name not in needed:
            message = f"no step asks for an extract of '{name}'"
            raise UsageError("wrong-extract-option", message, instead=f"Asked for are: {', '.join(needed)}.")
    import duckdb

    sides: dict[str, Side | Why] = {}
    done: list[Step] = []
    with scratch_folder() as scratch, closing(Engine(scratch, memory=memory)) as engine:
        connection = engine.session()
        for name in needed:
            try:
                sides[name] = read_side(project, name, extracts.get(name), connection, scratch)
            except CouldNotCheckError as error:
                sides[name] = Why(error.slug, error.message, error.where or name, error.instead)
        for pathway, step in steps:
            left, right = sides[step.from_], sides[step.to]
            problem = left if isinstance(left, Why) else right if isinstance(right, Why) else None
            if isinstance(left, Side) and isinstance(right, Side):
                try:
                    done.append(follow(project, Asked(pathway, step, left, right), connection))
                except duckdb.Error as error:
                    raise engine_error(error) from None
            else:
                done.append(Step(pathway, step.from_, step.to, tuple(step.on), problem=problem))
    read = tuple(s for s in sides.values() if isinstance(s, Side))
    return Linked(project.registry.entry.project.id, project.digest, read, tuple(done))


def _steps(project: Project, wanted: str | None) -> list[tuple[str, StepEntry]]:
    pathways = project.registry.entry.pathways
    if not pathways:
        message = "the registry names no pathway"
        raise UsageError("no-pathway", message, instead="Write `pathways:` in sources.yaml; see docs/linking.md.")
    if wanted is not None and wanted not in pathways:
        known = f"The pathways are: {', '.join(pathways)}."
        raise UsageError("no-pathway", f"there is no pathway '{wanted}'", instead=nearest(wanted, pathways) or known)
    return [(n, step) for n in ([wanted] if wanted else pathways) for step in pathways[n].steps]
