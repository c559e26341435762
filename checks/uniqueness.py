"""Does the same thing stand twice under two references, or without one?"""

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
    why="What is told twice is counted twice, and where the two differ nobody knows which one stands.",
    fix="Send it once. Where the two differ find out which is right; where both are, say what tells them apart.",
    fix_analyst="Do not add these records up until the owner has said which one stands.",
    applies="supplied(first) AND supplied(second) AND supplied(third)",
    requires="occurrences(first, second, third) = 1",
    dimension="uniqueness",
    severity="error",
    priority="linking to other offending",
    parameters={
        "first": Parameter("any", "one of three fields that together stand once"),
        "second": Parameter("any", "another"),
        "third": Parameter("any", "the last; name the second again where there are two only"),
    },
    references=(_FRAMEWORK,),
    passing=(
        {"first": "A", "second": "1", "third": "x"},
        {"first": "A", "second": "1", "third": "y"},
        {"first": "B", "second": "1", "third": "x"},
    ),
    failing=({"first": "A", "second": "1", "third": "x"}, {"first": "A", "second": "1", "third": "x"}),
    not_applicable=({"first": "A", "second": "1", "third": ""}, {"first": "A", "second": "1", "third": ""}),
)

PAIR_TWICE = Check(
    code="UNI03",
    name="reference_pair_twice",
    title="The same pair of references stands more than once",
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
