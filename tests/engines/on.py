"""How one project is read by each engine, and what must then be the same."""

import csv
import io

from support import AS_OF

from everycase.engines.spark_session import Spark
from everycase.run import Options, run


def on_postgres(project, source, url, **reader):
    """Give the project with one source read from a database."""
    entry = project.sources[source]
    read = entry.reader.model_copy(update={"kind": "postgres", "url": url, "timeout": 60, **reader})
    project.sources[source] = entry.model_copy(update={"reader": read})
    return project


def with_reader(project, source, extract=None, **reader):
    """Give the project with another reader of one source, and another extract where one is named."""
    entry = project.sources[source]
    changed = {"reader": entry.reader.model_copy(update=reader)}
    if extract is not None:
        changed["extract"] = str(extract)
    project.sources[source] = entry.model_copy(update=changed)
    return project


def checked(project, source, **options):
    with run(project, Options(as_of=AS_OF, sources=(source,), **options)) as opened:
        return opened.result().sources[0]


def on_spark(project, source, session, relation=None, **options):
    """Check one source on a Spark that runs, from a DataFrame or table where one is given."""
    relations = {} if relation is None else {source: relation}
    return checked(project, source, spark=Spark(given=session, relations=relations), **options)


def same(one, other):
    """Say what two results of a source count, side by side."""
    assert {r.code: (r.counts, r.status, r.reason) for r in other.rules} == {
        r.code: (r.counts, r.status, r.reason) for r in one.rules
    }
    assert {f.name: f for f in other.fields} == {f.name: f for f in one.fields}
    assert other.groups == one.groups
    assert (other.problem, other.records) == (one.problem, one.records)
    assert other.status == one.status


def trimmed(source):
    """Give the repairs that every engine counts."""
    return tuple(r for r in source.extract.repairs if r.kind == "trimmed")


def text_of(header, rows):
    """Write a CSV file with every cell quoted, so that no cell can be taken for anything else."""
    made = io.StringIO()
    csv.writer(made, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([header, *rows])
    return made.getvalue()
