"""Do the counts of a return add up, hidden ones included, and can they be counts of what they say?

A count may be hidden: then it is known only between bounds. What is asked here fails where no number within the
bounds would do, and passes where it cannot be shown wrong.
"""

from everycase.check import Check, Parameter, Source

_ONS = Source(
    title="Office for National Statistics, domestic abuse and the criminal justice system, November 2020",
    reference="33 arrests a hundred flagged crimes; 37 forces could supply arrests in both years",
    url="https://www.ons.gov.uk/peoplepopulationandcommunity/crimeandjustice",
)
_SHARES = Source(
    title="Office for National Statistics, domestic abuse in England and Wales",
    reference="women are 74% to 75% of victims of flagged crimes; flagged crimes 11% of all crime in 2015",
)
_COMPARABLE = Source(
    title="Office for National Statistics, domestic abuse quality and methodology",
    reference="the data sets differ in time frame and counting unit, so that they cannot be compared directly",
)
_TWO_PERCENT = Source(
    title="Department for Education, child in need census, rule 2886Q",
    reference="more than 2% of persons without a recorded sex is a query to the whole authority",
)
_TOTAL_HIGH = Parameter("integer", "the most that the total can be")

SEXES_SWAPPED = Check(
    code="INS04",
    name="fewer_women_than_men",
    title="Fewer women than men among the victims",
    why="About three victims in four are women, year after year. The other way round usually means swapped columns.",
    fix="Check that the two columns are not swapped. If the counts are right, say so.",
    fix_analyst="Leave this return out of figures by sex until the owner has answered.",
    applies="enough",
    requires="NOT women_high < men_low",
    dimension="accuracy",
    severity="query",
    priority="gender and relationship",
    parameters={
        "women_high": Parameter("integer", "the most that the women can be"),
        "men_low": Parameter("integer", "the least that the men can be"),
        "enough": Parameter("truth", "whether there are victims enough to tell", default="TRUE"),
    },
    references=(_SHARES,),
    passing=(
        {"women_high": "75", "men_low": "25", "enough": "yes"},
        {"women_high": "50", "men_low": "50", "enough": "yes"},
    ),
    failing=({"women_high": "49", "men_low": "50", "enough": "yes"},),
    undetermined=({"women_high": "", "men_low": "50", "enough": "yes"},),
    not_applicable=({"women_high": "4", "men_low": "5", "enough": "no"},),
)

SEX_RARELY_RECORDED = Check(
    code="INS05",
    name="sex_not_recorded_above_2_percent",
    title="Sex not recorded for more than 2%",
    why=(
        "A force that leaves the sex out for many cannot say whom abuse meets, and cannot be compared with one that "
        "asks. The average over all forces hides it: so it is asked of each."
    ),
    fix="Find the teams or systems that leave it blank. Where people decline, use the code that says so.",
    fix_analyst="Show the share beside this force's figures by sex.",
    applies="told",
    requires="unknown_low * 100 <= total_high * 2",
    dimension="completeness",
    severity="query",
    priority="gender and relationship",
    parameters={
        "unknown_low": Parameter("integer", "the least that those without a recorded sex can be"),
        "total_high": _TOTAL_HIGH,
        "told": Parameter("truth", "whether the total was given", default="TRUE"),
    },
    references=(_TWO_PERCENT,),
    passing=({"unknown_low": "2", "total_high": "100", "told": "yes"},),
    failing=({"unknown_low": "3", "total_high": "100", "told": "yes"},),
    undetermined=({"unknown_low": "", "total_high": "100", "told": "yes"},),
    not_applicable=({"unknown_low": "3", "total_high": "", "told": "no"},),
)

