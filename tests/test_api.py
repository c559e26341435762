"""The Python interface: lazy, silent, typed, and with frames the same result as with the file they came from."""

import csv
import datetime as dt
import doctest
import io
import json
import re
import subprocess
import sys

import pandas as pd
import pytest
import test_tables
from making import make_project, rule
from support import AS_OF, ROOT

import everycase
from everycase.errors import EverycaseError

FIELDS = """
    ref: {title: Ref, type: text}
    code: {title: Code, type: code, codelist: words, thresholds: {supplied: 1.0, valid: 1.0}}
    day: {title: Day, type: date}
    age: {title: Age, type: integer}
"""


@pytest.fixture
def small(tmp_path):
    return make_project(tmp_path / "p", FIELDS, rule("R1", "code = '1'", applies="supplied(code)"), keys="ref")


def csv_of(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def counts(result):
    return [(r["code"], r["passing"], r["failing"], r["undetermined"]) for r in result.rules()], result.fields()


def test_importing_loads_nothing_heavy_and_every_name_is_there():
    code = (
        "import sys, everycase; assert not {'duckdb', 'pandas', 'yaml', 'everycase.api'} & set(sys.modules);"
        "assert all(getattr(everycase, n) for n in everycase.__all__); assert 'great_expectations' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="no attribute 'chek'"):
        _ = everycase.chek


def test_it_gives_the_result_of_the_command_line_and_prints_nothing(everycase_cli, extracts, tmp_path, capsys):
    name = "met_homicides"
    everycase_cli("check", name, "--project", ROOT, "--as-of", AS_OF, "--no-gx", "--out", tmp_path / "out",
                  "--extract", f"{name}={extracts[name].extract}")  # fmt: skip
    capsys.readouterr()
    result = everycase.check(ROOT, name, extracts={name: extracts[name].extract}, as_of=AS_OF, out=tmp_path / "api")
    assert capsys.readouterr() == ("", "")
    old, new = (json.loads((tmp_path / f / "result.json").read_text()) for f in ("out", "api"))
    for found in (old, new):
        found["run"].update(id="", started="")
    assert old == new
    assert result.exit_code == new["run"]["exit_code"] == 1
    assert not result.passed


@pytest.fixture
def everycase_cli(capsys):
    from everycase.cli import run_command

    return lambda *arguments: run_command([str(a) for a in arguments])


@pytest.mark.parametrize("kind", ["pandas", "pandas-text", "polars", "pyarrow"])
def test_a_frame_gives_the_counts_of_its_export(extracts, kind):
    name = "police_recorded_crime"
    path = extracts[name].extract
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    if kind == "pandas":
        frame = text.replace({"": None})
    elif kind == "polars":
        import polars as pl

        frame = pl.from_pandas(text)
    elif kind == "pyarrow":
        import pyarrow as pa

        frame = pa.Table.from_pandas(text)
    else:
        frame = text
    expected = everycase.check(ROOT, name, extracts={name: path}, as_of=AS_OF)
    assert counts(everycase.check(ROOT, name, extracts={name: frame}, as_of=AS_OF)) == counts(expected)


def test_typed_columns_read_as_an_export_would_write_them(small, tmp_path):
    rows = [("a", 1, "2024-05-01", 30), ("b", None, None, None), ("c", 2, "2024-02-29", 7)]
    path = csv_of(
        tmp_path / "x.csv", ["ref", "code", "day", "age"], [["" if v is None else v for v in r] for r in rows]
    )
    frame = pd.DataFrame(rows, columns=["ref", "code", "day", "age"])
    assert str(frame["code"].dtype) == "float64"  # NOTE: pandas makes 1.0 of a code beside a missing one
    expected = counts(everycase.check(small, extracts={"s": path}, as_of=AS_OF))
    assert expected[0][-1] == ("R1", 1, 1, 0)
    assert counts(everycase.check(small, extracts={"s": frame}, as_of=AS_OF)) == expected
    frame["day"] = pd.to_datetime(frame["day"])
    assert counts(everycase.check(small, extracts={"s": frame}, as_of=AS_OF)) == expected
    frame["code"] = frame["code"].astype(object).where(frame["code"].notna(), None)
    frame["code"] = [None if v is None else str(int(v)) for v in frame["code"]]
    assert counts(everycase.check(small, extracts={"s": frame.astype({"code": "category"})}, as_of=AS_OF)) == expected


def test_a_frame_of_one_column_loses_no_blank_record(small):
    result = everycase.check(small, extracts={"s": pd.DataFrame({"code": ["1", None, "", "2"]})}, as_of=AS_OF)
    (found,) = [f for f in result.fields() if f["name"] == "code"]
    assert (found["records"], found["supplied"]) == (4, 2)


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ([{"code": "CANARY"}], "frame-kind"),
        (pd.DataFrame({"code": [["CANARY"]]}), None),
        (pd.DataFrame([["CANARY", "x"]], columns=["code", "code"]), "header-duplicate"),
        (pd.DataFrame({"code": []}), "extract-no-records"),
        (pd.DataFrame({"code": pd.to_datetime(["2024-01-01"]).tz_localize("UTC")}), "frame-type"),
    ],
)
def test_what_is_no_table_of_text_is_refused_without_quoting_it(small, given, slug):
    if slug in {"frame-kind", "header-duplicate", "extract-no-records", "frame-type"}:
        with pytest.raises(EverycaseError) as caught:
            everycase.check(small, extracts={"s": given}, as_of=AS_OF)
        assert caught.value.slug == slug
        assert "CANARY" not in str(caught.value)
    else:
        result = everycase.check(small, extracts={"s": given}, as_of=AS_OF)
        assert "CANARY" not in result.to_json()


