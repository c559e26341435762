"""Files that come packed: gzip, or a zip archive of which one member is the extract."""

from __future__ import annotations

import gzip
import shutil
import zipfile
import zlib
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import IO, TYPE_CHECKING

from everycase.errors import ExtractError
from everycase.readers import Repair, inspection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

#: what unpacks to more than this, and this many times its own size, is a trap
LARGE, RATIO = 1 << 28, 200
_PIECE = 1 << 20


def is_packed(path: Path) -> bool:
    """Say whether a file is a gzip file or a zip archive, by its first bytes."""
    with path.open("rb") as stream:
        return stream.read(4).startswith((b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"))


def unpacked(path: Path, member: str | None, scratch: Path, stack: ExitStack, repairs: list[Repair]) -> Path:
    """Unpack a file into a private folder that goes with the stack; the copy keeps the name it has in the archive.

    Args:
        path: the gzip or zip file.
        member: the name or pattern of the one that is meant in a zip archive; None where there is one only.
        scratch: an existing private folder.
        stack: removes the copy.
        repairs: is told.

    Raises:
        ExtractError: damaged, locked, a trap, or it is not clear which member is meant.
    """
    folder = Path(mkdtemp(prefix="unpacked-", dir=scratch))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    where, size = inspection.shown(path), path.stat().st_size
    with path.open("rb") as stream:
        zipped = stream.read(2) == b"PK"
    with _refusing(where):
        if not zipped:
            with gzip.open(path, "rb") as source:
                made = _copied(source, folder / (path.stem or "extract"), size, where)
            repairs.append(Repair("unpacked", "unpacked from gzip"))
            return made
        with zipfile.ZipFile(path) as archive:
            chosen = _member(archive, member, where)
            if chosen.flag_bits & 1:
                message = "is a zip archive with a password, which is not read"
                raise ExtractError("archive-locked", message, where=where, instead="Unpack it first.")
            name = PurePosixPath(chosen.filename.replace("\\", "/")).name
            with archive.open(chosen) as source:
                made = _copied(source, folder / (name or "extract"), max(1, chosen.compress_size), where)
    repairs.append(Repair("unpacked", "unpacked from a zip archive"))
    return made


@contextmanager
def _refusing(where: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError):
        message = "is damaged or cut off: it does not unpack"
        raise ExtractError("archive-broken", message, where=where, instead="Ask for it again.") from None
    except OSError as error:
        message = f"cannot be unpacked: {error.strerror or type(error).__name__}"
        raise ExtractError("extract-unreadable", message, where=where) from None


def _member(archive: zipfile.ZipFile, wanted: str | None, where: str) -> zipfile.ZipInfo:
    """Choose the member that is meant; names that lead out of the archive are refused, wherever they stand."""
    members = [m for m in archive.infolist() if not m.is_dir()]
    for info in members:
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name[:3]:
            message = "holds a member whose name leads out of the archive"
            raise ExtractError("archive-path", message, where=where, instead="Ask the supplier what it is.")
    members = [m for m in members if not m.filename.startswith("__MACOSX/")]
    if wanted is not None:
        members = [m for m in members if m.filename == wanted] or [
            m for m in members if fnmatchcase(m.filename.casefold(), wanted.casefold())
        ]
    if len(members) != 1:
        message = f"{len(members) or 'none'} of the files in the archive could be the extract"
        raise ExtractError("archive-unclear", message, where=where, instead="Set `reader: {member: NAME}`.")
    return members[0]


def _copied(source: IO[bytes] | gzip.GzipFile, target: Path, packed: int, where: str) -> Path:
    """Copy what is unpacked, and stop where it becomes a trap."""
    done = 0
    with target.open("xb") as output:
        target.chmod(0o600)
        while piece := source.read(_PIECE):
            done += len(piece)
            if done > LARGE and done > RATIO * packed:
                message = "unpacks to more than two hundred times its size"
                raise ExtractError("archive-bomb", message, where=where, instead="Ask the supplier what it is.")
            output.write(piece)
    return target
