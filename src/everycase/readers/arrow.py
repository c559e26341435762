"""Arrow files and streams (Feather, IPC), handed on as Parquet in a private scratch file."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from everycase.errors import ExtractError
from everycase.readers import inspection
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
    try:
        import pyarrow as pa
        from pyarrow import ipc, parquet
    except ImportError:
        message = "the package that reads Arrow files is not installed"
        raise ExtractError("package-missing", message, instead="pip install 'everycase[arrow]'") from None
    head, where = inspection.readable_file(path), inspection.shown(path)
    with ExitStack() as stack:
        file = stack.enter_context(supplied(path))
        folder = Path(mkdtemp(prefix="arrow-", dir=scratch))
        stack.callback(rmtree, folder, ignore_errors=True)
        made = folder / path.name
        try:
            with pa.memory_map(str(path)) as source:
                opened = ipc.open_file(source) if head.startswith(b"ARROW1") else ipc.open_stream(source)
                with parquet.ParquetWriter(made, opened.schema) as writer:
                    if head.startswith(b"ARROW1"):
                        for i in range(opened.num_record_batches):
                            writer.write_batch(opened.get_batch(i))
                    else:
                        for batch in opened:
                            writer.write_batch(batch)
        except (pa.ArrowException, OSError, ValueError, EOFError):
            message = "cannot be read as Arrow: it is damaged, cut off, or has a column of a kind that no field takes"
            raise ExtractError("extract-unloadable", message, where=where, instead="Write it again.") from None
        copy = stack.enter_context(open_parquet(made, kinds))
        yield replace(copy, sha256=file.sha256, supplied_size=path.stat().st_size)
