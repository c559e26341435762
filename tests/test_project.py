"""A project is found, loaded whole, and refused where its files do not fit together."""

import shutil

import pytest
from making import load_folder, make_project, rule
from support import ROOT

from everycase.errors import ConfigurationError, EverycaseError, UsageError
from everycase.project import digest, load, locate

FIELDS = """
k: {title: Key, type: text}
a: {title: A, type: code, codelist: words}
o: {title: O, type: code, codelist: open}
d: {title: D, type: date}
"""
OPEN = {"open": "codelist: open\ntitle: O\nsource: {title: M}\nopen: true\npattern: '[A-Z]'\ncodes: {}\n"}


def made(folder, **given):
    return make_project(folder / "p", FIELDS, given.pop("rules", rule("R1", "TRUE")), lists=OPEN, **given)


@pytest.mark.parametrize(
    ("given", "slug", "said"),
    [
        ({"keys": "kk"}, "unknown-field", "'kk'"),
        ({"group_by": "b"}, "unknown-field", "'b'"),
        ({"group_by": "k"}, "wrong-group", "free text"),
        ({"group_by": "d"}, "wrong-group", "free text"),
        ({"group_by": "o"}, "wrong-group", "free text"),
        ({"source": "    period: k\n"}, "wrong-value", "no date field"),
        ({"source": "    period: dd\n"}, "unknown-field", "'dd'"),
        ({"source": "    columns: {X: key}\n"}, "unknown-field", "'key'"),
        ({"source": "    columns: {X: k, Y: k}\n"}, "wrong-value", "one field"),
    ],
)
def test_a_registry_that_does_not_fit_its_suite_is_refused_on_its_line(tmp_path, given, slug, said):
    with pytest.raises(ConfigurationError) as caught:
        load_folder(made(tmp_path, **given))
    assert caught.value.slug == slug
    assert caught.value.where.startswith("sources.yaml:")
    assert said in str(caught.value)


def test_an_unknown_suite_offers_the_nearest(tmp_path):
    folder = made(tmp_path)
    registry = folder / "sources.yaml"
    (folder / "expectations/crimes.yaml").write_text(
        (folder / "expectations/s.yaml").read_text(encoding="utf-8").replace("suite: s\n", "suite: crimes\n"),
        encoding="utf-8",
    )
    registry.write_text(registry.read_text(encoding="utf-8").replace("suite: s\n", "suite: crime\n"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="there is no suite 'crime'") as caught:
        load_folder(folder)
    assert caught.value.instead == "Did you mean 'crimes'?"


def test_a_suite_that_no_source_uses_is_refused_unless_another_extends_it(tmp_path):
    folder = made(tmp_path)
    (folder / "expectations/lost.yaml").write_text("suite: lost\ntitle: L\nfields: {}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_folder(folder)
    assert (caught.value.slug, caught.value.where) == ("suite-without-source", "expectations/lost.yaml:1")
    suite = folder / "expectations/s.yaml"
    suite.write_text(
        suite.read_text(encoding="utf-8").replace("title: S\n", "title: S\nextends: lost\n"), encoding="utf-8"
    )
    assert load_folder(folder).rules_of("s")


def test_a_suite_that_asks_nothing_is_refused(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        load_folder(made(tmp_path, rules="")).rules_of("s")
    assert caught.value.slug == "empty-suite"


@pytest.mark.parametrize(
    ("suite", "slug", "said"),
    [
        ("extends: none", "unknown-suite", "'none'"),
        ("extends: s", "extends-circle", "s > s"),
        ("remove: [R9]", "unknown-rule", "'R9'"),
        ("effective: {from: 2026-01-02, to: 2026-01-01}", "wrong-value", "never hold"),
        ("effective: {form: 2026-01-02}", "unknown-key", "Did you mean 'from'"),
    ],
)
def test_a_suite_that_does_not_hold_together_is_refused(tmp_path, suite, slug, said):
    with pytest.raises(ConfigurationError) as caught:
        load_folder(made(tmp_path, suite=suite))
    assert caught.value.slug == slug
    assert caught.value.where.startswith("expectations/s.yaml:")
    assert said in str(caught.value)


def test_the_project_is_that_of_the_option_then_the_nearest_above_then_our_own(tmp_path, monkeypatch):
    folder = made(tmp_path)
    below = folder / "deep" / "down"
    below.mkdir(parents=True)
    assert (locate(folder).root, locate(folder).chosen) == (folder.resolve(), "named")
    assert locate(folder / "sources.yaml").root == folder.resolve()
    assert (locate(None, below).root, locate(None, below).chosen) == (folder.resolve(), "found")
    assert locate(None, ROOT / "docs").chosen == "checkout"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert locate(None, elsewhere).chosen in {"packaged", "checkout"}
    with pytest.raises(UsageError, match=r"holds no sources\.yaml"):
        locate(elsewhere)


def test_sources_are_chosen_by_id_each_once(project):
    first, *_ = project.sources
    assert project.choose([]) == list(project.sources)
    assert project.choose([first, first]) == [first]
    with pytest.raises(UsageError, match="there is no source") as caught:
        project.choose([first[:-1]])
    assert first in caught.value.instead


def test_the_digest_changes_with_every_file_that_can_change_a_verdict_and_no_other(tmp_path):
    folder = tmp_path / "p"
    for part in ("expectations", "checks", "reports"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "sources.yaml", folder)
    seen = {digest(folder)}
    for name in ("sources.yaml", "expectations/codelists/sex.yaml", "expectations/police_recorded_crime.yaml",
                 "checks/gender.py", "reports/gate.yaml"):  # fmt: skip
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("\n# a note\n")
        assert digest(folder) not in seen
        seen.add(digest(folder))
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    assert digest(folder) in seen
    (folder / "checks/gender.py").rename(folder / "checks/gender2.py")
    assert digest(folder) not in seen


@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        ("x = 1\n1/0\n", 2, "ZeroDivisionError"),
        ("x = (\n", 1, "SyntaxError"),
        ("import not_there_at_all\n", 1, "ModuleNotFoundError"),
    ],
)
def test_python_that_does_not_import_is_refused_on_its_line(tmp_path, code, line, said):
    folder = made(tmp_path)
    (folder / "checks").mkdir()
    (folder / "checks/mine.py").write_text(code, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    assert (caught.value.slug, caught.value.where) == ("python-module", f"checks/mine.py:{line}")
    assert said in caught.value.message


def test_no_file_of_the_repositorys_project_has_a_path_of_a_machine(project):
    for source in project.sources:
        for rule_ in project.rules_of(source):
            assert not rule_.place.startswith("/")
    assert isinstance(project.withheld(), EverycaseError)
