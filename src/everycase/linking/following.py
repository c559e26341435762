"""One step on the engine: which records of one extract have a counterpart in another, and what both say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycase.linking.counts import Bounds, Count, Step, Why
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    import duckdb

    from everycase.linking.side import Side
    from everycase.pathways import StepEntry
    from everycase.project import Project

_BANDS = (("0_to_30_days", 0, 30), ("31_to_90_days", 31, 90), ("91_to_365_days", 91, 365))
#: part, measure, condition of the numerator, condition of the denominator, and the denominator's name
_Measure = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A step with both its sides."""

    pathway: str
    step: StepEntry
    left: Side
    right: Side


def follow(project: Project, asked: Asked, connection: duckdb.DuckDBPyConnection) -> Step:
    """Measure one step; where the key is none, say so."""
    step, (left, right) = asked.step, (asked.left, asked.right)
    said = Step(asked.pathway, step.from_, step.to, tuple(step.on))

    def failed(slug: str, message: str, where: str, instead: str, counts: tuple[Count, ...] = ()) -> Step:
        return Step(said.pathway, said.from_, said.to, said.on, counts, problem=Why(slug, message, where, instead))

    if left.sha256 == right.sha256:
        message = f"the extract of '{step.from_}' and that of '{step.to}' are the same file"
        return failed("same-extract", message, step.from_, "Name the extract of each source.")
    for side in (left, right):
        lacking = [k for k in step.on if k not in side.identifiers]
        if lacking:
            linking = project.sources[side.source].linking
            column = linking.identifiers[lacking[0]] if linking else lacking[0]
            message = f"the extract has no column '{column}', which holds the identifier '{lacking[0]}'"
            return failed("missing-column", message, side.source, "Ask for an extract with it.")
    most = min(project.registry.entry.identifiers[k].most for k in step.on)
    for name, side in (("l", left), ("r", right)):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {_keyed(side, step.on, most)}")
    linkability = (*_linkability(connection, "l", "from"), *_linkability(connection, "r", "to"))
    problem = _no_key(connection, step, most)
    if problem is not None:
        return failed(problem.slug, problem.message, problem.where, problem.instead, linkability)
    connection.execute(_joined("l", "r"))
    measures, left_out = _measures(project, asked)
    counts = _counted(connection, "joined", "from", measures)
    connection.execute(_joined("r", "l"))
    counts += _counted(connection, "joined", "to", _coverage())
    bounds = _bounds(counts) if "flag" in left.has and "flag" in right.has else ()
    return Step(said.pathway, said.from_, said.to, said.on, (*linkability, *counts), bounds, tuple(left_out))


def _keyed(side: Side, on: list[str], most: int) -> str:
    """Write the records of a side with the key of the step, its state, and how many share it."""
    states = [identifier(f"state {k}") for k in on]
    keys = ", ".join(identifier(f"key {k}") for k in on)
    whens = " ".join(
        f"WHEN {quoted(s)} IN ({', '.join(states)}) THEN {quoted(s)}" for s in ("none", "dummy", "invalid")
    )
    key = f"CASE WHEN state = 'valid' THEN concat_ws(chr(31), {keys}) END"
    return (
        f"SELECT area, flag, day, sex, dob, youngest, ages, state, key, CASE WHEN key IS NOT NULL THEN "
        f"count(*) OVER (PARTITION BY key) END AS sharing, "
        f"coalesce(state = 'valid' AND sharing <= {most}, FALSE) AS usable "
        f"FROM (SELECT *, {key} AS key FROM (SELECT *, CASE {whens} ELSE 'valid' END AS state FROM {side.table}))"
    )


def _linkability(connection: duckdb.DuckDBPyConnection, table: str, side: str) -> list[Count]:
    measures = [
        ("linkability", "supplied", "state <> 'none'", "TRUE", "records"),
        ("linkability", "dummy", "state = 'dummy'", "state <> 'none'", "supplied"),
        ("linkability", "invalid", "state = 'invalid'", "state <> 'none'", "supplied"),
        ("linkability", "valid", "state = 'valid'", "state <> 'none'", "supplied"),
        ("linkability", "unique", "state = 'valid' AND sharing = 1", "state = 'valid'", "valid"),
        ("linkability", "shared", "usable AND sharing > 1", "state = 'valid'", "valid"),
        ("linkability", "shared_by_too_many", "state = 'valid' AND NOT usable", "state = 'valid'", "valid"),
        ("linkability", "can_be_followed", "usable", "TRUE", "records"),
    ]
    return _counted(connection, table, side, measures)


