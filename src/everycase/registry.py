"""The registry: which agency sends what, where it lies and how to read it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from everycase.document import Document, read_document, validated
from everycase.model import Day, Model
from everycase.parts import Parts, check_parts
from everycase.pathways import IdentifierEntry, LinkingEntry, PathwayEntry  # noqa: TC001 - pydantic reads them
from everycase.scoring.settings import Scoring
from everycase.words import LANGUAGE

if TYPE_CHECKING:
    from pathlib import Path

_ENVIRONMENT = re.compile(r"\$\{([^}]*)\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FILES = {"dates", "thousands"}
_TEXT = {"delimiter", "encoding", "quote", "header_row", "header_rows", "member"}
_SHEETS = {"sheet", "password", "header_row", "header_rows"}
_KEYS = {
    "delimited": {*_TEXT, *_FILES, "records", "tables", "parts"},
    "spreadsheet": {*_SHEETS, *_FILES, "parts"},
    "parquet": {*_FILES, "parts"},
    "arrow": {*_FILES, "parts"},
    "fixed_width": {"layout", "encoding", "member", "header_row", "parts", *_FILES},
    "statistical": {*_FILES, "parts"},
    "database": {"url", "table", "query", *_FILES},
    "xml": {"tables", "xsd"},
    "postgres": {"url", "table", "query", "timeout"},
    "spark_table": {"table", "query"},
}
#: what may be said of an extract whose kind its own bytes tell
_ANY = {*_TEXT, *_SHEETS, *_FILES, "records", "tables", "parts"}
#: kinds whose records are no files
DATABASES = ("postgres", "database")
#: how dates may be said to be written -> the strptime pattern; serial numbers have none
DATE_FORMS = {
    "dd/mm/yyyy": "%d/%m/%Y",
    "dd-mm-yyyy": "%d-%m-%Y",
    "dd.mm.yyyy": "%d.%m.%Y",
    "mm/dd/yyyy": "%m/%d/%Y",
    "yyyy-mm-dd": "%Y-%m-%d",
    "yyyy/mm/dd": "%Y/%m/%d",
    "yyyymmdd": "%Y%m%d",
    "dd-mon-yyyy": "%d-%b-%Y",
    "excel": "",
    "excel1904": "",
}
_ID = re.compile(r"[a-z][a-z0-9_]*")


Share = Annotated[float, Field(ge=0, le=1)]


class Periods(Model):
    """The periods a source is expected to cover."""

    first: Day | None = None
    last: Day | None = None
    expected: list[str] = []


class Table(Model):
    """One of several tables that make up an extract.

    Attributes:
        file: the name of its file inside the extract's folder.
        join: column of this table -> `table.column` it equals; the table the records come from has none.
        path: in XML, the elements that its records are, as `Message/Children/Child`.
        repeats: in XML, whether an element that stands again within a record makes it another record.
    """

    file: str | None = None
    join: dict[str, str] = {}
    path: str | None = None
    repeats: bool = False


class Rulesets(Model):
    """The suites of a source whose rules change from year to year.

    Attributes:
        by: `table.field`, the date in the extract that says which year it is of: each suite is in force for a year.
        suites: the year as people say it -> the suite that is in force then; a later one extends an earlier.
    """

    by: str
    suites: dict[str, str] = Field(min_length=1)


class Column(Model):
    """A column of a fixed-width file: `start` is its first character, counted from 1."""

    name: str = Field(min_length=1)
    start: int = Field(ge=1, le=100_000)
    length: int = Field(ge=1, le=10_000)


class Reader(Model):
    """How an extract is read.

    Attributes:
        kind: `delimited`, `spreadsheet`, `parquet`, `arrow`, `fixed_width` or `statistical` for files, `xml` for a file
            of several tables, `postgres` for a table or query that is judged where it lies, `database` for one that is
            fetched, `spark_table` for one of the catalog of Spark, which only that engine reads. Where it is left out,
            the bytes of a file tell its kind.
        url: SQLAlchemy URL of the database, with a password best as `${NAME}`; it is never shown.
        table: `schema.table`, each part in double quotes where it holds a dot; for Spark `catalog.schema.table` too.
        query: one statement that reads, instead of a table.
        timeout: seconds after which the server stops a statement.
        xsd: an XML Schema, from the project's folder, that the file is compared with; what differs is reported.
        header_row: where the header stands; where it is left out, the row that holds most of the wanted names.
        header_rows: how many rows the header takes; they are joined by a space.
        sheet: the sheet of a workbook, or a pattern such as `Data*`.
        password: what opens a workbook; write it as `${NAME}`, it is never shown.
        member: the file in a zip archive, or a pattern, where it holds several.
        layout: the columns of a fixed-width file.
        dates: column -> how its dates are written: `dd/mm/yyyy`, `yyyy-mm-dd`; serial numbers `excel`, `excel1904`.
        thousands: what separates the thousands in numbers.
        parts: where the extract is a folder of files of one form.
    """

    kind: Literal[
        "delimited", "spreadsheet", "parquet", "arrow", "fixed_width", "statistical", "database", "xml", "postgres",
        "spark_table",
    ] = "delimited"  # fmt: skip
    url: str | None = Field(default=None, repr=False)
    table: str | None = None
    query: str | None = None
    timeout: int = Field(default=3600, ge=1, le=604800)
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str | None = None
    quote: str = Field(default='"', min_length=1, max_length=1)
    header_row: int | None = Field(default=None, ge=1, le=1000)
    header_rows: int | None = Field(default=None, ge=1, le=3)
    sheet: str | None = Field(default=None, min_length=1)
    password: str | None = Field(default=None, repr=False)
    member: str | None = Field(default=None, min_length=1)
    layout: list[Column] = []
    dates: dict[str, str] = {}
    thousands: Literal[",", ".", " ", "'"] | None = None
    records: str | None = None
    tables: dict[str, Table] = {}
    xsd: str | None = None
    parts: Parts | None = None


class SourceEntry(Model):
    """One source of sources.yaml.

    Attributes:
        owner: the role, never the person, that answers for the data.
        extract: path or glob of the file, from the project; `${NAME}` is read from the environment. A source of Parquet
            may be a folder, and on Spark the address of one, such as `s3a://bucket/folder`.
        columns: supplied column -> standard field; a field not named here has a column of its own name.
        keys: fields that together identify a record; empty where the source has no key, and then
            no record is ever called a duplicate.
        group_by: code fields whose values the counts are split by.
        period: the date field that places a record in time.
        thresholds: rule code -> share of failing records that is allowed.
        tolerance: percentage points by which a share may get worse against the baseline before it counts.
        sample: the module of samples/ that makes up an extract of this source.
        dip_sample: from the project's folder, what `everycase dip-sample --read` found of the extract.
        scoring: bands, tolerated defaults and critical data of this source, in the place of the project's.
        rulesets: where rules change from year to year, the suite of each; `suite` is the newest.
        linking: what of its records is compared with other sources, for `everycase link`.
    """

    title: str
    agency: str
    owner: str
    description: str
    jurisdiction: str
    cadence: str
    legal_basis: str
    suite: str
    periods: Periods = Periods()
    extract: str | None = None
    reader: Reader = Reader()
    columns: dict[str, str] = {}
    keys: list[str] = []
    group_by: list[str] = []
    period: str | None = None
    thresholds: dict[str, Share] = {}
    tolerance: float = Field(default=1.0, ge=0, le=100)
    sample: str | None = None
    scoring: Scoring | None = None
    dip_sample: str | None = None
    rulesets: Rulesets | None = None
    linking: LinkingEntry | None = None


class ProjectEntry(Model):
    """What the project is called, and in which language its reports are written.

    Attributes:
        keep_days: older runs are removed from the ledger, except accepted ones and the newest; all stay where None.
    """

    id: str
    title: str
    language: str = LANGUAGE
    keep_days: int | None = Field(default=None, ge=1)


class EngineEntry(Model):
    """Which engine reads files, and how Spark is started; `--engine` goes before `kind`.

    Attributes:
        kind: `duckdb`, or `spark` for data that one machine does not hold.
        master: where Spark runs, as Spark writes it: `local[4]`, `spark://host:7077`, `yarn`.
        options: Spark's own settings by name; `${NAME}` is read from the environment.
    """

    kind: Literal["duckdb", "spark"] = "duckdb"
    master: str = "local[*]"
    options: dict[str, str | int | bool] = Field(default={}, repr=False)


class RegistryFile(Model):
    """The whole of sources.yaml.

    Attributes:
        synonyms: field -> other names that its column goes by, for `everycase map`.
        identifiers: kinds of identifier by which records of several sources are linked.
        pathways: how sources follow one another, for `everycase link`.
    """

    version: Literal[1]
    project: ProjectEntry
    engine: EngineEntry = EngineEntry()
    synonyms: dict[str, list[str]] = {}
    scoring: Scoring = Scoring()
    sources: dict[str, SourceEntry]
    identifiers: dict[str, IdentifierEntry] = {}
    pathways: dict[str, PathwayEntry] = {}


class Registry:
    """The sources of a project, in the order of the file."""

    def __init__(self, entry: RegistryFile, document: Document) -> None:
        self.entry = entry
        self.document = document
        self.sources = entry.sources

    @classmethod
    def read(cls, path: Path, root: Path) -> Registry:
        """Read sources.yaml.

        Raises:
            ConfigurationError: naming file and line, with the nearest right name for an unknown key.
        """
        document = read_document(path, path.relative_to(root).as_posix())
        data = _expanded(document)
        entry = validated(RegistryFile, document, data)
        if not entry.sources:
            raise document.refuse("missing-key", "names no source", ("sources",))
        for name, source in entry.sources.items():
            place = ("sources", name)
            if not _ID.fullmatch(name):
                message = f"'{name}' is no usable id: use small letters, digits and underlines"
                raise document.refuse("wrong-value", message, place)
            _check_kind(source.reader, document, (*place, "reader"))
            _check_tables(source, document, place)
            if source.reader.parts is not None:
                several = bool(source.reader.tables) or source.rulesets is not None
                check_parts(source.reader.parts, document, (*place, "reader", "parts"), several=several)
        return cls(entry, document)


def _check_kind(reader: Reader, document: Document, place: tuple[str, ...]) -> None:
    """Refuse keys that belong to another kind of reader, and a database without exactly one table or query."""
    said, kind = "kind" in reader.model_fields_set, reader.kind
    wrong = sorted(reader.model_fields_set - {"kind"} - (_KEYS[kind] if said else _ANY))
    if wrong:
        message = f"'{wrong[0]}' is not a key of a reader of the kind '{kind}'"
        raise document.refuse("unknown-key", message, (*place, wrong[0]))
    for column, form in reader.dates.items():
        if form not in DATE_FORMS:
            message = f"'{form}' is not a way to write dates that is known"
            raise document.refuse("wrong-value", message, (*place, "dates", column), f"Use {', '.join(DATE_FORMS)}.")
    if kind == "fixed_width" and not reader.layout:
        raise document.refuse("missing-key", "a reader of the kind 'fixed_width' needs a 'layout'", place)
    if kind not in {*DATABASES, "spark_table"}:
        return
    if kind in DATABASES and reader.url is None:
        raise document.refuse("missing-key", f"a reader of the kind '{kind}' needs a 'url'", place)
    if (reader.table is None) == (reader.query is None):
        message = f"a reader of the kind '{kind}' needs exactly one of 'table' and 'query'"
        raise document.refuse("missing-key", message, place)
    if reader.table is not None and not table_parts(reader.table, 3 if kind == "spark_table" else 2):
        message = "'table' is not written as schema.table"
        instead = 'Put a part that holds a dot in double quotes: "a.b".c'
        raise document.refuse("wrong-value", message, (*place, "table"), instead)


def table_parts(table: str, most: int = 2) -> list[str]:
    """Split `schema.table` into its parts; [] where it is no such name, or has more parts than `most`.

    >>> table_parts('police."crimes.2026"')
    ['police', 'crimes.2026']
    """
    part = r'"(?:[^"]|"")+"|[^".]+'
    if not re.fullmatch(f"(?:{part})(?:[.](?:{part})){{0,{most - 1}}}", table):
        return []
    return [p[1:-1].replace('""', '"') if p.startswith('"') else p for p in re.findall(part, table)]


def _check_tables(source: SourceEntry, document: Document, place: tuple[str, ...]) -> None:
    """Refuse a set of tables that cannot be joined into one record each."""
    tables = source.reader.tables
    path = (*place, "reader", "tables")
    if not tables:
        return
    own, other = ("path", "file") if source.reader.kind == "xml" else ("file", "path")
    for name, table in tables.items():
        if getattr(table, own) is None:
            raise document.refuse("missing-key", f"table '{name}' needs a '{own}'", (*path, name))
        keys = (other, "join") if own == "path" else (other, "repeats")
        wrong = [key for key in keys if getattr(table, key)]
        if wrong:
            message = f"'{wrong[0]}' is not a key of a table there"
            raise document.refuse("unknown-key", message, (*path, name))
    if source.reader.kind == "xml":
        return
    base = source.reader.records
    if base is not None and base not in tables:
        message = "'records' must name the table that the records come from"
        raise document.refuse("missing-key", message, (*place, "reader"))
    if base is None:
        # NOTE: each table has records of its own then; the suite says which belongs to which.
        return
    seen = {base}
    for name, table in tables.items():
        if name == base:
            if table.join:
                raise document.refuse("wrong-value", "the table of the records joins nothing", (*path, name))
            continue
        if not table.join:
            raise document.refuse("missing-key", f"table '{name}' needs a 'join'", (*path, name))
        for target in table.join.values():
            if target.partition(".")[0] not in seen:
                message = f"'{target}' must name a table above this one"
                raise document.refuse("wrong-value", message, (*path, name, "join"))
        seen.add(name)


def _expanded(document: Document) -> Any:
    """Put in the environment's values where the file asks for them by ${NAME}, and nowhere else."""

    def walk(value: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, dict):
            return {k: walk(v, (*path, k)) for k, v in value.items()}
        if isinstance(value, list):
            return [walk(v, (*path, i)) for i, v in enumerate(value)]
        if isinstance(value, str) and "${" in value:
            return _ENVIRONMENT.sub(lambda m: _variable(m.group(1), document, path), value)
        return value

    return walk(document.data, ())


def _variable(name: str, document: Document, path: tuple[str | int, ...]) -> str:
    if not _VARIABLE.fullmatch(name):
        message = "what stands between ${ and } is not the name of a variable"
        raise document.refuse("wrong-value", message, path)
    value = os.environ.get(name)
    if value is None:
        message = f"the environment variable {name} is not set"
        raise document.refuse("environment", message, path, f"Set {name}, or write the value.")
    return value
