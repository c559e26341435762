"""Does the same thing stand twice under references that together should name one record?"""

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
    applies="supplied(first) AND supplied(second) AND supplied(third) AND supplied(fourth)",
    requires="occurrences(first, second, third, fourth) = 1",
    dimension="uniqueness",
    severity="error",
    priority="linking to other offending",
    parameters={
        "first": Parameter("any", "one of two to four fields that together stand once"),
        "second": Parameter("any", "another"),
        "third": Parameter("any", "a third; the second where there are two only", default="second"),
        "fourth": Parameter("any", "a fourth; the third where there are no more", default="third"),
    },
    references=(_FRAMEWORK,),
    passing=(
        {"first": "A", "second": "1", "third": "x", "fourth": "p"},
        {"first": "A", "second": "1", "third": "x", "fourth": "q"},
        {"first": "A", "second": "1", "third": "y", "fourth": "p"},
        {"first": "A", "second": "2", "third": "x", "fourth": "p"},
        {"first": "B", "second": "1", "third": "x", "fourth": "p"},
    ),
    failing=({"first": "A", "second": "1", "third": "x", "fourth": "p"},) * 2,
    not_applicable=tuple(
        {"first": "A", "second": "1", "third": "x", "fourth": "p", blank: ""}
        for blank in ("first", "second", "third", "fourth")
        for _ in range(2)
    ),
)
