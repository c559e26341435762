"""Arrow files and streams (Feather, IPC), handed on as Parquet in a private scratch file."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from everycase.errors import ExtractError
from everycase.readers import inspection
from everycase.readers.isolated import isolated
from everycase.readers.parquet import open_parquet
from everycase.readers.written import supplied

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from everycase.readers import Opened


@contextmanager
def open_arrow(path: Path, kinds: Mapping[str, str], scratch: Path) -> Iterator[Opened]:
    """Make an Arrow file ready to load.

    Args:
        path: the extract.
        kinds: column -> type of the field it is for.
        scratch: an existing private folder.

    Raises:
        ExtractError: it is no Arrow file, or damaged; or the package that reads it is not installed.
    """
    if find_spec("pyarrow") is None:
        message = "the package that reads Arrow files is not installed"
        raise ExtractError("package-missing", message, instead="pip install 'everycase[arrow]'")
    inspection.readable_file(path)
    with ExitStack() as stack:
        file = stack.enter_context(supplied(path))
        folder = Path(mkdtemp(prefix="arrow-", dir=scratch))
        stack.callback(rmtree, folder, ignore_errors=True)
        made = folder / path.name
        if isolated(f"{__name__}:write_parquet", path, {"path": str(path), "made": str(made)}) is None:
            message = "cannot be read as Arrow: it is damaged, cut off, or has a column of a kind that no field takes"
            raise ExtractError("extract-unloadable", message, where=inspection.shown(path), instead="Write it again.")
        copy = stack.enter_context(open_parquet(made, kinds))
        yield replace(copy, sha256=file.sha256, supplied_size=path.stat().st_size)


def write_parquet(path: str, made: str) -> dict[str, int]:
    """Write an Arrow file as Parquet; this is called in a process of its own, which a damaged file may end."""
    from pyarrow import OSFile, ipc, parquet

    with OSFile(path) as source:
        if inspection.readable_file(Path(path)).startswith(b"ARROW1"):
            opened = ipc.open_file(source)
            batches = (opened.get_batch(i) for i in range(opened.num_record_batches))
        else:
            opened = ipc.open_stream(source)
            batches = iter(opened)
        records = 0
        with parquet.ParquetWriter(made, opened.schema) as writer:
            for batch in batches:
                batch.validate(full=True)
                writer.write_batch(batch)
                records += batch.num_rows
    return {"records": records}
