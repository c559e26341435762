"""The Great Expectations record: genuine, equal to our verdict, quiet, and without a single cell."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_vocabulary import judged, small_project

from everycase.errors import RecordError
from everycase.outcome import Counts, Status
from everycase.run import CheckedSource, Options, Run, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycase.gx_record import GreatRecord
    from everycase.outcome import SourceResult
    from everycase.project import Project
    from everycase.sampling import Sample

    Police = tuple[Run, CheckedSource, GreatRecord]

ROOT = Path(__file__).parents[1]
AS_OF = dt.date(2026, 6, 15)
CANARY = "CANARY7Q"
ROWS = ["A,1,x,2020-05-01,XX1,AB1,1", "B,2,y,2020-05-02,XX2,AB1,2", f"C,{CANARY},{CANARY},31/02/2020,{CANARY},bad,3",
        "D,9,,,,,4"]  # fmt: skip


def native(kind: str, **kwargs: Any) -> dict[str, Any]:
    return {"expectation": f"expect_{kind}", "kwargs": kwargs}


@pytest.fixture(scope="module")
def police(project: Project, extracts: dict[str, Sample]) -> Iterator[Police]:
    """Keep one checked source open, with its record."""
    from everycase import great

    extract = {"police_recorded_crime": extracts["police_recorded_crime"].extract}
    with run(project, Options(as_of=AS_OF, sources=tuple(extract), extracts=extract)) as found:
        yield found, found.checked[0], great.record(found.checked[0], found)


# Genuine and equal ---------------------------------------------------------------------------------------------------


def test_the_record_is_a_validation_result_of_the_library(police: Police) -> None:
    from everycase import great

    _, checked, made = police
    suite = great.gx.ExpectationSuite(**{k: v for k, v in made.suite.items() if k != "id"})
    assert len(suite.expectations) == len(checked.rules)
    assert all(isinstance(e, great.ExpectRecordsToPassRule) for e in suite.expectations)
    result = great.gx.core.ExpectationSuiteValidationResult(
        success=made.result["success"], results=made.result["results"], suite_name=made.result["suite_name"],
        statistics=made.result["statistics"], meta=made.result["meta"],
    )  # fmt: skip
    assert result.statistics["evaluated_expectations"] == len(checked.rules)


def test_every_verdict_and_count_of_the_record_is_ours(police: Police) -> None:
    from everycase import great

    found, checked, made = police
    theirs = {r["expectation_config"]["meta"]["everycase"]["code"]: r for r in made.result["results"]}
    assert list(theirs) == sorted(r.code for r in checked.result.rules)
    assert {r.status for r in checked.result.rules} >= {Status.PASSED, Status.FAILED}
    for rule in checked.result.rules:
        one = theirs[rule.code]
        assert one["success"] == (rule.status in {Status.PASSED, Status.NOT_APPLICABLE})
        assert one["result"]["element_count"] == rule.counts.applicable
        assert one["result"]["unexpected_count"] == rule.counts.failing
        assert one["result"]["missing_count"] == rule.counts.undetermined
        severity = {"error": "critical", "query": "warning", "warning": "info"}[rule.severity]
        assert one["expectation_config"]["severity"] == severity
    assert great.reconcile(checked.result, made, found.options.fail_on) == checked.result


def test_statuses_that_are_neither_passed_nor_failed_agree_too(police: Police) -> None:
    from everycase import great

    found, checked, _ = police
    first, second, *rest = checked.result.rules
    gone = replace(first, status=Status.COULD_NOT_CHECK, counts=Counts(), reason="needs a column")
    idle = replace(second, status=Status.NOT_APPLICABLE, counts=Counts())
    before = checked.result
    checked.result = replace(before, rules=(gone, idle, *rest))
    try:
        made = great.record(checked, found)
        assert made.verdicts[gone.code] is Status.COULD_NOT_CHECK
        assert made.reasons[gone.code] == "needs a column"
        assert made.verdicts[idle.code] is Status.PASSED
        assert great.reconcile(checked.result, made, "error") == checked.result
    finally:
        checked.result = before


@pytest.mark.parametrize("change", ["verdict", "absent", "extra"])
def test_a_disagreement_ends_in_could_not_check(police: Police, change: str) -> None:
    from everycase import great

    found, checked, made = police
    code = checked.rules[0].code
    verdicts = dict(made.verdicts)
    if change == "verdict":
        verdicts[code] = Status.FAILED if verdicts[code] is Status.PASSED else Status.PASSED
    elif change == "absent":
        del verdicts[code]
    else:
        verdicts["ZZ99"] = Status.PASSED
    result = great.reconcile(checked.result, replace(made, verdicts=verdicts), found.options.fail_on)
    assert result.status is Status.COULD_NOT_CHECK
    assert result.problem is not None
    assert result.problem.slug == "gx-disagrees"
    assert result.rules == checked.result.rules


def test_a_rule_that_was_not_validated_ends_in_could_not_check(police: Police) -> None:
    from everycase import great

    found, checked, made = police
    fewer = replace(made, result={**made.result, "results": made.result["results"][1:]})
    assert great.reconcile(checked.result, fewer, found.options.fail_on).status is Status.COULD_NOT_CHECK


def test_a_failing_library_is_a_record_error_without_its_words(police: Police, monkeypatch: pytest.MonkeyPatch) -> None:
    from everycase import great

    def broken(*_: object) -> None:
        raise ValueError(CANARY)

    found, checked, _ = police
    monkeypatch.setattr(great, "_context", broken)
    with pytest.raises(RecordError) as error:
        great.record(checked, found)
    assert CANARY not in str(error.value)
    assert great.unrecorded(checked.result, error.value).status is Status.COULD_NOT_CHECK


# Native expectations -------------------------------------------------------------------------------------------------


def natives(
    tmp_path: Path, entries: list[dict[str, Any]], rows: list[str] = ROWS
) -> tuple[dict[str, Status], SourceResult, GreatRecord]:
    from everycase import great

    with judged(small_project(tmp_path, entries, rows)) as found:
        checked = found.checked[0]
        before = {r.code: r.status for r in checked.result.rules if r.code.startswith("T")}
        made = great.record(checked, found)
        return before, great.reconcile(checked.result, made, "error"), made


def test_native_expectations_are_judged_by_the_library(tmp_path: Path) -> None:
    before, result, made = natives(tmp_path, [
        native("column_distinct_values_to_be_in_set", column="sex", value_set=["1", "2", "9", CANARY]),
        native("column_distinct_values_to_be_in_set", column="sex", value_set=["1", "2", "9"]),
        native("column_unique_value_count_to_be_between", column="sex", min_value=4, max_value=4),
        native("column_max_to_be_between", column="date of birth", max_value="2020-05-02"),
        native("column_mean_to_be_between", column="n", min_value=2.5, max_value=2.5),
        native("column_most_common_value_to_be_in_set", column="postcode", value_set=["AB1"]),
        native("table_row_count_to_equal", value=5),
        native("table_column_count_to_equal", value=7),
        native("table_columns_to_match_set", column_set=["sex", "id"], exact_match=False),
        native("column_to_exist", column="force"),
    ])  # fmt: skip
    assert set(before.values()) == {Status.COULD_NOT_CHECK}
    passed = [True, False, True, True, True, True, False, True, True, True]
    assert [r.status for r in result.rules] == [Status.PASSED if p else Status.FAILED for p in passed]
    assert [r.counts for r in result.rules] == [Counts(passing=1) if p else Counts(failing=1) for p in passed]
    assert result.status is Status.FAILED
    assert made.native == set(before)
    kinds = {r["expectation_config"]["type"] for r in made.result["results"]}
    assert "expect_column_mean_to_be_between" in kinds


def test_what_the_library_cannot_judge_could_not_be_checked(tmp_path: Path) -> None:
    _, result, made = natives(tmp_path, [
        native("column_mean_to_be_between", column="sex", min_value=1),
        native("table_row_count_to_be_between", min_value=9, max_value=1),
        native("table_row_count_to_equal", value=4),
    ])  # fmt: skip
    assert [r.status for r in result.rules] == [Status.COULD_NOT_CHECK, Status.COULD_NOT_CHECK, Status.PASSED]
    assert all(r.reason for r in result.rules[:2])
    assert result.status is Status.COULD_NOT_CHECK
    assert not made.result["success"]


def test_a_native_expectation_out_of_force_is_left_out(tmp_path: Path) -> None:
    entry = {**native("table_row_count_to_equal", value=9), "effective": {"to": "2020-01-01"}}
    _, result, made = natives(tmp_path, [entry, native("table_row_count_to_equal", value=4)])
    assert [r.status for r in result.rules] == [Status.NOT_APPLICABLE, Status.PASSED]
    assert (made.idle, made.native) == ({"T00"}, {"T01"})


def test_values_that_were_not_kept_are_not_judged(tmp_path: Path) -> None:
    """A text field that no predicate reads is kept as filled or not; the library must not take that for its values."""
    _, result, _ = natives(tmp_path, [native("column_distinct_values_to_be_in_set", column="force", value_set=["x"]),
                                      native("table_row_count_to_equal", value=4)])  # fmt: skip
    first = result.rules[0]
    assert first.status in {Status.FAILED, Status.COULD_NOT_CHECK}
    if first.status is Status.COULD_NOT_CHECK:
        assert "not kept" in first.reason


# Quiet, private, deterministic ---------------------------------------------------------------------------------------


def test_no_cell_stands_in_the_record_or_the_docs(tmp_path: Path) -> None:
    from everycase import great

    entries = [
        native("column_values_to_be_in_set", column="sex", value_set=["1"]),
        native("column_distinct_values_to_be_in_set", column="sex", value_set=["1"]),
        native("column_distinct_values_to_equal_set", column="offence", value_set=["1"]),
        native("column_max_to_be_between", column="postcode", max_value="0"),
        native("column_min_to_be_between", column="n", min_value=2),
        native("column_most_common_value_to_be_in_set", column="offence", value_set=["1"]),
        native("column_mean_to_be_between", column="sex", min_value=1),
        native("column_sum_to_be_between", column="sex", min_value=1),
    ]
    rows = [f"{CANARY}{i},{CANARY},{CANARY},{CANARY},{CANARY},{CANARY},77443311" for i in range(4)]
    with judged(small_project(tmp_path / "project", entries, rows)) as found:
        made = great.record(found.checked[0], found, data_docs=tmp_path / "docs")
        result = great.reconcile(found.checked[0].result, made, "error")
    pages = [p for p in (tmp_path / "docs").rglob("*") if p.is_file()]
    assert any(p.suffix == ".html" for p in pages)
    written = [great.to_bytes(made), repr(result).encode(), repr(made).encode(), *(p.read_bytes() for p in pages)]
    for text in written:
        assert CANARY.encode() not in text
        assert b"77443311" not in text
        assert str(tmp_path).encode() not in text
        assert b"site-packages" not in text
    for page in (p for p in pages if p.suffix == ".html"):
        text = page.read_text(encoding="utf-8")
        assert "Content-Security-Policy" in text
        assert 'src="http' not in text


QUIET = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto"):
        raise RuntimeError("the network was asked for: " + event)
sys.addaudithook(refuse)
import os, warnings
from pathlib import Path
warnings.simplefilter("error")
shown, before = warnings.showwarning, dict(os.environ)
sys.path.insert(0, sys.argv[1])
from test_vocabulary import judged
with judged(Path(sys.argv[2])) as found:
    from everycase import great
    made = great.record(found.checked[0], found)
    assert great.reconcile(found.checked[0].result, made, "error").problem is None
assert warnings.showwarning is shown
assert dict(os.environ) == before
assert not {"altair", "scipy.stats"} & set(sys.modules)
Path(sys.argv[3]).write_bytes(great.to_bytes(made))
"""


