"""Small suites and tables for tests, made by the very path that a project takes."""

import datetime as dt
import json
import textwrap
from pathlib import Path

from everycase.project import Place, load_place
from everycase.run import Options, run

LIST = """
codelist: words
title: Words
source: {title: Made up}
codes:
  "1": {meaning: One, attributes: {group: low}}
  "2": {meaning: Two, attributes: {group: high}}
  "3": {meaning: Three}
  "8": {meaning: Not stated, standing: not_stated}
  "9": {meaning: Indeterminate, standing: indeterminate}
  "0": {meaning: Not known, standing: not_known, default: true}
  "x": {meaning: Not applicable, standing: not_applicable}
"""
RULE = """
  - code: {code}
    name: rule_{number}
    title: Rule {code}
    why: Because
    fix: Mend it
    dimension: validity
    severity: {severity}
    threshold: {threshold}
    references: [{{title: Made up}}]
    applies: {applies}
    requires: {requires}
    passing: [{{}}]
    failing: [{{}}]
"""


def make_project(folder, fields, rules="", derived="", lists=None, group_by="", keys="", suite="", source=""):
    """Write a project of one source `s`; fields, derived and rules as YAML text. Gives its folder."""
    (folder / "expectations" / "codelists").mkdir(parents=True)
    (folder / "reports").mkdir()
    for name, text in {"words": LIST, **(lists or {})}.items():
        (folder / "expectations/codelists" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "reports/gate.yaml").write_text(
        "report: gate\ntitle: Gate\naudience: Machines\nunmapped: {}\n"
        "outputs: [{format: result_json, file: result.json}]\n",
        encoding="utf-8",
    )
    parts = ["suite: s", "title: S", suite, "fields:", textwrap.indent(textwrap.dedent(fields).strip(), "  ")]
    if derived:
        parts += ["derived:", textwrap.indent(textwrap.dedent(derived).strip(), "  ")]
    if rules:
        parts += ["expectations:", rules]
    (folder / "expectations/s.yaml").write_text("\n".join(p for p in parts if p) + "\n", encoding="utf-8")
    (folder / "sources.yaml").write_text(
        "version: 1\nproject: {id: p, title: P}\nsources:\n  s:\n    title: T\n    agency: A\n    owner: O\n"
        "    description: D\n    jurisdiction: J\n    cadence: C\n    legal_basis: L\n    suite: s\n"
        f"    group_by: [{group_by}]\n    keys: [{keys}]\n{source}",
        encoding="utf-8",
    )
    return folder


def rule(code, requires, applies="TRUE", severity="error", threshold=0.0):
    """Write one rule of two predicates as YAML."""
    return RULE.format(
        code=code,
        number=code.lower(),
        requires=json.dumps(requires, ensure_ascii=False),
        applies=json.dumps(applies, ensure_ascii=False),
        severity=severity,
        threshold=threshold,
    )


def load_folder(folder):
    """Load a project as if named by --project."""
    return load_place(Place(Path(folder), "named"))


def check_text(folder, text, as_of=dt.date(2026, 6, 15), fail_on="error"):
    """Check a CSV text as the extract of `s`, and give its SourceResult."""
    path = Path(folder) / "extract.csv"
    path.write_text(text, encoding="utf-8", newline="")
    with run(load_folder(folder), Options(as_of=as_of, extracts={"s": path}, fail_on=fail_on)) as opened:
        (source,) = opened.result().sources
    return source


def counts(source, code):
    """Give passing, failing and undetermined of a rule."""
    found = next(r for r in source.rules if r.code == code).counts
    return found.passing, found.failing, found.undetermined
