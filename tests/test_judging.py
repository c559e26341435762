"""What a run counts: three answers, four statuses, three tiers; and that nothing that was not judged ever passes."""

import pytest
from making import check_text, counts, load_folder, make_project, rule
from support import AS_OF

from everycase.errors import ConfigurationError
from everycase.outcome import Counts, RuleOutcome, Status, roll_up, worst

FIELDS = """
k: {title: Key, type: text}
a: {title: A, type: code, codelist: words}
g: {title: Group, type: code, codelist: words}
n: {title: N, type: integer}
d: {title: D, type: date}
"""


@pytest.mark.parametrize(
    ("passing", "failing", "undetermined", "threshold", "status"),
    [
        (0, 0, 0, 0.0, Status.NOT_APPLICABLE),
        (0, 0, 5, 0.0, Status.COULD_NOT_CHECK),
        (0, 0, 5, 1.0, Status.COULD_NOT_CHECK),
        (1, 0, 5, 0.0, Status.PASSED),
        (99, 1, 0, 0.0, Status.FAILED),
        (99, 1, 0, 0.01, Status.PASSED),
        (98, 2, 0, 0.01, Status.FAILED),
        (9, 1, 0, 0.1, Status.PASSED),
        (7, 3, 0, 0.3, Status.PASSED),
        (9, 1, 10_000, 0.05, Status.FAILED),
        (0, 1, 0, 0.999, Status.FAILED),
    ],
)
def test_counts_under_a_threshold_have_one_status(passing, failing, undetermined, threshold, status):
    assert Counts(passing, failing, undetermined).status(threshold) is status


def _outcome(status, severity="error"):
    return RuleOutcome("R1", "T", severity, "validity", 0.0, Counts(), status)


@pytest.mark.parametrize(
    ("outcomes", "fail_on", "expected"),
    [
        ([], "error", Status.COULD_NOT_CHECK),
        ([_outcome(Status.NOT_APPLICABLE)] * 3, "error", Status.COULD_NOT_CHECK),
        ([_outcome(Status.PASSED), _outcome(Status.NOT_APPLICABLE)], "error", Status.PASSED),
        ([_outcome(Status.FAILED), _outcome(Status.COULD_NOT_CHECK)], "error", Status.COULD_NOT_CHECK),
        ([_outcome(Status.FAILED), _outcome(Status.COULD_NOT_CHECK)], "never", Status.COULD_NOT_CHECK),
        ([_outcome(Status.FAILED)], "never", Status.PASSED),
        ([_outcome(Status.FAILED, "query")], "error", Status.PASSED),
        ([_outcome(Status.FAILED, "query")], "query", Status.FAILED),
        ([_outcome(Status.FAILED, "warning")], "query", Status.PASSED),
        ([_outcome(Status.FAILED, "warning")], "warning", Status.FAILED),
    ],
)
def test_a_source_rolls_its_rules_up(outcomes, fail_on, expected):
    assert roll_up(outcomes, fail_on) is expected


def test_a_run_rolls_its_sources_up():
    assert worst([Status.PASSED, Status.FAILED, Status.COULD_NOT_CHECK]) is Status.COULD_NOT_CHECK
    assert worst([Status.PASSED, Status.FAILED]) is Status.FAILED
    assert worst([Status.PASSED]) is Status.PASSED
    assert worst([]) is Status.COULD_NOT_CHECK


def test_a_record_is_passing_failing_undetermined_or_does_not_count(tmp_path):
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "n > 1", "a = '1'"))
    rows = ["1,2", "1,1", "1,", "1,many", "2,1", ",5", "77,5"]
    source = check_text(folder, "a,n,k,g,d\n" + "".join(f"{r},x,1,2020-01-01\n" for r in rows))
    assert counts(source, "R1") == (1, 1, 4)


def test_a_rule_of_which_nothing_could_be_judged_could_not_be_checked(tmp_path):
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "n > 1") + rule("R2", "supplied(k)"))
    source = check_text(folder, "k,a,g,n,d\nx,1,1,,2020-01-01\n")
    assert {r.code: r.status for r in source.rules} == {"R1": Status.COULD_NOT_CHECK, "R2": Status.PASSED}
    assert source.status is Status.COULD_NOT_CHECK


