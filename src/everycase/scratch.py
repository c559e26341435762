"""A folder for what a run must put on disk for a while; only we can read it, and it goes when the run does.

A run that was killed cannot clean up after itself: the next one does it for it.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = re.compile(r"everycase-(\d+)-[a-z0-9_]+")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give an empty folder that only we can read, and remove it at the end; sweep those of killed runs first."""
    sweep()
    path = Path(tempfile.mkdtemp(prefix=f"everycase-{os.getpid()}-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def sweep(folder: Path | None = None) -> list[Path]:
    """Remove the folders that killed runs of ours left behind, and say which.

    Args:
        folder: where to look; the system's folder for temporary files where None.
    """
    removed = []
    for path in sorted((folder or Path(tempfile.gettempdir())).glob("everycase-*")):
        named = _NAME.fullmatch(path.name)
        # NOTE: another run of this same process may be using its own.
        if named and int(named[1]) != os.getpid() and _ours(path) and not alive(int(named[1])):
            shutil.rmtree(path, ignore_errors=True)
            removed.append(path)
    return removed


def _ours(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    # NOTE: in a folder that everybody may write to, a name proves nothing: owner and kind do.
    return path.is_dir() and not path.is_symlink() and (os.name == "nt" or found.st_uid == os.getuid())


def alive(pid: int) -> bool:
    """Say whether another process of this number runs; our own number on a leftover was somebody else's."""
    if pid == os.getpid():
        return False
    if sys.platform == "win32":
        import ctypes  # NOTE: os.kill(pid, 0) would end the process there

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, 0, pid)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
