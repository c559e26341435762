"""One side of a step: an extract read as text, and of each record only what linking compares."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycase.engines.duck_columns import DuckColumns
from everycase.engines.duck_engine import engine_error
from everycase.engines.duck_text import typed_cell
from everycase.errors import EngineError, ExtractError
from everycase.extract import open_extract, resolve
from everycase.functions import writer
from everycase.readers import BLANKS, no_records
from everycase.scope import Scope
from everycase.sqltext import identifier, quoted
from everycase.suite_files import Thresholds
from everycase.suites import FieldSpec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

    from everycase.check import Check
    from everycase.extract import Relation
    from everycase.pathways import FlagEntry, IdentifierEntry, LinkingEntry
    from everycase.project import Project
    from everycase.suites import Suite

#: the states of an identifier; the key of a step is in the worst state of its identifiers
STATES = ("valid", "invalid", "dummy", "none")
#: the area of a record whose code is not in the list
NO_AREA = "not in the code list"
#: the form of an identifier does not depend on the day
_DAY = dt.date(2000, 1, 1)
_BLANK = r"\s\pZ"
_SEPARATORS = rf"[{_BLANK}/\\.-]"


@dataclass(frozen=True, slots=True)
class Side:
    """An extract that was read.

    Attributes:
        table: its table on the connection: area, flag, day, sex, dob, youngest, ages, and of each identifier its
            normalised text and its state.
        sha256: of the extract as supplied.
        identifiers: those whose column the extract has.
        has: of flag, date, sex and dob those whose column the extract has.
    """

    source: str
    table: str
    file: str
    sha256: str
    records: int
    identifiers: frozenset[str]
    has: frozenset[str]


def read_side(
    project: Project, source_id: str, given: Path | None, connection: duckdb.DuckDBPyConnection, scratch: Path
) -> Side:
    """Read an extract into a table of what linking compares; nothing else of it is kept.

    Raises:
        CouldNotCheckError: it cannot be read.
    """
    import duckdb

    source, suite = project.sources[source_id], project.suite_of(source_id)
    linking = source.linking
    assert linking is not None  # noqa: S101 - `check_pathways` has looked
    if source.reader.kind in {"postgres", "database", "spark_table"} or source.reader.tables:
        message = "linking reads extracts that are one file each"
        raise EngineError("engine-lacks", message, where=source_id, instead="Name a file with --extract.")
    path = resolve(source_id, source, project.data_root, given)
    table = identifier(f"side {source_id}")
    with open_extract(source_id, source, suite, path, scratch) as relation:
        cells = _cells(relation, linking.columns)
        kinds = {k: f for k, f in linking.identifiers.items() if f in cells}
        columns = [*_of_record(cells, suite, linking, source.group_by[:1])]
        columns += [f"{cells[f]} AS {identifier(f'cell {k}')}" for k, f in kinds.items()]
        entries = project.registry.entry.identifiers
        told = [_state(k, entries[k], _check(project, entries[k])) for k in kinds]
        inner = f"SELECT {', '.join(columns)} FROM {relation.sql}"
        normal = ", ".join(
            f"regexp_replace(upper({c}), '{_SEPARATORS}', '', 'g') AS {identifier(f'key {k}')}, "
            f"regexp_replace(upper({c}), '[{_BLANK}]', '', 'g') AS {identifier(f'text {k}')}"
            for k, c in ((k, identifier(f"cell {k}")) for k in kinds)
        )
        drop = ", ".join(identifier(f"{part} {k}") for k in kinds for part in ("cell", "text"))
        staged = f"SELECT *{', ' + normal if normal else ''} FROM ({inner})"
        final = f"SELECT *{f' EXCLUDE ({drop})' if drop else ''}{''.join(', ' + t for t in told)} FROM ({staged})"
        try:
            connection.execute(f"CREATE TABLE {table} AS {final}")
            (records,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
        except duckdb.OutOfMemoryException as error:
            raise engine_error(error) from None
        except duckdb.Error as error:
            raise relation.explain(error) from None
        if not records:
            raise no_records(path)
        expected = relation.opened[0][1].records
        if expected not in {None, records}:
            message = f"{expected} records went in and {records} came out"
            raise ExtractError("records-lost", message, where=source_id)
        sha256 = relation.complete_facts(int(records), []).sha256
    had = {
        "flag": linking.flag.field if linking.flag else None,
        "date": linking.date,
        "sex": linking.sex,
        "dob": linking.dob,
    }
    has = frozenset(name for name, field in had.items() if field in cells)
    return Side(source_id, table, path.name, sha256, int(records), frozenset(kinds), has)


def _cells(relation: Relation, columns: list[str]) -> Mapping[str, str]:
    """Give the cell of every field and of every further column that the extract has."""
    names = relation.opened[0][1].columns
    for name in columns:
        if names.count(name) > 1:
            message = f"two columns are called '{name}'"
            raise ExtractError("header-duplicate", message, where=relation.path.name)
    return {**relation.supplied, **{n: f"c{names.index(n)}" for n in columns if n in names}}


def _of_record(cells: Mapping[str, str], suite: Suite, linking: LinkingEntry, group_by: list[str]) -> list[str]:
    """Write the columns that do not identify anybody but the date of birth, which is compared and never shown."""
    area = "''"
    if group_by and group_by[0] in cells:
        codelist = suite.fields[group_by[0]].codelist
        codes = ", ".join(quoted(c) for c in codelist.codes) if codelist else ""
        cell = _trimmed(cells[group_by[0]])
        area = f"CASE WHEN {cell} IN ({codes}) THEN {cell} ELSE {quoted(NO_AREA)} END"
    sex = _concepts(cells, suite, linking.sex)
    flag, youngest, ages = "NULL::VARCHAR", "NULL::BIGINT", "FALSE"
    if linking.flag is not None:
        flag = _concepts(cells, suite, linking.flag.field)
        if linking.flag.otherwise and linking.flag.field in cells:
            flag = f"coalesce({flag}, {quoted(linking.flag.otherwise)})"
        youngest, ages = _ages(cells, suite, linking.flag)
    dates = [f"{_date(cells, suite, n)} AS {as_}" for n, as_ in ((linking.date, "day"), (linking.dob, "dob"))]
    return [
        f"{area} AS area", f"{flag} AS flag", f"{sex} AS sex", *dates, f"{youngest} AS youngest", f"{ages} AS ages",
    ]  # fmt: skip


def _trimmed(cell: str) -> str:
    return f"trim({cell}, {quoted(BLANKS)})"


def _concepts(cells: Mapping[str, str], suite: Suite, field: str | None) -> str:
    """Write the concept that a code stands for; NULL for a blank, an unknown code, and an answer that is none."""
    listed = suite.fields[field].codelist if field is not None else None
    if field is None or field not in cells or listed is None:
        return "NULL::VARCHAR"
    whens = " ".join(
        f"WHEN {quoted(c.code)} THEN {quoted(c.concept)}"
        for c in listed.codes.values()
        if c.standing == "known" and c.concept is not None and c.when is None
    )
    return f"CASE {_trimmed(cells[field])} {whens} END" if whens else "NULL::VARCHAR"


def _date(cells: Mapping[str, str], suite: Suite, field: str | None) -> str:
    if field is None or field not in cells:
        return "NULL::DATE"
    return f"({typed_cell(suite.fields[field], _trimmed(cells[field]))})"


def _ages(cells: Mapping[str, str], suite: Suite, flag: FlagEntry) -> tuple[str, str]:
    """Write the lowest age that is known of those the definition names, and whether all ages are known."""
    if not flag.born or flag.on not in cells:
        return "NULL::BIGINT", "FALSE"
    on = _date(cells, suite, flag.on)

    def number(day: str) -> str:
        return f"(year({day}) * 10000 + month({day}) * 100 + day({day}))"

    ages = []
    for born in flag.born:
        at = _date(cells, suite, born)
        ages.append(f"CASE WHEN {at} <= {on} THEN ({number(on)} - {number(at)}) // 10000 END")
    youngest = f"least({', '.join(ages)})" if len(ages) > 1 else ages[0]
    return youngest, f"({' AND '.join(f'({a}) IS NOT NULL' for a in ages)})"


def _check(project: Project, kind: IdentifierEntry) -> Check | None:
    if kind.check is None:
        return None
    check = project.catalogue.find(kind.check)
    if check is None:
        raise project.withheld()
    return check


def _state(name: str, kind: IdentifierEntry, check: Check | None) -> str:
    """Write the state of an identifier."""
    key, text = identifier(f"key {name}"), identifier(f"text {name}")
    said = sorted({_bare(d) for d in kind.dummies} - {""})
    dummies = f" OR {key} IN ({', '.join(map(quoted, said))})" if said else ""
    same = f"(length({key}) >= 4 AND length(replace({key}, substr({key}, 1, 1), '')) = 0)"
    wrong = "FALSE"
    if check is not None:
        # NOTE: the form may ask for its separators, or forbid them.
        wrong = f"NOT coalesce({_requires(check, text)}, FALSE) AND NOT coalesce({_requires(check, key)}, FALSE)"
    return (
        f"CASE WHEN {key} IS NULL OR {key} = '' THEN 'none' WHEN {same}{dummies} THEN 'dummy' "
        f"WHEN {wrong} THEN 'invalid' ELSE 'valid' END AS {identifier(f'state {name}')}"
    )


def _bare(text: str) -> str:
    return "".join(c for c in text.upper() if not c.isspace() and c not in "/\\.-")


def _requires(check: Check, column: str) -> str:
    """Write what a check requires of one column of texts, its other parameters at their defaults."""
    (asked,) = [n for n, p in check.parameters.items() if p.default is None]
    name = column[1:-1].replace('""', '"')
    spec = FieldSpec(
        name=name, title=name, type="text", codelist=None, formats=("%Y-%m-%d",), pattern=None, required="always",
        valid=None, forced=None, thresholds=Thresholds(), why="", fix="", place=check.place,
    )  # fmt: skip
    home = Scope({"held": spec})
    bindings = {n: ("held" if n == asked else str(p.default), home) for n, p in check.parameters.items()}
    scope = Scope({"held": spec}, bindings=bindings)
    return writer(DuckColumns(), _DAY, home).truth(check.requires, scope, check.place).sql
