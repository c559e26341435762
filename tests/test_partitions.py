"""An extract in parts: sums are what one file of all records gives, and what did not come is never a pass."""

import json

import pytest
from making import load_folder, make_project, rule
from support import AS_OF

from everycase.errors import ConfigurationError
from everycase.outcome import Counts, Status
from everycase.plain import plain
from everycase.run import Options, run
from everycase.stored import from_dict

FIELDS = """
k: {title: K, type: text}
n: {title: N, type: integer}
w: {title: W, type: code, codelist: words}
f: {title: F, type: text}
"""
RULES = (
    rule("R1", "n > 0", threshold=1.0)
    + rule("R2", "occurrences(k) = 1", threshold=1.0)
    + rule("R3", "n > 1", "f = 'a'", threshold=1.0)
)
ROWS = {
    "avon/2026-01.csv": ["a1,1,1,a", "a2,-1,2,a", "a3,,0,"],
    "avon/2026-02.csv": ["a1,5,9,a", "a4,2,zz,b"],
    "kent/2026-01.csv": ["k1,3,,b", "k1,4,3,b", "a2,0,8,c"],
    "kent/2026-02.csv": ["k5,x,1,c"],
}
EXPECTED = "expected: {force: [avon, kent], month: ['2026-01', '2026-02']}"


