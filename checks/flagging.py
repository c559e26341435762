"""Is domestic abuse flagged where it should be, and nowhere else?"""

from everycase.check import Check, Parameter, Source

_ACT = Source(
    title="Domestic Abuse Act 2021, sections 1 and 2",
    reference="both parties 16 or over and personally connected; the behaviour abusive",
    url="https://www.legislation.gov.uk/ukpga/2021/17/part/1",
)
_OFFENCES = Source(
    title="CJS offence codes",
    reference="Ministry of Justice, bichard7-next-data, cjs-offences.json",
)
_IRELAND = Source(
    title="CSO Ireland, review of the quality of recorded crime statistics",
    reference="only 19 of 41 sampled domestic abuse incidents carried the flag",
)
_CPS = Source(
    title="Crown Prosecution Service, legal guidance on domestic abuse",
    reference="all domestic abuse cases are flagged on the case management system, whatever the ages",
    url="https://www.cps.gov.uk/legal-guidance/domestic-abuse",
)
_LOST = Source(
    title="Domestic Abuse Commissioner, Shifting the Scales, January 2025",
    reference="cases cannot be followed from report to court; flags are not carried through",
)
_FLAG = Parameter("code", "the domestic abuse flag", concepts="flag")
_RELATIONSHIP = Parameter("code", "what the victim is to the suspect", concepts="relationship")
_OFFENCE = Parameter("code", "the offence, with the attributes domestic and breach")
_VICTIM_AGE = Parameter("integer", "completed years of the victim at the incident")
_SUSPECT_AGE = Parameter("integer", "completed years of the suspect at the incident")

DOMESTIC_OFFENCE_NOT_FLAGGED = Check(
    code="FLG02",
    name="domestic_offence_not_flagged",
    title='Domestic by construction, flagged "no"',
    why=(
        "Some offences can only be committed between people who are or were close, such as breaching a "
        "domestic abuse protection order. Without the flag the case is lost to every count of domestic abuse."
    ),
    fix="Set the domestic abuse flag to yes. If it really does not belong, the offence code is wrong: correct that.",
    fix_analyst="Count these records as domestic abuse whatever the flag says, and say that you did.",
    applies=(
        "attribute(offence_code, 'domestic') = 'by_construction'"
        " OR (attribute(offence_code, 'domestic') = 'by_construction_16'"
        " AND at_least(victim_age, 16) AND at_least(suspect_age, 16))"
    ),
    requires="concept(da_flag) = 'yes'",
    dimension="consistency",
    severity="error",
    priority="flag",
    parameters={
        "da_flag": _FLAG,
        "offence_code": _OFFENCE,
        "victim_age": _VICTIM_AGE,
        "suspect_age": _SUSPECT_AGE,
    },
    references=(_OFFENCES, _IRELAND, _ACT),
    passing=(
        {"da_flag": "yes", "offence_code": "domestic=by_construction"},
        {"da_flag": "yes", "offence_code": "domestic=by_construction_16", "victim_age": "16", "suspect_age": "16"},
    ),
    failing=(
        {"da_flag": "no", "offence_code": "domestic=by_construction"},
        {"da_flag": "no", "offence_code": "domestic=by_construction", "victim_age": "12", "suspect_age": "40"},
        {"da_flag": "no", "offence_code": "domestic=by_construction_16", "victim_age": "16", "suspect_age": "16"},
    ),
    undetermined=(
        {"da_flag": "", "offence_code": "domestic=by_construction"},
        {"da_flag": "no", "offence_code": "domestic=by_construction_16", "victim_age": "16", "suspect_age": ""},
        {"da_flag": "no", "offence_code": "no such code"},
    ),
    not_applicable=(
        {"da_flag": "no", "offence_code": "domestic=often"},
        {"da_flag": "no", "offence_code": "domestic=by_construction_16", "victim_age": "16", "suspect_age": "15"},
        {"da_flag": "no", "offence_code": "domestic=by_construction_16", "victim_age": "15", "suspect_age": ""},
    ),
)

