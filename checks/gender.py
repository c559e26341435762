"""Is the sex of each party recorded, in the source's own codes, and does the relationship word agree with it?"""

from everycase.check import Check, Parameter, Source

_CJS = Source(
    title="CJS standing data, gender",
    reference="Ministry of Justice: 0 not known, 1 male, 2 female, 9 not specified",
)
_NIBRS = Source(
    title="FBI, National Incident-Based Reporting System, edit 553 (obsolete)",
    reference="once demanded opposite sexes of partners; kept here as what never to do again",
)
_IDENTITY = Source(
    title="Department for Education, children looked after return (SSDA903), rule 202",
    reference="a gender that conflicts with the one recorded before for the same child is refused",
)
_PERSON_RECORD = Source(
    title="HMPPS person record, codes of sex",
    reference=(
        "ministryofjustice/hmpps-person-record, MIT: what a system's list does not hold becomes N for courts and"
        " prisons, NS for probation"
    ),
)
_SEX = Parameter("code", "the sex of the person", concepts="sex")

CODE_OF_ANOTHER_LIST = Check(
    code="GEN01",
    name="sex_code_of_another_list",
    title="Sex code that this source does not use",
    why=(
        "Agencies code sex differently: 2 is female for the police and M is male for probation. A code from another "
        "list is counted as nobody, or worse, as the wrong person, when systems turn it into not known by themselves."
    ),
    fix="Use this source's own codes. If every record has the other list's codes, say so: the mapping needs changing.",
    fix_analyst="Leave the value out. Never coerce a code that the list does not hold.",
    applies="supplied(sex)",
    requires="standing(sex) <> 'unmapped'",
    dimension="validity",
    severity="error",
    priority="gender and relationship",
    parameters={"sex": _SEX},
    references=(_CJS,),
    passing=({"sex": "female"}, {"sex": "not_known"}, {"sex": "indeterminate"}),
    failing=({"sex": "no such code"}, {"sex": "FEMALE"}),
    not_applicable=({"sex": ""}, {"sex": "   "}),
)

LABEL_AGAINST_SEX = Check(
    code="GEN03",
    name="label_against_sex",
    title="Relationship word and recorded sex disagree",
    why=(
        "A wife is a woman and a father is a man, whoever they are married to. Where word and code disagree one of "
        "the two is wrong, or a person's recorded sex is: it takes a person to tell."
    ),
    fix="Check the word and the sex of the person so called. Partners may be of any sex: that is never asked here.",
    fix_analyst="Use neither the word nor the sex of these records when splitting by gender.",
    applies="says_attribute(relationship, 'sex', 'female', 'male')",
    requires="concept(labelled_sex) = attribute(relationship, 'sex')",
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={
        "relationship": Parameter("code", "the word for the person so called", concepts="relationship"),
        "labelled_sex": Parameter("code", "the sex of the person whom the word names", concepts="sex"),
    },
    references=(_NIBRS,),
    passing=(
        {"relationship": "wife", "labelled_sex": "female"},
        {"relationship": "father", "labelled_sex": "male"},
    ),
    failing=(
        {"relationship": "wife", "labelled_sex": "male"},
        {"relationship": "brother", "labelled_sex": "female"},
    ),
    undetermined=(
        {"relationship": "wife", "labelled_sex": "not_known"},
        {"relationship": "wife", "labelled_sex": "indeterminate"},
        {"relationship": "wife", "labelled_sex": ""},
        {"relationship": "wife", "labelled_sex": "no such code"},
        {"relationship": "no such code", "labelled_sex": "male"},
    ),
    not_applicable=(
        {"relationship": "spouse", "labelled_sex": "male"},
        {"relationship": "not_known", "labelled_sex": "male"},
        {"relationship": "", "labelled_sex": "male"},
    ),
)

TWO_SEXES = Check(
    code="GEN04",
    name="person_with_two_sexes",
    title="Sex of the same person is not the same in all records",
    why=(
        "Whoever counts people takes one of the records by chance. Where some say it and some say not known, the "
        "answer was there all along."
    ),
    fix="Look the person up and record the same in each; a person whose recorded sex was changed keeps the new one.",
    fix_analyst="Count records, not people, until this is settled.",
    applies="supplied(person_ref) AND known(sex)",
    requires="occurrences(person_ref, sex) = occurrences(person_ref)",
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={"sex": _SEX, "person_ref": Parameter("text", "the number the system gives the person")},
    references=(_IDENTITY,),
    passing=(
        {"person_ref": "P1", "sex": "female"},
        {"person_ref": "P1", "sex": "female"},
        {"person_ref": "P2", "sex": "male"},
    ),
    failing=({"person_ref": "P1", "sex": "female"}, {"person_ref": "P1", "sex": "male"}),
    not_applicable=(
        {"person_ref": "", "sex": "male"},
        {"person_ref": "P1", "sex": ""},
        {"person_ref": "P1", "sex": "X"},
    ),
)

FILLED_IN = Check(
    code="GEN05",
    name="sex_code_filled_in",
    title="Sex code that stands for a value nobody recognised",
    why=(
        "When systems pass a person on, a code that the receiver does not know becomes not known by itself. The sex "
        "was recorded once and got lost in between."
    ),
    fix="Look up the sex in the system it came from, and have its code added to the mapping.",
    fix_analyst="Treat as missing, not as declined; count it for the system that lost it.",
    applies="supplied(sex)",
    requires="sex <> filler",
    dimension="validity",
    severity="error",
    priority="gender and relationship",
    parameters={"sex": _SEX, "filler": Parameter("text", "the code that is only ever filled in")},
    references=(_PERSON_RECORD,),
    passing=({"sex": "female", "filler": "not_stated"}, {"sex": "not_known", "filler": "not_stated"}),
    failing=({"sex": "not_stated", "filler": "not_stated"},),
    undetermined=({"sex": "no such code", "filler": "not_stated"},),
    not_applicable=({"sex": "", "filler": "not_stated"},),
)

SYSTEMS_DISAGREE = Check(
    code="GEN06",
    name="sex_differs_between_systems",
    title="Two systems give the same person a different sex",
    why="One person stands as a man in one system and as a woman in the other: every figure by sex depends on which.",
    fix="Ask the person, or look at the papers, and correct the system that is wrong.",
    fix_analyst="Use neither, and count these persons apart.",
    applies="known(sex) AND known(other_sex)",
    # NOTE: one that is indeterminate in either is left open: it contradicts nothing.
    requires="concept(sex) = concept(other_sex)",
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={"sex": _SEX, "other_sex": Parameter("code", "the sex as another system has it", concepts="sex")},
    references=(_IDENTITY, _PERSON_RECORD),
    passing=({"sex": "female", "other_sex": "female"},),
    failing=({"sex": "female", "other_sex": "male"},),
    undetermined=({"sex": "indeterminate", "other_sex": "male"},),
    not_applicable=(
        {"sex": "", "other_sex": "male"},
        {"sex": "female", "other_sex": "not_known"},
        {"sex": "female", "other_sex": "no such code"},
    ),
)
