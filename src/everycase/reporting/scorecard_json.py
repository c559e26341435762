"""scorecard.json: the scores of a result for programs; the counts they are made of stand in result.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from everycase.reporting.figures import plain
from everycase.scoring import Card

if TYPE_CHECKING:
    from fractions import Fraction

    from everycase.outcome import RunResult
    from everycase.reports import ReportFile
    from everycase.scoring.card import Action, FieldCard, SourceCard
    from everycase.scoring.comparison import Comparison
    from everycase.scoring.dimensions import Cell
    from everycase.scoring.maturity import Index

VERSION = "1.0"


def render(result: RunResult, report: ReportFile) -> bytes:
    """Give the bytes of the file."""
    del report  # NOTE: it has counts and names of the project only, which every report may show
    card = Card.of(result)
    found = {
        "schema_version": VERSION,
        "project": result.project,
        "as_of": result.as_of,
        "status": result.status.value,
        "index": _index(card.ours),
        "index_as_published": _index(card.published),
        "sources": [_source(s) for s in card.sources],
        "actions": [_action(a) for a in card.actions],
    }
    return (json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _number(value: Fraction | float | None) -> float | None:
    # NOTE: six digits, so that the bytes do not hang on how a fraction is held.
    return None if value is None else round(float(value), 6)


def _index(index: Index) -> dict[str, Any]:
    return {
        "value": _number(index.value),
        "mean_score": _number(index.mean),
        "coverage": _number(index.coverage),
        "items": index.items,
    }


def _source(card: SourceCard) -> dict[str, Any]:
    source = card.source
    return {
        "id": source.id,
        "title": plain(source.title),
        "status": source.status.value,
        "records": source.records,
        "coverage": _number(card.coverage),
        "index": _index(card.ours),
        "index_as_published": _index(card.published),
        "dimensions": [_cell(c) for c in card.dimensions],
        "fields": [_field(f) for f in card.fields],
        "comparisons": [_comparison(c) for c in card.comparisons],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "dimension": cell.dimension,
        "part": cell.part,
        "whole": cell.whole,
        "word": cell.word,
        "measures": cell.measures,
        "unchecked": cell.unchecked,
    }


def _field(card: FieldCard) -> dict[str, Any]:
    item = card.item
    return {
        "name": item.name,
        "title": plain(card.field.title),
        "records": item.records,
        "complete": item.complete,
        "defaults": item.defaults,
        "submitted": item.submitted,
        "counts": item.counts,
        "score": _number(item.floored),
        "score_as_published": _number(card.published.score),
        "band": card.band.name if card.band else None,
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    funnel = comparison.funnel
    return {
        "kind": comparison.kind,
        "of": comparison.of,
        "by": comparison.by,
        "left_out": comparison.left_out,
        "centre": _number(funnel.centre),
        "phi": _number(funnel.phi),
        "areas": [{"value": a.value, "part": a.part, "whole": a.whole} for a in funnel.areas],
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "source": action.source,
        "data": plain(action.data),
        "code": action.code,
        "part": action.part,
        "whole": action.whole,
        "target": _number(action.target),
        "severity": action.severity,
        "owner": action.owner,
        "by": action.by,
    }
