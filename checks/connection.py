"""Does what is recorded as domestic abuse lie between people who are personally connected, and the other way round?

For sources whose flag is not set beside an offence; where there is one, flagging.py asks more exactly.
"""

from everycase.check import Check, Parameter, Source

_ACT = Source(
    title="Domestic Abuse Act 2021, sections 1 and 2",
    reference="both parties 16 or over and personally connected",
    url="https://www.legislation.gov.uk/ukpga/2021/17/part/1",
)
_POLE = Source(
    title="NPCC Minimum POLE Data Standards Dictionary 1.1, general notes",
    reference="a blank is better than a known error: no details of somebody who was not identified",
)
_RELATIONSHIP = Parameter("code", "what one party is to the other", concepts="relationship")

NOT_CONNECTED = Check(
    code="CON01",
    name="domestic_but_not_connected",
    title="Domestic abuse between people who are not personally connected",
    why="Partners, former partners and relatives are personally connected; a neighbour or a paid carer as such is not.",
    fix="Check who did it. Correct the relationship, or take domestic abuse off and record the abuse as what it was.",
    fix_analyst="Keep these records out of counts by relationship until the owner has answered.",
    applies="domestic",
    requires="attribute(relationship, 'connection') IN ('intimate', 'family')",
    dimension="consistency",
    severity="query",
    priority="flag",
    parameters={
        "domestic": Parameter("truth", "whether the record says domestic abuse", default="TRUE"),
        "relationship": _RELATIONSHIP,
    },
    references=(_ACT,),
    passing=(
        {"domestic": "yes", "relationship": "ex_partner"},
        {"domestic": "yes", "relationship": "daughter"},
    ),
    failing=(
        {"domestic": "yes", "relationship": "neighbour"},
        {"domestic": "yes", "relationship": "professional"},
        {"domestic": "yes", "relationship": "stranger"},
    ),
    undetermined=(
        {"domestic": "yes", "relationship": "not_known"},
        {"domestic": "yes", "relationship": ""},
        {"domestic": "", "relationship": "stranger"},
    ),
    not_applicable=({"domestic": "no", "relationship": "stranger"},),
)

CONNECTED = Check(
    code="CON02",
    name="connected_but_not_domestic",
    title="Abuse by a partner or relative, not recorded as domestic abuse",
    why=(
        "Between adults who are or were close, abuse is domestic abuse whatever else it is called. Filed as something "
        "else it reaches no one who counts domestic abuse, and often no one who could help."
    ),
    fix="Record domestic abuse beside the other kinds. If it was not abusive give the reason.",
    fix_analyst="Show these records as the upper bound of what is missed.",
    applies="abusive AND NOT domestic",
    requires="NOT (attribute(relationship, 'connection') IN ('intimate', 'family'))",
    dimension="consistency",
    severity="query",
    priority="flag",
    parameters={
        "abusive": Parameter("truth", "whether it was abuse of an adult by another person"),
        "domestic": Parameter("truth", "whether the record says domestic abuse"),
        "relationship": _RELATIONSHIP,
    },
    references=(_ACT,),
    passing=(
        {"abusive": "yes", "domestic": "no", "relationship": "friend"},
        {"abusive": "yes", "domestic": "no", "relationship": "stranger"},
    ),
    failing=(
        {"abusive": "yes", "domestic": "no", "relationship": "husband"},
        {"abusive": "yes", "domestic": "no", "relationship": "son"},
    ),
    undetermined=(
        {"abusive": "yes", "domestic": "no", "relationship": "not_known"},
        {"abusive": "", "domestic": "no", "relationship": "husband"},
        {"abusive": "yes", "domestic": "", "relationship": "husband"},
    ),
    not_applicable=(
        {"abusive": "yes", "domestic": "yes", "relationship": "husband"},
        {"abusive": "no", "domestic": "no", "relationship": "husband"},
        {"abusive": "no", "domestic": "", "relationship": "husband"},
    ),
)

DETAILS_OF_NOBODY = Check(
    code="CON03",
    name="details_of_nobody",
    title="Nobody identified, yet a sex or an age is recorded",
    why="Somebody may have been seen and not named. More often the outcome was changed and the person left behind.",
    fix="Check the outcome. If nobody was identified say where sex and age come from, or take them out.",
    fix_analyst="Do not count these records in tables of suspects.",
    applies="nobody",
    requires="NOT supplied(sex) AND NOT supplied(age)",
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={
        "nobody": Parameter("truth", "whether nobody was identified"),
        "sex": Parameter("code", "the sex recorded", concepts="sex"),
        "age": Parameter("integer", "the age recorded"),
    },
    references=(_POLE,),
    passing=({"nobody": "yes", "sex": "", "age": ""},),
    failing=(
        {"nobody": "yes", "sex": "male", "age": ""},
        {"nobody": "yes", "sex": "", "age": "40"},
        {"nobody": "yes", "sex": "not_known", "age": ""},
    ),
    undetermined=({"nobody": "", "sex": "male", "age": ""},),
    not_applicable=({"nobody": "no", "sex": "male", "age": "40"},),
)
