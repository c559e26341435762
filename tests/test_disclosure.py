"""Which values outside a code list may be seen: short, frequent, few; anything that might be a name is not."""

import csv
import hashlib
import io
import re
import shutil

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import AS_OF, ROOT

from everycase.disclosure import (
    FORMULA_STARTS,
    SALT,
    SALT_FILE,
    harmless,
    loosest,
    refuse_without_salt,
    shown_values,
    token,
    token_key,
    unmapped_of,
)
from everycase.errors import UsageError
from everycase.outcome import FieldOutcome, FieldTally
from everycase.project import load
from everycase.reports import Output, ReportFile, UnmappedValues
from everycase.sampling import write_sample
from everycase.sqltext import quoted

LIMITS = UnmappedValues(longest=4, fewest=10, most_distinct=12)
OUTPUTS = [Output(format="result_json", file="result.json")]


def report(unmapped):
    return ReportFile(report="r", title="R", audience="A", unmapped=unmapped, outputs=OUTPUTS)


@pytest.mark.parametrize(
    ("candidates", "distinct", "shown"),
    [
        ([("M", 10)], 1, [("M", 10)]),
        ([("M", 9)], 1, []),
        ([("FEMAL", 99)], 1, []),
        ([("ABCD", 99)], 1, [("ABCD", 99)]),
        ([("M", 99)], 12, [("M", 99)]),
        ([("M", 99)], 13, []),
        ([("M", 99), ("F", 3), ("X Y", 50), ("=1", 50), ("-", 50), ("", 50), ("a\n", 50)], 7, [("M", 99)]),
        ([], 0, []),
    ],
)
def test_only_what_is_short_frequent_and_one_of_few_is_shown(candidates, distinct, shown):
    assert shown_values(candidates, distinct, LIMITS) == shown


def test_without_limits_nothing_is_shown():
    assert shown_values([("M", 1000)], 1, None) == []
    outcome = FieldOutcome("f", "F", FieldTally(), unmapped_values=(("M", 1000),), distinct_unmapped=1)
    assert unmapped_of(outcome, report(None)) == []
    assert unmapped_of(outcome, report(LIMITS)) == [("M", 1000)]


def test_a_stricter_report_shows_less_than_the_engine_was_asked_for():
    loose = UnmappedValues(longest=6, fewest=2, most_distinct=20)
    widest = loosest([report(None), report(LIMITS), report(loose)])
    assert (widest.longest, widest.fewest, widest.most_distinct) == (6, 2, 20)
    values = (("M", 50), ("MALE", 5), ("FEMALE", 50))
    outcome = FieldOutcome("f", "F", FieldTally(), unmapped_values=values, distinct_unmapped=3)
    assert unmapped_of(outcome, report(loose)) == list(values)
    assert unmapped_of(outcome, report(LIMITS)) == [("M", 50)]
    assert loosest([report(None)]) is None
    assert loosest([]) is None


@given(st.lists(st.tuples(st.text(max_size=8), st.integers(0, 100)), max_size=20), st.integers(0, 30))
def test_whatever_is_shown_keeps_to_every_limit(candidates, distinct):
    shown = shown_values(candidates, distinct, LIMITS)
    assert all(len(v) <= 4 and n >= 10 and v.isalnum() for v, n in shown)
    assert not shown or distinct <= 12


@given(st.text())
def test_no_cell_that_is_written_begins_like_a_formula(cell):
    written = harmless(cell)
    assert not written.startswith(FORMULA_STARTS)
    assert written in {cell, f"'{cell}"}
    assert harmless(written) == written
    out = io.StringIO()
    csv.writer(out).writerow([written])
    assert not out.getvalue().lstrip('"').startswith(("=", "+", "-", "@"))


def token_report():
    return report(None).model_copy(update={"redaction": "tokens"})


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "no salt"),
        ({SALT: "short"}, "fewer than 16"),
        ({SALT_FILE: "project/salt"}, "lies in the project"),
        ({SALT_FILE: "nowhere"}, "cannot be read"),
    ],
)
def test_without_a_safe_salt_there_are_no_tokens(environ, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    project = tmp_path / "project"
    project.mkdir()
    (project / "salt").write_bytes(b"0123456789abcdef")
    with pytest.raises(UsageError, match=said):
        refuse_without_salt([token_report()], project, environ)
    refuse_without_salt([report(None)], project, environ)
    assert token_key(report(None), "s", project, environ) == ""


def test_a_token_hangs_on_the_key_the_source_and_the_salt(tmp_path):
    salt = tmp_path / "salt"
    salt.write_bytes(b"0123456789abcdef\n")
    project = tmp_path / "project"

    def made(source, key, environ):
        secret = token_key(token_report(), source, project, environ)
        return duckdb.sql(f"SELECT {token(secret, quoted(key))}").fetchone()[0]

    first = made("s", "A1", {SALT_FILE: str(salt)})
    assert first == made("s", "A1", {SALT: "0123456789abcdef"})
    others = [
        made("t", "A1", {SALT_FILE: str(salt)}),
        made("s", "A2", {SALT_FILE: str(salt)}),
        made("s", "A1", {SALT: "0123456789abcdeg"}),
    ]
    assert len({first, *others}) == 4
    assert len(first) == 24
    assert hashlib.sha256(b"A1").hexdigest()[:24] != first


def test_a_report_of_tokens_lists_failing_records_without_their_keys(everycase, tmp_path, monkeypatch):
    project = tmp_path / "project"
    for name in ("expectations", "checks", "reports", "samples"):
        shutil.copytree(ROOT / name, project / name)
    shutil.copy(ROOT / "sources.yaml", project)
    owner = project / "reports" / "owner.yaml"
    owner.write_text(
        owner.read_text(encoding="utf-8").replace("redaction: keys", "redaction: tokens"), encoding="utf-8"
    )
    made = write_sample(load(ROOT), "cps_cases", 200, 7, AS_OF, tmp_path / "sample")
    call = ("check", "cps_cases", "--project", project, "--as-of", AS_OF, "--no-gx", "--out", tmp_path / "out",
            "--extract", f"cps_cases={made.extract}")  # fmt: skip
    monkeypatch.delenv(SALT, raising=False)
    assert everycase(*call).code == 2
    monkeypatch.setenv(SALT, "0123456789abcdef")
    assert everycase(*call).code in {1, 3}
    with (tmp_path / "out" / "failing.csv").open(encoding="utf-8-sig", newline="") as file:
        keys = {line["key"] for line in csv.DictReader(file)}
    assert len(keys) > 5
    assert all(re.fullmatch(r"[0-9a-f]{24}", k) for k in keys)
