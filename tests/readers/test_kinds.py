"""Every other kind of file and database: the same text, whoever wrote it, and refusals without a cell."""

from __future__ import annotations

import datetime as dt
import sqlite3

import duckdb
import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest
from front_door import CANARY, repairs
from pyarrow import feather, ipc

from everycase.errors import ExtractError
from everycase.readers.database import open_database
from everycase.readers.statistical import labels_of
from everycase.registry import Reader

FRAME = pd.DataFrame({
    "ref": ["001", "A2", CANARY],
    "n": [1.0, 2.0, None],
    "share": [0.5, 1.0, None],
    "day": [dt.date(2020, 2, 29), None, dt.date(2021, 1, 1)],
})  # fmt: skip
NAMES = ("ref", "n", "day")
ROWS = [("001", "1", "2020-02-29"), ("A2", "2", None), (CANARY, None, "2021-01-01")]


def put(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_parquet_and_arrow_give_the_same_text(tmp_path, read):
    FRAME.to_parquet(tmp_path / "x.parquet")
    table = pa.Table.from_pandas(FRAME)
    feather.write_feather(table, tmp_path / "x.feather")
    with ipc.new_stream(tmp_path / "x.arrows", table.schema) as stream:
        stream.write_table(table)
    for name in ("x.parquet", "x.feather", "x.arrows"):
        opened, rows = read(tmp_path / name, NAMES)
        places = [opened.columns.index(n) for n in NAMES]
        assert [tuple(r[p] for p in places) for r in rows] == ROWS, name
        assert opened.inspected().size == (tmp_path / name).stat().st_size


def test_damaged_columnar_files_are_refused(tmp_path, refused):
    FRAME.to_parquet(tmp_path / "x.parquet")
    feather.write_feather(pa.Table.from_pandas(FRAME), tmp_path / "x.feather")
    for name in ("x.parquet", "x.feather"):
        whole = (tmp_path / name).read_bytes()
        for cut in (10, len(whole) // 2, len(whole) - 3):
            assert refused(put(tmp_path / "cut", whole[:cut]), NAMES).slug == "extract-unloadable"


LAYOUT = [{"name": "ref", "start": 1, "length": 4}, {"name": "sex", "start": 6, "length": 1}]


def test_fixed_width_is_cut_by_its_layout(tmp_path, read, refused):
    path = put(tmp_path / "x.txt", "HEAD\n0001 F\r\nA2   M  \n\nA3\n")
    opened, rows = read(path, ("ref",), kind="fixed_width", layout=LAYOUT, header_row=1)
    assert rows == [("0001", "F"), ("A2", "M"), ("A3", None)]
    assert repairs(opened)["short_lines"] == 1
    assert [opened.row_of(i) for i in range(3)] == [2, 3, 5]
    long = put(tmp_path / "l.txt", f"0001 F\nA2   M{CANARY}\n")
    assert refused(long, kind="fixed_width", layout=LAYOUT).where == "l.txt:2"


@pytest.mark.parametrize("suffix", ["sav", "zsav", "dta"])
def test_statistical_files_give_codes_and_offer_their_labels(tmp_path, read, refused, suffix):
    frame = pd.DataFrame({"sex": [1.0, 2.0, 9.0], "name": ["x", CANARY, ""]})
    path, labels = tmp_path / f"x.{suffix}", {"sex": {1: "Male", 2: "Female", 9: "Refused"}}
    if suffix == "dta":
        pyreadstat.write_dta(frame, path, variable_value_labels=labels)
    else:
        pyreadstat.write_sav(
            frame, path, variable_value_labels=labels, missing_ranges={"sex": [9]}, compress=suffix == "zsav"
        )
    opened, rows = read(path, ("sex",))
    assert rows == [("1", "x"), ("2", CANARY), ("9", None)]
    assert repairs(opened)["labels"] == 1
    found = labels_of(path)["sex"]
    assert found.meanings == {"1": "Male", "2": "Female", "9": "Refused"}
    assert found.missing == (frozenset() if suffix == "dta" else {"9"})
    whole = path.read_bytes()
    assert refused(put(tmp_path / path.name, whole[: len(whole) // 2]), ("sex",)).slug == "extract-unloadable"


def made_sqlite(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE crimes (ref TEXT, n REAL, day TEXT)")
        connection.executemany("INSERT INTO crimes VALUES (?, ?, ?)", ROWS)
    connection.close()
    return f"sqlite:///{path}"


def made_duckdb(path):
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE crimes (ref TEXT, n DOUBLE, day DATE)")
        connection.executemany("INSERT INTO crimes VALUES (?, ?, ?)", ROWS)
    return f"duckdb:///{path}"


def fetched(private, url, **asked):
    parts = [asked["table"]] if "table" in asked else []
    reader = Reader(kind="database", url=url, **asked)
    with open_database("s", reader, parts, private) as opened, duckdb.connect() as connection:
        return opened, connection.execute(f"SELECT * FROM {opened.relation}").fetchall()


@pytest.mark.parametrize("made", [made_sqlite, made_duckdb])
def test_a_table_or_query_of_a_database_file_is_fetched(tmp_path, private, made):
    url = made(tmp_path / "x.db")
    opened, rows = fetched(private, url, table="crimes")
    assert opened.columns == ("ref", "n", "day")
    assert rows == ROWS
    assert fetched(private, url, query="SELECT ref FROM crimes WHERE ref LIKE 'A%'; ")[1] == [("A2",)]
    assert list(private.iterdir()) == []


@pytest.mark.parametrize("made", [made_sqlite, made_duckdb])
def test_a_database_refuses_without_a_word_of_its_own(tmp_path, private, made):
    url = made(tmp_path / "x.db")
    wrong = {
        "database-table": {"url": url, "table": CANARY},
        "database-read-only": {"url": url, "query": f"DELETE FROM crimes WHERE ref = '{CANARY}'"},
        "database-unreachable": {"url": f"{url}{CANARY}", "table": "crimes"},
        "database-url": {"url": f"nothing {CANARY}", "table": "crimes"},
        "database-driver": {"url": f"nosuch://me:{CANARY}@host/db", "table": "crimes"},
    }
    for slug, asked in wrong.items():
        with pytest.raises(ExtractError) as caught:
            fetched(private, **asked)
        assert caught.value.slug == slug
        assert CANARY not in str(caught.value)
    with pytest.raises(ExtractError):
        fetched(private, url, query="WITH gone AS (DELETE FROM crimes RETURNING *) SELECT * FROM gone")
    assert len(fetched(private, url, table="crimes")[1]) == 3