def _no_key(connection: duckdb.DuckDBPyConnection, step: StepEntry, most: int) -> Why | None:
    """Say why the key of a step is none: nobody has one, too many share it, or no two agree."""
    found = {}
    for name in ("l", "r"):
        row = connection.execute(
            f"SELECT count(*) FILTER (state = 'valid'), count(*) FILTER (usable) FROM {name}"
        ).fetchone()
        found[name] = row or (0, 0)
    for name, source in (("l", step.from_), ("r", step.to)):
        if not found[name][0]:
            message = f"not one record has a valid key: {', '.join(step.on)}"
            return Why("no-valid-key", message, source, "Ask for an extract in which it is filled.")
    (pairs,) = connection.execute(
        "SELECT coalesce(sum(a.n::HUGEINT * b.n), 0) "
        "FROM (SELECT key, count(*) AS n FROM l WHERE key IS NOT NULL GROUP BY key) AS a "
        "JOIN (SELECT key, count(*) AS n FROM r WHERE key IS NOT NULL GROUP BY key) AS b USING (key)"
    ).fetchone() or (0,)
    for name, source in (("l", step.from_), ("r", step.to)):
        valid, usable = found[name]
        if usable * 2 < valid:
            message = (
                f"{', '.join(step.on)} is no key: {valid - usable:,} of {valid:,} records hold a value that more "
                f"than {most} share, and linking would make {int(pairs):,} pairs"
            )
            return Why("no-key", message, source, "Name an identifier that tells records apart, or raise its `most`.")
    if not pairs:
        message = f"no two records agree on {', '.join(step.on)}, though both sides have valid ones"
        return Why("no-counterparts", message, step.to, "Are the extracts of the same time, and the keys of one kind?")
    return None


def _joined(one: str, other: str) -> str:
    """Write every record of one side, with what all its counterparts on the other say together."""
    return f"""CREATE OR REPLACE TEMP TABLE joined AS
        SELECT mine.*, theirs.* EXCLUDE (key), theirs.key IS NOT NULL AND mine.usable AS linked,
            elsewhere.key IS NOT NULL AS there
        FROM {one} AS mine
        LEFT JOIN (SELECT key, count(*) AS others, bool_or(flag = 'yes') AS any_flagged,
            bool_and(coalesce(flag = 'no', FALSE)) AS none_flagged, min(day) AS first_day, max(day) AS last_day,
            min(sex) AS sex_low, max(sex) AS sex_high, min(dob) AS dob_low, max(dob) AS dob_high,
            min(youngest) AS their_youngest, bool_and(ages) AS their_ages
            FROM {other} WHERE usable GROUP BY key) AS theirs ON mine.usable AND mine.key = theirs.key
        LEFT JOIN (SELECT DISTINCT key FROM {other} WHERE key IS NOT NULL AND NOT usable) AS elsewhere
            ON mine.usable AND mine.key = elsewhere.key"""


def _coverage() -> list[_Measure]:
    unlinked = {
        "no_key": "state = 'none'", "dummy_key": "state = 'dummy'", "invalid_key": "state = 'invalid'",
        "key_shared_by_too_many": "state = 'valid' AND NOT usable",
        "counterpart_shared_by_too_many": "usable AND NOT linked AND there",
        "no_counterpart": "usable AND NOT linked AND NOT there",
    }  # fmt: skip
    shapes = {
        "one_to_one": "linked AND sharing = 1 AND others = 1", "one_to_many": "linked AND sharing = 1 AND others > 1",
        "many_to_one": "linked AND sharing > 1 AND others = 1", "many_to_many": "linked AND sharing > 1 AND others > 1",
    }  # fmt: skip
    return [
        ("coverage", "linked", "linked", "TRUE", "records"),
        ("coverage", "unlinked", "NOT linked", "TRUE", "records"),
        *(("coverage", f"unlinked_{n}", c, "NOT linked", "unlinked") for n, c in unlinked.items()),
        *(("shape", n, c, "linked", "linked") for n, c in shapes.items()),
    ]


def _measures(project: Project, asked: Asked) -> tuple[list[_Measure], list[str]]:
    left, right = asked.left.has, asked.right.has
    measures, left_out = _coverage(), []
    if "date" in left and "date" in right:
        measures += _times()
    else:
        left_out.append("date")
    if "flag" in left and "flag" in right:
        measures += _flags(_from_age(project, asked.left), _from_age(project, asked.right))
    else:
        left_out.append("flag")
    for part in ("sex", "dob"):
        if asked.step.same_person and part in left and part in right:
            measures += _agreement(part)
        else:
            left_out.append(part)
    return measures, left_out


def _from_age(project: Project, side: Side) -> int | None:
    linking = project.sources[side.source].linking
    return linking.flag.from_age if linking and linking.flag else None


