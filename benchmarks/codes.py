"""The codes of the made-up extract, and the sets of them that the scripts written by hand know by heart."""

from __future__ import annotations

FORCES = [f"E23{n:06}" for n in range(1, 40)] + [f"W15{n:06}" for n in range(1, 5)]
LABELS = (
    "Wife", "Husband", "Civil partner", "Partner", "Girlfriend", "Boyfriend", "Ex-wife", "Ex-husband", "Ex-partner",
    "Mother", "Father", "Daughter", "Son", "Sister", "Brother", "Other relative", "Friend", "Neighbour", "Colleague",
    "Stranger", "Business", "Not known", "Refused",
)  # fmt: skip

AS_OF = "2025-12-20"
ENUMS = {
    "force": FORCES,
    "offence": [f"OF{number:03}" for number in range(1, 121)],
    "flag": ["Y", "N", "U"],
    "victim_sex": ["1", "2", "9", "0"],
    "suspect_known": ["Y", "N", "U"],
    "suspect_sex": ["1", "2", "9", "0"],
    "relationship": list(LABELS),
}
DATES = ("recorded", "incident", "victim_born", "suspect_born")
COLUMNS = (
    "ref", "force", "recorded", "incident", "offence", "flag", "victim_sex", "victim_born", "suspect_known",
    "suspect_sex", "suspect_born", "relationship",
)  # fmt: skip
UNKNOWN = {"flag": 1, "victim_sex": 1, "suspect_known": 1, "suspect_sex": 1, "relationship": 2}
CONDITIONAL = ("suspect_sex", "suspect_born")

CONNECTED = LABELS[: LABELS.index("Friend")]
SPOUSES = LABELS[:3]
PARENTS, CHILDREN = ("Mother", "Father"), ("Daughter", "Son")
UNRELATED = ("Stranger", "Business")
WOMEN = ("Wife", "Girlfriend", "Ex-wife", "Mother", "Daughter", "Sister")
MEN = ("Husband", "Boyfriend", "Ex-husband", "Father", "Son", "Brother")