def test_tables_of_one_source_come_as_a_mapping(tmp_path):
    made = test_tables.project(tmp_path / "p", "delimited")
    frames = {
        n.removesuffix(".csv"): pd.read_csv(io.StringIO(text), dtype=str) for n, text in test_tables.FILES.items()
    }
    result = everycase.check(made, extracts={"s": frames}, as_of=AS_OF)
    assert {c: n for c, *n in counts(result)[0]} == {c: list(n) for c, n in test_tables.EXPECTED.items()}
    for wrong in (frames["plans"], {"plans": frames["plans"]}):
        with pytest.raises(EverycaseError, match="has several tables") as caught:
            everycase.check(made, extracts={"s": wrong}, as_of=AS_OF)
        assert caught.value.slug == "frame-kind"
    nested = test_tables.project(tmp_path / "x", "xml")
    with pytest.raises(EverycaseError, match="nested") as caught:
        everycase.check(nested, extracts={"s": frames}, as_of=AS_OF)


def test_a_task_fails_where_its_data_did(small):
    bad = everycase.check(small, extracts={"s": pd.DataFrame({"ref": ["a"], "code": ["CANARY"], "day": [""],
                                                              "age": [""]})}, as_of=AS_OF)  # fmt: skip
    with pytest.raises(EverycaseError, match="did not pass: s could_not_check") as caught:
        bad.require_passed()
    assert "CANARY" not in str(caught.value) + bad.to_json() + repr(bad) + bad._repr_html_()
    absent = everycase.check(small, extracts={"s": "/nowhere/x.csv"}, as_of=AS_OF)
    assert absent.exit_code == 3
    assert "COULD NOT CHECK" in absent._repr_html_()


def test_wrong_arguments_are_refused(small):
    for wrong in ({"as_of": "1 May"}, {"fail_on": "mild"}, {"sources": "t"}):
        with pytest.raises(EverycaseError):
            everycase.check(small, **wrong)
    assert (
        everycase.check(small, as_of=dt.datetime(2026, 1, 1, 5, tzinfo=dt.UTC)).document["run"]["as_of"] == "2026-01-01"
    )


def test_results_are_compared_from_memory_and_from_files(small, tmp_path):
    def made(wrong, out=None):
        rows = {"ref": [str(i) for i in range(400)], "code": ["2"] * wrong + ["1"] * (400 - wrong), "day": [""] * 400}
        return everycase.check(small, extracts={"s": pd.DataFrame({**rows, "age": [""] * 400})}, as_of=AS_OF, out=out)

    before, after = made(10, tmp_path / "before"), made(90)
    found = everycase.compare(tmp_path / "before" / "result.json", after)
    assert [c.code for c in found.worse] == ["R1"]
    assert found.worse[0].points == 20.0
    assert "1 WORSE" in found._repr_html_()
    assert not everycase.compare(before, after, tolerance=25).worse
    assert everycase.compare(before, made(10)).counted()["persisting"] == 1
    (tmp_path / "no.json").write_text('{"a": 1}')
    with pytest.raises(EverycaseError, match="no result of a check"):
        everycase.compare(tmp_path / "no.json", after)


def test_the_examples_of_the_page_run(tmp_path, monkeypatch, extracts):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "homicides.csv").write_bytes(extracts["met_homicides"].extract.read_bytes())
    text = (ROOT / "docs/python.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 4
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    names = {"__name__": "docs"}
    for number, block in enumerate(blocks):
        if ">>>" in block:
            test = parser.get_doctest(block, names, f"python.md block {number}", None, None)
            runner.run(test, clear_globs=False)
            names.update(test.globs)
        else:
            exec(compile(block, f"python.md block {number}", "exec"), names)  # noqa: S102 - the page's own words
    assert runner.summarize(verbose=False).failed == 0
    with pytest.raises(EverycaseError, match="did not pass"):
        names["check_homicides"]("homicides.csv", "2026-06-15")
