"""A Spark session of our own settings, in which nothing is written and which says nothing of what it read.

Either a Spark of our own is started and ended, or one that runs already is used: then the settings are those of a
session beside it, and it is left as it was found.
"""

from __future__ import annotations

import logging
import re
import signal
import subprocess
import threading
import uuid
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from everycase.engines import spark_text
from everycase.errors import CouldNotCheckError, EngineError, ExtractError
from everycase.readers.parquet import FRACTION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

#: what statements are written for; none of it is a setting of the cluster, so any session can have it
_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    "spark.sql.ansi.enforceReservedKeywords": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.variable.substitute": "false",
    "spark.sql.caseSensitive": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.legacy.exponentLiteralAsDecimal.enabled": "false",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    # NOTE: a record that cannot be read must stop the reading, not be left out of it.
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.csv.filterPushdown.enabled": "false",
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.parquet.binaryAsString": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    # NOTE: hundreds of conditions make a method so long that Java never compiles it; in pieces they run twice as fast.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.maxPlanStringLength": "0",
}
#: a Spark of our own opens no port to the network, keeps no history, and encrypts what it puts on disk for a while
_OWN = {
    "spark.app.name": "everycase",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.eventLog.enabled": "false",
    "spark.io.encryption.enabled": "true",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.shuffle.partitions": "16",
}
_LOCAL = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
_LOG = "rootLogger.level = off\n"
_TRY = "Try the same in spark-sql first."
#: condition, or the start of one -> slug, what is wrong, what to do instead
_CONDITIONS: dict[str, tuple[str, str, str]] = {
    "TABLE_OR_VIEW_NOT_FOUND": ("table-missing", "the catalog has no such table", "Write it as schema.table."),
    "SCHEMA_NOT_FOUND": ("table-missing", "the catalog has no such schema", "Write it as schema.table."),
    "PARSE_SYNTAX_ERROR": ("query-wrong", "the query of the registry is not one that reads", _TRY),
    "UNRESOLVED_COLUMN": ("query-wrong", "the query of the registry names a column that is not there", _TRY),
    "INSUFFICIENT_PERMISSIONS": ("database-permission", "the user may not read it", "Ask for SELECT on it."),
    "PATH_NOT_FOUND": ("extract-missing", "there is no such file", "Check the path in the registry."),
    "UNABLE_TO_INFER_SCHEMA": ("extract-missing", "no file of that kind lies there", "Check the path."),
    "CANNOT_READ_FILE_FOOTER": ("extract-unloadable", "a file cannot be read as Parquet", "Write it again."),
    "FAILED_READ_FILE": ("extract-unloadable", "a file cannot be read to its end", "Export it again."),
    "FAILED_MERGE_SCHEMA": ("extract-unloadable", "files of the extract have a column of different types",
                            "Write them with the same types."),
    "CANNOT_MERGE_SCHEMAS": ("extract-unloadable", "files of the extract have a column of different types",
                             "Write them with the same types."),
}  # fmt: skip
#: what our own statements raise -> the same
_RAISED: dict[str, tuple[str, str, str]] = {
    spark_text.TOO_LONG: (
        "engine-lacks", "a text is too long for Spark to match it against a pattern that repeats a group",
        "Write the pattern without the group, or check an extract on DuckDB."),
    spark_text.ILL_TEXT: (
        "encoding-undecodable", "a column of texts holds bytes that are not UTF-8", "Write the texts as UTF-8."),
    spark_text.RAGGED: (
        "ragged-row", "a row has more or fewer cells than the header",
        "Quote cells that hold the delimiter, and look for a broken line."),
    spark_text.NUL_BYTE: ("nul-byte", "holds a NUL byte, which no text has", "Export it again."),
    spark_text.UNDECODABLE: (
        "encoding-undecodable", "holds bytes that are no text in its encoding, or the sign that stands for such",
        "Set `encoding` of this source to what the supplier used."),
    spark_text.QUOTE_LATE: (
        "quote-unescaped", "a cell has blanks before its first quote, which readers take in different ways",
        "Leave the blanks out."),
    spark_text.QUOTE_OPEN: (
        "quote-open", "a quoted cell holds a whole row of its own, or the end of the file",
        "A quote was opened there and closed rows later: close it, or export the file again."),
    FRACTION: (
        "column-fraction",
        "a column of numbers with a point holds one that is not whole, and its field is a code, text or date",
        "Write the column as text."),
}  # fmt: skip


