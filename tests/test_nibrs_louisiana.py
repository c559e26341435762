"""A second project, of another country: its published figures come out, from tables joined by the registry."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from everycase import testing
from everycase.outcome import Counts, Status
from everycase.project import load
from everycase.run import Options, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from everycase.outcome import FieldTally, SourceResult
    from everycase.project import Project
    from everycase.rule import Rule
    from everycase.run import Run

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "nibrs_louisiana"
DATA = ROOT.parent / "shared" / "data" / "nibrs_la_2019"
AS_OF = dt.date(2026, 6, 15)
PROJECT = load(EXAMPLE)
OWN_RULES = [(s, r) for s in PROJECT.sources for r in PROJECT.rules_of(s) if r.check is None]
UNKNOWN_BY_AGENCY = {
    "Monroe (city)": 40.7, "Calcasieu (parish)": 33.3, "West Monroe (city)": 27.7, "Gonzales (city)": 26.6,
    "Ascension (parish)": 23.1, "Ouachita (parish)": 21.3, "St. John the Baptist (parish)": 16.0,
    "Rapides (parish)": 12.1, "Thibodaux (city)": 10.4, "St. James (parish)": 8.9, "Bossier (parish)": 8.1,
    "Lafourche (parish)": 2.6,
}  # fmt: skip

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the data of Louisiana is not beside this checkout")


def started(as_of: dt.date = AS_OF, project: Project = PROJECT) -> Run:
    return run(project, Options(as_of=as_of, extracts=dict.fromkeys(project.sources, DATA)))


@pytest.fixture(scope="module")
def opened() -> Iterator[Run]:
    with started() as open_run:
        yield open_run


@pytest.fixture(scope="module")
def results(opened: Run) -> dict[str, SourceResult]:
    return {s.id: s for s in opened.result().sources}


def tally(result: SourceResult, name: str) -> FieldTally:
    return next(f.tally for f in result.fields if f.name == name)


def counts(result: SourceResult) -> dict[str, Counts]:
    return {r.code: r.counts for r in result.rules}


def failing_rows(open_run: Run, source: str, code: str) -> list[int]:
    return testing.failing_rows(next(c for c in open_run.checked if c.result.id == source), code)


def grouped_by(field: str) -> dict[str, tuple[int, int]]:
    """Count the victims, and of them those that are asked their sex, by another field."""
    project = load(EXAMPLE)
    entry = project.sources["nibrs_victims"].model_copy(update={"group_by": [field]})
    project.sources["nibrs_victims"] = entry
    options = Options(as_of=AS_OF, sources=("nibrs_victims",), extracts={"nibrs_victims": DATA})
    with run(project, options) as open_run:
        groups = open_run.result().sources[0].groups
    return {g.value: (g.records, g.fields["victim_sex"].applicable) for g in groups}


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_example_runs_no_python_and_has_no_check_of_the_united_kingdom() -> None:
    assert not (EXAMPLE / "checks").exists()
    assert len(PROJECT.catalogue) == 4
    assert not {c for c in PROJECT.codelists.names() if c.endswith(("_cjs", "_police", "_mps"))}


@needs_data
def test_the_sex_of_victims_is_asked_of_persons_alone(results: dict[str, SourceResult]) -> None:
    result = results["nibrs_victims"]
    sex = tally(result, "victim_sex")
    assert (result.records, sex.applicable, sex.undetermined) == (51_202, 35_193, 0)
    assert (sex.supplied, sex.valid, sex.known, sex.not_known["not_known"]) == (35_193, 35_193, 34_964, 229)
    assert round(100 * sex.known / sex.applicable, 1) == 99.3
    assert result.records - sex.applicable == 16_009
    assert round(100 * sex.supplied / result.records) == 69


@needs_data
def test_the_blanks_in_the_sex_of_victims_are_all_of_victims_that_are_no_person() -> None:
    by_sex = {value: records for value, (records, _) in grouped_by("victim_sex").items()}
    assert by_sex == {"(blank)": 16_009, "F": 18_152, "M": 16_812, "U": 229}
    asked = {kind: asked for kind, (_, asked) in grouped_by("victim_type").items()}
    assert [kind for kind, number in asked.items() if not number] == ["B", "F", "G", "O", "R", "S", "U"]


@needs_data
def test_an_offender_of_number_0_is_asked_nothing(results: dict[str, SourceResult]) -> None:
    result = results["nibrs_offenders"]
    sex = tally(result, "offender_sex")
    assert (result.records, sex.applicable, result.records - sex.applicable) == (54_419, 49_417, 5_002)
    assert (sex.supplied, sex.not_known["not_known"]) == (49_417, 11_002)
    assert round(100 * (sex.applicable - sex.known) / sex.applicable, 1) == 22.3
    assert counts(result)["NIB552"] == Counts(passing=5_002)


@needs_data
def test_an_unknown_relationship_is_split_into_forced_and_avoidable(results: dict[str, SourceResult]) -> None:
    result = results["nibrs_pairs"]
    relationship = tally(result, "relationship")
    assert (result.records, relationship.applicable, relationship.supplied) == (19_284, 19_284, 19_284)
    assert relationship.not_known["not_known"] == relationship.applicable - relationship.known == 4_495
    assert (relationship.forced, relationship.avoidable) == (1_061, 3_434)
    assert counts(result)["PAIR03"] == Counts(passing=14_789, failing=3_434)
    assert counts(result)["NIB472"] == Counts(passing=1_061)


@needs_data
def test_agencies_differ_many_times_over_in_what_they_leave_unknown(results: dict[str, SourceResult]) -> None:
    groups = {g.meaning: g for g in results["nibrs_pairs"].groups}
    found = {
        name: round(100 * groups[name].fields["relationship"].not_known["not_known"] / groups[name].records, 1)
        for name in UNKNOWN_BY_AGENCY
    }
    assert found == UNKNOWN_BY_AGENCY
    assert len(groups) == 30
    total = sum((g.fields["relationship"].forced for g in groups.values()), 0)
    assert (total, sum(g.records for g in groups.values())) == (1_061, 19_284)


@needs_data
def test_the_edits_raise_a_handful_of_pairs_and_not_hundreds(results: dict[str, SourceResult]) -> None:
    found = counts(results["nibrs_pairs"])
    edits = {code: found[code].failing for code in found if code.startswith(("NIB", "PAIR0")) and code != "PAIR03"}
    assert {code: n for code, n in edits.items() if n} == {"NIB449": 1, "NIB554": 1}
    assert found["NIB554"] == Counts(passing=1_028, failing=1, undetermined=11)
    assert found["NIB449"] == Counts(passing=876, failing=1, undetermined=4)
    assert found["PAIR01"] == found["PAIR02"] == Counts(passing=19_284)
    assert found["NIB471"] == found["NIB474"] == Counts(passing=1_686)


@needs_data
def test_a_failing_pair_is_named_by_its_row_in_the_table_of_pairs(opened: Run) -> None:
    pairs, victims = table("NIBRS_VICTIM_OFFENDER_REL.csv"), {r["VICTIM_ID"]: r for r in table("NIBRS_VICTIM.csv")}
    offenders = {r["OFFENDER_ID"]: r for r in table("NIBRS_OFFENDER.csv")}
    (row,) = failing_rows(opened, "nibrs_pairs", "NIB554")
    pair = pairs[row - 2]
    assert pair["RELATIONSHIP_ID"] == "17"
    assert victims[pair["VICTIM_ID"]]["AGE_NUM"] == offenders[pair["OFFENDER_ID"]]["AGE_NUM"] == "19"
    (row,) = failing_rows(opened, "nibrs_pairs", "NIB449")
    pair = pairs[row - 2]
    assert pair["RELATIONSHIP_ID"] == "21"
    assert (victims[pair["VICTIM_ID"]]["AGE_NUM"], offenders[pair["OFFENDER_ID"]]["AGE_NUM"]) == ("16", "40")


@needs_data
def test_no_reference_between_the_tables_is_broken(results: dict[str, SourceResult]) -> None:
    """A blank age of a company refers to nothing, and is no broken reference either."""
    for result in results.values():
        assert result.extract is not None
        assert result.extract.repairs == ()


@needs_data
def test_a_table_joined_twice_is_one_file_of_the_extract(results: dict[str, SourceResult]) -> None:
    facts = results["nibrs_pairs"].extract
    assert facts is not None
    names = [name for name, _, _ in facts.files]
    assert len(names) == len(set(names)) == 8
    assert facts.bytes == sum((DATA / name).stat().st_size for name in names)


@needs_data
def test_the_obsolete_edit_on_the_sexes_of_couples_is_off(results: dict[str, SourceResult]) -> None:
    outcome = next(r for r in results["nibrs_pairs"].rules if r.code == "NIB553")
    assert (outcome.status, outcome.counts) == (Status.NOT_APPLICABLE, Counts())
    assert outcome.reason == f"not in force on {AS_OF.isoformat()}"


@needs_data
def test_the_obsolete_edit_would_have_called_two_couples_wrong() -> None:
    with started(as_of=dt.date(2015, 6, 25)) as open_run:
        found = counts(open_run.result().sources[2])
    assert found["NIB553"].failing == 2


@needs_data
def test_only_what_can_be_acted_on_makes_the_verdict(opened: Run, results: dict[str, SourceResult]) -> None:
    assert {name: r.status for name, r in results.items()} == {
        "nibrs_victims": Status.PASSED, "nibrs_offenders": Status.PASSED, "nibrs_pairs": Status.FAILED,
    }  # fmt: skip
    assert [r.code for r in results["nibrs_pairs"].failed()] == ["PAIR03", "NIB554", "NIB449"]
    assert opened.result().exit_code() == 1


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The same project, but every extract one file whose columns are the fields, so that a record is one line."""
    folder = tmp_path_factory.mktemp("flat") / "project"
    shutil.copytree(EXAMPLE, folder)
    registry = yaml.safe_load((folder / "sources.yaml").read_text(encoding="utf-8"))
    for source in registry["sources"].values():
        del source["reader"], source["columns"]
    (folder / "sources.yaml").write_text(yaml.safe_dump(registry, sort_keys=False), encoding="utf-8")
    return load(folder)


