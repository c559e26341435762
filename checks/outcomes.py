"""Does the outcome of a crime agree with what is recorded of the suspect and the victim?"""

from everycase.check import Check, Parameter, Source

_OUTCOMES = Source(
    title="Home Office crime outcomes in England and Wales",
    reference="outcome types 1 to 22: 14 and 18 no suspect identified, 15 and 16 a named one",
    from_memory=True,
)
_FOI = Source(
    title="West Midlands Police, freedom of information request 854A/21",
    reference="outcomes in the force's own words: named suspect identified, no suspect identified, victim declines",
    url="https://foi.west-midlands.police.uk/domestic-violence-854a-21/",
)
_RESPONSIBILITY = Source(
    title="Children and Young Persons Act 1933, section 50",
    reference="nobody under 10 can be guilty of an offence",
    from_memory=True,
)
_OUTCOME = Parameter("code", "the outcome, with the attributes suspect, victim and proceeds")

UNIDENTIFIED_BUT_DESCRIBED = Check(
    code="OUT01",
    name="unidentified_suspect_described",
    title='Outcome "no suspect identified" beside a suspect',
    why=(
        "Outcomes 14 and 18 close a crime because nobody was identified. A suspect on the same record says that "
        "somebody was: the crime was closed as hopeless that was not."
    ),
    fix="If the suspect was identified choose the outcome again. If all that is known is a description, say so.",
    fix_analyst="Count these neither as identified nor as unidentified.",
    applies="says_attribute(outcome, 'suspect', 'none')",
    requires="NOT (known(suspect_sex) OR valid(suspect_dob) OR identified)",
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "outcome": _OUTCOME,
        "suspect_sex": Parameter("code", "the sex of the suspect", concepts="sex"),
        "suspect_dob": Parameter("date", "the date of birth of the suspect"),
        "identified": Parameter("truth", "whether the record says that a suspect was identified", default="FALSE"),
    },
    references=(_OUTCOMES, _FOI),
    passing=(
        {"outcome": "suspect=none", "suspect_sex": "", "suspect_dob": "", "identified": "no"},
        {"outcome": "suspect=none", "suspect_sex": "not_known", "suspect_dob": "", "identified": "no"},
    ),
    failing=(
        {"outcome": "suspect=none", "suspect_sex": "male", "suspect_dob": "", "identified": "no"},
        {"outcome": "suspect=none", "suspect_sex": "", "suspect_dob": "1990-05-01", "identified": "no"},
        {"outcome": "suspect=none", "suspect_sex": "", "suspect_dob": "", "identified": "yes"},
    ),
    undetermined=(
        {"outcome": "no such code", "suspect_sex": "male", "suspect_dob": "", "identified": "no"},
        {"outcome": "suspect=none", "suspect_sex": "", "suspect_dob": "", "identified": ""},
    ),
    not_applicable=(
        {"outcome": "suspect=named", "suspect_sex": "male", "suspect_dob": "", "identified": "yes"},
        {"outcome": "", "suspect_sex": "male", "suspect_dob": "", "identified": "yes"},
    ),
)

UNIDENTIFIED_BUT_RELATED = Check(
    code="OUT02",
    name="unidentified_suspect_related",
    title='Outcome "no suspect identified" although the victim knows them',
    why=(
        "Somebody whose wife, son or neighbour the victim is can be found. A declining victim may have said who it "
        "was and no more: hence a question."
    ),
    fix="Check the relationship and the outcome. If both are right, say why the person known was not a suspect.",
    fix_analyst="Show these apart: they are the cases that were closed and could have gone on.",
    applies="says_attribute(outcome, 'suspect', 'none')",
    requires="NOT says_attribute(relationship, 'connection', 'intimate', 'family', 'other')",
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "outcome": _OUTCOME,
        "relationship": Parameter("code", "what the victim is to the suspect", concepts="relationship"),
    },
    references=(_OUTCOMES, _FOI),
    passing=(
        {"outcome": "suspect=none", "relationship": "stranger"},
        {"outcome": "suspect=none", "relationship": "not_known"},
        {"outcome": "suspect=none", "relationship": ""},
        {"outcome": "suspect=none", "relationship": "crown"},
    ),
    failing=(
        {"outcome": "suspect=none", "relationship": "ex_partner"},
        {"outcome": "suspect=none", "relationship": "mother"},
        {"outcome": "suspect=none", "relationship": "neighbour"},
    ),
    undetermined=({"outcome": "suspect=none", "relationship": "no such code"},),
    not_applicable=({"outcome": "suspect=named", "relationship": "wife"}, {"outcome": "", "relationship": "wife"}),
)

