"""The same project on PostgreSQL: equal counts, one scan, nothing written, nothing told."""

import csv
import io

import pytest
from canaries import written
from making import load_folder, make_project, rule
from on import checked, on_postgres, same
from support import AS_OF, ROOT

from everycase.engines.pg_server import Server
from everycase.error_pages import PAGES
from everycase.errors import ConfigurationError, CouldNotCheckError
from everycase.project import Place, load_place
from everycase.reporting import failing_csv
from everycase.run import Options, run
from everycase.sampling import write_sample

CANARY = "canary-5417-secret"


# Equal counts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["police_recorded_crime", "met_homicides", "police_da_incidents"])
def test_a_table_gives_the_counts_of_the_file_it_was_loaded_from(database, project, tmp_path, source):
    path = write_sample(project, source, 1000, 7, AS_OF, tmp_path).extract
    database.load(source, path)
    from_file = checked(load_place(Place(ROOT, "named")), source, extracts={source: path})
    project = load_place(Place(ROOT, "named"))
    from_table = checked(on_postgres(project, source, database.url, table=f"public.{source}"), source)
    same(from_file, from_table)
    assert (from_table.extract.name, from_table.extract.reader) == (f"public.{source}", "postgres")
    wanted = [r for r in from_file.extract.repairs if r.kind == "trimmed"]
    assert [r for r in from_table.extract.repairs if r.kind == "trimmed"] == wanted
    query = f'SELECT * FROM "{source}" -- all of it'
    from_query = checked(on_postgres(project, source, database.url, table=None, query=query), source)
    same(from_file, from_query)
    assert from_query.extract.name == "query"


# What leaves, and what it costs ---------------------------------------------------------------------------------------


def test_the_tally_is_one_sequential_scan(database, extracts, monkeypatch):
    source = "police_recorded_crime"
    database.load(source, extracts[source].extract)
    project = on_postgres(load_place(Place(ROOT, "named")), source, database.url, table=source)
    asked = []
    running = Server.rows

    def recorded(self, sql):
        asked.append(sql)
        return running(self, sql)

    monkeypatch.setattr(Server, "rows", recorded)
    with run(project, Options(as_of=AS_OF, sources=(source,))) as opened:
        (tally,) = [sql for sql in asked if "GROUPING SETS" in sql]
        plan = "\n".join(r[0] for r in opened.checked[0].prepared.rows(f"EXPLAIN {tally}"))
    assert plan.count("Seq Scan on") == 1, plan
    assert "Join" not in plan


def test_only_tallies_and_the_keys_of_failing_records_leave_the_server(database, extracts, tmp_path):
    """The server's own statistics say how many rows each statement sent."""
    source = "police_recorded_crime"
    database.load(source, extracts[source].extract)
    database.run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    project = on_postgres(load_place(Place(ROOT, "named")), source, database.url, table=source)
    database.run("SELECT pg_stat_statements_reset()")
    with run(project, Options(as_of=AS_OF, sources=(source,))) as opened:
        failing_csv.write(opened, next(r for r in project.reports if r.report == "owner"), tmp_path / "failing.csv")
    sent = database.run("SELECT query, rows FROM pg_stat_statements").fetchall()
    with (tmp_path / "failing.csv").open(encoding="utf-8-sig", newline="") as lines:
        failing = {line["key"] for line in csv.DictReader(lines)}
    tally = [rows for query, rows in sent if "GROUPING SETS" in query]
    keys = [rows for query, rows in sent if query.startswith("FETCH")]
    others = [rows for query, rows in sent if "GROUPING SETS" not in query and not query.startswith("FETCH")]
    assert len(tally) == 1
    with extracts[source].extract.open(encoding="utf-8-sig", newline="") as lines:
        named = sum(line["crime_ref"].strip() in failing for line in csv.DictReader(lines))
    assert len(failing) <= sum(keys) <= named  # a key that stands twice is listed for two records
    assert max(others) <= 14


def test_nothing_can_be_written(database, server):
    database.table("written", ["k"], [["a"]])
    for sql in ("INSERT INTO written VALUES ('b')", "CREATE TABLE more (k text)", "DROP TABLE written"):
        with pytest.raises(CouldNotCheckError) as told:
            server.rows(sql)
        assert told.value.slug == "database-read-only"
    assert server.rows("SELECT count(*) FROM written") == [(1,)]


