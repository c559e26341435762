"""Do published counts fit together, although some are hidden behind signs such as <5?

A hidden count is an interval. A record fails only where no numbers within the intervals can fit, and passes where some
can. Where a cell cannot be read it is undetermined, unless what can be read rules it out already.
"""

from everycase.check import Check, Parameter, Source

_SUPPRESSED = Source(
    title="Department for Education, children in need, pre-release standards",
    reference="counts of 1 to 5 are shown as c, further cells are hidden so that they cannot be worked out",
)
_MARAC = Source(
    title="SafeLives, Marac data",
    reference="small counts stand as '5 or under' or 'Fewer than 5' in columns of numbers",
)
_COVERAGE = Source(
    title="Office for National Statistics, Domestic abuse in England and Wales",
    reference="Greater Manchester missing in the year to March 2020, Devon and Cornwall in the year to March 2023",
)
_BREAK = Source(
    title="Office for National Statistics, Domestic abuse in England and Wales, November 2023",
    reference="a change of the counting rules in June 2023 moved the figures by itself",
)


def _at_least(about: str) -> Parameter:
    return Parameter("integer", f"the least that {about} may be")


def _at_most(about: str) -> Parameter:
    return Parameter("integer", f"the most that {about} may be")


PARTS_AGAINST_TOTAL = Check(
    code="SUM01",
    name="parts_against_total",
    title="The parts do not add up to the total",
    why="Whoever adds the parts gets another number than the table prints, and nobody can tell which is meant.",
    fix="Add the parts again from the records. If a part is missing, add it as a part of its own, even as 'other'.",
    fix_analyst="Use the total alone, and do not share the difference out.",
    applies="TRUE",
    requires="parts_low <= total_high AND parts_high >= total_low",
    dimension="consistency",
    severity="error",
    priority="outcomes",
    parameters={
        "parts_low": _at_least("all parts together"),
        "parts_high": _at_most("all parts together"),
        "total_low": _at_least("the total"),
        "total_high": _at_most("the total"),
    },
    references=(_SUPPRESSED, _MARAC),
    passing=(
        {"parts_low": "20", "parts_high": "20", "total_low": "20", "total_high": "20"},
        {"parts_low": "16", "parts_high": "20", "total_low": "20", "total_high": "20"},
        {"parts_low": "20", "parts_high": "24", "total_low": "20", "total_high": "20"},
        {"parts_low": "4", "parts_high": "4", "total_low": "0", "total_high": "4"},
    ),
    failing=(
        {"parts_low": "19", "parts_high": "19", "total_low": "20", "total_high": "20"},
        {"parts_low": "21", "parts_high": "21", "total_low": "20", "total_high": "20"},
        {"parts_low": "12", "parts_high": "19", "total_low": "20", "total_high": "20"},
        {"parts_low": "21", "parts_high": "", "total_low": "20", "total_high": "20"},
    ),
    undetermined=(
        {"parts_low": "16", "parts_high": "", "total_low": "20", "total_high": "20"},
        {"parts_low": "20", "parts_high": "20", "total_low": "", "total_high": ""},
        {"parts_low": "", "parts_high": "", "total_low": "20", "total_high": "20"},
    ),
)

PART_ABOVE_WHOLE = Check(
    code="SUM02",
    name="part_above_whole",
    title="More in the part than in the whole",
    why="A part cannot be greater than what it is a part of: the two were counted differently, or shifted by a column.",
    fix="Count both from the same records and the same months. Look for a shifted column first.",
    fix_analyst="Compute no share from this row.",
    applies="TRUE",
    requires="part_low <= whole_high",
    dimension="consistency",
    severity="error",
    priority="outcomes",
    parameters={"part_low": _at_least("the part"), "whole_high": _at_most("the whole")},
    references=(_MARAC,),
    passing=({"part_low": "20", "whole_high": "20"}, {"part_low": "0", "whole_high": "4"}),
    failing=({"part_low": "21", "whole_high": "20"}, {"part_low": "5", "whole_high": "4"}),
    undetermined=({"part_low": "3", "whole_high": ""}, {"part_low": "", "whole_high": "20"}),
)

