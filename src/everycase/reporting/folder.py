"""A folder of files that appears whole: readers see the previous set or the new one, never a mixture.

The new set is written into a staging folder beside the old one, brought to the disk, and the two folders then
change places in one step of the operating system. The marker in the folder lists what is ours, so that nothing
else is ever overwritten or removed. What a killed process left behind is swept at the next start.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import secrets
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from everycase.errors import CouldNotCheckError, UsageError
from everycase.scratch import alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MARKER = ".everycase"
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CANNOT_SWAP = {errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP}


def destination(out: Path) -> Path:
    """Give the folder that `out` stands for, and refuse one that is not ours to write, leaving it untouched.

    A link is followed, so that the link itself stays. What a killed run left behind is swept.

    Raises:
        UsageError: it is no folder, holds what we did not write, or nothing can be created beside it.
    """
    try:
        target = Path(os.path.abspath(out)).resolve()  # noqa: PTH100 - resolve() alone stumbles over a missing drive
    except (OSError, RuntimeError):
        raise UsageError("out-unusable", "--out is a link that leads nowhere", instead="Name a folder.") from None
    if target.parent == target:
        raise UsageError("out-unusable", "--out is the root of a disk", instead="Name a folder inside it.")
    try:
        _sweep(target)
        if target.exists() and not target.is_dir():
            raise UsageError("out-unusable", "--out is a file, not a folder", instead="Name a folder.")
        if target.is_dir():
            _refuse_foreign(target)
        nearest = next(p for p in target.parents if p.exists())
    except OSError as error:
        raise _refusal(error) from None
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        message = "the folder that would hold --out cannot be written to"
        raise UsageError("out-unusable", message, instead="Name a folder elsewhere.")
    return target


def _refuse_foreign(target: Path) -> None:
    if Path.cwd().is_relative_to(target):
        message = "--out is the folder you are in, and is replaced as a whole"
        raise UsageError("out-unusable", message, instead="Name a folder inside it.")
    if os.path.ismount(target):
        message = "--out is where a disk is mounted, and cannot be replaced as a whole"
        raise UsageError("out-unusable", message, instead="Name a folder inside it.")
    if manifest(target) is None and any(target.iterdir()):
        message = "--out holds files that everycase did not write; nothing in it was changed"
        raise UsageError("out-not-ours", message, instead="Name a new or empty folder.")


def manifest(folder: Path) -> frozenset[str] | None:
    """List the files of a folder that are ours, and their parts; None where the folder is not ours at all."""
    marker = folder / MARKER
    if marker.is_symlink() or not marker.is_file():
        return None
    try:
        found = json.loads(marker.read_text(encoding="utf-8"))
        names = [Path(name) for name in found["files"]]
    except (ValueError, KeyError, TypeError):
        return None
    return frozenset({MARKER, *(n.as_posix() for n in names), *(part(n).as_posix() for n in names)})


def part(path: Path) -> Path:
    """Name the file in which a part of a file of ours may be put together."""
    return path.with_name(f".{path.name}.part")


def replace_files(out: Path, run_id: str, writers: Mapping[str, Callable[[Path], None]]) -> list[Path]:
    """Write a set of files and let it appear at once in the place of the previous one.

    Args:
        out: the folder; see `destination`.
        run_id: which run wrote the set; it is noted in the marker.
        writers: name, with / for a folder inside -> what fills the file, which exists by then and is private.

    Returns:
        The files, in the order of their names.

    Raises:
        UsageError: the folder is not ours to write.
        CouldNotCheckError: writing failed; the previous set stands.
    """
    target = destination(out)
    staging = target.parent / f".{target.name}.everycase-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging.mkdir(mode=PRIVATE_FOLDER)
        staging.chmod(PRIVATE_FOLDER)
        _fill(staging, run_id, writers)
        if target.is_dir():
            _swap(staging, target)
            _carry_over(staging, target)
        else:
            staging.rename(target)
        _sync(target.parent)
    except OSError as error:
        raise _refusal(error) from None
    finally:
        with contextlib.suppress(OSError):
            _discard(staging, target)
    return [out / name for name in sorted(writers)]


def _fill(staging: Path, run_id: str, writers: Mapping[str, Callable[[Path], None]]) -> None:
    """Write every file, the marker first: what a folder without one holds is never ours."""
    listed = json.dumps({"everycase": 1, "run": run_id, "files": sorted(writers)}, ensure_ascii=False) + "\n"
    everything = {MARKER: lambda path: _write(path, listed), **dict(sorted(writers.items()))}
    folders = {staging}
    for name, write in everything.items():
        path = staging / name
        for folder in reversed(path.relative_to(staging).parents[:-1]):
            (staging / folder).mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            folders.add(staging / folder)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
        write(path)
        _sync(path)
    for folder in folders:
        _sync(folder)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _sync(path: Path) -> None:
    """Have the disk hold what was written, so that a power cut cannot bring the change before the content."""
    if sys.platform == "win32" and path.is_dir():
        return
    writable = 0 if path.is_dir() else os.O_RDWR
    descriptor = os.open(path, writable or os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(staging: Path, target: Path) -> None:
    """Let two folders change places; `staging` then holds the previous set."""
    if _exchange(staging, target):
        return
    # NOTE: without such a call there is a moment with neither; `_recover` puts the previous set back after a kill.
    aside = staging.with_name(f"{staging.name}-old")
    target.rename(aside)
    try:
        staging.rename(target)
    except BaseException:
        aside.rename(target)
        raise
    aside.rename(staging)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step where the system and the file system can; say whether they did."""
    import ctypes

    if sys.platform == "win32":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        done = library.renamex_np(first, second, ctypes.c_uint(2))
    elif sys.platform == "linux" and hasattr(library, "renameat2"):
        here = ctypes.c_int(-100)
        done = library.renameat2(here, first, here, second, ctypes.c_uint(2))
    else:
        return False
    if done == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT_SWAP:
        return False
    raise OSError(number, os.strerror(number))


