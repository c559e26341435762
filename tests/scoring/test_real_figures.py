"""What the page says of real data is what a count by hand over the raw files gives."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import html5lib
import numpy as np
import pytest

from everycase.project import load
from everycase.reporting import scorecard_html
from everycase.run import Options, run

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
NIBRS, MPS = DATA / "nibrs_la_2019", DATA / "mps_homicides_2003_2023.csv"
AS_OF = dt.date(2026, 6, 15)


def page_of(project_root: Path, source: str, extract: Path) -> Element:
    project = load(project_root)
    options = Options(as_of=AS_OF, sources=(source,), extracts={source: extract})
    with run(project, options) as opened:
        text = scorecard_html.page(opened.result(), project.reports.named("auditor"))
    return html5lib.HTMLParser(namespaceHTMLElements=False).parse(text)


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def table(root: Element, caption: str) -> dict[str, list[str]]:
    found = next(t for t in root.iter("table") if words(t.find("caption")).startswith(caption))  # type: ignore[arg-type]
    return {words(r[0]): [words(c) for c in r[1:]] for r in found.findall("tbody/tr")}


def rows(name: str) -> list[dict[str, str]]:
    with (NIBRS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def part(cell: str) -> tuple[int, int]:
    found = re.search(r"([\d,]+) of ([\d,]+)", cell)
    assert found is not None, cell
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


@pytest.mark.skipif(not MPS.is_file(), reason="the data of the Metropolitan Police is not beside this checkout")
def test_index_and_completeness_of_the_homicides() -> None:
    root = page_of(ROOT, "met_homicides", MPS)
    with MPS.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    no_answer = {"Not Reported/Not Known", "Not Known/Not Recorded"}
    known = {column: sum(line[column] not in no_answer for line in lines) for column in lines[0]}
    assert set(known) == {"Age_Group", "Sex", "Method_of_Killing", "Domestic_Abuse", "Solved_Status", "Borough",
                          "Ethnicity", "Year", "BCU"}  # fmt: skip
    fields = table(root, "Fields")
    for column, name in (("Method_of_Killing", "method"), ("Ethnicity", "ethnicity"), ("Sex", "victim_sex")):
        cells = next(v for k, v in fields.items() if f" {name}" in f"{k} ")
        assert part(cells[2]) == (known[column], len(lines))
    index = 100 * np.mean([n / len(lines) for n in known.values()])
    keys = words(next(e for e in root.iter("dl") if e.get("class") == "keys"))
    assert f"{index:.1f} over 9 fields" in keys
    (matrix,) = table(root, "Sources by dimension").values()
    assert part(matrix[1]) == (sum(known.values()), 9 * len(lines))


@pytest.mark.skipif(not NIBRS.is_dir(), reason="the data of Louisiana is not beside this checkout")
def test_relationships_of_louisiana_by_agency() -> None:
    root = page_of(ROOT / "examples" / "nibrs_louisiana", "nibrs_pairs", NIBRS)
    code = {r["RELATIONSHIP_ID"]: r["RELATIONSHIP_CODE"] for r in rows("NIBRS_RELATIONSHIP")}
    ages = {r["AGE_ID"]: r["AGE_CODE"] for r in rows("NIBRS_AGE")}
    races = {r["RACE_ID"]: r["RACE_CODE"] for r in rows("REF_RACE")}
    agency = {r["INCIDENT_ID"]: r["AGENCY_ID"] for r in rows("NIBRS_incident")}
    place = {r["VICTIM_ID"]: agency[r["INCIDENT_ID"]] for r in rows("NIBRS_VICTIM")}
    nobody = {
        r["OFFENDER_ID"]
        for r in rows("NIBRS_OFFENDER")
        if ages.get(r["AGE_ID"]) == "00" and r["SEX_CODE"] == "U" and races.get(r["RACE_ID"]) == "U"
    }
    total, unknown, avoidable = Counter(), Counter(), Counter()
    for pair in rows("NIBRS_VICTIM_OFFENDER_REL"):
        at = place[pair["VICTIM_ID"]]
        total[at] += 1
        if code[pair["RELATIONSHIP_ID"]] == "RU":
            unknown[at] += 1
            avoidable[at] += pair["OFFENDER_ID"] not in nobody
    whole, missed = sum(total.values()), sum(avoidable.values())
    fields = table(root, "Fields")
    cells = next(v for k, v in fields.items() if " relationship" in k)
    assert part(cells[2]) == (whole - sum(unknown.values()), whole)

    funnel = table(root, "Not known although it could be: What the victim is to the offender: the figures")
    assert len(funnel) == len(total)
    for name, found in funnel.items():
        at = re.search(r"\((\d+)\)$", name)
        assert at is not None
        assert part(found[2]) == (avoidable[at[1]], total[at[1]])
    heat = table(root, "Known, by agency")
    for name, found in heat.items():
        at = re.search(r"\((\d+)\)$", name)
        assert at is not None
        assert part(found[1]) == (total[at[1]] - unknown[at[1]], total[at[1]])

    centre = missed / whole
    n = np.array([total[a] for a in sorted(total)], float)
    y = np.array([avoidable[a] for a in sorted(total)], float)
    z = np.sort((y / n - centre) / np.sqrt(centre * (1 - centre) / n))
    cut = int(len(z) * 0.1)
    phi = (np.clip(z, z[cut], z[-1 - cut]) ** 2).mean()
    said = words(root)
    assert f"{len(total)} areas, {100 * centre:.1f}% together ({missed:,} of {whole:,})." in said
    assert f"overdispersion (phi) is {phi:.1f}, where 1 is chance alone." in said
    outside = sum("99.8%" in found[0] for found in funnel.values())
    assert outside > len(total) / 2  # the plain limits put most agencies outside
    assert f"{outside} areas lie outside the plain 99.8% limits." in said
