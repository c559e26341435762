"""The store: whatever happens while it is written to, a run is in it whole or not at all, and it still verifies."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from books import document, ledger
from sqlalchemy import text

from everycase.errors import LedgerError
from everycase.ledger import Ledger
from everycase.ledger.chain import read_head
from everycase.ledger.tables import VERSION
from everycase.ledger.verification import verify

HERE = os.path.dirname(__file__)  # noqa: PTH120 - for PYTHONPATH
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([HERE, *sys.path])}
#: appends one run, and dies at the nth step that touches the disk: statement, commit, rename, sync, opened file
DYING = """
import os, signal, sys
from books import document, ledger
from sqlalchemy import event
from sqlalchemy.engine import Engine
left = int(sys.argv[2])
def step(*_, **__):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
def dying(real):
    def call(*args, **kwargs):
        step()
        done = real(*args, **kwargs)
        step()
        return done
    return call
books = ledger(sys.argv[1])
for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
    event.listen(books.engine, name, step)
for name in ("fsync", "replace", "open"):
    setattr(os, name, dying(getattr(os, name)))
import everycase.ledger.store, everycase.ledger.chain
books.append_run(document(int(sys.argv[3])))
print("steps", -left)
"""

APPENDING = """
import sys
from books import *
books = ledger(sys.argv[1])
for i in range({times}):
    books.append_run(document(int(sys.argv[2]) + i, rules={rules}))
