"""A check is complete or refused with its place; a code, name or alias belongs to one check only."""

import importlib.util
from dataclasses import replace

import pytest
from support import ROOT

from everycase.check import Catalogue, Parameter, Source, check_module, complete, usable_code
from everycase.errors import ConfigurationError
from everycase.generic import GENERIC, KEY_UNIQUE

CHECK = replace(KEY_UNIQUE, code="ABC01", name="made_up", place="checks/made_up.py:7")


def test_every_check_of_the_project_is_complete_and_has_its_place(project):
    assert len(project.catalogue) >= 15
    for check in project.catalogue:
        assert complete(check) is check
        if check.name not in {c.name for c in GENERIC}:
            path, _, line = check.place.rpartition(":")
            assert (ROOT / path).read_text(encoding="utf-8").splitlines()[int(line) - 1].endswith("= Check(")
    codes = [c.code for c in project.catalogue]
    assert codes == sorted(set(codes))


def test_every_rule_of_every_source_is_complete(project):
    for source in project.sources:
        for rule in project.rules_of(source):
            for part in ("code", "name", "title", "why", "fix", "fix_analyst", "dimension", "severity", "place"):
                assert getattr(rule, part), (rule.code, part)
            assert rule.references, rule.code
            assert 0 <= rule.threshold <= 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "abc01"}, "code"),
        ({"code": "ABC 01"}, "code"),
        ({"code": ""}, "code"),
        ({"name": "Made Up"}, "name"),
        ({"name": ""}, "name"),
        ({"title": " "}, "title"),
        ({"why": ""}, "why"),
        ({"fix": ""}, "fix"),
        ({"fix_analyst": ""}, "fix_analyst"),
        ({"applies": ""}, "applies"),
        ({"requires": " "}, "requires"),
        ({"severity": "fatal"}, "severity"),
        ({"dimension": "beauty"}, "dimension"),
        ({"priority": "high"}, "priority"),
        ({"failing": ()}, "failing example"),
        ({"passing": ()}, "passing example"),
        ({"references": ()}, "source"),
        ({"references": (Source("Somebody said", from_memory=True),)}, "memory"),
        ({"passing": ({"kee": "A"},)}, "'kee'"),
        ({"not_applicable": ({"kee": "A"},)}, "'kee'"),
        ({"undetermined": ({"kee": "A"},)}, "'kee'"),
    ],
)
def test_a_check_without_a_part_is_refused_with_its_place(changes, said):
    with pytest.raises(ConfigurationError) as caught:
        complete(replace(CHECK, **changes))
    assert caught.value.slug == "incomplete-rule"
    assert caught.value.where == "checks/made_up.py:7"
    assert said in caught.value.message


def test_what_rests_on_memory_alone_may_be_a_query():
    source = (Source("Somebody said", from_memory=True),)
    assert complete(replace(CHECK, references=source, severity="query")).from_memory
    assert not complete(replace(CHECK, references=(*source, Source("A page")))).from_memory


@pytest.mark.parametrize(
    "second",
    [
        {"code": "ABC01", "name": "another"},
        {"code": "ABC02", "name": "made_up"},
        {"code": "ABC02", "name": "another", "aliases": ("ABC01",)},
        {"code": "OLD01", "name": "another"},
        {"code": "ABC02", "name": "another", "aliases": ("OLD01",)},
    ],
)
def test_a_code_name_or_alias_given_twice_is_refused_with_both_places(second):
    catalogue = Catalogue({"made_up": replace(CHECK, aliases=("OLD01",))})
    with pytest.raises(ConfigurationError) as caught:
        catalogue.add(replace(CHECK, **second, place="checks/other.py:3"))
    assert caught.value.slug == "code-taken"
    assert caught.value.where == "checks/other.py:3"
    assert "checks/made_up.py:7" in caught.value.message


def test_a_check_is_found_by_code_name_and_alias():
    catalogue = Catalogue({"made_up": replace(CHECK, aliases=("OLD01", "old_name"))})
    assert {catalogue.find(w).name for w in ("ABC01", "made_up", "OLD01", "old_name")} == {"made_up"}
    assert catalogue.find("ABC02") is None
    assert catalogue.words() == {"ABC01", "made_up", "OLD01", "old_name"}
    assert [c.code for c in catalogue] == ["ABC01"]


@pytest.mark.parametrize("code", ["FLG02", "FLG05.suspect", "CMP02.age_group", "A1", "GX.X"])
def test_a_code_is_capitals_digits_and_one_suffix(code):
    assert usable_code(code)


@pytest.mark.parametrize("code", ["flg02", "1AB", "A", "A-1", "A.B.C", "A1.", ".A1", "A1 ", "A1\n", "É1", "A" * 13])
def test_anything_else_is_no_code(code):
    assert not usable_code(code)


def test_a_check_is_placed_at_the_line_that_assigns_it(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from dataclasses import replace\nfrom everycase.check import Check\nfrom everycase.generic import KEY_UNIQUE\n"
        "_N = 1\n\nONE = replace(KEY_UNIQUE, code='ABC01', name='one')\n\n"
        "TWO: Check = replace(\n    KEY_UNIQUE, code='ABC02', name='two')\ndel KEY_UNIQUE\n",
        encoding="utf-8",
    )
    spec = importlib.util.spec_from_file_location("mine", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert [(c.code, c.place) for c in check_module(module, "checks/mine.py")] == [
        ("ABC01", "checks/mine.py:6"), ("ABC02", "checks/mine.py:8"),
    ]  # fmt: skip


def test_a_parameter_is_required_unless_it_has_a_default():
    assert Parameter("date", "a day").default is None
