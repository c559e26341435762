"""Was a domestic incident that is no crime assessed, referred and counted as the rules ask?"""

from everycase.check import Check, Parameter, Source

_ONS = Source(
    title="Office for National Statistics, how domestic abuse data are captured",
    reference="incidents are those in which the police found no crime; crimes are counted apart",
)
_DASH = Source(
    title="DASH risk model, risk levels",
    reference="standard, medium and high; a high risk is referred to a multi-agency conference (MARAC)",
    url="https://www.rtr-champs.org.uk/cms/content/risk",
)
_REPEAT = Source(
    title="HMICFRS, definition of a repeat victim",
    reference="an earlier incident within 12 months",
    from_memory=True,
)

INCIDENT_AND_CRIME = Check(
    code="DAI01",
    name="incident_is_a_crime",
    title="Incident without a crime carries a crime reference",
    why="Incidents and crimes are added up. An incident that became a crime and stays here is counted twice.",
    fix="Take the incident out of this return if a crime was recorded for it; otherwise take the reference out.",
    fix_analyst="Count the crime, not the incident.",
    applies="supplied(incident_ref)",
    requires="NOT supplied(crime_ref)",
    dimension="uniqueness",
    severity="query",
    priority="flag",
    parameters={
        "incident_ref": Parameter("text", "the reference of the incident"),
        "crime_ref": Parameter("text", "the reference of the crime recorded for it"),
    },
    references=(_ONS,),
    passing=({"incident_ref": "A", "crime_ref": ""},),
    failing=({"incident_ref": "A", "crime_ref": "42/123456/26"},),
    not_applicable=({"incident_ref": "", "crime_ref": "42/123456/26"},),
)

HIGH_RISK_NOT_REFERRED = Check(
    code="DAI02",
    name="high_risk_not_referred",
    title="High risk, but not referred to MARAC",
    why="The conference is where police, health, housing and children's services share what each of them knows.",
    fix="Refer the case, or record the referral that was made. If the victim lives elsewhere, name the area.",
    fix_analyst="Show the share that was referred beside the number of high risks.",
    applies="says_attribute(risk, 'marac', 'yes')",
    requires="says(referred, 'yes')",
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "risk": Parameter("code", "the risk grade, with the attribute marac"),
        "referred": Parameter("code", "whether the case was referred", concepts="flag"),
    },
    references=(_DASH,),
    passing=({"risk": "marac=yes", "referred": "yes"},),
    failing=({"risk": "marac=yes", "referred": "no"}, {"risk": "marac=yes", "referred": ""}),
    undetermined=({"risk": "no such code", "referred": "no"}, {"risk": "marac=yes", "referred": "X"}),
    not_applicable=({"risk": "marac=no", "referred": "no"}, {"risk": "", "referred": "no"}),
)

REPEAT_AGAINST_COUNT = Check(
    code="DAI03",
    name="repeat_marker_against_count",
    title="Repeat marker and number of earlier incidents do not agree",
    why="Who is abused again and again is found by this marker; one that contradicts the count finds the wrong ones.",
    fix="Look the victim up over the last 12 months, other forces included, and correct marker or number.",
    fix_analyst="Use the number where the marker contradicts it.",
    applies="supplied(repeat_victim) AND supplied(earlier)",
    requires=("(concept(repeat_victim) = 'yes' AND earlier >= 1) OR (concept(repeat_victim) = 'no' AND earlier = 0)"),
    dimension="consistency",
    severity="query",
    priority="linking for reoffending",
    parameters={
        "repeat_victim": Parameter("code", "whether the victim is a repeat victim", concepts="flag"),
        "earlier": Parameter("integer", "the incidents of the victim in the 12 months before"),
    },
    references=(_REPEAT,),
    passing=({"repeat_victim": "yes", "earlier": "1"}, {"repeat_victim": "no", "earlier": "0"}),
    failing=({"repeat_victim": "yes", "earlier": "0"}, {"repeat_victim": "no", "earlier": "1"}),
    undetermined=({"repeat_victim": "not_known", "earlier": "1"}, {"repeat_victim": "yes", "earlier": "some"}),
    not_applicable=({"repeat_victim": "", "earlier": "1"}, {"repeat_victim": "no", "earlier": ""}),
)
