"""Libraries of other languages, run in a process of their own, so that a damaged file cannot take the run with it.

Such a file can make them abort, or ask for more memory than there is. What they print is thrown away, since it may
quote a cell; what they were asked with goes through a pipe, since it may hold a password.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycase.errors import ExtractError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: memory for any file, and for each byte of it; a sheet of short numbers takes some forty times its packed size
_MEMORY, _MEMORY_A_BYTE = 4 << 30, 100
#: seconds for any file, and for each million bytes of it
_SECONDS, _SECONDS_A_MEGABYTE = 60, 30
_ROOT = Path(__file__).parents[2]


def isolated(task: str, path: Path, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """Call a function in a process of its own, and give what it returns; None where the process came to grief.

    Args:
        task: `module:function` of this package; it takes and returns what JSON can hold.
        path: the file that it reads, by whose size memory and time are limited.
        asked: what the function is given.

    Raises:
        ExtractError: the function raised it.
    """
    size = path.stat().st_size
    message = {"task": task, "memory": _MEMORY + _MEMORY_A_BYTE * size, "asked": dict(asked)}
    start = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from everycase.readers.isolated import answer; answer()"
    # NOTE: -P keeps what lies in the current folder from being imported; threads of numpy would reserve memory each.
    command = [sys.executable, "-P", "-c", start]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own Python and module; nothing of the file is in the command
            command,
            input=json.dumps(message).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=_SECONDS + _SECONDS_A_MEGABYTE * size / 1e6,
            check=False,
        )
        answered = json.loads(done.stdout.rpartition(b"\n")[2]) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        return None
    if answered is not None and (refusal := answered.get("refused")):
        raise ExtractError(*refusal[:2], where=refusal[2], instead=refusal[3])
    return answered


def answer() -> None:
    """Be the process: read what is asked, limit the memory, call the function and print what it returns."""
    message = json.load(sys.stdin)
    with suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = message["memory"]
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))
    module, _, name = message["task"].partition(":")
    try:
        found = getattr(importlib.import_module(module), name)(**message["asked"])
    except ExtractError as error:
        found = {"refused": [error.slug, error.message, error.where, error.instead]}
    sys.stdout.write("\n" + json.dumps(found))
