"""The files of a small project whose every name and cell tries to break a report."""

from __future__ import annotations

import datetime as dt

AS_OF = dt.date(2026, 11, 23)
CANARY = "Qzx7canary"

_SOURCES = """
version: 1
project: {id: hostile, title: "Hostile <project> & 'quotes'"}
sources:
  crimes:
    title: "Crimes <b>bold</b>"
    agency: "Agency & <script>alert(1)</script>"
    owner: Registrar
    description: One record a crime.
    jurisdiction: Nowhere
    cadence: monthly
    legal_basis: None
    extract: crimes.csv
    keys: [area, ref]
    group_by: [area]
    suite: crimes
  quiet:
    title: Quiet
    agency: Agency
    owner: Registrar
    description: Nothing is wrong with it.
    jurisdiction: Nowhere
    cadence: monthly
    legal_basis: None
    extract: quiet.csv
    suite: quiet
"""
_CRIMES = """
suite: crimes
title: Crimes
fields:
  ref: {title: Reference, type: text, thresholds: {supplied: 0.5}}
  area: {title: "Area <i>of</i> force", type: code, codelist: area}
  sex: {title: Sex, type: code, codelist: sex, forced: "area = 'N'", thresholds: {known: 0.9, severity: warning}}
  born: {title: Born, type: date, thresholds: {valid: 1.0}}
  secret: {title: Secret, type: text}
expectations:
  - code: OWN1
    name: own_rule
    title: "=cmd|' /C calc'!A0 <img src=x>"
    why: Because.
    fix: "@fix, with \\"quotes\\" & <b>"
    applies: "supplied(area)"
    requires: "sex <> 'X'"
    dimension: consistency
    severity: query
    priority: flag
    failing: [{area: N, sex: X}]
    references: [{title: Nowhere}]
"""
_QUIET = """
suite: quiet
title: Quiet
fields:
  n: {title: Number, type: integer, thresholds: {valid: 1.0, supplied: 1.0}}
"""
_AREA = """
codelist: area
title: Area
source: {title: Nowhere}
codes:
  N: {meaning: "<script>alert('north')</script>"}
  S: {meaning: South}
"""
_SEX = """
codelist: sex
title: Sex
source: {title: Nowhere}
codes:
  F: {meaning: Female}
  M: {meaning: Male}
  X: {meaning: Other, standing: indeterminate}
  U: {meaning: Unknown, standing: not_known, default: true}
"""
_REASONS = """
codelist: reasons
title: Reasons
source: {title: Nowhere}
codes:
  R1: {meaning: "=It is so"}
  R2: {meaning: "It was: asked"}
"""
_REPORT = """
report: {name}
title: "{name} <report>"
audience: Somebody
redaction: {redaction}
reasons: reasons
unmapped: {{longest: 4, fewest: 2, most_distinct: 12}}
outputs:
  - {{format: {form}, file: {file}}}
"""
_HEADER = "area,ref,sex,born,secret\n"
_ROWS = [
    f"N,=1+1,X,2000-01-01,{CANARY}1",
    f'S,"a""b,c",X,31/02/2020,{CANARY}2',
    f"=E,@x,Q,2000-01-01,{CANARY}3",
    f"=E,,Q,{CANARY}d,{CANARY}4",
    f" +F ,\u00fcn\u00ef,M,2000-01-01,{CANARY}5",
    f'S,"two\nlines",U,2000-01-01,{CANARY}6',
    f"N,p7,U,2000-01-01,{CANARY}7",
    f"S,p8,F,2000-01-01,{CANARY}8",
]


def files() -> dict[str, str]:
    """List the files of the project: name -> content."""
    found = {
        "sources.yaml": _SOURCES,
        "expectations/crimes.yaml": _CRIMES,
        "expectations/quiet.yaml": _QUIET,
        "expectations/codelists/area.yaml": _AREA,
        "expectations/codelists/sex.yaml": _SEX,
        "crimes.csv": _HEADER + "\n".join(_ROWS) + "\n",
        "quiet.csv": "n\n1\n2\n",
    }
    found["expectations/codelists/reasons.yaml"] = _REASONS
    for name, form, file, redaction in (
        ("owner", "failing_csv", "failing.csv", "keys"),
        ("book", "return_xlsx", "return.xlsx", "keys"),
        ("auditor", "scorecard_html", "scorecard.html", "none"),
        ("gate", "result_json", "result.json", "none"),
    ):
        found[f"reports/{name}.yaml"] = _REPORT.format(name=name, form=form, file=file, redaction=redaction)
    return found
