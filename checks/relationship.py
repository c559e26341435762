"""Is it known what the victim and the suspect are to each other, and can it be so?"""

from everycase.check import Check, Parameter, Source

_SCOTLAND = Source(
    title="Scottish Government, Domestic abuse statistics 2023-24",
    reference="relationship unknown in 21% of incidents, the highest since 2016-17",
)
_NIBRS = Source(
    title="FBI, National Incident-Based Reporting System, edits 472, 449 and 554",
    reference="an unidentified offender forces the relationship to be unknown; ages must fit the relationship",
)
_MARRIAGE = Source(
    title="Marriage and Civil Partnership (Minimum Age) Act 2022",
    reference="no marriage under 18 in England and Wales since February 2023; earlier and foreign ones exist",
    from_memory=True,
)
_PARENTS = Source(
    title="Department for Education, children looked after return (SSDA903), rules 620 and 621",
    reference="a mother under 11, and one younger than her child, are refused",
)
_MINIMUM_AGE = Source(
    title="Marriage and Civil Partnership (Minimum Age) Act 2022",
    reference="no marriage under 18 in England and Wales since February 2023",
    from_memory=True,
)
_ONE_SPOUSE = Source(
    title="FBI, National Incident-Based Reporting System, edits 475 and 476",
    reference="a victim has one spouse among the offenders of an incident, an offender one among the victims",
)
_RELATIONSHIP = Parameter("code", "what the victim is to the suspect", concepts="relationship")

AVOIDABLY_UNKNOWN = Check(
    code="REL01",
    name="relationship_avoidably_unknown",
    title="Relationship not known although the suspect is",
    why=(
        "Where nobody knows the suspect the relationship cannot be known. Where the suspect is known it can be "
        "asked, and without it no one can tell partner abuse from family abuse, or either from anything else."
    ),
    fix="Ask the officer in the case what the victim is to the suspect, and record it.",
    fix_analyst="Show avoidable and forced unknowns apart; never spread them over the known relationships.",
    applies="NOT forced",
    requires="known(relationship)",
    dimension="completeness",
    severity="error",
    priority="gender and relationship",
    parameters={
        "relationship": _RELATIONSHIP,
        "forced": Parameter("truth", "when the relationship cannot be known, such as no suspect identified"),
    },
    references=(_SCOTLAND, _NIBRS),
    passing=({"relationship": "wife", "forced": "no"}, {"relationship": "stranger", "forced": "no"}),
    failing=(
        {"relationship": "not_known", "forced": "no"},
        {"relationship": "not_stated", "forced": "no"},
        {"relationship": "", "forced": "no"},
        {"relationship": "no such code", "forced": "no"},
    ),
    undetermined=({"relationship": "not_known", "forced": ""}, {"relationship": "wife", "forced": ""}),
    not_applicable=({"relationship": "not_known", "forced": "yes"}, {"relationship": "wife", "forced": "yes"}),
)

PARENT_NOT_OLDER = Check(
    code="REL03",
    name="parent_not_older",
    title="Parent not older than child",
    why="A parent or child by birth or adoption whose dates of birth run the other way is a slip in one of them.",
    fix="Check which way round the relationship was recorded, and both dates of birth.",
    fix_analyst="Use neither the relationship nor the ages of these records.",
    applies="says_attribute(relationship, 'generation', 'parent', 'child')",
    requires=(
        "(attribute(relationship, 'generation') = 'parent' AND victim_dob < suspect_dob)"
        " OR (attribute(relationship, 'generation') = 'child' AND victim_dob > suspect_dob)"
    ),
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={
        "relationship": _RELATIONSHIP,
        "victim_dob": Parameter("date", "the victim's date of birth"),
        "suspect_dob": Parameter("date", "the suspect's date of birth"),
    },
    references=(_NIBRS,),
    passing=(
        {"relationship": "mother", "victim_dob": "1960-05-01", "suspect_dob": "1990-05-01"},
        {"relationship": "son", "victim_dob": "1990-05-01", "suspect_dob": "1960-05-01"},
    ),
    failing=(
        {"relationship": "mother", "victim_dob": "1990-05-01", "suspect_dob": "1960-05-01"},
        {"relationship": "mother", "victim_dob": "1990-05-01", "suspect_dob": "1990-05-01"},
        {"relationship": "daughter", "victim_dob": "1960-05-01", "suspect_dob": "1990-05-01"},
        {"relationship": "daughter", "victim_dob": "1990-05-01", "suspect_dob": "1990-05-01"},
    ),
    undetermined=(
        {"relationship": "mother", "victim_dob": "", "suspect_dob": "1990-05-01"},
        {"relationship": "mother", "victim_dob": "31/02/1990", "suspect_dob": "1960-05-01"},
        {"relationship": "no such code", "victim_dob": "1990-05-01", "suspect_dob": "1960-05-01"},
    ),
    not_applicable=(
        {"relationship": "grandparent", "victim_dob": "1990-05-01", "suspect_dob": "1960-05-01"},
        {"relationship": "not_known", "victim_dob": "1990-05-01", "suspect_dob": "1960-05-01"},
        {"relationship": "", "victim_dob": "1990-05-01", "suspect_dob": "1960-05-01"},
    ),
)