NAMED_BUT_UNIDENTIFIED = Check(
    code="OUT03",
    name="outcome_needs_a_suspect",
    title="Outcome of a named suspect, but nobody is recorded as identified",
    why="A charge, a caution, a named suspect against whom evidence falls short: each needs somebody it was about.",
    fix="Record the suspect, or choose the outcome again.",
    fix_analyst="Leave these out of counts of suspects; they cannot be followed to court.",
    applies="says_attribute(outcome, 'suspect', 'named')",
    requires="identified",
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "outcome": _OUTCOME,
        "identified": Parameter("truth", "whether the record says that a suspect was identified"),
    },
    references=(_OUTCOMES, _FOI),
    passing=({"outcome": "suspect=named", "identified": "yes"},),
    failing=({"outcome": "suspect=named", "identified": "no"},),
    undetermined=(
        {"outcome": "suspect=named", "identified": ""},
        {"outcome": "no such code", "identified": "no"},
    ),
    not_applicable=(
        {"outcome": "suspect=none", "identified": "no"},
        {"outcome": "suspect=either", "identified": "no"},
        {"outcome": "", "identified": "no"},
    ),
)

DECLINED_BY_NOBODY = Check(
    code="OUT04",
    name="victim_declines_without_victim",
    title="The victim is said not to support action, but there is none who could",
    why="The Crown does not decline. Closed this way, a crime counts as one that the victim wanted to end.",
    fix="Record who the victim was, or choose the outcome again.",
    fix_analyst="Leave these out when you say how many victims withdrew.",
    applies="says_attribute(outcome, 'victim', 'declines') AND NOT protected_person",
    requires="concept(victim_type) IN ('person', 'business')",
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "outcome": _OUTCOME,
        "victim_type": Parameter("code", "what kind of victim it is", concepts="party"),
        "protected_person": Parameter(
            "truth", "whether somebody stands behind the Crown, as for the breach of an order", default="FALSE"
        ),
    },
    references=(_OUTCOMES, _FOI),
    passing=(
        {"outcome": "victim=declines", "victim_type": "person", "protected_person": "no"},
        {"outcome": "victim=declines", "victim_type": "business", "protected_person": "no"},
    ),
    failing=(
        {"outcome": "victim=declines", "victim_type": "crown", "protected_person": "no"},
        {"outcome": "victim=declines", "victim_type": "society", "protected_person": "no"},
    ),
    undetermined=(
        {"outcome": "victim=declines", "victim_type": "", "protected_person": "no"},
        {"outcome": "victim=declines", "victim_type": "crown", "protected_person": ""},
    ),
    not_applicable=(
        {"outcome": "victim=declines", "victim_type": "crown", "protected_person": "yes"},
        {"outcome": "", "victim_type": "crown", "protected_person": "no"},
    ),
)

TOO_YOUNG_TO_ANSWER = Check(
    code="OUT05",
    name="outcome_against_age",
    title="Outcome does not fit the suspect's age",
    why=(
        "Nobody under 10 can be charged, cautioned or sentenced, and nobody of 10 or over is below the age of "
        "criminal responsibility. One of outcome and date of birth is wrong."
    ),
    fix="Check the suspect's date of birth, then the outcome.",
    fix_analyst="Use neither the age nor the outcome of these records.",
    applies="says_attribute(outcome, 'proceeds', 'yes', 'under_10')",
    requires=(
        "(attribute(outcome, 'proceeds') = 'yes' AND at_least(age, 10))"
        " OR (attribute(outcome, 'proceeds') = 'under_10' AND NOT at_least(age, 10))"
    ),
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "outcome": _OUTCOME,
        "age": Parameter("integer", "completed years of the suspect at the incident"),
    },
    references=(_RESPONSIBILITY, _OUTCOMES),
    passing=(
        {"outcome": "proceeds=yes", "age": "10"},
        {"outcome": "proceeds=under_10", "age": "9"},
    ),
    failing=(
        {"outcome": "proceeds=yes", "age": "9"},
        {"outcome": "proceeds=under_10", "age": "10"},
    ),
    undetermined=({"outcome": "proceeds=yes", "age": ""}, {"outcome": "proceeds=under_10", "age": ""}),
    not_applicable=({"outcome": "suspect=named", "age": "9"}, {"outcome": "", "age": "9"}),
)

UNDER_10 = Check(
    code="OUT06",
    name="defendant_under_10",
    title="Defendant under 10 at the offence",
    why="Nobody under 10 can be guilty of an offence. The date of birth or the date of the offence is wrong.",
    fix="Check both dates against the charge sheet.",
    fix_analyst="Treat the age as missing.",
    applies="supplied(born) AND supplied(offence_date)",
    requires="at_least(age_at(born, offence_date), 10)",
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "born": Parameter("date", "the defendant's date of birth"),
        "offence_date": Parameter("date", "the day of the offence"),
    },
    references=(_RESPONSIBILITY,),
    passing=({"born": "2016-06-15", "offence_date": "2026-06-15"},),
    failing=(
        {"born": "2016-06-16", "offence_date": "2026-06-15"},
        {"born": "2026-06-16", "offence_date": "2026-06-15"},
    ),
    undetermined=({"born": "31/02/2016", "offence_date": "2026-06-15"},),
    not_applicable=({"born": "", "offence_date": "2026-06-15"}, {"born": "2016-06-16", "offence_date": ""}),
)
