"""What is published and what programs read: every count, in forms that can be made again from the result alone."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hostile import CANARY

from everycase.disclosure import FORMULA_STARTS
from everycase.outcome import NOT_KNOWN
from everycase.reporting import FROM_RESULT, bundle, failing_csv, published, return_xlsx, tidy
from everycase.scoring import Card
from everycase.stored import from_dict

if TYPE_CHECKING:
    from everycase.outcome import RunResult
    from everycase.reports import ReportFile
    from everycase.run import Run

GOLD = Path(__file__).parent / "gold"
FORMS = ("action_plan_csv", "scorecard_csv", "scorecard_json", "scorecard_xlsx")


CHOSEN = {"crimes", "quiet", "looked_after_children", "police_da_incidents"}


def told(run: Run) -> RunResult:
    """Give the result as it is told, of two sources at most, so that the tests stay quick."""
    found = bundle.told(run.result(), run.project.reports)
    return dataclasses.replace(found, sources=tuple(s for s in found.sources if s.id in CHOSEN))


def report(run: Run) -> ReportFile:
    return run.project.reports.writes("result_json")[0][0]


@pytest.fixture(params=["hostile", "sampled"])
def some_run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.getfixturevalue("open_run" if request.param == "hostile" else "sampled")
    return found


@pytest.mark.parametrize("form", FORMS)
def test_made_again_from_the_stored_result_the_bytes_are_the_same(open_run: Run, form: str) -> None:
    renderer = FROM_RESULT[form]  # type: ignore[index]
    first = renderer.render(told(open_run), report(open_run))
    stored = from_dict(json.loads(FROM_RESULT["result_json"].render(told(open_run), report(open_run))))
    assert renderer.render(stored, report(open_run)) == first
    assert CANARY.encode() not in first


def test_the_parts_of_every_total_add_up(some_run: Run) -> None:
    text = FROM_RESULT["scorecard_csv"].render(told(some_run), report(some_run)).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    totals: dict[tuple[str, ...], int] = {}
    parts: defaultdict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    measures: defaultdict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for row in rows:
        what = (row["source"], row["kind"], row["name"], row["measure"])
        whose = (row["source"], row["group_by"], row["group"], row["kind"], row["name"])
        measures[whose][row["measure"]] = int(row["count"])
        assert not row["of"] or int(row["count"]) <= int(row["of"])
        if row["group_by"]:
            parts[what][row["group_by"]] += int(row["count"])
        else:
            assert what not in totals
            totals[what] = int(row["count"])
    assert parts
    grouped = {what[0] for what in parts}
    for what, by in parts.items():
        assert set(by.values()) == {totals[what]}, what
    for found in measures.values():
        if "failing" in found:
            assert found["passing"] + found["failing"] + found["undetermined"] == found["applicable"]
        if "known" in found:
            unknown = sum(found[f"not_known_{n}"] for n in NOT_KNOWN)
            assert unknown == found["applicable"] - found["known"] == found["forced"] + found["avoidable"]
    assert grouped <= {s.id for s in some_run.result().sources}


def test_the_action_plan_has_every_line_of_the_score_worst_first(some_run: Run) -> None:
    text = FROM_RESULT["action_plan_csv"].render(told(some_run), report(some_run)).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(Card.of(told(some_run)).actions)
    assert tuple(rows[0]) == tidy.PLAN
    for row in rows:
        assert float(row["score"]) < float(row["target"])
        assert f"{int(row['passing']) / int(row['judged']):.6f}" == row["score"]
        assert not [c for c in row.values() if c.startswith(FORMULA_STARTS)]


def test_the_workbook_for_publishing_follows_the_rules_of_the_analysis_function(some_run: Run, tmp_path: Path) -> None:
    path = tmp_path / "scorecard.xlsx"
    path.write_bytes(FROM_RESULT["scorecard_xlsx"].render(told(some_run), report(some_run)))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    names = [t for sheet in book for t in sheet.tables]
    assert len(names) == len(set(names))
    for sheet in book.worksheets[1:]:
        (table,) = sheet.tables.values()  # one marked-up table a sheet
        head, *rows = [[c.value for c in row] for row in sheet[table.ref]]
        assert len(set(head)) == len(head)
        assert all(c is not None and c != "" for row in rows for c in row), sheet.title
        assert sheet["A1"].value
        assert not sheet.merged_cells.ranges
        marks = {c for row in rows for c in row if isinstance(c, str) and re.fullmatch(r"\[[a-z]+\]", c)}
        start = sheet[table.ref][0][0].row
        above = [str(c.value) for row in sheet.iter_rows(max_row=start - 1) for c in row]
        assert marks == {a.split()[0] for a in above if a.startswith("[")}
        assert {c.data_type for row in sheet for c in row} <= {"s", "n"}
    linked = {c.hyperlink.location.split("!")[0].strip("'") for row in book["Contents"] for c in row if c.hyperlink}
    assert set(book.sheetnames[3:]) <= linked


def test_shares_in_the_workbook_are_those_of_the_counts_beside_them(sampled: Run, tmp_path: Path) -> None:
    path = tmp_path / "scorecard.xlsx"
    path.write_bytes(FROM_RESULT["scorecard_xlsx"].render(told(sampled), report(sampled)))
    sheet = openpyxl.load_workbook(path)["Table_3"]
    (table,) = sheet.tables.values()
    head, *rows = [[c.value for c in row] for row in sheet[table.ref]]
    heads = [h.split("\n")[0] for h in head]
    needed, known, share = (heads.index(h) for h in ("Needed in", "Known", "Share known"))
    assert len(rows) == sum(len(c.fields) for c in Card.of(told(sampled)).sources)
    for row in rows:
        assert row[share] == published.share(row[known], row[needed])


def dumped(path: Path) -> str:
    """Write what a workbook holds as text: its sheets, tables and cells."""
    lines = []
    for sheet in openpyxl.load_workbook(path):
        lines.append(f"# {sheet.title} {' '.join(f'{t.name} {t.ref}' for t in sheet.tables.values())}".rstrip())
        lines += [
            "\t".join("" if c is None else str(c).replace("\n", "\\n") for c in row).rstrip("\t")
            for row in sheet.iter_rows(values_only=True)
        ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "name", ["action_plan.csv", "scorecard.csv", "scorecard.json", "failing.csv", "return.txt", "publication.txt"]
)
def test_each_format_is_as_it_was_agreed(open_run: Run, tmp_path: Path, name: str) -> None:
    """EVERYCASE_GOLD=1 writes the files anew; look at what changed before you commit them."""
    path = tmp_path / "made"
    path.touch()
    crimes = open_run.checked[0]
    if name == "failing.csv":
        failing_csv.write(open_run, open_run.project.reports.writes("failing_csv")[0][0], path)
    elif name == "return.txt":
        return_xlsx.write(open_run, open_run.project.reports.writes("return_xlsx")[0][0], crimes, path)
    else:
        form = {"publication.txt": "scorecard_xlsx"}.get(name, name.replace(".", "_"))
        path.write_bytes(FROM_RESULT[form].render(told(open_run), report(open_run)))  # type: ignore[index]
    if name.endswith(".txt"):
        workbook = path.rename(path.with_suffix(".xlsx"))
        found = dumped(workbook)
    else:
        found = path.read_bytes().decode()
    found = re.sub(r"[0-9a-f]{64}", "<digest>", found).replace(open_run.result().version, "<version>")
    gold = GOLD / name
    if os.environ.get("EVERYCASE_GOLD"):
        gold.parent.mkdir(exist_ok=True)
        gold.write_text(found, encoding="utf-8", newline="")
    assert gold.read_bytes().decode() == found


def test_a_release_withholds_the_same_counts_in_its_workbook(open_run: Run, tmp_path: Path) -> None:
    from everycase.reporting import public_csv, public_xlsx
    from everycase.reports import Suppression
    from everycase.suppression.releasing import released

    definition = report(open_run).model_copy(update={"suppression": Suppression(releases="releases")})
    release = released(told(open_run), definition, "Hostile", [])
    path = tmp_path / "public.xlsx"
    path.write_bytes(public_xlsx.text(release))
    assert public_xlsx.text(release) == path.read_bytes()
    book = openpyxl.load_workbook(path)
    shown = {"known": ("Supplied", "Valid", "Known", "Needed in"), "found": ("Judged", "Failing", "Undetermined")}
    numbers: list[str] = []
    for sheet in book.worksheets[4:]:
        (table,) = sheet.tables.values()
        head, *rows = [[c.value for c in row] for row in sheet[table.ref]]
        assert all(c is not None and c != "" for row in rows for c in row)
        kept = [n for n, h in enumerate(head) if h.split("\n")[0] in shown[table.name.rpartition("_")[2]]]
        numbers += [str(row[n]) for row in rows for n in kept if row[n] != published.NOT_AVAILABLE]
    wanted = {"applicable", "supplied", "valid", "known", "judged", "failing", "undetermined"}
    lines = csv.DictReader(io.StringIO(public_csv.text(release)))
    told_so = [r for r in lines if r["kind"] and r["count"] in wanted and (r["kind"], r["count"]) not in
               {("rule", "applicable"), ("field", "undetermined")}]  # fmt: skip
    assert sorted(n.replace("[c]", release.marker) for n in numbers) == sorted(r["value"] for r in told_so)
