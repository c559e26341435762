"""Is an identifier one that its owner can have given out: right form, right check character, nobody's dummy?"""

from everycase.check import Check, Parameter, Source

_PERSON_RECORD = Source(
    title="HMPPS person record, tests of its identifiers",
    reference="ministryofjustice/hmpps-person-record, MIT; formulas worked out again and tried on its own test values",
)
_BICHARD = Source(
    title="Bichard 7, definitions of its exceptions",
    reference="ministryofjustice/bichard7-next-data, MIT",
)
_UPN = Source(
    title="Department for Education, unique pupil numbers",
    reference="check letter of child in need rule 1510, tried against python-stdnum; temporary numbers end in a letter",
)
_NHS = Source(
    title="NHS Data Dictionary, NHS number",
    reference="ten digits, the last a check digit of modulus 11; tried against python-stdnum",
)

#: the check letter of the police: its place from nought is the remainder of a division by 23
_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
_LETTER = "[A-HJ-NP-RT-Z]"
#: the check letter of a pupil number, read the same way
_PUPIL = "ABCDEFGHJKLMNPQRTUVWXYZ"


def _ends_in(text: str, number: str) -> str:
    """Write that the last character is the check letter of a number."""
    return f"place_in(substr({text}, length({text}), 1), '{_LETTERS}') - 1 = remainder({number}, 23)"


def _formed(*forms: tuple[str, str, str]) -> str:
    """Write that a text has one of some forms, and what must hold of it then; any other text is wrong."""
    whens = " ".join(f"WHEN matches({text}, '{pattern}') THEN {holds}" for text, pattern, holds in forms)
    return f"CASE {whens} ELSE FALSE END"


_PNC_LONG = _ends_in("pnc_id", "whole(concat(substr(pnc_id, 3, 2), substr(pnc_id, 6, 7)))")
_PNC_SHORT = _ends_in("pnc_id", "whole(substr(pnc_id, 1, 2)) * 10000000 + whole(substr(pnc_id, 4, length(pnc_id) - 4))")
_CRO_PLAIN = _ends_in(
    "cro",
    "whole(substr(cro, length(cro) - 2, 2)) * 1000000 + whole(substr(cro, 1, length(cro) - 4))",
)
_CRO_FILE = _ends_in("cro", "whole(concat(substr(cro, 3, 2), substr(cro, 6, length(cro) - 6)))")
_ASN_FORCE, _ASN_SYSTEM = "substr(asn, length(asn) - 17, 2)", "substr(asn, length(asn) - 13, 2)"
_ASN_REST = "substr(asn, 1, 2), substr(asn, length(asn) - 11, 11)"
_ASN = _ends_in(
    "asn",
    f"coalesce(whole(concat({_ASN_FORCE}, {_ASN_SYSTEM}, {_ASN_REST})), whole(concat({_ASN_FORCE}, {_ASN_REST})))",
)
_UPN_DIGITS = " + ".join(f"{weight} * whole(substr(upn, {weight}, 1))" for weight in range(2, 13))
_UPN_LAST = f"13 * coalesce(whole(substr(upn, 13, 1)), place_in(substr(upn, 13, 1), '{_PUPIL}') - 1)"
_NHS_SUM = " + ".join(f"{11 - place} * whole(substr(nhs_number, {place}, 1))" for place in range(1, 11))

