"""Charts as SVG that stands within a page: no script, no style and no clock of its own; the page's CSS dresses it.

Every chart is an image with a text in its place, and its page has the figures beside it as a table.
"""

from __future__ import annotations

import re
import sys
from math import log10
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from everycase.outcome import FieldOutcome
    from everycase.scoring.funnel import Funnel

_POINTS = 48
_NEEDLESS = {"script", "style", "title", "desc", "defs"}
_LONG = re.compile(r"([0-9]+\.[0-9])[0-9]+")


def funnel_chart(funnel: Funnel, said: str, outside: Sequence[str]) -> Markup:
    """Draw a funnel plot.

    Args:
        funnel: the areas and their limits.
        said: what the chart shows, for those who do not see it.
        outside: values of the areas whose names are written beside their points.
    """
    pygal = _library()
    wholes = [a.whole for a in funnel.areas]
    first, last = log10(max(1, min(wholes) / 1.5)), log10(max(wholes) * 2.5)
    steps = [first + (last - first) * k / _POINTS for k in range(_POINTS + 1)]
    limits = [funnel.limits(max(1, round(10**x))) for x in steps]
    top = min(1.0, 1.15 * max(a.share for a in funnel.areas))
    chart = pygal.XY(**_settings(620, 380), show_dots=False, xrange=(first, last), range=(0, top),
                     x_title=say("scorecard.chart_records"), y_title=say("scorecard.chart_share"))  # fmt: skip
    # NOTE: areas differ in size a thousandfold, so that their numbers of records are set on a scale of powers.
    chart.x_labels = [
        log10(n * 10**power) for power in range(8) for n in (1, 3) if first <= log10(n * 10**power) <= last
    ]
    chart.x_value_formatter = lambda x: number(round(10**x))
    chart.value_formatter = lambda v: say("figure.percent", share=number(100 * v, 0 if top > 0.1 else 1))
    for level in range(2):
        for side in range(2):
            drawn = [(n, x[level].plain[side]) for n, x in zip(steps, limits, strict=True)]
            chart.add("", [(n, y) for n, y in drawn if y <= top])
            drawn = [(n, x[level].adjusted[side]) for n, x in zip(steps, limits, strict=True)]
            chart.add("", [(n, y) for n, y in drawn if y <= top] if funnel.tau else [])
    chart.add("", [(first, funnel.centre), (last, funnel.centre)])
    within = [a for a in funnel.areas if a.value not in outside]
    beyond = [a for a in funnel.areas if a.value in outside]
    chart.add("", [(log10(a.whole), a.share) for a in within], stroke=False, show_dots=True, dots_size=3)
    named = [{"value": (log10(a.whole), a.share), "label": a.name[:28]} for a in beyond]
    chart.add("", named, stroke=False, show_dots=True, dots_size=5)
    return _within_page(chart, "funnel", said)


def tier_chart(fields: Sequence[FieldOutcome], said: str) -> Markup:
    """Draw, for each field, which part of the records that need it is known, unknown by force, and avoidably so."""
    pygal = _library()
    shown = list(reversed(fields))
    height = 60 + 26 * len(shown)
    chart = pygal.HorizontalStackedBar(**_settings(620, height), range=(0, 100), spacing=6)
    chart.value_formatter = lambda v: say("figure.percent", share=number(v))
    chart.x_labels = [f.title if len(f.title) <= 34 else f"{f.title[:33]}\u2026" for f in shown]
    parts = {
        "known": [f.tally.known for f in shown],
        "forced": [f.tally.forced for f in shown],
        "avoidable": [f.tally.avoidable for f in shown],
    }
    for counts in parts.values():
        chart.add("", [100 * n / f.tally.applicable for n, f in zip(counts, shown, strict=True)])
    return _within_page(chart, "tiers", said)


def _library() -> Any:
    """Import the library that draws, and undo how it changes Python's own way to find what is installed.

    Else whoever asks later for a version or a plug-in, such as a driver of SQLAlchemy, finds nothing.
    """
    finders = list(sys.meta_path)
    found = {f: vars(f)["find_distributions"] for f in finders if "find_distributions" in getattr(f, "__dict__", {})}
    import pygal

    sys.meta_path[:] = finders
    for finder, finds in found.items():
        setattr(finder, "find_distributions", finds)  # noqa: B010 - mypy knows no finder that lets it be set
    return pygal


def _settings(width: int, height: int) -> dict[str, Any]:
    return {
        "width": width, "height": height, "js": [], "no_prefix": True, "disable_xml_declaration": True,
        "show_legend": False, "print_labels": True, "print_values": False, "margin": 8,
    }  # fmt: skip


def _within_page(chart: Any, kind: str, said: str) -> Markup:
    """Take out of a drawing what a page must not hold, and give it its text."""
    from lxml import etree

    root = chart.render_tree()
    root = etree.fromstring(etree.tostring(root), etree.XMLParser(remove_comments=True, no_network=True))
    for element in list(root.iter()):
        if _name(element) in _NEEDLESS or "tooltip-overlay" in (element.get("class") or ""):
            _remove(element)
    for element in root.iter():
        element.tag = _name(element)  # a page knows what svg is without its namespace
        for attribute in ("id", "style"):
            element.attrib.pop(attribute, None)
    for attribute in ("width", "height"):
        root.attrib.pop(attribute, None)
    etree.cleanup_namespaces(root)
    root.set("class", kind)
    root.set("role", "img")
    root.set("aria-label", said)
    text = _LONG.sub(r"\1", etree.tostring(root, encoding="unicode"))
    return Markup(text)  # noqa: S704 - every text in it was written as a node, and so escaped


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
