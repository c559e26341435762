"""What the project holds, for people and programs: its sources, its rules, the page of each rule, the schemas."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from everycase.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycase.model import Model
    from everycase.project import Project
    from everycase.rule import Rule

SCHEMAS = ("codelist", "report", "result", "sources", "suite")
_WORDS = {"error": "must fix", "query": "check, then amend or give a reason", "warning": "worth a look"}


def all_rules(project: Project, source: str | None = None) -> list[tuple[str, Rule]]:
    """Give every rule of every source, with the source's id, in the order of registry and suite."""
    chosen = project.choose([source] if source else [])
    return [(name, rule) for name in chosen for rule in project.rules_of(name)]


def show_sources(project: Project, *, as_json: bool) -> None:
    """Print the sources."""
    rows = [
        {
            "id": name,
            "title": s.title,
            "agency": s.agency,
            "owner": s.owner,
            "cadence": s.cadence,
            "suite": s.suite,
            "extract": s.extract,
            "rules": len(project.rules_of(name)),
        }
        for name, s in project.sources.items()
    ]
    if as_json:
        _print_json(rows)
        return
    _print_table(
        ("source", "title", "agency", "rules", "extract"),
        [(r["id"], r["title"], r["agency"], str(r["rules"]), str(r["extract"] or "-")) for r in rows],
        numbers={3},
    )


def show_rules(project: Project, source: str | None, *, as_json: bool) -> None:
    """Print the rules."""
    found = all_rules(project, source)
    if as_json:
        rows = [
            {
                "code": r.code,
                "official": r.official,
                "source": s,
                "severity": r.severity,
                "title": r.title,
                "dimension": r.dimension,
                "priority": r.priority,
                "threshold": r.threshold,
                "place": r.place,
            }
            for s, r in found
        ]
        _print_json(rows)
        return
    _print_table(
        ("code", "severity", "source", "title"), [(r.code, r.severity, s, r.title) for s, r in found], numbers=set()
    )


def show_changes(project: Project, source: str | None, before: str, after: str, *, as_json: bool) -> None:
    """Print what changed in the rules of a source between two years.

    Raises:
        UsageError: no source is named, or it has no such year.
    """
    from everycase.rulesets import changes

    if source is None:
        raise UsageError("ruleset-source", "--diff needs the source whose years it compares", instead="Add --source.")
    (name,) = project.choose([source])
    found = changes(project, name, before, after)
    if as_json:
        rows = [
            {
                "change": c.kind,
                "code": c.rule.code,
                "official": c.rule.official,
                "severity": c.rule.severity,
                "title": c.rule.title,
                "parts": list(c.parts),
            }
            for c in found
        ]
        _print_json(rows)
        return
    head = ("change", "code", "severity", "title", "what changed")
    lines = [(c.kind, c.rule.code, c.rule.severity, c.rule.title, ", ".join(c.parts) or "-") for c in found]
    _print_table(head, lines, numbers=set())


def show_page(project: Project, code: str) -> None:
    """Print the page of a rule.

    Raises:
        UsageError: no rule has that code or name, with the nearest that one has.
    """
    found = rule_named(project, code)
    if found is None:
        known = {w for _, r in all_rules(project) for w in (r.code, r.name)} | project.catalogue.words()
        message = f"there is no rule '{code}'"
        instead = nearest(code.upper(), known) or nearest(code, known) or "List them with `everycase rules`."
        raise UsageError("unknown-rule", message, instead=instead)
    text = page(*found)
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


def rule_named(project: Project, word: str) -> tuple[Rule, list[str]] | None:
    """Find a rule by code, name, alias or official number, and the sources that use it."""
    wanted = word.lower()
    rules = all_rules(project)
    matching = [(s, r) for s, r in rules if wanted in {r.code.lower(), r.name}]
    matching = matching or [(s, r) for s, r in rules if wanted == r.official.lower()]
    check = project.catalogue.find(word) or project.catalogue.find(word.upper())
    if not matching and check is not None:
        matching = [(s, r) for s, r in rules if r.check is not None and r.check.code == check.code]
    if matching:
        rule = matching[0][1]
        return rule, list(dict.fromkeys(s for s, r in rules if _same(r, rule)))
    if check is None:
        return None
    from everycase.rule import from_check

    return from_check(check, {}, check.place), []


def _same(one: Rule, other: Rule) -> bool:
    return one.code == other.code or (one.check is not None and other.check is not None
                                      and one.check.code == other.check.code)  # fmt: skip


