"""Does a date or an age tell something, or does it only fill a box that may not be left empty?"""

from everycase.check import Check, Parameter, Source

_SYSTEMS = Source(
    title="Days from which computers count, and which they show where they were given nothing",
    reference="spreadsheets 1899-12-30, 1900-01-01 and 1904-01-01, Unix 1970-01-01; forms 1900-01-01 and 9999-12-31",
    from_memory=True,
)
_SEEN = Source(
    title="Codes for missing seen in published extracts",
    reference="99, 999, 998 and 00 among ages; what each means is said by its code list and by nothing else",
)

PLACEHOLDER_DATE = Check(
    code="PLH01",
    name="placeholder_date",
    title="Date that computers fill in by themselves",
    why=(
        "Some dates stand in a record because a box had to be filled: 1 January 1900 makes people of 126, 1 January "
        "1970 hides among real birthdays. Every age worked out from them is wrong."
    ),
    fix="Check the date against the person's own papers. If it is right say so; if nobody knows it leave it blank.",
    fix_analyst="Treat the date as missing until the owner has answered.",
    applies="supplied(day)",
    requires=(
        "NOT (day IN ('1899-12-30', '1899-12-31', '1900-01-01', '1901-01-01', '1904-01-01', '1970-01-01',"
        " '9999-12-31') OR day = also)"
    ),
    dimension="validity",
    severity="query",
    priority="linking for reoffending",
    parameters={
        "day": Parameter("date", "the date, such as one of birth"),
        "also": Parameter("date", "one more date that the source's own systems fill in", default="'1900-01-01'"),
    },
    references=(_SYSTEMS,),
    passing=({"day": "1970-01-02", "also": "1900-01-01"}, {"day": "1990-05-01", "also": "1900-01-01"}),
    failing=(
        {"day": "1900-01-01", "also": "1980-01-01"},
        {"day": "1970-01-01", "also": "1980-01-01"},
        {"day": "1899-12-30", "also": "1980-01-01"},
        {"day": "1899-12-31", "also": "1980-01-01"},
        {"day": "1901-01-01", "also": "1980-01-01"},
        {"day": "1904-01-01", "also": "1980-01-01"},
        {"day": "9999-12-31", "also": "1980-01-01"},
        {"day": "1980-01-01", "also": "1980-01-01"},
    ),
    undetermined=({"day": "31/02/1990", "also": "1900-01-01"},),
    not_applicable=({"day": "", "also": "1900-01-01"},),
)

PLACEHOLDER_AGE = Check(
    code="PLH02",
    name="placeholder_age",
    title="Age that may stand for not known",
    why=(
        "Some systems write 0 or 99 for an age nobody asked. The same figure is somebody's age elsewhere, so the code "
        "list says which figures are doubtful in this source, and a person says which they are."
    ),
    fix="Check the age against the date of birth. If nobody knows it, use the code for not known.",
    fix_analyst="Leave these ages out of averages, and count them apart.",
    applies="valid(age)",
    requires="NOT says_attribute(age, 'placeholder', 'maybe')",
    dimension="validity",
    severity="query",
    priority="gender and relationship",
    parameters={"age": Parameter("code", "the age, by a code list that marks doubtful figures: placeholder, maybe")},
    references=(_SEEN,),
    passing=({"age": "placeholder=no"}, {"age": "not_known"}),
    failing=({"age": "placeholder=maybe"},),
    not_applicable=({"age": ""}, {"age": "no such code"}),
)

AGE_AGAINST_BIRTH = Check(
    code="PLH03",
    name="age_against_birth",
    title="Age and date of birth do not agree",
    why="An age typed in by hand beside a date of birth is a second guess: where the two differ one of them is wrong.",
    fix="Keep the date of birth if it comes from papers, and let the system work the age out.",
    fix_analyst="Prefer the date of birth, and say so.",
    applies="told AND supplied(born) AND supplied(at)",
    # NOTE: by one year it may differ: some count at the charge, some at the hearing.
    requires="abs(age - age_at(born, at)) <= 1",
    dimension="consistency",
    severity="query",
    priority="gender and relationship",
    parameters={
        "age": Parameter("integer", "the age in whole years"),
        "told": Parameter("truth", "whether the age is one that was told", default="TRUE"),
        "born": Parameter("date", "the date of birth"),
        "at": Parameter("date", "the day the age was taken"),
    },
    references=(_SEEN,),
    passing=(
        {"age": "36", "born": "1990-05-01", "at": "2026-06-01", "told": "yes"},
        {"age": "35", "born": "1990-05-01", "at": "2026-06-01", "told": "yes"},
        {"age": "37", "born": "1990-05-01", "at": "2026-06-01", "told": "yes"},
    ),
    failing=(
        {"age": "34", "born": "1990-05-01", "at": "2026-06-01", "told": "yes"},
        {"age": "63", "born": "1990-05-01", "at": "2026-06-01", "told": "yes"},
    ),
    undetermined=({"age": "36", "born": "31/02/1990", "at": "2026-06-01", "told": "yes"},),
    not_applicable=(
        {"age": "", "born": "1990-05-01", "at": "2026-06-01", "told": "no"},
        {"age": "36", "born": "", "at": "2026-06-01", "told": "yes"},
        {"age": "36", "born": "1990-05-01", "at": "", "told": "yes"},
    ),
)