def _carry_over(old: Path, new: Path) -> None:
    """Move what is not ours from the previous set's folder into the new one; nothing of it is lost or overwritten."""
    for path in list(_foreign(old, manifest(old) or frozenset())):
        place = _free(new / path.relative_to(old))
        place.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        path.rename(place)


def _foreign(folder: Path, ours: frozenset[str]) -> Iterator[Path]:
    inside = {p.as_posix() for name in ours for p in Path(name).parents}
    for parent, folders, files in os.walk(folder):
        for name in sorted(folders):
            path = Path(parent) / name
            if path.is_symlink() or path.relative_to(folder).as_posix() not in inside:
                folders.remove(name)
                yield path
        for name in sorted(files):
            path = Path(parent) / name
            if path.relative_to(folder).as_posix() not in ours:
                yield path


def _free(path: Path) -> Path:
    """Find a name that nothing has yet: report.html, report.html.kept, report.html.kept-2."""
    tried, number = path, 1
    while os.path.lexists(tried):
        tried = path.with_name(f"{path.name}.kept" if number == 1 else f"{path.name}.kept-{number}")
        number += 1
    return tried


def _sweep(target: Path) -> None:
    """Remove what killed runs left beside a folder, after saving what in it is not ours."""
    pattern = re.compile(re.escape(f".{target.name}.everycase-") + r"([0-9]+)-[0-9a-f]{8}(-old)?")
    if not target.parent.is_dir():
        return
    for path in sorted(target.parent.iterdir()):
        found = pattern.fullmatch(path.name)
        if found is None or path.is_symlink() or not path.is_dir() or alive(int(found[1])):
            continue
        with contextlib.suppress(OSError):
            if found[2] and not target.exists():
                path.rename(target)
            else:
                _discard(path, target)


def _discard(left: Path, target: Path) -> None:
    """Remove a folder of ours, after what in it is not ours has been moved to where it belongs."""
    if manifest(left) is None:
        # NOTE: killed before its marker was whole; then it holds at most that marker, or it is not ours to remove.
        if [p.name for p in left.iterdir()] == [MARKER]:
            (left / MARKER).unlink()
        left.rmdir()
        return
    if target.is_dir():
        _carry_over(left, target)
    if not any(_foreign(left, manifest(left) or frozenset())):
        # NOTE: the marker goes last: if we are killed in between, the rest is still known to be ours.
        for path in [p for p in left.iterdir() if p.name != MARKER]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        (left / MARKER).unlink()
        left.rmdir()


def _refusal(error: OSError) -> UsageError | CouldNotCheckError:
    """Say what the system refused, in words that name no path of a record."""
    if error.errno in _FULL:
        message = "the disk is full, so the reports were not written; the previous ones stand"
        return CouldNotCheckError("out-disk-full", message, instead="Make room, or name a folder elsewhere.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        message = "the folder that would hold --out cannot be written to"
        return UsageError("out-unusable", message, instead="Name a folder elsewhere.")
    if error.errno in {errno.ENAMETOOLONG, errno.EBUSY, errno.EXDEV, errno.ENOTDIR, errno.ELOOP}:
        reason = os.strerror(error.errno).lower()
        return UsageError("out-unusable", f"--out cannot be used: {reason}", instead="Name another folder.")
    reason = os.strerror(error.errno).lower() if error.errno else type(error).__name__
    return CouldNotCheckError("out-not-written", f"the reports could not be written: {reason}; the previous ones stand")
