"""The same project on PostgreSQL: equal counts, one scan, nothing written, nothing told."""

import csv
import io
import json
import random

import pytest
from making import load_folder, make_project, rule
from support import AS_OF, ROOT

from everycase.engines.pg_server import Server
from everycase.error_pages import PAGES
from everycase.errors import ConfigurationError, CouldNotCheckError
from everycase.project import Place, load_place
from everycase.reporting import failing_csv
from everycase.run import Options, run
from everycase.sampling import write_sample
from everycase.testing import assert_examples, judge_rule

CANARY = "canary-5417-secret"
PROJECT = load_place(Place(ROOT, "named"))
CHECKS = [pytest.param(c, id=c.code) for c in PROJECT.catalogue]
PAIRS = load_place(Place(ROOT / "examples" / "nibrs_louisiana", "named"))
OWN = [pytest.param(p, s, r, id=f"{s}-{r.code}") for p in (PROJECT, PAIRS) for s in p.sources
       for r in p.rules_of(s) if r.check is None and r.native is None and not r.gx_type]  # fmt: skip


def on_postgres(project, source, url, **reader):
    """Give the project with one source read from a database."""
    entry = project.sources[source]
    read = entry.reader.model_copy(update={"kind": "postgres", "url": url, "timeout": 60, **reader})
    project.sources[source] = entry.model_copy(update={"reader": read})
    return project


def checked(project, source, **options):
    with run(project, Options(as_of=AS_OF, sources=(source,), **options)) as opened:
        return opened.result().sources[0]


def same(one, other):
    """Say what two results of a source count, side by side."""
    assert {r.code: (r.counts, r.status, r.reason) for r in other.rules} == {
        r.code: (r.counts, r.status, r.reason) for r in one.rules
    }
    assert {f.name: f for f in other.fields} == {f.name: f for f in one.fields}
    assert other.groups == one.groups
    assert (other.problem, other.records) == (one.problem, one.records)
    assert other.status == one.status


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


