"""Parquet files as columns of text in file order: each value as it would stand in a delimited file.

A whole number is digits, a date ISO, a point in time ISO and in UTC, a truth `true` or `false`. A number with a point
is written so that it reads back the same, and as digits alone where it is whole; where it is not, only a field that
is a number takes it, since engines write fractions as text in different ways.
"""

from __future__ import annotations

import hashlib
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from everycase.errors import ExtractError
from everycase.readers import Opened, inspection
from everycase.readers.inspection import Survey
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

#: what a statement raises where a field that is no number gets a fraction
FRACTION = "everycase: a fraction where a code or text should be"
#: beyond it not every whole number is a double of its own
WHOLE = 2**53
_AS_IT_IS = re.compile(r"VARCHAR|ENUM.*|U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DECIMAL.*|BOOLEAN|DATE|UUID")


def files_of(path: Path) -> list[Path]:
    """List the files of an extract, sorted: itself, or all in a folder but those that begin with a dot or underline."""
    if not path.is_dir():
        return [path]
    found = []
    for file in path.rglob("*"):
        parts = file.relative_to(path).parts
        if file.is_file() and not any(p.startswith(".") or (p.startswith("_") and "=" not in p) for p in parts):
            found.append(file)
    return sorted(found)


def digest_of(path: Path, stopped: threading.Event) -> str:
    """Give the SHA-256 of a file, or of the names and digests of all files in a folder."""
    files = files_of(path)
    if files == [path]:
        return inspection.digest(path, stopped.is_set)
    lines = [f"{f.relative_to(path).as_posix()}\0{inspection.digest(f, stopped.is_set)}\n" for f in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def identity_of(path: Path) -> tuple[tuple[int, ...], ...]:
    """Give what changes when a file of an extract does."""
    return tuple(inspection.identity(file) for file in files_of(path))


def refuse_changed(path: Path, before: tuple[tuple[int, ...], ...]) -> None:
    """Refuse an extract that is no longer what it was.

    Raises:
        ExtractError: a file was changed, added or removed.
    """
    if identity_of(path) != before:
        message = "changed while it was being read, so what was counted is not what is there now"
        instead = "Wait until it is complete, and run again."
        raise ExtractError("extract-changed", message, where=inspection.shown(path), instead=instead)


def no_text(column: str, kind: str) -> ExtractError:
    """Make the refusal of a column whose values have no text."""
    instead = "Write it as text, numbers, dates, times or truths, or leave it out of `columns`."
    return ExtractError("column-kind", f"the column '{column}' is of the kind {kind}, which no field takes",
                        instead=instead)  # fmt: skip


def fraction(where: str) -> ExtractError:
    """Make the refusal of a fraction in a field that is no number."""
    message = "a column of numbers with a point holds one that is not whole, and its field is a code, text or date"
    return ExtractError("column-fraction", message, where=where, instead="Write the column as text.")


@contextmanager
def open_parquet(path: Path, kinds: Mapping[str, str]) -> Iterator[Opened]:
    """Make a file or a folder of Parquet files ready to load.

    Args:
        path: the extract; what a file of a folder lacks is blank in its records.
        kinds: column -> type of the field it is for.

    Raises:
        ExtractError: it is no Parquet, it has a column that no field takes, or it changed while it was read.
    """
    import duckdb

    where, files = inspection.shown(path), files_of(path)
    before = identity_of(path)
    _refuse_others(path, files)
    listed = ", ".join(quoted(re.sub(r"[\[*?]", r"[\g<0>]", str(f.absolute()))) for f in files)
    hive = ", hive_partitioning=true, hive_types_autocast=false" if path.is_dir() else ", hive_partitioning=false"
    read = f"read_parquet([{listed}], union_by_name=true{hive})"
    try:
        with duckdb.connect(":memory:", config={"autoload_known_extensions": False}) as connection:
            described = connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()
            counted = connection.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata([{listed}])").fetchone()
    except duckdb.Error:
        message = "cannot be read as Parquet, or its files have a column of different types"
        raise ExtractError("extract-unloadable", message, where=where, instead="Write it again.") from None
    names = [str(name) for name, *_ in described]
    cells = [f"{_cell(name, kind, kinds.get(name))} AS c{i}" for i, (name, kind, *_) in enumerate(described)]
    relation = f"(SELECT {', '.join(cells)} FROM {read})"
    stopped = threading.Event()
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="digest"))
        stack.callback(stopped.set)

        def explain(error: Exception) -> ExtractError:
            if FRACTION in str(error):
                return fraction(where)
            return ExtractError("extract-unloadable", "could not be read to its end", where=where)

        yield Opened(
            columns=tuple(names),
            relation=relation,
            cells=relation,
            repairs=(),
            survey=_survey(sum(f.stat().st_size for f in files)),
            first_row=1,
            blank_rows=(),
            records=int(counted[0] or 0) if counted else None,
            header_like=True,
            delimiter="",
            explain=explain,
            sha256=pool.submit(digest_of, path, stopped),
        )
        refuse_changed(path, before)


def _refuse_others(path: Path, files: list[Path]) -> None:
    where = inspection.shown(path)
    if not files or not path.exists():
        raise ExtractError("extract-missing", "no Parquet file lies there", where=where, instead="Check the path.")
    for file in files:
        try:
            with file.open("rb") as stream:
                head = stream.read(4)
        except OSError as error:
            message = f"cannot be read: {error.strerror or type(error).__name__}"
            raise ExtractError("extract-unreadable", message, where=inspection.shown(file)) from None
        if head != b"PAR1":
            slug, message = ("extract-empty", "is empty") if not head else ("extract-not-parquet", "is no Parquet file")
            raise ExtractError(slug, message, where=inspection.shown(file), instead="Write the extract again.")


def _cell(name: str, kind: str, field: str | None) -> str:
    """Write a column as text."""
    column, kind = identifier(name), str(kind)
    if field is None:
        return "CAST(NULL AS VARCHAR)"
    if _AS_IT_IS.fullmatch(kind):
        return f"CAST({column} AS VARCHAR)"
    if kind in {"FLOAT", "DOUBLE"}:
        number = f"CAST({column} AS DOUBLE)"
        other = f"CAST({number} AS VARCHAR)"
        if field not in {"integer", "number"}:
            other = f"CASE WHEN {column} IS NOT NULL THEN error({quoted(FRACTION)}) END"
        whole = f"abs({number}) <= {WHOLE} AND trunc({number}) = {number}"
        return f"CASE WHEN {whole} THEN CAST(CAST({number} AS BIGINT) AS VARCHAR) ELSE {other} END"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"CAST({column} AT TIME ZONE 'UTC' AS VARCHAR)"
    if kind.startswith("TIMESTAMP"):
        return f"CAST(CAST({column} AS TIMESTAMP) AS VARCHAR)"
    raise no_text(name, kind.partition("(")[0].lower())


def _survey(size: int) -> Survey:
    return Survey(
        size=size, mark="", ascii=False, utf8=True, bad_line=None, nul_line=None, crlf=0, lf=0, cr=0, quotes=False,
        ended=True, blank_lines=False, blank_end=False,
    )  # fmt: skip
