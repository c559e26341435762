"""The vocabulary of Great Expectations, judged by us: the same counts as the library, and clear refusals."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from everycase.errors import ConfigurationError
from everycase.gx_expectations import NATIVE, TRANSLATED, translated
from everycase.outcome import Counts, Status
from everycase.project import load
from everycase.rule import Rule
from everycase.run import Options, Run, run

REPORTS = Path(__file__).parents[1] / "reports"
FIELDS = {
    "id": "{title: Reference, type: text}",
    "sex": "{title: Sex, type: code, codelist: sex, why: It matters., fix: Look it up.}",
    "force": "{title: Force, type: text}",
    "date of birth": "{title: Born, type: date}",
    "offence": "{title: Offence, type: code, codelist: offence}",
    "postcode": '{title: Postcode, type: text, pattern: "[A-Z]{2}[0-9]"}',
    "n": "{title: Number, type: integer}",
}
SEX = """codelist: sex
title: Sex
source: {title: made up}
codes:
  "1": {meaning: Male}
  "2": {meaning: Female}
  "9": {meaning: Not known, standing: not_known}
"""
OFFENCE = """codelist: offence
title: Offence
source: {title: made up}
open: true
pattern: "[A-Z]{2}[0-9]+"
codes:
  "XX1": {meaning: One}
"""
SOURCES = """version: 1
project: {id: small, title: Small}
sources:
  small:
    title: Small
    agency: Agency
    owner: Registrar
    description: Made up.
    jurisdiction: none
    cadence: yearly
    legal_basis: none
    suite: small
    extract: small.csv
