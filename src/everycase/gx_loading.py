"""Lets Great Expectations be imported and run quietly: half its weight stays unloaded, and the process stays as it was.

Nothing of the library is imported here.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
import warnings
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_SWITCHED_OFF = {"GX_ANALYTICS_ENABLED": "false", "GE_USAGE_STATS": "false"}
#: what the library itself writes into the environment
_WRITTEN = ("SF_PARTNER",)


class _StandIn(ModuleType):
    """A module that is loaded when something of it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        """Load the real module and answer from it."""
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def quiet_import() -> Iterator[None]:
    """Let Great Expectations be imported inside: light, without telemetry, and without side effects.

    scipy.stats and altair serve two of its expectations only. While the block runs, a stand-in takes their place,
    which the importing modules keep and which loads the real thing on first use; afterwards neither name is left
    faked, so that another library gets the real module. The collector rests, because an import makes much and
    frees nothing. Warnings stay where they were: the library sends every warning of the process into its log.
    """
    fakes = {name: _StandIn(name) for name in ("altair", "scipy.stats") if name not in sys.modules}
    altair, stats = fakes.get("altair"), fakes.get("scipy.stats")
    collecting = gc.isenabled()
    gc.disable()
    if altair is not None:
        sys.modules["altair"] = altair
    scipy = importlib.import_module("scipy")
    if stats is not None:
        vars(scipy)["stats"] = stats
    try:
        with _environment(), warnings.catch_warnings():
            # The library and its pydantic v1 layer use deprecated names of the standard library while loading.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        if altair is not None and sys.modules.get("altair") is altair:
            del sys.modules["altair"]
        if stats is not None and vars(scipy).get("stats") is stats:
            del vars(scipy)["stats"]
        logging.captureWarnings(capture=False)
        if collecting:
            gc.enable()


@contextmanager
def quiet_run() -> Iterator[None]:
    """Let Great Expectations work inside: without telemetry, its log silent, and the environment put back."""
    log = logging.getLogger("great_expectations")
    level = log.level
    # Its log quotes statements and their errors, and those quote cells; our record says what failed.
    log.setLevel(logging.CRITICAL + 1)
    try:
        with _environment():
            yield
    finally:
        log.setLevel(level)


@contextmanager
def _environment() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in (*_SWITCHED_OFF, *_WRITTEN)}
    os.environ.update(_SWITCHED_OFF)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