@dataclass(slots=True)
class SparkServer:
    """A session of our own settings, on a Spark that is ours or not.

    Attributes:
        session: whose settings are ours alone.
        still: refuses to go on where files changed since they were first looked at.
        tag: marks our jobs, so that they can be stopped.
    """

    session: Any
    source_id: str
    still: Callable[[], None] = lambda: None
    tag: str = field(default_factory=lambda: f"everycase-{uuid.uuid4().hex}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and fetch its rows.

        Raises:
            CouldNotCheckError: what Spark said is not repeated, since it may quote a cell.
        """
        rows: list[tuple[Any, ...]] = self.ask(lambda: [tuple(row) for row in self.session.sql(sql).collect()])
        return rows

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Run one statement and fetch its rows a part at a time."""
        self.still()
        # NOTE: the rows are shuffled first: else their parts would be worked out one after the other, as they are
        # asked for, instead of side by side.
        rows = self.ask(lambda: self.session.sql(sql).repartition(16).toLocalIterator())
        while (row := self.ask(lambda: next(rows, None))) is not None:
            yield tuple(row)

    def binds(self, sql: str) -> bool:
        """Say whether Spark takes a statement, without reading a record."""
        try:
            self.ask(lambda: self.session.sql(sql))
        except CouldNotCheckError:
            return False
        return True

    def ask(self, call: Callable[[], Any]) -> Any:
        """Do something in the session; whoever interrupts it stops its jobs.

        Raises:
            CouldNotCheckError: it failed.
        """
        try:
            with _tagged(self.session, self.tag):
                return call()
        except KeyboardInterrupt:
            with suppress(Exception):  # the interrupt matters more than why its message did not arrive
                self.session.interruptTag(self.tag)
            raise
        except CouldNotCheckError:
            raise
        except Exception as error:  # noqa: BLE001 - Spark, its driver and the way to it raise many kinds
            raise explained(error, self.source_id) from None


@contextmanager
def _tagged(session: Any, tag: str) -> Iterator[None]:
    session.addTag(tag)
    try:
        yield
    finally:
        with suppress(Exception):  # a session that is gone has no tags
            session.removeTag(tag)


def explained(error: Exception, source_id: str) -> CouldNotCheckError:
    """Say what went wrong by the condition or the class alone."""
    condition = str(_condition(error) or "")
    if condition == "USER_RAISED_EXCEPTION":
        said = str(getattr(error, "getMessageParameters", dict)() or "")
        found = next((about for text, about in _RAISED.items() if text in said), None)
        if found is not None:
            return _refusal(*found, source_id)
    for start, about in _CONDITIONS.items():
        if condition.startswith(start):
            return _refusal(*about, source_id)
    kind = condition or _java_class(error) or type(error).__name__
    kind = kind if re.fullmatch(r"[A-Za-z0-9_.$]{1,80}", kind) else type(error).__name__
    return EngineError("engine", f"Spark stopped with a failure of the kind {kind}", where=source_id)


def _refusal(slug: str, message: str, instead: str, source_id: str) -> CouldNotCheckError:
    kind = EngineError if slug in {"engine-lacks", "database-permission"} else ExtractError
    return kind(slug, message, where=source_id, instead=instead)


def _condition(error: Exception) -> str | None:
    """Give Spark's name of what went wrong; where a task failed it stands in a cause."""
    with suppress(Exception):
        named = error.getCondition()  # type: ignore[attr-defined]
        if named:
            return str(named)
    with suppress(Exception):
        cause = error.java_exception  # type: ignore[attr-defined]
        while cause is not None:
            with suppress(Exception):
                if cause.getCondition():
                    return str(cause.getCondition())
            cause = cause.getCause()
    return None


def _java_class(error: Exception) -> str:
    with suppress(Exception):
        return str(error.java_exception.getClass().getSimpleName())  # type: ignore[attr-defined]
    return ""


# Which Spark ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Spark:
    """The Spark that a run uses: one that was given, or one of our own, started when it is first asked for.

    Attributes:
        given: a session that runs; it is left as it was found, and never stopped.
        master, options: how to start our own.
        relations: source -> a DataFrame or the name of a table, before what the registry says.
    """

    given: Any = None
    master: str = "local[*]"
    options: Mapping[str, str] = field(default_factory=dict)
    relations: Mapping[str, Any] = field(default_factory=dict)
    _own: Any = None
    _resources: ExitStack = field(default_factory=ExitStack)

    def server(self, source_id: str, scratch: Path) -> SparkServer:
        """Open a session with our settings.

        Raises:
            ExtractError: pyspark or Java is not there, or Spark does not start.
        """
        base = self.given
        if base is None:
            if self._own is None:
                self._own = self._resources.enter_context(_started(self.master, self.options, scratch, source_id))
            base = self._own
        try:
            session = base.newSession()
            for name, value in _SETTINGS.items():
                session.conf.set(name, value)
        except Exception as error:  # noqa: BLE001 - a session that is stopped, or of a kind that has no other beside it
            kind = explained(error, source_id)
            instead = "Give a session of a Spark that runs in this process; Spark Connect is not supported."
            raise EngineError("spark-session", f"no session can be opened beside it: {kind.message}",
                              where=source_id, instead=instead) from None  # fmt: skip
        return SparkServer(session, source_id)

    def close(self) -> None:
        """Stop the Spark that we started, if we did."""
        self._resources.close()
        self._own = None


@contextmanager
def session_in_use(session: Any, relations: Mapping[str, Any] | None = None) -> Iterator[Spark]:
    """Have a run use a Spark that runs already, as on a cluster or in a notebook.

    Args:
        session: a `pyspark.sql.SparkSession`. Its settings are not changed, and it is not stopped.
        relations: source -> a DataFrame or the name of a table; for other sources the registry says what is read.

    Gives what stands as `spark` in `run.Options`.
    """
    spark = Spark(given=session, relations=dict(relations or {}))
    try:
        yield spark
    finally:
        spark.close()


@contextmanager
def _started(master: str, options: Mapping[str, str], scratch: Path, source_id: str) -> Iterator[Any]:
    """Start a Spark of our own in a process that is ended with it."""
    try:
        from pyspark import SparkConf, SparkContext
        from pyspark.java_gateway import launch_gateway
        from pyspark.sql import SparkSession
    except ImportError:
        message = "pyspark, which Spark is asked through, is not installed"
        instead = 'Install it, and Java 17: pip install "everycase[spark]".'
        raise ExtractError("spark-missing", message, where=source_id, instead=instead) from None
    if SparkContext._active_spark_context is not None:  # noqa: SLF001 - getOrCreate would silently take it
        message = "another Spark runs in this process already"
        instead = "Give its session: Options(spark=...), see docs/spark.md."
        raise ExtractError("spark-session", message, where=source_id, instead=instead)
    folder = scratch / "spark"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "log4j2.properties").write_text(_LOG, encoding="utf-8")
    settings = {
        **_OWN,
        **(_LOCAL if master.startswith("local") else {}),
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={(folder / 'log4j2.properties').as_uri()} "
        f"-Dderby.system.home={folder} -Djava.io.tmpdir={folder}",
        **options,
        "spark.master": master,
    }
    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    before = signal.getsignal(signal.SIGINT)
    quiet = _silenced("py4j", "pyspark")
    with quiet:
        gateway = None
        try:
            # NOTE: what Java and Spark print may quote cells; their process gets nowhere to print to.
            gateway = launch_gateway(conf, {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL})
            session = SparkSession(SparkContext(conf=conf, gateway=gateway))
        except Exception as error:  # noqa: BLE001 - no Java, a wrong option, a master that does not answer
            _ended(gateway)
            kind = explained(error, source_id)
            message = f"Spark does not start: {kind.message}"
            instead = "Check that Java 17 is there (java -version), and `engine` in sources.yaml."
            raise ExtractError("spark-start", message, where=source_id, instead=instead) from None
        finally:
            _restored(before)
        try:
            yield session
        finally:
            with suppress(Exception):
                session.stop()
            _ended(gateway)


def _restored(handler: Any) -> None:
    """Put the handler of Ctrl-C back that pyspark replaced; only the main thread can, and only there it did."""
    if threading.current_thread() is threading.main_thread() and handler is not None:
        signal.signal(signal.SIGINT, handler)


def _ended(gateway: Any) -> None:
    """End the process of Java, and have pyspark forget it, so that another Spark can be started."""
    from pyspark import SparkContext

    SparkContext._gateway = None  # noqa: SLF001 - pyspark has no other way
    SparkContext._jvm = None  # noqa: SLF001
    if gateway is None:
        return
    with suppress(Exception):
        gateway.shutdown()
    process = gateway.proc
    if process is not None:
        with suppress(Exception):
            process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _silenced(*names: str) -> Iterator[None]:
    """Keep loggers of Python quiet: they repeat what Java said."""
    loggers = [logging.getLogger(name) for name in names]
    before = [log.level for log in loggers]
    for log in loggers:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(loggers, before, strict=True):
            log.setLevel(level)
