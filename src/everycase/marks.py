"""Marks and profiles: what rules can tell of a record, as small whole numbers.

All questions about one field are answered by one **mark**, its number among the classes of codes that no rule tells
apart; a condition is a mark of three. The marks that a few rules need together make one number, the **profile** of a
record. However many records there are, there are few profiles: records are counted by profile, and rules are judged
once a profile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Protocol

from everycase.coded import Columns

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from everycase.questions import Question
    from everycase.suites import FieldSpec

#: The most profiles that rules counted together may have. More makes fewer columns to write and more kinds to count;
#: measured at 1M and 10M rows, 2,000 to 16,000 are alike and 60,000 is slower.
MOST_PROFILES = 4096

Answer = bool | None


class EngineColumns(Columns, Protocol):
    """What an engine that reads records must write beside the columns themselves."""

    def keep(self, field: FieldSpec) -> None:
        """Have the value of a field kept, for whoever reads it after the rules were judged."""

    def digit(self, field: FieldSpec, classes: Classes) -> str:
        """Write the class that a field's cell falls into, a whole number from 0."""

    def placed_digit(self, digit: str, table: Sequence[int], offset: int) -> str:
        """Write what stands in a table of small numbers at a digit, moved up by some bits."""

    def placed_answer(self, condition: str, offset: int) -> str:
        """Write 0 where a condition is false, 1 where it is true and 2 where it is unknown, moved up by some bits."""

    def together(self, marks: Sequence[str]) -> str:
        """Write the number that has the bits of all marks, of which no two have any in common."""

    def group(self, field: FieldSpec) -> tuple[str, list[str] | None]:
        """Write what records are grouped by, and the groups if they are written as numbers."""


_CONDITION: tuple[Answer, ...] = (False, True, None)


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes that a field's cell falls into, numbered from 0: all cells of a class give the same answers.

    Attributes:
        codes: listed code in force -> class, the codes that mean the same standing together.
        other: class of what is well-formed and in no list.
        blank: class of a cell with nothing in it.
        wrong: class of what the list does not hold, or what is ill-formed.
        answers: question -> answer of each class.
    """

    codes: Mapping[str, int]
    other: int
    blank: int
    wrong: int
    answers: Mapping[str, tuple[Answer, ...]]

    @property
    def size(self) -> int:
        """Count the classes."""
        return 1 + max(self.other, self.blank, self.wrong, *self.codes.values(), 0)

    def coarser(self, other: Classes) -> list[int]:
        """Give, for each class of this, the class of another that asks less."""
        pairs = [(self.codes[c], other.codes[c]) for c in self.codes]
        pairs += [(self.other, other.other), (self.blank, other.blank), (self.wrong, other.wrong)]
        found = dict(pairs)
        return [found[number] for number in range(self.size)]


def codes_in_force(spec: FieldSpec, day: dt.date | None) -> list[str]:
    """List the codes in force so that those with the same meaning stand together, and membership is a range."""
    if spec.codelist is None:
        return []
    codes = [c for c in spec.codelist.codes.values() if day is None or c.in_force(day)]
    alike = sorted(codes, key=lambda c: (c.standing, sorted(c.attributes.items()), c.concept or "", c.code))
    return [c.code for c in alike]


def classes_of(spec: FieldSpec, day: dt.date | None, asked: Mapping[str, Question]) -> Classes:
    """Put the cells of a field into classes, given the questions about it."""
    numbers: dict[tuple[Answer, ...], int] = {}

    def number(kind: str, code: str | None = None) -> int:
        vector = tuple(_answer(q, kind, code) for q in asked.values())
        return numbers.setdefault(vector, len(numbers))

    codes = {code: number("good", code) for code in codes_in_force(spec, day)}
    # NOTE: a closed list has no other values; to class them with its last code costs nothing.
    closed = bool(codes) and spec.codelist is not None and not spec.codelist.open
    other = next(reversed(codes.values())) if closed else number("good")
    blank = number("blank")
    wrong = number("wrong")
    answers = {name: tuple(vector[i] for vector in numbers) for i, name in enumerate(asked)}
    return Classes(codes, other, blank, wrong, answers)


def _answer(question: Question, kind: str, code: str | None) -> Answer:
    match question.kind:
        case "supplied":
            return kind != "blank"
        case "typed":
            return kind == "good"
    return code in question.codes if kind == "good" else None


@dataclass(slots=True)
class Profile:
    """Rules and fields that are counted together, and the marks that make up the profile of a record for them.

    Attributes:
        asked: the questions that its rules and fields ask.
        wanted: what asks them, each a position among those that `gather` was given.
    """

    asked: frozenset[str] = frozenset()
    wanted: list[int] = field(default_factory=list)
    late: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Some bits of a profile.

    Attributes:
        source: SQL of a condition, or of the class of a cell.
        table: class of the cell -> digit; None for a condition.
        size: how many digits there are.
        offset: where its bits begin.
        answers: question -> answer of each digit.
        fields: what it reads.
        late: it counts records against each other, so that all must have been read before.
    """

    source: str
    table: tuple[int, ...] | None
    size: int
    offset: int
    answers: Mapping[str, tuple[Answer, ...]]
    fields: frozenset[str]
    late: bool = False

    @property
    def end(self) -> int:
        """Give where its bits end."""
        return self.offset + (self.size - 1).bit_length()

    def sql(self, columns: EngineColumns) -> str:
        """Write it, in its place, over the typed relation."""
        if self.table is None:
            return columns.placed_answer(self.source, self.offset)
        return columns.placed_digit(self.source, self.table, self.offset)


