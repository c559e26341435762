"""Several tables become one record each: nothing is multiplied, lost or numbered wrongly in joining them."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from everycase.errors import ConfigurationError
from everycase.outcome import Counts, Status
from everycase.project import load
from everycase.run import Options, run
from everycase.testing import failing_rows

if TYPE_CHECKING:
    from everycase.outcome import ExtractFacts, RunResult
    from everycase.run import Run

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    "cases.csv": "case,person,area\n1,A,N\n2,B,S\n3,C,N\n",
    "people.csv": "person,sex\nA,F\nB,M\nC,F\n",
    "areas.csv": "code,name\nN,North\nS,South\n",
}
SUITE = """\
suite: cases
title: Cases
fields:
  case: {title: Case, type: text, thresholds: {supplied: 1.0}}
  person: {title: Person, type: text, thresholds: {supplied: 1.0}}
  sex: {title: Sex, type: code, codelist: sex, thresholds: {supplied: 1.0, valid: 1.0}}
  area: {title: Area, type: text, thresholds: {supplied: 1.0}}
"""
CODES = """\
codelist: sex
title: Sex
source: {title: Made up}
codes:
  F: {meaning: Female}
  M: {meaning: Male}
"""
TABLES = """\
        cases: {file: cases.csv}
        people: {file: people.csv, join: {person: cases.person}}
        areas: {file: areas.csv, join: {code: cases.area}}
"""
REGISTRY = """\
version: 1
project: {{id: made-up, title: Made up}}
sources:
  cases:
    title: Cases
    agency: Nobody
    owner: Nobody
    description: A made-up folder of tables.
    jurisdiction: Nowhere
    cadence: never
    legal_basis: None
    suite: cases
    extract: extract
    keys: [case]
    reader:
      records: {records}
      tables:
{tables}
    columns: {{cases.case: case, cases.person: person, people.sex: sex, areas.name: area}}
"""

Checked: TypeAlias = Callable[..., "Run"]


@pytest.fixture
def check(tmp_path: Path) -> Checked:
    """Give a function that writes a project and a folder of tables, and opens a run over them."""

    def opened(
        *, tables: str = TABLES, records: str = "cases", absent: str = "", files: dict[str, str] | None = None
    ) -> Run:
        lists = tmp_path / "expectations" / "codelists"
        lists.mkdir(parents=True)
        (lists / "sex.yaml").write_text(CODES, encoding="utf-8")
        shutil.copy(ROOT / "expectations" / "codelists" / "query_reason.yaml", lists)
        (tmp_path / "expectations" / "cases.yaml").write_text(SUITE, encoding="utf-8")
        registry = REGISTRY.format(tables=tables, records=records)
        (tmp_path / "sources.yaml").write_text(registry, encoding="utf-8")
        shutil.copytree(ROOT / "reports", tmp_path / "reports")
        folder = tmp_path / "extract"
        folder.mkdir()
        for name, text in {**FILES, **(files or {})}.items():
            if name != absent:
                (folder / name).write_text(text, encoding="utf-8")
        return run(load(tmp_path), Options(as_of=dt.date(2026, 6, 15)))

    return opened


def result_of(open_run: Run) -> RunResult:
    with open_run:
        return open_run.result()


def refused(open_run: Run) -> tuple[str, str]:
    """Give slug and sentence of why the source could not be checked; a verdict is a failure of the test."""
    result = result_of(open_run)
    source = result.sources[0]
    assert source.status is Status.COULD_NOT_CHECK
    assert result.exit_code() == 3
    assert source.problem is not None
    return source.problem.slug, source.problem.message


def facts_of(result: RunResult) -> ExtractFacts:
    facts = result.sources[0].extract
    assert facts is not None
    return facts


def counts(result: RunResult, code: str) -> Counts:
    return next(r.counts for r in result.sources[0].rules if r.code == code)


def rows_failing(open_run: Run, code: str) -> list[int]:
    with open_run:
        return failing_rows(open_run.checked[0], code)


def test_tables_that_fit_give_one_record_each(check: Checked) -> None:
    result = result_of(check())
    source = result.sources[0]
    assert (source.status, source.records, result.exit_code()) == (Status.PASSED, 3, 0)
    assert all(f.tally.known == 3 for f in source.fields)
    facts = facts_of(result)
    assert facts.repairs == ()
    assert [name for name, _, _ in facts.files] == ["cases.csv", "people.csv", "areas.csv"]
    assert facts.bytes == sum(len(text) for text in FILES.values())


def test_a_join_that_multiplies_records_is_refused(check: Checked) -> None:
    slug, message = refused(check(files={"people.csv": "person,sex\nA,F\nA,M\nB,M\nC,F\n"}))
    assert (slug, message) == ("records-lost", "3 records went in and 4 came out")


def test_a_key_that_stands_twice_but_is_not_asked_for_multiplies_nothing(check: Checked) -> None:
    result = result_of(check(files={"people.csv": "person,sex\nA,F\nB,M\nC,F\nZ,F\nZ,M\n"}))
    assert (result.sources[0].status, result.sources[0].records) == (Status.PASSED, 3)


def test_a_record_without_its_partner_is_kept_counted_and_blank(check: Checked) -> None:
    result = result_of(check(files={"people.csv": "person,sex\nA,F\nC,F\n"}))
    assert result.sources[0].records == 3
    repairs = [(r.kind, r.detail, r.count) for r in facts_of(result).repairs]
    assert repairs == [("unmatched", "records without a partner in the table people", 1)]
    assert counts(result, "CMP01.sex") == Counts(passing=2, failing=1)


def test_a_blank_reference_is_no_broken_one(check: Checked) -> None:
    result = result_of(check(files={"cases.csv": "case,person,area\n1,A,N\n2,,S\n3,C,N\n"}))
    assert facts_of(result).repairs == ()
    assert counts(result, "CMP01.person") == counts(result, "CMP01.sex") == Counts(passing=2, failing=1)


def test_two_blank_keys_are_not_joined_to_each_other(check: Checked) -> None:
    files = {"cases.csv": "case,person,area\n1,,N\n2,B,S\n", "people.csv": "person,sex\n,F\n,M\nB,M\n"}
    result = result_of(check(files=files))
    assert result.sources[0].records == 2
    assert counts(result, "CMP01.sex") == Counts(passing=1, failing=1)


def test_a_broken_reference_is_counted_once_although_further_tables_hang_on_it(check: Checked) -> None:
    tables = """\
        cases: {file: cases.csv}
        people: {file: people.csv, join: {person: cases.person}}
        areas: {file: areas.csv, join: {code: people.area}}