def _times() -> list[_Measure]:
    known = "linked AND day IS NOT NULL AND first_day IS NOT NULL"
    after = "first_day - day"
    measures = [
        ("time", "known", known, "linked", "linked"),
        ("time", "impossible_order", f"{known} AND last_day < day", known, "known"),
        ("time", "some_before", f"{known} AND first_day < day AND last_day >= day", known, "known"),
    ]
    measures += [("time", n, f"{known} AND {after} BETWEEN {a} AND {b}", known, "known") for n, a, b in _BANDS]
    return [*measures, ("time", "over_365_days", f"{known} AND {after} > 365", known, "known")]


def _flags(mine: int | None, other: int | None) -> list[_Measure]:
    """Write what becomes of the flag, and which differences the definitions themselves make."""
    youngest = "least(youngest, their_youngest)"
    ages = "(ages OR coalesce(their_ages, FALSE))"
    yes, no = "coalesce(flag = 'yes', FALSE)", "coalesce(flag = 'no', FALSE)"
    kept, lost = f"{yes} AND linked AND any_flagged IS TRUE", f"{yes} AND linked AND none_flagged"
    gained, stayed = f"{no} AND linked AND any_flagged IS TRUE", f"{no} AND linked AND none_flagged"

    def outside(age: int | None) -> str:
        return "FALSE" if age is None else f"coalesce({youngest} < {age}, FALSE)"

    def inside(age: int | None) -> str:
        return "TRUE" if age is None else f"({ages} AND coalesce({youngest} >= {age}, FALSE))"

    followed = f"(({kept}) OR ({lost}))"
    measures = [
        ("flag", "flagged", yes, "TRUE", "records"),
        ("flag", "not_said", "flag IS NULL", "TRUE", "records"),
        ("flag", "followed", followed, yes, "flagged"),
        ("flag", "not_followed_unlinked", f"{yes} AND NOT linked", yes, "flagged"),
        ("flag", "not_followed_flag_not_said", f"{yes} AND linked AND NOT {followed}", yes, "flagged"),
        ("flag", "kept", kept, followed, "followed"),
        ("flag", "lost", lost, followed, "followed"),
        ("flag", "gained", gained, f"(({gained}) OR ({stayed}))", "not flagged and followed"),
    ]
    for name, which, age, rest in (("lost", lost, other, "by_omission"), ("gained", gained, mine, "otherwise")):
        measures += [
            ("flag", f"{name}_by_definition", f"{which} AND {outside(age)}", which, name),
            ("flag", f"{name}_{rest}", f"{which} AND {inside(age)}", which, name),
            ("flag", f"{name}_age_not_known", f"{which} AND NOT {outside(age)} AND NOT {inside(age)}", which, name),
        ]
    return measures


def _agreement(part: str) -> list[_Measure]:
    low, high = f"{part}_low", f"{part}_high"
    both = f"linked AND {part} IS NOT NULL AND {low} IS NOT NULL"
    return [
        (part, "same", f"{both} AND {low} = {part} AND {high} = {part}", "linked", "linked"),
        (part, "contradictory", f"{both} AND NOT ({low} = {part} AND {high} = {part})", "linked", "linked"),
        (part, "missing_here", f"linked AND {part} IS NULL AND {low} IS NOT NULL", "linked", "linked"),
        (part, "missing_there", f"linked AND {part} IS NOT NULL AND {low} IS NULL", "linked", "linked"),
        (part, "missing_on_both", f"linked AND {part} IS NULL AND {low} IS NULL", "linked", "linked"),
    ]


def _counted(connection: duckdb.DuckDBPyConnection, table: str, side: str, measures: list[_Measure]) -> list[Count]:
    """Count all measures in one pass, for each area and together."""
    asked = ", ".join(f"count_if({number}), count_if({whole})" for _, _, number, whole, _ in measures)
    rows: list[tuple[Any, ...]] = connection.execute(
        f"SELECT area, {asked} FROM {table} GROUP BY area ORDER BY area"
    ).fetchall()
    total = tuple(sum(row[i] for row in rows) for i in range(1, 1 + 2 * len(measures)))
    areas = [("", *total), *(row for row in rows if row[0])]
    return [
        Count(side, row[0], part, measure, int(row[1 + 2 * i]), int(row[2 + 2 * i]), of)
        for row in areas
        for i, (part, measure, _, _, of) in enumerate(measures)
    ]


def _bounds(counts: list[Count]) -> tuple[Bounds, ...]:
    """Say what the shares of all that are flagged lie between: nobody who cannot be followed, or all of them."""
    found = {c.measure: c.numerator for c in counts if (c.side, c.area, c.part) == ("from", "", "flag")}
    flagged, followed = found["flagged"], found["followed"]
    unknown = flagged - followed
    lost = found["lost_by_omission"]
    return (
        Bounds("kept", found["kept"], found["kept"] + unknown, flagged, "flagged"),
        Bounds("lost", found["lost"], found["lost"] + unknown, flagged, "flagged"),
        Bounds("lost_by_omission", lost, lost + found["lost_age_not_known"] + unknown, flagged, "flagged"),
    )