@pytest.mark.parametrize("query", [
    "SELECT 1 AS k) AS x; COMMIT; CREATE TABLE made_by_query (k text); SELECT * FROM (SELECT 1 AS k",
    "WITH gone AS (DELETE FROM kept RETURNING k) SELECT * FROM gone",
    "SELECT nextval('counter')::text AS k", "DELETE FROM kept", "SELECT",
])  # fmt: skip
def test_a_query_that_would_write_could_not_check(database, tmp_path, query):
    database.run("DROP TABLE IF EXISTS kept; CREATE TABLE kept (k text); INSERT INTO kept VALUES ('1')")
    database.run("CREATE SEQUENCE IF NOT EXISTS counter")
    folder = make_project(tmp_path / "p", "k: {title: K, type: text}", rule("R1", "k = '1'"))
    source = checked(on_postgres(load_folder(folder), "s", database.url, query=query), "s")
    assert source.status.value == "could_not_check"
    assert source.problem.slug in {"query-wrong", "database-read-only", "engine", "wrong-extract"}
    assert database.run("SELECT count(*) FROM kept").fetchone() == (1,)
    assert database.run("SELECT to_regclass('made_by_query')").fetchone() == (None,)


# Refusals -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path):
    return make_project(tmp_path / "p", "k: {title: K, type: text}", rule("R1", "k = '1'"))


@pytest.mark.parametrize(("reader", "slug"), [
    ({"table": "no_such_table"}, "table-missing"),
    ({"table": "no_such_schema.t"}, "table-missing"),
    ({"query": "SELECT nothing FROM pg_class"}, "query-wrong"),
    ({"query": f"SELECT ('{CANARY}' || relname)::integer AS k FROM pg_class"}, "engine"),
    ({"query": f"SELECT '{CANARY}' AS k FROM pg_sleep(30)", "timeout": 1}, "database-timeout"),
    ({"query": f"SELECT '{CANARY}' AS k WHERE FALSE"}, "extract-no-records"),
    ({"query": f"SELECT '{CANARY}' AS other"}, "wrong-extract"),
    ({"query": "SELECT 'a' AS k, 'b' AS k"}, "header-duplicate"),
    ({"table": "t", "url": f"postgresql://u:{CANARY}@127.0.0.1:1/x"}, "database-unreachable"),
    ({"table": "t", "url": f"no url {CANARY}"}, "database-url"),
    ({"table": "t", "url": f"mysql://u:{CANARY}@127.0.0.1:1/x"}, "database-url"),
])  # fmt: skip
def test_what_goes_wrong_is_said_without_a_word_of_the_driver(database, small, reader, slug):
    project = on_postgres(load_folder(small), "s", **{"url": database.url, **reader})
    source = checked(project, "s")
    assert source.status.value == "could_not_check"
    assert source.problem.slug == slug
    assert slug in PAGES
    assert CANARY not in repr(source)
    assert all(r.status.value == "could_not_check" for r in source.rules)


def test_a_role_that_may_not_read_is_told_so(database, small):
    database.run("DROP TABLE IF EXISTS hidden; CREATE TABLE hidden (k text)")
    if database.run("SELECT count(*) FROM pg_roles WHERE rolname = 'stranger'").fetchone() == (0,):
        database.run("CREATE ROLE stranger LOGIN")
    url = database.url.replace("postgres:@", "stranger:@")
    assert checked(on_postgres(load_folder(small), "s", url, table="hidden"), "s").problem.slug == "database-permission"


@pytest.mark.parametrize("reader", [
    "kind: postgres, table: t", "kind: postgres, url: x", "kind: postgres, url: x, table: t, query: q",
    "kind: postgres, url: x, table: t, delimiter: ';'", "kind: delimited, url: x", "timeout: 5",
    "kind: postgres, url: x, table: a.b.c", "kind: postgres, url: x, table: t, timeout: 0",
])  # fmt: skip
def test_keys_of_another_kind_are_refused(tmp_path, reader):
    folder = make_project(tmp_path / "p", "k: {title: K, type: text}", source=f"    reader: {{{reader}}}\n")
    with pytest.raises(ConfigurationError) as told:
        load_folder(folder)
    assert told.value.where.startswith("sources.yaml:")


