"""The catalogue of words: every text that people read stands in it, and whoever edits it is told what does not fit."""

from __future__ import annotations

import ast
import datetime as dt
import re
from pathlib import Path

import pytest

from everycase import words
from everycase.errors import ConfigurationError

SOURCE = Path(words.__file__).parent
#: Modules that put words before people; what they say comes from the catalogue.
SPEAKING = sorted(
    p
    for p in (SOURCE / "reporting").rglob("*.py")
    if p.name not in {"result_json.py", "public_json.py", "folder.py", "layout.py"}
)
TEMPLATES = sorted((SOURCE / "reporting" / "templates").glob("*.j2"))
#: what looks like a sentence in code and is none, and why
NO_TEXT = re.compile(
    r"[a-z0-9_.:/#-]*"  # a key, a name, a colour
    r"|[A-Z]{2,}|[A-Z][a-z]?|chr\(\)"  # what another program reads
    r"|.*(\|\||\blambda\b|\bconcat\b).*|key \d?|profile \d?"  # SQL
    r"|.*\b(SELECT|AS|LIMIT|UNION|FROM|CASE|COALESCE|COPY|FORMAT|JOIN|CREATE|WHEN|ORDER)\b.*"  # SQL
    r"|(bold|dim)( [a-z]+)?|Table Style [A-Z][a-z]+ \d+"  # a style of the terminal, of a workbook
    r"|internal:''!A1|=''!\$A\$\d+:\$A\$"  # places in a workbook
    r"|\([a-z]+\)|\[[a-z]+\]|0\.0%|.*\\[1w].*"  # a name that no code can be; a pattern
    r"|[^A-Za-z]*",
    re.DOTALL,
)


def _keys() -> tuple[set[str], set[str], list[re.Pattern[str]]]:
    """Find the keys that are asked for, those that are only named, and patterns where a part is filled in."""
    asked: set[str] = set()
    named: set[str] = set()
    patterns = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
                named.add(node.value)  # a key that is chosen first and asked for after
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args):
                continue
            first = node.args[0]
            if isinstance(first, ast.Constant):
                asked.add(first.value)
            elif isinstance(first, ast.JoinedStr):
                parts = [re.escape(v.value) if isinstance(v, ast.Constant) else r"[a-z0-9_]+" for v in first.values]
                patterns.append(re.compile("".join(parts)))
    for path in TEMPLATES:
        asked.update(re.findall(r'say\("([^"]+)"', path.read_text(encoding="utf-8")))
    return asked, named, patterns


def test_what_is_asked_for_is_there_and_what_is_there_is_asked_for():
    asked, named, patterns = _keys()
    held = set(words.packaged(words.LANGUAGE).texts)
    assert asked - held == set()
    unasked = {k for k in held - asked - named if not any(p.fullmatch(k) for p in patterns)}
    assert unasked == set()