"""
    result = result_of(check(tables=tables, files={"people.csv": "person,sex,area\nA,F,N\nC,F,S\n"}))
    repairs = [(r.detail, r.count) for r in facts_of(result).repairs]
    assert repairs == [("records without a partner in the table people", 1)]


def test_a_table_that_is_not_there_is_named(check: Checked) -> None:
    slug, message = refused(check(absent="people.csv"))
    assert (slug, message) == ("extract-missing", "the folder of the extract has no file 'people.csv'")


def test_a_column_that_the_join_needs_is_named(check: Checked) -> None:
    slug, message = refused(check(files={"people.csv": "somebody,sex\nA,F\nB,M\nC,F\n"}))
    assert (slug, message) == ("missing-column", "needs the column people.person, which this extract does not have")


def test_a_column_that_a_field_needs_is_named(check: Checked) -> None:
    slug, message = refused(check(files={"people.csv": "person,gender\nA,F\nB,M\nC,F\n"}))
    assert (slug, message) == ("missing-column", "the extract has no column for: sex")


def test_a_table_of_the_records_that_is_empty_is_no_pass(check: Checked) -> None:
    slug, _ = refused(check(files={"cases.csv": "case,person,area\n"}))
    assert slug in {"no-records", "extract-no-records"}


def test_a_file_where_a_folder_of_tables_belongs_is_refused(check: Checked, tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text(FILES["cases.csv"], encoding="utf-8")
    check().resources.close()
    slug, _ = refused(run(load(tmp_path), Options(as_of=dt.date(2026, 6, 15), extracts={"cases": file})))
    assert slug == "wrong-extract"


def test_a_failing_record_has_the_row_of_the_table_that_the_records_come_from(check: Checked) -> None:
    """The people stand in another order, and one line of the cases is empty: row 5 is the third case."""
    files = {
        "cases.csv": "case,person,area\n1,A,N\n2,B,S\n\n3,C,N\n4,D,S\n",
        "people.csv": "person,sex\nD,M\nC,?\nB,M\nA,F\n",
    }
    assert rows_failing(check(files=files), "CMP02.sex") == [5]


def test_rows_are_numbered_by_the_table_of_the_records_wherever_it_stands_in_the_list(check: Checked) -> None:
    tables = """\
        areas: {file: areas.csv, join: {code: cases.area}}
        cases: {file: cases.csv}
"""
    tables += "        people: {file: people.csv, join: {person: cases.person}}\n"
    files = {"areas.csv": "code,name\n\n\nN,North\nS,South\n", "people.csv": "person,sex\nA,F\nB,M\nC,?\n"}
    assert rows_failing(check(tables=tables, files=files), "CMP02.sex") == [4]


def test_a_table_joined_to_one_below_it_is_refused_before_anything_is_read(check: Checked) -> None:
    tables = """\
        cases: {file: cases.csv}
        areas: {file: areas.csv, join: {code: people.person}}
        people: {file: people.csv, join: {person: cases.person}}
"""
    with pytest.raises(ConfigurationError, match="must name a table above"):
        check(tables=tables)


def test_the_order_of_the_records_is_that_of_their_file(check: Checked) -> None:
    lines = [f"{n},P{n % 7},{'NS'[n % 2]}" for n in range(5_000)]
    people = "person,sex\n" + "".join(f"P{n},{'FM?'[min(n % 4, 2)]}\n" for n in reversed(range(7)))
    files = {"cases.csv": "case,person,area\n" + "\n".join(lines) + "\n", "people.csv": people}
    wrong = {f"P{n}" for n in range(7) if n % 4 >= 2}
    expected = [row for row, line in enumerate(lines, start=2) if line.split(",")[1] in wrong]
    assert rows_failing(check(files=files), "CMP02.sex") == expected


def test_what_was_put_right_in_one_of_the_tables_names_its_file(check: Checked, tmp_path: Path) -> None:
    result = result_of(check(files={"areas.csv": "\ufeffcode,name\nN,North\nS,South\n"}))
    assert result.sources[0].status is Status.PASSED
    assert all(r.detail.startswith("areas.csv: ") for r in facts_of(result).repairs)


def test_columns_of_one_name_in_two_tables_are_told_apart(check: Checked) -> None:
    """Both tables have a column `person`; the field takes the one of the cases, as the registry says."""
    result = result_of(check(files={"people.csv": "person,sex,area\nA,F,X\nB,M,X\nC,F,X\n"}))
    assert result.sources[0].status is Status.PASSED


def test_one_file_may_be_joined_twice(check: Checked) -> None:
    tables = TABLES + "        homes: {file: areas.csv, join: {code: cases.area}}\n"
    result = result_of(check(tables=tables))
    assert result.sources[0].records == 3
    assert len(facts_of(result).files) == 3