def test_what_cannot_be_made_equal_is_refused_rule_by_rule(database, tmp_path):
    asked = [
        "substr(k, 9999999999) = 'a'", "matches(k, '(?i)a')", "matches(k, 'a\\b')", "substr(k, 1, 2147483648) = 'a'",
        "k = 'a'", "matches(k, 'a{300}')", "derived",
    ]  # fmt: skip
    folder = make_project(
        tmp_path / "p", "k: {title: K, type: text}\na: {title: A, type: code, codelist: words}",
        "".join(rule(f"R{n}", p) for n, p in enumerate(asked, 1)),
        derived="derived: matches(k, '^a$')",
    )  # fmt: skip
    database.table("small", ["k", "a"], [["a", "1"]])
    source = checked(on_postgres(load_folder(folder), "s", database.url, table="small"), "s")
    told = {r.code: r.status.value for r in source.rules}
    assert told == {f"R{n}": "passed" if n == 5 else "could_not_check" for n in range(1, 8)}
    assert all("PostgreSQL" in r.reason or "engine" in r.reason for r in source.rules if r.code != "R5")


def test_a_number_too_great_is_refused_and_not_infinite(database, tmp_path):
    folder = make_project(tmp_path / "p", "x: {title: X, type: number}", rule("R1", "x * 2 > 0") + rule("R2", "x > 0"))
    database.table("small", ["x"], [["1e308"]])
    source = checked(on_postgres(load_folder(folder), "s", database.url, table="small"), "s")
    assert [(r.code, r.status.value, r.reason) for r in source.rules] == [
        ("R1", "could_not_check", "failed on the data of this extract"), ("R2", "passed", "")
    ]  # fmt: skip


# The command line -----------------------------------------------------------------------------------------------------


def test_check_reads_the_address_from_the_environment_and_tells_it_to_nobody(
    database, everycase, tmp_path, monkeypatch, extracts
):
    import shutil

    root = tmp_path / "project"
    root.mkdir()
    for part in ("checks", "expectations", "reports", "samples"):
        shutil.copytree(ROOT / part, root / part)
    text = (ROOT / "sources.yaml").read_text(encoding="utf-8")
    reader = "    reader: {kind: postgres, url: '${CRIME_DATABASE}', table: crimes}\n"
    (root / "sources.yaml").write_text(
        text.replace("    extract: extracts/police_recorded_crime.csv\n", reader), encoding="utf-8"
    )
    database.load("crimes", extracts["police_recorded_crime"].extract)
    url = database.url.replace("postgres:@", f"postgres:{CANARY}@")
    monkeypatch.setenv("CRIME_DATABASE", url)
    out = tmp_path / "out"
    ran = everycase("check", "police_recorded_crime", "--project", root, "--as-of", AS_OF, "--out", out)
    assert ran.code == 1, ran.printed
    assert (out / "gx").is_dir() or list(out.rglob("*expectations*"))
    assert CANARY not in ran.printed + written(out)
    file_out = tmp_path / "file"
    pair = f"police_recorded_crime={extracts['police_recorded_crime'].extract}"
    everycase("check", "police_recorded_crime", "--project", ROOT, "--as-of", AS_OF, "--out", file_out, "--no-gx",
              "--extract", pair)  # fmt: skip
    listed = []
    for folder in (out, file_out):
        rows = csv.DictReader(io.StringIO((folder / "failing.csv").read_text(encoding="utf-8-sig")))
        listed.append(sorted((r["code"], r["key"]) for r in rows))
    assert listed[0] == listed[1]
    assert listed[0]


def test_a_time_limit_ends_with_3(database, everycase, small, tmp_path, monkeypatch):
    monkeypatch.setenv("PG", database.url)
    text = (small / "sources.yaml").read_text(encoding="utf-8")
    reader = "    reader: {kind: postgres, url: '${PG}', query: 'SELECT pg_sleep(20)::text AS k', timeout: 1}\n"
    (small / "sources.yaml").write_text(text + reader, encoding="utf-8")
    ran = everycase("check", "--project", small, "--as-of", AS_OF, "--no-gx", "--out", tmp_path / "out")
    assert ran.code == 3, ran.printed
    assert "time limit" in ran.printed


def test_an_interrupt_cancels_the_statement_on_the_server(database, server):
    import os
    import signal
    import threading

    asked = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(25)%' AND state = 'active'"
    timer = threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        server.rows("SELECT pg_sleep(25)")
    timer.join()
    assert database.run(asked).fetchone() == (0,)


def test_a_source_of_several_tables_could_not_be_checked_there(database):
    project = load_place(Place(ROOT, "named"))
    source = next(name for name in project.sources if project.suite_of(name).tables)
    told = checked(on_postgres(project, source, database.url, table="any"), source, ruleset="2024-25")
    assert (told.status.value, told.problem.slug) == ("could_not_check", "engine-lacks")
    assert "several tables" in told.problem.message
