"""Was what is recorded of a risk acted on: flagged, supported, referred, called a repeat?"""

from everycase.check import Check, Parameter, Source

_SAC = Source(
    title="Safeguarding adults collection, guidance for local authorities",
    reference="Department of Health and Social Care, 2025 to 2026: types and sources of risk (SG2), capacity (SG3)",
    url="https://www.gov.uk/government/publications/safeguarding-adults-collection-sac-data-return-2025-to-2026",
)
_CARE_ACT = Source(
    title="Care Act 2014, section 68",
    reference="an advocate for whoever would have great difficulty in taking part and has nobody suitable",
    from_memory=True,
)
_DASH = Source(
    title="SafeLives Dash risk checklist",
    reference="24 questions; 14 or more answered yes is high risk, and so may be fewer by professional judgement",
    url="https://plymouthscb.co.uk/safe-lives-dash-ric-checklist",
)
_REPEAT = Source(
    title="SafeLives, definition of a repeat",
    reference="a further incident within twelve months of the case being heard",
    from_memory=True,
)
_ECDS = Source(
    title="Emergency Care Data Set, safeguarding concern (SNOMED CT)",
    reference="NHS Data Model and Dictionary: a concern that must be told to another agency",
)
_ON_TRACK = Source(
    title="Women's Aid On Track and SafeLives Insights",
    reference="services record the route of referral and contact with the criminal justice system",
)

TYPE_WITHOUT_FLAG = Check(
    code="SAF01",
    name="domestic_type_not_flagged",
    title='Kind of abuse is domestic, flagged "no"',
    why="The same record says yes in one column and no in the next, and every table follows one of the two.",
    fix="Set the flag to yes, or correct the kind of abuse.",
    fix_analyst="Count these records as domestic abuse, and say that you did.",
    applies="domestic_type",
    requires="concept(da_flag) = 'yes'",
    dimension="consistency",
    severity="error",
    priority="flag",
    parameters={
        "domestic_type": Parameter("truth", "whether the kind of abuse is domestic abuse"),
        "da_flag": Parameter("code", "the domestic abuse flag", concepts="flag"),
    },
    references=(_SAC,),
    passing=({"domestic_type": "yes", "da_flag": "yes"},),
    failing=({"domestic_type": "yes", "da_flag": "no"},),
    undetermined=({"domestic_type": "yes", "da_flag": ""}, {"domestic_type": "", "da_flag": "no"}),
    not_applicable=({"domestic_type": "no", "da_flag": "no"}, {"domestic_type": "no", "da_flag": "yes"}),
)

SELF_NEGLECT_BY_ANOTHER = Check(
    code="SAF02",
    name="self_neglect_by_another",
    title="Self-neglect, yet somebody else is the source of the risk",
    why="Self-neglect has no other person in it. If there is one, the kind of abuse was chosen too kindly.",
    fix="Check the kind of abuse: neglect by another is 'Neglect and acts of omission'. Or take the person out.",
    fix_analyst="Count these records in neither kind until the owner has answered.",
    applies="self_neglect",
    requires="standing(relationship) IN ('not_applicable', 'blank')",
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={
        "self_neglect": Parameter("truth", "whether the kind of abuse is self-neglect"),
        "relationship": Parameter("code", "who the source of the risk is", concepts="relationship"),
    },
    references=(_SAC,),
    passing=(
        {"self_neglect": "yes", "relationship": "not_applicable"},
        {"self_neglect": "yes", "relationship": ""},
    ),
    failing=(
        {"self_neglect": "yes", "relationship": "son"},
        {"self_neglect": "yes", "relationship": "not_known"},
    ),
    undetermined=({"self_neglect": "", "relationship": "son"},),
    not_applicable=({"self_neglect": "no", "relationship": "son"},),
)

UNSUPPORTED = Check(
    code="SAF03",
    name="lacks_capacity_unsupported",
    title="Lacks capacity, and it is not recorded whether anybody spoke for the adult",
    why="Whoever cannot decide for themselves must have somebody beside them, above all where the abuser is family.",
    fix="Record whether an advocate, relative or friend supported the adult. If nobody did, say no.",
    fix_analyst="Count these as not recorded, never as not supported.",
    applies="lacks_capacity",
    requires="known(supported)",
    dimension="completeness",
    severity="query",
    priority="outcomes",
    parameters={
        "lacks_capacity": Parameter("truth", "whether the adult lacked capacity"),
        "supported": Parameter("code", "whether somebody spoke for the adult", concepts="flag"),
    },
    references=(_CARE_ACT, _SAC),
    passing=({"lacks_capacity": "yes", "supported": "yes"}, {"lacks_capacity": "yes", "supported": "no"}),
    failing=({"lacks_capacity": "yes", "supported": ""}, {"lacks_capacity": "yes", "supported": "not_known"}),
    undetermined=({"lacks_capacity": "", "supported": ""},),
    not_applicable=({"lacks_capacity": "no", "supported": ""},),
)