def test_nothing_applicable_at_all_could_not_be_checked(tmp_path):
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "TRUE", "a = '2'"))
    source = check_text(folder, "k,a,g,n,d\nx,1,1,1,2020-01-01\n")
    assert source.status is Status.COULD_NOT_CHECK
    assert source.problem.slug == "nothing-applicable"


def test_a_rule_that_fails_on_the_data_is_alone_could_not_check_and_the_others_keep_their_counts(tmp_path):
    big = "999999999999999999"
    rules = rule("R1", "n * n * n > 0") + rule("R2", "n > 0") + rule("R3", "n < 0")
    folder = make_project(tmp_path / "p", FIELDS, rules)
    source = check_text(folder, f"k,a,g,n,d\nx,1,1,{big},2020-01-01\ny,1,1,2,2020-01-01\n")
    by_code = {r.code: r for r in source.rules}
    assert by_code["R1"].status is Status.COULD_NOT_CHECK
    assert big not in by_code["R1"].reason
    assert counts(source, "R2") == (2, 0, 0)
    assert counts(source, "R3") == (0, 2, 0)


def test_a_rule_whose_column_is_missing_is_could_not_check_and_says_which(tmp_path):
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "n > 0") + rule("R2", "a = '1'"))
    source = check_text(folder, "k,a,g,d\nx,1,1,2020-01-01\n")
    by_code = {r.code: r for r in source.rules}
    assert by_code["R1"].status is Status.COULD_NOT_CHECK
    assert "column n" in by_code["R1"].reason
    assert by_code["R2"].status is Status.PASSED
    assert source.status is Status.COULD_NOT_CHECK
    assert source.problem.slug == "missing-column"


def test_a_missing_column_that_is_never_required_and_no_rule_needs_does_no_harm(tmp_path):
    fields = FIELDS.replace("{title: N, type: integer}", "{title: N, type: integer, required: never}")
    folder = make_project(tmp_path / "p", fields, rule("R2", "a = '1'"))
    source = check_text(folder, "k,a,g,d\nx,1,1,2020-01-01\n")
    assert source.status is Status.PASSED
    assert next(f for f in source.fields if f.name == "n").missing


def test_the_tiers_split_what_is_not_known_by_its_standing(tmp_path):
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "TRUE"))
    values = ["1", "2", "9", "0", "8", "x", "77", " ", "", " 1"]
    source = check_text(folder, "k,a,g,n,d\n" + "".join(f"r,{v},1,1,2020-01-01\n" for v in values))
    tally = next(f for f in source.fields if f.name == "a").tally
    assert (tally.records, tally.applicable, tally.supplied, tally.valid, tally.known) == (10, 10, 8, 7, 4)
    assert tally.not_known == {
        "blank": 2, "invalid": 0, "unmapped": 1, "not_known": 1, "not_stated": 1, "not_applicable": 1,
    }  # fmt: skip
    assert (tally.indeterminate, tally.default) == (1, 1)
    assert [r.kind for r in source.extract.repairs] == ["trimmed"]


def test_only_a_predicate_shrinks_a_denominator_and_a_code_for_not_applicable_does_not(tmp_path):
    fields = FIELDS.replace("n: {title: N, type: integer}", "n: {title: N, type: integer, required: a = '1'}")
    folder = make_project(tmp_path / "p", fields, rule("R1", "TRUE"))
    source = check_text(
        folder, "k,a,g,n,d\nr,1,x,1,2020-01-01\nr,1,x,,2020-01-01\nr,2,x,,2020-01-01\nr,,x,3,2020-01-01\n"
    )
    tally = {f.name: f.tally for f in source.fields}
    assert (tally["n"].applicable, tally["n"].known, tally["n"].undetermined) == (2, 1, 1)
    assert (tally["g"].applicable, tally["g"].not_known["not_applicable"], tally["g"].known) == (4, 4, 0)


def test_unknown_is_cut_into_forced_and_avoidable(tmp_path):
    fields = FIELDS.replace("a: {title: A, type: code, codelist: words}",
                            "a: {title: A, type: code, codelist: words, forced: g = '0'}")  # fmt: skip
    folder = make_project(tmp_path / "p", fields, rule("R1", "TRUE"))
    source = check_text(
        folder, "k,a,g,n,d\nr,0,0,1,2020-01-01\nr,0,1,1,2020-01-01\nr,1,0,1,2020-01-01\nr,0,,1,2020-01-01\n"
    )
    tally = next(f for f in source.fields if f.name == "a").tally
    assert (tally.known, tally.forced, tally.avoidable) == (1, 1, 2)


