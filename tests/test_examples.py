"""Every rule's own examples are run by the path that an extract takes."""

import pytest
from support import ROOT

from everycase.project import Place, load_place
from everycase.testing import assert_examples, judge_check, judge_rule

PROJECTS = {name: load_place(Place(root, "named")) for name, root in
            {"england-wales": ROOT, "nibrs-louisiana": ROOT / "examples" / "nibrs_louisiana"}.items()}  # fmt: skip
CHECKS = [pytest.param(p, c, id=f"{n}-{c.code}") for n, p in PROJECTS.items() for c in p.catalogue
          if n == "england-wales" or c.place]  # fmt: skip
# NOTE: rules of several tables are tried all at once in test_child_in_need.py: a table each would take minutes.
OWN = [pytest.param(p, s, r, id=f"{s}-{r.code}") for p in PROJECTS.values() for s in p.sources
       for r in p.rules_of(s) if r.check is None and r.native is None and not r.gx_type and not r.table]  # fmt: skip


@pytest.mark.parametrize(("project", "check"), CHECKS)
def test_the_examples_of_a_check_are_judged_as_it_says(project, check):
    lists = PROJECTS["england-wales"].codelists
    assert_examples(check, lists)


@pytest.mark.parametrize(("project", "source", "rule"), OWN)
def test_the_examples_of_a_suites_own_rule_are_judged_as_it_says(project, source, rule):
    suite = project.suite_of(source)
    day = rule.effective.to or rule.effective.from_
    given = {"as_of": day} if day else {}
    assert set(judge_rule(rule, suite, rule.failing, **given)) == {"failing"}
    assert rule.passing
    assert set(judge_rule(rule, suite, rule.passing, **given)) == {"passing"}
    assert judge_rule(rule, suite, []) == []


MUTATIONS = [
    ("constant true", lambda c: ("TRUE", None)),
    ("constant false", lambda c: ("FALSE", None)),
    ("negated", lambda c: (f"NOT ({c.requires})", None)),
    ("applies to all", lambda c: (None, "TRUE")),
    ("applies to none", lambda c: (None, "FALSE")),
]


@pytest.mark.parametrize(("project", "check"), CHECKS)
def test_breaking_a_check_is_caught_by_one_of_its_examples(project, check):
    from dataclasses import replace

    lists = PROJECTS["england-wales"].codelists
    for name, mutate in MUTATIONS:
        requires, applies = mutate(check)
        broken = replace(check, requires=requires or check.requires, applies=applies or check.applies)
        if broken == check or (name == "applies to all" and not check.not_applicable):
            continue
        with pytest.raises(AssertionError):
            assert_examples(broken, lists)


def test_a_record_of_nothing_but_blanks_never_passes():
    lists = PROJECTS["england-wales"].codelists
    for check in PROJECTS["england-wales"].catalogue:
        (found,) = judge_check(check, lists, [dict.fromkeys(check.parameters, "  ")])
        assert found != "passing", check.code