"""


def small_project(root: Path, expectations: list[dict[str, Any]], rows: list[str], extra: str = "") -> Path:
    """Write a project of one source with some expectations, each given a code, why and fix where it has none."""
    (root / "expectations" / "codelists").mkdir(parents=True)
    (root / "reports").mkdir()
    for path in REPORTS.glob("*.yaml"):
        (root / "reports" / path.name).write_bytes(path.read_bytes())
    (root / "expectations" / "codelists" / "sex.yaml").write_text(SEX)
    reasons = "expectations/codelists/query_reason.yaml"
    (root / reasons).write_bytes((REPORTS.parent / reasons).read_bytes())
    (root / "expectations" / "codelists" / "offence.yaml").write_text(OFFENCE)
    entries = [{"code": f"T{i:02}", "why": "Because.", "fix": "Mend it.", **e} for i, e in enumerate(expectations)]
    fields = "".join(f"  {json.dumps(n)}: {spec[:-1]}, required: never}}\n" for n, spec in FIELDS.items())
    listed = "".join(f"  - {json.dumps(e)}\n" for e in entries)
    suite = f"suite: small\ntitle: Small suite\n{extra}fields:\n{fields}expectations:\n{listed}"
    (root / "expectations" / "small.yaml").write_text(suite)
    (root / "sources.yaml").write_text(SOURCES)
    (root / "small.csv").write_text("\n".join([",".join(FIELDS), *rows]) + "\n")
    return root


def judged(root: Path) -> Run:
    """Run a small project; use it in a `with` block."""
    return run(load(root), Options(as_of=dt.date(2026, 11, 23)))


def counts(tmp_path: Path, kind: str, kwargs: dict[str, Any], rows: list[str], **more: Any) -> Counts:
    root = small_project(tmp_path, [{"expectation": kind, "kwargs": kwargs, **more}], rows)
    with judged(root) as found:
        return found.checked[0].result.rules[0].counts


def refused(tmp_path: Path, entry: dict[str, Any], extra: str = "") -> ConfigurationError:
    root = small_project(tmp_path, [entry], ["A,1,x,,,,"], extra)
    with pytest.raises(ConfigurationError) as error:
        load(root).rules_of("small")
    assert re.fullmatch(r"expectations/small\.yaml:[0-9]+", error.value.where)
    return error.value


SEXES = [f"{i},{code},x,,,," for i, code in enumerate(["1", "2", "9", "X", "Y", ""])]


# Value sets over codes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("be_in_set", ["1", "2"], Counts(2, 3, 0)),
        ("be_in_set", ["1", "2", "9"], Counts(3, 2, 0)),
        ("be_in_set", ["1", "X"], Counts(1, 2, 2)),
        ("be_in_set", ["X"], Counts(0, 3, 2)),
        ("be_in_set", [], Counts(0, 5, 0)),
        ("not_be_in_set", ["9"], Counts(4, 1, 0)),
        ("not_be_in_set", ["9", "X"], Counts(2, 1, 2)),
        ("not_be_in_set", ["X"], Counts(3, 0, 2)),
        ("not_be_in_set", [], Counts(5, 0, 0)),
    ],
)
def test_an_unmapped_code_fails_a_set_unless_the_set_may_mean_it(
    tmp_path: Path, kind: str, values: list[str], expected: Counts
) -> None:
    kwargs = {"column": "sex", "value_set": values}
    assert counts(tmp_path, f"expect_column_values_to_{kind}", kwargs, SEXES) == expected


def test_an_open_list_takes_any_value_of_its_pattern(tmp_path: Path) -> None:
    rows = [f"{i},,,,{code},," for i, code in enumerate(["XX1", "XX2", "XX3", "bad", ""])]
    kwargs = {"column": "offence", "value_set": ["XX1", "XX3"]}
    assert counts(tmp_path, "expect_column_values_to_be_in_set", kwargs, rows) == Counts(2, 2, 0)


def test_a_pair_may_name_a_code_outside_the_list(tmp_path: Path) -> None:
    kwargs = {"column_A": "sex", "column_B": "force", "value_pairs_set": [["1", "x"], ["X", "x"]]}
    assert counts(tmp_path, "expect_column_pair_values_to_be_in_set", kwargs, SEXES) == Counts(1, 3, 2)


def test_a_code_is_text_and_a_number_is_refused(tmp_path: Path) -> None:
    entry = {"expectation": "expect_column_values_to_be_in_set", "kwargs": {"column": "sex", "value_set": [1, 2]}}
    error = refused(tmp_path, entry)
    assert error.slug == "gx-expectation"
    assert "'sex'" in error.message
    assert "quotes" in error.instead


# Names and dates -----------------------------------------------------------------------------------------------------


def test_a_column_named_force_or_with_a_space_needs_nothing_special(tmp_path: Path) -> None:
    rows = ["1,,force,2020-01-01,,,", "2,,select,1990-01-01,,,", "3,,,31/02/2020,,,"]
    entries = [
        {"expectation": "expect_column_values_to_match_regex", "kwargs": {"column": "force", "regex": "^f"}},
        {"expectation": "expect_column_values_to_be_between",
         "kwargs": {"column": "date of birth", "min_value": "2000-01-01T00:00:00", "max_value": "2020-12-31"}},
        {"expectation": "expect_column_values_to_not_be_null", "kwargs": {"column": "date of birth"}},
        {"expectation": "expect_compound_columns_to_be_unique", "kwargs": {"column_list": ["force", "date of birth"]}},
    ]  # fmt: skip
    with judged(small_project(tmp_path, entries, rows)) as found:
        outcomes = [r.counts for r in found.checked[0].result.rules]
    # A cell that is no date is supplied, but can be neither early nor late.
    assert outcomes == [Counts(1, 1, 0), Counts(1, 1, 1), Counts(3, 0, 0), Counts(2, 0, 1)]


def test_applies_narrows_and_mostly_is_a_threshold(tmp_path: Path) -> None:
    kwargs = {"column": "sex", "value_set": ["1", "2"], "mostly": 0.6}
    root = small_project(
        tmp_path,
        [{"expectation": "expect_column_values_to_be_in_set", "kwargs": kwargs, "applies": "supplied(force)"},
         {"expectation": "expect_column_values_to_be_in_set", "kwargs": kwargs, "threshold": 0.1}],
        ["1,1,x,,,,", "2,2,x,,,,", "3,9,x,,,,", "4,9,,,,,"],
    )  # fmt: skip
    with judged(root) as found:
        first, second = found.checked[0].result.rules
    assert (first.counts, first.status, first.threshold) == (Counts(2, 1, 0), Status.PASSED, 0.4)
    assert (second.counts, second.status, second.threshold) == (Counts(2, 2, 0), Status.FAILED, 0.1)


# The rule ------------------------------------------------------------------------------------------------------------


def test_a_rule_takes_title_why_and_fix_from_the_field(tmp_path: Path) -> None:
    entry = {"expectation": "expect_column_values_to_not_be_null", "kwargs": {"column": "sex"},
             "why": None, "fix": None, "severity": "query", "notes": "a note", "meta": {"k": [1]}}  # fmt: skip
    (rule,) = load(small_project(tmp_path, [entry], [])).rules_of("small")
    assert (rule.title, rule.why, rule.fix, rule.fix_analyst) == (
        "Sex: left blank", "It matters.", "Look it up.", "Look it up.",
    )  # fmt: skip
    assert (rule.code, rule.name, rule.severity, rule.dimension) == (
        "T00", "expect_column_values_to_not_be_null", "query", "completeness",
    )  # fmt: skip
    assert (rule.notes, rule.meta, rule.native) == ("a note", {"k": [1]}, None)


def test_a_native_expectation_keeps_its_kwargs(tmp_path: Path) -> None:
    entry = {"expectation": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}}
    (rule,) = load(small_project(tmp_path, [entry], [])).rules_of("small")
    assert isinstance(rule, Rule)
    assert (rule.native, rule.applies, rule.requires) == ({"min_value": 1}, "TRUE", "TRUE")
    assert rule.title == "Small suite: the number of records is out of its limits"


# Refusals ------------------------------------------------------------------------------------------------------------

SET = "expect_column_values_to_be_in_set"


@pytest.mark.parametrize(
    ("kind", "kwargs", "message", "instead"),
    [
        (f"{SET}t", {}, "no expectation", f"Did you mean '{SET}'?"),
        (SET, {"column": "sexx", "value_set": []}, "names the column 'sexx'", "Did you mean 'sex'?"),
        (SET, {"column": "sex", "value_sett": []}, "does not take 'value_sett'", "Did you mean 'value_set'?"),
        (SET, {"column": "sex"}, "lacks 'value_set'", ""),
        (SET, {"value_set": ["1"]}, "lacks 'column'", ""),
        (SET, {"column": 3, "value_set": ["1"]}, "needs a name", ""),
        (SET, {"column": "sex", "value_set": "12"}, "needs a list", ""),
        (SET, {"column": "sex", "value_set": ["1"], "mostly": 2}, "from 0 to 1", ""),
        (SET, {"column": "sex", "value_set": ["1"], "mostly": "most"}, "wrong type", ""),
        (SET, {"column": "sex", "value_set": ["1"], "row_condition": "n > 1"}, "'row_condition'", "'applies'"),
        (SET, {"column": "sex", "value_set": {"$PARAMETER": "x"}}, "to the run", "itself"),
        ("expect_column_values_to_match_regex", {"column": "force", "regex": "("}, "does not parse", ""),
        ("expect_column_values_to_match_regex", {"column": "force", "regex": "(?i)a"}, "flags", "out"),
        ("expect_column_values_to_be_between", {"column": "n"}, "min_value or max_value", ""),
        ("expect_multicolumn_values_to_be_equal", {"column_list": ["sex"]}, "two columns", ""),
        ("expect_multicolumn_values_to_be_equal", {"column_list": ["sex", "n"], "ignore_row_if": "x"}, "'x'", ""),
        ("expect_table_columns_to_match_ordered_list", {"column_list": ["sex"]}, "order", "match_set"),
        ("expect_table_row_count_to_equal", {"valu": 1}, "does not take 'valu'", "'value'"),
        ("expect_column_values_to_be_json_parseable", {"column": "sex"}, "no expectation", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_refused_with_its_place(
    tmp_path: Path, kind: str, kwargs: dict[str, Any], message: str, instead: str
) -> None:
    error = refused(tmp_path, {"expectation": kind, "kwargs": kwargs, "why": "w", "fix": "f"})
    assert error.slug == "gx-expectation"
    assert kind in error.message
    assert message in error.message
    assert instead in error.instead


@pytest.mark.parametrize("part", ["code", "why", "fix"])
def test_a_rule_without_code_why_or_fix_is_refused_in_one_sentence(tmp_path: Path, part: str) -> None:
    kwargs = {"column": "force", "value_set": ["x"]}
    entry = {"expectation": SET, "kwargs": kwargs, "why": "w", "fix": "f", part: None}
    error = refused(tmp_path, entry)
    assert error.slug == "incomplete-rule"
    assert f"has no {part}" in error.message


def test_a_native_expectation_takes_no_threshold(tmp_path: Path) -> None:
    entry = {"expectation": "expect_table_row_count_to_equal", "kwargs": {"value": 1}, "threshold": 0.1}
    assert "takes no 'threshold'" in refused(tmp_path, entry).message


# The same counts as the library --------------------------------------------------------------------------------------

TYPES = dict.fromkeys("abcupq", "text") | dict.fromkeys("nm", "integer")
_ROW = "expect_column_values_to_"


def _cases() -> list[tuple[str, dict[str, Any]]]:
    a, n = {"column": "a"}, {"column": "n"}
    cases: list[tuple[str, dict[str, Any]]] = [
        (f"{_ROW}be_in_set", {**a, "value_set": ["x", "y"]}),
        (f"{_ROW}be_in_set", {**n, "value_set": [1, 2]}),
        (f"{_ROW}not_be_in_set", {**a, "value_set": ["x"]}),
        (f"{_ROW}be_null", a),
        (f"{_ROW}not_be_null", {**a, "mostly": 0.8}),
        (f"{_ROW}be_between", {**n, "min_value": 2, "max_value": 3}),
        (f"{_ROW}be_between", {**n, "min_value": 2, "strict_min": True}),
        (f"{_ROW}be_between", {**n, "max_value": 3, "strict_max": True}),
        (f"{_ROW}be_unique", {"column": "u"}),
        ("expect_column_value_lengths_to_be_between", {**a, "min_value": 2, "max_value": 2}),
        ("expect_column_value_lengths_to_equal", {**a, "value": 3}),
        ("expect_compound_columns_to_be_unique", {"column_list": ["p", "q"]}),
        # Where one is blank we cannot tell, while the library takes two blanks for the same: only the filled compare.
        (
            "expect_compound_columns_to_be_unique",
            {"column_list": ["a", "b", "u"], "ignore_row_if": "any_value_is_missing"},
        ),
        (f"{_ROW}not_match_regex", {**a, "regex": "z"}),
        (f"{_ROW}match_regex_list", {**a, "regex_list": ["^x", "z"]}),
        (f"{_ROW}match_regex_list", {**a, "regex_list": ["^z", "z$"], "match_on": "all"}),
        (f"{_ROW}not_match_regex_list", {**a, "regex_list": ["^x", "b"]}),
    ]
    cases += [(f"{_ROW}match_regex", {**a, "regex": r}) for r in ("^[a-z]+$", "b", "^A|z$", "^A")]
    for ignored in (None, "both_values_are_missing", "either_value_is_missing", "neither"):
        more = {"ignore_row_if": ignored} if ignored else {}
        ab, nm = {"column_A": "a", "column_B": "b", **more}, {"column_A": "n", "column_B": "m", **more}
        pairs = [["x", "x"], ["y", "zz"], ["x", None], [None, None]]
        cases += [
            ("expect_column_pair_values_to_be_equal", ab),
            ("expect_column_pair_values_to_be_in_set", {**ab, "value_pairs_set": pairs}),
            ("expect_column_pair_values_a_to_be_greater_than_b", nm),
            ("expect_column_pair_values_a_to_be_greater_than_b", {**nm, "or_equal": True}),
        ]
    for ignored in (None, "all_values_are_missing", "any_value_is_missing", "never"):
        more = {"ignore_row_if": ignored} if ignored else {}
        cases += [
            ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["a", "b", "c"], **more}),
            ("expect_multicolumn_values_to_be_equal", {"column_list": ["a", "b", "c"], **more}),
            ("expect_multicolumn_sum_to_equal", {"column_list": ["n", "m"], "sum_total": 4, **more}),
        ]
    return cases


def _likes() -> list[tuple[str, dict[str, Any]]]:
    """LIKE needs a database: the library has it for none of our dialects but SQLite."""
    one, many = {"column": "a", "like_pattern": "%b%"}, {"column": "a", "like_pattern_list": ["x%", "_b%"]}
    return [
        (f"{_ROW}match_like_pattern", one),
        (f"{_ROW}not_match_like_pattern", one),
        (f"{_ROW}match_like_pattern_list", {**many, "match_on": "any"}),
        (f"{_ROW}match_like_pattern_list", {**many, "match_on": "all"}),
        (f"{_ROW}not_match_like_pattern_list", many),
    ]


def test_every_expectation_we_judge_is_compared_with_the_library() -> None:
    assert {kind for kind, _ in (*_cases(), *_likes())} == set(TRANSLATED)
    assert not set(TRANSLATED) & set(NATIVE)


def test_our_counts_are_those_of_the_library(tmp_path: Path) -> None:
    import sqlite3

    import duckdb
    import pandas as pd

    from everycase import great
    from everycase.engines.duck_columns import DuckColumns, window_column
    from everycase.exchange import _stub
    from everycase.functions import writer as make_writer
    from everycase.gx_loading import quiet_run
    from everycase.scope import Scope
    from everycase.sqltext import identifier

    draw = random.Random(4)
    texts = [None, "x", "y", "zz", "Abc", "A\nb"]
    rows = pd.DataFrame([
        {"a": draw.choice(texts), "b": draw.choice(texts[:4]), "c": draw.choice([None, "x", "q", "yy"]),
         "n": draw.choice([None, 1, 2, 3, 4]), "m": draw.choice([None, 1, 2, 3]),
         "u": draw.choice([None] * 30 + [str(i) for i in range(60)]), "p": draw.choice("xy"), "q": draw.choice("xy")}
        for _ in range(120)
    ])  # fmt: skip
    ours = duckdb.connect()
    ours.register("given", rows)
    ours.execute(
        "CREATE TABLE t AS SELECT * REPLACE (CAST(n AS BIGINT) AS n, CAST(m AS BIGINT) AS m), "
        "CAST(NULL AS VARCHAR) AS n__raw, CAST(NULL AS VARCHAR) AS m__raw FROM given"
    )
    fields = {name: _stub(name, kind) for name, kind in TYPES.items()}
    scope = Scope(fields)
    with quiet_run():
        context = great._context(None)
        frame = context.data_sources.add_pandas("frames").add_dataframe_asset("t")
        batch = frame.add_batch_definition_whole_dataframe("b").get_batch(batch_parameters={"dataframe": rows})
        file = tmp_path / "t.db"
        lite = sqlite3.connect(file)
        rows.to_sql("t", lite, index=False)
        lite.close()
        table = context.data_sources.add_sqlite("lite", connection_string=f"sqlite:///{file}").add_table_asset("t", "t")
        other = table.add_batch_definition_whole_table("b").get_batch()
        for where, cases in ((batch, _cases()), (other, _likes())):
            for kind, kwargs in cases:
                found = translated(kind, kwargs, fields)
                columns = DuckColumns()
                writer = make_writer(columns, dt.date(2026, 1, 1), scope)
                applies, requires = (writer.truth(p, scope, kind).sql for p in (found.applies, found.requires))
                windows = [
                    f", CASE WHEN {' AND '.join(f'{identifier(c)} IS NOT NULL' for c in w)} THEN count(*) OVER "
                    f"(PARTITION BY {', '.join(map(identifier, w))}) END AS {identifier(window_column(w))}"
                    for w in sorted(columns.windows)
                ]
                row = ours.execute(
                    f"SELECT count(*) FILTER (a), count(*) FILTER (a AND NOT r), count(*) FILTER (a IS NULL OR "
                    f"(a AND r IS NULL)) FROM (SELECT {applies} AS a, {requires} AS r FROM "
                    f"(SELECT *{''.join(windows)} FROM t))"
                ).fetchone()
                assert row is not None
                expectation = great.ExpectationConfiguration(type=kind, kwargs=kwargs).to_domain_obj()
                theirs = where.validate(expectation)
                counted = theirs.result["element_count"] - theirs.result.get("missing_count", 0)
                assert row == (counted, theirs.result["unexpected_count"], 0), (kind, kwargs)
                passed = Counts(row[0] - row[1], row[1]).status(found.threshold) is Status.PASSED
                assert passed == theirs.success, (kind, kwargs)
    ours.close()
