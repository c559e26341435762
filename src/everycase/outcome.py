"""What a run found, as frozen counts.

A rule judges a record in one of three ways: passing, failing or undetermined, and
`applicable = passing + failing + undetermined`, always. Its status is the first of these that is true:

* could_not_check: something stopped it, or nothing could be judged although it applied to something;
* not_applicable: it applied to no record;
* failed: more of the judged records fail than its threshold allows;
* passed.

A source and a run are could_not_check if anything in them is, else failed if a rule at or above the severity
asked for failed, else passed. A query of which the owner explained every failing record beyond what is allowed, by a
coded reason, stays failed and fails nothing. Where every rule was not applicable the source could not be checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycase.scoring.settings import Scoring

SCHEMA_VERSION = "1.0"


class Status(StrEnum):
    """The four answers of a rule; a source and a run have the first, third and fourth."""

    COULD_NOT_CHECK = "could_not_check"
    NOT_APPLICABLE = "not_applicable"
    FAILED = "failed"
    PASSED = "passed"


RANK: dict[str, int] = {"error": 0, "query": 1, "warning": 2}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records a rule judged and how.

    >>> Counts(passing=3, failing=1, undetermined=2).applicable
    6
    """

    passing: int = 0
    failing: int = 0
    undetermined: int = 0

    @property
    def applicable(self) -> int:
        """Count the records to which the rule applies or may apply."""
        return self.passing + self.failing + self.undetermined

    @property
    def judged(self) -> int:
        """Count the records that could be judged; the denominator of the failing share."""
        return self.passing + self.failing

    @property
    def share(self) -> float | None:
        """Give failing over judged, 0 to 1; None where nothing was judged."""
        return self.failing / self.judged if self.judged else None

    def __add__(self, other: Counts) -> Counts:
        """Add the counts of two disjoint sets of records."""
        return Counts(
            self.passing + other.passing, self.failing + other.failing, self.undetermined + other.undetermined
        )

    def status(self, threshold: float) -> Status:
        """Say what these counts mean under a threshold."""
        if self.applicable == 0:
            return Status.NOT_APPLICABLE
        if self.judged == 0:
            return Status.COULD_NOT_CHECK
        # NOTE: compared as products, so that a share exactly at its threshold is not lost to rounding.
        return Status.FAILED if self.failing > threshold * self.judged + 1e-9 else Status.PASSED


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """A rule and what became of it.

    Attributes:
        reason: why it could not be checked or did not apply; "" otherwise.
        applies, requires: its predicates; "" where it is no rule of two predicates.
        bindings: what the names in them stand for, where they are a check's own.
        references: where it comes from.
        explained: reason code -> failing records that the owner gave it for.
    """

    code: str
    title: str
    severity: str
    dimension: str
    threshold: float
    counts: Counts
    status: Status
    reason: str = ""
    official: str = ""
    fix: str = ""
    place: str = ""
    priority: str = ""
    why: str = ""
    applies: str = ""
    requires: str = ""
    bindings: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...] = ()
    explained: tuple[tuple[str, int], ...] = ()

    @property
    def settled(self) -> bool:
        """Whether a query has a reason for every failing record beyond what is allowed; an error never has."""
        given = sum(n for _, n in self.explained)
        left = Counts(self.counts.passing + given, self.counts.failing - given)
        return self.severity == "query" and given > 0 and left.status(self.threshold) is Status.PASSED


NOT_KNOWN = ("blank", "invalid", "unmapped", "not_known", "not_stated", "not_applicable")


@dataclass(frozen=True, slots=True)
class FieldTally:
    """The three tiers of a field over the records in which it is required.

    Attributes:
        applicable: records in which it is required.
        undetermined: records in which it cannot be told whether it is; not part of `applicable`.
        supplied: not blank.
        valid: in the list, or well-formed and plausible.
        known: valid and a real answer, `indeterminate` among them.
        not_known: applicable less known, split: blank, invalid, unmapped, not_known, not_stated and
            not_applicable (claimed so by its code, which shrinks no denominator).
        forced: of those, the ones that another rule forces to be unknown; the rest is avoidable.
        default: valid answers that a system fills in by itself.
    """

    records: int = 0
    applicable: int = 0
    undetermined: int = 0
    supplied: int = 0
    valid: int = 0
    known: int = 0
    indeterminate: int = 0
    not_known: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(NOT_KNOWN, 0))
    forced: int = 0
    default: int = 0

    @property
    def avoidable(self) -> int:
        """Count the unknown answers that nothing forces."""
        return self.applicable - self.known - self.forced

    def __add__(self, other: FieldTally) -> FieldTally:
        """Add the tallies of two disjoint sets of records."""
        return FieldTally(
            records=self.records + other.records,
            applicable=self.applicable + other.applicable,
            undetermined=self.undetermined + other.undetermined,
            supplied=self.supplied + other.supplied,
            valid=self.valid + other.valid,
            known=self.known + other.known,
            indeterminate=self.indeterminate + other.indeterminate,
            not_known={k: self.not_known[k] + other.not_known[k] for k in NOT_KNOWN},
            forced=self.forced + other.forced,
            default=self.default + other.default,
        )