HIGH_SCORE_NOT_HIGH = Check(
    code="SAF04",
    name="high_score_not_high_risk",
    title="Dash score at or above the threshold, risk not recorded as high",
    why="The level decides who is called. A score that says high beside a level that does not is a person not called.",
    fix="Check both. A score below may be high risk by judgement; one above that is not high needs a reason.",
    fix_analyst="Count these records as high risk when comparing areas, and say so.",
    applies="score >= threshold",
    requires="high",
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "score": Parameter("integer", "how many questions were answered yes"),
        "high": Parameter("truth", "whether the risk is recorded as high"),
        "threshold": Parameter("integer", "the score from which the risk is high", default=14),
    },
    references=(_DASH,),
    passing=({"score": "14", "high": "yes", "threshold": "14"}, {"score": "24", "high": "yes", "threshold": "14"}),
    failing=({"score": "14", "high": "no", "threshold": "14"}, {"score": "20", "high": "no", "threshold": "14"}),
    undetermined=(
        {"score": "14", "high": "", "threshold": "14"},
        {"score": "", "high": "no", "threshold": "14"},
        {"score": "many", "high": "no", "threshold": "14"},
    ),
    not_applicable=({"score": "13", "high": "no", "threshold": "14"}, {"score": "3", "high": "yes", "threshold": "14"}),
)

NOT_REFERRED = Check(
    code="SAF05",
    name="threshold_not_referred",
    title="Dash score at or above the threshold, not referred to a Marac",
    why="At this score the agencies are to meet about the person. Without a referral each sees its own part only.",
    fix="Refer the case, or record why it was not referred.",
    fix_analyst="Show these records beside the number of Marac cases: they are what it misses.",
    applies="score >= threshold",
    requires="concept(referred) = 'yes'",
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "score": Parameter("integer", "how many questions were answered yes"),
        "referred": Parameter("code", "whether the case was referred to a Marac", concepts="flag"),
        "threshold": Parameter("integer", "the score from which a case is referred", default=14),
    },
    references=(_DASH,),
    passing=({"score": "14", "referred": "yes", "threshold": "14"},),
    failing=(
        {"score": "14", "referred": "no", "threshold": "14"},
        {"score": "24", "referred": "no", "threshold": "14"},
    ),
    undetermined=(
        {"score": "14", "referred": "", "threshold": "14"},
        {"score": "14", "referred": "not_known", "threshold": "14"},
        {"score": "", "referred": "no", "threshold": "14"},
    ),
    not_applicable=({"score": "13", "referred": "no", "threshold": "14"},),
)

REPEAT_AGAINST_EARLIER = Check(
    code="SAF06",
    name="repeat_against_earlier",
    title="Repeat referral and the date of the earlier one disagree",
    why="The share of repeats says whether the first response worked. It is worth what this flag is worth.",
    fix="Look up the earlier referral: within twelve months it is a repeat, before that or without one it is not.",
    fix_analyst="Work repeats out from the dates where both are there.",
    applies="supplied(earlier) OR repeated",
    requires=(
        "(repeated AND supplied(earlier) AND earlier <= now AND days_between(earlier, now) <= 366)"
        " OR (NOT repeated AND (earlier > now OR days_between(earlier, now) > 365))"
    ),
    dimension="consistency",
    severity="query",
    priority="linking for reoffending",
    parameters={
        "repeated": Parameter("truth", "whether it is called a repeat"),
        "earlier": Parameter("date", "the day of the earlier referral"),
        "now": Parameter("date", "the day of this one"),
    },
    references=(_REPEAT,),
    passing=(
        {"repeated": "yes", "earlier": "2025-03-01", "now": "2026-03-01"},
        {"repeated": "yes", "earlier": "2026-03-01", "now": "2026-03-01"},
        {"repeated": "no", "earlier": "2025-02-28", "now": "2026-03-01"},
    ),
    failing=(
        {"repeated": "yes", "earlier": "", "now": "2026-03-01"},
        {"repeated": "yes", "earlier": "2025-02-01", "now": "2026-03-01"},
        {"repeated": "yes", "earlier": "2026-03-02", "now": "2026-03-01"},
        {"repeated": "no", "earlier": "2025-03-01", "now": "2026-03-01"},
        {"repeated": "no", "earlier": "2026-01-01", "now": "2026-03-01"},
    ),
    undetermined=(
        {"repeated": "yes", "earlier": "2025-02-30", "now": "2026-03-01"},
        {"repeated": "", "earlier": "2025-06-01", "now": "2026-03-01"},
        {"repeated": "no", "earlier": "2025-06-01", "now": ""},
    ),
    not_applicable=({"repeated": "no", "earlier": "", "now": "2026-03-01"},),
)

