"""Suites of any length for the same extract: the twenty rules, and variations of them as long suites have them.

Each variation is written twice: in the rule language of everycase, and as SQL over the typed table of
`handwritten.py`. Five in a row are two conditions on values that no rule before put (another age, another gap of days,
another day, another part of the reference), two on sets of codes, and one on how complete a field is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain, cycle, islice
from typing import TYPE_CHECKING

import handwritten
from codes import CHILDREN, COLUMNS, CONNECTED, ENUMS, FORCES, LABELS, MEN, PARENTS, SPOUSES, UNKNOWN, WOMEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

KINDS = {"values": "a condition on values", "codes": "a set of codes", "tiers": "how complete a field is"}
ORDER = ("values", "codes", "values", "tiers", "codes")
PARTNERS = LABELS[: LABELS.index("Mother")]
RELATIVES = LABELS[LABELS.index("Mother") : LABELS.index("Friend")]


@dataclass(frozen=True, slots=True)
class Test:
    """One condition, in the rule language and by hand; "" by hand is true always."""

    ours: str
    by_hand: str


@dataclass(frozen=True, slots=True)
class Variation:
    """One rule more.

    Attributes:
        kind: one of KINDS: what is new about it.
    """

    code: str
    kind: str
    applies: Test
    requires: Test


ALWAYS = Test("TRUE", "")


def listed(field: str, codes: Iterable[str]) -> Test:
    """Ask whether a code is one of some; unknown for a blank and for a code that is not in its list."""
    codes = tuple(codes)
    return Test(f"{field} IN ({', '.join(map(repr, codes))})", handwritten.among(field, codes))


def not_listed(field: str, codes: Iterable[str]) -> Test:
    """Ask the contrary."""
    test = listed(field, codes)
    return Test(f"NOT {test.ours}", f"NOT ({test.by_hand})")


def supplied(field: str) -> Test:
    """Ask whether a cell is filled."""
    return Test(f"supplied({field})", "ref IS NOT NULL" if field == "ref" else f"{field}_s")


def valid(field: str) -> Test:
    """Ask whether a cell is listed or well-formed."""
    return Test(f"valid({field})", f"{field} IS NOT NULL")


def known(field: str) -> Test:
    """Ask whether a cell gives an answer."""
    answers = [c for c in ENUMS[field] if c not in UNANSWERED.get(field, ())]
    return Test(f"known({field})", f"COALESCE({handwritten.among(field, answers)}, FALSE)")


UNANSWERED = {"flag": ("U",), "victim_sex": ("0",), "suspect_known": ("U",), "suspect_sex": ("0",),
              "relationship": ("Not known", "Refused")}  # fmt: skip
assert {name: len(codes) for name, codes in UNANSWERED.items()} == UNKNOWN  # noqa: S101 - two lists of one thing

FLAGGED = Test("says(flag, 'yes')", "flagged")
SUSPECT = Test("suspect_is_known", "known_suspect")


def aged(who: str, years: int) -> Test:
    """Ask whether somebody was of an age at the incident."""
    return Test(f"at_least({who}_age, {years})", f"{who}_whole >= {years * 10_000}")


def not_aged(who: str, years: int) -> Test:
    """Ask whether somebody was younger."""
    return Test(f"NOT at_least({who}_age, {years})", f"{who}_whole < {years * 10_000}")


def recorded_within(days: int) -> Test:
    """Ask whether an incident was recorded at most so many days later."""
    return Test(f"days_between(incident, recorded) <= {days}", f"lag <= {days}")


def within(first: str, second: str, days: int) -> Test:
    """Ask whether one day lies at most so many days after another."""
    return Test(f"days_between({first}, {second}) <= {days}", f"{second} - {first} <= {days}")


def beyond(first: str, second: str, days: int) -> Test:
    """Ask whether one day lies at least so many days after another."""
    return Test(f"days_between({first}, {second}) >= {days}", f"{second} - {first} >= {days}")


def since(field: str, day: str) -> Test:
    """Ask whether a date is not before a day."""
    return Test(f"{field} >= '{day}'", f"{field} >= DATE '{day}'")


def until(field: str, day: str) -> Test:
    """Ask whether a date is not after a day."""
    return Test(f"{field} <= '{day}'", f"{field} <= DATE '{day}'")


def _offences(number: int) -> list[str]:
    """Give one of the twelve chapters of offences."""
    start = number % 12 * 10
    return ENUMS["offence"][start : start + 10]


def _values() -> Iterator[tuple[Test, Test]]:
    groups = cycle((listed("relationship", SPOUSES), FLAGGED, listed("relationship", PARENTS), SUSPECT, ALWAYS,
                    listed("relationship", PARTNERS), listed("offence", _offences(3)),
                    listed("relationship", CHILDREN)))  # fmt: skip
    lists = (
        [("age", who, years) for years in (10, 18, 12, 21, 14, 25, 13, 60, 30, 17, 65, 40, 11, 50, 70, 35, 75, 45)
         for who in ("victim", "suspect")],
        [("gap", "incident", days) for days in (30, 7, 60, 14, 88, 1, 45, 21, 75, 3, 28, 56, 35, 10, 70, 84)],
        [("day", *pair) for pair in zip(
            cycle(("recorded", "incident", "victim_born", "suspect_born")),
            ("2025-03-31", "2024-11-01", "1930-01-01", "2013-12-31", "2025-06-30", "2025-01-01", "1945-05-08",
             "2009-08-31", "2025-09-30", "2025-02-28", "1955-01-01", "1999-12-31", "2025-10-31", "2025-05-04",
             "1965-01-01", "1990-06-30", "2025-07-31", "2025-08-15", "1975-01-01", "1985-09-01"), strict=False)],
        [("older", years) for years in (10, 60, 12, 50, 14, 40, 16, 30, 20, 25)],
        [("ref", start) for start in ("CR/2025/", "CR/2025/0", "CR/2025/00", "CR/20", "CR/2025/000", "C")],
    )  # fmt: skip
    turns = chain.from_iterable(zip(*(_endless(items) for items in lists), strict=False))
    seen = set()
    for item in turns:
        if item is None or item in seen:
            if len(seen) == sum(map(len, lists)):
                return
            continue
        seen.add(item)
        yield _value(next(groups), *item)


def _endless(items: list[tuple[str, ...]]) -> Iterator[tuple[str, ...] | None]:
    yield from items
    yield from cycle((None,))


def _value(group: Test, kind: str, *rest: str | int) -> tuple[Test, Test]:
    """Write one new condition on values; ages and gaps are asked of a group of records."""
    match kind, *rest:
        case "age", str(who), int(years):
            return group, (aged(who, years) if years < 45 else not_aged(who, years))
        case "gap", _, int(days):
            return group, recorded_within(days)
        case "day", str(field), str(day):
            return group, (since if field in {"incident", "victim_born"} else until)(field, day)
        case "older", int(years):
            days = years * 365
            if years <= 20:
                return listed("relationship", PARENTS), beyond("victim_born", "suspect_born", days)
            return listed("relationship", PARTNERS), within("victim_born", "suspect_born", days)
    start = str(rest[0])
    return supplied("ref"), Test(f"starts_with(ref, '{start}')", f"starts_with(ref, '{start}')")


def _codes() -> Iterator[tuple[Test, Test]]:
    sexes = {"victim_sex": ("1", "2"), "suspect_sex": ("1", "2", "9")}
    for n in range(12):
        yield listed("offence", _offences(n)), not_listed("relationship", LABELS[19 - n % 4 : 21])
        yield listed("relationship", (LABELS[n],)), (FLAGGED if n % 3 else listed("victim_sex", sexes["victim_sex"]))
        yield listed("force", FORCES[n * 3 : n * 3 + 3]), listed("offence", ENUMS["offence"][: 60 + n * 5])
        yield FLAGGED, not_listed("offence", _offences(n)[:5])
        yield listed("offence", _offences(n)[:3]), listed("relationship", CONNECTED[: 8 + n % 8])
        yield listed("relationship", (WOMEN + MEN)[n : n + 1]), listed("suspect_sex", sexes["suspect_sex"][: 1 + n % 3])
        yield listed("suspect_known", ("Y",)), not_listed("relationship", (LABELS[n + 4], LABELS[n + 10]))


def _tiers() -> Iterator[tuple[Test, Test]]:
    existing = {(applies, requires) for applies, requires in handwritten.RULES.values()}
    conditions = (ALWAYS, FLAGGED, SUSPECT, listed("offence", _offences(0)), listed("relationship", PARTNERS),
                  listed("relationship", RELATIVES))  # fmt: skip
    for condition in conditions:
        for field in COLUMNS[1:]:
            tests = [supplied(field), known(field) if field in UNANSWERED else valid(field)]
            for test in tests:
                if (condition.by_hand, test.by_hand) not in existing:
                    yield condition, test


def more(number: int) -> list[Variation]:
    """Give so many variations, the kinds in turn."""
    kinds = {"values": _values(), "codes": _codes(), "tiers": _tiers()}
    return [Variation(f"VAR{n:03}", kind, *next(kinds[kind])) for n, kind in enumerate(islice(cycle(ORDER), number), 1)]


def mix(variations: Iterable[Variation]) -> Mapping[str, int]:
    """Count the variations by kind."""
    return Counter(v.kind for v in variations)


def rules(number: int) -> dict[str, tuple[str, str]]:
    """Give a suite of so many rules by hand: the twenty, and variations."""
    extra = more(number - len(handwritten.RULES))
    return {**handwritten.RULES, **{v.code: (v.applies.by_hand, v.requires.by_hand) for v in extra}}


def suite(text: str, number: int) -> str:
    """Add variations to the text of the suite of twenty rules, until there are so many."""
    added = []
    for v in more(number - len(handwritten.RULES)):
        applies, requires = (test.ours.replace('"', "'") for test in (v.applies, v.requires))
        added.append(
            f"  - code: {v.code}\n    name: {v.code.lower()}\n    title: {KINDS[v.kind].capitalize()}\n"
            f"    why: To be measured.\n    fix: None; the record is made up.\n"
            f'    applies: "{applies}"\n    requires: "{requires}"\n'
            f"    dimension: consistency\n    severity: query\n    references: [{{title: Made up for the benchmark}}]\n"
            f"    failing:\n      - {{ref: made up}}\n"
        )
    return text.rstrip("\n") + "\n" + "".join(added)
