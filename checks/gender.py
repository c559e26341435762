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