FLAGGED_BETWEEN_STRANGERS = Check(
    code="FLG03",
    name="flagged_between_strangers",
    title='Flagged "yes" between strangers, or with no person as victim',
    why=(
        "Domestic abuse is between people who are personally connected. A flag beside a stranger, the Crown or a "
        "business is set in the wrong place, or the relationship is wrong; either way a figure is."
    ),
    fix="Check the case. Take the flag off if it is no domestic abuse; otherwise correct the relationship.",
    fix_analyst="Keep these records out of counts by relationship until the owner has answered.",
    applies="concept(da_flag) = 'yes' AND attribute(offence_code, 'breach') <> 'yes'",
    requires="attribute(relationship, 'connection') <> 'none'",
    dimension="consistency",
    severity="error",
    priority="flag",
    parameters={"da_flag": _FLAG, "offence_code": _OFFENCE, "relationship": _RELATIONSHIP},
    references=(_ACT,),
    passing=(
        {"da_flag": "yes", "offence_code": "domestic=no", "relationship": "wife"},
        {"da_flag": "yes", "offence_code": "domestic=no", "relationship": "friend"},
    ),
    failing=(
        {"da_flag": "yes", "offence_code": "domestic=no", "relationship": "stranger"},
        {"da_flag": "yes", "offence_code": "domestic=no", "relationship": "crown"},
        {"da_flag": "yes", "offence_code": "domestic=no", "relationship": "business"},
    ),
    undetermined=(
        {"da_flag": "yes", "offence_code": "domestic=no", "relationship": "not_known"},
        {"da_flag": "yes", "offence_code": "domestic=no", "relationship": ""},
        {"da_flag": "", "offence_code": "domestic=no", "relationship": "stranger"},
    ),
    not_applicable=(
        {"da_flag": "no", "offence_code": "domestic=no", "relationship": "stranger"},
        {"da_flag": "yes", "offence_code": "breach=yes", "relationship": "crown"},
    ),
)

CONNECTED_NOT_FLAGGED = Check(
    code="FLG04",
    name="connected_not_flagged",
    title='Partners or family, both 16 or over, flagged "no"',
    why=(
        "The two are personally connected and old enough for the statute, so domestic abuse is likely. The statute "
        "also asks whether the behaviour was abusive, which no record tells: hence a question, not an error."
    ),
    fix="Read the case. If the behaviour was abusive set the flag to yes; if not, give the reason.",
    fix_analyst="Treat the share of these records as the upper bound of what the flag misses.",
    applies=(
        "concept(da_flag) = 'no' AND attribute(offence_code, 'application') <> 'yes'"
        " AND attribute(offence_code, 'domestic') NOT IN ('by_construction', 'by_construction_16')"
    ),
    requires=(
        "NOT (attribute(relationship, 'connection') IN ('intimate', 'family')"
        " AND at_least(victim_age, 16) AND at_least(suspect_age, 16))"
    ),
    dimension="consistency",
    severity="query",
    priority="flag",
    parameters={
        "da_flag": _FLAG,
        "offence_code": _OFFENCE,
        "relationship": _RELATIONSHIP,
        "victim_age": _VICTIM_AGE,
        "suspect_age": _SUSPECT_AGE,
    },
    references=(_ACT, _IRELAND),
    passing=(
        {"da_flag": "no", "offence_code": "domestic=no", "relationship": "friend"},
        {"da_flag": "no", "offence_code": "domestic=often", "relationship": "stranger", "victim_age": "30"},
        {"da_flag": "no", "offence_code": "domestic=no", "relationship": "wife", "victim_age": "15"},
        {"da_flag": "no", "offence_code": "domestic=no", "relationship": "not_known", "suspect_age": "15"},
    ),
    failing=(
        {"da_flag": "no", "offence_code": "domestic=no", "relationship": "wife", "victim_age": "16",
         "suspect_age": "16"},
        {"da_flag": "no", "offence_code": "domestic=often", "relationship": "brother", "victim_age": "30",
         "suspect_age": "17"},
    ),
    undetermined=(
        {"da_flag": "no", "offence_code": "domestic=no", "relationship": "not_known", "victim_age": "30",
         "suspect_age": "30"},
        {"da_flag": "no", "offence_code": "domestic=no", "relationship": "wife", "victim_age": "30"},
        {"da_flag": "", "offence_code": "domestic=no", "relationship": "wife", "victim_age": "30",
         "suspect_age": "30"},
    ),
    not_applicable=(
        {"da_flag": "yes", "offence_code": "domestic=no", "relationship": "wife", "victim_age": "30",
         "suspect_age": "30"},
        {"da_flag": "no", "offence_code": "domestic=by_construction", "relationship": "wife", "victim_age": "30",
         "suspect_age": "30"},
        {"da_flag": "no", "offence_code": "domestic=by_construction_16", "relationship": "wife", "victim_age": "30",
         "suspect_age": "30"},
        {"da_flag": "no", "offence_code": "application=yes", "relationship": "wife", "victim_age": "30",
         "suspect_age": "30"},
    ),
)  # fmt: skip