def test_thresholds_of_a_field_become_rules_and_the_registry_goes_before(tmp_path):
    fields = FIELDS.replace(
        "n: {title: N, type: integer}",
        "n: {title: N, type: integer, thresholds: {supplied: 0.9, valid: 1.0, known: 0.5}}",
    )
    text = "k,a,g,n,d\nr,1,1,1,2020-01-01\nr,1,1,x,2020-01-01\nr,1,1,,2020-01-01\nr,1,1,4,2020-01-01\n"
    source = check_text(make_project(tmp_path / "p", fields), text)
    assert {r.code: (r.status, r.counts.failing, r.counts.judged) for r in source.rules} == {
        "CMP01.n": (Status.FAILED, 1, 4),
        "CMP02.n": (Status.FAILED, 1, 3),
        "CMP03.n": (Status.PASSED, 2, 4),
    }
    eased = make_project(tmp_path / "q", fields, source="    thresholds: {CMP01.n: 0.3}\n")
    assert next(r for r in check_text(eased, text).rules if r.code == "CMP01.n").status is Status.PASSED


def test_values_outside_the_list_are_listed_only_where_they_look_like_codes_and_are_frequent(tmp_path):
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "TRUE"))
    values = ["M"] * 12 + ["F"] * 9 + ["Jonathan"] * 50 + ["=1+1"] * 50
    source = check_text(folder, "k,a,g,n,d\n" + "".join(f"r,{v},1,1,2020-01-01\n" for v in values))
    field = next(f for f in source.fields if f.name == "a")
    assert field.unmapped_values == (("M", 12),)
    assert field.other_values == 109


def test_a_column_of_names_lists_no_value(tmp_path):
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "TRUE"))
    names = ("ANN", "BOB", "CAT", "DAN", "EVE", "FAY", "GUS", "HAL", "IDA", "JAN", "KIM", "LEE", "MAX", "NED")
    values = [name for name in names for _ in range(20)]
    source = check_text(folder, "k,a,g,n,d\n" + "".join(f"r,{v},1,1,2020-01-01\n" for v in values))
    field = next(f for f in source.fields if f.name == "a")
    assert field.unmapped_values == ()
    assert field.other_values == len(values)


def test_groups_add_up_and_free_text_is_no_heading(tmp_path):
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "n > 1"), group_by="g, a")
    rows = ["r,1,1,1", "r,1,1,2", "r,2,2,3", "r,2,,4", "r,1,Smith,5"]
    source = check_text(folder, "k,a,g,n,d\n" + "".join(f"{r},2020-01-01\n" for r in rows))
    by_field = {}
    for group in source.groups:
        by_field.setdefault(group.field, {})[group.value] = (group.records, group.rules["R1"])
    assert set(by_field["g"]) == {"1", "2", "(blank)", "(unmapped)"}
    assert set(by_field["a"]) == {"1", "2"}
    for groups in by_field.values():
        assert sum(n for n, _ in groups.values()) == 5
        total = sum((c for _, c in groups.values()), Counts())
        assert (total.passing, total.failing, total.undetermined) == counts(source, "R1")
    folder = make_project(tmp_path / "q", FIELDS, rule("R1", "TRUE"), group_by="k")
    with pytest.raises(ConfigurationError, match="free text"):
        load_folder(folder)


def test_equal_keys_are_counted_wherever_they_stand_and_blanks_are_not_equal(tmp_path):
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "occurrences(k, n) = 1"), keys="k")
    rows = ["a,1", "b,1", "a,1", "a,2", ",1", ",1", "b,"]
    source = check_text(folder, "k,n,a,g,d\n" + "".join(f"{r},1,1,2020-01-01\n" for r in rows))
    assert counts(source, "R1") == (2, 2, 3)


def test_a_code_counts_only_on_the_days_it_is_in_force(tmp_path):
    words = (
        "codelist: words\ntitle: W\nsource: {title: M}\ncodes:\n"
        "  '1': {meaning: Old, to: 2026-03-31}\n  '2': {meaning: New, from: 2026-04-01}\n"
    )
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "TRUE"), lists={"words": words})
    text = "k,a,g,n,d\nr,1,2,1,2020-01-01\nr,2,2,1,2020-01-01\n"
    now = next(f for f in check_text(folder, text).fields if f.name == "a").tally
    assert (now.known, now.not_known["unmapped"]) == (1, 1)
    before = check_text(folder, text, as_of=AS_OF.replace(month=3))
    assert next(f for f in before.fields if f.name == "g").tally.known == 0