PNC_ID = Check(
    code="IDN01",
    name="pnc_id_wrong",
    title="PNC ID that cannot exist",
    why=(
        "The PNC ID ties a person's arrests, charges and convictions together. Its last letter is worked out from the "
        "rest, so that a slip shows; with a slip in it the person's history stays unfound."
    ),
    fix="Copy the PNC ID from the PNC record, and leave it blank where the person has none. Never make one up.",
    fix_analyst="Do not link on these; they find nobody, or somebody else.",
    applies="supplied(pnc_id)",
    requires=_formed(
        ("pnc_id", f"[0-9]{{4}}/[0-9]{{7}}{_LETTER}", _PNC_LONG),
        ("pnc_id", f"[0-9]{{2}}/[0-9]{{1,7}}{_LETTER}", f"short_form AND {_PNC_SHORT}"),
    ),
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={
        "pnc_id": Parameter("text", "the PNC ID: 2002/0073319Z, or short 02/73319Z"),
        "short_form": Parameter("truth", "whether the short form may stand", default="TRUE"),
    },
    references=(_PERSON_RECORD, _BICHARD),
    passing=(
        {"pnc_id": "2002/0073319Z", "short_form": "no"},
        {"pnc_id": "1979/0163001B", "short_form": "no"},
        {"pnc_id": "2000/0000223R", "short_form": "no"},
        {"pnc_id": "1981/0000034U", "short_form": "no"},
        {"pnc_id": "02/73319Z", "short_form": "yes"},
        {"pnc_id": "81/34U", "short_form": "yes"},
    ),
    failing=(
        {"pnc_id": "2001/0171310S", "short_form": "yes"},
        {"pnc_id": "2012/0052494O", "short_form": "yes"},
        {"pnc_id": "2003/0011985Z", "short_form": "yes"},
        {"pnc_id": "20020073319Z", "short_form": "yes"},
        {"pnc_id": "2002/73319Z", "short_form": "yes"},
        {"pnc_id": "02/73319Z", "short_form": "no"},
        {"pnc_id": "02/73319Y", "short_form": "yes"},
        {"pnc_id": "X", "short_form": "yes"},
    ),
    not_applicable=({"pnc_id": "", "short_form": "yes"},),
)

CRO = Check(
    code="IDN02",
    name="cro_wrong",
    title="CRO number that cannot exist",
    why="The CRO number says whose fingerprints are held. With a slip in it they are nobody's.",
    fix="Copy the CRO number from the fingerprint record, in the form 065656/91H or SF05/482703J.",
    fix_analyst="Do not link on these.",
    applies="supplied(cro)",
    requires=_formed(
        ("cro", f"[0-9]{{1,6}}/[0-9]{{2}}{_LETTER}", _CRO_PLAIN),
        ("cro", f"SF[0-9]{{2}}/[0-9]{{1,6}}{_LETTER}", _CRO_FILE),
    ),
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={"cro": Parameter("text", "the number of the Criminal Records Office")},
    references=(_PERSON_RECORD,),
    passing=({"cro": "065656/91H"}, {"cro": "65656/91H"}, {"cro": "SF05/482703J"}, {"cro": "SF83/50058Z"}),
    failing=({"cro": "85227/65G"}, {"cro": "065656/91J"}, {"cro": "SF83/050058Y"}, {"cro": "065656-91H"}, {"cro": "?"}),
    not_applicable=({"cro": ""},),
)

ASN = Check(
    code="IDN03",
    name="asn_wrong",
    title="Arrest summons number that cannot exist",
    why=(
        "The arrest summons number carries a charge from the custody desk through the court and back to the police "
        "computer. A result under a wrong one is put on nobody's record."
    ),
    fix="Write all 20 characters as custody gave them, without slashes, and correct it at the court too.",
    fix_analyst="Leave these results out of any link with arrests, and say how many there were.",
    applies="supplied(asn)",
    requires=_formed(("asn", f"[0-9]{{2}}[A-Z]?[0-9]{{2}}[A-Z0-9]{{4}}[0-9]{{11}}{_LETTER}", _ASN)),
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={"asn": Parameter("text", "the arrest summons number: year, force, unit, system, serial, check letter")},
    references=(_BICHARD,),
    passing=({"asn": "1101ZD0100000448754K"}, {"asn": "0836FP0100000377244A"}),
    failing=(
        {"asn": "1101ZD0100000448754L"},
        {"asn": "1101ZD0100000448745K"},
        {"asn": "11/01ZD/01/448754K"},
        {"asn": "1101ZD01448754K"},
        {"asn": "1101zd0100000448754k"},
    ),
    not_applicable=({"asn": ""},),
)

