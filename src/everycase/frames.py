"""Frames: a table of pandas, polars or pyarrow becomes an extract of text, and is read as any extract is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycase.errors import ExtractError, UsageError
from everycase.registry import Reader, Registry
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycase.project import Project

_KINDS = {("pandas", "DataFrame"), ("polars", "DataFrame"), ("pyarrow", "Table")}
_WHOLE = "TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT"
_AS_IT_IS = {*_WHOLE.split(), "VARCHAR", "BOOLEAN", "DATE", "TIME"}


def laid_out(project: Project, extracts: Mapping[str, Any], folder: Path) -> tuple[Project, dict[str, Path]]:
    """Write every frame among some extracts down as a file, and have the registry read it as what it is.

    Args:
        project: loaded.
        extracts: source -> path, frame, or for a source of several tables a mapping of table -> frame.
        folder: a private one; it must stay as long as the run.

    Returns:
        The project whose registry reads those files, and source -> path.

    Raises:
        UsageError: something is neither a path nor a frame, or a frame is missing for a table.
        ExtractError: a column of a frame has no form as text.
    """
    sources, paths = dict(project.sources), {}
    for name, given in extracts.items():
        project.choose([name])
        if isinstance(given, str | Path):
            paths[name] = Path(given)
            continue
        place = folder / f"{name}-frame"
        place.mkdir(mode=0o700)
        source = sources[name]
        if source.reader.kind == "xml":
            message = f"the records of the source '{name}' are nested in XML, which no frame says"
            raise UsageError("frame-kind", message, instead="Give the path of the file.")
        if source.reader.tables:
            tables = source.reader.tables
            if not hasattr(given, "keys") or _is_frame(given) or set(given) != set(tables):
                message = f"the source '{name}' has several tables: {', '.join(tables)}"
                raise UsageError("frame-kind", message, instead="Give a mapping with a frame for each of them.")
            for table in tables:
                _write(given[table], place / f"{table}.csv", f"{name}.{table}")
            update = {t: entry.model_copy(update={"file": f"{t}.csv"}) for t, entry in tables.items()}
            reader = Reader(tables=update, records=source.reader.records)
            paths[name] = place
        else:
            _write(given, place / f"{name}.frame", name)
            reader = Reader()
            paths[name] = place / f"{name}.frame"
        sources[name] = source.model_copy(update={"reader": reader})
    entry = project.registry.entry.model_copy(update={"sources": sources})
    return replace(project, registry=Registry(entry, project.registry.document)), paths


def _is_frame(given: Any) -> bool:
    return any((kind.__module__.partition(".")[0], kind.__name__) in _KINDS for kind in type(given).__mro__)


def _write(frame: Any, path: Path, where: str) -> None:
    """Write a frame as quoted text, each cell as an export of the same table would have it."""
    import duckdb

    if not _is_frame(frame):
        message = f"an extract is given as a '{type(frame).__name__}'"
        instead = "Give a path, or a DataFrame of pandas or polars, or a Table of pyarrow."
        raise UsageError("frame-kind", message, where=where, instead=instead)
    names = [str(n) for n in (frame.column_names if hasattr(frame, "column_names") else frame.columns)]
    if len({n.casefold() for n in names}) < len(names):
        # NOTE: the engine would rename the second in silence.
        raise ExtractError("header-duplicate", "two columns of the frame have the same name", where=where)
    if not names or len(frame) == 0:
        message = "the frame has no records"
        raise ExtractError("extract-no-records", message, where=where, instead="Export the extract again.")
    with duckdb.connect(":memory:", config={"autoinstall_known_extensions": False}) as connection:
        # NOTE: a column of mixed objects is text; guessing its type from the first rows would fail on the others.
        connection.execute("SET pandas_analyze_sample = 0")
        try:
            connection.register("frame", frame)
            described = connection.execute("DESCRIBE frame").fetchall()
        except ImportError:
            message = "a frame of polars is handed over by pyarrow, which is not installed"
            raise UsageError("frame-kind", message, where=where, instead="pip install pyarrow") from None
        except (duckdb.Error, TypeError, ValueError):
            raise _no_text(where) from None
        cells = ", ".join(_text(str(c[0]), str(c[1]), i, where) for i, c in enumerate(described, 1))
        target = quoted(str(path))
        try:
            connection.execute(f"COPY (SELECT {cells} FROM frame) TO {target} (FORMAT csv, HEADER, FORCE_QUOTE *)")
        except (duckdb.Error, TypeError, ValueError):
            # NOTE: what the engine says may quote a cell.
            raise _no_text(where) from None


def _no_text(where: str) -> ExtractError:
    message = "the frame could not be written as text"
    return ExtractError("frame-type", message, where=where, instead="Convert its columns to text or plain types.")


def _text(name: str, kind: str, position: int, where: str) -> str:
    """Write SQL for a cell as text: whole numbers without a point, dates as 2024-05-01, nothing as nothing."""
    cell = identifier(name)
    if kind in _AS_IT_IS or kind.startswith("ENUM"):
        written = f"CAST({cell} AS VARCHAR)"
    elif kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL"):
        # NOTE: a code becomes 1.0 where pandas had to make room for a missing one; as an export it is 1.
        whole = f"CAST(CAST({cell} AS HUGEINT) AS VARCHAR)"
        number = (
            f"CASE WHEN {cell} = trunc({cell}) AND abs({cell}) < 1e15 THEN {whole} ELSE CAST({cell} AS VARCHAR) END"
        )
        written = number if kind.startswith("DECIMAL") else f"CASE WHEN NOT isnan({cell}) THEN {number} END"
    elif kind.startswith("TIMESTAMP") and "TIME ZONE" not in kind:
        day = f"CAST({cell} AS DATE)"
        written = f"CASE WHEN {cell} = {day} THEN CAST({day} AS VARCHAR) ELSE strftime({cell}, '%Y-%m-%d %H:%M:%S') END"
    elif kind == '"NULL"':
        written = "NULL"
    else:
        message = f"column {position} of the frame has a type that has no form as text"
        raise ExtractError("frame-type", message, where=where, instead="Convert it to text, a date or a number.")
    return f"coalesce({written}, '') AS {cell}"
