"""Do a person's interventions and reoffending on probation hang together?"""

from everycase.check import Check, Parameter, Source

_FRAMEWORK = Source(
    title="The Government Data Quality Framework",
    reference="consistency: values do not conflict within a record",
    url="https://www.gov.uk/government/publications/the-government-data-quality-framework",
)
_PROVEN = Source(
    title="Ministry of Justice, proven reoffending statistics",
    reference="an offence within a year of the start, proven within half a year more",
    from_memory=True,
)
_PROGRAMMES = Source(
    title="HM Prison and Probation Service, programmes for domestic abuse",
    reference="some programmes take only people who abused a partner or relative",
    from_memory=True,
)
_STATUS = Parameter("code", "how far the intervention has got, with the attribute stage: before, begun or ended")

INTERVENTION_WITHOUT_DATES = Check(
    code="PRB01",
    name="intervention_without_dates",
    title="Intervention begun or ended without the date",
    why="Whether a programme works is seen in who reoffends after it. Without dates nobody can tell before from after.",
    fix="Enter the day of the first session and, once it is over, the day of the last.",
    fix_analyst="Leave these interventions out of every comparison.",
    applies="says_attribute(status, 'stage', 'begun', 'ended')",
    requires="supplied(start) AND (attribute(status, 'stage') = 'begun' OR supplied(finish))",
    dimension="completeness",
    severity="error",
    priority="linking for reoffending",
    parameters={
        "status": _STATUS,
        "start": Parameter("date", "the first session"),
        "finish": Parameter("date", "the last session"),
    },
    references=(_FRAMEWORK,),
    passing=(
        {"status": "stage=begun", "start": "2026-03-01", "finish": ""},
        {"status": "stage=ended", "start": "2026-03-01", "finish": "2026-05-01"},
    ),
    failing=(
        {"status": "stage=begun", "start": "", "finish": ""},
        {"status": "stage=ended", "start": "2026-03-01", "finish": ""},
        {"status": "stage=ended", "start": "", "finish": "2026-05-01"},
    ),
    undetermined=({"status": "no such code", "start": "", "finish": ""},),
    not_applicable=(
        {"status": "stage=before", "start": "", "finish": ""},
        {"status": "", "start": "", "finish": ""},
    ),
)

REOFFENCE_AND_ANSWER = Check(
    code="PRB02",
    name="reoffence_and_answer",
    title="Reoffending answered one way, and dated the other",
    why="Yes without a date counts in no follow-up year; no with a date counts somebody as reformed who was not.",
    fix="Enter the date of the new offence, or correct the answer.",
    fix_analyst="Count these neither as reoffending nor as not.",
    applies="supplied(reoffended)",
    requires=(
        "(concept(reoffended) = 'yes' AND supplied(reoffence_date))"
        " OR (concept(reoffended) = 'no' AND NOT supplied(reoffence_date))"
    ),
    dimension="consistency",
    severity="error",
    priority="linking for reoffending",
    parameters={
        "reoffended": Parameter("code", "whether the person offended again", concepts="flag"),
        "reoffence_date": Parameter("date", "the day of the first new offence"),
    },
    references=(_FRAMEWORK,),
    passing=(
        {"reoffended": "yes", "reoffence_date": "2026-05-01"},
        {"reoffended": "no", "reoffence_date": ""},
    ),
    failing=(
        {"reoffended": "yes", "reoffence_date": ""},
        {"reoffended": "no", "reoffence_date": "2026-05-01"},
    ),
    undetermined=({"reoffended": "not_known", "reoffence_date": ""}, {"reoffended": "X", "reoffence_date": ""}),
    not_applicable=({"reoffended": "", "reoffence_date": "2026-05-01"},),
)

OUTSIDE_FOLLOW_UP = Check(
    code="PRB03",
    name="reoffence_outside_follow_up",
    title="New offence lies outside the year that counts",
    why="Rates compare what happens in the year after the start. An offence before or after it belongs in no rate.",
    fix="Check the date of the new offence and of the start. A breach of the order itself is no new offence.",
    fix_analyst="Leave the offence out of the one-year rate.",
    applies="supplied(reoffence_date) AND supplied(start) AND start <= reoffence_date",
    requires="days_between(start, reoffence_date) <= days",
    dimension="timeliness",
    severity="query",
    priority="linking for reoffending",
    parameters={
        "start": Parameter("date", "the start of the supervision"),
        "reoffence_date": Parameter("date", "the day of the first new offence"),
        "days": Parameter("integer", "the days of the follow-up", default=366),
    },
    references=(_PROVEN,),
    passing=(
        {"start": "2025-05-01", "reoffence_date": "2025-05-01", "days": "366"},
        {"start": "2025-05-01", "reoffence_date": "2026-05-02", "days": "366"},
    ),
    failing=({"start": "2025-05-01", "reoffence_date": "2026-05-03", "days": "366"},),
    undetermined=({"start": "2025-05-01", "reoffence_date": "31/02/2026", "days": "366"},),
    not_applicable=(
        {"start": "2025-05-01", "reoffence_date": "", "days": "366"},
        {"start": "2025-05-01", "reoffence_date": "2025-04-30", "days": "366"},
        {"start": "", "reoffence_date": "2026-05-03", "days": "366"},
    ),
)

DOMESTIC_PROGRAMME_UNFLAGGED = Check(
    code="PRB04",
    name="domestic_programme_unflagged",
    title='On a programme for domestic abuse, flagged "no"',
    why=(
        "Such programmes take only people who abused a partner or relative. Without the flag neither the victim's "
        "safety nor the programme's effect is followed up."
    ),
    fix="Register the person as a perpetrator of domestic abuse, or correct the programme.",
    fix_analyst="Count the person as domestic, and say that you did.",
    applies="says_attribute(intervention, 'domestic', 'yes') AND supplied(da_flag)",
    requires="concept(da_flag) = 'yes'",
    dimension="consistency",
    severity="query",
    priority="flag",
    parameters={
        "intervention": Parameter("code", "the programme, with the attribute domestic"),
        "da_flag": Parameter("code", "the domestic abuse flag", concepts="flag"),
    },
    references=(_PROGRAMMES,),
    passing=({"intervention": "domestic=yes", "da_flag": "yes"},),
    failing=({"intervention": "domestic=yes", "da_flag": "no"},),
    undetermined=({"intervention": "domestic=yes", "da_flag": "X"}, {"intervention": "no such code", "da_flag": "no"}),
    not_applicable=(
        {"intervention": "domestic=no", "da_flag": "no"},
        {"intervention": "", "da_flag": "no"},
        {"intervention": "domestic=yes", "da_flag": ""},
    ),
)