def test_a_suite_or_rule_not_in_force_does_not_judge(tmp_path):
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "TRUE"), suite="effective: {to: 2025-12-31}")
    source = check_text(folder, "k,a,g,n,d\nr,1,2,1,2020-01-01\n")
    assert (source.status, source.problem.slug) == (Status.COULD_NOT_CHECK, "suite-not-in-force")
    ended = rule("R1", "FALSE").replace("severity: error", "severity: error\n    effective: {to: 2025-12-31}")
    folder = make_project(tmp_path / "q", FIELDS, ended + rule("R2", "TRUE"))
    outcome = next(r for r in check_text(folder, "k,a,g,n,d\nr,1,2,1,2020-01-01\n").rules if r.code == "R1")
    assert outcome.status is Status.NOT_APPLICABLE
    assert "not in force" in outcome.reason


def test_a_suite_inherits_and_changes_what_it_extends(tmp_path):
    folder = make_project(tmp_path / "p", FIELDS, rule("R2", "TRUE"), suite="extends: base\nremove: [R1]")
    (folder / "expectations/base.yaml").write_text(
        "suite: base\ntitle: Base\nfields:\n  z: {title: Z, type: text}\nexpectations:" + rule("R1", "FALSE")
        + rule("R3", "supplied(z)"), encoding="utf-8")  # fmt: skip
    source = check_text(folder, "k,a,g,n,d,z\nr,1,2,1,2020-01-01,here\n")
    assert [r.code for r in source.rules] == ["R3", "R2"]
    assert source.status is Status.PASSED


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ("codelist: other\ntitle: W\nsource: {title: M}\ncodes: {a: {meaning: A}}\n", "its file"),
        (
            "codelist: words\ntitle: W\nsource: {title: M}\nextends: none\ncodes: {a: {meaning: A}}\n",
            "no code list 'none'",
        ),
        ("codelist: words\ntitle: W\nsource: {title: M}\nextends: words\ncodes: {a: {meaning: A}}\n", "extends itself"),
        (
            "codelist: words\ntitle: W\nsource: {title: M}\nconcepts: sex\ncodes: {a: {meaning: A}}\n",
            "no code list 'sex'",
        ),
        ("codelist: words\ntitle: W\nsource: {title: M}\ncodes: {a: {meaning: A, standing: maybe}}\n", "standing"),
        ("codelist: words\ntitle: W\nsource: {title: M}\ncodes: {' a': {meaning: A}}\n", "blank"),
        ("codelist: words\ntitle: W\nsource: {title: M}\nopen: true\ncodes: {a: {meaning: A}}\n", "pattern"),
        ("codelist: words\ntitle: W\nsource: {title: M}\ncodes: {a: {meaning: A, low: 9, high: 3}}\n", "above"),
        ("codelist: words\ntitle: W\nsource: {title: M}\ncodes: {a: {meaning: A, from: 1.4.2024}}\n", "YYYY-MM-DD"),
    ],
)
def test_a_code_list_that_makes_no_sense_is_refused(tmp_path, lists, said):
    folder = make_project(tmp_path / "p", FIELDS, rule("R1", "TRUE"), lists={"words": lists})
    with pytest.raises(ConfigurationError, match=said) as caught:
        load_folder(folder)
    assert caught.value.where.startswith("expectations/codelists/words.yaml")


@pytest.mark.parametrize(
    "part", ["code", "name", "title", "why", "fix", "dimension", "severity", "references", "failing"]
)
def test_a_rule_without_one_of_its_parts_is_refused_and_named(tmp_path, part):
    lines = rule("R1", "TRUE").splitlines()
    kept = [line for line in lines if not line.strip().removeprefix("- ").startswith(f"{part}:")]
    if part == "code":
        kept[1] = "  - " + kept[1].strip()
    folder = make_project(tmp_path / "p", FIELDS, "\n".join(kept) + "\n")
    with pytest.raises(ConfigurationError, match=part) as caught:
        load_folder(folder).rules_of("s")
    assert caught.value.where.startswith("expectations/s.yaml:")
