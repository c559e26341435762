"""everycase checks what agencies hold on domestic abuse: every case counted, every flag true."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from everycase.api import Comparison, Result, check, compare, load_project
    from everycase.errors import EverycaseError

__all__ = ["Comparison", "EverycaseError", "Result", "check", "compare", "load_project"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load the interface only when somebody asks for it: the command line starts without."""
    if name not in __all__:
        message = f"module 'everycase' has no attribute '{name}'"
        raise AttributeError(message)
    from importlib import import_module

    return getattr(import_module("everycase.errors" if name == "EverycaseError" else "everycase.api"), name)


def __dir__() -> list[str]:
    """List what belongs to the interface."""
    return [*__all__, "__version__"]


class _Package(ModuleType):
    """The package itself: `everycase.check` is the function, even after the module of that name was imported."""

    @property
    def check(self) -> Any:
        return __getattr__("check")

    @check.setter
    def check(self, _: ModuleType) -> None:
        """Leave the function be: Python would put the module of checks, which projects import from, in its place."""


if not TYPE_CHECKING:
    sys.modules[__name__].__class__ = _Package
