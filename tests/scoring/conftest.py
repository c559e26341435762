"""A run over made-up extracts of the checkout's own project."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from everycase.project import load
from everycase.run import Options, run
from everycase.sampling import write_sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycase.run import Run

AS_OF = dt.date(2026, 6, 15)
SOURCES = ("police_recorded_crime", "met_homicides")


@pytest.fixture(scope="session")
def sampled() -> Iterator[Run]:
    own = load(Path(__file__).parents[2])
    with TemporaryDirectory() as folder:
        made = {n: write_sample(own, n, 3000, 1, AS_OF, Path(folder)).extract for n in SOURCES}
        with run(own, Options(as_of=AS_OF, sources=SOURCES, extracts=made)) as found:
            yield found
