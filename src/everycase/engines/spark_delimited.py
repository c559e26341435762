"""Delimited files on Spark: read by its own parser, and refused where that may have read them otherwise than others.

Spark's parser is lenient. It fills short rows up, keeps a quote that stands in the wrong place, puts a sign where
bytes are no text, and takes the rest of a file for a cell where a quote stays open. Each row is therefore looked at,
in the same job that counts the records, and the first one that may be any of this stops it. The header row of each
file is known by its cells: how often it stands there must be how many files there are.

A single local file is looked at by `readers.lines` first, as on DuckDB: so its encoding, header and blank rows are
treated alike, and what is wrong is named with its line.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from everycase.engines.spark_patterns import character
from everycase.engines.spark_text import NUL_BYTE, QUOTE_LATE, QUOTE_OPEN, RAGGED, UNDECODABLE, literal
from everycase.errors import CouldNotCheckError, EngineError, ExtractError
from everycase.outcome import Repair
from everycase.readers import BLANKS
from everycase.readers.lines import open_lines

if TYPE_CHECKING:
    from pathlib import Path

    from everycase.engines.spark_session import SparkServer
    from everycase.outcome import ExtractFacts
    from everycase.readers import Opened, Wanted
    from everycase.registry import Reader

_RAW = "everycase_rows"
#: stands between the cells of a row when they are looked at together
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the files are written; `lines` says whether a cell may hold line ends, so that no file can be cut up."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "UTF-8"
    lines: bool = True


@dataclass(frozen=True, slots=True)
class Views:
    """Two relations of the same files.

    Attributes:
        records: what stands after FROM; columns c0, c1 and so on.
        headed: the same with the header rows, empty but for a column `headed`.
        names: of the columns, without outer blanks.
        files: how many there are.
    """

    records: str
    headed: str
    names: list[str]
    files: int


@dataclass(frozen=True, slots=True)
class Local:
    """One local file that `readers.lines` has looked at, and the text that Spark is to read."""

    path: Path
    opened: Opened
    text: Path
    dialect: Dialect

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the names of its columns."""
        return self.opened.columns

    @property
    def expected(self) -> int | None:
        """Give how many records it has, where that is known without parsing it."""
        return self.opened.records

    def compare(self, names: list[str]) -> None:
        """Refuse a header that Spark reads otherwise."""
        if len(names) != len(self.columns):
            message = f"Spark reads {len(names)} columns where there are {len(self.columns)}"
            raise ExtractError("extract-unloadable", message, where=self.path.name, instead="Save it again as CSV.")

    def explained(self, error: CouldNotCheckError) -> CouldNotCheckError:
        """Name the line of what stopped Spark, where it can be found."""
        if not isinstance(error, ExtractError) or error.slug in {"extract-no-records", "column-fraction"}:
            return error
        found = self.opened.explain(error)
        return error if found.slug == "extract-unloadable" else found

    def completed(self, found: ExtractFacts) -> ExtractFacts:
        """Add what was put right before Spark read it, and the digest of the file as supplied."""
        seen, repairs = self.opened.inspected(), list(self.opened.repairs)
        inner = self.opened.inner_lines(found.rows)
        if inner:
            repairs.append(Repair("line_ends_in_cells", "line ends inside quoted cells", inner))
        trimmed = found.repairs
        return replace(found, sha256=seen.sha256, bytes=seen.size, repairs=(*repairs, *trimmed))


def local(path: Path, reader: Reader, wanted: Wanted, scratch: Path, resources: ExitStack) -> Local:
    """Look at one local file, and keep what had to be rewritten of it as long as the run."""
    stack = resources.enter_context(ExitStack())
    opening = open_lines(path, reader, wanted, scratch, plain=True)
    opened = opening.__enter__()

    def close() -> None:
        with suppress(ExtractError):  # whether the file changed was asked after each reading
            opening.__exit__(None, None, None)

    stack.callback(close)
    assert opened.text is not None  # noqa: S101 - a delimited file has one
    quotes = opened.survey.quotes if opened.quote == '"' else True
    dialect = Dialect(opened.delimiter, opened.quote, lines=quotes or opened.text != path)
    return Local(path, opened, opened.text, dialect)


def dialect_of(reader: Reader, source_id: str) -> Dialect:
    """Give the dialect of files that Spark alone can look at.

    Raises:
        EngineError: the header stands further down, which Spark cannot skip to.
    """
    if (reader.header_row or 1) != 1 or (reader.header_rows or 1) != 1:
        message = "Spark cannot skip the rows above the header of many files"
        raise EngineError("engine-lacks", message, where=source_id, instead="Leave them out, or send one local file.")
    return Dialect(reader.delimiter, reader.quote, reader.encoding or "UTF-8")