#: as Bichard tells them; every one of these forms has a right check letter or none at all
_DUMMIES = (
    "0800[NP]P[0-9]{13}[A-Z]|[0-9]{4}NRPR[0-9A-Z]{12}|[0-9]{2}12LN00[0-9]{11}[A-Z]|[0-9]{2}00NP00[0-9]{11}[A-Z]"
    "|[0-9]{2}6300[0-9]{13}[A-Z]|[0-9]{2}06SS[0-9A-Z]{2}[0-9]{11}[A-Z]|[0-9]{2}00XX[0-9A-Z]{2}[0-9]{11}[A-Z]"
    "|[0-9]{2}50(?:11|12|21|41|42|43|OF|SJ)[0-9A-Z]{2}[0-9]{11}[A-Z]"
)

DUMMY_ASN = Check(
    code="IDN04",
    name="dummy_asn",
    title="Dummy arrest summons number on a recordable offence",
    why=(
        "Court systems fill in a dummy, such as one beginning 0800NP00 or 0800PP00, where the real number is missing "
        "or mistyped. The result of a recordable offence then never reaches the person's record."
    ),
    fix="Find the real number in custody, have one created if there is none, and send the result again.",
    fix_analyst="Count these as results that cannot be linked; never link two of them with each other.",
    applies="supplied(asn) AND recordable",
    requires=f"NOT matches(asn, '{_DUMMIES}')",
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={
        "asn": Parameter("text", "the arrest summons number"),
        "recordable": Parameter("truth", "whether the police computer keeps a record of the offence", default="TRUE"),
    },
    references=(_BICHARD,),
    passing=(
        {"asn": "1101ZD0100000448754K", "recordable": "yes"},
        {"asn": "1150ZD0100000448754K", "recordable": "yes"},
        {"asn": "nonsense", "recordable": "yes"},
    ),
    failing=(
        {"asn": "0800NP0000000000001A", "recordable": "yes"},
        {"asn": "0800PP0111111111111A", "recordable": "yes"},
        {"asn": "1100NP0000000448754K", "recordable": "yes"},
        {"asn": "1150SJ0100000448754K", "recordable": "yes"},
    ),
    undetermined=({"asn": "0800PP0111111111111A", "recordable": ""},),
    not_applicable=(
        {"asn": "0800PP0111111111111A", "recordable": "no"},
        {"asn": "", "recordable": "yes"},
    ),
)

PTI_URN = Check(
    code="IDN05",
    name="pti_urn_wrong",
    title="Unique reference number (PTI-URN) not well-formed",
    why="The reference number is all that police, prosecution and court share on a case. Misspelt, the case is lost.",
    fix="Write it as FFSSnnnnnyy: force, station, five digits with leading noughts, two digits of the year.",
    fix_analyst="Do not match cases between agencies on these.",
    applies="supplied(urn)",
    requires="matches(urn, '[0-9]{2}[A-Z0-9]{2}[0-9]{7}')",
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={"urn": Parameter("text", "the unique reference number of the case: 01ZD0303208")},
    references=(_BICHARD,),
    passing=({"urn": "01ZD0303208"}, {"urn": "50110012324"}),
    failing=({"urn": "01ZD303208"}, {"urn": "01ZD/03032/08"}, {"urn": "ZD010303208"}, {"urn": "01zd0303208"}),
    not_applicable=({"urn": ""},),
)

UPN = Check(
    code="IDN06",
    name="upn_wrong",
    title="Unique pupil number that cannot exist",
    why="The pupil number follows a child from school to school and to social care. With a slip it follows nobody.",
    fix="Take the number from the school's register. If the child has none, give the reason in the field for that.",
    fix_analyst="Do not link on these.",
    applies="supplied(upn)",
    requires=_formed(
        (
            "upn",
            f"{_LETTER}[0-9]{{11}}[0-9A-HJ-NP-RT-Z]",
            f"place_in(substr(upn, 1, 1), '{_PUPIL}') - 1 = remainder({_UPN_DIGITS} + {_UPN_LAST}, 23)",
        )
    ),
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={"upn": Parameter("text", "the unique pupil number")},
    references=(_UPN,),
    passing=({"upn": "H801200001001"}, {"upn": "U80120000100A"}, {"upn": "C839200001001"}),
    failing=({"upn": "C801200001001"}, {"upn": "H801200001002"}, {"upn": "H80120000100"}, {"upn": "I801200001001"}),
    not_applicable=({"upn": ""},),
)

