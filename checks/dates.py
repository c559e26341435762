"""Do dates and ages follow each other as they must, and was it done in time?"""

from everycase.check import Check, Parameter, Source

_POLE = Source(
    title="NPCC Minimum POLE Data Standards Dictionary 1.1, general notes",
    reference="no event in the future, and none typed where another date belongs",
)
_FRAMEWORK = Source(
    title="The Government Data Quality Framework",
    reference="consistency: values do not contradict each other within a record",
    url="https://www.gov.uk/government/publications/the-government-data-quality-framework",
)
_NOTIFY = Source(
    title="Domestic Abuse Act 2021, section 49A",
    reference="in force since 7 November 2025: the school is to be told as soon as is reasonably practicable",
    url="https://www.legislation.gov.uk/ukpga/2024/21/section/20",
)
_ENCOMPASS = Source(
    title="Operation Encompass",
    reference="the school hears of it before the start of the next school day",
)
_CENSUS = Source(
    title="Department for Education, Child in Need census",
    reference="rules 8805 and 8810: a closure has both a date and a reason, or neither",
)
_DAY, _TIME = Parameter("date", "the earlier day"), Parameter("text", "its time, as HH:MM")

MOMENTS_OUT_OF_ORDER = Check(
    code="DAT02",
    name="moments_out_of_order",
    title="Left before arriving",
    why="Waiting times are the first thing counted here, and one that runs backwards spoils every average.",
    fix="Check both dates and times. Past midnight the date of departure is the next day's.",
    fix_analyst="Leave these records out of waiting times; never take the difference without its sign.",
    applies="supplied(first) AND supplied(second)",
    requires="first < second OR (first = second AND first_time <= second_time)",
    dimension="consistency",
    severity="error",
    priority="outcomes",
    parameters={
        "first": _DAY,
        "first_time": _TIME,
        "second": Parameter("date", "the later day"),
        "second_time": _TIME,
    },
    references=(_FRAMEWORK,),
    passing=(
        {"first": "2025-03-01", "first_time": "23:50", "second": "2025-03-02", "second_time": "00:10"},
        {"first": "2025-03-01", "first_time": "09:05", "second": "2025-03-01", "second_time": "09:05"},
        {"first": "2025-03-01", "first_time": "", "second": "2025-03-02", "second_time": ""},
    ),
    failing=(
        {"first": "2025-03-01", "first_time": "23:50", "second": "2025-03-01", "second_time": "00:10"},
        {"first": "2025-03-02", "first_time": "09:00", "second": "2025-03-01", "second_time": "10:00"},
        {"first": "2025-03-02", "first_time": "", "second": "2025-03-01", "second_time": ""},
    ),
    undetermined=(
        {"first": "2025-03-01", "first_time": "", "second": "2025-03-01", "second_time": "10:00"},
        {"first": "2025-02-30", "first_time": "09:00", "second": "2025-03-01", "second_time": "10:00"},
    ),
    not_applicable=(
        {"first": "2025-03-02", "first_time": "09:00", "second": "", "second_time": ""},
        {"first": "", "first_time": "", "second": "2025-03-02", "second_time": "09:00"},
    ),
)

TOO_LATE = Check(
    code="DAT03",
    name="after_the_next_school_day",
    title="School told after the next school day had begun",
    why=(
        "A teacher who knows before the bell can meet the child at the door. Once the child has sat through a day of "
        "lessons after such a night, the telling has missed its purpose."
    ),
    fix="Check both dates and the time. If it was told late say why; school holidays are a reason, and not known here.",
    fix_analyst="Show the share that was late by force, and say that school holidays and inset days are counted in.",
    applies="supplied(incident) AND supplied(told) AND incident >= '2015-01-01' AND told <= '2028-12-31'",
    requires=(
        "workdays_between(incident, told, 'bank_holidays_england_wales') < 1"
        " OR (workdays_between(incident, told, 'bank_holidays_england_wales') = 1 AND told_at <= '09:00')"
    ),
    dimension="timeliness",
    severity="query",
    priority="linking to other offending",
    parameters={
        "incident": Parameter("date", "the day of the incident"),
        "told": Parameter("date", "the day on which the school was told"),
        "told_at": Parameter("text", "the time of that, as HH:MM"),
    },
    references=(_NOTIFY, _ENCOMPASS),
    passing=(
        {"incident": "2026-03-04", "told": "2026-03-05", "told_at": "08:30"},
        {"incident": "2026-03-04", "told": "2026-03-04", "told_at": "15:00"},
        {"incident": "2026-03-06", "told": "2026-03-09", "told_at": "09:00"},
        {"incident": "2026-03-07", "told": "2026-03-08", "told_at": "20:00"},
        {"incident": "2026-04-02", "told": "2026-04-07", "told_at": "08:15"},
        {"incident": "2015-01-01", "told": "2015-01-02", "told_at": "08:15"},
        {"incident": "2028-12-29", "told": "2028-12-31", "told_at": "08:15"},
    ),
    failing=(
        {"incident": "2026-03-04", "told": "2026-03-05", "told_at": "09:01"},
        {"incident": "2026-03-06", "told": "2026-03-10", "told_at": "08:00"},
        {"incident": "2026-04-02", "told": "2026-04-08", "told_at": "08:15"},
        {"incident": "2026-03-04", "told": "2026-03-18", "told_at": ""},
    ),
    undetermined=(
        {"incident": "2026-03-04", "told": "2026-03-05", "told_at": ""},
        {"incident": "2026-02-30", "told": "2026-03-05", "told_at": "08:00"},
    ),
    not_applicable=(
        {"incident": "2026-03-04", "told": "", "told_at": ""},
        {"incident": "2014-03-04", "told": "2014-04-05", "told_at": "08:00"},
        {"incident": "2028-12-29", "told": "2029-02-05", "told_at": "08:00"},
        {"incident": "", "told": "2026-03-05", "told_at": "08:00"},
    ),
)

