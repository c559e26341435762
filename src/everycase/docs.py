"""The generated pages of docs/: rules, command line, errors, functions and schemas, each from its one source."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from everycase.catalogue import evidence_page
from everycase.error_pages import PAGES
from everycase.listing import SCHEMAS, all_rules, page, schema_text
from everycase.reading_pages import page as reading_page

if TYPE_CHECKING:
    from pathlib import Path

    import typer

    from everycase.project import Project
    from everycase.rule import Rule

_MADE = "<!-- made by `everycase docs`; change the source, not this page -->\n\n"


def write_docs(project: Project, folder: Path, app: typer.Typer, *, check_only: bool) -> int:
    """Write every generated page, or compare it with what lies there.

    Returns:
        0; with `check_only` 1 where a page is missing, stale or left over.
    """
    pages = {
        **_rules(project),
        "cli.md": _cli(app),
        "errors.md": _errors(),
        "reading.md": _MADE + reading_page(),
        "functions.md": _functions(),
    }
    pages |= {f"schemas/{name}.schema.json": schema_text(name) for name in SCHEMAS}
    evidence = evidence_page(project, folder / "evidence.yaml")
    if evidence is not None:
        pages["catalogue.md"] = _MADE + evidence
    leftovers = [p for p in sorted(folder.glob("rules/*.md")) if p.relative_to(folder).as_posix() not in pages]
    stale = [n for n, text in sorted(pages.items()) if _read(folder / n) != text]
    if check_only:
        for name in (*stale, *(p.relative_to(folder).as_posix() for p in leftovers)):
            sys.stderr.write(f"{folder / name} is stale: run `everycase docs`\n")
        return 1 if stale or leftovers else 0
    for name in stale:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(pages[name], encoding="utf-8", newline="\n")
    for path in leftovers:
        path.unlink()
    sys.stdout.write(f"{len(pages)} pages, {len(stale)} written\n")
    return 0


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except OSError:
        return None


def _rules(project: Project) -> dict[str, str]:
    """Write a page a rule, and their index; a check that is bound several times has one page."""
    found: dict[str, tuple[Rule, list[str]]] = {}
    for source, rule in all_rules(project):
        code = rule.check.code if rule.check else rule.code
        found.setdefault(code, (rule, []))[1].append(source)
    pages = {f"rules/{c}.md": _MADE + page(r, dict.fromkeys(s)) for c, (r, s) in sorted(found.items())}
    rows = [
        f"| [{c}]({c}.md) | {r.check.title if r.check else r.title} | {r.severity} | {r.dimension} |"
        for c, (r, _) in sorted(found.items())
    ]
    head = "# Rules\n\n| code | what is wrong with a failing record | severity | dimension |\n|---|---|---|---|\n"
    return {**pages, "rules/README.md": _MADE + head + "\n".join(rows) + "\n"}


def _cli(app: typer.Typer) -> str:
    """Write the reference of the command line from the commands themselves."""
    import typer as typer_

    root = typer_.main.get_command(app)
    codes = (
        "Exit codes: 0 passed, 1 expectations failed at or above `--fail-on`, 2 usage or configuration, "
        "3 could not check, 130 interrupted. 3 wins over 1; `--fail-on never` masks 1, not 3.\n"
    )
    parts = ["# The command line\n", codes]
    for name, command in _commands(root, "everycase"):
        parts.append(f"## {name}\n\n{(command.help or '').strip()}\n")
        rows = [_option(p) for p in command.params if p.name != "help" and not p.hidden]
        if rows:
            parts.append("| argument or option | meaning | default |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return _MADE + "\n".join(parts)


def _commands(command: Any, name: str) -> list[tuple[str, Any]]:
    found = [(name, command)]
    for child, sub in sorted(getattr(command, "commands", {}).items()):
        found += _commands(sub, f"{name} {child}")
    return found


def _option(parameter: Any) -> str:
    words = ", ".join(f"`{o}`" for o in parameter.opts)
    if parameter.param_type_name == "argument":
        words = f"`{parameter.metavar or parameter.name.upper()}`"
    elif parameter.metavar:
        words += f" `{parameter.metavar}`"
    default = parameter.default
    shown = "" if default in {None, False} or callable(default) or parameter.required else f"`{default}`"
    if parameter.param_type_name == "argument" and default in (None, []):
        shown = ""
    return f"| {words} | {getattr(parameter, 'help', None) or ''} | {shown} |"


def _errors() -> str:
    parts = [f"## {slug}\n\n{means}\n\n{instead}\n" for slug, (means, instead) in sorted(PAGES.items())]
    head = "# Errors\n\nWhat everycase says when it cannot go on, and what to do. None of them quotes a record.\n\n"
    return _MADE + head + "\n".join(parts)


def _functions() -> str:
    from everycase.functions import FUNCTIONS

    rows = [f"| `{f.usage}` | {f.about} |" for _, f in sorted(FUNCTIONS.items())]
    head = (
        "# The rule language\n\nA predicate is a small SQL: AND, OR, NOT, comparisons, IN, BETWEEN, CASE, + - *, a "
        "leading minus, IS TRUE and IS FALSE (and with NOT), IS NULL of what a function gives, never of a field, and "
        "these functions. A date is written as text: `incident_date >= '2024-04-01'`. Names are fields or derived "
        "names of the suite, or parameters of the check, written exactly. Anything else is refused before a record is "
        "read, with file and line.\n\n| function | meaning |\n|---|---|\n"
    )
    return _MADE + head + "\n".join(rows) + "\n"
