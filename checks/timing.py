"""Can the dates of a record have come about in this order, and did somebody write them down in time?"""

from everycase.check import Check, Parameter, Source

_POLE = Source(
    title="NPCC Minimum POLE Data Standards Dictionary 1.1, general notes",
    reference="30 July 2023: dates of events in the future, and dates typed into the wrong box, named as common errors",
)
_COUNTING = Source(
    title="Home Office Counting Rules and National Crime Recording Standard",
    reference="a reported crime is recorded as soon as possible, within 24 hours",
    from_memory=True,
)
_FRAMEWORK = Source(
    title="The Government Data Quality Framework",
    reference="consistency: values do not conflict within a record",
    url="https://www.gov.uk/government/publications/the-government-data-quality-framework",
)

RECORDED_LATE = Check(
    code="TIM01",
    name="recorded_late",
    title="Recorded later than the rules allow",
    why=(
        "What is recorded late falls into the wrong month, and until then nobody who looks the person up sees it: "
        "an officer goes to the same door knowing nothing."
    ),
    fix="Check both dates. If they are right say why it took so long; a form that waits for a supervisor is no reason.",
    fix_analyst="Place these records by the date of the report, and show the share that is late beside every trend.",
    applies="supplied(reported) AND supplied(recorded) AND recorded >= reported",
    requires="days_between(reported, recorded) <= days",
    dimension="timeliness",
    severity="query",
    priority="outcomes",
    parameters={
        "reported": Parameter("date", "the day somebody told of it"),
        "recorded": Parameter("date", "the day it was written down"),
        "days": Parameter("integer", "the most days that may lie between", default=1),
    },
    references=(_COUNTING,),
    passing=(
        {"reported": "2026-02-28", "recorded": "2026-03-01", "days": "1"},
        {"reported": "2026-03-01", "recorded": "2026-03-01", "days": "1"},
        {"reported": "2026-03-01", "recorded": "2026-03-04", "days": "3"},
    ),
    failing=(
        {"reported": "2026-03-01", "recorded": "2026-03-03", "days": "1"},
        {"reported": "2026-03-01", "recorded": "2026-03-05", "days": "3"},
    ),
    undetermined=({"reported": "2026-03-01", "recorded": "31/03/2026", "days": "1"},),
    not_applicable=(
        {"reported": "", "recorded": "2026-03-03", "days": "1"},
        {"reported": "2026-03-01", "recorded": "", "days": "1"},
        {"reported": "2026-03-03", "recorded": "2026-03-01", "days": "1"},
    ),
)

WRONG_ORDER = Check(
    code="TIM02",
    name="dates_in_wrong_order",
    title="Two dates in the wrong order",
    why="What follows from something cannot come before it: one of the two dates is wrong, and so is every duration.",
    fix="Check both dates against the case file; often day and month, or the years, are swapped in one of them.",
    fix_analyst="Compute no duration or age from either date until the owner has answered.",
    applies="supplied(earlier) AND supplied(later)",
    requires="earlier <= later",
    dimension="consistency",
    severity="error",
    priority="outcomes",
    parameters={
        "earlier": Parameter("date", "the date that must come first, or be the same"),
        "later": Parameter("date", "the date that must come after it"),
    },
    references=(_FRAMEWORK, _POLE),
    passing=(
        {"earlier": "2026-02-28", "later": "2026-03-01"},
        {"earlier": "2026-03-01", "later": "2026-03-01"},
    ),
    failing=({"earlier": "2026-03-02", "later": "2026-03-01"}, {"earlier": "2027-01-01", "later": "2026-12-31"}),
    undetermined=({"earlier": "31/02/2026", "later": "2026-03-01"},),
    not_applicable=({"earlier": "", "later": "2026-03-01"}, {"earlier": "2026-03-01", "later": ""}),
)

IN_THE_FUTURE = Check(
    code="TIM03",
    name="date_in_the_future",
    title="Date lies in the future",
    why="Nothing that is still to come can have been recorded. A slip in the year is the usual reason.",
    fix="Correct the date from the case file.",
    fix_analyst="Treat the date as missing; do not move the record into the year it seems to mean.",
    applies="supplied(event)",
    requires="event <= as_of()",
    dimension="validity",
    severity="error",
    priority="outcomes",
    parameters={"event": Parameter("date", "the date of something that has happened")},
    references=(_POLE,),
    passing=({"event": "2026-06-15"}, {"event": "1990-05-01"}),
    failing=({"event": "2026-06-16"}, {"event": "2062-06-15"}),
    undetermined=({"event": "31/02/2026"},),
    not_applicable=({"event": ""},),
)