FIELDS = """
k: {title: Key, type: text}
a: {title: A, type: code, codelist: words, thresholds: {known: 0.5}, required: supplied(k)}
g: {title: Group, type: code, codelist: words, forced: a = '1'}
o: {title: Open, type: code, codelist: open_list}
n: {title: N, type: integer, required: a = '1', valid: n < 1000}
x: {title: X, type: number}
d: {title: D, type: date}
e: {title: E, type: date, formats: ["%d/%m/%Y", "%Y%m%d", "%d %b %Y", "%B %d %Y", "%d.%m.%y", "%Y-%m-%d %H:%M:%S"]}
p: {title: P, type: text, pattern: '[A-Z]{1,3}-?\\d+.?|\\w+\\s[^a]{2}'}
"""
OPEN = """
codelist: open_list
title: Open
source: {title: Made up}
open: true
pattern: "[A-Z]{2}[0-9]*"
codes:
  "A1": {meaning: One, attributes: {group: low}}
  "OLD": {meaning: Old, to: 2020-01-01}
  "AB9": {meaning: Old and like the pattern, to: 2020-01-01}
  "it's": {meaning: Quoted}
  "50%": {meaning: Share}
  'back\\slash "q"': {meaning: Hostile, standing: not_known}
"""
PREDICATES = [
    "n > 1", "d < '2020-06-01' OR n = 3", "occurrences(k) = 1", "concept(a) = concept(g)", "occurrences(g, d) < 3",
    "says_attribute(a, 'group', 'low')", "age >= 18", "days_between(d, e) > 0", "year(d) = 2020 AND month(e) = 2",
    "day(d) > 28", "x > 0.5", "x + 1 = n", "n + 1 <> 2", "-n < x", "k < 'b'", "k >= 'é'", "concept(a) < 'b'",
    "lower(k) = 'straße'", "upper(k) = 'ÉCLAIR'", "length(k) = 2", "trim(k) = k", "substr(k, 2, 3) = 'cla'",
    "substr(k, 1) = k", "starts_with(k, '50%')", "contains(k, '\\')", "contains(k, '''')",
    "attribute(o, 'group') = 'low'",
    "o = 'AB9'", "o IN ('A1', 'it''s', '50%')", "standing(o) = 'known'", "standing(a) <> 'unmapped'",
    "matches(k, '[a-z]+.?')", "matches(k, '(ab|c)*\\W')", "matches(k, '[^a]*\\.\\d{2,}')", "valid(p)", "known(o)",
    "NOT valid(e) AND supplied(e)", "p > 'A' AND p < 'z'", "coalesce(n, 7) = 7", "nullif(n, 3) = 5",
    "abs(x) >= 1", "CASE WHEN n > 1 THEN x > 1 WHEN n < 0 THEN FALSE END", "k BETWEEN 'A' AND 'a'", "d = e",
    "x BETWEEN -1 AND 1", "e < as_of()", "age BETWEEN -5 AND 10", "at_least(age, 16)", "a = g",
]  # fmt: skip
WORDS = {
    "k": ["", "a", "b", "c", " a ", "\u00a0", "é", "É", "ab", "straße", "STRASSE", "STRAßE", "éclair", "ÉCLAIR", "50%x",
          "back\\slash", "it's", 'quote"', "a\u2003", "\u2003a", "İ", "ǆ", "👩‍👧", "e\u0301", "two\nlines",
          "a.12", "abab-",
          "A", "z", "Z", "\ufeffa", "~", "!", "$1", "{}", ":name", "%s", "x" * 300],
    "a": ["", "1", "2", "3", "0", "9", "8", "x", "77", " 1", "1 ", "1\t", "\u30001", "Smith", "X", "１"],
    "g": ["", "1", "2", "0", "odd value", "  "],
    "o": ["", "A1", "OLD", "AB9", "it's", "50%", 'back\\slash "q"', "ZZ1", "zz", "ZZ1\n", "ÀÀ1", " ZZ "],
    "n": ["", "1", "2", "3", "many", "-5", "1e9", "999999999999999999999", "999999999999999999", "+7", "007", "1.0",
          "١", " 5", "5\u00a0", "--1", "0x1F", "1_000"],
    "x": ["", "1", "-1.5", "1e308", "1e309", "-1e999", "1e-400", "4.9e-324", "2.4703282292062327e-324", "2.48e-324",
          "1.7976931348623158e308", "1.797693134862315807e308", "1.7976931348623159e308", ".5", "5.", "nan",
          "inf", "NaN",
          "1,5", "0.1", "1e5", "1e+5", "1e0001", "9" * 255, "9" * 256, "0." + "0" * 250 + "1", "0" * 254 + "1", "-0",
          "Infinity", "1e", "e1", ".", "0.30000000000000004"],
    "d": ["", "2020-01-01", "2020-12-31", "2020-02-30", "2020-02-29", "2019-02-29", "1900-02-29", "2000-02-29",
          "31/12/2020", "infinity", "-infinity", "epoch", "now", "today", "0000-01-01", "0001-01-01", "9999-12-31",
          "10000-01-01", "2020-1-5", "2020-01-01 (BC)", "2020-13-01", "2020-00-10", "2020-04-31", " 2020-01-02 ",
          "2020-01-01 10:00", "２０２０-01-01", "2020-01-00", "20200101", "2020/01/01", "2020-01-01x"],
    "e": ["", "1/2/2020", "29/02/2020", "29/02/2019", "31/4/2020", "00/01/2020", "1/1/0000", "01/01/0001", "20200115",
          "2020115", "2020131", "202011", "20201301", "5 Feb 2020", "5 FEB 2020", "5 feb 2020", "05 Feb 2020",
          "5 Foo 2020",
          "February 3 2020", "february 30 2020", "May 5 2021", "Feb 5 2020", "1.2.68", "1.2.69", "1.2.00", "31.12.99",
          "2020-01-02 23:59:59", "2020-01-02 24:00:00", "2020-01-02 1:05:07", "2020-01-02 10:60:00",
          "2020-01-02 10:59:60", "1/2/20200", "1/13/2020", "99/1/2020", "2020-01-02 10:1:00"],
    "p": ["", "A-1", "ABC12x", "ABCD1", "A1\n", "A1é", "ab cd", "ab\u00a0cd", "ab\ncc", "ab\tca", "é bb",
          "A-١", "A-1 "],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    rules = "".join(
        rule(f"R{n}", p, "TRUE" if n % 3 else "supplied(k) OR known(g)") for n, p in enumerate(PREDICATES, 1)
    )
    return make_project(
        tmp_path_factory.mktemp("random") / "p", FIELDS, rules, group_by="g, a", derived="age: age_at(d, e)",
        lists={"open_list": OPEN},
    )  # fmt: skip


def text_of(header, rows):
    made = io.StringIO()
    csv.writer(made, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([header, *rows])
    return made.getvalue()


@pytest.mark.parametrize("seed", range(60))
def test_a_random_table_gives_the_same_counts(database, folder, tmp_path, seed):
    choose = random.Random(seed)
    share = choose.choice([0.1, 0.5, 1])
    few = {f: choose.sample(w, max(2, int(len(w) * share))) for f, w in WORDS.items()}
    rows = [[choose.choice(w) for w in few.values()] for _ in range(choose.choice([1, 7, 60, 300]))]
    (tmp_path / "x.csv").write_text(text_of(list(WORDS), rows), encoding="utf-8", newline="")
    from_file = checked(load_folder(folder), "s", extracts={"s": tmp_path / "x.csv"})
    database.table("random", list(WORDS), rows)
    from_table = checked(on_postgres(load_folder(folder), "s", database.url, table="random"), "s")
    same(from_file, from_table)
    assert from_table.extract.repairs == tuple(r for r in from_file.extract.repairs if r.kind == "trimmed")
    failed = [r.reason for r in from_file.rules if "engine" in r.reason or "failed on" in r.reason]
    assert failed == []


def test_hostile_names_of_columns_and_tables_are_only_names(database, tmp_path):
    columns = ['a"; DROP TABLE t; --', "50% of\\it's :x %s", "select", "ü" * 30]
    table = 'odd "name"; DROP TABLE t; --'
    fields = "\n".join(f"f{n}: {{title: F, type: text}}" for n in range(4))
    mapped = "".join(f"      {json.dumps(c)}: f{n}\n" for n, c in enumerate(columns))
    folder = make_project(tmp_path / "p", fields, rule("R1", "f0 = f1") + rule("R2", "occurrences(f3) = 1"),
                          source=f"    columns:\n{mapped}")  # fmt: skip
    rows = [["x", "x", "1", "y"], ["x", "z", "2", "y"], ["", "z", "3", "w"]]
    database.table(table, columns, rows)
    (tmp_path / "x.csv").write_text(text_of(columns, rows), encoding="utf-8")
    from_file = checked(load_folder(folder), "s", extracts={"s": tmp_path / "x.csv"})
    named = 'public."odd ""name""; DROP TABLE t; --"'
    same(from_file, checked(on_postgres(load_folder(folder), "s", database.url, table=named), "s"))


# Examples -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS)
def test_the_examples_of_a_check_are_judged_as_it_says(server, check):
    assert_examples(check, PROJECT.codelists, server)


@pytest.mark.parametrize(("project", "source", "own"), OWN)
def test_the_examples_of_a_suites_own_rule_are_judged_as_it_says(server, project, source, own):
    suite, day = project.suite_of(source), own.effective.to or own.effective.from_ or AS_OF
    assert set(judge_rule(own, suite, own.failing, day, server)) == {"failing"}
    assert set(judge_rule(own, suite, own.passing, day, server)) == {"passing"}


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
    written = "\n".join(p.read_text(encoding="utf-8-sig") for p in out.rglob("*") if p.is_file())
    assert CANARY not in ran.printed + written
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
