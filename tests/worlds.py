"""Made-up results with groups in levels, small and large ones, from a seed."""

from everycase.outcome import (
    NOT_KNOWN,
    Counts,
    FieldOutcome,
    FieldTally,
    GroupOutcome,
    RuleOutcome,
    RunResult,
    SourceResult,
    Status,
)
from everycase.reports import Output, ReportFile, Suppression

KINDS = ("indeterminate", "answered", *NOT_KNOWN, "undetermined", "other")


def policy(rng, **changed):
    """Give one of the ranges that publishers use."""
    lowest, highest = rng.choice([(1, 5), (1, 7), (1, 9), (1, 4)])
    return Suppression(**{"lowest": lowest, "highest": highest, **changed})


def report(suppression):
    outputs = [Output(format="public_json", file="public.json")]
    return ReportFile(report="public", title="T", audience="A", suppression=suppression, outputs=outputs)


def levels(rng, names):
    """Put groups into levels at random: none, one or two deep."""
    if rng.random() < 0.3:
        return None
    regions = {f"region {i}": [] for i in range(rng.randint(1, max(1, len(names) // 2)))}
    for name in names:
        if rng.random() < 0.95:
            regions[rng.choice(list(regions))].append(name)
    regions = {k: v for k, v in regions.items() if v}
    if len(regions) > 2 and rng.random() < 0.4:
        keys = list(regions)
        return {"north": {k: regions[k] for k in keys[::2]}, "south": {k: regions[k] for k in keys[1::2]}}
    return regions


def records(rng, most=12, scale=None):
    """Make records up: dicts of group on each axis, kind in the field, and what two rules say of it."""
    axes = {"area": [f"a{i}" for i in range(rng.randint(1, most))]}
    if rng.random() < 0.3:
        axes["month"] = [f"m{i}" for i in range(rng.randint(2, 6))]
    scale = scale or rng.choice([3, 8, 20, 60])
    weights = [rng.choice([0.0, 0.02, 0.05, 0.3, 1.0]) for _ in KINDS]
    weights[1] += 1.0
    rates = [rng.choice([0.0, 0.03, 0.1, 0.5, 0.97, 1.0]) for _ in range(4)]
    made = []
    for area in axes["area"]:
        others = {a: v for a, v in axes.items() if a != "area"}
        number = int(rng.paretovariate(1.0) * scale) % (40 * scale) or 1
        made += [
            _record(rng, {"area": area, **{a: rng.choice(v) for a, v in others.items()}}, weights, rates)
            for _ in range(number)
        ]
    return made


def _record(rng, groups, weights, rates):
    applies = rng.random() < rates[0] or rates[0] < 0.05
    return {
        **groups,
        "kind": rng.choices(KINDS, weights)[0],
        "forced": rng.random() < rates[1],
        "default": rng.random() < rates[2],
        "one": _judged(rng, rates[1]) if applies else "other",
        "two": _judged(rng, rates[3]) if applies else "other",
    }


def _judged(rng, rate):
    if rng.random() < 0.04:
        return "undetermined"
    return "failing" if rng.random() < rate else "passing"


def more(rng, made):
    """Add some records to those that are there."""
    share = rng.choice([0.0, 0.02, 0.1, 0.5])
    return [*made, *(dict(rng.choice(made)) for _ in range(int(len(made) * share) + rng.randint(0, 8)))]


def tally(rows):
    """Count the kinds of a field."""
    found = {k: sum(r["kind"] == k for r in rows) for k in KINDS}
    unknown = [r for r in rows if r["kind"] in NOT_KNOWN]
    known = found["indeterminate"] + found["answered"]
    not_known = {k: found[k] for k in NOT_KNOWN}
    blank, wrong = found["blank"], found["invalid"] + found["unmapped"]
    valid = [r for r in rows if r["kind"] in {"indeterminate", "answered", "not_known", "not_stated", "not_applicable"}]
    return FieldTally(
        records=len(rows),
        applicable=known + len(unknown),
        undetermined=found["undetermined"],
        supplied=known + len(unknown) - blank,
        valid=known + len(unknown) - blank - wrong,
        known=known,
        indeterminate=found["indeterminate"],
        not_known=not_known,
        forced=sum(r["forced"] for r in unknown),
        default=sum(r["default"] for r in valid),
    )


def counts(rows, rule):
    found = [r[rule] for r in rows]
    return Counts(found.count("passing"), found.count("failing"), found.count("undetermined"))


def source(made, name="s"):
    """Sum records up as a check would."""
    groups = []
    for axis in ("area", "month"):
        for value in sorted({r[axis] for r in made if axis in r}):
            rows = [r for r in made if r[axis] == value]
            rules = {"ONE": counts(rows, "one"), "TWO": counts(rows, "two")}
            groups.append(GroupOutcome(axis, value, value, len(rows), {"f": tally(rows)}, rules))
    rules = [
        RuleOutcome(code, code, "error", "validity", 0.1, c, c.status(0.1))
        for code, c in (("ONE", counts(made, "one")), ("TWO", counts(made, "two")))
    ]
    field = FieldOutcome("f", "F", tally(made))
    return SourceResult(name, name, "A", "s", Status.PASSED, None, len(made), (field,), tuple(rules), tuple(groups))


def result(*sources):
    return RunResult(
        id="0" * 32, started="2026-01-01T00:00:00+00:00", as_of="2026-01-01", version="0", project="p",
        project_digest="", fail_on="error", status=Status.PASSED, sources=sources,
    )  # fmt: skip


def hierarchy(rng, made):
    found = {}
    for axis in ("area", "month"):
        names = sorted({r[axis] for r in made if axis in r})
        level = levels(rng, names) if names else None
        if level:
            found[axis] = level
    return found