class Marks:
    """The marks of a plan, each worked out once however many profiles it is part of.

    Args:
        questions: every question that a rule or field may ask, by name.
        day: the day on which a code must be in force.
        columns: writes the digits of fields for the engine.
    """

    def __init__(self, questions: Mapping[str, Question], day: dt.date | None, columns: EngineColumns) -> None:
        self.questions = questions
        self.day = day
        self.columns = columns
        self._products: dict[frozenset[str], int] = {}
        self._sizes: dict[tuple[str, frozenset[str]], int] = {}
        self._finest: dict[str, Classes] = {}

    def size(self, asked: Iterable[str]) -> int:
        """Count the profiles that a set of questions can tell apart."""
        key = frozenset(asked)
        if key not in self._products:
            self._products[key] = prod(self._size(owner, names) for owner, names in self._owned(key).items())
        return self._products[key]

    def is_late(self, asked: Iterable[str]) -> bool:
        """Say whether a question among these counts records against each other."""
        return any(self.questions[name].windows for name in asked)

    def gather(self, wants: Sequence[frozenset[str]], most: int = MOST_PROFILES) -> list[Profile]:
        """Put what asks similar questions together, so that few profiles are kept of each record.

        Args:
            wants: what each rule or field asks.
            most: profiles that may be counted together; who alone asks for more is alone.
        """
        order = sorted(range(len(wants)), key=lambda i: (-self.size(wants[i]), i))
        found: list[Profile] = []
        for position in order:
            asked, late = wants[position], self.is_late(wants[position])
            best: tuple[float, Profile] | None = None
            for profile in found:
                size = self.size(profile.asked | asked) if profile.late == late else most + 1
                growth = size / self.size(profile.asked)
                if size <= most and (best is None or growth < best[0]):
                    best = growth, profile
                if growth == 1:
                    break
            if best is None:
                best = 0.0, Profile(late=late)
                found.append(best[1])
            best[1].asked |= asked
            best[1].wanted.append(position)
        return found

    def of(self, profiles: Sequence[Profile]) -> list[tuple[Mark, ...]]:
        """Write the marks of each profile.

        The finest classes that any profile needs of a field are worked out from its cell, coarser ones from those.
        """
        every = self._owned({name for profile in profiles for name in profile.asked})
        specs = {owner: self._spec(names) for owner, names in every.items()}
        self._finest = {owner: self._classes(spec, every[owner]) for owner, spec in specs.items() if spec is not None}
        return [tuple(self._marks(p.asked)) for p in profiles]

    def _marks(self, asked: frozenset[str]) -> Iterator[Mark]:
        offset = 0
        for owner, names in sorted(self._owned(asked).items()):
            mark = self._mark(owner, names, offset)
            offset = mark.end
            yield mark

    def _mark(self, owner: str, names: frozenset[str], offset: int) -> Mark:
        spec = self._spec(names)
        if spec is None:
            (name,) = names
            asked = self.questions[name]
            return Mark(asked.sql, None, 3, offset, {name: _CONDITION}, asked.fields, bool(asked.windows))
        finest, classes = self._finest[owner], self._classes(spec, names)
        digit, table = self.columns.digit(spec, finest), tuple(finest.coarser(classes))
        return Mark(digit, table, classes.size, offset, classes.answers, frozenset({spec.name}))

    def _spec(self, names: Iterable[str]) -> FieldSpec | None:
        return self.questions[next(iter(names))].field

    def _classes(self, spec: FieldSpec, names: frozenset[str]) -> Classes:
        return classes_of(spec, self.day, {name: self.questions[name] for name in sorted(names)})

    def _size(self, owner: str, names: frozenset[str]) -> int:
        key = owner, names
        if key not in self._sizes:
            spec = self._spec(names)
            self._sizes[key] = 3 if spec is None else self._classes(spec, names).size
        return self._sizes[key]

    def _owned(self, asked: Iterable[str]) -> dict[str, frozenset[str]]:
        """Sort questions by the mark that answers them: one a field, one a condition."""
        found: dict[str, set[str]] = {}
        for name in asked:
            spec = self.questions[name].field
            found.setdefault(f"field {spec.name}" if spec is not None else name, set()).add(name)
        return {owner: frozenset(names) for owner, names in found.items()}


def answers_sql(profile: str, marks: Sequence[Mark]) -> list[str]:
    """Write the select list that gives back, from the number of a profile, the answer to each question."""
    columns = []
    for mark in marks:
        digit = f"(({profile} >> {mark.offset}) & {(1 << (mark.end - mark.offset)) - 1})"
        columns += [f"{_answered(digit, answers)} AS {name}" for name, answers in mark.answers.items()]
    return columns


def _answered(digit: str, answers: Sequence[Answer]) -> str:
    words = {True: "TRUE", False: "FALSE", None: "NULL"}
    if len(set(answers)) == 1:
        return f"CAST({words[answers[0]]} AS BOOLEAN)"
    return f"([{', '.join(words[a] for a in answers)}]::BOOLEAN[])[{digit} + 1]"
