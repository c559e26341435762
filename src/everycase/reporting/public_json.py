"""A release for machines; it is also what later releases are compared with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from everycase.suppression.release import PublicSource, Release, Row


def text(release: Release) -> str:
    """Give a release as JSON, a line a row; a withheld count is null."""
    head = {
        "release": release.report,
        "title": release.title,
        "project": release.project,
        "as_of": release.as_of,
        "everycase": release.version,
        "lowest": release.lowest,
        "highest": release.highest,
        "marker": release.marker,
        "rounding": release.rounding,
    }
    lines = [f" {_json(k)}: {_json(v)}," for k, v in head.items()]
    sources = ",\n".join(_source(s) for s in release.sources)
    return "{\n" + "\n".join(lines) + f'\n "sources": [\n{sources}\n ]\n}}\n'


def _source(source: PublicSource) -> str:
    head = {
        "id": source.id,
        "title": source.title,
        "agency": source.agency,
        "reason": source.reason,
        "notes": [{"withheld": kind, "of": list(names)} for kind, names in source.notes],
        "fields": [{"name": n, "title": t} for n, t in source.fields.items()],
        "rules": [
            {
                "code": r.code,
                "title": r.title,
                "severity": r.severity,
                "dimension": r.dimension,
                "threshold": r.threshold,
                "status": r.status,
                "reason": r.reason,
            }
            for r in source.rules
        ],
    }
    lines = "".join(f"   {_json(k)}: {_json(v)},\n" for k, v in head.items())
    rows = ",\n".join(f"    {_json(_row(r))}" for r in source.rows)
    return f'  {{\n{lines}   "rows": [\n{rows}\n   ]\n  }}'


def _row(row: Row) -> dict[str, Any]:
    return {
        "by": row.axis,
        "name": row.name,
        "meaning": row.meaning,
        "parent": row.parent,
        "groups": list(row.groups),
        "pooled": row.pooled,
        "records": row.records,
        "fields": row.fields,
        "rules": row.rules,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
