"""The scorecard: one page that needs nothing beside it, can be read aloud, and prints as it reads.

Every word and figure is made in `scorecard`; this module only sets them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from everycase.reporting.scorecard import Page
from everycase.words import current, say

if TYPE_CHECKING:
    from jinja2 import Template

    from everycase.outcome import RunResult
    from everycase.reports import ReportFile

_STARS = re.compile(r"\*([^*]+)\*")
_TEMPLATES = Path(__file__).with_name("templates")


def render(result: RunResult, report: ReportFile) -> bytes:
    """Give the bytes of the page."""
    return page(result, report).encode()


def page(result: RunResult, report: ReportFile) -> str:
    """Give the page.

    Args:
        result: what was found.
        report: whose page it is, and what of the data it may show.
    """
    script = (_TEMPLATES / "scorecard.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return template("scorecard.html.j2").render(page=Page.of(result, report), script=Markup(script), digest=digest)  # noqa: S704 - our own file


@cache
def template(name: str) -> Template:
    """Read a template of a page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # NOTE: a text is data to the page, so that it is escaped; only its *stars* become marks.
    environment.globals["say"] = say
    environment.globals["language"] = lambda: str(current().locale).replace("_", "-")
    environment.filters["stressed"] = lambda text: Markup(_STARS.sub(r"<em>\1</em>", str(escape(text))))  # noqa: S704
    return environment.get_template(name)
