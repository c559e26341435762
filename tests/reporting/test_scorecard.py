"""The scorecard: a whole and harmless page, whose words and figures do not hang on colour."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import html5lib
import pytest
from hostile import CANARY

from everycase.outcome import GroupOutcome
from everycase.reporting import scorecard_html
from everycase.reporting.scorecard_areas import MOST_GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from everycase.outcome import RunResult
    from everycase.run import Run


def page(run: Run, result: RunResult | None = None) -> str:
    report = run.project.reports.writes("scorecard_html")[0][0]
    return scorecard_html.page(result or run.result(), report)


def tree(text: str) -> Element:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.fixture(params=["hostile", "sampled"])
def text(request: pytest.FixtureRequest, open_run: Run, sampled: Run) -> str:
    return page(open_run if request.param == "hostile" else sampled)


def test_the_page_is_whole(text: str) -> None:
    root = tree(text)
    assert root.get("lang") == "en-GB"
    title = root.find("head/title")
    assert title is not None
    assert words(title).startswith("Failed: ")
    assert len(root.findall(".//h1")) == 1
    levels = [int(e.tag[1]) for e in root.iter() if re.fullmatch("h[1-6]", str(e.tag))]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    skip = root.find("body/a")
    assert skip is not None
    assert skip.get("href") == "#main"
    assert root.find(".//main[@id='main']") is not None


def test_every_id_is_there_once(text: str) -> None:
    root = tree(text)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    named = {n for e in root.iter() for n in (e.get("aria-labelledby") or "").split()}
    linked = {(a.get("href") or "")[1:] for a in root.iter("a")}
    assert named | linked <= set(ids)


def test_every_table_has_a_caption_and_heads_and_can_be_scrolled_by_keyboard(text: str) -> None:
    root = tree(text)
    regions = {e.find("table"): e for e in root.iter("div") if e.get("role") == "region"}
    tables = list(root.iter("table"))
    assert tables
    for table in tables:
        caption = table.find("caption")
        assert caption is not None
        assert words(caption)
        assert all(th.get("scope") in {"col", "row"} for th in table.iter("th"))
        assert all(tr.find("th[@scope='row']") is not None for tr in table.findall("tbody/tr"))
        columns = len(table.findall("thead/tr/th"))
        for row in table.findall("tbody/tr"):
            assert sum(int(c.get("colspan", "1")) for c in row) == columns
        assert regions[table].get("tabindex") == "0"


def test_it_needs_and_asks_for_nothing(text: str) -> None:
    root = tree(text)
    tags = {str(e.tag) for e in root.iter()}
    assert not tags & {"link", "img", "iframe", "object", "embed", "base", "form"}
    assert not [a for e in root.iter() for a in e.keys() if str(a).startswith("on")]  # noqa: SIM118 - an element
    asks = re.compile(r"url\((?!#)|@import|https?:|javascript:")
    assert not [v for e in root.iter() for v in e.attrib.values() if asks.search(v)]
    assert not [e for name in ("style", "script") for e in root.iter(name) if asks.search(e.text or "")]
    assert "default-src 'none'" in text
    (script,) = root.iter("script")
    digest = base64.b64encode(hashlib.sha256((script.text or "").encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert not re.search(r"fetch|XMLHttp|WebSocket|import\(|eval|innerHTML", script.text or "")


def test_hostile_words_stay_words(open_run: Run) -> None:
    text = page(open_run)
    body = words(tree(text))
    for said in ("<script>alert(1)</script>", "<script>alert('north')</script>", "<img src=x>", "Crimes <b>bold</b>",
                 "Area <i>of</i> force", "Hostile <project> & 'quotes'", "auditor <report>"):  # fmt: skip
        assert said in body
    assert CANARY not in text


def test_figures_have_both_their_numbers(open_run: Run) -> None:
    root = tree(page(open_run))
    fields = next(t for t in root.iter("table") if words(t.find("caption")) == "Fields")  # type: ignore[arg-type]
    rows = {words(r[0]): [words(c) for c in r[1:]] for r in fields.findall("tbody/tr")}
    sex = next(v for k, v in rows.items() if k.startswith("Sex sex"))
    assert sex == ["100.0% 8 of 8", "75.0% 6 of 8", "50.0% 4 of 8", "50.0 poor"]
    assert any("12.5% forced (1)" in k for k in rows)


def test_every_rule_has_its_status_in_words(sampled: Run) -> None:
    result = sampled.result()
    root = tree(page(sampled))
    tables = [
        t for t in root.iter("table") if "matrix" not in (t.get("class") or "") and "fields" not in t.get("class")
    ]
    tags = [words(e) for t in tables for e in t.iter("strong") if "tag" in (e.get("class") or "")]
    rules = sum(len(s.rules) for s in result.sources)
    assert len(tags) == rules + len(result.sources)
    assert set(tags) <= {"Failed", "Passed", "Could not be checked", "Not applicable", "Could not check"}


def test_unmapped_values_are_shown_as_far_as_the_report_allows(open_run: Run) -> None:
    text = words(tree(page(open_run)))
    assert "Q (2 times)" in text
    assert "none may be shown" in text
    assert "+F" not in text


def test_many_groups_are_cut_and_it_is_said(open_run: Run) -> None:
    result = open_run.result()
    source = result.sources[0]
    one = source.groups[0]
    groups = tuple(GroupOutcome("area", f"G{n:03}", f"Group {n}", n, one.fields, one.rules) for n in range(1, 101))
    text = page(open_run, dataclasses.replace(result, sources=(dataclasses.replace(source, groups=groups),)))
    maps = [t for t in tree(text).iter("table") if "heat" in (t.get("class") or "")]
    assert maps
    assert {len(t.findall("tbody/tr")) for t in maps} == {MOST_GROUPS}
    assert "The 60 largest are shown; 40 smaller ones with 820 records between them" in text
    assert "(G100)" in words(maps[0])
    assert "(G040)" not in words(maps[0])


def test_a_source_that_could_not_be_read_says_why(start: Callable[..., Run], tmp_path: Path) -> None:
    text = page(start("crimes", crimes=tmp_path / "absent.csv"))
    body = words(tree(text))
    assert "Could not check" in body
    assert "The extract could not be read, so nothing can be said about it." in body
    assert "See docs/errors.md#" in body
    assert "0.0% 0 of 1 extract or period" in body
    assert CANARY not in text


def test_a_missing_column_is_said(start: Callable[..., Run], tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("area,ref\nN,1\n", encoding="utf-8")
    body = words(tree(page(start("crimes", crimes=path))))
    assert "the extract has no column" in body
    assert "Could not be checked" in body


def luminance(colour: str) -> float:
    full = colour if len(colour) == 7 else "#" + "".join(c * 2 for c in colour[1:])
    parts = [int(full[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_words_stand_out_from_what_is_behind_them() -> None:
    css = (scorecard_html._TEMPLATES / "scorecard.css").read_text(encoding="utf-8")
    pairs = re.findall(r"\.tag\.\w+ \{ color: (#\w+); background: (#\w+)", css)
    pairs += [(c, "#fff") for c in re.findall(r"--(?:ink|quiet|link): (#\w+)", css)]
    assert len(pairs) == 10
    for word, behind in pairs:
        lighter, darker = sorted((luminance(word), luminance(behind)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, word
