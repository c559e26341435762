"""What a run does when something is missing, empty or breaks half-way: it says so, and nothing passes."""

import dataclasses

import pytest
from making import check_text, load_folder, make_project, rule
from support import AS_OF

from everycase.errors import UsageError
from everycase.outcome import Counts, Status
from everycase.run import Options, run

FIELDS = "k: {title: K, type: text}\nn: {title: N, type: integer}\n"


def made(folder, rules=rule("R1", "n > 0"), fields=FIELDS, **given):  # noqa: B008 - the same text each time
    return make_project(folder / "p", fields, rules, **given)


def results(folder, **options):
    with run(load_folder(folder), Options(as_of=AS_OF, **options)) as opened:
        return opened.result()


@pytest.mark.parametrize("text", ["", "k,n\n", "k,n\n\n\n", "\n"])
def test_an_extract_without_records_never_passes(tmp_path, text):
    source = check_text(made(tmp_path), text)
    assert source.status is Status.COULD_NOT_CHECK
    assert source.problem.slug
    assert all(r.status is Status.COULD_NOT_CHECK and r.counts == Counts() for r in source.rules)


def test_an_extract_that_is_not_there_ends_with_3_and_the_other_sources_are_checked(tmp_path):
    folder = made(tmp_path)
    registry = folder / "sources.yaml"
    text = registry.read_text(encoding="utf-8")
    body = text.split("  s:\n")[1].replace("suite: s\n", "suite: s\n    extract: there.csv\n")
    registry.write_text(f"{text}  t:\n{body}", encoding="utf-8")
    (folder / "there.csv").write_text("k,n\na,1\n", encoding="utf-8")
    result = results(folder)
    assert {s.id: s.status for s in result.sources} == {"s": Status.COULD_NOT_CHECK, "t": Status.PASSED}
    assert result.exit_code() == 3
    assert results(folder, sources=("t",)).exit_code() == 0


@pytest.mark.parametrize("fail_on", ["error", "query", "warning", "never"])
def test_a_missing_column_ends_with_3_whatever_is_asked(tmp_path, fail_on):
    source = check_text(made(tmp_path), "k\na\n", fail_on=fail_on)
    assert source.status is Status.COULD_NOT_CHECK
    assert source.problem.slug == "missing-column"
    assert "n" in source.problem.message


def test_a_column_of_another_name_is_mapped_and_named_by_it_where_it_is_missing(tmp_path):
    folder = made(tmp_path, source="    columns: {Number of: n}\n")
    assert check_text(folder, "k,Number of\na,1\n").status is Status.PASSED
    source = check_text(folder, "k\na\n")
    assert "Number of" in next(f for f in source.fields if f.name == "n").reason


def test_rules_that_break_on_the_data_are_found_among_many_and_alone_left_out(tmp_path):
    broken = {3, 4, 11}
    rules = "".join(rule(f"R{i}", "n * n * n > 0" if i in broken else f"n > {i}") for i in range(1, 13))
    source = check_text(made(tmp_path, rules), "k,n\na,999999999999999999\nb,2\nc,\n")
    for i, outcome in enumerate(source.rules, 1):
        if i in broken:
            assert (outcome.status, outcome.counts) == (Status.COULD_NOT_CHECK, Counts())
            assert "999" not in outcome.reason
        else:
            assert outcome.counts == Counts(1 + (i < 2), 1 - (i < 2), 1)
    assert source.status is Status.COULD_NOT_CHECK
    assert source.problem.slug == "rule-not-judged"


@pytest.mark.parametrize("part", ["required", "valid"])
def test_a_field_that_breaks_on_the_data_stops_the_source_and_shows_no_cell(tmp_path, part):
    fields = FIELDS.replace("type: integer}", f'type: integer, {part}: "n * n * n > 0"}}')
    source = check_text(made(tmp_path, rule("R1", "TRUE"), fields), "k,n\na,999999999999999999\n")
    assert source.status is Status.COULD_NOT_CHECK
    assert "999" not in repr(source)


