"""Do the header and the adoption record of a looked-after child hold together, and agree with last year's?

The numbers are those of the SSDA903 return. What judges sex or age by plausibility is a query here, although the
return itself has no queries: a young man may be recorded as male and be a mother.
"""

from everycase.check import Check, Parameter, Source

_SSDA903 = Source(
    title="Department for Education, SSDA903 validation rules",
    reference="as implemented in quality-lac-data-beta-validator (MIT)",
    url="https://github.com/SocialFinanceDigitalLabs/quality-lac-data-beta-validator",
)
_BORN, _CHILD = (
    Parameter("date", "the child's date of birth"),
    Parameter("date", "the date of birth of its first child"),
)
_MOTHER = Parameter("truth", "whether the child is recorded as a mother")
_YEAR = Parameter("integer", "the calendar year in which the year of the return ended, on 31 March")

MALE_MOTHER = Check(
    code="LAC174",
    name="male_with_a_child_of_his_own",
    title="Recorded as male, with the date of birth of a child borne",
    why="This field is for mothers. Usually sex or date stands in the wrong child's record; sometimes both are right.",
    fix="Check sex and date. If both are right leave them, and say so.",
    fix_analyst="Use these records in no table of young mothers until the owner has answered.",
    applies="supplied(child_born)",
    requires="concept(sex) <> 'male'",
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={"sex": Parameter("code", "the child's sex", concepts="sex"), "child_born": _CHILD},
    references=(_SSDA903,),
    official="174",
    passing=({"sex": "female", "child_born": "2025-05-01"},),
    failing=({"sex": "male", "child_born": "2025-05-01"}, {"sex": "male", "child_born": "not a date"}),
    undetermined=({"sex": "", "child_born": "2025-05-01"}, {"sex": "no such code", "child_born": "2025-05-01"}),
    not_applicable=({"sex": "male", "child_born": ""},),
)

BORN_AFTER_THE_YEAR = Check(
    code="LAC301",
    name="born_after_the_year",
    title="Born after the year of the return",
    why="Nobody is looked after before birth: the date is mistyped, or the child belongs in next year's return.",
    fix="Check the date of birth. Take the child out if it is right.",
    fix_analyst="Leave the child out of this year's counts.",
    applies="supplied(born)",
    requires="year(born) < ended OR (year(born) = ended AND month(born) <= 3)",
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={"born": _BORN, "ended": _YEAR},
    references=(_SSDA903,),
    official="301",
    passing=({"born": "2026-03-31", "ended": "2026"}, {"born": "2012-12-01", "ended": "2026"}),
    failing=({"born": "2026-04-01", "ended": "2026"}, {"born": "2027-01-01", "ended": "2026"}),
    undetermined=({"born": "31/02/2012", "ended": "2026"},),
    not_applicable=({"born": "", "ended": "2026"},),
)

MOTHER_WITHOUT_CHILD = Check(
    code="LAC611",
    name="mother_without_child",
    title="Recorded as a mother, without her child's date of birth",
    why="Two children are at stake here, and of one of them nothing is known.",
    fix="Record the date of birth of her first child, or correct that she is a mother.",
    fix_analyst="Count her as a mother, of a child of unknown age.",
    applies="mother",
    requires="supplied(child_born)",
    dimension="completeness",
    severity="error",
    priority="linking for reoffending",
    parameters={"mother": _MOTHER, "child_born": _CHILD},
    references=(_SSDA903,),
    official="611",
    passing=({"mother": "yes", "child_born": "2025-05-01"},),
    failing=({"mother": "yes", "child_born": ""},),
    undetermined=({"mother": "", "child_born": ""},),
    not_applicable=({"mother": "no", "child_born": ""},),
)

CHILD_WITHOUT_MOTHER = Check(
    code="LAC612",
    name="child_without_mother",
    title="A child's date of birth, but she is not recorded as a mother",
    why="One of the two fields was left behind when the other was changed.",
    fix="Record that she is a mother, or take the date out.",
    fix_analyst="Count her in neither group until the owner has answered.",
    applies="supplied(child_born) AND says(sex, 'female')",
    requires="mother",
    dimension="consistency",
    severity="error",
    priority="gender and relationship",
    parameters={"sex": Parameter("code", "the child's sex", concepts="sex"), "mother": _MOTHER, "child_born": _CHILD},
    references=(_SSDA903,),
    official="612",
    passing=({"sex": "female", "mother": "yes", "child_born": "2025-05-01"},),
    failing=({"sex": "female", "mother": "no", "child_born": "2025-05-01"},),
    undetermined=({"sex": "female", "mother": "", "child_born": "2025-05-01"},),
    not_applicable=(
        {"sex": "female", "mother": "no", "child_born": ""},
        {"sex": "male", "mother": "no", "child_born": "2025-05-01"},
    ),
)

