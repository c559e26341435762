"""What every refusal means and what to do about it; it stands in error_pages.yaml, where policy staff may edit it."""

from __future__ import annotations

from importlib.resources import files

import yaml


def _read() -> dict[str, tuple[str, str]]:
    found = yaml.safe_load(files("everycase").joinpath("error_pages.yaml").read_text(encoding="utf-8"))
    return {slug: (page["means"], page["do"]) for slug, page in found.items()}


#: slug -> what it means and what to do; docs/errors.md is generated from this table.
PAGES = _read()