RATE_AGAINST_COUNTS = Check(
    code="RAT01",
    name="rate_against_counts",
    title="The rate does not follow from the counts beside it",
    why="A rate is what gets compared and quoted. If it rests on other counts than those printed nobody can check it.",
    fix="Work the rate out again from the two counts in this row, or correct the count that has changed since.",
    fix_analyst="Work the rate out yourself and say that the printed one was another.",
    applies="supplied(rate)",
    requires=(
        "(rate - half) * base_low <= per * count_high + 0.001 * base_low"
        " AND (rate + half) * base_high >= per * count_low - 0.001 * base_high"
    ),
    dimension="accuracy",
    severity="error",
    priority="outcomes",
    parameters={
        "rate": Parameter("number", "the rate as printed, 0 or more"),
        "count_low": _at_least("what is counted"),
        "count_high": _at_most("what is counted"),
        "base_low": _at_least("what it is counted among"),
        "base_high": _at_most("what it is counted among"),
        "per": Parameter("integer", "among how many the rate is given", default=100),
        "half": Parameter("number", "half of the last place that is printed", default=0.5),
    },
    references=(_MARAC,),
    passing=(
        {"rate": "25", "count_low": "5", "count_high": "5", "base_low": "20", "base_high": "20", "per": "100",
         "half": "0.5"},
        {"rate": "33", "count_low": "1", "count_high": "1", "base_low": "3", "base_high": "3", "per": "100",
         "half": "0.5"},
        {"rate": "12.5", "count_low": "0", "count_high": "4", "base_low": "32", "base_high": "32", "per": "100",
         "half": "0.05"},
        {"rate": "13", "count_low": "1", "count_high": "1", "base_low": "8", "base_high": "8", "per": "100",
         "half": "0.5"},
    ),
    failing=(
        {"rate": "27", "count_low": "5", "count_high": "5", "base_low": "20", "base_high": "20", "per": "100",
         "half": "0.5"},
        {"rate": "23", "count_low": "5", "count_high": "5", "base_low": "20", "base_high": "20", "per": "100",
         "half": "0.5"},
        {"rate": "30", "count_low": "0", "count_high": "4", "base_low": "20", "base_high": "20", "per": "100",
         "half": "0.5"},
        {"rate": "2", "count_low": "5", "count_high": "", "base_low": "20", "base_high": "20", "per": "100",
         "half": "0.5"},
    ),
    undetermined=(
        {"rate": "25", "count_low": "0", "count_high": "", "base_low": "20", "base_high": "20", "per": "100",
         "half": "0.5"},
        {"rate": "many", "count_low": "5", "count_high": "5", "base_low": "20", "base_high": "20", "per": "100",
         "half": "0.5"},
    ),
    not_applicable=(
        {"rate": "", "count_low": "5", "count_high": "5", "base_low": "20", "base_high": "20", "per": "100",
         "half": "0.5"},
    ),
)  # fmt: skip

CHANGE_AGAINST_COUNTS = Check(
    code="RAT02",
    name="change_against_counts",
    title="The change does not follow from the two counts",
    why="The change is what the newspapers print. If it rests on another count of last year nobody can see which.",
    fix="Work the change out again from both counts, or correct last year's if it was revised.",
    fix_analyst="Work the change out yourself and say that the printed one was another.",
    applies="supplied(change)",
    requires=(
        "(100 + change - half) * before_low <= 100 * now_high + 0.001 * before_low"
        " AND (100 + change + half) * before_high >= 100 * now_low - 0.001 * before_high"
    ),
    dimension="accuracy",
    severity="error",
    priority="outcomes",
    parameters={
        "change": Parameter("number", "the change in a hundred, -100 or more"),
        "now_low": _at_least("this year's count"),
        "now_high": _at_most("this year's count"),
        "before_low": _at_least("the count of the year before"),
        "before_high": _at_most("the count of the year before"),
        "half": Parameter("number", "half of the last place that is printed", default=0.5),
    },
    references=(_BREAK,),
    passing=(
        {"change": "10", "now_low": "110", "now_high": "110", "before_low": "100", "before_high": "100", "half": "0.5"},
        {"change": "-5", "now_low": "190", "now_high": "190", "before_low": "200", "before_high": "200", "half": "0.5"},
        {"change": "-96", "now_low": "0", "now_high": "4", "before_low": "100", "before_high": "100", "half": "0.5"},
    ),
    failing=(
        {"change": "12", "now_low": "110", "now_high": "110", "before_low": "100", "before_high": "100", "half": "0.5"},
        {"change": "5", "now_low": "190", "now_high": "190", "before_low": "200", "before_high": "200", "half": "0.5"},
        {"change": "-90", "now_low": "0", "now_high": "4", "before_low": "100", "before_high": "100", "half": "0.5"},
        {"change": "9", "now_low": "110", "now_high": "110", "before_low": "100", "before_high": "100", "half": "0.5"},
    ),
    undetermined=(
        {"change": "10", "now_low": "", "now_high": "", "before_low": "100", "before_high": "100", "half": "0.5"},
        {"change": "up", "now_low": "110", "now_high": "110", "before_low": "100", "before_high": "100", "half": "0.5"},
    ),
    not_applicable=(
        {"change": "", "now_low": "110", "now_high": "110", "before_low": "100", "before_high": "100", "half": "0.5"},
    ),
)

