"""Lint: a project that fits is clean, what does not fit is refused with its line, and what is idle is listed."""

import json

import pytest
from making import LIST, make_project, rule
from support import AS_OF, ROOT

FIELDS = """
    ref: {title: Ref, type: text}
    code: {title: Code, type: code, codelist: words}
"""
HEAD = "ref,code\n"


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def make(rules, lists=None, fields=FIELDS):
        return make_project(tmp_path / "p", fields, rules, lists=lists, keys="ref")

    return make


def found(everycase, project):
    ran = everycase("lint", "--project", project, "--as-of", AS_OF, "--json")
    listed = json.loads(ran.out)
    assert ran.code == (1 if listed else 0)
    return [(f["kind"], f["place"].partition(":")[0], f["text"]) for f in listed]


def test_a_project_that_fits_is_clean(made, everycase):
    project = made(rule("R1", "code = '1'") + rule("R2", "code <> '2'"))
    assert found(everycase, project) == []
    ran = everycase("lint", "--project", project)
    assert ran.out == "1 sources, 2 rules, 1 code lists, 0 waivers: nothing to look at\n"


def test_the_projects_of_this_repository_fit(everycase, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for project in (ROOT, ROOT / "examples/nibrs_louisiana"):
        ran = everycase("lint", "--project", project, "--as-of", AS_OF)
        assert ran.code == 0, ran.printed


def test_a_rule_that_asks_what_another_asks_is_named(made, everycase):
    project = made(
        rule("R1", "code = '1'") + rule("R2", "code  =  '1'") + rule("R3", "code = '1'", applies="code = '2'")
    )
    assert found(everycase, project) == [("shadowed-rule", "expectations/s.yaml", "s: R2 asks what R1 asks already")]


def test_a_list_that_nothing_uses_is_named_and_one_that_is_built_on_is_not(made, everycase):
    child = "codelist: child\ntitle: Child\nsource: {title: Made up}\nextends: words\ncodes:\n  z: {meaning: Z}\n"
    lists = {"idle": LIST.replace("codelist: words", "codelist: idle"), "child": child}
    project = made(rule("R1", "code = '1'"), lists, FIELDS.replace("codelist: words", "codelist: child"))
    text = "nothing uses the code list 'idle'"
    assert found(everycase, project) == [("unused-codelist", "expectations/codelists/idle.yaml", text)]


def test_stored_runs_tell_dead_rules_and_looser_thresholds(made, everycase, tmp_path):
    project = made(rule("R1", "code = '1'") + rule("R2", "code = '1'", applies="code = 'x'"))
    (tmp_path / "x.csv").write_text(HEAD + "a,1\nb,2\n")
    everycase("gate", "--project", project, "--as-of", AS_OF, "--extract", f"s={tmp_path / 'x.csv'}")
    suite = project / "expectations/s.yaml"
    suite.write_text(suite.read_text().replace("threshold: 0.0", "threshold: 0.5", 1))
    assert found(everycase, project) == [
        ("dead-rule", "expectations/s.yaml", "s: R2 applied to no record in any of 1 stored runs"),
        ("looser-threshold", "expectations/s.yaml", "s: R1 allows 50%, and allowed 0% in a stored run"),
    ]


def test_an_expired_waiver_is_named_with_its_line(made, everycase):
    project = made(rule("R1", "code = '1'"))
    (project / "waivers.yaml").write_text(
        "waivers:\n  - {rule: R1, source: s, reason: true_as_recorded, approver: owner, expires: 2020-01-01}\n"
    )
    assert found(everycase, project) == [
        ("expired-waiver", "waivers.yaml", "s: the waiver of R1 expired on 2020-01-01")
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("sources.yaml", "suite: s", "suit: s", "sources.yaml:12"),
        ("expectations/s.yaml", "codelist: words", "codelist: wordz", "expectations/s.yaml:5"),
        ("expectations/codelists/words.yaml", "standing: not_stated", "standing: nope", "words.yaml:9"),
        ("reports/gate.yaml", "format: result_json", "format: resul", "reports/gate.yaml"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(made, everycase, file, old, new, said):
    project = made(rule("R1", "code = '1'"))
    path = project / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    ran = everycase("lint", "--project", project)
    assert ran.code == 2
    assert said in ran.err