"""


def verified(books):
    with books.reading() as connection:
        report = verify(connection, [h for h in [read_head(books.head_file)] if h])
    assert report.findings == ()
    return report


def append(folder, *arguments):
    return subprocess.Popen([sys.executable, "-c", DYING, str(folder), *map(str, arguments)], env=ENVIRONMENT,
                            stdout=subprocess.PIPE, text=True)  # fmt: skip


def test_a_kill_at_any_write_leaves_the_run_whole_or_absent(tmp_path):
    books = ledger(tmp_path)
    books.append_run(document(1))
    first = append(tmp_path, 0, 2)
    steps = int(first.communicate()[0].split()[1])
    assert steps > 20
    number, outcomes = 2, set()
    waiting = list(range(1, steps + 1))
    if os.environ.get("EVERYCASE_ALL_KILLS") != "1":
        waiting = sorted({*waiting[-9:], *waiting[::9]})
    for at in waiting:
        number += 1
        before = verified(books).entries
        process = append(tmp_path, at, number)
        process.communicate()
        after = verified(books).entries
        assert process.returncode == -signal.SIGKILL
        assert after in {before, before + 1}
        outcomes.add(after - before)
    assert outcomes == {0, 1}
    books.append_run(document(number + 1))
    report = verified(books)
    assert report.head == read_head(books.head_file)
    assert not [p for p in tmp_path.iterdir() if p.name.endswith("-journal")]
    books.close()


def test_a_first_run_that_is_killed_leaves_no_half_made_ledger(tmp_path):
    for at in (3, 14, 27):
        append(tmp_path, at, 1).communicate()
        books = ledger(tmp_path)
        books.append_run(document(1000 + at))
        verified(books)
        books.close()


def test_a_kill_at_a_random_moment(tmp_path):
    books = ledger(tmp_path)
    books.append_run(document(1, rules=200))
    loop = APPENDING.format(times=10**6, rules=200)
    for turn in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", loop, str(tmp_path), str(10_000 * (turn + 1))], env=ENVIRONMENT
        )
        time.sleep(1.2 + turn * 0.27)
        process.kill()
        process.wait()
        verified(books)
    books.close()


def test_many_processes_at_once_lose_nothing(tmp_path):
    code = APPENDING.format(times=8, rules=3)
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(100 * n)], env=ENVIRONMENT) for n in (1, 2, 3)
    ]
    assert [p.wait() for p in started] == [0, 0, 0]
    books = ledger(tmp_path)
    report = verified(books)
    assert (report.entries, report.head) == (24, read_head(books.head_file))
    books.close()


def test_a_full_disk_appends_nothing_and_says_so(tmp_path):
    books = ledger(tmp_path)
    books.append_run(document(1))
    from sqlalchemy import event

    @event.listens_for(books.engine, "begin")
    def _small(connection):
        connection.exec_driver_sql("PRAGMA max_page_count = 60")

    with pytest.raises(LedgerError, match="disk is full") as caught:
        books.append_run(document(2, rules=900))
    assert (caught.value.slug, caught.value.exit_code) == ("ledger-full", 3)
    assert verified(books).entries == 1
    books.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_appends_nothing_and_says_so(tmp_path):
    books = ledger(tmp_path)
    books.append_run(document(1))
    books.close()
    books.file.chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(LedgerError, match=r"cannot be opened|may not be written"):
            books.append_run(document(2))
        assert verified(books).entries == 1
    finally:
        tmp_path.chmod(0o700)
        books.close()


def test_a_read_only_database_is_refused_in_words(tmp_path):
    books = ledger(tmp_path)
    books.append_run(document(1))
    books.close()
    from sqlalchemy import event

    @event.listens_for(books.engine, "connect")
    def _query_only(connection, _):
        connection.execute("PRAGMA query_only = ON")

    with pytest.raises(LedgerError, match="may not be written to"):
        books.append_run(document(2))
    assert verified(books).entries == 1
    books.close()


def older(folder):
    """Make a ledger of the first version with one run in it."""
    books = ledger(folder)
    books.append_run(document(1))
    books.close()
    with sqlite3.connect(books.file) as connection:
        connection.execute("DROP INDEX extracts_by_source")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    return books


def version(books):
    with sqlite3.connect(books.file) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]


@pytest.mark.parametrize("reading", [True, False])
def test_an_older_ledger_is_brought_up_to_date(tmp_path, reading):
    books = older(tmp_path)
    if reading:
        assert verified(books).entries == 1
    else:
        books.append_run(document(2))
    assert version(books) == VERSION
    books.close()


def test_a_newer_ledger_is_refused_and_left_as_it_is(tmp_path):
    books = older(tmp_path)
    with sqlite3.connect(books.file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    before = books.file.read_bytes()
    for act in (lambda: books.append_run(document(2)), books.head):
        with pytest.raises(LedgerError) as caught:
            act()
        assert caught.value.slug == "ledger-newer"
    assert books.file.read_bytes() == before
    books.close()


def test_the_migrations_make_the_very_tables_that_are_used(tmp_path):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from everycase.ledger.tables import METADATA

    books = ledger(tmp_path)
    with books.writing() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    assert differences == []
    books.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "CANARY", "postgresql://u:CANARY@127.0.0.1:1/x"])
def test_an_address_that_cannot_be_used_is_refused_without_showing_it(url):
    with pytest.raises(LedgerError) as caught:
        Ledger(url).head()
    assert caught.value.slug in {"ledger-url", "ledger-unreachable"}
    assert "CANARY" not in str(caught.value)


def test_a_file_that_is_no_ledger_is_refused(tmp_path):
    (tmp_path / "l.db").write_bytes(b"CANARY" * 1000)
    books = ledger(tmp_path)
    for act in (lambda: books.append_run(document(1)), books.head):
        with pytest.raises(LedgerError, match="no database"):
            act()
    books.close()
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE x (y)")
    other = Ledger(f"sqlite:///{tmp_path}/other.db")
    with pytest.raises(LedgerError, match="something else"):
        other.append_run(document(1))
    other.close()


@pytest.mark.filterwarnings("ignore")  # the server of the tests warns of its folder
def test_postgresql_keeps_the_same_ledger(tmp_path):
    pg = pytest.importorskip("pg")
    with pg.started() as url:
        books = Ledger(url, head=tmp_path / "l.head")
        books.append_run(document(1))
        code = (
            "import sys; from pathlib import Path; from books import *\n"
            "b = Ledger(sys.argv[1], head=Path(sys.argv[2]))\n"
            "for i in range(5): b.append_run(document(int(sys.argv[3]) + i))"
        )
        started = [
            subprocess.Popen([sys.executable, "-c", code, url, str(tmp_path / "l.head"), str(100 * n)], env=ENVIRONMENT)
            for n in (1, 2)
        ]
        assert [p.wait() for p in started] == [0, 0]
        report = verified(books)
        assert (report.entries, report.head) == (11, read_head(books.head_file))
        local = ledger(tmp_path)
        local.append_run(document(1))
        with books.reading() as theirs, local.reading() as ours:
            query = text("SELECT digest FROM entries WHERE sequence = 1")
            assert theirs.scalar(query) == ours.scalar(query)
        local.close()
        with books.engine.begin() as connection:
            connection.execute(text("UPDATE rules SET failing = 0 WHERE sequence = 3 AND grouped = ''"))
        with books.reading() as connection:
            assert {f.partition(": ")[0] for f in verify(connection).findings} == {
                "entry 3, table rules, column failing"
            }
        books.close()


def test_the_whole_text_is_plain_json(tmp_path):
    books = ledger(tmp_path)
    books.append_run(document(1))
    with books.reading() as connection:
        body = connection.scalar(text("SELECT body FROM entries"))
    assert json.loads(body)["run"]["run"] == f"{1:032x}"
    books.close()