CLOSED_BY_HALVES = Check(
    code="DAT04",
    name="closed_by_halves",
    title="An end without an outcome, or an outcome without an end",
    why="A case with half of its ending counts as closed in one table and as open in the next.",
    fix="Fill in what is missing from the case file. If the case is still open take both out.",
    fix_analyst="Count these cases as neither open nor closed until the owner has answered.",
    applies="supplied(ended) OR supplied(outcome)",
    requires="supplied(ended) AND supplied(outcome)",
    dimension="completeness",
    severity="error",
    priority="outcomes",
    parameters={"ended": Parameter("date", "when it ended"), "outcome": Parameter("code", "how it ended")},
    references=(_CENSUS,),
    passing=({"ended": "2025-03-01", "outcome": "female"}, {"ended": "2025-03-01", "outcome": "not_known"}),
    failing=({"ended": "2025-03-01", "outcome": ""}, {"ended": "", "outcome": "female"}),
    not_applicable=({"ended": "", "outcome": ""},),
)

AGE_OUTSIDE_BAND = Check(
    code="DOB03",
    name="age_outside_band",
    title="Age band and date of birth disagree",
    why="Published tables are made from the band, links from the date. Where they differ one of the two is wrong.",
    fix="Check the date of birth, then have the system work the band out again.",
    fix_analyst="Use the date of birth, and say for how many records the band was another.",
    applies="supplied(born) AND known(band)",
    requires="low <= most AND high >= least",
    dimension="consistency",
    severity="error",
    priority="linking for reoffending",
    parameters={
        "born": Parameter("date", "the date of birth"),
        "band": Parameter("any", "the age band"),
        "least": Parameter("integer", "the least age that the person may have had"),
        "most": Parameter("integer", "the greatest"),
        "low": Parameter("integer", "the age at which the band begins"),
        "high": Parameter("integer", "the age at which it ends, a high number where it has no end"),
    },
    references=(_FRAMEWORK,),
    passing=(
        {"born": "1985-05-01", "band": "B", "least": "40", "most": "41", "low": "18", "high": "64"},
        {"born": "1960-05-01", "band": "B", "least": "64", "most": "65", "low": "65", "high": "74"},
        {"born": "1960-05-01", "band": "B", "least": "64", "most": "65", "low": "18", "high": "64"},
    ),
    failing=(
        {"born": "1960-05-01", "band": "B", "least": "65", "most": "66", "low": "18", "high": "64"},
        {"born": "1961-05-01", "band": "B", "least": "63", "most": "64", "low": "65", "high": "74"},
        {"born": "1995-05-01", "band": "B", "least": "30", "most": "31", "low": "95", "high": ""},
    ),
    undetermined=(
        {"born": "31/02/1985", "band": "B", "least": "", "most": "", "low": "18", "high": "64"},
        {"born": "1985-05-01", "band": "B", "least": "40", "most": "41", "low": "18", "high": ""},
    ),
    not_applicable=(
        {"born": "", "band": "B", "least": "65", "most": "66", "low": "18", "high": "64"},
        {"born": "1960-05-01", "band": "", "least": "65", "most": "66", "low": "18", "high": "64"},
    ),
)

AGE_OUT_OF_RANGE = Check(
    code="DOB04",
    name="age_out_of_range",
    title="Too young or too old for this kind of record",
    why="Either the date of birth is mistyped, or the person belongs in another collection, with other rights.",
    fix="Check the date of birth. If it is right, say why this person is in this extract.",
    fix_analyst="Keep these records out of rates by age until the owner has answered.",
    applies="supplied(born)",
    requires="age BETWEEN least AND most",
    dimension="validity",
    severity="query",
    priority="linking for reoffending",
    parameters={
        "born": Parameter("date", "the date of birth"),
        "age": Parameter("integer", "completed years on the day that counts"),
        "least": Parameter("integer", "the youngest expected", default=0),
        "most": Parameter("integer", "the oldest", default=120),
    },
    references=(_POLE,),
    passing=(
        {"born": "1990-05-01", "age": "18", "least": "18", "most": "120"},
        {"born": "1990-05-01", "age": "120", "least": "18", "most": "120"},
    ),
    failing=(
        {"born": "1990-05-01", "age": "17", "least": "18", "most": "120"},
        {"born": "1890-05-01", "age": "121", "least": "18", "most": "120"},
        {"born": "2990-05-01", "age": "-1", "least": "0", "most": "120"},
    ),
    undetermined=({"born": "31/02/1990", "age": "", "least": "18", "most": "120"},),
    not_applicable=({"born": "", "age": "17", "least": "18", "most": "120"},),
)
