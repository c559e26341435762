"""What Spark reads, as a relation of text columns: a table, a DataFrame, Parquet files or delimited files.

Each value becomes the text that `readers.parquet` would make of it. What delimited files hold that another reader
might read otherwise stops the reading, in the same job that counts the records: nothing is repaired in silence.
"""

from __future__ import annotations

import hashlib
import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from everycase.engines import spark_delimited
from everycase.engines.spark_query import refuse_other_than_reading
from everycase.engines.spark_text import ILL_TEXT, literal
from everycase.errors import CouldNotCheckError, ExtractError
from everycase.outcome import ExtractFacts
from everycase.readers import parquet
from everycase.registry import table_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from contextlib import ExitStack
    from pathlib import Path

    from everycase.engines.spark_session import SparkServer
    from everycase.readers import Wanted
    from everycase.registry import Reader

_VIEW = "everycase_given"


@dataclass(slots=True)
class SparkRelation:
    """A relation of text columns c0, c1 and so on, and what it must hold.

    Attributes:
        records: what stands after FROM; the header rows of files are not in it.
        headed: the same with them, and a column `headed`; "" where there are none.
        names: the supplied names of the columns.
        files: how many header rows there must be.
        expected: how many records there must be, where that is known.
        facts: what is known before all was read.
        digest: of local files, on its way.
        complete: adds what is known once all was read.
        explain: turns a refusal into one that names the line, where it can be found.
    """

    server: SparkServer
    records: str
    names: list[str]
    facts: ExtractFacts
    headed: str = ""
    files: int = 0
    expected: int | None = None
    digest: Future[str] | None = None
    complete: Callable[[ExtractFacts], ExtractFacts] = lambda facts: facts
    explain: Callable[[CouldNotCheckError], CouldNotCheckError] = lambda error: error
    still: Callable[[], None] = field(default=lambda: None)

    def check_headers(self, found: int) -> None:
        """Refuse files that do not all begin with the same header row, or that hold it once more."""
        if found != self.files:
            message = f"the header row of the first file stands {found} times in {self.files} files"
            instead = "Each file must begin with the same header, and hold it once."
            raise ExtractError("header-differs", message, where=self.server.source_id, instead=instead)

    def check_records(self, found: int) -> None:
        """Refuse another number of records than the files are known to hold, and files that changed meanwhile."""
        self.still()
        if self.expected is not None and found != self.expected:
            message = f"{self.expected} records went in and {found} came out"
            raise ExtractError("records-lost", message, where=self.server.source_id, instead="Please report this.")

    def explained(self, error: CouldNotCheckError) -> CouldNotCheckError:
        """Say where the reason lies, if that can be found."""
        return self.explain(error)

    def completed(self, found: ExtractFacts) -> ExtractFacts:
        """Add the digest of the very files, and the repairs of reading."""
        found = replace(found, sha256=self.digest.result()) if self.digest is not None else found
        return self.complete(found)


def given_relation(
    server: SparkServer, given: Any, reader: Reader, session: Any, kinds: Mapping[str, str], resources: ExitStack
) -> SparkRelation:
    """Give the relation of a table, a query or a DataFrame.

    Args:
        server: with our settings.
        given: a DataFrame or the name of a table; None reads what the registry says.
        reader: of the registry.
        session: the one that was given, in which a name is looked up; None where there is none.
        kinds: column -> type of the field it is for.
        resources: drops what must stay as long as the run.

    Raises:
        ExtractError: there is no such table, the query does not only read, or a column has no text.
    """
    if given is not None:
        name, text = "DataFrame", "DataFrame"
        if isinstance(given, str):
            name, text = given, f"SELECT * FROM {_table(given)}"
            frame = server.ask(lambda: session.table(_table(given)))
        else:
            frame = given
        frame = _lent(server, frame, resources)
    elif reader.table is not None:
        name, text = reader.table, f"SELECT * FROM {_table(reader.table)}"
        frame = server.ask(lambda: server.session.table(_table(reader.table or "")))
    else:
        # NOTE: the line end closes a comment that the query may end in.
        read = (reader.query or "").strip().removesuffix(";")
        refuse_other_than_reading(read, server.source_id)
        name, text = "query", f"SELECT * FROM ({read}\n)"
        frame = server.ask(lambda: server.session.sql(text))
    if frame.isStreaming:
        message = "the table is a stream, which has no end"
        raise ExtractError("wrong-extract", message, where=server.source_id, instead="Give a table that is whole.")
    schema = text if name != "DataFrame" else frame.schema.json()
    facts = ExtractFacts(name, sha256=hashlib.sha256(schema.encode()).hexdigest(), reader="spark")
    return _texts(server, frame, facts, kinds)