SPOUSE_UNDER_16 = Check(
    code="REL04",
    name="spouse_under_16",
    title="Married or civil partner, but under 16",
    why=(
        "Nobody under 16 can be married here. Child and forced marriages exist, above all where abuse does, and must "
        "be recordable: so this asks, and never refuses."
    ),
    fix="Check the date of birth and the relationship. If both are right leave them, and consider a forced marriage.",
    fix_analyst="Do not drop these records: some are mistyped dates, and some are the gravest cases of all.",
    applies="says_attribute(relationship, 'spouse', 'yes')",
    requires="at_least(age, 16)",
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={
        "relationship": _RELATIONSHIP,
        "age": Parameter("integer", "completed years of the person at the incident"),
    },
    references=(_MARRIAGE, _NIBRS),
    passing=({"relationship": "wife", "age": "16"}, {"relationship": "civil_partner", "age": "40"}),
    failing=({"relationship": "wife", "age": "15"}, {"relationship": "husband", "age": "3"}),
    undetermined=({"relationship": "wife", "age": ""}, {"relationship": "no such code", "age": "12"}),
    not_applicable=(
        {"relationship": "girlfriend", "age": "15"},
        {"relationship": "ex_wife", "age": "15"},
        {"relationship": "not_known", "age": "15"},
    ),
)

PARENT_HARDLY_OLDER = Check(
    code="REL05",
    name="parent_hardly_older",
    title="Parent less than 12 years older than child",
    why="A parent of 11 is rarer than a mistyped year. Adoption and age-of-parent slips look alike: so it is asked.",
    fix="Check both dates of birth and the relationship. A sister who brought somebody up is not the mother.",
    fix_analyst="Use neither the relationship nor the ages until the owner has answered.",
    # NOTE: one not older at all is asked about by parent_not_older.
    applies=(
        "says_attribute(relationship, 'generation', 'parent', 'child')"
        " AND ((attribute(relationship, 'generation') = 'parent' AND victim_dob < suspect_dob)"
        " OR (attribute(relationship, 'generation') = 'child' AND victim_dob > suspect_dob))"
    ),
    requires=(
        "(attribute(relationship, 'generation') = 'parent' AND age_at(victim_dob, suspect_dob) >= 12)"
        " OR (attribute(relationship, 'generation') = 'child' AND age_at(suspect_dob, victim_dob) >= 12)"
    ),
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={
        "relationship": _RELATIONSHIP,
        "victim_dob": Parameter("date", "the victim's date of birth"),
        "suspect_dob": Parameter("date", "the suspect's date of birth"),
    },
    references=(_PARENTS, _NIBRS),
    passing=(
        {"relationship": "mother", "victim_dob": "1978-05-01", "suspect_dob": "1990-05-01"},
        {"relationship": "son", "victim_dob": "1990-05-01", "suspect_dob": "1978-05-01"},
    ),
    failing=(
        {"relationship": "mother", "victim_dob": "1978-05-02", "suspect_dob": "1990-05-01"},
        {"relationship": "son", "victim_dob": "1990-05-01", "suspect_dob": "1989-05-01"},
        {"relationship": "son", "victim_dob": "1990-05-01", "suspect_dob": "1978-05-02"},
    ),
    undetermined=(
        {"relationship": "mother", "victim_dob": "", "suspect_dob": "1990-05-01"},
        {"relationship": "no such code", "victim_dob": "1978-05-02", "suspect_dob": "1990-05-01"},
    ),
    not_applicable=(
        {"relationship": "mother", "victim_dob": "1990-05-01", "suspect_dob": "1990-05-01"},
        {"relationship": "mother", "victim_dob": "1990-05-01", "suspect_dob": "1960-05-01"},
        {"relationship": "son", "victim_dob": "1960-05-01", "suspect_dob": "1990-05-01"},
        {"relationship": "son", "victim_dob": "1990-05-01", "suspect_dob": "1990-05-01"},
        {"relationship": "stepmother", "victim_dob": "1989-05-01", "suspect_dob": "1990-05-01"},
        {"relationship": "", "victim_dob": "1989-05-01", "suspect_dob": "1990-05-01"},
    ),
)