def test_a_derived_name_that_breaks_on_the_data_takes_only_the_rules_that_use_it(tmp_path):
    rules = rule("R1", "cube > 0") + rule("R2", "n > 0")
    source = check_text(made(tmp_path, rules, derived="cube: n * n * n"), "k,n\na,999999999999999999\n")
    assert [r.status for r in source.rules] == [Status.COULD_NOT_CHECK, Status.PASSED]


def test_only_undetermined_could_not_be_checked_and_one_judged_record_is_enough(tmp_path):
    folder = made(tmp_path)
    assert check_text(folder, "k,n\na,\nb,x\n").status is Status.COULD_NOT_CHECK
    source = check_text(folder, "k,n\na,\nb,x\nc,1\n")
    assert (source.status, source.rules[0].counts) == (Status.PASSED, Counts(1, 0, 2))


def test_a_threshold_holds_at_its_edge(tmp_path):
    folder = made(tmp_path, rule("R1", "n > 0", threshold=0.3))
    rows = ["k,n", *("a,1",) * 7, *("a,0",) * 3, *("a,",) * 90]
    assert check_text(folder, "\n".join(rows) + "\n").status is Status.PASSED
    assert check_text(folder, "\n".join([*rows, "a,0"]) + "\n").status is Status.FAILED


def test_an_extract_of_a_source_that_is_not_checked_or_not_known_is_refused(tmp_path):
    with pytest.raises(UsageError):
        results(made(tmp_path), extracts={"t": tmp_path / "x.csv"})
    with pytest.raises(UsageError):
        results(tmp_path / "p", sources=("t",))


def test_a_run_twice_gives_the_same_but_for_its_id_and_start(tmp_path):
    folder = made(tmp_path, rule("R1", "n > 1") + rule("R2", "occurrences(k) = 1"), keys="k")
    text = "k,n\n" + "".join(f"{i % 7},{i % 5}\n" for i in range(200))
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    one, two = (results(folder, extracts={"s": path}) for _ in range(2))
    assert one.id != two.id
    assert dataclasses.replace(one, id="", started="") == dataclasses.replace(two, id="", started="")
    assert one.sources[0].extract.sha256 == two.sources[0].extract.sha256


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_the_number_of_threads_changes_nothing(tmp_path, threads):
    folder = made(tmp_path, rule("R1", "occurrences(k) = 1") + rule("R2", "n > 2"))
    path = tmp_path / "x.csv"
    path.write_text("k,n\n" + "".join(f"{i % 999},{i % 5}\n" for i in range(3000)), encoding="utf-8")
    (source,) = results(folder, extracts={"s": path}, threads=threads).sources
    assert [(r.counts.passing, r.counts.failing, r.counts.undetermined) for r in source.rules] == [
        (0, 3000, 0), (1200, 1800, 0),
    ]  # fmt: skip


def test_nothing_of_a_run_stays_open_or_on_disk(tmp_path, monkeypatch):
    import tempfile

    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    folder = made(tmp_path)
    path = tmp_path / "x.csv"
    path.write_text("k,n\na,1\n", encoding="utf-8")
    with run(load_folder(folder), Options(as_of=AS_OF, extracts={"s": path})) as opened:
        assert opened.checked[0].prepared.rows("SELECT 1") == [(1,)]
    assert list(scratch.iterdir()) == []


def test_codes_of_another_list_are_listed_and_words_are_not(tmp_path):
    fields = "a: {title: A, type: code, codelist: words}\n"
    folder = made(tmp_path, rule("R1", "TRUE"), fields)
    values = ["M"] * 10 + ["F"] * 9 + ["Unknown"] * 40 + ["A B"] * 40 + ["é"] * 40 + [" M "] * 2
    field = check_text(folder, "a\n" + "".join(f"{v}\n" for v in values)).fields[0]
    assert field.unmapped_values == (("M", 12),)
    assert field.other_values == 129
    assert field.tally.not_known["unmapped"] == 141
