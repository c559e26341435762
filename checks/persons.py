"""Is it recorded who a person is and how to reach them, as a person and not as a shop or a question mark?"""

from everycase.check import Check, Parameter, Source

_POLE = Source(
    title="NPCC Minimum POLE Data Standards Dictionary 1.1",
    reference="30 July 2023: four facts and one contact reference for victims and known suspects (the 4+1 minimum)",
)
_NOTES = Source(
    title="NPCC Minimum POLE Data Standards Dictionary 1.1, general notes",
    reference="no titles in forenames, no special characters for what is unknown, no organisation as a person",
)
_OLDEST = Source(
    title="NPCC Minimum POLE Data Standards Dictionary 1.1, DS_034",
    reference="age at the report at most 120",
)
_PERSON = Parameter("truth", "whether there is a person at all", default="TRUE")
_FORENAME = Parameter("text", "the given name")
_SURNAME = Parameter("text", "the family name")
_BOTH = "concat(upper(coalesce(forename, '')), ' ', upper(coalesce(surname, '')))"

NO_FULL_NAME = Check(
    code="PER01",
    name="no_full_name",
    title="Given name or family name missing",
    why="Both names are among the four facts of the national minimum. With one alone nobody can be found again.",
    fix="Take both names from the case file. Where somebody has one name only, say so in the reason.",
    fix_analyst="Leave these persons out of any linking.",
    applies="person",
    requires="supplied(forename) AND supplied(surname)",
    dimension="completeness",
    severity="error",
    priority="linking for reoffending",
    parameters={"forename": _FORENAME, "surname": _SURNAME, "person": _PERSON},
    references=(_POLE,),
    passing=({"forename": "Ada", "surname": "Byron", "person": "yes"},),
    failing=(
        {"forename": "", "surname": "Byron", "person": "yes"},
        {"forename": "Ada", "surname": " ", "person": "yes"},
    ),
    undetermined=({"forename": "", "surname": "Byron", "person": ""},),
    not_applicable=({"forename": "", "surname": "", "person": "no"},),
)

NO_CONTACT = Check(
    code="PER02",
    name="no_contact_reference",
    title="No way to find the person: neither address, telephone, e-mail nor police number",
    why=(
        "The national minimum asks for one contact reference beside the four facts. Without any, a victim cannot be "
        "told of a release and a suspect cannot be told from a namesake."
    ),
    fix="Record one: the address, a telephone number or e-mail address; for a suspect a PNC ID or CRO number will do.",
    fix_analyst="Count these persons apart when you count people instead of records.",
    applies="person",
    requires="reachable",
    dimension="completeness",
    severity="error",
    priority="linking for reoffending",
    parameters={
        "reachable": Parameter("truth", "whether any contact reference is there"),
        "person": _PERSON,
    },
    references=(_POLE,),
    passing=({"reachable": "yes", "person": "yes"},),
    failing=({"reachable": "no", "person": "yes"},),
    undetermined=({"reachable": "no", "person": ""}, {"reachable": "", "person": "yes"}),
    not_applicable=({"reachable": "no", "person": "no"},),
)

TITLE_IN_FORENAME = Check(
    code="PER03",
    name="title_in_forename",
    title="Form of address where the given name belongs",
    why='"Mr" is nobody\'s name. Records that begin with one match each other and miss the person they are about.',
    fix="Take the form of address out of the given name; if nothing remains, leave it blank.",
    fix_analyst="Strip forms of address before comparing names.",
    applies="supplied(forename)",
    requires="NOT matches(upper(forename), '(?:MR|MRS|MISS|MS|MX|MASTER|DR|PROF|REV|SIR|DAME|LORD|LADY)(?:[. ].*)?')",
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={"forename": _FORENAME},
    references=(_NOTES,),
    passing=({"forename": "Missy"}, {"forename": "Drew"}, {"forename": "Ms-Ann"}, {"forename": "Earl"}),
    failing=({"forename": "Mrs Ada"}, {"forename": "DR"}, {"forename": "miss"}, {"forename": "Mr. Charles"}),
    not_applicable=({"forename": ""},),
)

