"""failing.csv: one line a failing record and rule, harmless in a spreadsheet, and as many as were counted."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

from hostile import CANARY

from everycase.disclosure import FORMULA_STARTS
from everycase.outcome import RANK
from everycase.reporting import failing_csv

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from everycase.run import Run


def written(run: Run, path: Path) -> tuple[str, list[dict[str, str]]]:
    path.touch()
    failing_csv.write(run, run.project.reports.writes("failing_csv")[0][0], path)
    text = path.read_bytes().decode("utf-8")
    return text, list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_form_is_what_a_spreadsheet_reads(open_run: Run, tmp_path: Path) -> None:
    text, rows = written(open_run, tmp_path / "failing.csv")
    assert text.startswith('\ufeff"source","row","key","code","severity","title","fix"\r\n')
    assert text.endswith("\r\n")
    assert text.count("\n") - text.count("\r\n") == 1  # the line break within a key
    assert [p.name for p in tmp_path.iterdir()] == ["failing.csv"]
    assert list(rows[0]) == list(failing_csv.HEADER)


def test_every_failing_record_is_listed_once_a_rule(open_run: Run, sampled: Run, tmp_path: Path) -> None:
    for number, run in enumerate((open_run, sampled)):
        _, rows = written(run, tmp_path / f"{number}.csv")
        listed = Counter((r["source"], r["code"]) for r in rows)
        units = (unit.result for checked in run.checked for unit in checked.units())
        counted = {(s.id, r.code): r.counts.failing for s in units for r in s.rules if r.counts.failing}
        assert listed == counted
        assert len({(r["source"], r["code"], r["row"]) for r in rows}) == len(rows)


def test_the_worst_comes_first(sampled: Run, tmp_path: Path) -> None:
    _, rows = written(sampled, tmp_path / "failing.csv")
    order = [(r["source"], RANK[r["severity"]], r["code"], int(r["row"])) for r in rows]
    assert order == sorted(order)


def test_rows_and_keys_are_those_of_the_file(open_run: Run, tmp_path: Path) -> None:
    _, rows = written(open_run, tmp_path / "failing.csv")
    keys = {(r["code"], int(r["row"])): r["key"] for r in rows}
    assert keys["OWN1", 2] == "N | =1+1"
    assert keys["OWN1", 3] == 'S | a"b,c'
    assert keys["CMP02.born", 5] == "'=E | "
    assert keys["CMP03.sex", 4] == "'=E | @x"
    assert keys["CMP03.sex", 7] == "S | two\nlines"


def test_no_cell_begins_like_a_formula(open_run: Run, tmp_path: Path) -> None:
    _, rows = written(open_run, tmp_path / "failing.csv")
    assert not [c for r in rows for c in r.values() if c.startswith(FORMULA_STARTS)]
    own = next(r for r in rows if r["code"] == "OWN1")
    assert own["title"] == "'=cmd|' /C calc'!A0 <img src=x>"
    assert own["fix"] == '\'@fix, with "quotes" & <b>'


def test_nothing_but_the_key_of_a_record_is_in_it(open_run: Run, tmp_path: Path) -> None:
    text, rows = written(open_run, tmp_path / "failing.csv")
    assert CANARY not in text
    assert "31/02" not in text
    assert rows


def test_without_leave_the_key_stays_out(open_run: Run, tmp_path: Path) -> None:
    path = tmp_path / "failing.csv"
    report = open_run.project.reports.writes("failing_csv")[0][0].model_copy(update={"redaction": "none"})
    failing_csv.write(open_run, report, path)
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert {r["key"] for r in rows} == {""}


def test_where_nothing_fails_nothing_is_asked(
    start: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start("quiet")

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(failing_csv, "execute", refuse)
    text, rows = written(run, tmp_path / "failing.csv")
    assert rows == []
    assert text.count("\r\n") == 1


def test_a_source_that_could_not_be_read_lists_nothing(start: Callable[..., Run], tmp_path: Path) -> None:
    _, rows = written(start("crimes", crimes=tmp_path / "absent.csv"), tmp_path / "failing.csv")
    assert rows == []


def test_a_folder_name_with_quotes_will_do(open_run: Run, tmp_path: Path) -> None:
    place = tmp_path / 'it\'s a "folder" Grüße'
    place.mkdir()
    _, rows = written(open_run, place / "failing.csv")
    assert rows


def test_the_file_for_programs_lists_the_same(open_run: Run, tmp_path: Path) -> None:
    import duckdb

    from everycase.reporting import failing_parquet

    path = tmp_path / "failing.parquet"
    path.touch(0o600)
    report = open_run.project.reports.writes("failing_csv")[0][0]
    failing_parquet.write(open_run, report, path)
    first = path.read_bytes()
    failing_parquet.write(open_run, report, path)
    assert path.read_bytes() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert CANARY.encode() not in first
    found = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    assert tuple(found.columns) == failing_csv.HEADER
    rows = [tuple(str(c) for c in row) for row in found.fetchall()]
    _, lines = written(open_run, tmp_path / "failing.csv")
    plain = [tuple(c.removeprefix("'") for c in line.values()) for line in lines]
    assert plain == rows


def test_where_nothing_fails_the_file_for_programs_has_its_columns(start: Callable[..., Run], tmp_path: Path) -> None:
    import duckdb

    from everycase.reporting import failing_parquet

    run, path = start("quiet"), tmp_path / "failing.parquet"
    failing_parquet.write(run, run.project.reports.writes("failing_csv")[0][0], path)
    found = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    assert tuple(found.columns) == failing_csv.HEADER
    assert found.fetchall() == []
