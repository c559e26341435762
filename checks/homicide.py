"""Do relationship, group and outcome of a homicide say the same?"""

from everycase.check import Check, Parameter, Source

_INDEX = Source(
    title="Home Office Homicide Index, relationship of the victim to the principal suspect",
    reference="the groups of table 22c, published at vawg.gss-data.org.uk",
)
_INFANTICIDE = Source(
    title="Infanticide Act 1938, section 1",
    reference="a mother who causes the death of her own child under twelve months",
    from_memory=True,
)

GROUP_AGAINST_WORD = Check(
    code="HOM01",
    name="group_against_relationship",
    title="Relationship and its group disagree",
    why="Tables of partners and of family are made from the group. A wrong group moves a death from one to the other.",
    fix="Have the group worked out again from the relationship, or correct the relationship.",
    fix_analyst="Use the relationship, and group it yourself.",
    applies="known(relationship) AND supplied(group_name)",
    requires="attribute(relationship, 'group') = concept(group_name)",
    dimension="consistency",
    severity="error",
    priority="gender and relationship",
    parameters={
        "relationship": Parameter("code", "what the victim was to the suspect, with the attribute group"),
        "group_name": Parameter("code", "the group it is counted in"),
    },
    references=(_INDEX,),
    passing=({"relationship": "group=female", "group_name": "female"},),
    failing=({"relationship": "group=female", "group_name": "male"},),
    undetermined=(
        {"relationship": "group=female", "group_name": "no such code"},
        {"relationship": "group=female", "group_name": "not_known"},
    ),
    not_applicable=(
        {"relationship": "not_known", "group_name": "male"},
        {"relationship": "", "group_name": "male"},
        {"relationship": "group=female", "group_name": ""},
    ),
)

INFANTICIDE = Check(
    code="HOM02",
    name="infanticide_of_another_kind",
    title="Infanticide, but not of a baby under one by a woman",
    why="The offence is that of a mother against her own child under twelve months. Anything else is another offence.",
    fix="Check the outcome, the age of the victim in years, and the sex of the suspect.",
    fix_analyst="Count the case as homicide, of a kind not known.",
    applies="infanticide",
    requires="victim_age = 0 AND concept(suspect_sex) = 'female'",
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "infanticide": Parameter("truth", "whether the outcome is infanticide"),
        "victim_age": Parameter("integer", "completed years of the victim"),
        "suspect_sex": Parameter("code", "the sex of the suspect", concepts="sex"),
    },
    references=(_INFANTICIDE,),
    passing=({"infanticide": "yes", "victim_age": "0", "suspect_sex": "female"},),
    failing=(
        {"infanticide": "yes", "victim_age": "1", "suspect_sex": "female"},
        {"infanticide": "yes", "victim_age": "0", "suspect_sex": "male"},
    ),
    undetermined=(
        {"infanticide": "yes", "victim_age": "", "suspect_sex": "female"},
        {"infanticide": "yes", "victim_age": "0", "suspect_sex": "not_known"},
        {"infanticide": "", "victim_age": "1", "suspect_sex": "female"},
    ),
    not_applicable=({"infanticide": "no", "victim_age": "30", "suspect_sex": "male"},),
)