def page(rule: Rule, sources: Iterable[str]) -> str:
    """Write the page of a rule as Markdown, from the one place where the rule stands."""
    check = rule.check
    official = f" (official number {rule.official})" if rule.official else ""
    parts = [
        f"# {check.code if check else rule.code}: {check.title if check else rule.title}{official}",
        f"**{rule.severity}** ({_WORDS[rule.severity]}) · {rule.dimension}"
        + (f" · serves: {rule.priority}" if rule.priority else ""),
        f"## Why it matters\n\n{check.why if check else rule.why}",
        f"## How to fix it\n\n{check.fix if check else rule.fix}",
        f"## For whoever uses the data\n\n{rule.fix_analyst}",
        "## What it asks\n\n"
        f"It applies where\n\n```sql\n{rule.applies}\n```\n\nand requires\n\n```sql\n{rule.requires}\n```\n\n"
        "A record for which either cannot be told is undetermined: counted, shown, and never a pass.",
    ]
    if check is not None:
        rows = [f"| `{n}` | {p.kind} | {p.about} |" for n, p in check.parameters.items()]
        parts.append("## What it looks at\n\n| name | kind | what |\n|---|---|---|\n" + "\n".join(rows))
    parts.append(_examples(check.passing if check else rule.passing, check.failing if check else rule.failing,
                           check.undetermined if check else (), check.not_applicable if check else ()))  # fmt: skip
    used = ", ".join(f"`{s}`" for s in sources) or "no source"
    parts.append(f"## Where it stands\n\nUsed by {used}. Written in `{_file(check.place if check else rule.place)}`.")
    parts.append("## Where it comes from\n\n" + "\n".join(f"- {r}" for r in rule.references or ("not stated",)))
    return "\n\n".join(p for p in parts if p) + "\n"


def _file(place: str) -> str:
    """Name the file of a rule; the generic ones lie in the machine."""
    return place.rpartition(":")[0] or "src/everycase/generic.py"


def _examples(*groups: Iterable[Mapping[str, object]]) -> str:
    words = ("passes", "fails", "cannot be judged", "does not apply")
    rows = [(word, record) for word, group in zip(words, groups, strict=True) for record in group]
    if not rows:
        return ""
    names = list(dict.fromkeys(n for _, record in rows for n in record))
    head = "| " + " | ".join([*(f"`{n}`" for n in names), "result"]) + " |\n" + "|---" * (len(names) + 1) + "|\n"
    lines = ["| " + " | ".join([*(_cell(record, n) for n in names), word]) + " |" for word, record in rows]
    return "## Examples\n\nEvery one of them is run by the tests.\n\n" + head + "\n".join(lines)


def _cell(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if isinstance(value, list):
        rows = (", ".join(f"{k} {_cell(row, k)}" for k in row) or "*all blank*" for row in value)
        return "; ".join(rows) or "*no rows*"
    text = str(value or "").strip()
    return text.replace("|", "\\|") or "*blank*"


def schema_text(name: str) -> str:
    """Give the JSON Schema of one kind of file.

    Raises:
        UsageError: no such schema.
    """
    if name not in SCHEMAS:
        message = f"there is no schema '{name}'"
        raise UsageError("unknown-schema", message, instead=f"There are: {', '.join(SCHEMAS)}.")
    return json.dumps(_schema(name), indent=2, ensure_ascii=False) + "\n"


def _schema(name: str) -> dict[str, Any]:
    if name == "result":
        from everycase.reporting.result_json import schema

        return schema()
    from everycase.codelists import CodelistFile
    from everycase.registry import RegistryFile
    from everycase.reports import ReportFile
    from everycase.suite_files import SuiteFile

    models: dict[str, type[Model]] = {
        "codelist": CodelistFile,
        "report": ReportFile,
        "sources": RegistryFile,
        "suite": SuiteFile,
    }
    found = models[name].model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def _print_json(rows: object) -> None:
    sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")


def _print_table(head: tuple[str, ...], rows: list[tuple[Any, ...]], *, numbers: set[int]) -> None:
    """Print a table that reads the same in a terminal, a pipe and a log."""
    if not sys.stdout.isatty():
        for row in (head, *rows):
            sys.stdout.write("\t".join(str(c) for c in row) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(head):
        table.add_column(name, justify="right" if place in numbers else "left", no_wrap=place == 0)
    for row in rows:
        table.add_row(*(str(c) for c in row))
    Console().print(table)
