"""The commands of the ledger, as a person calls them."""

import csv
import json
import sqlite3

import pytest
from making import make_project, rule
from support import AS_OF

HEADER = ["ref", "code"]


@pytest.fixture
def desk(tmp_path, everycase, monkeypatch):
    """A project with one rule, and a way to check an extract in which so many records are wrong."""
    fields = (
        "ref: {title: Ref, type: text}\ncode: {title: Code, type: code, codelist: words, thresholds: {supplied: 1.0}}"
    )
    make_project(tmp_path / "p", fields, rule("R1", "code = '1'"), keys="ref")
    monkeypatch.chdir(tmp_path)

    def check(wrong, *arguments, records=400, command="check"):
        path = tmp_path / f"CANARY{wrong}.csv"
        with path.open("w", newline="") as file:
            rows = [[f"CANARY{i}", "2" if i < wrong else "1"] for i in range(records)]
            csv.writer(file).writerows([HEADER, *rows])
        given = ("--project", tmp_path / "p", "--as-of", AS_OF, "--extract", f"s={path}")
        more = ("--no-gx", "--ledger", "sqlite:///everycase-ledger.db") if command == "check" else ()
        return everycase(command, *given, *more, *arguments)

    return check


def test_a_check_is_recorded_and_its_reports_bear_the_head(desk, everycase, tmp_path):
    assert desk(10).code == 1
    result = json.loads((tmp_path / "everycase-out/result.json").read_text())
    head = json.loads((tmp_path / "everycase-ledger.db.head").read_text())
    assert result["run"]["ledger"] == head
    assert head["sequence"] == 1
    ran = everycase("verify", "--head", tmp_path / "everycase-out/result.json")
    assert ran.code == 0
    assert "compared with result.json: entry 1" in ran.out
    assert "note  1 of 1 entries are unsigned" in ran.out


def test_history_show_diff_and_accept(desk, everycase, tmp_path):
    project = ("--project", tmp_path / "p")
    desk(10)
    desk(100)
    ran = everycase("history", "s", *project)
    assert ran.code == 0
    assert [line.split()[2:] for line in ran.out.splitlines()[1:]] == [
        ["2026-06-15", "s", "failed", "400", "1", "100.0%"]
    ] * 2
    first, _ = (line["run"] for line in json.loads(everycase("history", *project, "--json").out))
    shown = everycase("show", first[:8])
    assert "FAILED  s  400 records" in shown.out
    assert "R1" in shown.out
    differs = everycase("diff", first[:8], "last", *project)
    assert differs.code == 0
    assert "10 of 400 (2.5%)" in differs.out
    assert "100 of 400 (25.0%)" in differs.out
    assert differs.out.splitlines()[2].startswith("worse")
    accepted = everycase("accept", first[:8], "--role", "data_owner", "--reason", "first_baseline", *project)
    assert accepted.out == "entry 1 is the baseline now, accepted in entry 3 by data_owner: first_baseline\n"
    assert [line["accepted"] for line in json.loads(everycase("history", *project, "--json").out)] == [True, False]
    assert everycase("verify").code == 0
    for printed in (ran, shown, differs, accepted):
        assert "CANARY" not in printed.printed
    assert b"CANARY" not in (tmp_path / "everycase-ledger.db").read_bytes()


def test_what_is_wrong_with_a_command_is_said(desk, everycase, tmp_path):
    assert everycase("history").code == 3
    desk(10)
    project = ("--project", tmp_path / "p")
    assert "such as data_owner" in everycase("accept", "last", "--role", "J. Doe", "--reason", "correction").err
    assert "Did you mean 'correction'?" in everycase("accept", "last", "--role", "r", "--reason", "corection").err
    assert everycase("show", "zz").code == 3
    assert everycase("history", "t", *project).code == 2
    assert everycase("verify", "--head", "nowhere.json").code == 3
    assert "CANARY" not in everycase("history", "--ledger", "postgresql://u:CANARY@127.0.0.1:1/x", *project).err


def test_verify_names_what_was_changed_and_ends_with_1(desk, everycase, tmp_path):
    desk(10)
    with sqlite3.connect(tmp_path / "everycase-ledger.db") as connection:
        connection.execute("UPDATE rules SET failing = 0 WHERE code = 'R1'")
    ran = everycase("verify")
    assert ran.code == 1
    assert "DOES NOT HOLD  entry 1, table rules, column failing: not what its content says" in ran.out


def test_verify_checks_the_same_file_again(desk, everycase, tmp_path):
    desk(10)
    desk(20)
    project = ("--project", tmp_path / "p")
    ran = everycase("verify", "--extract", f"s={tmp_path / 'CANARY10.csv'}", *project)
    assert ran.code == 0
    assert "holds  s: entry 1 holds this file, and it gives the same counts" in ran.out
    (tmp_path / "other.csv").write_text("ref,code\na,1\n")
    assert everycase("verify", "--extract", f"s={tmp_path / 'other.csv'}", *project).code == 1
    suite = tmp_path / "p/expectations/s.yaml"
    suite.write_text(suite.read_text().replace("code = '1'", "code = '2'"))
    ran = everycase("verify", "--extract", f"s={tmp_path / 'CANARY10.csv'}", *project)
    assert "judged by another suite" in ran.out


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_tables_are_exported_whole(desk, everycase, tmp_path, ending):
    desk(10)
    ran = everycase("export", "--out", tmp_path / "h", *(["--parquet"] if ending == "parquet" else []))
    assert ran.code == 0
    import duckdb

    read = f"SELECT code, failing, threshold FROM '{tmp_path}/h/rules.{ending}' WHERE code = 'R1'"
    with duckdb.connect() as connection:
        assert connection.execute(read).fetchall() == [("R1", 10, 0.0)]
    names = {p.name for p in (tmp_path / "h").iterdir()} - {".everycase"}
    assert names == {f"{n}.{ending}" for n in ("acceptances", "extracts", "fields", "removals", "rules", "runs")}


def test_without_a_ledger_nothing_is_recorded(desk, everycase, tmp_path):
    everycase("check", "--project", tmp_path / "p", "--as-of", AS_OF, "--no-gx", "--extract", "s=nowhere.csv")
    assert not list(tmp_path.glob("*ledger*"))
    assert json.loads((tmp_path / "everycase-out/result.json").read_text())["run"]["ledger"] is None


def test_a_ledger_that_cannot_be_written_leaves_the_reports_as_they_were(desk, everycase, tmp_path):
    desk(10)
    before = (tmp_path / "everycase-out/result.json").read_bytes()
    with sqlite3.connect(tmp_path / "everycase-ledger.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    ran = desk(20)
    assert (ran.code, "newer everycase" in ran.err) == (3, True)
    assert (tmp_path / "everycase-out/result.json").read_bytes() == before
