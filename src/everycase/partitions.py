"""An extract in parts: each file is checked by itself, and their counts are added up to those of the whole."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from everycase import judging, summing
from everycase.across import Across, across_rules, judged_across
from everycase.errors import CouldNotCheckError, EngineError, ExtractError
from everycase.kept import Kept
from everycase.outcome import (
    Counts,
    Coverage,
    ExtractFacts,
    FieldTally,
    GroupOutcome,
    PartOutcome,
    Problem,
    RuleOutcome,
    SourceResult,
    Status,
)
from everycase.parts import Submission, listed, submissions
from everycase.readers import inspection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from everycase.engines import duck_engine
    from everycase.outcome import FieldOutcome
    from everycase.plan import Planned
    from everycase.project import Project
    from everycase.rule import Rule
    from everycase.run import CheckedSource, Options


@dataclass(frozen=True, slots=True)
class Found:
    """A part, the digest of its bytes, and what was found in it."""

    submission: Submission
    sha256: str
    result: SourceResult

    @property
    def read(self) -> bool:
        """Say whether it could be read, so that it has counts."""
        return bool(self.result.fields)


def checked(
    project: Project,
    source_id: str,
    folder: Path,
    planned: Planned,
    options: Options,
    engine: duck_engine.Engine,
    judge: Callable[[Path, Path], CheckedSource],
) -> tuple[SourceResult, list[CheckedSource]]:
    """Check every part, and the whole.

    Args:
        project: loaded.
        source_id: the source.
        folder: its extract.
        planned: what is asked of each file.
        options: of the run.
        engine: of the run.
        judge: judges one file, given a folder of its own for scratch.

    Returns:
        The result of the whole, and each file that was judged now, its records still there.

    Raises:
        CouldNotCheckError: what came is not what can be added up.
    """
    source, suite = project.sources[source_id], project.suite_of(source_id)
    parts = source.reader.parts
    assert parts is not None  # noqa: S101 - the caller has looked
    assert engine.scratch is not None  # noqa: S101 - a run has one
    if options.engine == "spark" or suite.tables:
        message = "an extract in parts is read by DuckDB, and into one table"
        raise EngineError("engine-lacks", message, where=source_id, instead="Leave --engine out.")
    came = submissions(source_id, parts, folder)
    digests = _digests(source_id, came)
    kept = None
    if parts.keep is not None:
        as_of = options.as_of.isoformat()
        kept = Kept(project.data_root / parts.keep, project, source_id, as_of, options.fail_on)
    found: list[Found] = []
    judged: list[CheckedSource] = []
    names: set[str] = set()
    for number, (submission, sha256) in enumerate(zip(came, digests, strict=True)):
        entry = kept.entry(submission.path.name, sha256) if kept and sha256 else None
        stored = kept.read(entry, sha256) if kept and entry else None
        if stored is not None:
            found.append(Found(submission, sha256, stored))
            continue
        options.progress(source_id, f"reading {submission.part}")
        try:
            one = judge(submission.path, engine.scratch / f"{source_id} {number}")
            facts = one.result.extract
            if facts is None or facts.sha256 != sha256:
                message = "changed while it was being read, so what was counted is not what is there now"
                raise ExtractError("extract-changed", message, where=submission.file)
        except CouldNotCheckError as error:
            found.append(Found(submission, sha256, summing.could_not_check(project, source_id, error, None)))
            continue
        found.append(Found(submission, sha256, one.result))
        if kept and entry:
            kept.write(entry, one.result)
        name = _file_name(f"{source_id}.{submission.part}", names)
        one.result = replace(one.result, id=name, title=f"{one.result.title}: {submission.part}")
        # NOTE: the reports that list records name the table of each; here it is the part.
        one.suite, one.kept = replace(suite, table=submission.part), entry
        judged.append(one)
    rules, read = across_rules(planned), [f for f in found if f.read]
    across = Across()
    if rules and read:
        options.progress(source_id, "reading all parts for rules that look across records")
        scratch = engine.scratch / f"{source_id} all"
        scratch.mkdir(mode=0o700)
        files = [(f.submission, f.sha256) for f in read]
        records = sum(f.result.records for f in read)
        across = judged_across(
            source_id, source, suite, rules, files, records, options.as_of, engine, scratch
        )  # fmt: skip
    return _whole(project, source_id, folder, found, across, options), judged


def _digests(source_id: str, came: Sequence[Submission]) -> list[str]:
    """Give the digest of each file, "" where it cannot be read, and refuse the same bytes for two parts."""
    found: list[str] = []
    first: dict[str, str] = {}
    for submission in came:
        try:
            found.append(inspection.digest(submission.path))
        except OSError:
            found.append("")
            continue
        other = first.setdefault(found[-1], submission.file)
        if other != submission.file:
            message = f"the same bytes came twice: {listed([other, submission.file])}"
            raise ExtractError("part-twice", message, where=source_id, instead="One of them is of another part.")
    return found


def _file_name(name: str, taken: set[str]) -> str:
    """Make a name that a file may have and no other part has."""
    plain = re.sub(r"[^\w.-]+", "-", name)
    number, made = 1, plain
    while made in taken:
        number += 1
        made = f"{plain}-{number}"
    taken.add(made)
    return made


# Adding up -----------------------------------------------------------------------------------------------------------


def _whole(
    project: Project, source_id: str, folder: Path, found: Sequence[Found], across: Across, options: Options
) -> SourceResult:
    """Add the parts up, and say what keeps the whole from being checked."""
    source = project.sources[source_id]
    assert source.reader.parts is not None  # noqa: S101 - the caller has looked
    wanted = source.reader.parts.wanted()
    there = {f.submission.part for f in found}
    absent = [name for name in wanted if name not in there]
    unread, read = [f for f in found if not f.read], [f for f in found if f.read]
    facts = _facts(folder, found)
    outcomes = tuple(_part(f) for f in found)
    coverage = Coverage(len(read), len(wanted)) if wanted else Coverage(len(read), len(found))
    if not read:
        result = summing.could_not_check(project, source_id, _unread(source_id, unread, len(found)), facts)
        return replace(result, parts=outcomes, coverage=coverage)
    rules = [_rule(rule, read, across, options) for rule in project.rules_of(source_id)]
    result = replace(
        read[0].result,
        extract=facts,
        records=sum(f.result.records for f in read),
        fields=tuple(_fields([f.result for f in read])),
        groups=tuple(_groups(read, across, {r.code for r in rules if r.status is Status.COULD_NOT_CHECK})),
        parts=outcomes,
        coverage=coverage,
        accuracy=None,
    )
    result = summing.with_missing(project, result, rules, options.fail_on)
    first = _unread(source_id, unread, len(found)) if unread else None
    if first is None and absent:
        message = f"{len(absent)} of {len(wanted)} parts did not come: {listed(absent)}"
        first = ExtractError("part-missing", message, where=source_id, instead="Ask for them; what came is counted.")
    if first is None:
        return result
    problem = Problem(first.slug, first.message, first.where, first.instead)
    return replace(result, status=Status.COULD_NOT_CHECK, problem=problem)


def _unread(source_id: str, unread: Sequence[Found], of: int) -> ExtractError:
    """Say which parts could not be read, and why the first could not."""
    names, problem = listed([f.submission.part for f in unread]), unread[0].result.problem
    why = f"; the first: {problem.message}" if problem else ""
    message = f"{len(unread)} of {of} parts could not be read: {names}{why}"
    return ExtractError("part-unread", message, where=source_id, instead=problem.instead if problem else "")


def _facts(folder: Path, found: Sequence[Found]) -> ExtractFacts:
    """Say which bytes were read, of each file and of all."""
    each = [(f, f.result.extract) for f in found]
    files = tuple((f.submission.file, f.sha256, e.bytes if e else 0) for f, e in each)
    lines = "".join(f"{name}\0{digest}\n" for name, digest, _ in sorted(files))
    kinds = sorted({e.reader for _, e in each if e})
    return ExtractFacts(
        folder.name,
        sha256=hashlib.sha256(lines.encode()).hexdigest(),
        bytes=sum(size for _, _, size in files),
        rows=sum(e.rows for _, e in each if e),
        reader=", ".join([*kinds, f"{len(found)} parts"]),
        repairs=tuple(
            replace(r, detail=f"{f.submission.part}: {r.detail}") for f, e in each if e for r in e.repairs
        ),
        extra_columns=max((e.extra_columns for _, e in each if e), default=0),
        files=files,
    )  # fmt: skip


def _part(found: Found) -> PartOutcome:
    result, came = found.result, found.submission
    return PartOutcome(
        name=came.part,
        file=came.file,
        sha256=found.sha256,
        bytes=result.extract.bytes if result.extract else 0,
        records=result.records,
        status=result.status,
        problem=result.problem,
        fields={f.name: f.tally for f in result.fields},
        rules={r.code: r.counts for r in result.rules} if found.read else {},
    )


def _rule(rule: Rule, read: Sequence[Found], across: Across, options: Options) -> RuleOutcome:
    """Add a rule up over the parts; where one of them could not be asked, the whole could not either."""
    if rule.code in across.rules:
        return across.rules[rule.code]
    total = Counts()
    refused: dict[str, str] = {}
    for found in read:
        outcome = next(r for r in found.result.rules if r.code == rule.code)
        total += outcome.counts
        if outcome.status is Status.COULD_NOT_CHECK and not outcome.counts.applicable:
            refused.setdefault(rule.code, f"{found.submission.part}: {outcome.reason}")
    counted = judging.Counted(sum(f.result.records for f in read), {rule.code: total}, {})
    return judging.rule_outcome(rule, counted, refused, options.as_of)


def _fields(results: Sequence[SourceResult]) -> list[FieldOutcome]:
    """Add the fields up; one that is missing in a part is missing in the whole."""
    whole = []
    for each in zip(*(r.fields for r in results), strict=True):
        values: Counter[str] = Counter()
        for one in each:
            values.update(dict(one.unmapped_values))
        absent = [one for one in each if one.missing]
        whole.append(
            replace(
                each[0],
                tally=sum((one.tally for one in each), FieldTally()),
                missing=bool(absent),
                reason=f"{len(absent)} of {len(each)} parts: {absent[0].reason}" if absent else "",
                unmapped_values=tuple(sorted(values.items(), key=lambda item: (-item[1], item[0]))),
                distinct_unmapped=sum(one.distinct_unmapped for one in each),
                other_values=sum(one.other_values for one in each),
            )
        )
    return whole


def _groups(read: Sequence[Found], across: Across, refused: set[str]) -> list[GroupOutcome]:
    """Add the groups up; a field that a part has no column for groups nothing."""
    axes = list(dict.fromkeys(g.field for f in read for g in f.result.groups))
    whole = []
    for axis in axes:
        merged: dict[str, GroupOutcome] = {}
        for group in (g for f in read for g in f.result.groups if g.field == axis):
            before = merged.get(group.value)
            merged[group.value] = group if before is None else _added(before, group)
        if sum(g.records for g in merged.values()) != sum(f.result.records for f in read):
            continue
        for value, group in sorted(merged.items()):
            rules = {**group.rules, **across.groups.get((axis, value), {})}
            whole.append(replace(group, rules={c: n for c, n in rules.items() if c not in refused}))
    return whole


def _added(one: GroupOutcome, other: GroupOutcome) -> GroupOutcome:
    return replace(
        one,
        records=one.records + other.records,
        fields={
            n: one.fields.get(n, FieldTally()) + other.fields.get(n, FieldTally())
            for n in {**one.fields, **other.fields}
        },
        rules={c: one.rules.get(c, Counts()) + other.rules.get(c, Counts()) for c in {**one.rules, **other.rules}},
    )


def taken_in(whole: SourceResult, judged: Sequence[CheckedSource], fail_on: str) -> SourceResult:
    """Take what became of the parts since into the whole: reasons that were given, and records that disagree.

    What is kept of a part whose record disagrees is thrown away.
    """
    given: dict[str, Counter[str]] = {}
    for one in judged:
        for rule in one.result.rules:
            given.setdefault(rule.code, Counter()).update(dict(rule.explained))
    alone: Mapping[str, Counts] = {
        r.code: sum((p.rules.get(r.code, Counts()) for p in whole.parts), Counts()) for r in whole.rules
    }
    # NOTE: of a rule that looks across records, reasons for what fails within one file explain no more than that.
    rules = tuple(
        replace(r, explained=tuple(sorted(given.get(r.code, Counter()).items()))) if alone[r.code] == r.counts else r
        for r in whole.rules
    )
    if whole.problem is None or whole.status is not Status.COULD_NOT_CHECK:
        whole = summing.with_rules(whole, rules, fail_on)
    broken = [one for one in judged if one.result.problem and one.result.problem.slug.startswith("gx-")]
    for one in broken:
        if one.kept is not None:
            one.kept.unlink(missing_ok=True)
    return replace(whole, status=Status.COULD_NOT_CHECK, problem=broken[0].result.problem) if broken else whole
