"""Does a record that two fields name together stand once?"""

from everycase.check import Check, Parameter, Source

_FRAMEWORK = Source(
    title="The Government Data Quality Framework",
    reference="uniqueness: each record appears once",
    url="https://www.gov.uk/government/publications/the-government-data-quality-framework",
)

COMBINATION_TWICE = Check(
    code="UNI02",
    name="combination_twice",
    title="The same combination stands more than once",
    why="A record sent twice is counted twice, and may carry two different answers.",
    fix="Send each once. Where two share their reference by mistake, give each its own.",
    fix_analyst="Do not count until the owner has said which record stands.",
    applies="supplied(first) AND supplied(second)",
    requires="occurrences(first, second) = 1",
    dimension="uniqueness",
    severity="error",
    priority="linking for reoffending",
    parameters={
        "first": Parameter("text", "the field that names the case"),
        "second": Parameter("text", "the field that names what is recorded within it"),
    },
    references=(_FRAMEWORK,),
    passing=({"first": "A", "second": "1"}, {"first": "A", "second": "2"}, {"first": "B", "second": "1"}),
    failing=({"first": "A", "second": "1"},) * 2,
    not_applicable=({"first": "", "second": "1"}, {"first": "", "second": "1"}, {"first": "A", "second": ""}),
)
