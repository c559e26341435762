"""Do decision and outcome of a prosecution agree, and was it closed?"""

from everycase.check import Check, Parameter, Source

_GLOSSARY = Source(
    title="Office for National Statistics, domestic abuse glossary, November 2023",
    reference="charged defendants are prosecuted; outcomes are convictions and non-convictions",
)
_LASTS = Source(
    title="How long a prosecution lasts",
    reference="two years from charge to outcome are exceeded by few; this project's own bound",
    from_memory=True,
)
_DECISION = Parameter("code", "the charging decision, with the attribute charged: yes, no or pending")
_OUTCOME = Parameter("code", "the outcome of the case")

OUTCOME_WITHOUT_CHARGE = Check(
    code="CPS01",
    name="outcome_without_charge",
    title="Prosecution has an outcome, but nobody was charged",
    why="Conviction rates divide convictions by prosecutions. One without a charge belongs in neither.",
    fix="Record the charging decision, or take the outcome out if there was no prosecution.",
    fix_analyst="Leave these defendants out of conviction rates.",
    applies="supplied(case_outcome)",
    requires="attribute(charging_decision, 'charged') = 'yes'",
    dimension="consistency",
    severity="error",
    priority="outcomes",
    parameters={"case_outcome": _OUTCOME, "charging_decision": _DECISION},
    references=(_GLOSSARY,),
    passing=({"case_outcome": "female", "charging_decision": "charged=yes"},),
    failing=(
        {"case_outcome": "female", "charging_decision": "charged=no"},
        {"case_outcome": "female", "charging_decision": "charged=pending"},
    ),
    undetermined=({"case_outcome": "female", "charging_decision": ""},),
    not_applicable=({"case_outcome": "", "charging_decision": "charged=no"},),
)

STILL_OPEN = Check(
    code="CPS03",
    name="charged_and_still_open",
    title="Charged long ago, and still without an outcome",
    why=(
        "Few prosecutions last so long. Most of these ended and nobody closed them, so that the latest conviction "
        "rates are worked out from half of the cases."
    ),
    fix="Check with the court. Close the case with its outcome, or say why it is still open.",
    fix_analyst="Show how many cases of each month are still open beside every rate.",
    applies="says_attribute(charging_decision, 'charged', 'yes') AND days_between(decision_date, as_of()) > days",
    requires="supplied(case_outcome)",
    dimension="timeliness",
    severity="query",
    priority="outcomes",
    parameters={
        "charging_decision": _DECISION,
        "decision_date": Parameter("date", "the date of the decision"),
        "case_outcome": _OUTCOME,
        "days": Parameter("integer", "the days after which an outcome is expected", default=730),
    },
    references=(_LASTS,),
    passing=(
        {"charging_decision": "charged=yes", "decision_date": "2024-05-01", "case_outcome": "female", "days": "730"},
    ),
    failing=({"charging_decision": "charged=yes", "decision_date": "2024-06-14", "case_outcome": "", "days": "730"},),
    undetermined=(
        {"charging_decision": "charged=yes", "decision_date": "", "case_outcome": "", "days": "730"},
        {"charging_decision": "no such code", "decision_date": "2024-06-14", "case_outcome": "", "days": "730"},
    ),
    not_applicable=(
        {"charging_decision": "charged=yes", "decision_date": "2024-06-15", "case_outcome": "", "days": "730"},
        {"charging_decision": "charged=no", "decision_date": "2024-05-01", "case_outcome": "", "days": "730"},
    ),
)
