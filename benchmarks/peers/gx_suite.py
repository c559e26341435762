"""The twenty rules as a Great Expectations suite, shared by the two engines it is measured on.

Where the library has an expectation that says the rule over a column, that is used. What has a condition or reads
several columns is a column of the answer, true, false or null, that is computed beforehand where the records are, and
must be true: the library's own row conditions filter the records once more for each rule, which is slower, and so is
its test of a date against a day, on pandas a call a value.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"
sys.path.insert(0, str(Path(__file__).parent.parent))

import great_expectations as gx  # noqa: TID251 - this is the peer
import great_expectations.expectations as gxe  # noqa: TID251
from codes import ENUMS
from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: TID251

if TYPE_CHECKING:
    from collections.abc import Sequence

#: the rules that are columns of answers
ANSWERS = (
    "CMP02.recorded", "CMP02.victim_born", "CMP01.suspect_sex", "CMP03.victim_sex", "DAT03", "DAT04", "FLG01",
    "FLG02", "FLG03", "GEN01", "AGE01", "AGE02", "REL01",
)  # fmt: skip
#: the columns that the others read
READ = ("ref", "recorded", "incident", "victim_born", "force_raw", "offence_raw", "relationship_raw", "victim_sex_raw")


def answer(code: str) -> str:
    """Name the column of the answers to a rule."""
    return code.replace(".", "_").lower()


def expectations() -> dict[str, gxe.Expectation]:
    """Write the suite, by the code of the rule."""
    pair = {"or_equal": True, "ignore_row_if": "either_value_is_missing"}
    listed = {
        f"CMP02.{name}": gxe.ExpectColumnValuesToBeInSet(column=f"{name}_raw", value_set=ENUMS[name])
        for name in ("force", "offence", "relationship")
    }
    judged = {code: gxe.ExpectColumnValuesToBeInSet(column=answer(code), value_set=[True]) for code in ANSWERS}
    return {
        "UNI01": gxe.ExpectColumnValuesToBeUnique(column="ref"),
        "CMP01.victim_sex": gxe.ExpectColumnValuesToNotBeNull(column="victim_sex_raw"),
        "DAT01": gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="recorded", column_B="incident", **pair),
        "DAT02": gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="incident", column_B="victim_born", **pair),
        **listed,
        **judged,
    }


def context() -> Any:
    """Open a context that draws no bars."""
    opened = gx.get_context(mode="ephemeral")
    opened.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return opened


def validate(batch: Any, out: str, *, complete: bool, index: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Validate the suite in one go, write the counts, and give the result of each rule.

    Args:
        batch: the records.
        out: where the counts go.
        complete: ask for all that the library tells of failing records, not for their number only.
        index: the columns by which they are named; none names them by the index of the frame.
    """
    rules = expectations()
    for code, expectation in rules.items():
        expectation.meta = {"code": code}
    suite = gx.ExpectationSuite(name="bench", expectations=list(rules.values()))
    result_format: dict[str, Any] = {"result_format": "BASIC", "partial_unexpected_count": 0}
    if complete:
        result_format |= {"result_format": "COMPLETE", "exclude_unexpected_values": True}
        if index:
            result_format["unexpected_index_column_names"] = list(index)
    found = batch.validate(suite, result_format=result_format)
    for one in found.results:
        if "unexpected_count" not in one.result:
            sys.exit(f"{one.expectation_config.meta['code']} was not validated: {one.exception_info}")
    results = {one.expectation_config.meta["code"]: one.result for one in found.results}
    Path(out).write_text(json.dumps({code: int(results[code]["unexpected_count"]) for code in rules}))
    return results
