"""The same project on Spark: equal counts, one job, a session left as it was, nothing told."""

import pytest
from support import AS_OF, ROOT

from everycase.project import Place, load_place
from everycase.testing import assert_examples, judge_rule

pytestmark = pytest.mark.whole
PROJECT = load_place(Place(ROOT, "named"))
CHECKS = [pytest.param(c, id=c.code) for c in PROJECT.catalogue]
PAIRS = load_place(Place(ROOT / "examples" / "nibrs_louisiana", "named"))
OWN = [pytest.param(p, s, r, id=f"{s}-{r.code}") for p in (PROJECT, PAIRS) for s in p.sources
       for r in p.rules_of(s) if r.check is None and r.native is None and not r.gx_type]  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
def test_the_examples_of_a_check_are_judged_as_it_says(cluster, check):
    assert_examples(check, PROJECT.codelists, cluster)


@pytest.mark.parametrize(("project", "source", "own"), OWN)
def test_the_examples_of_a_suites_own_rule_are_judged_as_it_says(cluster, project, source, own):
    suite, day = project.suite_of(source), own.effective.to or own.effective.from_ or AS_OF
    assert set(judge_rule(own, suite, own.failing, day, cluster)) == {"failing"}
    assert set(judge_rule(own, suite, own.passing, day, cluster)) == {"passing"}
