"""The one statement that counts everything: nothing lost in packing, and exactly what was planted is found."""

import json

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import check_text, load_folder, make_project, rule
from support import AS_OF

from everycase.judging import Packed
from everycase.run import Options, run
from everycase.sampling import write_sample
from everycase.testing import states as records

NAMES = ("one", "two", "three", "four", "five", "six", "seven")


@given(st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=7))
def test_counts_survive_packing(numbers):
    packed = Packed(0, "state", NAMES[: len(numbers)])
    with duckdb.connect() as connection:
        rows = ", ".join(f"({state}, {number})" for state, number in enumerate(numbers, 1))
        rows += ", (0, 7), (NULL, 11)"
        relation = f"(SELECT state, CAST(n AS BIGINT) AS number FROM (VALUES {rows}) AS t(state, n))"
        sums = connection.execute(f"SELECT {', '.join(packed.sums())} FROM {relation}").fetchone()
    assert packed.read(sums) == dict(zip(packed.states, numbers, strict=True))


#: columns of the made-up homicides -> fields of their suite
FIELDS = {"Age_Group": "age_group", "Sex": "victim_sex", "Method_of_Killing": "method", "Domestic_Abuse": "da_flag",
          "Solved_Status": "solved", "Borough": "borough", "Ethnicity": "ethnicity", "Year": "year",
          "BCU": "command_unit"}  # fmt: skip


def _named(code):
    base, dot, field = code.partition(".")
    return f"{base}{dot}{FIELDS.get(field, field)}"


@pytest.mark.parametrize(
    ("source", "rows", "seed"),
    [("police_recorded_crime", 2000, 11), ("police_recorded_crime", 20_000, 12), ("met_homicides", 2000, 13)],
)
def test_the_failing_pairs_of_row_and_rule_are_exactly_those_planted(project, tmp_path, source, rows, seed):
    sample = write_sample(project, source, rows, seed, AS_OF, tmp_path)
    planted = json.loads(sample.defects.read_text(encoding="utf-8"))
    expected = {(d["row"], _named(d["code"])) for d in planted if not d["near_miss"]}
    near = {(d["row"], _named(d["code"])) for d in planted if d["near_miss"]}
    assert len(expected) >= 10
    assert near
    options = Options(as_of=AS_OF, sources=(source,), extracts={source: sample.extract})
    with run(project, options) as opened:
        (checked,) = opened.checked
        found = set()
        for code in [r.code for r in checked.rules]:
            states = records(checked.prepared, checked.judgement, code)
            outcome = next(r for r in checked.result.rules if r.code == code)
            by_state = [sum(1 for _, s in states if s == number) for number in (1, 2, 3)]
            counts = outcome.counts
            assert by_state == [counts.passing, counts.failing, counts.undetermined], code
            if not code.startswith(("CMP01", "CMP03")):
                found |= {(row, code) for row, state in states if state == 2}
    assert found == expected
    assert not found & near


def test_a_group_with_nothing_in_it_is_no_group_and_one_of_all_is_the_total(tmp_path):
    fields = "g: {title: G, type: code, codelist: words}\nn: {title: N, type: integer}\n"
    folder = make_project(tmp_path / "p", fields, rule("R1", "n > 1"), group_by="g")
    source = check_text(folder, "g,n\n1,1\n1,2\n1,\n")
    (group,) = source.groups
    assert (group.value, group.meaning, group.records) == ("1", "One", 3)
    assert group.rules["R1"] == source.rules[0].counts
    assert {n: t for n, t in group.fields.items()} == {f.name: f.tally for f in source.fields}  # noqa: C416


@pytest.mark.parametrize(
    ("text", "tally"),
    [
        ("never", (2, 2, 1, 1)),  # described over what was filled
        ("always", (3, 2, 1, 1)),
        ("a = '1'", (1, 1, 1, 1)),
    ],
)
def test_a_field_is_described_over_the_records_that_need_it(tmp_path, text, tally):
    fields = f'a: {{title: A, type: code, codelist: words}}\nn: {{title: N, type: integer, required: "{text}"}}\n'
    folder = make_project(tmp_path / "p", fields, rule("R1", "TRUE"))
    found = check_text(folder, "a,n\n1,1\n2,x\n2,\n").fields[1].tally
    assert (found.applicable, found.supplied, found.valid, found.known) == tally


def test_where_it_cannot_be_told_whether_a_field_is_needed_it_is_counted_apart(tmp_path):
    fields = "a: {title: A, type: code, codelist: words}\nn: {title: N, type: integer, required: a = '1'}\n"
    folder = make_project(tmp_path / "p", fields, rule("R1", "TRUE"))
    found = check_text(folder, "a,n\n1,1\n,1\n77,\n2,\n").fields[1].tally
    assert (found.records, found.applicable, found.undetermined, found.known) == (4, 1, 2, 1)


def test_the_field_and_the_function_say_the_same_of_every_record(tmp_path):
    """The tiers of a field are counted by one statement, the functions by another: they must agree."""
    fields = (
        "a: {title: A, type: code, codelist: words, valid: n < 3}\nn: {title: N, type: integer}\n"
        "u: {title: U, type: code, codelist: when}\n"
    )
    lists = {"when": "codelist: when\ntitle: W\nsource: {title: M}\ncodes:\n  x: {meaning: X, when: n = 1}\n"
                     "  y: {meaning: Y}\n  z: {meaning: Z, standing: not_known, when: n = 2}\n"}  # fmt: skip
    rules = "".join(
        rule(f"{tier[0].upper()}{i}", f"{tier}({name})")
        for i, name in enumerate(("a", "n", "u"), 1) for tier in ("supplied", "valid", "known")
    )  # fmt: skip
    folder = make_project(tmp_path / "p", fields, rules, lists=lists)
    rows = [
        (a, n, u)
        for a in ("1", "0", "9", "x", "?", "")
        for n in ("1", "2", "3", "q", "")
        for u in ("x", "y", "z", "?", "")
    ]
    source = check_text(folder, "a,n,u\n" + "".join(f"{','.join(r)}\n" for r in rows))
    passing = {r.code: r.counts.passing for r in source.rules}
    for i, field in enumerate(source.fields, 1):
        assert (field.tally.supplied, field.tally.valid, field.tally.known) == (
            passing[f"S{i}"], passing[f"V{i}"], passing[f"K{i}"],
        ), field.name  # fmt: skip


def test_a_rule_is_written_once_a_run_whatever_the_sources_before_it(tmp_path):
    folder = make_project(tmp_path / "p", "k: {title: K, type: text}", rule("R1", "supplied(k)"))
    project = load_folder(folder)
    assert project.rules_of("s") is project.rules_of("s")
