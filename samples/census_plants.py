"""Children planted in an invented child in need return: each says which rules its records raise, or just miss.

It is no generator itself; child_in_need_census.py loads it by its path.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from samples import census
    from samples.census import Child, Plant, Year
else:
    census = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("census.py"))))

assessed, close, disabled, enquired = census.assessed, census.close, census.disabled, census.enquired
episode, planned, protected, upn = census.episode, census.planned, census.protected, census.upn


def _child(year: Year, number: int) -> Child:
    child = year.child(number)
    disabled(child, "HAND", "HEAR")
    return child


def _nothing_done(year: Year, number: int, referred: int = 300) -> Plant:
    """Make a child whose referral led to no further action."""
    child = _child(year, number)
    return census.Plant(child, e=episode(child, year.on(referred), "1"))


def _bare(year: Year, number: int, referred: int = 40) -> Plant:
    """Make a child with an open episode in which nothing is recorded yet."""
    child = _child(year, number)
    return census.Plant(child, e=episode(child, year.on(referred)))


def _found_nothing(year: Year, number: int) -> Plant:
    """Make a child whose episode was closed after an assessment without factors."""
    plant = _bare(year, number)
    plant.make("a", assessed(plant.records["e"], year.on(42), year.on(70), "21"))
    close(plant.records["e"], year.on(75), "RC8")
    return plant


def _open(year: Year, number: int) -> Plant:
    """Make a child with a completed assessment and an open plan."""
    plant = _bare(year, number)
    plant.make("a", assessed(plant.records["e"], year.on(42), year.on(70), "3B", "4B"))
    return plant.make("p", planned(plant.records["e"], year.on(75)))


def _closed(year: Year, number: int) -> Plant:
    """Make a child whose plan and episode ended."""
    plant = _open(year, number).put(p_CINPlanEndDate=year.on(190))
    close(plant.records["e"], year.on(200), "RC7")
    return plant


def _protected(year: Year, number: int) -> Plant:
    """Make a child on a protection plan, with enquiry, conference and review."""
    plant = _bare(year, number)
    made, held = plant.records["e"], year.on(year.working(55))
    plant.make("a", assessed(made, year.on(42), year.on(70), "3B", "4B"))
    plant.make("s", enquired(made, year.on(41), held, target=held))
    plant.make("c", protected(made, held))
    return plant.make("r", plant.records["c"].add("Reviews", CPPreviewDate=year.on(140)))


def _old(year: Year, number: int) -> Plant:
    """Make a child with an episode that began before the year."""
    plant = _bare(year, number, -100)
    return plant.make("a", assessed(plant.records["e"], year.on(-60), year.on(10), "3B"))


def _unborn(year: Year, number: int, expected: int = 380) -> Plant:
    child = year.unborn(number, expected)
    return census.Plant(child, e=episode(child, year.on(300), "1"))


def _of_the_child(year: Year, numbers: Iterator[int]) -> list[Plant]:
    """Plant what is wrong with, or almost wrong with, a child and its identifiers."""

    def of(base: Callable[[Year, int], Plant] = _nothing_done) -> Plant:
        return base(year, next(numbers))

    on, end, sex, unborn = year.on, year.end, year.sex, year.codes["unborn"]
    other = {"Sex": "GenderCurrent", "GenderCurrent": "Sex"}[sex]
    last = (end - year.start).days
    four = f"{year.year - 4}-08-31" if year.year >= 2025 else f"{year.year - 6}-03-31"
    after = f"{year.year - 4}-09-01" if year.year >= 2025 else f"{year.year - 6}-04-01"
    young = {"k_UPN": "", "k_UPNunknown": "UN1"}
    found = [
        of().put(k_LAchildID="").raises("CIN8500@k"),
        of().put(k_UPN="C801200001001").raises("CIN1510@k"),
        of().put(k_UPN=upn(next(numbers), last="A")).misses("CIN1510@k"),
        of().put(k_UPN=upn(next(numbers), "817")).raises("CIN1530@k"),
        of().put(k_UPN=upn(next(numbers), "941")).misses("CIN1530@k"),
        of().put(k_UPN="A8012x0001001").raises("CIN1540@k"),
        of().put(k_UPN="A80120000100I").raises("CIN1550@k"),
        of().put(k_FormerUPN="X98721238").raises("CIN1560Q@k"),
        of().put(k_FormerUPN="X98765432123B").misses("CIN1560Q@k"),
        of().drop("e").raises("CIN8590@k"),
        of(_bare).put(k_UPN="", k_UPNunknown="UN7").raises("CIN8772@k"),
        of().put(k_UPN="", k_UPNunknown="UN7").misses("CIN8772@k"),
        of(_bare).put(k_PersonBirthDate=four, **young).raises("CIN8770Q@k"),
        of(_bare).put(k_PersonBirthDate=after, **young).misses("CIN8770Q@k"),
        of(_bare).put(k_UPN="", k_UPNunknown="UN3").misses("CIN8770Q@k"),
        of().put(**{f"k_{sex}": ""}).raises("CIN4180@k CIN2886Q@k"),
        of().put(**{f"k_{sex}": "X"}).raises("CIN4180@k"),
        of().put(**{f"k_{sex}": unborn}).raises("CIN2886Q@k"),
        of().put(**{f"k_{other}": "1" if sex == "Sex" else "M"}).raises("CINSEX@k"),
        of(_unborn).put(**{f"k_{sex}": year.codes["male"]}).raises("CIN8750@k"),
        of(_unborn).misses("CIN8750@k CIN8525Q@k CIN2886Q@k"),
        of().put(k_PersonBirthDate=on(last + 1), **young).raises("CIN8520@k"),
        of().put(k_PersonBirthDate=on(last), **young).misses("CIN8520@k"),
        of().put(k_ExpectedPersonBirthDate=on(last + 10)).raises("CIN8525Q@k"),
        of().put(k_PersonBirthDate="").raises("CIN8525Q@k"),
        of(_unborn).put(k_ExpectedPersonBirthDate=on(last - 31)).raises("CIN8530Q@k"),
        of(_unborn).put(k_ExpectedPersonBirthDate=on(last - 30)).misses("CIN8530Q@k"),
        of().put(k_PersonBirthDate=on(320), k_PersonDeathDate=on(310), **young).raises("CIN8535Q@k"),
        of().put(k_PersonBirthDate=on(310), k_PersonDeathDate=on(310), **young).misses("CIN8535Q@k"),
        of(_bare).disabilities().raises("CIN8540@k"),
        of(_bare).disabilities("MOB", "XYZ").raises("CIN8540@k"),
        of().disabilities().misses("CIN8540@k"),
        of(_old).drop("a").put(k_PersonDeathDate=on(-1)).raises("CIN8545Q@k"),
        of(_old).drop("a").put(k_PersonDeathDate=on(0)).misses("CIN8545Q@k"),
        of(_bare).put(k_PersonBirthDate=f"{year.year - 25}-03-30").raises("CIN8775Q@k"),
        of(_bare).put(k_PersonBirthDate=f"{year.year - 25}-03-31").misses("CIN8775Q@k"),
        of().disabilities("HEAR", "NONE").raises("CIN8790@d1"),
        of().disabilities("HEAR", "LD", "HEAR").raises("CIN8794@d1 CIN8794@d3"),
    ]
    same, twice = of(), of()
    found += [same.raises("CIN8510@k"), of().put(k_LAchildID=same.child.cells["LAchildID"]).raises("CIN8510@k")]
    found += [twice.raises("CIN1520@k"), of().put(k_UPN=twice.child.cells["UPN"]).raises("CIN1520@k")]
    strange = of()
    strange.child.ethnicity = "White"
    found.append(strange.raises("CIN4220@k"))
    if year.year >= 2025:
        found += [
            of().put(k_LAchildID="X" * 21).raises("CIN1570@k"),
            of().put(k_LAchildID="Y" * 20).misses("CIN1570@k"),
            of().put(k_LAchildID=f"C-{next(numbers)}").raises("CIN1580@k"),
            of(_closed).factors("18A").raises("CIN8945Q@a"),
            of(_closed).factors("19A").raises("CIN8950Q@a"),
            of(_closed).factors("18B", "19C").misses("CIN8945Q@a CIN8950Q@a"),
        ]
    return found


def _of_the_episode(year: Year, numbers: Iterator[int]) -> list[Plant]:
    """Plant what is wrong with episodes, assessments and factors."""

    def of(base: Callable[[Year, int], Plant] = _bare) -> Plant:
        return base(year, next(numbers))

    def closed(plant: Plant, number: int, reason: str) -> Plant:
        close(plant.records["e"], on(number), reason)
        return plant

    def two(first: Plant, referred: int, nfa: str = "0") -> Plant:
        return first.make("e2", episode(first.child, on(referred), nfa))

    def again(plant: Plant, start: int, ended: int = 0) -> Plant:
        factors = ("4B",) if ended else ()
        return plant.make("a2", assessed(plant.records["e"], on(start), on(ended) if ended else "", *factors))

    def with_plan(plant: Plant, start: int, ended: int) -> Plant:
        return plant.make("p", planned(plant.records["e"], on(start), on(ended)))

    def with_enquiry(plant: Plant, start: int, held: int | None, flag: str) -> Plant:
        there = on(year.working(held)) if held is not None else ""
        return plant.make("s", enquired(plant.records["e"], on(start), there, flag))

    def protecting(plant: Plant, start: int) -> Plant:
        return plant.make("c", protected(plant.records["e"], on(start)))

    on = year.on
    last = (year.end - year.start).days
    working = {2023: -1, 2024: -1, 2025: -4}[year.year]  # the last working day before the year
    return [
        of(_nothing_done).put(e_CINreferralDate="").raises("CIN8600@e"),
        of(_nothing_done).put(e_CINreferralDate=on(last)).misses("CIN8600@e"),
        of(_unborn).put(k_ExpectedPersonBirthDate=on(last + 20), e_CINreferralDate=on(last - 261)).raises("CIN8606@e"),
        of(_unborn).put(k_ExpectedPersonBirthDate=on(last + 20), e_CINreferralDate=on(last - 260)).misses("CIN8606@e"),
        of(_nothing_done).put(k_PersonDeathDate=on(299)).raises("CIN8555Q@e"),
        of(_nothing_done).put(k_PersonDeathDate=on(300)).misses("CIN8555Q@e"),
        of(_nothing_done).put(e_ReferralNFA="").raises("CIN8568@e"),
        of(_nothing_done).put(e_ReferralNFA="TRUE").misses("CIN8568@e"),
        of(_nothing_done).put(e_CINreferralDate=on(working - 1)).raises("CIN8569Q@e"),
        of(_nothing_done).put(e_CINreferralDate=on(working)).misses("CIN8569Q@e"),
        closed(of(), 200, "RC2").raises("CIN8585Q@e"),
        closed(of(), 200, "RC2").put(k_PersonDeathDate=on(200)).misses("CIN8585Q@e"),
        of().put(e_PrimaryNeedCode="").raises("CIN8610@e"),
        of().put(e_PrimaryNeedCode="N11").raises("CIN8650@e"),
        of(_closed).put(e_CINclosureDate=on(last + 1)).raises("CIN8620@e"),
        of(_closed).put(e_CINclosureDate=on(last)).misses("CIN8620@e"),
        closed(of(), 39, "RC7").raises("CIN8630@e"),
        closed(of(), 40, "RC7").misses("CIN8630@e"),
        closed(of(), 200, "RC10").raises("CIN8640@e"),
        closed(of(), 200, "").raises("CIN8805@e"),
        of().put(e_ReasonForClosure="RC7").raises("CIN8810@e"),
        two(of(), 60).raises("CIN8815@e CIN8815@e2 CIN8816@e CIN8820@e2"),
        two(of(), 60, "1").raises("CIN8816@e CIN8820@e2"),
        two(closed(of(), 200, "RC7"), 150, "1").raises("CIN8820@e2"),
        two(closed(of(), 200, "RC7"), 200).misses("CIN8815@e2 CIN8816@e2 CIN8820@e2"),
        closed(of(), 200, "RC8").raises("CIN8825Q@e"),
        again(of(_nothing_done), 310, 330).raises("CIN8831@e"),
        protecting(of(_nothing_done), 310).raises("CIN8832@e CIN2885@c"),
        with_plan(of(_nothing_done), 310, 330).raises("CIN4000@e"),
        with_plan(of(_found_nothing), 60, 70).raises("CIN2990@e"),
        of(_found_nothing).misses("CIN2990@e CIN8825Q@e CIN8869@a CIN8873Q@a"),
        of(_closed).put(p_CINPlanEndDate=on(201)).raises("CIN8565@e"),
        of(_closed).put(p_CINPlanEndDate=on(200)).misses("CIN8565@e"),
        of().put(e_ReferralSource="1Z").raises("CIN8866@e"),
        of(_closed).factors().put(a_AssessmentAuthorisationDate="").raises("CIN8867@e CIN8670Q@a"),
        with_enquiry(of(_closed), 50, None, "false").raises("CIN8868@e CIN8675Q@s"),
        with_enquiry(of(_closed), 50, 60, "true").raises("CIN8868@e"),
        with_enquiry(of(_closed), 50, None, "true").misses("CIN8868@e CIN8675Q@s"),
        of(_open).put(a_AssessmentActualStartDate=on(39)).raises("CIN1103@a"),
        of(_open).put(a_AssessmentActualStartDate=on(40)).misses("CIN1103@a"),
        of(_open).put(a_AssessmentAuthorisationDate=on(41)).raises("CIN8608@a"),
        of(_old).put(a_AssessmentAuthorisationDate=on(-1)).raises("CIN8696@a"),
        of(_old).put(a_AssessmentAuthorisationDate=on(0)).misses("CIN8696@a"),
        again(of(_old), -5)
        .raises("CIN8736@a2 CIN8670Q@a2 CIN8863Q@a")
        .put(a_AssessmentActualStartDate=on(-5))
        .raises("CIN8736@a2 CIN8670Q@a2 CIN8863Q@a CIN8863Q@a2"),
        again(of(_open), 200).raises("CIN8670Q@a2"),
        again(of(_open), 350).misses("CIN8670Q@a2"),
        again(of(_open), 60, 80).raises("CIN8863Q@a2"),
        again(of(_open), 71, 80).misses("CIN8863Q@a2"),
        again(
            of(_open).factors().put(a_AssessmentAuthorisationDate="", a_AssessmentActualStartDate=on(340)), 345
        ).raises("CIN8896@a CIN8896@a2 CIN8863Q@a2"),
        of(_open).put(a_AssessmentAuthorisationDate="", a_AssessmentActualStartDate=on(350)).raises("CIN8614@a"),
        of(_open).factors().raises("CIN8897Q@a"),
        of(_open).factors("3B", "3D").raises("CIN8897Q@a"),
        of(_found_nothing).factors("21", "3B").raises("CIN8869@a"),
        of(_open).factors("3A", "3B", "3A").raises("CIN8898@a"),
        of(_open).factors("3A", "3B", "3C").misses("CIN8898@a CIN8897Q@a"),
        of(_closed).factors("21").raises("CIN8873Q@a"),
    ]


def _of_protection(year: Year, numbers: Iterator[int]) -> list[Plant]:
    """Plant what is wrong with enquiries, plans, protection and reviews."""

    def of(base: Callable[[Year, int], Plant] = _protected) -> Plant:
        return base(year, next(numbers))

    def with_plan(plant: Plant, start: int, ended: int = 0, letter: str = "p") -> Plant:
        return plant.make(letter, planned(plant.records["e"], on(start), on(ended) if ended else ""))

    def enquiring(plant: Plant, letter: str, start: int, held: int | None = None, flag: str = "false") -> Plant:
        there = on(year.working(held)) if held is not None else ""
        return plant.make(letter, enquired(plant.records["e"], on(start), there, flag))

    def again(plant: Plant, start: int) -> Plant:
        return plant.make("c2", protected(plant.records["e"], on(start)))

    on, held = year.on, year.working(55)
    last, saturday = (year.end - year.start).days, held + 5 - (year.start + held * census.DAY).weekday()
    early = year.working(20)
    both = {"s_DateOfInitialCPC": on(early), "c_CPPstartDate": on(early)}
    return [
        of().put(**both).raises("CIN1104@s CIN8615@s CIN1105@c"),
        of().misses("CIN1104@s CIN1105@c CIN2885@c CIN8841@r"),
        of().put(s_S47ActualStartDate=on(39)).raises("CIN2889@s"),
        of().put(e_DateOfInitialCPC=on(held)).raises("CIN2884@s"),
        of().put(e_DateOfInitialCPC=on(held + 1)).misses("CIN2884@s"),
        of().drop("a").raises("CIN2991Q@s"),
        of().put(s_S47ActualStartDate=on(held + 1)).raises("CIN8615@s"),
        of().put(s_S47ActualStartDate=on(held)).misses("CIN8615@s"),
        enquiring(of(_old), "s", -60, -30).raises("CIN8715@s"),
        enquiring(of(_old), "s", -5).raises("CIN8740@s CIN8675Q@s"),
        enquiring(of(_open), "s", last - 10).misses("CIN8675Q@s"),
        enquiring(enquiring(of(_open), "s", last - 10), "s2", last - 8).raises("CIN8839@s CIN8839@s2 CIN8890@s2"),
        of().put(s_InitialCPCtarget=on(saturday)).raises("CIN8870Q@s"),
        of().put(s_DateOfInitialCPC=on(saturday + 1), c_CPPstartDate=on(saturday + 1)).raises("CIN8875@s"),
        enquiring(of(), "s2", held, None, "true").raises("CIN8890@s2"),
        enquiring(of(), "s2", held + 1, None, "true").misses("CIN8890@s2"),
        of(_closed).put(p_CINPlanStartDate="").raises("CIN4010@p"),
        of(_open).put(p_CINPlanStartDate=on(last + 1)).raises("CIN4010@p"),
        of(_open).put(p_CINPlanStartDate=on(last)).misses("CIN4010@p"),
        of(_closed).put(p_CINPlanEndDate=on(74)).raises("CIN4011@p"),
        of(_closed).put(p_CINPlanEndDate=on(75)).raises("CIN4012Q@p"),
        of(_open).put(p_CINPlanEndDate=on(last + 1)).raises("CIN4013@p"),
        of(_open).put(p_CINPlanEndDate=on(last)).misses("CIN4013@p"),
        of(_closed).put(p_CINPlanStartDate=on(39)).raises("CIN4015@p"),
        of(_open).put(k_PersonDeathDate=on(74)).raises("CIN4008@p"),
        of(_open).put(k_PersonDeathDate=on(75)).misses("CIN4008@p"),
        of(_closed).put(k_PersonDeathDate=on(189)).raises("CIN4009Q@p"),
        with_plan(of(_open), 90, letter="p2").raises("CIN4004@p CIN4004@p2 CIN4014@p2"),
        with_plan(of(_closed), 190, 195, "p2").raises("CIN4014@p2"),
        with_plan(of(_closed), 191, 195, "p2").misses("CIN4014@p2"),
        with_plan(of(), held - 5).raises("CIN4001@p CIN4017@c CIN4003@r"),
        with_plan(of(), held - 5, held + 1).raises("CIN4017@c"),
        with_plan(of(), held - 5, held).misses("CIN4017@c"),
        with_plan(of().put(c_CPPendDate=on(200)), 199, 210).raises("CIN4016@p"),
        with_plan(of().put(c_CPPendDate=on(200)), 200, 210).misses("CIN4016@p CIN4001@p"),
        with_plan(of(), 139, 200).raises("CIN4016@p CIN4003@r"),
        of().put(c_CPPstartDate="").raises("CIN8720@c"),
        of().put(c_NumberOfPreviousCPP="").raises("CIN8730@c"),
        of().put(c_InitialCategoryOfAbuse="").raises("CIN8905@c"),
        of().put(c_LatestCategoryOfAbuse="ABC").raises("CIN8910@c"),
        of().put(c_CPPstartDate=on(held + 1)).raises("CIN2885@c"),
        of().drop("r").put(c_CPPendDate=on(held)).raises("CIN8840@c"),
        of().drop("r").put(c_CPPendDate=on(held + 1)).misses("CIN8840@c CIN8925@c"),
        of().drop("r").put(c_CPPendDate=on(held - 1)).raises("CIN8925@c"),
        of().put(c_CPPendDate=on(last + 1)).raises("CIN8930@c"),
        of().put(c_CPPendDate=on(last)).misses("CIN8930@c"),
        of().put(k_PersonDeathDate=on(held - 1)).raises("CIN8915@c"),
        of().put(c_CPPendDate=on(200), k_PersonDeathDate=on(199)).raises("CIN8920@c"),
        of().put(c_CPPendDate=on(200), k_PersonDeathDate=on(200)).misses("CIN8920@c"),
        again(of(), held).raises("CIN8935@c CIN8935@c2 CIN8940@c CIN8940@c2"),
        again(of().put(c_CPPendDate=on(200)), 150).raises("CIN8940@c2 CIN2885@c2"),
        of().put(r_CPPreviewDate="").raises("CIN8842Q@r"),
        of().put(r_CPPreviewDate=on(held)).raises("CIN8841@r"),
        of().put(r_CPPreviewDate=on(held + 1)).misses("CIN8841@r"),
    ]


def planted(year: Year, numbers: Iterator[int]) -> list[Plant]:
    """Make one of every plant.

    Args:
        year: the census year; some rules begin with a year.
        numbers: gives each child a number that no other has.
    """
    return [p for part in (_of_the_child, _of_the_episode, _of_protection) for p in part(year, numbers)]
