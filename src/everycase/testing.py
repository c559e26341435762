"""Helpers for tests of rules: judge a few records by the very path that an extract takes.

Examples of a check are written in concepts: `{"da_flag": "no", "relationship": "wife"}`. A code field without a
concept list takes `female`, `male` and the standings; `name=value` is a code that carries that attribute; whatever
else stands there is a code that the list does not hold.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from everycase import example_tables
from everycase.codelists import STANDINGS, Code, Codelist
from everycase.engines import duck, duck_engine
from everycase.engines.duck_columns import DuckColumns
from everycase.engines.postgres import PgColumns, PgReading
from everycase.engines.pushed import PushedColumns
from everycase.engines.pushed_records import PushedPrepared
from everycase.engines.spark import SparkColumns, SparkReading
from everycase.errors import EverycaseError, UnsupportedError, nearest
from everycase.judging import Unit, read_all
from everycase.model import Effective, Reference
from everycase.outcome import ExtractFacts
from everycase.plan import Planned, write_plan
from everycase.rule import from_check
from everycase.suite_files import Example, FieldType, Thresholds
from everycase.suites import FieldSpec, Suite

if TYPE_CHECKING:
    from everycase.check import Check, Parameter
    from everycase.codelists import Codelists
    from everycase.engines import Prepared
    from everycase.engines.pushed_records import PushedReading, Server
    from everycase.judging import Judgement
    from everycase.plan import Plan
    from everycase.rule import Rule
    from everycase.run import CheckedSource

#: The day that stands for today in the examples of checks.
EXAMPLE_DAY = dt.date(2026, 6, 15)
ANSWERS = ("not_applicable", "passing", "failing", "undetermined")
_ATTRIBUTE = re.compile(r"attribute\((\w+),\s*'(\w+)'")
_MADE_UP = Reference(title="made up for examples")

Records: TypeAlias = Sequence[Mapping[str, str] | Example]


def judge_rule(
    rule: Rule, suite: Suite, records: Records, as_of: dt.date = EXAMPLE_DAY, server: Server | None = None
) -> list[str]:
    """Judge records, given as field -> text, by a rule of a suite.

    Where the suite has several tables a record may also say what the tables around it hold: `table.field` -> text of a
    record above it, and table -> the rows of another one that belong to the same.

    Args:
        rule: bound to the suite.
        suite: its fields.
        records: the table.
        as_of: the day that stands for today.
        server: whoever is asked where the data lie, PostgreSQL or Spark; None judges on DuckDB.

    Returns:
        For each record: passing, failing, undetermined or not_applicable. They are judged as one table, so that
        equal keys count.
    """
    for name in sorted({n for record in records for n in record}):
        if name not in suite.fields and name not in suite.reach and name not in suite.tables:
            # NOTE: it would be judged as a blank, and the example would say something that nobody meant.
            message = f"an example of {rule.code} gives '{name}', which is no field"
            raise EverycaseError("unknown-field", message, where=rule.place, instead=nearest(name, suite.fields))
    everywhere = replace(rule, effective=Effective())
    if suite.table:
        return example_tables.judge_records(everywhere, suite, records, as_of) if records else []
    columns = DuckColumns() if server is None else _PUSHED[type(server).__name__][0]()
    plan = write_plan(suite, [everywhere], columns, as_of)
    if rule.code in plan.refused:
        raise UnsupportedError("engine-lacks", plan.refused[rule.code], where=rule.place)
    given, supplied = given_sql(columns, suite, records)
    if isinstance(columns, PushedColumns) and server is not None:
        return _on_server(server, given, suite, supplied, columns, plan) if records else []
    assert isinstance(columns, DuckColumns)  # noqa: S101 - the only other engine
    with closing(duck_engine.Engine()) as engine:
        reading = duck.Reading(engine.session(), given, suite.fields, supplied, columns, plan)
        unit = Unit(Planned(suite, [everywhere], plan, columns), reading, [])
        read_all([unit])
        return (
            [ANSWERS[state] for _, state in states(_table(unit.prepared), unit.judgement, rule.code)] if records else []
        )


def given_sql(columns: DuckColumns | PushedColumns, suite: Suite, records: Records) -> tuple[str, dict[str, str]]:
    """Write records as a relation that stands after FROM, with their place in it.

    Returns:
        SQL, and field -> its column of texts.
    """
    names = [f"c{i}" for i in range(len(suite.fields))]
    rows = [
        f"({', '.join([str(place), *(columns.literal(str(r.get(f, ''))) for f in suite.fields)])})"
        for place, r in enumerate(records)
    ]
    empty = f"({', '.join([str(len(rows)), *('NULL' for _ in names)])})"
    given = f"(SELECT * FROM (VALUES {', '.join([*rows, empty])}) AS every(place, {', '.join(names)}) "
    return f"{given}WHERE place < {len(rows)}) AS given", dict(zip(suite.fields, names, strict=True))


def states(prepared: duck.Prepared, judgement: Judgement, code: str) -> list[tuple[int, int]]:
    """Give, for each record in order, its row in a spreadsheet and what a rule says of it.

    Returns:
        (row, state): 0 does not apply, 1 passes, 2 fails, 3 cannot be judged.
    """
    profile, column = judgement.place_of(code)
    found = prepared.rows(
        f'SELECT place, {column} FROM (SELECT {prepared.row} AS place, "profile {profile}" AS found '
        f"FROM {prepared.relation}) JOIN {judgement.judged(profile)} ON profile = found ORDER BY place"
    )
    return [(int(row), int(state)) for row, state in found]


def _table(prepared: Prepared) -> duck.Prepared:
    assert isinstance(prepared, duck.Prepared)  # noqa: S101 - as it was read
    return prepared


def failing_rows(checked: CheckedSource, code: str) -> list[int]:
    """Give the rows, as a spreadsheet shows them, of the records that fail a rule of a source."""
    assert isinstance(checked.prepared, duck.Prepared)  # noqa: S101 - a table of a database has no rows
    assert checked.judgement is not None  # noqa: S101 - it was read
    return [row for row, state in states(checked.prepared, checked.judgement, code) if state == 2]


#: class of a server -> the writer of its columns and the reading of its records
_PUSHED: dict[str, tuple[type[PushedColumns], type[PushedReading]]] = {
    "Server": (PgColumns, PgReading),
    "SparkServer": (SparkColumns, SparkReading),
}


def _on_server(
    server: Server, given: str, suite: Suite, supplied: Mapping[str, str], columns: PushedColumns, plan: Plan
) -> list[str]:
    facts, reading_of = ExtractFacts("examples"), _PUSHED[type(server).__name__][1]
    with closing(duck_engine.Engine()) as engine:
        tables = engine.session()
        reading = reading_of(server, tables, given, suite.fields, supplied, columns, plan, facts)
        reading.keep = {"rowid": "place"}
        (judged,) = plan.judged
        unit = Unit(Planned(suite, [judged.rule], plan, columns), reading, [])
        read_all([unit])
        prepared, judgement = unit.prepared, unit.judgement
        assert isinstance(prepared, PushedPrepared)  # noqa: S101 - as it was read
        profile, column = judgement.place_of(judged.rule.code)
        of_profile = dict(tables.execute(f"SELECT profile, {column} FROM {judgement.judged(profile)}").fetchall())
        relation = prepared.profiled({"rowid": "rowid"})
        return [ANSWERS[of_profile[p]] for (p,) in server.rows(f"SELECT p{profile} FROM {relation} ORDER BY rowid")]


def judge_check(
    check: Check, codelists: Codelists, records: Records, as_of: dt.date = EXAMPLE_DAY, server: Server | None = None
) -> list[str]:
    """Judge records, given as parameter -> concept or text, by a check."""
    suite, bindings = example_suite(check, codelists, records)
    return judge_rule(from_check(check, bindings, check.place), suite, records, as_of, server)


def assert_examples(check: Check, codelists: Codelists, server: Server | None = None) -> None:
    """Run every example of a check, and an empty table.

    Raises:
        AssertionError: an example is not judged as the check says, or an empty table yields a count.
    """
    groups = (check.passing, check.failing, check.undetermined, check.not_applicable)
    for expected, records in zip(("passing", "failing", "undetermined", "not_applicable"), groups, strict=True):
        for record, found in zip(records, judge_check(check, codelists, records, server=server), strict=True):
            if found != expected:
                message = f"{check.code}: {dict(record)} is {found}, not {expected}"
                raise AssertionError(message)
    if judge_check(check, codelists, (), server=server):
        message = f"{check.code}: an empty table yields a count"
        raise AssertionError(message)


def example_suite(check: Check, codelists: Codelists, records: Records) -> tuple[Suite, dict[str, str]]:
    """Make the suite that a check's examples are read by, and the bindings of its parameters."""
    fields: dict[str, FieldSpec] = {}
    bindings: dict[str, str] = {}
    for name, parameter in check.parameters.items():
        if parameter.default is not None and not any(name in r for r in records):
            bindings[name] = bindings.get(str(parameter.default), str(parameter.default))
            continue
        fields[name] = _field(name, parameter, check, codelists)
        bindings[name] = f"concept({name}) = 'yes'" if parameter.kind == "truth" else name
    suite = Suite("examples", "Examples", "", Effective(), fields, {}, (), check.place, lists=codelists)
    return suite, bindings