def views(server: SparkServer, address: str, dialect: Dialect, *, single: bool = False) -> Views:
    """Make the relations of some files.

    Args:
        server: with our settings.
        address: of a file, folder or pattern.
        dialect: how they are written.
        single: whether one column is enough, since blank cells are quoted.

    Raises:
        ExtractError: there is no file, or no header that can be used.
    """
    read = server.session.read.options(
        header="false",
        sep=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.quote,
        encoding=dialect.encoding,
        multiLine=str(dialect.lines).lower(),
        mode="PERMISSIVE",
        columnNameOfCorruptRecord="corrupt",
        columnPruning="false",
        ignoreLeadingWhiteSpace="false",
        ignoreTrailingWhiteSpace="false",
        unescapedQuoteHandling="RAISE_ERROR",
        maxColumns="100000",
        maxCharsPerColumn="-1",
    )
    first = server.ask(lambda: read.csv(address).first())
    if first is None:
        message = "has no header row"
        raise ExtractError("extract-empty", message, where=server.source_id, instead="Export the extract again.")
    header = list(first)
    names = [(cell or "").strip(BLANKS) for cell in header]
    if len(names) > 1 or not single:
        _refuse_names(names, server.source_id)
    cells = [f"c{i}" for i in range(len(header))]
    schema = ", ".join(f"{name} STRING" for name in [*cells, "corrupt"])
    frame = server.ask(lambda: read.schema(schema).csv(address))
    server.ask(lambda: frame.createOrReplaceTempView(_RAW))
    files = server.ask(lambda: len(frame.inputFiles()))
    heads = " AND ".join(f"{c} <=> {'NULL' if v is None else literal(v)}" for c, v in zip(cells, header, strict=True))
    kept = f"FROM {_RAW} WHERE {_refused(cells, dialect)}"
    blanked = ", ".join(f"CASE WHEN NOT ({heads}) THEN {c} END AS {c}" for c in cells)
    return Views(
        f"(SELECT {', '.join(cells)} {kept} AND NOT ({heads})) AS given",
        f"(SELECT {blanked}, CASE WHEN {heads} THEN 'h' ELSE '' END AS headed {kept}) AS given",
        names,
        files,
    )


def _refuse_names(names: list[str], source_id: str) -> None:
    if len(names) == 1:
        message = "has one column, whose blank cells Spark would take for blank lines"
        instead = "Is the delimiter right? Else send Parquet, or one local file."
        raise ExtractError("delimiter-wrong", message, where=source_id, instead=instead)
    for name in names:
        if name and names.count(name) > 1:
            places = ", ".join(str(i) for i, other in enumerate(names, 1) if other == name)
            # NOTE: the name is not said: a file without a header has a record in its first row.
            message = f"columns {places} have the same name"
            raise ExtractError("header-duplicate", message, where=source_id, instead="Give each column its own name.")


def _refused(cells: list[str], dialect: Dialect) -> str:
    """Write a test that is true for a row that can only be read in one way, and stops the job at any other."""
    filled = ", ".join(f"COALESCE({c}, '')" for c in cells)
    row = f"concat_ws({literal(_BETWEEN)}, {filled})"

    def contains(text: str) -> str:
        return f"contains({row}, {literal(text)})"

    def matches(pattern: str) -> str:
        return f"{row} RLIKE {literal(pattern)}"

    cut, quote = character(ord(dialect.delimiter)), character(ord(dialect.quote))
    blanks = "".join(character(ord(b)) for b in BLANKS)
    line = f"(?:[^{cut}\\n\\x1f]*{cut}){{{len(cells) - 1}}}[^{cut}\\n\\x1f]*"
    swallowed = f"\\n{line}(?:[\\n\\x1f]|\\z)|(?:\\A|\\x1f){line}\\n|\\n\\z"
    late = f"(?:\\A|\\x1f)[{blanks}]+{quote}"
    tests = [
        ("corrupt IS NOT NULL", RAGGED),
        (contains("\0"), NUL_BYTE),
        (contains("\ufffd"), UNDECODABLE),
        (f"{contains(dialect.quote)} AND {matches(late)}", QUOTE_LATE),
        (f"{contains(chr(10))} AND ({matches(swallowed)})", QUOTE_OPEN),
    ]  # fmt: skip
    whens = " ".join(f"WHEN {test} THEN CAST(raise_error({literal(text)}) AS BOOLEAN)" for test, text in tests)
    return f"CASE {whens} ELSE TRUE END"
