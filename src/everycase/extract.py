"""From a source of the registry to a relation of text columns: where the extract lies and what it holds."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from everycase.cells import cell_sql, wanted_of
from everycase.errors import ExtractError
from everycase.outcome import ExtractFacts, Repair
from everycase.readers import Opened, Wanted
from everycase.readers.database import open_database
from everycase.readers.opening import kind_for, open_file
from everycase.registry import table_parts
from everycase.sqltext import identifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from everycase.registry import Reader, SourceEntry
    from everycase.suites import Suite


#: the column that numbers the records of a file before others are joined to it
ROW = "row in file"


@dataclass(frozen=True, slots=True)
class Relation:
    """An opened extract as one relation of text columns.

    Attributes:
        sql: what stands after FROM; the records in the order of the file.
        supplied: field -> SQL of its column.
        facts: name, size, repairs and so on; the digest is asked for when the load is done.
        opened: the files behind it, each with its name.
        also: further columns, name -> SQL, that tell of a join what was joined.
        unmatched: table -> the column that says whether a record refers to a partner which is not there.
        joined: whether several tables were joined; then the column `ROW` numbers the records before the join.
    """

    sql: str
    supplied: Mapping[str, str]
    facts: ExtractFacts
    opened: tuple[tuple[str, Opened], ...]
    path: Path
    also: Mapping[str, str]
    unmatched: Mapping[str, str]
    joined: bool = False

    @property
    def first_row(self) -> int:
        """Where a spreadsheet shows the first record."""
        return self.opened[0][1].first_row

    @property
    def blank_rows(self) -> tuple[int, ...]:
        """The rows that a spreadsheet shows as empty and that are no records."""
        return self.opened[0][1].blank_rows

    def explain(self, error: Exception) -> ExtractError:
        """Say why the load failed; where several files are joined the first that knows the reason speaks."""
        reasons = [opened.explain(error) for _, opened in self.opened]
        return next((r for r in reasons if r.slug != "unreadable"), reasons[0])

    def complete_facts(self, rows: int, repairs: list[Repair]) -> ExtractFacts:
        """Add what is known only once everything was read: the digest of the very bytes, and the rows."""
        return complete_facts(self.facts, self.opened, rows, repairs)


def complete_facts(
    facts: ExtractFacts, opened: Sequence[tuple[str, Opened]], rows: int, repairs: list[Repair]
) -> ExtractFacts:
    """Add to what is known of files what only reading them told: the digest of the very bytes, rows and repairs."""
    files = []
    for name, file in opened:
        seen = file.inspected()
        files.append((name, seen.sha256, seen.size))
        repairs = [*(file.repairs if len(opened) == 1 else _named(name, file.repairs)), *repairs]
    if len(files) == 1:
        digest, size = files[0][1], files[0][2]
    else:
        lines = "".join(f"{n}\0{d}\n" for n, d, _ in sorted(files))
        digest, size = hashlib.sha256(lines.encode()).hexdigest(), sum(b for _, _, b in files)
    listed = tuple(files) if len(files) > 1 else ()
    return replace(facts, sha256=digest, bytes=size, rows=rows, repairs=tuple(repairs), files=listed)


def _named(name: str, repairs: tuple[Repair, ...]) -> list[Repair]:
    """Say which of several files was put right."""
    return [replace(r, detail=f"{name}: {r.detail}") for r in repairs]


def resolve(source_id: str, source: SourceEntry, root: Path, given: Path | None) -> Path:
    """Find the file or folder of an extract.

    Args:
        source_id: for the message.
        source: its entry in the registry.
        root: what a relative path of the registry starts from.
        given: what --extract named; goes before the registry.

    Raises:
        ExtractError: nothing lies there, or more than one file fits.
    """
    if given is not None:
        if not given.exists():
            message = "the extract named by --extract does not exist"
            raise ExtractError("extract-missing", message, where=source_id, instead="Check the path.")
        return given
    instead = f"Put it there, or name it: --extract {source_id}=PATH."
    if source.extract is None:
        raise ExtractError("extract-missing", "the registry names no extract", where=source_id, instead=instead)
    pattern = Path(source.extract)
    base, parts = (Path(pattern.anchor), pattern.parts[1:]) if pattern.is_absolute() else (root, pattern.parts)
    literal = base.joinpath(*parts)
    if literal.exists():
        return literal
    found = sorted(base.glob("/".join(parts))) if parts else []
    if len(found) == 1:
        return found[0]
    if found:
        message = f"{len(found)} files fit '{source.extract}'"
        raise ExtractError("extract-ambiguous", message, where=source_id, instead=instead)
    raise ExtractError(
        "extract-missing", f"there is no extract at '{source.extract}'", where=source_id, instead=instead
    )


@contextmanager
def open_extract(source_id: str, source: SourceEntry, suite: Suite, path: Path, scratch: Path) -> Iterator[Relation]:
    """Open the file or files of an extract and find the column of every field.

    Raises:
        ExtractError: it cannot be read, or holds none of the expected columns.
    """
    with ExitStack() as stack:
        if source.reader.tables:
            yield _joined(source_id, source, suite, path, scratch, stack)
        else:
            yield _single(source_id, source, suite, path, scratch, stack)


def _open(path: Path, reader: Reader, wanted: Wanted, scratch: Path, stack: ExitStack) -> Opened:
    return stack.enter_context(open_file(path, reader, wanted, scratch))


def wanted_columns(source: SourceEntry, suite: Suite) -> dict[str, str]:
    """Give the supplied column of each field: the registry's where it says so, else one of the field's own name."""
    mapped = {field: column for column, field in source.columns.items()}
    before = f"{suite.table}." if suite.table else ""
    return {name: mapped.get(before + name, before + name).removeprefix(before) for name in suite.fields}


def _single(source_id: str, source: SourceEntry, suite: Suite, path: Path, scratch: Path, stack: ExitStack) -> Relation:
    wanted, kind = wanted_columns(source, suite), kind_for(path, source.reader)
    if kind == "database":
        parts = table_parts(source.reader.table) if source.reader.table else []
        opened = stack.enter_context(open_database(source_id, source.reader, parts, scratch))
    else:
        opened = _open(path, source.reader, wanted_of(suite, wanted), scratch, stack)
    places = {column: f"c{i}" for i, column in enumerate(opened.columns)}
    supplied, told = {}, []
    for field, column in wanted.items():
        if column in places:
            supplied[field], repair = cell_sql(places[column], suite.fields[field], column, source.reader, kind)
            told += [repair] if repair else []
    opened = replace(opened, repairs=(*opened.repairs, *told))
    if not supplied:
        message = f"none of the {len(wanted)} columns that the registry names is in the header"
        raise ExtractError("wrong-extract", message, where=source_id, instead="Is this the extract of this source?")
    extra = len(opened.columns) - len({wanted[f] for f in supplied})
    facts = ExtractFacts(path.name, reader=kind, extra_columns=extra)
    return Relation(opened.cells, supplied, facts, ((path.name, opened),), path, {}, {})


def open_files(source: SourceEntry, path: Path, scratch: Path, stack: ExitStack) -> dict[str, Opened]:
    """Open the files of a folder: file name -> opened, that of the records first.

    Raises:
        ExtractError: no folder, or a file is missing.
    """
    if not path.is_dir():
        message = "this source has several tables: its extract is a folder"
        raise ExtractError("wrong-extract", message, where=path.name)
    files: dict[str, Opened] = {}
    # NOTE: the table of the records goes first, since rows are numbered as in the first file.
    for table_name, table in sorted(source.reader.tables.items(), key=lambda item: item[0] != source.reader.records):
        name = table.file or ""
        if name not in files:
            if not (path / name).exists():
                message = f"the folder of the extract has no file '{name}'"
                raise ExtractError("extract-missing", message, where=path.name, instead="Export all tables together.")
            before = f"{table_name}."
            names = {c.removeprefix(before): f for c, f in source.columns.items() if c.startswith(before)}
            files[name] = _open(path / name, source.reader, Wanted(dict.fromkeys(names, "code")), scratch, stack)
    return files


def _joined(source_id: str, source: SourceEntry, suite: Suite, path: Path, scratch: Path, stack: ExitStack) -> Relation:
    """Join the tables of a folder to the one that the records come from, each record keeping its place."""
    base = source.reader.records or ""
    columns: dict[str, str] = {}
    files = open_files(source, path, scratch, stack)
    opened = {name: files[table.file or ""] for name, table in source.reader.tables.items()}
    for name, file in opened.items():
        for i, title in enumerate(file.columns):
            columns.setdefault(f"{name}.{title}", f"{identifier(name)}.c{i}")

    def column(name: str) -> str:
        if name not in columns:
            message = f"needs the column {name}, which this extract does not have"
            raise ExtractError("missing-column", message, where=source_id)
        return columns[name]

    read = f"(SELECT *, row_number() OVER () AS {identifier(ROW)} FROM {opened[base].relation}) AS {identifier(base)}"
    also = {ROW: f"{identifier(base)}.{identifier(ROW)}"}
    unmatched = {}
    for name, table in source.reader.tables.items():
        if name == base:
            continue
        pairs = [(column(f"{name}.{own}"), column(target)) for own, target in table.join.items()]
        on = " AND ".join(f"{a} = {b}" for a, b in pairs)
        read += f" LEFT JOIN {opened[name].relation} AS {identifier(name)} ON {on}"
        # NOTE: a blank refers to nothing, so only a reference that is filled can lack its partner.
        filled = " AND ".join(f"{b} IS NOT NULL" for _, b in pairs)
        unmatched[name] = f"{name} lacks a partner"
        also[unmatched[name]] = f"{pairs[0][0]} IS NULL AND {filled}"
    wanted = wanted_columns(source, suite)
    supplied = {f: columns.get(c) or columns[f"{base}.{c}"] for f, c in wanted.items()
                if c in columns or f"{base}.{c}" in columns}  # fmt: skip
    read += f" ORDER BY {identifier(base)}.{identifier(ROW)}"
    facts = ExtractFacts(path.name, reader=f"{source.reader.kind}, {len(opened)} tables joined")
    return Relation(read, supplied, facts, tuple(files.items()), path, also, unmatched, joined=True)