def _field(name: str, parameter: Parameter, check: Check, codelists: Codelists) -> FieldSpec:
    kinds: dict[str, FieldType] = {
        "code": "code", "truth": "code", "any": "text", "text": "text", "date": "date", "integer": "integer",
        "number": "number",
    }  # fmt: skip
    codelist = None
    if parameter.kind == "truth":
        codelist = _list({"yes": Code("yes", "Yes", "known", "yes"), "no": Code("no", "No", "known", "no")})
    elif parameter.kind == "code":
        codelist = _codelist(name, parameter, check, codelists)
    return FieldSpec(
        name=name,
        title=name,
        type=kinds[parameter.kind],
        codelist=codelist,
        formats=("%Y-%m-%d",),
        pattern=None,
        required="always",
        valid=None,
        forced=None,
        thresholds=Thresholds(),
        why="",
        fix="",
        place=check.place,
    )


def _codelist(name: str, parameter: Parameter, check: Check, codelists: Codelists) -> Codelist:
    """Give the concept list of a parameter, or make a list of the codes that the examples need; with all standings."""
    codes: dict[str, Code] = {}
    if parameter.concepts is not None:
        if parameter.concepts not in codelists:
            message = f"check '{check.name}' speaks of the concepts '{parameter.concepts}', which no code list holds"
            raise EverycaseError("unknown-codelist", message, where=check.place)
        codes.update(codelists[parameter.concepts].codes)
    else:
        codes.update({w: Code(w, w, "known", w) for w in ("female", "male")})
        asked = {a for f, a in _ATTRIBUTE.findall(f"{check.applies} {check.requires}") if f == name}
        for attribute in sorted(asked):
            codes[f"{attribute}=unused"] = Code(attribute, attribute, "known", None, attributes={attribute: "unused"})
        for record in (*check.passing, *check.failing, *check.undetermined, *check.not_applicable):
            attribute, sign, value = record.get(name, "").partition("=")
            if sign:
                code = record[name]
                codes[code] = Code(code, code, "known", None, attributes={attribute: value})
    for standing in STANDINGS[1:]:
        codes.setdefault(standing, Code(standing, standing, standing))
    return _list({k: Code(k, c.meaning, c.standing, c.concept, attributes=c.attributes) for k, c in codes.items()})


def _list(codes: Mapping[str, Code]) -> Codelist:
    vocabulary = frozenset(c.concept for c in codes.values() if c.concept)
    return Codelist("examples", "Examples", _MADE_UP, codes, vocabulary=vocabulary, concepts="examples")
