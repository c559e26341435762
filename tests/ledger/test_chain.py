"""The chain: whatever is changed in any table is named, and what only a head from outside can tell is said."""

import os
import sqlite3
import subprocess

import pytest
from books import document, ledger
from sqlalchemy import text

from everycase.errors import LedgerError
from everycase.ledger import Head, bodies
from everycase.ledger.chain import KEY, Signer, canonical, read_head, write_head
from everycase.ledger.tables import ACCEPTANCES, DERIVED, ENTRIES, METADATA, REMOVALS
from everycase.ledger.verification import verify


@pytest.fixture
def signer(tmp_path, monkeypatch):
    path = tmp_path / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True)
    path.chmod(0o600)
    monkeypatch.setenv(KEY, str(path))
    return Signer.from_environment(tmp_path / "project")


@pytest.fixture
def filled(tmp_path, signer):
    """Five entries: three runs, an acceptance, and a removal of the first run."""
    books = ledger(tmp_path, signer)
    for number in (1, 2, 3):
        books.append_run(document(number))
    books.append(bodies.acceptance_body(f"{2:032x}", "data_owner", "first_baseline"), "2026-01-02T00:00:00+00:00")
    books.append(bodies.removal_body([1]), "2026-01-03T00:00:00+00:00")
    yield books
    books.close()


def found(books, kept=None, key=""):
    with books.reading() as connection:
        return verify(connection, [kept] if kept else [], key)


def test_a_whole_ledger_holds(filled, signer):
    report = found(filled, read_head(filled.head_file), signer.public)
    assert report.findings == ()
    assert (report.entries, report.runs, report.removed, report.signed) == (5, 3, 1, 5)
    assert report.keys == (signer.public,)
    assert read_head(filled.head_file) == report.head


def test_the_ledger_holds_no_text_of_the_project_and_no_name_of_a_file(filled):
    filled.close()
    assert b"CANARY" not in filled.file.read_bytes()
    assert filled.file.stat().st_mode & 0o077 == 0
    assert filled.head_file.stat().st_mode & 0o077 == 0


COLUMNS = [(t.name, c.name) for t in (ENTRIES, *DERIVED) for c in t.columns]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_change_of_any_column_of_any_table_is_named(filled, table, column):
    head = read_head(filled.head_file)
    filled.close()
    kind = METADATA.tables[table].c[column].type.python_type
    name, column = column, f'"{column}"'
    changed = f"{column} + 7" if kind in {int, float} else f"substr({column}, 2) || 'xy'"
    with sqlite3.connect(filled.file) as connection:
        row = f"SELECT rowid FROM {table} WHERE {column} IS NOT NULL AND {column} <> '' LIMIT 1"
        without = METADATA.tables[table].dialect_options["sqlite"]["with_rowid"] is False
        where = "" if without else f" WHERE rowid = ({row})"
        if without:  # one row by its whole key
            keys = [c.name for c in METADATA.tables[table].primary_key]
            first = connection.execute(f"SELECT {', '.join(keys)} FROM {table} WHERE {column} IS NOT NULL").fetchone()
            where = " WHERE " + " AND ".join(f"{k} = {v!r}" for k, v in zip(keys, first, strict=True))
            if kind is str and connection.execute(f"SELECT {column} FROM {table}{where}").fetchone()[0] == "":
                changed = "'x'"
        cursor = connection.execute(f"UPDATE {table} SET {column} = {changed}{where}")
        assert cursor.rowcount == 1
    said = found(filled, head).findings
    assert said
    assert any(name in line and (table == "entries" or table in line) for line in said), said


@pytest.mark.parametrize("position", range(0, 2000, 97))
def test_any_byte_of_a_run_is_covered(filled, position):
    filled.close()
    with sqlite3.connect(filled.file) as connection:
        (body,) = connection.execute("SELECT body FROM entries WHERE sequence = 2").fetchone()
        place = position % len(body)
        other = "0" if body[place] != "0" else "1"
        body = body[:place] + other + body[place + 1 :]
        connection.execute("UPDATE entries SET body = ? WHERE sequence = 2", (body,))
    assert any(line.startswith("entry 2, column body") for line in found(filled).findings)


def sql(books, *statements):
    books.close()
    with sqlite3.connect(books.file) as connection:
        for statement in statements:
            connection.execute(statement)


def removed_everywhere(sequence):
    return [f"DELETE FROM {t.name} WHERE sequence = {sequence}" for t in (ENTRIES, *DERIVED)]


def moved(old, new):
    return [f"UPDATE {t.name} SET sequence = {new} WHERE sequence = {old}" for t in (ENTRIES, *DERIVED)]


def test_a_run_removed_moved_or_put_in_is_named(filled):
    copy = filled.file.read_bytes()
    sql(filled, *removed_everywhere(2))
    assert "entry 2 is missing: removed, or moved (column sequence)" in found(filled).findings
    filled.close()
    filled.file.write_bytes(copy)
    sql(filled, *moved(2, 99), *moved(3, 2), *moved(99, 3))
    assert any(line.startswith("entry 2, column previous") for line in found(filled).findings)
    filled.close()
    filled.file.write_bytes(copy)
    sql(filled, "INSERT INTO rules VALUES (77, 's', '', '', 'R', 'passed', 'error', 0, 1, 0, 0)")
    assert found(filled).findings == ("table rules, column sequence: rows of an entry 77 that does not exist",)