def made(folder, more=EXPECTED, source="", **given):
    text = f"    extract: data\n    reader: {{parts: {{each: '{{force}}/{{month}}.csv', {more}}}}}\n{source}"
    project = make_project(folder / "p", FIELDS, RULES, group_by="w", source=text, **given)
    for name, rows in ROWS.items():
        path = project / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("k,n,w,f\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return project


def checked(project, seen=None, **options):
    said = [] if seen is None else seen
    options.setdefault("progress", lambda _source, what: said.append(what))
    with run(load_folder(project), Options(as_of=AS_OF, **options)) as opened:
        result = opened.result()
    (source,) = from_dict(plain(result)).sources
    assert source == result.sources[0]
    return source


@pytest.fixture
def project(tmp_path):
    return made(tmp_path)


def test_the_whole_has_the_counts_of_one_file_with_all_records(project, tmp_path):
    whole = checked(project)
    one = make_project(tmp_path / "q", FIELDS, RULES, group_by="w")
    path = tmp_path / "all.csv"
    path.write_text("k,n,w,f\n" + "\n".join(r for rows in ROWS.values() for r in rows) + "\n", encoding="utf-8")
    single = checked(one, extracts={"s": path})
    assert whole.records == single.records == 9
    assert [(r.code, r.counts, r.status) for r in whole.rules] == [(r.code, r.counts, r.status) for r in single.rules]
    assert [(f.name, f.tally) for f in whole.fields] == [(f.name, f.tally) for f in single.fields]
    assert whole.groups == single.groups
    assert whole.status is single.status is Status.PASSED
    duplicates = next(r.counts for r in whole.rules if r.code == "R2")
    assert duplicates.failing == 6
    # the same rule, each file by itself: only the two records within one file
    assert sum((p.rules["R2"] for p in whole.parts), Counts()).failing == 2


def test_each_part_has_its_file_digest_records_and_verdict(project):
    whole = checked(project)
    assert [p.name for p in whole.parts] == ["avon/2026-01", "avon/2026-02", "kent/2026-01", "kent/2026-02"]
    assert [p.records for p in whole.parts] == [3, 2, 3, 1]
    assert len({p.sha256 for p in whole.parts}) == 4
    assert whole.extract.files == tuple((p.file, p.sha256, p.bytes) for p in whole.parts)
    assert (whole.coverage.supplied, whole.coverage.expected) == (4, 4)


def test_a_part_that_did_not_come_is_named_and_what_came_is_counted(project):
    (project / "data/kent/2026-02.csv").unlink()
    whole = checked(project)
    assert (whole.status, whole.problem.slug) == (Status.COULD_NOT_CHECK, "part-missing")
    assert "kent/2026-02" in whole.problem.message
    assert whole.records == 8
    assert (whole.coverage.supplied, whole.coverage.expected) == (3, 4)


@pytest.mark.parametrize(
    ("name", "other", "slug"),
    [
        ("Kent/2026-01.csv", None, "part-twice"),
        ("kent/2026-01.csv", "avon/2026-01.csv", "part-twice"),
        ("york/2026-01.csv", None, "part-unexpected"),
        ("kent/readme.txt", None, "part-unexpected"),
    ],
)
def test_what_came_twice_or_unasked_is_named_and_nothing_is_added_up(project, name, other, slug):
    path = project / "data" / name
    path.parent.mkdir(exist_ok=True)
    text = (project / "data" / other).read_text(encoding="utf-8") if other else "k,n,w,f\nzz,1,1,a\n"
    path.write_text(text, encoding="utf-8")
    whole = checked(project)
    assert (whole.status, whole.problem.slug, whole.records) == (Status.COULD_NOT_CHECK, slug, 0)
    assert name in whole.problem.message
    assert all(r.counts == Counts() for r in whole.rules)


@pytest.mark.parametrize("text", ["", "k,n,w,f\n", "k,n,w\na,1,1\n", "k,n,w,f\na,1,1,a\nb,1,1,1,1,1\n"])
def test_a_part_that_cannot_be_read_or_lacks_a_column_never_lets_the_whole_pass(project, text):
    (project / "data/kent/2026-02.csv").write_text(text, encoding="utf-8")
    whole = checked(project)
    assert whole.status is Status.COULD_NOT_CHECK
    assert whole.problem.slug in {"part-unread", "missing-column"}
    assert whole.parts[3].status is Status.COULD_NOT_CHECK
    assert whole.records >= 8


def test_what_is_kept_is_not_judged_again_and_gives_the_same_result(tmp_path):
    project = made(tmp_path, "keep: ../kept")
    last = project / "data/kent/2026-02.csv"
    text = last.read_text(encoding="utf-8")
    last.unlink()
    first: list[str] = []
    checked(project, first)
    assert [w for w in first if w.startswith(("reading avon", "reading kent"))] == [
        "reading avon/2026-01", "reading avon/2026-02", "reading kent/2026-01"
    ]  # fmt: skip
    last.write_text(text, encoding="utf-8")
    second: list[str] = []
    incremental = checked(project, second)
    assert [w for w in second if "/" in w] == ["reading kent/2026-02"]
    fresh = checked(made(tmp_path / "other"))
    assert (incremental.rules, incremental.fields, incremental.groups) == (fresh.rules, fresh.fields, fresh.groups)
    assert incremental.parts == fresh.parts


@pytest.mark.parametrize("change", ["file", "suite", "day", "entry"])
def test_what_is_kept_counts_for_nothing_once_anything_it_follows_from_has_changed(tmp_path, change):
    project = made(tmp_path, "keep: ../kept")
    checked(project)
    options = {}
    if change == "file":
        (project / "data/avon/2026-01.csv").write_text("k,n,w,f\nq,1,1,a\n", encoding="utf-8")
    elif change == "suite":
        path = project / "expectations/s.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("n > 0", "n > 3"), encoding="utf-8")
    elif change == "day":
        options["as_of"] = AS_OF.replace(year=AS_OF.year - 1)
    else:
        for path in (tmp_path / "kept").iterdir():
            path.write_text(path.read_text(encoding="utf-8").replace('"failing": ', '"failing": 1'), encoding="utf-8")
    seen: list[str] = []
    with run(load_folder(project), Options(**{"as_of": AS_OF, **options}, progress=lambda _s, w: seen.append(w))):
        pass
    assert sum("/" in w for w in seen) == (1 if change == "file" else 4)


def test_kept_counts_hold_no_key_and_only_the_owner_may_read_them(tmp_path):
    project = made(tmp_path, "keep: ../kept")
    checked(project)
    entries = list((tmp_path / "kept").iterdir())
    assert len(entries) == 4
    for path in entries:
        assert path.stat().st_mode & 0o077 == 0
        _, _, body = path.read_text(encoding="utf-8").partition("\n")
        assert json.loads(body)["sources"][0]["records"] > 0
        assert '"a1"' not in body
        assert '"k1"' not in body


@pytest.mark.parametrize(
    "more",
    [
        "each: 'all.csv'",
        "each: '{force}/{force}.csv'",
        "each: '../{force}.csv'",
        "each: '**/{force}.csv'",
        "each: '{force}.csv', expected: {month: [a]}",
        "each: '{force}.csv', expected: {force: [a, A]}",
        "each: '{force}.csv', expected: {force: []}",
    ],
)
def test_parts_that_cannot_be_told_apart_are_refused_by_the_registry(tmp_path, more):
    text = f"    extract: data\n    reader: {{parts: {{{more}}}}}\n"
    with pytest.raises(ConfigurationError) as refused:
        load_folder(make_project(tmp_path / "p", FIELDS, RULES, source=text))
    assert refused.value.slug == "wrong-value"
    assert "sources.yaml:" in refused.value.where


def test_a_single_file_is_refused(project, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("k,n,w,f\na,1,1,a\n", encoding="utf-8")
    assert checked(project, extracts={"s": path}).problem.slug == "wrong-extract"
