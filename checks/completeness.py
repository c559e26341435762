"""Is enough recorded of a person to tell who it was, and is a date of birth one that somebody gave?"""

from everycase.check import Check, Parameter, Source

_POLE = Source(
    title="NPCC Minimum POLE Data Standards Dictionary 1.1",
    reference="30 July 2023: DS_034 date of birth, DS_037 gender, and the 4+1 minimum for a victim",
)
_PLACEHOLDERS = Source(
    title="NPCC Minimum POLE Data Standards Dictionary 1.1, general notes",
    reference="an event's date typed where the date of birth belongs",
)
_BORN = Parameter("date", "the date of birth")

NEITHER_SEX_NOR_BIRTH = Check(
    code="CMP04",
    name="neither_sex_nor_birth",
    title="Neither sex nor date of birth of the person is known",
    why="Sex and date of birth are in every minimum standard: without both, this person cannot be found elsewhere.",
    fix="Take both from the person's own record. If they were asked for and refused, use the code that says so.",
    fix_analyst="Leave these persons out of any linking; they can only be linked by mistake.",
    applies="person",
    requires="known(sex) OR valid(born)",
    dimension="completeness",
    severity="error",
    priority="linking for reoffending",
    parameters={
        "sex": Parameter("code", "the sex of the person", concepts="sex"),
        "born": _BORN,
        "person": Parameter("truth", "whether there is a person at all", default="TRUE"),
    },
    references=(_POLE,),
    passing=(
        {"sex": "female", "born": "1990-05-01", "person": "yes"},
        {"sex": "", "born": "1990-05-01", "person": "yes"},
        {"sex": "indeterminate", "born": "", "person": "yes"},
    ),
    failing=({"sex": "not_known", "born": "", "person": "yes"}, {"sex": "", "born": "31/02/1990", "person": "yes"}),
    undetermined=({"sex": "not_known", "born": "", "person": ""},),
    not_applicable=({"sex": "", "born": "", "person": "no"},),
)

BORN_TODAY_OR_LATER = Check(
    code="DOB01",
    name="born_today_or_later",
    title="Date of birth is today or later",
    why="A form that fills in today's date by itself makes newborn babies of adults, and every age is wrong.",
    fix="Take the date of birth from the case file, or leave it blank if nobody knows it.",
    fix_analyst="Treat the date of birth as missing.",
    applies="supplied(born)",
    requires="born < as_of()",
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={"born": _BORN},
    references=(_POLE,),
    passing=({"born": "1990-05-01"}, {"born": "2026-06-14"}),
    failing=({"born": "2026-06-15"}, {"born": "2026-06-16"}, {"born": "2999-01-01"}),
    undetermined=({"born": "31/02/1990"}, {"born": "unknown"}),
    not_applicable=({"born": ""},),
)

BORN_AT_THE_INCIDENT = Check(
    code="DOB02",
    name="born_at_the_incident",
    title="Date of birth is the date of the incident",
    why="A date typed into the wrong box is the usual reason. A baby hurt on the day of its birth is the rare one.",
    fix="Check the date of birth. If it is right, say so.",
    fix_analyst="Do not compute an age from it until the owner has answered.",
    applies="supplied(born) AND supplied(incident_date)",
    requires="born <> incident_date",
    dimension="validity",
    severity="query",
    priority="linking for reoffending",
    parameters={"born": _BORN, "incident_date": Parameter("date", "the day of the incident")},
    references=(_PLACEHOLDERS,),
    passing=({"born": "1990-05-01", "incident_date": "2026-03-01"},),
    failing=({"born": "2026-03-01", "incident_date": "2026-03-01"},),
    undetermined=({"born": "31/02/2026", "incident_date": "2026-03-01"},),
    not_applicable=({"born": "", "incident_date": "2026-03-01"}, {"born": "1990-05-01", "incident_date": ""}),
)
