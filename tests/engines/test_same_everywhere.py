"""The same project on every engine: all examples and a thousand odd tables are counted alike, group by group.

Spark takes minutes for the whole, so .ci/run has it judge a sample: the examples of every sixteenth rule, and the first
hundred of the thousand tables. `make same-everywhere` runs all.
"""

import random

import pytest
from lake import frame
from odd_tables import HEADERS, project_of, rows_of
from on import checked, on_postgres, on_spark, same, text_of, trimmed
from support import ROOT
from together import examples_of, judge_together

from everycase.project import Place, load_place

PROJECTS = [load_place(Place(root, "named")) for root in (ROOT, ROOT / "examples" / "nibrs_louisiana")]
#: shape of tables -> how many parts of a hundred tables
PARTS = {"cells": 7, "names": 3}
TABLES = 100
EVERY = [
    pytest.param(engine, shape, part, id=f"{engine}-{shape}-{part}",
                 marks=[pytest.mark.whole] if engine == "spark" and (shape, part) != ("cells", 0) else [])
    for engine in ("postgres", "spark") for shape, parts in PARTS.items() for part in range(parts)
]  # fmt: skip


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    return lambda shape: project_of(shape, folder / shape)


def on_duckdb(project, header, rows, folder):
    path = folder / "x.csv"
    path.write_text(text_of(header, rows), encoding="utf-8", newline="")
    return checked(project, "s", extracts={"s": path})


def judged(request, engine, project, header, rows, partitions=2):
    """Check rows where they lie on an engine."""
    if engine == "postgres":
        database = request.getfixturevalue("database")
        database.table("odd", header, rows)
        return checked(on_postgres(project, "s", database.url, table="odd"), "s")
    session = request.getfixturevalue("lake")
    return on_spark(project, "s", session, frame(session, header, rows).repartition(partitions))


@pytest.mark.parametrize(("engine", "shape", "part"), EVERY)
def test_a_hundred_odd_tables_are_counted_alike(request, projects, tmp_path, engine, shape, part):
    header, rows = HEADERS[shape], rows_of(shape, part, TABLES)
    reference = on_duckdb(projects(shape), header, rows, tmp_path)
    assert reference.problem is None or reference.problem.slug == "rule-not-judged", reference.problem
    refused = [(r.code, r.reason) for r in reference.rules if "engine" in r.reason or "failed on" in r.reason]
    assert refused == []
    assert len([g for g in reference.groups if g.field == "tbl"]) == TABLES
    found = judged(request, engine, projects(shape), header, rows)
    same(reference, found)
    assert trimmed(found) == trimmed(reference)


@pytest.mark.parametrize("shape", list(PARTS))
def test_the_groups_of_a_table_are_the_table_alone_and_add_up(projects, tmp_path, shape):
    header, rows = HEADERS[shape], rows_of(shape, 0, 12)
    place = header.index("tbl") if "tbl" in header else len(header) - 1
    together = on_duckdb(projects(shape), header, rows, tmp_path)
    for field in {g.field for g in together.groups}:
        groups = [g for g in together.groups if g.field == field]
        assert sum(g.records for g in groups) == together.records == len(rows)
        for rule in together.rules:
            counts = [g.rules[rule.code] for g in groups]
            assert (sum(c.passing for c in counts), sum(c.failing for c in counts),
                    sum(c.undetermined for c in counts)) == (
                rule.counts.passing, rule.counts.failing, rule.counts.undetermined)  # fmt: skip
    for group in [g for g in together.groups if g.field == "tbl"]:
        alone = on_duckdb(projects(shape), header, [r for r in rows if r[place] == group.value], tmp_path)
        assert {r.code: r.counts for r in alone.rules} == group.rules
        assert alone.records == group.records


@pytest.mark.parametrize("engine", ["duckdb", "postgres", pytest.param("spark", marks=pytest.mark.whole)])
def test_neither_order_nor_partitions_matter(request, projects, tmp_path, engine):
    header, rows = HEADERS["cells"], rows_of("cells", 0, 20)
    reference = on_duckdb(projects("cells"), header, rows, tmp_path)
    random.Random(5).shuffle(rows)
    if engine == "duckdb":
        same(reference, on_duckdb(projects("cells"), header, rows, tmp_path))
        return
    for partitions in (1, 7) if engine == "spark" else (1,):
        same(reference, judged(request, engine, projects("cells"), header, rows, partitions))


def _answers(server, asked):
    found = judge_together(server, asked)
    wrong = {}
    for one in asked:
        answers = found[one.name, one.expected]
        if answers != [one.expected] * len(one.records):
            wrong[one.name, one.expected] = answers
    assert wrong == {}


def test_the_examples_of_every_rule_are_judged_alike_on_postgresql(server):
    _answers(server, examples_of(PROJECTS))


def test_examples_are_judged_alike_on_spark(cluster):
    _answers(cluster, examples_of(PROJECTS)[::16])


@pytest.mark.whole
def test_the_examples_of_every_rule_are_judged_alike_on_spark(cluster):
    _answers(cluster, examples_of(PROJECTS))
