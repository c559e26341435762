"""The checks that every project has: the three tiers of a field, and the key that must not repeat."""

from __future__ import annotations

from everycase.check import Check, Parameter, Source

_FRAMEWORK = Source(
    title="The Government Data Quality Framework",
    reference="Cabinet Office and Government Digital Service, 3 December 2020",
    url="https://www.gov.uk/government/publications/the-government-data-quality-framework",
)
_FIELD = Parameter("code", "the field that is looked at")
_REQUIRED = Parameter("truth", "when the field must be filled", default="TRUE")
_TIER = {"field": _FIELD, "required": _REQUIRED}

FIELD_SUPPLIED = Check(
    code="CMP01",
    name="field_supplied",
    title="left blank",
    why="A blank says nothing, not even that somebody asked. Nobody can count what was never written down.",
    fix="Fill the field from the case file. If the answer was asked for and not given, use the code that says so.",
    fix_analyst="Count these records apart; do not spread them over the known answers.",
    applies="required",
    requires="supplied(field)",
    dimension="completeness",
    severity="error",
    priority="gender and relationship",
    parameters=_TIER,
    references=(_FRAMEWORK,),
    passing=({"field": "female", "required": "yes"}, {"field": "no such code", "required": "yes"}),
    failing=({"field": "", "required": "yes"}, {"field": "  ", "required": "yes"}),
    not_applicable=({"field": "", "required": "no"},),
)

FIELD_VALID = Check(
    code="CMP02",
    name="field_valid",
    title="not in the code list, or not well-formed",
    why="A value that the list does not hold cannot be counted as anything, and often hides a shifted column.",
    fix="Correct the value to a code of the list, or a real date. If the code is right, have the list extended.",
    fix_analyst="Leave the value out; never turn it into a code by guess.",
    applies="supplied(field)",
    requires="valid(field)",
    dimension="validity",
    severity="error",
    priority="gender and relationship",
    parameters={"field": _FIELD},
    references=(_FRAMEWORK,),
    passing=({"field": "male"}, {"field": "not_known"}),
    failing=({"field": "no such code"},),
    not_applicable=({"field": ""},),
)

FIELD_KNOWN = Check(
    code="CMP03",
    name="field_known",
    title="no real answer",
    why="A code for not known fills the column without telling anything: a count of blanks alone would show no gap.",
    fix="Find the answer in the case file or ask for it. Keep the code for not known only where nobody can tell.",
    fix_analyst="Show the share of unknown answers beside every figure that rests on this field.",
    applies="required",
    requires="known(field)",
    dimension="completeness",
    severity="error",
    priority="gender and relationship",
    parameters=_TIER,
    references=(_FRAMEWORK,),
    passing=({"field": "female", "required": "yes"}, {"field": "indeterminate", "required": "yes"}),
    failing=(
        {"field": "not_known", "required": "yes"},
        {"field": "not_stated", "required": "yes"},
        {"field": "no such code", "required": "yes"},
        {"field": "", "required": "yes"},
    ),
    not_applicable=({"field": "not_known", "required": "no"},),
)

KEY_UNIQUE = Check(
    code="UNI01",
    name="key_unique",
    title="The same record stands more than once",
    why="A record sent twice is counted twice, and may carry two different answers.",
    fix="Send each record once. Where two records share a reference by mistake, give each its own.",
    fix_analyst="Do not count until the owner has said which record stands.",
    applies="supplied(key)",
    requires="occurrences(key) = 1",
    dimension="uniqueness",
    severity="error",
    priority="linking for reoffending",
    parameters={"key": Parameter("text", "the field that identifies a record")},
    references=(_FRAMEWORK,),
    passing=({"key": "A1"},),
    failing=({"key": "A1"}, {"key": "A1"}),
    not_applicable=({"key": ""},),
)

GENERIC = (FIELD_SUPPLIED, FIELD_VALID, FIELD_KNOWN, KEY_UNIQUE)
