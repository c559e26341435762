"""result.json: as its schema says, in one form only, and with no value that the report may not show."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hostile import CANARY

from everycase.plain import plain
from everycase.reporting import console, result_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from everycase.reports import ReportFile
    from everycase.run import Run


def gate(run: Run) -> ReportFile:
    return run.project.reports.writes("result_json")[0][0]


def validator() -> jsonschema.Draft202012Validator:
    schema = result_json.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_real_results_are_as_the_schema_says(open_run: Run, sampled: Run) -> None:
    for run in (open_run, sampled):
        found = json.loads(result_json.text(run.result(), gate(run)))
        assert [e.message for e in validator().iter_errors(found)] == []
        assert found == plain(run.result()) | {"sources": found["sources"]}


def test_a_source_that_could_not_be_read_is_as_the_schema_says(start: Callable[..., Run], tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    run = start("crimes", crimes=empty)
    found = json.loads(result_json.text(run.result(), gate(run)))
    assert [e.message for e in validator().iter_errors(found)] == []
    assert found["sources"][0]["problem"] is not None


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def test_the_schema_is_strict_and_explains_every_key() -> None:
    for found in objects(result_json.schema()):
        if "properties" in found:
            assert found["additionalProperties"] is False
            assert found["required"] == list(found["properties"])
            assert found["description"]


@pytest.mark.parametrize("place", ["run", "sources", "fields", "rules", "groups"])
def test_an_unknown_or_missing_key_is_refused(open_run: Run, place: str) -> None:
    def part(found: Any) -> dict[str, Any]:
        source = found["sources"][0]
        return {"run": found["run"], "sources": source}.get(place) or source[place][0]

    extra = result_json.to_dict(open_run.result(), None)
    part(extra)["extra"] = 1
    assert not validator().is_valid(extra)
    short = result_json.to_dict(open_run.result(), None)
    part(short).popitem()
    assert not validator().is_valid(short)


def test_the_text_has_one_form(open_run: Run) -> None:
    text = result_json.text(open_run.result(), gate(open_run))
    assert text.endswith("}\n")
    assert list(json.loads(text)) == ["schema_version", "run", "sources"]
    whole = result_json.to_dict(open_run.result(), gate(open_run))
    assert json.loads(text) == json.loads(json.dumps(whole))
    rules = [line for line in text.splitlines() if line.startswith('        {"code": ')]
    assert [json.loads(line.rstrip(","))["code"] for line in rules] == [
        rule["code"] for source in json.loads(text)["sources"] for rule in source["rules"]
    ]


def test_unmapped_values_are_shown_as_far_as_the_report_allows(open_run: Run) -> None:
    def sex(report: ReportFile | None) -> tuple[list[dict[str, Any]], int]:
        source = result_json.to_dict(open_run.result(), report)["sources"][0]
        field = next(f for f in source["fields"] if f["name"] == "sex")
        return field["unmapped_values"], field["other_values"]

    report = gate(open_run)
    assert sex(report) == ([{"value": "Q", "count": 2}], 0)
    assert sex(None) == ([], 2)
    assert report.unmapped is not None
    stricter = report.model_copy(update={"unmapped": report.unmapped.model_copy(update={"fewest": 3})})
    assert sex(stricter) == ([], 2)


def test_what_is_printed_for_programs_is_what_is_written(open_run: Run) -> None:
    text = console.json_text(open_run.result(), open_run.project)
    assert text == result_json.text(open_run.result(), gate(open_run))
    assert CANARY not in text


def test_counts_add_up(sampled: Run) -> None:
    for source in result_json.to_dict(sampled.result(), None)["sources"]:
        for rule in source["rules"]:
            assert rule["applicable"] == rule["passing"] + rule["failing"] + rule["undetermined"]
        for field in source["fields"]:
            assert field["applicable"] - field["known"] == sum(field["not_known"].values())
            assert field["applicable"] - field["known"] == field["forced"] + field["avoidable"]


def test_infinity_is_never_written(open_run: Run) -> None:
    result = open_run.result()
    rule = dataclasses.replace(result.sources[0].rules[0], threshold=float("inf"))
    source = dataclasses.replace(result.sources[0], rules=(rule,))
    with pytest.raises(ValueError, match="JSON"):
        result_json.text(dataclasses.replace(result, sources=(source,)), None)