FLAGGED_UNDER_16 = Check(
    code="FLG05",
    name="flagged_under_16",
    title='Flagged "yes" although one of them is under 16',
    why=(
        "The statutory definition needs both parties to be 16 or over. A child harmed at home is harmed no less, but "
        "is counted as child abuse: areas that flag children cannot be compared with areas that do not."
    ),
    fix="Check the date of birth. If the person was under 16, say whether your force flags such cases, and why.",
    fix_analyst="Count these records apart: the prosecution service flags at any age, the statute does not.",
    applies="concept(da_flag) = 'yes'",
    requires="at_least(age, 16)",
    dimension="consistency",
    severity="query",
    priority="flag",
    parameters={"da_flag": _FLAG, "age": Parameter("integer", "completed years of the person at the incident")},
    references=(_ACT,),
    passing=({"da_flag": "yes", "age": "16"}, {"da_flag": "yes", "age": "90"}),
    failing=({"da_flag": "yes", "age": "15"}, {"da_flag": "yes", "age": "0"}),
    undetermined=({"da_flag": "yes", "age": ""}, {"da_flag": "not_known", "age": "15"}),
    not_applicable=({"da_flag": "no", "age": "15"},),
)

FLAG_LOST = Check(
    code="FLG06",
    name="flag_lost_on_the_way",
    title='Flagged by the agency before, here flagged "no"',
    why=(
        "The police sent the case as domestic abuse. If the flag gets lost on the way the case drops out between two "
        "figures, and no one can say how many domestic cases reach a court."
    ),
    fix="Read the case. Set the flag, or say why it is no domestic abuse after all and tell the sending agency.",
    fix_analyst="Count the case as domestic under the sender's definition, and show how many flags were lost.",
    applies="says(flag_before, 'yes') AND supplied(da_flag)",
    requires="concept(da_flag) = 'yes'",
    dimension="consistency",
    severity="query",
    priority="flag",
    parameters={
        "flag_before": Parameter("code", "the flag as the agency before sent it", concepts="flag"),
        "da_flag": _FLAG,
    },
    references=(_LOST, _CPS),
    passing=({"flag_before": "yes", "da_flag": "yes"},),
    failing=({"flag_before": "yes", "da_flag": "no"},),
    undetermined=({"flag_before": "yes", "da_flag": "no such code"}, {"flag_before": "no such code", "da_flag": "no"}),
    not_applicable=(
        {"flag_before": "no", "da_flag": "no"},
        {"flag_before": "", "da_flag": "no"},
        {"flag_before": "yes", "da_flag": ""},
    ),
)

TEXT_SPEAKS_OF_ABUSE = Check(
    code="FLG07",
    name="text_speaks_of_abuse",
    title='Text speaks of domestic abuse, flagged "no"',
    why=(
        "Whoever wrote the text down knew what it was about; the flag is often left as the system set it. These are "
        "the records that an audit finds, and that no count of domestic abuse holds."
    ),
    fix='Read the text. Set the flag to "yes", or leave "no" and say why the words do not mean it.',
    fix_analyst="Do not set the flag from the text. Show how many of these there are beside the number flagged.",
    applies="says(da_flag, 'no') AND supplied(narrative)",
    requires="NOT evidence",
    dimension="consistency",
    severity="query",
    priority="flag",
    parameters={
        "da_flag": _FLAG,
        "narrative": Parameter("text", "what was written about it; it is read, never shown"),
        "evidence": Parameter("truth", "whether the text holds a term of the lexicon"),
    },
    references=(_IRELAND,),
    passing=({"da_flag": "no", "narrative": "A", "evidence": "no"},),
    failing=({"da_flag": "no", "narrative": "A", "evidence": "yes"},),
    undetermined=({"da_flag": "no", "narrative": "A", "evidence": ""}, {"da_flag": "?", "narrative": "A",
                                                                        "evidence": "yes"}),
    not_applicable=(
        {"da_flag": "yes", "narrative": "A", "evidence": "yes"},
        {"da_flag": "", "narrative": "A", "evidence": "yes"},
        {"da_flag": "no", "narrative": "", "evidence": "yes"},
    ),
)  # fmt: skip
