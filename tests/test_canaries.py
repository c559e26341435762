"""Nothing of a record leaves: marks in every cell, header and folder are looked for in all that is written or said."""

import json
import tempfile

import duckdb
import pytest
from canaries import contents, found_in, mark, marked, said, traces
from support import AS_OF, ROOT
from test_bad_input import REFUSED, _text

from everycase.sampling import write_sample

SOURCE, KEYS = "cps_cases", ("urn", "defendant_id", "case_ref")
OWNERS = ("failing.csv", "failing.parquet", "return.xlsx")


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Give a folder for temporary files that nobody else uses."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def extract(project, tmp_path):
    """Give an extract full of marks: its path, the marks of keys, the others."""
    made = write_sample(project, SOURCE, 60, 7, AS_OF, tmp_path / "sample")
    folder = tmp_path / mark("F", 1)
    folder.mkdir()
    path = folder / "extract.csv"
    keys = project.sources[SOURCE].keys
    return path, *marked(made.extract, path, keys)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "work" / "out"


def _check(everycase, path, out, *more):
    return everycase(
        "check", SOURCE, "--project", ROOT, "--as-of", AS_OF, "--out", out, "--extract", f"{SOURCE}={path}", *more
    )


def test_a_mark_is_found_in_every_form(tmp_path):
    """Without this, a blind search would prove everything."""
    text = mark("C", 1)
    for number, trace in enumerate(traces(text)):
        path = tmp_path / str(number) / "file"
        path.parent.mkdir()
        path.write_bytes(b"before " + trace + b" after")
        assert found_in(path.parent, [text]) == ["file"]


@pytest.mark.parametrize("more", [("--no-gx",), ("--no-gx", "--format", "json"), ("--quiet",)], ids=" ".join)
def test_no_report_holds_a_cell_and_only_the_owners_hold_keys(everycase, extract, out, temporary, tmp_path, more):
    path, keys, others = extract
    ran = _check(everycase, path, out, *more)
    assert ran.code in {1, 3}, ran.printed
    assert found_in(tmp_path / "work", [*others, mark("F", 1)]) == []
    assert found_in(tmp_path / "work", keys, but=OWNERS) == []
    assert found_in(out, keys) != []  # the owner is told which records
    assert not said(ran.printed, [*keys, *others, mark("F", 1)])
    assert found_in(temporary, [*keys, *others]) == []


def test_what_is_made_of_a_result_holds_neither_cell_nor_key(everycase, extract, out, temporary, tmp_path):
    path, keys, others = extract
    _check(everycase, path, out, "--no-gx")
    result = out / "result.json"
    sha = json.loads(result.read_text(encoding="utf-8"))["sources"][0]["extract"]["sha256"]
    for command in (("report", result, "--report", "auditor"), ("release", result)):
        ran = everycase(*command, "--project", ROOT, "--out", tmp_path / "made" / command[0])
        assert ran.code == 0, ran.printed
        assert not said(ran.printed, [*keys, *others])
    assert found_in(tmp_path / "made", [*keys, *others, mark("F", 1)]) == []
    released = b"".join(c for p in (tmp_path / "made" / "release").iterdir() for c in contents(p))
    assert b"extract.csv" not in released
    assert sha.encode() not in released


@pytest.mark.parametrize("kind", REFUSED)
def test_no_refusal_quotes_what_it_refuses(kind, everycase, extract, out, temporary, tmp_path):
    import csv

    path, keys, others = extract
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    path.write_bytes(REFUSED[kind](rows))
    assert _text(rows)
    ran = _check(everycase, path, out, "--no-gx")
    assert ran.code in {1, 3}
    assert not said(ran.printed, [*keys, *others])
    assert found_in(tmp_path / "work", others) == []
    assert found_in(tmp_path / "work", keys, but=OWNERS) == []


class _Broken:
    """A connection that fails at one statement, quoting a cell as engines do."""

    def __init__(self, connection, at, quoting):
        self._connection, self._left, self._quoting = connection, at, quoting

    def execute(self, *arguments, **named):
        self._left -= 1
        if self._left == 0:
            message = f"Conversion Error: Could not convert string '{self._quoting}' to INT32"
            raise duckdb.ConversionException(message)
        return self._connection.execute(*arguments, **named)

    def __getattr__(self, name):
        return getattr(self._connection, name)


@pytest.mark.parametrize("at", [1, 3, 6, 12])
def test_no_fault_of_the_engine_quotes_a_cell(at, everycase, extract, out, temporary, tmp_path, monkeypatch):
    path, keys, others = extract
    connect, hit = duckdb.connect, []

    def broken(*arguments, **named):
        hit.append(1)
        return _Broken(connect(*arguments, **named), at, others[-1])

    monkeypatch.setattr(duckdb, "connect", broken)
    ran = _check(everycase, path, out, "--no-gx")
    assert hit
    assert ran.code in {1, 2, 3}
    assert "Traceback" not in ran.printed
    assert not said(ran.printed, [*keys, *others])
    assert found_in(tmp_path / "work", others) == []
    assert found_in(temporary, [*keys, *others]) == []


def test_a_bug_of_ours_quotes_no_cell(everycase, extract, out, temporary, tmp_path, monkeypatch):
    from everycase import judging

    path, keys, others = extract

    def broken(*_):
        raise ValueError(others[-1])

    monkeypatch.setattr(judging, "read_all", broken)
    ran = _check(everycase, path, out, "--no-gx")
    assert ran.code == 3
    assert not said(ran.printed, [*keys, *others])
    assert found_in(tmp_path / "work", [*keys, *others]) == []
