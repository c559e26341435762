"""Tables of odd cells, odd names and odd codes, made from a seed, and the projects that they are judged by.

Many tables stand in one extract, told apart by the field `tbl` that records are grouped by and counted against each
other within, so that one run of an engine judges a hundred tables: their counts are those of the groups.
"""

import json
import random

from making import load_folder, make_project, rule

FIELDS = """
tbl: {title: Table, type: code, codelist: tables}
k: {title: Key, type: text}
a: {title: A, type: code, codelist: words, thresholds: {known: 0.5}, required: supplied(k)}
g: {title: Group, type: code, codelist: words, forced: a = '1'}
o: {title: Open, type: code, codelist: open_list}
n: {title: N, type: integer, required: a = '1', valid: n < 1000}
x: {title: X, type: number}
d: {title: D, type: date}
e: {title: E, type: date, formats: ["%d/%m/%Y", "%Y%m%d", "%d %b %Y", "%B %d %Y", "%d.%m.%y", "%Y-%m-%d %H:%M:%S"]}
p: {title: P, type: text, pattern: '[A-Z]{1,3}-?\\d+.?|\\w+\\s[^a]{2}'}
"""
OPEN = """
codelist: open_list
title: Open
source: {title: Made up}
open: true
pattern: "[A-Z]{2}[0-9]*"
codes:
  "A1": {meaning: One, attributes: {group: low}}
  "OLD": {meaning: Old, to: 2020-01-01}
  "AB9": {meaning: Old and like the pattern, to: 2020-01-01}
  "it's": {meaning: Quoted}
  "50%": {meaning: Share}
  'back\\slash "q"': {meaning: Hostile, standing: not_known}
"""
PREDICATES = [
    "n > 1",
    "d < '2020-06-01' OR n = 3",
    "occurrences(tbl, k) = 1",
    "concept(a) = concept(g)",
    "occurrences(tbl, g, d) < 3",
    "says_attribute(a, 'group', 'low')",
    "age >= 18",
    "days_between(d, e) > 0",
    "year(d) = 2020 AND month(e) = 2",
    "day(d) > 28",
    "x > 0.5",
    "x + 1 = n",
    "n + 1 <> 2",
    "-n < x",
    "k < 'b'",
    "k >= 'é'",
    "concept(a) < 'b'",
    "lower(k) = 'straße'",
    "upper(k) = 'ÉCLAIR'",
    "length(k) = 2",
    "trim(k) = k",
    "substr(k, 2, 3) = 'cla'",
    "substr(k, 1) = k",
    "starts_with(k, '50%')",
    "contains(k, '\\')",
    "contains(k, '''')",
    "attribute(o, 'group') = 'low'",
    "o = 'AB9'",
    "o IN ('A1', 'it''s', '50%')",
    "standing(o) = 'known'",
    "standing(a) <> 'unmapped'",
    "matches(k, '[a-z]+.?')",
    "matches(k, '(ab|c)*\\W')",
    "matches(k, '[^a]*\\.\\d{2,}')",
    "valid(p)",
    "known(o)",
    "NOT valid(e) AND supplied(e)",
    "p > 'A' AND p < 'z'",
    "coalesce(n, 7) = 7",
    "nullif(n, 3) = 5",
    "abs(x) >= 1",
    "CASE WHEN n > 1 THEN x > 1 WHEN n < 0 THEN FALSE END",
    "k BETWEEN 'A' AND 'a'",
    "d = e",
    "remainder(n, 23) < 7",
    "whole(k) > 0",
    "place_in(k, 'abcAB') > 1",
    "weekday(d) < 6",
    "concat(k, p) > 'm'",
    "substr(k, n) = 'a'",
    "substr(k, -2, 1) < 'n'",
    "substr(k, length(k) - 1, n) = k",
    "length(concat(p, k)) < 9",
    "x BETWEEN -1 AND 1",
    "e < as_of()",
    "age BETWEEN -5 AND 10",
    "at_least(age, 16)",
    "a = g",
]
WORDS = {
    "k": [
        "",
        "a",
        "b",
        "12",
        "007",
        "c",
        " a ",
        "\u00a0",
        "é",
        "É",
        "ab",
        "straße",
        "STRASSE",
        "STRAßE",
        "éclair",
        "ÉCLAIR",
        "50%x",
        "back\\slash",
        "it's",
        'quote"',
        "a\u2003",
        "\u2003a",
        "İ",
        "ǆ",
        "👩‍👧",
        "e\u0301",
        "two\nlines",
        "a.12",
        "abab-",
        "A",
        "z",
        "Z",
        "\ufeffa",
        "~",
        "!",
        "$1",
        "{}",
        ":name",
        "%s",
        "x" * 300,
    ],
    "a": ["", "1", "2", "3", "0", "9", "8", "x", "77", " 1", "1 ", "1\t", "\u30001", "Smith", "X", "１"],
    "g": ["", "1", "2", "0", "odd value", "  "],
    "o": ["", "A1", "OLD", "AB9", "it's", "50%", 'back\\slash "q"', "ZZ1", "zz", "ZZ1\n", "ÀÀ1", " ZZ "],
    "n": [
        "",
        "1",
        "2",
        "3",
        "many",
        "-5",
        "1e9",
        "999999999999999999999",
        "999999999999999999",
        "+7",
        "007",
        "1.0",
        "١",
        " 5",
        "5\u00a0",
        "--1",
        "0x1F",
        "1_000",
    ],
    "x": [
        "",
        "1",
        "-1.5",
        "1e308",
        "1e309",
        "-1e999",
        "1e-400",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.48e-324",
        "1.7976931348623158e308",
        "1.797693134862315807e308",
        "1.7976931348623159e308",
        ".5",
        "5.",
        "nan",
        "inf",
        "NaN",
        "1,5",
        "0.1",
        "1e5",
        "1e+5",
        "1e0001",
        "9" * 255,
        "9" * 256,
        "0." + "0" * 250 + "1",
        "0" * 254 + "1",
        "-0",
        "Infinity",
        "1e",
        "e1",
        ".",
        "0.30000000000000004",
    ],
    "d": [
        "",
        "2020-01-01",
        "2020-12-31",
        "2020-02-30",
        "2020-02-29",
        "2019-02-29",
        "1900-02-29",
        "2000-02-29",
        "31/12/2020",
        "infinity",
        "-infinity",
        "epoch",
        "now",
        "today",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
        "10000-01-01",
        "2020-1-5",
        "2020-01-01 (BC)",
        "2020-13-01",
        "2020-00-10",
        "2020-04-31",
        " 2020-01-02 ",
        "2020-01-01 10:00",
        "２０２０-01-01",
        "2020-01-00",
        "20200101",
        "2020/01/01",
        "2020-01-01x",
    ],
    "e": [
        "",
        "1/2/2020",
        "29/02/2020",
        "29/02/2019",
        "31/4/2020",
        "00/01/2020",
        "1/1/0000",
        "01/01/0001",
        "20200115",
        "2020115",
        "2020131",
        "202011",
        "20201301",
        "5 Feb 2020",
        "5 FEB 2020",
        "5 feb 2020",
        "05 Feb 2020",
        "5 Foo 2020",
        "February 3 2020",
        "february 30 2020",
        "May 5 2021",
        "Feb 5 2020",
        "1.2.68",
        "1.2.69",
        "1.2.00",
        "31.12.99",
        "2020-01-02 23:59:59",
        "2020-01-02 24:00:00",
        "2020-01-02 1:05:07",
        "2020-01-02 10:60:00",
        "2020-01-02 10:59:60",
        "1/2/20200",
        "1/13/2020",
        "99/1/2020",
        "2020-01-02 10:1:00",
    ],
    "p": [
        "",
        "A-1",
        "ABC12x",
        "ABCD1",
        "A1\n",
        "A1é",
        "ab cd",
        "ab\u00a0cd",
        "ab\ncc",
        "ab\tca",
        "é bb",
        "A-١",
        "A-1 ",
    ],
}
TABLES = "codelist: tables\ntitle: Tables\nsource: {title: Made up}\ncodes:\n"
TABLES += "".join(f"  t{n}: {{meaning: A table}}\n" for n in range(1000))