def _bypassing(path: Path) -> list[str]:
    """List the strings of a module that read like text and do not come from the catalogue."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            skipped |= {id(n) for n in ast.walk(body[0])}  # a docstring
        # NOTE: refusals are sentences of `errors`, found by their slug and not part of any report.
        named = {t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)}
        if isinstance(node, ast.Raise | ast.Assert) or named & {"message", "instead", "where"}:
            skipped |= {id(n) for n in ast.walk(node)}
        name = getattr(getattr(node, "func", None), "id", "")
        if name.endswith("Error") or name in {"say", "quoted", "getattr"}:
            skipped |= {id(n) for n in ast.walk(node) if isinstance(n, ast.Constant)}
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            skipped |= {id(n) for n in ast.walk(annotation)} if annotation is not None else set()
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(v.value if isinstance(v, ast.Constant) else "\0" for v in node.values)
            skipped |= {id(v) for v in node.values}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            text = node.value
        else:
            continue
        said = re.sub(r"</?[a-z]+>", "", text.replace("\0", ""))
        if id(node) not in skipped and not NO_TEXT.fullmatch(said):
            found.append(f"{path.name}:{node.lineno}: {text!r}")
    return found


@pytest.mark.parametrize("path", SPEAKING, ids=lambda p: p.name)
def test_no_text_bypasses_the_catalogue(path):
    assert _bypassing(path) == []


def test_the_search_for_bypassing_text_finds_it(tmp_path):
    path = tmp_path / "page.py"
    path.write_text(
        'def f(n):\n    """Say."""\n    g("Two words")\n    h(f"{n} records")\n    k("records")\n', encoding="utf-8"
    )
    assert [f.partition(": ")[2] for f in _bypassing(path)] == ["'Two words'", "'\\x00 records'"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_no_text_stands_in_a_template(path):
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<style.*?</style>|<script.*?</script>|<!DOCTYPE html>", "",
                  path.read_text(encoding="utf-8"), flags=re.DOTALL)  # fmt: skip
    said = re.sub(r'[a-z-]+="[^"]*"', "\n", re.sub(r"<[^<>]*>", "\n", text))
    assert re.findall(r"[A-Za-z]{2,}", said) == []
    assert re.findall(r'(?:alt|title|aria-label|placeholder)="[A-Za-z]', text) == []


@pytest.fixture
def welsh(tmp_path):
    """A catalogue of a language with six plurals, as somebody would begin one."""

    def made(text: str, base: words.Words | None = None) -> words.Words:
        path = tmp_path / "cy.yaml"
        path.write_text(text, encoding="utf-8")
        return words.read(path, "cy.yaml", base or words.packaged("en_GB"))

    return made


def test_plurals_numbers_and_dates_are_those_of_the_language(welsh, tmp_path):
    forms = "{zero: '{n} a', one: '{n} b', two: '{n} c', few: '{n} d', many: '{n} e', other: '{n} f'}"
    found = welsh(f"count:\n  rule: {forms}\n")
    said = [found.say("count.rule", {"n": n}) for n in (0, 1, 2, 3, 6, 4, 1000)]
    assert said == ["0 a", "1 b", "2 c", "3 d", "6 e", "4 f", "1,000 f"]
    assert found.day(dt.date(2026, 11, 25)) == "25 Tachwedd 2026"
    path = tmp_path / "de.yaml"
    path.write_text("figure: {percent: '{share} %'}\n", encoding="utf-8")
    german = words.read(path, "de.yaml", words.packaged("en_GB"))
    assert german.number(41208.25, 1) == "41.208,2"
    with words.speaking(german):
        from everycase.reporting.figures import share

        assert share(326, 3315) == "9,8 %"
        assert share(1, 100_000) == "<0,1 %"
    assert share(326, 3315) == "9.8%"


def test_what_a_language_does_not_say_is_said_in_english(welsh):
    found = welsh("verdict: {passed: IAWN}\n")
    assert found.say("verdict.passed", {}) == "IAWN"
    assert found.say("verdict.failed", {}) == "FAILED"


@pytest.mark.parametrize(
    ("text", "slug", "said"),
    [
        ("verdikt: {passed: x}\n", "no-text", "verdict.passed"),
        ("verdict: {passed: 7}\n", "text-shape", "quotes"),
        ("verdict:\n  passed: [a]\n", "text-shape", "no text"),
        ("count: {rule: {one: a}}\n", "no-text", "'count.rule.one'"),
        ("count: {rule: {one: a, other: 7}}\n", "text-shape", "a form"),
        ("count: {rule: '{m} rules'}\n", "text-placeholder", "It takes: n"),
        ("count: {rule: '{n rules'}\n", "text-placeholder", "not closed"),
        ("count: {rule: '{n.real} rules'}\n", "text-placeholder", "no name"),
        ("count: {rule: '{n[0]} rules'}\n", "text-placeholder", "no name"),
        ("count: {rule: '{} rules'}\n", "text-placeholder", "no name"),
        ("Count: {rule: a}\n", "text-key", "a-z"),
    ],
)
def test_a_catalogue_that_does_not_fit_is_refused_on_its_line(welsh, text, slug, said):
    with pytest.raises(ConfigurationError) as caught:
        welsh(text)
    assert caught.value.slug == slug
    assert caught.value.where.startswith("cy.yaml:")
    assert said in str(caught.value)


def test_a_file_whose_name_is_no_language_is_refused(tmp_path):
    path = tmp_path / "klingon-x.yaml"
    path.write_text("a: b\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no language"):
        words.read(path, "klingon-x.yaml")


def test_a_project_may_put_its_words_otherwise(tmp_path):
    from reporting.hostile import files

    from everycase.project import load

    for name, text in files().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    assert load(tmp_path).words is words.packaged("en_GB")
    own = tmp_path / "reports" / "words" / "en_GB.yaml"
    own.parent.mkdir()
    own.write_text("console: {to_fix: Put this right}\n", encoding="utf-8")
    assert load(tmp_path).words.say("console.to_fix", {}) == "Put this right"
    registry = tmp_path / "sources.yaml"
    registry.write_text(registry.read_text(encoding="utf-8").replace("{id: hostile,", "{id: hostile, language: cy,"))
    with pytest.raises(ConfigurationError, match="no catalogue of words 'cy'"):
        load(tmp_path)
    own.rename(own.with_name("cy.yaml"))
    assert str(load(tmp_path).words.locale) == "cy"