def test_two_processes_write_the_same_bytes_quietly_and_without_a_network(tmp_path: Path) -> None:
    entries = [native("column_values_to_be_in_set", column="sex", value_set=["1"]),
               native("table_row_count_to_equal", value=4)]  # fmt: skip
    root = small_project(tmp_path / "project", entries, ROWS)
    for name in ("one.json", "two.json"):
        ran = subprocess.run([sys.executable, "-c", QUIET, Path(__file__).parent, root, tmp_path / name],
                             capture_output=True, check=False, text=True)  # fmt: skip
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_the_file_is_json_with_sorted_keys(police: Police, tmp_path: Path) -> None:
    from everycase import great

    _, _, made = police
    great.write(made, tmp_path / "record.json")
    text = (tmp_path / "record.json").read_text(encoding="utf-8")
    assert json.dumps(json.loads(text), sort_keys=True, indent=1, ensure_ascii=False) + "\n" == text
    about = json.loads(text)["meta"]["everycase"]
    assert (about["source"], about["as_of"]) == ("police_recorded_crime", AS_OF.isoformat())


def test_the_table_is_left_as_it_was(police: Police) -> None:
    from everycase import great

    found, checked, _ = police
    listing = "SELECT view_name FROM duckdb_views() WHERE NOT internal"
    before = checked.prepared.rows(listing)
    great.record(checked, found)
    assert checked.prepared.rows(listing) == before
    assert checked.prepared.rows("SELECT count(*) FROM prepared") == [(checked.result.records,)]


@pytest.mark.parametrize("module", ["everycase.cli", "everycase.vocabulary", "everycase.exchange"])
def test_what_needs_no_data_loads_neither_the_library_nor_its_weight(module: str) -> None:
    code = f"import sys, {module}; print(sorted({{'great_expectations', 'pandas', 'duckdb'}} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ran.stdout.strip() == "[]"


def test_only_one_module_imports_the_library() -> None:
    files = [ROOT / "runner.py", *(ROOT / "checks").rglob("*.py"), *(ROOT / "src").rglob("*.py")]
    importing = {p.name for p in files if any(
        line.strip().startswith(("import great_expectations", "from great_expectations")) for line in
        p.read_text(encoding="utf-8").splitlines())}  # fmt: skip
    assert importing == {"great.py"}