# Names and codes that break out of quotes ----------------------------------------------------------------------------

COLUMNS = {
    'a"; DROP TABLE t; --': "f0",
    "50% of\\it's :x %s": "f1",
    "select": "f2",
    "ü" * 30: "f3",
    "`tick`` $1": "f4",
    "${user.home} {{x}}": "f5",
    "a.b": "f6",
    "c0": "f7",
    "\u202eright to left": "f8",
    "GROUP BY 1) --": "tbl",
}
CODES = [
    "it's",
    'q"q',
    "back\\slash",
    "50%",
    "; DROP TABLE t; --",
    "${x}",
    "`",
    "a\u00a0b",
    "--",
    "/*",
    ":x",
    "%s",
    "$1",
    "\u202e",
    "\U0001f642",
    "NULL",
    "true",
    "1e3",
    "\\",
    "''",
    "{}",
    "?",
    "x'00'",
    "\\u0041",
    "é",
    "e\u0301",
]
_SAID = "it's \"; DROP TABLE t; -- ${x} `y` \\ %s :x"
_NAMED = "\n".join(
    f"f{n}: {{title: {json.dumps(_SAID)}, type: {'code, codelist: odd' if n < 5 else 'text'}}}" for n in range(9)
)


def _quoted(text):
    return "'" + text.replace("'", "''") + "'"