@dataclass(frozen=True, slots=True)
class FieldOutcome:
    """A field, its tally and, where they may be shown, the codes that its list does not hold.

    Attributes:
        unmapped_values: (value, times) of what looks like a code and occurs often; the rest is `other_values`.
        distinct_unmapped: how many different values the list does not hold.
        expected: whether any record may need it.
    """

    name: str
    title: str
    tally: FieldTally
    missing: bool = False
    reason: str = ""
    unmapped_values: tuple[tuple[str, int], ...] = ()
    distinct_unmapped: int = 0
    other_values: int = 0
    pilot: bool = False
    expected: bool = True


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """The same counts for the records of one group: an area, or a month."""

    field: str
    value: str
    meaning: str
    records: int
    fields: Mapping[str, FieldTally]
    rules: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Repair:
    """Something that reading had to put right; never a record value."""

    kind: str
    detail: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class ExtractFacts:
    """Which bytes were read. `name` is the file's name without its folder."""

    name: str
    sha256: str = ""
    bytes: int = 0
    rows: int = 0
    reader: str = ""
    repairs: tuple[Repair, ...] = ()
    extra_columns: int = 0
    files: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a source could not be checked: what, where, what instead, and the page to read."""

    slug: str
    message: str
    where: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One of several tables of a source; its fields are called `table.field`."""

    name: str
    title: str
    records: int


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """One of several files that make up an extract, checked by itself.

    Attributes:
        name: what it is of, such as a force, or a force and a month.
        fields, rules: its counts, by itself; empty where it could not be read.
    """

    name: str
    file: str
    sha256: str
    bytes: int
    records: int
    status: Status
    problem: Problem | None
    fields: Mapping[str, FieldTally]
    rules: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the periods that a source should cover its extract has; the extract itself where none are named."""

    supplied: int = 1
    expected: int = 1


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What a dip sample found: records drawn, records that a person compared with the case file, and how they agree.

    Attributes:
        field: the field that was compared.
        population: records that the sample was drawn from.
        over: compared records that say yes where the case says no.
        under: compared records that say no where the case says yes.
    """

    field: str
    population: int
    drawn: int
    compared: int
    agreeing: int
    over: int
    under: int


@dataclass(frozen=True, slots=True)
class SourceResult:
    """All that was found in one source.

    Attributes:
        records: of all tables, where there are several.
        tables: the tables, where there are several.
        parts: the files, where the extract comes in several of one form.
        expected_fields: the fields that count in the score, also where nothing could be read.
        scoring: what the registry says about scoring; None where it says nothing.
    """

    id: str
    title: str
    agency: str
    suite: str
    status: Status
    extract: ExtractFacts | None = None
    records: int = 0
    fields: tuple[FieldOutcome, ...] = ()
    rules: tuple[RuleOutcome, ...] = ()
    groups: tuple[GroupOutcome, ...] = ()
    problem: Problem | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[TableFacts, ...] = ()
    owner: str = ""
    expected_fields: tuple[str, ...] = ()
    coverage: Coverage = Coverage()
    scoring: Scoring | None = None
    accuracy: Accuracy | None = None
    parts: tuple[PartOutcome, ...] = ()

    def failed(self) -> tuple[RuleOutcome, ...]:
        """List the failed rules, worst first: errors before queries, then by failing share and number."""
        found = [r for r in self.rules if r.status is Status.FAILED]
        return tuple(sorted(found, key=lambda r: (RANK[r.severity], -(r.counts.share or 0), -r.counts.failing, r.code)))


@dataclass(frozen=True, slots=True)
class Head:
    """Where a ledger ended: the number, digest and signature of its last entry, and the public key that made it.

    Signature and key are "" where nobody signed.
    """

    sequence: int
    digest: str
    signature: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class RunResult:
    """One run over some sources.

    Attributes:
        ledger: the entry of the run in the ledger; None where it was not recorded.
    """

    id: str
    started: str
    as_of: str
    version: str
    project: str
    project_digest: str
    fail_on: str
    status: Status
    sources: tuple[SourceResult, ...]
    project_title: str = ""
    ledger: Head | None = None

    def exit_code(self) -> int:
        """Give the exit code: 3 could not check, 1 failed, 0 passed."""
        return {Status.COULD_NOT_CHECK: 3, Status.FAILED: 1}.get(self.status, 0)


def roll_up(outcomes: Iterable[RuleOutcome], fail_on: str) -> Status:
    """Say what a source's rules come to.

    Args:
        outcomes: every rule of the source.
        fail_on: the mildest severity that fails the source: error, query, warning; or never.
    """
    outcomes = list(outcomes)
    if any(r.status is Status.COULD_NOT_CHECK for r in outcomes):
        return Status.COULD_NOT_CHECK
    if all(r.status is Status.NOT_APPLICABLE for r in outcomes):
        return Status.COULD_NOT_CHECK
    limit = RANK.get(fail_on, -1)
    if any(r.status is Status.FAILED and RANK[r.severity] <= limit and not r.settled for r in outcomes):
        return Status.FAILED
    return Status.PASSED


def worst(statuses: Iterable[Status]) -> Status:
    """Roll the statuses of sources up; no source at all could not be checked."""
    found = set(statuses)
    for status in (Status.COULD_NOT_CHECK, Status.FAILED, Status.PASSED):
        if status in found:
            return status
    return Status.COULD_NOT_CHECK
