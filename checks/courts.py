"""Do plea, verdict, dates and the court's own domestic marker of a result agree with each other?"""

from everycase.check import Check, Parameter, Source

_BICHARD = Source(
    title="Bichard 7, definitions of its exceptions",
    reference="ministryofjustice/bichard7-next-data, MIT",
)
_VERDICTS = Source(
    title="CJS standing data: plea and verdict",
    reference="ministryofjustice/bichard7-next-data, MIT",
)
_TRIGGER = Source(
    title="Bichard 7, trigger TRPR0023",
    reference="raised by the result qualifier LG, domestic violence case",
)
_VERDICT = Parameter("code", "the verdict, with the attribute finding: guilty, alternative, acquitted or none")
_CONVICTED_ON = Parameter("date", "the date of conviction")

GUILTY_WITHOUT_DATE = Check(
    code="CRT01",
    name="guilty_without_conviction_date",
    title="Found guilty, but no date of conviction",
    why="Reoffending is counted from the date of conviction: without it the conviction counts nowhere.",
    fix="Enter the date of the hearing at which guilt was admitted or found.",
    fix_analyst="Leave these convictions out of every measure that counts from a date, and say how many they are.",
    applies="says_attribute(verdict, 'finding', 'guilty')",
    requires="valid(conviction_date)",
    dimension="consistency",
    severity="error",
    priority="outcomes",
    parameters={"verdict": _VERDICT, "conviction_date": _CONVICTED_ON},
    references=(_BICHARD,),
    official="HO100305",
    passing=({"verdict": "finding=guilty", "conviction_date": "2026-05-01"},),
    failing=(
        {"verdict": "finding=guilty", "conviction_date": ""},
        {"verdict": "finding=guilty", "conviction_date": "31/02/2026"},
    ),
    undetermined=({"verdict": "no such code", "conviction_date": ""},),
    not_applicable=(
        {"verdict": "finding=acquitted", "conviction_date": ""},
        {"verdict": "finding=alternative", "conviction_date": ""},
        {"verdict": "", "conviction_date": ""},
    ),
)

DATE_WITHOUT_GUILT = Check(
    code="CRT02",
    name="conviction_date_without_guilt",
    title="Date of conviction, but no verdict of guilty",
    why="Somebody acquitted, or not yet tried, stands in the record with a conviction.",
    fix="Enter the verdict that was given, or take the date of conviction out.",
    fix_analyst="Count these neither as convictions nor as acquittals.",
    applies="supplied(conviction_date)",
    requires="says_attribute(verdict, 'finding', 'guilty', 'alternative')",
    dimension="consistency",
    severity="error",
    priority="outcomes",
    parameters={"verdict": _VERDICT, "conviction_date": _CONVICTED_ON},
    references=(_BICHARD,),
    official="HO100305",
    passing=(
        {"verdict": "finding=guilty", "conviction_date": "2026-05-01"},
        {"verdict": "finding=alternative", "conviction_date": "2026-05-01"},
    ),
    failing=(
        {"verdict": "", "conviction_date": "2026-05-01"},
        {"verdict": "finding=acquitted", "conviction_date": "2026-05-01"},
        {"verdict": "finding=none", "conviction_date": "2026-05-01"},
    ),
    undetermined=({"verdict": "no such code", "conviction_date": "2026-05-01"},),
    not_applicable=({"verdict": "finding=acquitted", "conviction_date": ""},),
)

CONVICTED_AFTER_HEARING = Check(
    code="CRT03",
    name="conviction_after_hearing",
    title="Convicted after the hearing that says so",
    why="A hearing cannot report a conviction that comes later: one of the dates belongs to another hearing.",
    fix="Check the court register for both dates.",
    fix_analyst="Use neither date of these results.",
    applies="supplied(conviction_date) AND supplied(hearing_date)",
    requires="conviction_date <= hearing_date",
    dimension="consistency",
    severity="error",
    priority="outcomes",
    parameters={"conviction_date": _CONVICTED_ON, "hearing_date": Parameter("date", "the date of the hearing")},
    references=(_BICHARD,),
    official="HO100305",
    passing=(
        {"conviction_date": "2026-05-01", "hearing_date": "2026-05-01"},
        {"conviction_date": "2026-05-01", "hearing_date": "2026-06-01"},
    ),
    failing=({"conviction_date": "2026-05-02", "hearing_date": "2026-05-01"},),
    undetermined=({"conviction_date": "31/02/2026", "hearing_date": "2026-05-01"},),
    not_applicable=(
        {"conviction_date": "", "hearing_date": "2026-05-01"},
        {"conviction_date": "2026-05-02", "hearing_date": ""},
    ),
)

NO_SEQUENCE = Check(
    code="CRT04",
    name="no_sequence_number",
    title="Offence without a sequence number",
    why="Where a defendant answers for several offences the number alone says which of them a result is for.",
    fix="Number the offences of each defendant from 1.",
    fix_analyst="Match these to charges by hand or not at all.",
    applies="TRUE",
    requires="supplied(sequence) AND sequence >= 1",
    dimension="completeness",
    severity="error",
    priority="linking to other offending",
    parameters={"sequence": Parameter("integer", "the number of the offence among the defendant's")},
    references=(_BICHARD,),
    official="HO100239",
    passing=({"sequence": "1"}, {"sequence": "12"}),
    failing=({"sequence": "0"}, {"sequence": ""}, {"sequence": "-1"}),
    undetermined=({"sequence": "one"},),
)