ODD_PREDICATES = [
    *(f"f0 = {_quoted(code)}" for code in CODES),
    *(f"f5 = {_quoted(code)}" for code in CODES),
    *(f"starts_with(f6, {_quoted(code)})" for code in CODES),
    *(f"contains(f7, {_quoted(code)})" for code in CODES[:12]),
    "f0 = f1",
    "f5 = f6",
    "occurrences(tbl, f0, f5) = 1",
    "occurrences(tbl, f8) < 3",
    "concat(f5, f6) > 'm'",
    f"f2 IN ({', '.join(map(_quoted, CODES[:9]))})",
    f"f8 IN ({', '.join(map(_quoted, CODES[5:19]))})",
    "says_attribute(f3, 'group', 'it''s')",
    "standing(f4) = 'not_known'",
    "length(f5) < 3",
    "upper(f6) = lower(f7)",
]


def _odd_list():
    lines = ["codelist: odd", f"title: {json.dumps(_SAID)}", "source: {title: Made up}", "codes:"]
    for number, code in enumerate(CODES):
        more = ", standing: not_known" if number % 7 == 6 else ', attributes: {group: "it\'s"}' if number % 3 else ""
        lines.append(f"  {json.dumps(code, ensure_ascii=False)}: {{meaning: {json.dumps(_SAID)}{more}}}")
    return "\n".join(lines) + "\n"


# Projects and tables --------------------------------------------------------------------------------------------------

HEADERS = {"cells": ["tbl", *WORDS], "names": list(COLUMNS)}


def project_of(shape, folder):
    """Write the project of a shape of tables, `cells` or `names`, unless it is there, and load it."""
    if folder.exists():
        return load_folder(folder)
    if shape == "cells":
        rules = "".join(
            rule(f"R{n}", p, "TRUE" if n % 3 else "supplied(k) OR known(g)") for n, p in enumerate(PREDICATES, 1)
        )
        lists, derived = {"open_list": OPEN, "tables": TABLES}, "age: age_at(d, e)"
        return load_folder(make_project(folder, FIELDS, rules, group_by="tbl, g", derived=derived, lists=lists))
    rules = "".join(rule(f"R{n}", p) for n, p in enumerate(ODD_PREDICATES, 1))
    mapped = "".join(f"      {json.dumps(column, ensure_ascii=False)}: {name}\n" for column, name in COLUMNS.items())
    fields = "tbl: {title: Table, type: code, codelist: tables}\n" + _NAMED
    return load_folder(
        make_project(
            folder,
            fields,
            rules,
            group_by="tbl, f0",
            lists={"odd": _odd_list(), "tables": TABLES},
            source=f"    columns:\n{mapped}",
        )
    )


def rows_of(shape, part, tables):
    """Make the rows of some tables: few or many, of few or many different cells, and some of any letters at all."""
    choose = random.Random(f"{shape} {part}")
    found = []
    for number in range(tables):
        name, size = f"t{part * tables + number}", choose.choice([1, 2, 3, 7, 15, 30])
        anything = [_anything(choose) for _ in range(3)]
        if shape == "cells":
            share = choose.choice([0.1, 0.5, 1])
            words = {f: choose.sample(w, max(2, int(len(w) * share))) for f, w in WORDS.items()}
            words["k"] += anything
            words["p"] += anything[:1]
            found += [[name, *(choose.choice(w) for w in words.values())] for _ in range(size)]
        else:
            cells = ["", *choose.sample(CODES, choose.choice([2, 9, len(CODES)])), *anything, " it's "]
            found += [[*(choose.choice(cells) for _ in range(9)), name] for _ in range(size)]
    return found


def _anything(choose):
    """Make a text of any letters of Unicode, but for NUL and what is only half a letter."""
    ranges = [
        (1, 0x7F),
        (0x80, 0x17F),
        (0x370, 0x5FF),
        (0x1E00, 0x20CF),
        (0x3000, 0xD7FF),
        (0xE000, 0xFFFD),
        (0x1F300, 0x1FAFF),
        (0x20000, 0x10FFFF),
    ]
    letters = [choose.randint(*choose.choice(ranges)) for _ in range(choose.choice([1, 2, 5, 40]))]
    # NOTE: a lone carriage return is a line end to some readers of files, and the sign of the unreadable is refused.
    return "".join(chr(c) for c in letters if c not in {13, 0xFFFD})