NHS_NUMBER = Check(
    code="IDN07",
    name="nhs_number_wrong",
    title="NHS number that cannot exist",
    why="One wrong digit gives a patient somebody else's notes, or none. The last digit is there to show it.",
    fix="Trace the number in the Personal Demographics Service. Write ten digits without blanks, or leave it out.",
    fix_analyst="Do not link on these.",
    applies="supplied(nhs_number)",
    requires=_formed(("nhs_number", "[0-9]{10}", f"nhs_number <> '0000000000' AND remainder({_NHS_SUM}, 11) = 0")),
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={"nhs_number": Parameter("text", "the NHS number")},
    references=(_NHS,),
    passing=({"nhs_number": "9434765870"}, {"nhs_number": "9434765919"}),
    failing=(
        {"nhs_number": "9434765871"},
        {"nhs_number": "943 476 5870"},
        {"nhs_number": "943476587"},
        {"nhs_number": "0000000000"},
    ),
    not_applicable=({"nhs_number": ""},),
)

NOMIS_ID = Check(
    code="IDN08",
    name="nomis_id_wrong",
    title="Prison number not well-formed",
    why="The prison number joins a person's time in prison with their time on probation.",
    fix="Copy it from the prison record: a letter, four digits, two letters.",
    fix_analyst="Do not link on these.",
    applies="supplied(nomis_id)",
    requires="matches(nomis_id, '[A-Z][0-9]{4}[A-Z]{2}')",
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={"nomis_id": Parameter("text", "the number that the prison system gives a person")},
    references=(_PERSON_RECORD,),
    passing=({"nomis_id": "A1234BC"},),
    failing=({"nomis_id": "A123BC"}, {"nomis_id": "a1234bc"}, {"nomis_id": "AB12345"}),
    not_applicable=({"nomis_id": ""},),
)

CRN = Check(
    code="IDN09",
    name="crn_wrong",
    title="Case reference number of probation not well-formed",
    why="Probation finds a person by this number alone.",
    fix="Copy it from the case record: a letter and six digits.",
    fix_analyst="Do not link on these.",
    applies="supplied(crn)",
    requires="matches(crn, '[A-Z][0-9]{6}')",
    dimension="validity",
    severity="error",
    priority="linking for reoffending",
    parameters={"crn": Parameter("text", "the case reference number of probation")},
    references=(_PERSON_RECORD,),
    passing=({"crn": "X123456"},),
    failing=({"crn": "X12345"}, {"crn": "123456X"}, {"crn": "X123 456"}),
    not_applicable=({"crn": ""},),
)

FORCE_IN_NUMBER = Check(
    code="IDN10",
    name="number_of_another_force",
    title="Reference number begins with another force's number",
    why="A case under another force's number is counted in the wrong area, or is missed in both.",
    fix="Check which force's case it is, then correct the number or the force.",
    fix_analyst="Count these cases apart where you compare areas.",
    applies="supplied(urn) AND valid(force) AND matches(urn, '[0-9]{2}[A-Z0-9]{2}[0-9]{7}')",
    # NOTE: two numbers belong to the Metropolitan Police.
    requires=(
        "substr(urn, 1, 2) = attribute(force, 'cjs') OR (substr(urn, 1, 2) = '02' AND attribute(force, 'cjs') = '01')"
    ),
    dimension="consistency",
    severity="query",
    priority="linking for reoffending",
    parameters={
        "urn": Parameter("text", "the unique reference number of the case"),
        "force": Parameter("code", "the force, with the attribute cjs: its two digits in the criminal justice system"),
    },
    references=(_BICHARD,),
    passing=(
        {"urn": "03ZD0303208", "force": "cjs=03"},
        {"urn": "02ZD0303208", "force": "cjs=01"},
    ),
    failing=({"urn": "02ZD0303208", "force": "cjs=03"}, {"urn": "03ZD0303208", "force": "cjs=01"}),
    not_applicable=(
        {"urn": "", "force": "cjs=03"},
        {"urn": "02ZD/0303208", "force": "cjs=03"},
        {"urn": "02ZD0303208", "force": "no such code"},
    ),
)