def _table(name: str) -> str:
    """Write the name of a table with its parts in backticks."""
    parts = table_parts(name, most=3)
    if not parts:
        instead = 'Put a part that holds a dot in double quotes: "a.b".c'
        raise ExtractError("table-missing", "the name of the table is not written as schema.table", instead=instead)
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def _lent(server: SparkServer, frame: Any, resources: ExitStack) -> Any:
    """Read a DataFrame of another session in ours; what it was written with stays as it is."""
    # NOTE: a global view is the one thing that sessions of the same Spark share without being changed.
    view = f"everycase_{uuid.uuid4().hex}"
    server.ask(lambda: frame.createGlobalTempView(view))

    def drop() -> None:
        with suppress(Exception):  # with the whole Spark gone the view is too
            server.session.catalog.dropGlobalTempView(view)

    resources.callback(drop)
    database = server.ask(lambda: server.session.conf.get("spark.sql.globalTempDatabase", "global_temp"))
    return server.ask(lambda: server.session.table(f"{database}.{view}"))


def files_relation(
    server: SparkServer,
    path: Path | None,
    address: str,
    reader: Reader,
    wanted: Wanted,
    scratch: Path,
    resources: ExitStack,
) -> SparkRelation:
    """Give the relation of files.

    Args:
        server: with our settings.
        path: of a local file or folder; None where `address` says where the files lie.
        address: as Spark takes it, such as `s3a://bucket/folder`.
        reader: of the registry.
        wanted: the columns that the source is read with.
        scratch: a folder that only we can read.
        resources: closes what must stay as long as the run.

    Raises:
        ExtractError: they cannot be read as the registry says.
    """
    server.session.conf.set("spark.sql.caseSensitive", "true")
    if reader.kind == "parquet":
        read = server.session.read.option("mergeSchema", "true")
        before = parquet.identity_of(path) if path is not None else ()
        frame = server.ask(lambda: read.parquet(local_address(path) if path is not None else address))
        facts = _facts(path, address, reader)
        found = _texts(server, frame, facts, wanted.types)
    else:
        found, before = _delimited(server, path, address, reader, wanted, scratch, resources)
    if path is None:
        return found
    stopped = threading.Event()
    if found.digest is None:
        pool = resources.enter_context(ThreadPoolExecutor(1, thread_name_prefix="digest"))
        resources.callback(stopped.set)
        found.digest = pool.submit(parquet.digest_of, path, stopped)
    found.still = lambda: parquet.refuse_changed(path, before)
    server.still = found.still
    return found


def local_address(path: Path) -> str:
    """Write the path of a local file so that Spark takes none of its letters for a pattern."""
    return "file:" + re.sub(r"[\\{}\[\]*?]", r"\\\g<0>", str(path.absolute()))


def _facts(path: Path | None, address: str, reader: Reader) -> ExtractFacts:
    if path is None:
        return ExtractFacts(address.rstrip("/").rpartition("/")[2], reader=f"{reader.kind}, spark",
                            sha256=hashlib.sha256(address.encode()).hexdigest())  # fmt: skip
    size = sum(f.stat().st_size for f in parquet.files_of(path))
    return ExtractFacts(path.name, reader=f"{reader.kind}, spark", bytes=size)