NAME_SAYS_NOTHING = Check(
    code="PER04",
    name="name_says_nothing",
    title="Signs or a filler word where a name belongs",
    why=(
        "A question mark or the word UNKNOWN fills the box, so that no count of blanks shows the gap; and every "
        "person called UNKNOWN is taken for one and the same."
    ),
    fix="Put the name in if it is known by now. If not leave the box blank: a blank is better than a known error.",
    fix_analyst="Treat the name as missing.",
    applies="supplied(forename) OR supplied(surname)",
    requires=(
        "NOT (matches(upper(coalesce(forename, 'A')), '{0}') OR matches(upper(coalesce(surname, 'A')), '{0}'))".format(
            "[!-@\\[-`{-~ ]+|UNK|UNKNOWN|NOT KNOWN|NOT STATED|NOT GIVEN|REFUSED|NO NAME|N/A|N/?K|N[.]K[.]?|TBC|XX+"
        )
    ),
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={"forename": _FORENAME, "surname": _SURNAME},
    references=(_NOTES,),
    passing=(
        {"forename": "Ada", "surname": "Byron"},
        {"forename": "", "surname": "O'Neill"},
        {"forename": "Łucja", "surname": "Öz"},
        {"forename": "X", "surname": "Known"},
        {"forename": "Na", "surname": "Unkles"},
    ),
    failing=(
        {"forename": "?", "surname": "Byron"},
        {"forename": "Ada", "surname": "-"},
        {"forename": "Unknown", "surname": ""},
        {"forename": "", "surname": "N/K"},
        {"forename": "XXX", "surname": "Byron"},
    ),
    not_applicable=({"forename": "", "surname": " "},),
)

ORGANISATION_AS_PERSON = Check(
    code="PER05",
    name="organisation_as_person",
    title="Organisation recorded as a person",
    why="Mr Tesco Express is not a person: as one he has no age or sex, and drags down every share of known victims.",
    fix="Record the organisation as one, and the person who spoke for it as a witness.",
    fix_analyst="Leave these records out where you count people.",
    applies="person AND supplied(surname)",
    requires=(
        f"NOT matches({_BOTH}, '(?:.* )?(?:LTD|LIMITED|PLC|LLP|INC|COUNCIL|POLICE|NHS|HOSPITAL|SCHOOL|ACADEMY|BANK"
        "|SUPERMARKETS?|EXPRESS|STORES?|GROUP|HOUSING ASSOCIATION)[.]?(?: .*)?')"
    ),
    dimension="validity",
    severity="query",
    priority="gender and relationship",
    parameters={"forename": _FORENAME, "surname": _SURNAME, "person": _PERSON},
    references=(_NOTES,),
    passing=(
        {"forename": "Ada", "surname": "Byron", "person": "yes"},
        {"forename": "Incey", "surname": "Schoolcraft", "person": "yes"},
    ),
    failing=(
        {"forename": "Tesco", "surname": "Express", "person": "yes"},
        {"forename": "", "surname": "Byron & Sons Ltd.", "person": "yes"},
    ),
    undetermined=({"forename": "Tesco", "surname": "Express", "person": ""},),
    not_applicable=(
        {"forename": "Tesco", "surname": "Express", "person": "no"},
        {"forename": "Tesco", "surname": "", "person": "yes"},
    ),
)

OLDER_THAN_120 = Check(
    code="PER06",
    name="older_than_120",
    title="Person would be over 120",
    why="Nobody in the country is that old. The year of birth is mistyped, or stands for a date nobody knew.",
    fix="Correct the date of birth, or leave it blank if nobody knows it.",
    fix_analyst="Treat the date of birth as missing.",
    applies="supplied(born) AND supplied(at)",
    requires="age_at(born, at) <= 120",
    dimension="validity",
    severity="query",
    priority="linking for reoffending",
    parameters={
        "born": Parameter("date", "the date of birth"),
        "at": Parameter("date", "the day of the report"),
    },
    references=(_OLDEST,),
    passing=({"born": "1905-06-16", "at": "2026-06-15"}, {"born": "1990-05-01", "at": "2026-06-15"}),
    failing=({"born": "1905-06-15", "at": "2026-06-15"}, {"born": "0199-05-01", "at": "2026-06-15"}),
    undetermined=({"born": "31/02/1890", "at": "2026-06-15"},),
    not_applicable=({"born": "", "at": "2026-06-15"}, {"born": "1890-05-01", "at": ""}),
)

SAME_ON_BOTH_SIDES = Check(
    code="PER07",
    name="same_person_on_both_sides",
    title="The same person is victim and suspect",
    why="Nobody abuses themselves. One of the two was picked from the wrong line, and the real other party is missing.",
    fix="Look up who the other party was and record that person.",
    fix_analyst="Use neither party of these records.",
    applies="supplied(victim_ref) AND supplied(suspect_ref)",
    requires="victim_ref <> suspect_ref",
    dimension="consistency",
    severity="error",
    priority="gender and relationship",
    parameters={
        "victim_ref": Parameter("text", "the number the system gives the victim"),
        "suspect_ref": Parameter("text", "the number it gives the suspect"),
    },
    references=(_POLE,),
    passing=({"victim_ref": "P1", "suspect_ref": "P2"},),
    failing=({"victim_ref": "P1", "suspect_ref": "P1"},),
    not_applicable=({"victim_ref": "", "suspect_ref": "P1"}, {"victim_ref": "P1", "suspect_ref": ""}),
)