ADMITTED_YET_ACQUITTED = Check(
    code="CRT06",
    name="admitted_yet_acquitted",
    title="Pleaded guilty, yet found not guilty",
    why="A plea can be changed before the verdict, but then it is recorded anew. Usually one code is mistyped.",
    fix="Check plea and verdict in the court register.",
    fix_analyst="Count these neither as guilty pleas nor as acquittals.",
    applies="says_attribute(plea, 'admits', 'yes') AND supplied(verdict)",
    requires="attribute(verdict, 'finding') <> 'acquitted'",
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "plea": Parameter("code", "the plea, with the attribute admits: yes or no"),
        "verdict": _VERDICT,
    },
    references=(_VERDICTS,),
    passing=(
        {"plea": "admits=yes", "verdict": "finding=guilty"},
        {"plea": "admits=yes", "verdict": "finding=none"},
    ),
    failing=({"plea": "admits=yes", "verdict": "finding=acquitted"},),
    undetermined=(
        {"plea": "no such code", "verdict": "finding=acquitted"},
        {"plea": "admits=yes", "verdict": "no such code"},
    ),
    not_applicable=(
        {"plea": "admits=no", "verdict": "finding=acquitted"},
        {"plea": "", "verdict": "finding=acquitted"},
        {"plea": "admits=yes", "verdict": ""},
    ),
)

DOMESTIC_UNMARKED = Check(
    code="CRT07",
    name="domestic_conviction_unmarked",
    title="Convicted of an offence domestic by construction, without the court's marker",
    why=(
        "The result qualifier is the only place where a court says that a case was domestic. Where it is missing the "
        "police are not told, and nobody can count the courts' share."
    ),
    fix="Have the court add the qualifier LG to the result. Where it stands on another result of the offence, say so.",
    fix_analyst="Count these as domestic whatever the marker says; their share shows how far it can be trusted.",
    applies=(
        "says_attribute(verdict, 'finding', 'guilty') AND deciding"
        " AND says_attribute(offence_code, 'domestic', 'by_construction', 'by_construction_16')"
    ),
    requires="says(da_marker, 'yes')",
    dimension="consistency",
    severity="query",
    priority="flag",
    parameters={
        "verdict": _VERDICT,
        "offence_code": Parameter("code", "the offence, with the attribute domestic"),
        "da_marker": Parameter("code", "the court's marker", concepts="flag"),
        "deciding": Parameter("truth", "whether this is the result that gave the verdict", default="TRUE"),
    },
    references=(_TRIGGER,),
    passing=(
        {"verdict": "finding=guilty", "offence_code": "domestic=by_construction", "da_marker": "yes",
         "deciding": "yes"},
    ),
    failing=(
        {"verdict": "finding=guilty", "offence_code": "domestic=by_construction", "da_marker": "", "deciding": "yes"},
        {"verdict": "finding=guilty", "offence_code": "domestic=by_construction_16", "da_marker": "no",
         "deciding": "yes"},
    ),
    undetermined=(
        {"verdict": "finding=guilty", "offence_code": "domestic=by_construction", "da_marker": "no such code",
         "deciding": "yes"},
        {"verdict": "finding=guilty", "offence_code": "no such code", "da_marker": "", "deciding": "yes"},
    ),
    not_applicable=(
        {"verdict": "finding=guilty", "offence_code": "domestic=often", "da_marker": "", "deciding": "yes"},
        {"verdict": "finding=guilty", "offence_code": "domestic=by_construction", "da_marker": "", "deciding": "no"},
        {"verdict": "finding=acquitted", "offence_code": "domestic=by_construction", "da_marker": "",
         "deciding": "yes"},
    ),
)  # fmt: skip

RESULT_OUT_OF_TURN = Check(
    code="CRT08",
    name="result_out_of_turn",
    title="Kind of result and verdict do not fit",
    why=(
        "An adjournment before judgement has no verdict yet; a sentence follows one. Results that come out of turn "
        "cannot be put on the person's record by any system, and wait for somebody to type them."
    ),
    fix="Check the kind of result and the verdict against the court register.",
    fix_analyst="Take the last result of the offence instead.",
    applies="says_attribute(result_class, 'judged', 'yes', 'no')",
    requires=(
        "(attribute(result_class, 'judged') = 'yes' AND supplied(verdict))"
        " OR (attribute(result_class, 'judged') = 'no' AND NOT supplied(verdict) AND NOT supplied(conviction_date))"
    ),
    dimension="consistency",
    severity="query",
    priority="outcomes",
    parameters={
        "result_class": Parameter("code", "the kind of result, with the attribute judged"),
        "verdict": _VERDICT,
        "conviction_date": _CONVICTED_ON,
    },
    references=(
        Source(
            title="Bichard 7, definitions of its exceptions",
            reference="HO100324 to HO100326, which compare with the police computer; here within one result",
        ),
    ),
    passing=(
        {"result_class": "judged=yes", "verdict": "finding=guilty", "conviction_date": "2026-05-01"},
        {"result_class": "judged=yes", "verdict": "finding=acquitted", "conviction_date": ""},
        {"result_class": "judged=no", "verdict": "", "conviction_date": ""},
    ),
    failing=(
        {"result_class": "judged=yes", "verdict": "", "conviction_date": ""},
        {"result_class": "judged=no", "verdict": "finding=guilty", "conviction_date": ""},
        {"result_class": "judged=no", "verdict": "", "conviction_date": "2026-05-01"},
    ),
    undetermined=({"result_class": "no such code", "verdict": "", "conviction_date": ""},),
    not_applicable=(
        {"result_class": "judged=either", "verdict": "", "conviction_date": ""},
        {"result_class": "", "verdict": "", "conviction_date": ""},
    ),
)