BREAK_IN_SERIES = Check(
    code="BRK01",
    name="break_in_series",
    title="So much more or less than the year before that it may be a break",
    why=(
        "New systems, new counting rules and late months move a figure overnight. Read as a change in abuse, such a "
        "break has misled more than one headline."
    ),
    fix="Say what changed: a system, a rule, the months counted, or abuse itself. If nothing did, correct the count.",
    fix_analyst="Do not draw a line across this year without the owner's note beside it.",
    applies="before_high >= fewest",
    requires="2 * now_low <= 3 * before_high AND 3 * now_high >= 2 * before_low",
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "now_low": _at_least("this year's count"),
        "now_high": _at_most("this year's count"),
        "before_low": _at_least("the count of the year before"),
        "before_high": _at_most("the count of the year before"),
        "fewest": Parameter("integer", "a count below which chance alone moves it so far", default=50),
    },
    references=(_BREAK,),
    passing=(
        {"now_low": "150", "now_high": "150", "before_low": "100", "before_high": "100", "fewest": "50"},
        {"now_low": "100", "now_high": "100", "before_low": "150", "before_high": "150", "fewest": "50"},
    ),
    failing=(
        {"now_low": "151", "now_high": "151", "before_low": "100", "before_high": "100", "fewest": "50"},
        {"now_low": "99", "now_high": "99", "before_low": "150", "before_high": "150", "fewest": "50"},
        {"now_low": "0", "now_high": "4", "before_low": "50", "before_high": "50", "fewest": "50"},
    ),
    undetermined=(
        {"now_low": "", "now_high": "", "before_low": "100", "before_high": "100", "fewest": "50"},
        {"now_low": "100", "now_high": "100", "before_low": "", "before_high": "", "fewest": "50"},
    ),
    not_applicable=({"now_low": "90", "now_high": "90", "before_low": "49", "before_high": "49", "fewest": "50"},),
)

AREAS_MISSING = Check(
    code="COV01",
    name="areas_missing",
    title="The table has not one row for each area",
    why=(
        "Whole forces have dropped out of the national tables. A total that silently leaves one out cannot be set "
        "beside last year's."
    ),
    fix="Add a row for each area that lacks one; where it sent nothing put [x] in its cells, which says so.",
    fix_analyst="Find the area that is missing before comparing this total with any other.",
    applies="is_total",
    requires="rows = expected",
    dimension="completeness",
    severity="error",
    priority="flag",
    parameters={
        "is_total": Parameter("truth", "whether this is the row of the total"),
        "rows": Parameter("integer", "how many rows the same table has for the same year"),
        "expected": Parameter("integer", "how many it must have, totals included"),
    },
    references=(_COVERAGE,),
    passing=({"is_total": "yes", "rows": "46", "expected": "46"},),
    failing=(
        {"is_total": "yes", "rows": "45", "expected": "46"},
        {"is_total": "yes", "rows": "47", "expected": "46"},
    ),
    undetermined=({"is_total": "", "rows": "45", "expected": "46"}, {"is_total": "yes", "rows": "", "expected": "46"}),
    not_applicable=({"is_total": "no", "rows": "45", "expected": "46"},),
)
