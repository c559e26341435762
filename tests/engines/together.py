"""The examples of many rules, judged by few statements: a statement a rule would take an engine minutes."""

from contextlib import closing
from dataclasses import dataclass, replace

from everycase.engines import duck_engine
from everycase.engines.pushed import profiled
from everycase.judging import Judgement
from everycase.model import Effective
from everycase.outcome import ExtractFacts
from everycase.plan import lay_out, write_plan
from everycase.rule import from_check
from everycase.testing import _PUSHED, ANSWERS, EXAMPLE_DAY, example_suite, given_sql

_AT_ONCE = 40


@dataclass
class Asked:
    """One table of examples, and the answer that each must be given."""

    name: str
    rule: object
    suite: object
    records: object
    expected: str
    day: object = EXAMPLE_DAY


def examples_of(projects):
    """List the examples of all checks and of all rules that a suite says itself; those of several tables are no one's
    but DuckDB's."""
    found = []
    for check in projects[0].catalogue:
        for expected in ("passing", "failing", "undetermined", "not_applicable"):
            if records := getattr(check, expected):
                suite, bindings = example_suite(check, projects[0].codelists, records)
                rule = from_check(check, bindings, check.place)
                found.append(Asked(check.code, rule, suite, records, expected))
    for project in projects:
        for source in project.sources:
            for rule in project.rules_of(source):
                if rule.check is not None or rule.native is not None or rule.gx_type or rule.table:
                    continue
                day = rule.effective.to or rule.effective.from_ or EXAMPLE_DAY
                for expected in ("passing", "failing"):
                    records = getattr(rule, expected)
                    found.append(Asked(f"{source} {rule.code}", rule, project.suite_of(source), records, expected, day))
    return found


def judge_together(server, asked):
    """Have a server judge all examples; gives (name, expected) -> answers, or why a rule is refused."""
    columns_of, reading_of = _PUSHED[type(server).__name__]
    answers, statements, layouts = {}, [], []
    with closing(duck_engine.Engine()) as engine:
        tables = engine.session()
        for number, one in enumerate(asked):
            columns = columns_of()
            plan = write_plan(one.suite, [replace(one.rule, effective=Effective())], columns, one.day)
            if plan.refused:
                answers[one.name, one.expected] = plan.refused[one.rule.code]
                layouts.append(None)
                continue
            layout = lay_out(plan, plan.judged, [], columns)
            given, supplied = given_sql(columns, one.suite, one.records)
            reading = reading_of(
                server, tables, given, one.suite.fields, supplied, columns, plan, ExtractFacts("examples")
            )
            reading.keep = {"rowid": "place"}
            fields = one.suite.fields
            relation = profiled(reading.base, fields, columns, plan, layout, [], keep={"rowid": "rowid"})
            statements.append(f"SELECT {number} AS item, rowid, p0 FROM {relation}")
            layouts.append(layout)
        found = {}
        for start in range(0, len(statements), _AT_ONCE):
            for item, place, profile in server.rows(" UNION ALL ".join(statements[start : start + _AT_ONCE])):
                found.setdefault(int(item), {})[int(place)] = int(profile)
        for number, places in found.items():
            one, layout = asked[number], layouts[number]
            tables.execute("CREATE OR REPLACE TABLE counted_0_0 (profile BIGINT)")
            tables.executemany("INSERT INTO counted_0_0 VALUES (?)", [[p] for p in places.values()])
            judgement = Judgement(tables, layout, 0)
            judgement.judge()
            _, column = judgement.place_of(one.rule.code)
            states = dict(tables.execute(f"SELECT profile, {column} FROM {judgement.judged(0)}").fetchall())
            answers[one.name, one.expected] = [ANSWERS[states[places[place]]] for place in sorted(places)]
    return answers