MORE_THAN_ONE_SPOUSE = Check(
    code="REL06",
    name="more_than_one_spouse",
    title="Victim married to more than one suspect of the incident",
    why="One of the two is somebody else: a partner, a relative, or the same suspect recorded twice.",
    fix="Check what the victim is to each suspect of the incident.",
    fix_analyst="Use the relationship of none of these records.",
    applies="says_attribute(relationship, 'spouse', 'yes') AND supplied(incident_ref) AND supplied(victim_ref)",
    requires="occurrences(incident_ref, victim_ref, relationship) = 1",
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={
        "relationship": _RELATIONSHIP,
        "incident_ref": Parameter("text", "the reference of the incident"),
        "victim_ref": Parameter("text", "the number the system gives the victim"),
    },
    references=(_ONE_SPOUSE,),
    passing=(
        {"incident_ref": "A", "victim_ref": "P1", "relationship": "wife"},
        {"incident_ref": "A", "victim_ref": "P2", "relationship": "wife"},
        {"incident_ref": "B", "victim_ref": "P1", "relationship": "wife"},
    ),
    failing=({"incident_ref": "A", "victim_ref": "P1", "relationship": "wife"},) * 2,
    undetermined=({"incident_ref": "A", "victim_ref": "P1", "relationship": "no such code"},),
    not_applicable=(
        {"incident_ref": "A", "victim_ref": "P1", "relationship": "girlfriend"},
        {"incident_ref": "A", "victim_ref": "P1", "relationship": "girlfriend"},
        {"incident_ref": "", "victim_ref": "P1", "relationship": "wife"},
        {"incident_ref": "A", "victim_ref": "", "relationship": "wife"},
    ),
)

SPOUSE_UNDER_18 = Check(
    code="REL07",
    name="spouse_under_18",
    title="Married or civil partner, but 16 or 17",
    why="Nobody under 18 has been able to marry here since 2023. Marriages abroad exist, and some of them are forced.",
    fix="Check the date of birth and the relationship. If both are right leave them, and consider a forced marriage.",
    fix_analyst="Do not drop these records.",
    applies="says_attribute(relationship, 'spouse', 'yes') AND at_least(age, 16)",
    requires="at_least(age, 18)",
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={
        "relationship": _RELATIONSHIP,
        "age": Parameter("integer", "completed years of the person at the incident"),
    },
    references=(_MINIMUM_AGE,),
    passing=({"relationship": "wife", "age": "18"}, {"relationship": "civil_partner", "age": "40"}),
    failing=({"relationship": "wife", "age": "17"}, {"relationship": "husband", "age": "16"}),
    undetermined=({"relationship": "wife", "age": ""}, {"relationship": "no such code", "age": "17"}),
    not_applicable=(
        {"relationship": "wife", "age": "15"},
        {"relationship": "girlfriend", "age": "17"},
        {"relationship": "ex_wife", "age": "17"},
        {"relationship": "not_known", "age": "17"},
    ),
)