MOTHER_UNDER_11 = Check(
    code="LAC620",
    name="mother_under_11",
    title="Recorded as a mother, and under 11 when the year began",
    why="A mistyped year is the likely reason. If it is none, this is the gravest record in the return.",
    fix="Check the date of birth and whether she is a mother. If both are right say so.",
    fix_analyst="Do not drop these records.",
    applies="mother",
    requires=(
        "year(born) + 12 < ended"
        " OR (year(born) + 12 = ended AND (month(born) < 4 OR (month(born) = 4 AND day(born) = 1)))"
    ),
    dimension="accuracy",
    severity="query",
    priority="gender and relationship",
    parameters={"mother": _MOTHER, "born": _BORN, "ended": _YEAR},
    references=(_SSDA903,),
    official="620",
    passing=(
        {"mother": "yes", "born": "2010-05-01", "ended": "2026"},
        {"mother": "yes", "born": "2014-04-01", "ended": "2026"},
        {"mother": "yes", "born": "2014-03-31", "ended": "2026"},
    ),
    failing=(
        {"mother": "yes", "born": "2014-04-02", "ended": "2026"},
        {"mother": "yes", "born": "2020-01-01", "ended": "2026"},
        {"mother": "yes", "born": "2014-05-01", "ended": "2026"},
    ),
    undetermined=(
        {"mother": "yes", "born": "", "ended": "2026"},
        {"mother": "", "born": "2020-01-01", "ended": "2026"},
    ),
    not_applicable=({"mother": "no", "born": "2020-01-01", "ended": "2026"},),
)

YOUNGER_THAN_HER_CHILD = Check(
    code="LAC621",
    name="younger_than_her_child",
    title="Not older than her own child",
    why="The two dates of birth run the wrong way round, or her own was typed into the child's field.",
    fix="Check both dates of birth.",
    fix_analyst="Use neither date.",
    applies="supplied(born) AND supplied(child_born)",
    requires="born < child_born",
    dimension="consistency",
    severity="error",
    priority="linking for reoffending",
    parameters={"born": _BORN, "child_born": _CHILD},
    references=(_SSDA903,),
    official="621",
    passing=({"born": "2008-05-01", "child_born": "2025-05-01"},),
    failing=(
        {"born": "2008-05-01", "child_born": "2008-05-01"},
        {"born": "2008-05-01", "child_born": "1998-05-01"},
    ),
    undetermined=({"born": "31/02/2008", "child_born": "2025-05-01"},),
    not_applicable=({"born": "2008-05-01", "child_born": ""}, {"born": "", "child_born": "2025-05-01"}),
)

CHILD_BORN_TOO_LATE = Check(
    code="LAC625",
    name="child_born_too_late",
    title="Her child was born after the year, or after she ceased to be looked after",
    why="What happened after the year or after care ended belongs in another return.",
    fix="Check her child's date of birth and the day care ended. If both are right take her child's date out.",
    fix_analyst="Do not count her as a mother in this year.",
    applies="supplied(child_born)",
    requires=(
        "(year(child_born) < ended OR (year(child_born) = ended AND month(child_born) <= 3))"
        " AND (NOT supplied(ceased) OR child_born <= ceased)"
    ),
    dimension="consistency",
    severity="error",
    priority="linking for reoffending",
    parameters={
        "child_born": _CHILD,
        "ceased": Parameter("date", "when she ceased to be looked after"),
        "ended": _YEAR,
    },
    references=(_SSDA903,),
    official="625",
    passing=(
        {"child_born": "2026-03-31", "ceased": "", "ended": "2026"},
        {"child_born": "2025-05-01", "ceased": "2025-05-01", "ended": "2026"},
    ),
    failing=(
        {"child_born": "2026-04-01", "ceased": "", "ended": "2026"},
        {"child_born": "2027-02-01", "ceased": "", "ended": "2026"},
        {"child_born": "2025-05-02", "ceased": "2025-05-01", "ended": "2026"},
    ),
    undetermined=({"child_born": "2025-05-01", "ceased": "31/02/2025", "ended": "2026"},),
    not_applicable=({"child_born": "", "ceased": "2025-05-01", "ended": "2026"},),
)

COUPLE_AGAINST_STATUS = Check(
    code="ADO01",
    name="couple_against_status",
    title="Legal status and sexes of the adopters disagree",
    why="The status code itself says what couple it is for. Nothing is assumed here: two codes are compared.",
    fix="Check both codes in the adoption record and correct the one that is wrong.",
    fix_analyst="Use neither code of these records.",
    applies="declared",
    requires="fits",
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={
        "declared": Parameter("truth", "whether the status is the one that this is about"),
        "fits": Parameter("truth", "whether the sexes are those that the status is for"),
    },
    references=(_SSDA903,),
    passing=({"declared": "yes", "fits": "yes"},),
    failing=({"declared": "yes", "fits": "no"},),
    undetermined=({"declared": "yes", "fits": ""}, {"declared": "", "fits": "no"}),
    not_applicable=({"declared": "no", "fits": "no"},),
)

DIFFERS_FROM_LAST_YEAR = Check(
    code="DRF01",
    name="differs_from_last_year",
    title="Differs from what was recorded last year",
    why=(
        "The same child with two answers is found by no link, and is two children in a table over years. Some answers "
        "do change, and a child may correct what others wrote."
    ),
    fix="Check the case file. If this year's is right, correct last year's record as well, or say that it changed.",
    fix_analyst="Link by the identifier alone, and use this year's value.",
    applies="known(before) AND supplied(now)",
    requires="now = before",
    dimension="consistency",
    severity="query",
    priority="linking for reoffending",
    parameters={"now": Parameter("any", "what is recorded now"), "before": Parameter("any", "what was recorded then")},
    references=(_SSDA903,),
    passing=({"now": "A", "before": "A"},),
    failing=({"now": "B", "before": "A"},),
    not_applicable=({"now": "B", "before": ""}, {"now": "", "before": "A"}),
)
