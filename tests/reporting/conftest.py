"""Runs over a hostile project, and over the project of the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hostile import AS_OF, files

from everycase.project import load
from everycase.run import Options, Run, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from everycase.project import Project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("project")
    for name, text in files().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return load(root)


@pytest.fixture
def start(project: Project) -> Iterator[Callable[..., Run]]:
    """Start runs over the hostile project, and close them."""
    opened: list[Run] = []

    def begin(*sources: str, **extracts: Path) -> Run:
        opened.append(run(project, Options(as_of=AS_OF, sources=sources, extracts=extracts)))
        return opened[-1]

    yield begin
    for open_run in opened:
        open_run.resources.close()


@pytest.fixture
def open_run(start: Callable[..., Run]) -> Run:
    return start()


@pytest.fixture(scope="session")
def sampled() -> Iterator[Run]:
    """A run over the project of the checkout, on made-up extracts."""
    from tempfile import TemporaryDirectory

    from everycase.sampling import samplable, write_sample

    own = load(Path(__file__).parents[2])
    with TemporaryDirectory() as folder:
        made = {n: write_sample(own, n, 2000, 1, AS_OF, Path(folder)).extract for n in samplable(own)}
        with run(own, Options(as_of=AS_OF, sources=tuple(made), extracts=made)) as found:
            yield found