def test_a_tail_cut_off_is_seen_with_the_head_and_said_to_be_unseen_without(filled):
    head = read_head(filled.head_file)
    sql(filled, *removed_everywhere(5), *removed_everywhere(4))
    sql(filled, "DELETE FROM acceptances", "DELETE FROM removals")
    with_head, without = found(filled, head).findings, found(filled)
    assert "the head given is of entry 5, and the ledger ends at 3: its tail was cut off" in with_head
    assert "no head was given, so that a tail cut off, or a ledger written anew, cannot be seen" in without.remarks
    with pytest.raises(LedgerError, match="does not hold entry 5"):
        filled.append_run(document(9))


def test_a_ledger_written_anew_is_seen_with_the_head_or_the_key(filled, tmp_path, signer):
    head = read_head(filled.head_file)
    (tmp_path / "forged").mkdir()
    forged = ledger(tmp_path / "forged")
    for number in (1, 2, 3, 4, 5):
        forged.append_run(document(number, failing=0))
    assert found(forged).findings == ()
    assert "entry 5 is not the one whose head was given: the ledger was written anew up to there" in (
        found(forged, head).findings
    )
    assert len(found(forged, key=signer.public).findings) == 5
    forged.close()


def test_what_is_unsigned_is_said_to_be(tmp_path):
    books = ledger(tmp_path)
    books.append_run(document())
    report = found(books)
    assert report.findings == ()
    assert "1 of 1 entries are unsigned: whoever can write the ledger can rewrite it" in report.remarks
    books.close()


def test_retention_removes_the_content_and_leaves_the_place(tmp_path):
    books = ledger(tmp_path)
    books.append_run(document(1, started="2024-01-01T00:00:00+00:00"))
    books.append_run(document(2, started="2024-01-02T00:00:00+00:00"))
    books.append(bodies.acceptance_body(f"{2:032x}", "data_owner", "first_baseline"), "2024-01-03T00:00:00+00:00")
    books.append_run(document(3, started="2026-01-01T00:00:00+00:00"), keep_days=365)
    report = found(books, read_head(books.head_file))
    assert (report.findings, report.entries, report.removed) == ((), 5, 1)
    with books.reading() as connection:
        assert connection.scalar(text("SELECT body FROM entries WHERE sequence = 1")) is None
        assert connection.scalar(text("SELECT count(*) FROM rules WHERE sequence = 1")) == 0
        assert connection.execute(REMOVALS.select()).all() == [(5, 1)]
        assert connection.execute(ACCEPTANCES.select()).all()
    sql(books, "UPDATE entries SET body = NULL WHERE sequence = 2")
    assert "entry 2, column body: the content is gone, and no removal says so" in found(books).findings
    books.close()


def test_a_clock_that_goes_back_is_said_and_changes_nothing(tmp_path):
    books = ledger(tmp_path)
    for number, started in enumerate(("2026-05-01T00:00:00+00:00", "2026-04-01T00:00:00+00:00"), 1):
        books.append_run(document(number, started=started))
    report = found(books, read_head(books.head_file))
    assert report.findings == ()
    assert "entry 2 is dated before the one before it: the clock went back" in report.remarks
    books.close()


def test_a_key_in_the_project_or_open_to_others_is_refused(tmp_path, signer, monkeypatch):
    path = tmp_path / "key.pem"
    with pytest.raises(LedgerError, match="inside the project"):
        Signer.from_environment(tmp_path)
    path.chmod(0o644)
    with pytest.raises(LedgerError, match="others than its owner"):
        Signer.from_environment()
    path.chmod(0o600)
    monkeypatch.setenv(KEY, path.read_text())
    assert Signer.from_environment().public == signer.public
    path.write_text("-----BEGIN CANARY")
    monkeypatch.setenv(KEY, str(path))
    with pytest.raises(LedgerError) as caught:
        Signer.from_environment()
    assert "CANARY" not in str(caught.value)


def test_the_head_never_goes_back_and_is_written_whole(tmp_path):
    path = tmp_path / "l.head"
    write_head(path, Head(5, "a" * 64))
    write_head(path, Head(4, "b" * 64))
    assert read_head(path) == Head(5, "a" * 64)
    assert os.listdir(tmp_path) == ["l.head"]  # noqa: PTH208 - hidden ones count
    path.write_text("{")
    with pytest.raises(LedgerError, match="no head"):
        read_head(path)


def test_the_canonical_form_is_that_of_the_standard():
    # RFC 8785, section 3.2.3 and appendix B
    value = {"€": "Euro Sign", "\r": "Carriage Return", "1": "One", "numbers": [333333333.33333329, 1e30, 4.50, 2e-3]}
    assert canonical(value) == (
        '{"\\r":"Carriage Return","1":"One","numbers":[333333333.3333333,1e+30,4.5,0.002],"€":"Euro Sign"}'.encode()
    )