SHARE_OUT_OF_RANGE = Check(
    code="INS06",
    name="share_out_of_range",
    title="Share that hardly any force has",
    why="A force with next to no flagged crime does not set the flag; one with mostly flagged crime counts otherwise.",
    fix="Check how the flag is set and counted. If the share is right, say what is different in the area.",
    fix_analyst="Leave this return out of averages until the owner has answered.",
    applies="enough",
    requires="part_high * 100 >= whole_low * least AND part_low * 100 <= whole_high * most",
    dimension="accuracy",
    severity="query",
    priority="flag",
    parameters={
        "part_low": Parameter("integer", "the least that the part can be"),
        "part_high": Parameter("integer", "the most that the part can be"),
        "whole_low": Parameter("integer", "the least that the whole can be"),
        "whole_high": Parameter("integer", "the most that the whole can be"),
        "least": Parameter("integer", "the least percentage that raises no question"),
        "most": Parameter("integer", "the greatest percentage that raises no question"),
        "enough": Parameter("truth", "whether there are cases enough to tell", default="TRUE"),
    },
    references=(_SHARES, _ONS),
    passing=(
        {"part_low": "5", "part_high": "5", "whole_low": "100", "whole_high": "100", "least": "5", "most": "40",
         "enough": "yes"},
        {"part_low": "40", "part_high": "40", "whole_low": "100", "whole_high": "100", "least": "5", "most": "40",
         "enough": "yes"},
        {"part_low": "1", "part_high": "5", "whole_low": "100", "whole_high": "100", "least": "5", "most": "40",
         "enough": "yes"},
    ),
    failing=(
        {"part_low": "4", "part_high": "4", "whole_low": "100", "whole_high": "100", "least": "5", "most": "40",
         "enough": "yes"},
        {"part_low": "41", "part_high": "41", "whole_low": "100", "whole_high": "100", "least": "5", "most": "40",
         "enough": "yes"},
    ),
    undetermined=(
        {"part_low": "", "part_high": "", "whole_low": "100", "whole_high": "100", "least": "5", "most": "40",
         "enough": "yes"},
    ),
    not_applicable=(
        {"part_low": "0", "part_high": "0", "whole_low": "9", "whole_high": "9", "least": "5", "most": "40",
         "enough": "no"},
    ),
)  # fmt: skip

COUNT_DIFFERS_FROM_RECORDS = Check(
    code="INS07",
    name="count_differs_from_records",
    title="The return and the force's own records tell different counts",
    why=(
        "Return and records are made from the same crimes of the same force and year. Where they differ one was taken "
        "at another time, by another flag, or by another reading of the year."
    ),
    fix="Count both again for the same year and flag on the same day. If crimes were reclassified since, say how many.",
    fix_analyst="Use the count from the records, and show the difference.",
    applies="counted",
    requires=(
        "reported_high * 100 >= counted_low * (100 - percent) AND reported_low * 100 <= counted_high * (100 + percent)"
    ),
    dimension="consistency",
    severity="query",
    priority="flag",
    parameters={
        "reported_low": Parameter("integer", "the least that the return's count can be"),
        "reported_high": Parameter("integer", "the most that it can be"),
        "counted_low": Parameter("integer", "the least that the count from the records can be"),
        "counted_high": Parameter("integer", "the most that it can be"),
        "counted": Parameter("truth", "whether the records were counted", default="TRUE"),
        "percent": Parameter("integer", "the difference in a hundred that late changes explain", default=1),
    },
    references=(_COMPARABLE,),
    passing=tuple(
        {"reported_low": low, "reported_high": high, "counted_low": "200", "counted_high": "200", "counted": "yes",
         "percent": "1"}
        for low, high in (("200", "200"), ("198", "198"), ("202", "202"), ("0", "198"), ("202", "999"))
    ),
    failing=tuple(
        {"reported_low": low, "reported_high": high, "counted_low": "200", "counted_high": "200", "counted": "yes",
         "percent": "1"}
        for low, high in (("197", "197"), ("203", "203"), ("0", "4"))
    ),
    undetermined=(
        {"reported_low": "", "reported_high": "", "counted_low": "200", "counted_high": "200", "counted": "yes",
         "percent": "1"},
    ),
    not_applicable=(
        {"reported_low": "200", "reported_high": "200", "counted_low": "", "counted_high": "", "counted": "no",
         "percent": "1"},
    ),
)  # fmt: skip