@pytest.mark.parametrize(("source", "rule"), OWN_RULES, ids=[f"{s}-{r.code}" for s, r in OWN_RULES])
def test_the_examples_of_a_rule_say_the_truth(source: str, rule: Rule, flat: Project, tmp_path: Path) -> None:
    assert judged(flat, source, rule, rule.passing, tmp_path) == Counts(passing=len(rule.passing))
    assert judged(flat, source, rule, rule.failing, tmp_path) == Counts(failing=len(rule.failing))


@pytest.mark.parametrize(
    ("code", "record"),
    [
        ("NIB554", {"relationship": "PA", "victim_age_kind": "AG", "victim_age": "25", "offender_age_kind": "AG",
                    "offender_age_low": "20", "offender_age_high": "30"}),
        ("NIB554", {"relationship": "PA", "victim_age_kind": "00", "offender_age_kind": "AG",
                    "offender_age_low": "20", "offender_age_high": "0"}),
        ("NIB554", {"relationship": "GP", "victim_age_kind": "99", "offender_age_kind": "99"}),
        ("NIB549", {"relationship": "SE", "offender_age_kind": "AG", "offender_age_low": "10",
                    "offender_age_high": "20"}),
        ("NIB449", {"relationship": "SE", "victim_age_kind": "00"}),
        ("NIB449", {"relationship": "ZZ", "victim_age_kind": "AG", "victim_age": "12"}),
    ],
)  # fmt: skip
def test_ages_that_overlap_or_are_unknown_cannot_be_judged(
    code: str, record: dict[str, str], flat: Project, tmp_path: Path
) -> None:
    rule = next(r for r in PROJECT.rules_of("nibrs_pairs") if r.code == code)
    assert judged(flat, "nibrs_pairs", rule, (record,), tmp_path) == Counts(undetermined=1)


def judged(project: Project, source: str, rule: Rule, records: tuple[Mapping[str, str], ...], folder: Path) -> Counts:
    """Judge records as an extract of their own, on a day on which the rule is in force."""
    extract = folder / "extract.csv"
    with extract.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(project.suite_of(source).fields), restval="")
        writer.writeheader()
        writer.writerows(records)
    options = Options(as_of=rule.effective.to or AS_OF, sources=(source,), extracts={source: extract})
    with run(project, options) as open_run:
        return counts(open_run.result().sources[0])[rule.code]