POLICE_ROUTE = Check(
    code="SAF07",
    name="police_route_without_contact",
    title="Referred by the police, yet no contact with the police recorded",
    why="Both cannot be. Who counts the cases that never reach the police counts this one among them.",
    fix="Correct the route, or record the contact with the police.",
    fix_analyst="Take the route as the better evidence, and say so.",
    applies="from_police",
    requires="NOT no_contact",
    dimension="consistency",
    severity="query",
    priority="linking to other offending",
    parameters={
        "from_police": Parameter("truth", "whether the police referred the case"),
        "no_contact": Parameter("truth", "whether no contact with the police is recorded"),
    },
    references=(_ON_TRACK,),
    passing=({"from_police": "yes", "no_contact": "no"},),
    failing=({"from_police": "yes", "no_contact": "yes"},),
    undetermined=({"from_police": "yes", "no_contact": ""}, {"from_police": "", "no_contact": "yes"}),
    not_applicable=({"from_police": "no", "no_contact": "yes"},),
)

CHILD_HURT_WITHOUT_CONCERN = Check(
    code="SAF08",
    name="child_hurt_without_concern",
    title="Child hurt by another person, no safeguarding concern recorded",
    why="For many children the emergency department is the one place where somebody looks and writes it down.",
    fix="Record the safeguarding concern that was told to the council. If there was none, say why not.",
    fix_analyst="Count these attendances as not recorded, never as without concern.",
    applies="hurt AND age < 18",
    requires="known(concern)",
    dimension="completeness",
    severity="query",
    priority="flag",
    parameters={
        "hurt": Parameter("truth", "whether another person caused the injury on purpose"),
        "age": Parameter("integer", "completed years of the patient"),
        "concern": Parameter("code", "the safeguarding concern"),
    },
    references=(_ECDS,),
    passing=({"hurt": "yes", "age": "17", "concern": "female"},),
    failing=(
        {"hurt": "yes", "age": "17", "concern": ""},
        {"hurt": "yes", "age": "0", "concern": "not_known"},
    ),
    undetermined=({"hurt": "yes", "age": "", "concern": ""}, {"hurt": "", "age": "9", "concern": ""}),
    not_applicable=(
        {"hurt": "yes", "age": "18", "concern": ""},
        {"hurt": "no", "age": "9", "concern": ""},
    ),
)

NUMBER_AGAINST_STATUS = Check(
    code="NHS01",
    name="nhs_number_against_status",
    title="NHS number and its status disagree",
    why="The status tells whoever links the records whether the number can be relied on. A wrong one links strangers.",
    fix="Trace the patient again, and let the system set number and status together.",
    fix_analyst="Do not link these records by NHS number.",
    applies="there OR absent",
    requires="(there AND supplied(number)) OR (absent AND NOT supplied(number))",
    dimension="consistency",
    severity="query",
    priority="linking for reoffending",
    parameters={
        "number": Parameter("text", "the NHS number"),
        "there": Parameter("truth", "whether the status says that it is there and verified"),
        "absent": Parameter("truth", "whether the status says that there is none"),
    },
    references=(
        Source(
            title="NHS Data Model and Dictionary, NHS number status indicator code",
            reference="01 present and verified, 07 not present",
            from_memory=True,
        ),
    ),
    passing=(
        {"number": "9434765919", "there": "yes", "absent": "no"},
        {"number": "", "there": "no", "absent": "yes"},
    ),
    failing=(
        {"number": "", "there": "yes", "absent": "no"},
        {"number": "9434765919", "there": "no", "absent": "yes"},
    ),
    undetermined=({"number": "", "there": "", "absent": ""},),
    not_applicable=({"number": "9434765919", "there": "no", "absent": "no"},),
)