def _delimited(
    server: SparkServer,
    path: Path | None,
    address: str,
    reader: Reader,
    wanted: Wanted,
    scratch: Path,
    resources: ExitStack,
) -> tuple[SparkRelation, tuple[tuple[int, ...], ...]]:
    before = parquet.identity_of(path) if path is not None else ()
    if path is not None and not path.is_dir():
        local = spark_delimited.local(path, reader, wanted, scratch, resources)
        found = spark_delimited.views(server, local_address(local.text), local.dialect, single=local.text != path)
        local.compare(found.names)
        relation = SparkRelation(
            server, found.records, list(local.columns), _facts(path, address, reader), headed=found.headed, files=1,
            expected=local.expected, complete=local.completed, explain=local.explained,
        )  # fmt: skip
        return relation, before
    dialect = spark_delimited.dialect_of(reader, server.source_id)
    found = spark_delimited.views(server, local_address(path) if path is not None else address, dialect)
    facts = _facts(path, address, reader)
    return SparkRelation(server, found.records, found.names, facts, headed=found.headed, files=found.files), before


# Values as text -------------------------------------------------------------------------------------------------------


def _texts(server: SparkServer, frame: Any, facts: ExtractFacts, kinds: Mapping[str, str]) -> SparkRelation:
    """Give the columns of a DataFrame as text, by position, whatever their names."""
    fields = frame.schema.fields
    names = [str(f.name) for f in fields]
    cells = [
        f"{text_sql(f.dataType, f'c{i}', f.name, kinds.get(f.name))} AS c{i}" for i, f in enumerate(fields)
    ] or ["NULL AS c0"]  # fmt: skip

    def make() -> None:
        frame.toDF(*(f"c{i}" for i in range(len(fields)))).selectExpr(*cells).createOrReplaceTempView(_VIEW)

    server.ask(make)
    return SparkRelation(server, _VIEW, names, facts)


def text_sql(kind: Any, column: str, name: str, field_type: str | None) -> str:
    """Write a column as text, as `readers.parquet` does.

    Args:
        kind: Spark's type.
        column: SQL of it.
        name: as supplied.
        field_type: of the field it is for; None where it is for none.

    Raises:
        ExtractError: it has no text.
    """
    if field_type is None:
        return "CAST(NULL AS STRING)"
    match str(kind.typeName()).partition("(")[0].partition(" ")[0]:
        case "string" | "char" | "varchar":
            text = f"CAST({column} AS STRING)"
            if getattr(kind, "collation", "UTF8_BINARY") not in {"UTF8_BINARY", None}:
                text = f"({text} COLLATE UTF8_BINARY)"
            return f"CASE WHEN is_valid_utf8({text}) THEN {text} WHEN {text} IS NOT NULL THEN {_raised(ILL_TEXT)} END"
        case "byte" | "tinyint" | "short" | "smallint" | "integer" | "int" | "long" | "bigint" | "decimal":
            return f"CAST({column} AS STRING)"
        case "boolean" | "date" | "timestamp" | "timestamp_ntz" | "void":
            return f"CAST({column} AS STRING)"
        case "float" | "double":
            number = f"CAST({column} AS DOUBLE)"
            other = f"CAST({number} AS STRING)"
            if field_type not in {"integer", "number"}:
                other = f"CASE WHEN {column} IS NOT NULL THEN {_raised(parquet.FRACTION)} END"
            whole = f"abs({number}) <= {parquet.WHOLE}D AND rint({number}) = {number}"
            return f"CASE WHEN {whole} THEN CAST(CAST({number} AS BIGINT) AS STRING) ELSE {other} END"
    raise parquet.no_text(name, str(kind.typeName()).partition("(")[0])


def _raised(text: str) -> str:
    return f"CAST(raise_error({literal(text)}) AS STRING)"
