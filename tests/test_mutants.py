"""Breaking a check in any small way is noticed by its own examples; `make mutants` asks it of every check."""

import pytest
from mutants import mutants, survives
from support import ROOT

from everycase.project import Place, load_place

PROJECT = load_place(Place(ROOT, "named"))


@pytest.mark.parametrize("code", ["FLG02", "FLG07", "INS07"])
def test_every_mutant_of_a_check_is_killed_by_its_examples(code):
    check = PROJECT.catalogue.find(code)
    made = mutants(check)
    assert len(made) >= 10
    assert [m.how for m in made if survives(m, PROJECT.codelists)] == []


def test_a_check_without_a_telling_example_lets_mutants_live():
    from dataclasses import replace

    check = PROJECT.catalogue.find("FLG02")
    poor = replace(check, passing=check.passing[:1], failing=check.failing[:1], undetermined=(), not_applicable=())
    assert any(survives(m, PROJECT.codelists) for m in mutants(poor))
