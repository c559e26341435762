"""Bad input, on purpose: each kind has a sentence and an exit code, none quotes a cell, none ends in a pass."""

import csv
import json
import os
import shutil
import sys

import pytest
from canaries import written
from support import ROOT

CANARY = "Zyx0Wvut9Canary"


@pytest.fixture
def rows(extracts):
    with extracts["met_homicides"].extract.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _text(rows, delimiter=","):
    from io import StringIO

    file = StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return file.getvalue()


def _with_canary(rows):
    return [rows[0], *([[*row[:-1], CANARY] for row in rows[1:]])]


def _ragged(rows):
    lines = _text(_with_canary(rows)).splitlines()
    lines[5] += f",{CANARY}"
    return "\n".join(lines).encode()


def _open_quote(rows):
    lines = _text(_with_canary(rows)).splitlines()
    lines[7] = f'"{CANARY}' + lines[7]
    return "\n".join(lines).encode()


REFUSED = {
    "empty file": lambda rows: b"",
    "blank file": lambda rows: b"\n\n",
    "header only": lambda rows: _text(rows[:1]).encode(),
    "wrong delimiter": lambda rows: _text(_with_canary(rows), "~").encode(),
    "ragged row": _ragged,
    "short row": lambda rows: (_text(_with_canary(rows)) + CANARY + "\n").encode(),
    "quote left open": _open_quote,
    "NUL bytes": lambda rows: _text(_with_canary(rows)).replace("Wvut9", "\0", 1).encode(),
    "duplicate column": lambda rows: _text(
        [[*r[:-1], "Sex" if i == 0 else CANARY] for i, r in enumerate(rows)]
    ).encode(),
    "missing required column": lambda rows: _text([r[1:] for r in _with_canary(rows)]).encode(),
    "no header": lambda rows: _text(_with_canary(rows)[1:]).encode(),
    "another source's file": lambda rows: f"{CANARY},b\n{CANARY},2\n".encode(),
    "a workbook": lambda rows: b"PK\x03\x04" + CANARY.encode() * 50,
    "gzip": lambda rows: b"\x1f\x8b\x08" + CANARY.encode() * 50,
    "UTF-16 without a mark": lambda rows: _text(_with_canary(rows)).encode("utf-16-le"),
    "UTF-16 cut in the middle": lambda rows: _text(_with_canary(rows)).encode("utf-16")[:-1],
    "SQL as header": lambda rows: f'"a\'); DROP TABLE prepared; --",b\n{CANARY},2\n'.encode(),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_judged_ends_with_3_and_no_cell(kind, rows, check, tmp_path):
    path = tmp_path / "extract.csv"
    path.write_bytes(REFUSED[kind](rows))
    ran = check("met_homicides", met_homicides=path)
    assert ran.code == 3, ran.printed
    result = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    (source,) = result["sources"]
    assert source["status"] == "could_not_check"
    assert source["problem"]["message"]
    everything = ran.printed + written(tmp_path / "out")
    assert CANARY not in everything
    assert "Traceback" not in everything
    assert not [r for r in source["rules"] if r["status"] == "passed"] or kind == "missing required column"


READ = {
    "UTF-8 with a mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16 with a mark": lambda text: text.encode("utf-16"),
    "Windows-1252": lambda text: text.replace("Adult", "Adulté", 1).encode("cp1252"),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "mixed line ends": lambda text: text.replace("\n", "\r\n", 20).encode(),
    "no line end at the end": lambda text: text.rstrip("\n").encode(),
    "blank lines": lambda text: text.replace("\n", "\n\n", 3).encode(),
    "extra columns": lambda text: "\n".join(
        f"{line},{'more' if i == 0 else CANARY}" for i, line in enumerate(text.splitlines())
    ).encode(),
    "a cell of a megabyte": lambda text: text.replace("Adult", "A" * 1_000_000, 1).encode(),
}


@pytest.mark.parametrize("kind", READ)
def test_what_can_be_read_is_read_right(kind, rows, check, tmp_path):
    path = tmp_path / "extract.csv"
    path.write_bytes(READ[kind](_text(rows)))
    ran = check("met_homicides", met_homicides=path)
    assert ran.code == 1, ran.printed
    (source,) = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))["sources"]
    assert source["records"] == len(rows) - 1
    assert CANARY not in ran.printed + (tmp_path / "out" / "result.json").read_text(encoding="utf-8")
    if kind not in {"CRLF", "no line end at the end", "extra columns", "a cell of a megabyte"}:
        assert source["extract"]["repairs"]


def test_a_row_number_is_the_one_a_spreadsheet_shows(rows, check, tmp_path, extracts):
    """Blank lines are rows in a spreadsheet, and line ends inside cells are not."""
    planted = json.loads(extracts["met_homicides"].defects.read_text(encoding="utf-8"))
    first = min(d["row"] for d in planted if not d["near_miss"])
    text = _text(rows)
    path = tmp_path / "extract.csv"
    path.write_text(text.replace("\n", "\n\n", 1), encoding="utf-8", newline="")
    check("met_homicides", met_homicides=path)
    with (tmp_path / "out" / "failing.csv").open(encoding="utf-8-sig", newline="") as file:
        assert min(int(r["row"]) for r in csv.DictReader(file) if not r["code"].startswith("CMP03")) == first + 1


@pytest.fixture
def copied(tmp_path):
    """Copy the project, to be broken."""
    for name in ("sources.yaml", "expectations", "checks", "reports", "samples"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / "project" / name)
        else:
            (tmp_path / "project").mkdir(exist_ok=True)
            shutil.copy(source, tmp_path / "project" / name)
    return tmp_path / "project"


def _replaced(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _bomb(project):
    levels = "\n".join(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9) if i else '1'}]" for i in range(12))
    (project / "sources.yaml").write_text(levels, encoding="utf-8")


BROKEN = {
    "a tab": (lambda p: _replaced(p / "sources.yaml", "  id:", "\tid:"), "sources.yaml:4", "tab"),
    "a duplicate key": (
        lambda p: _replaced(p / "sources.yaml", "  title:", "  id: twice\n  title:"), "sources.yaml:5", "twice"),
    "an alias bomb": (_bomb, "sources.yaml:2", "aliases"),
    "an unknown key": (
        lambda p: _replaced(p / "sources.yaml", "    agency:", "    agencie:"), "sources.yaml:25", "agency"),
    "a threshold in per cent instead of a share": (
        lambda p: _replaced(
            p / "sources.yaml", "    sample: police_recorded_crime\n",
            "    sample: police_recorded_crime\n    thresholds: {FLG02: 5}\n"),
        "sources.yaml:38", "less than or equal to 1"),
    "a missing key": (
        lambda p: _replaced(p / "sources.yaml", "    cadence: monthly\n", ""), "sources.yaml:23", "cadence"),
    "a rule code used twice": (
        lambda p: _replaced(
            p / "expectations/met_homicides.yaml", "expectations:\n",
            "expectations:\n  - {check: flagged_under_16, code: FLG05.victim, fields: {age: age_group}}\n"),
        "expectations/met_homicides.yaml:", "twice"),
    "a suite without a source": (
        lambda p: (p / "expectations/lost.yaml").write_text(
            "suite: lost\ntitle: Lost\nfields: {a: {title: A, type: text}}\n", encoding="utf-8"),
        "expectations/lost.yaml:1", "no source"),
    "an unknown check": (
        lambda p: _replaced(p / "expectations/met_homicides.yaml", "flagged_under_16", "flagged_under_61"),
        "expectations/met_homicides.yaml:", "flagged_under_16"),
    "an unknown field in a predicate": (
        lambda p: _replaced(
            p / "expectations/police_recorded_crime.yaml", "concept(victim_type)", "concept(victim_typ)"),
        "expectations/police_recorded_crime.yaml:", "victim_type"),
    "an unknown function": (
        lambda p: _replaced(p / "expectations/police_recorded_crime.yaml", "age_at(victim_dob", "agee_at(victim_dob"),
        "expectations/police_recorded_crime.yaml:", "age_at"),
    "a predicate that does not parse": (
        lambda p: _replaced(p / "expectations/police_recorded_crime.yaml", "age_at(victim_dob,", "age_at(victim_dob,,"),
        "expectations/police_recorded_crime.yaml:", "parse"),
    "a code in a check's file used twice": (
        lambda p: _replaced(p / "checks/flagging.py", 'code="FLG03"', 'code="FLG02"'), "checks/flagging.py:", "FLG02"),
    "Python that does not run": (
        lambda p: (p / "checks/gender.py").write_text("1/0\n", encoding="utf-8"), "checks/gender.py:1",
        "ZeroDivisionError"),
    "a variable that is not set": (
        lambda p: _replaced(p / "sources.yaml", "extracts/police", "${EVERYCASE_NOT_SET}/police"), "sources.yaml:",
        "EVERYCASE_NOT_SET"),
    "a code list that is not YAML": (
        lambda p: (p / "expectations/codelists/sex.yaml").write_text("{", encoding="utf-8"),
        "expectations/codelists/sex.yaml:", "YAML"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_project_ends_with_2_and_names_file_and_line(kind, copied, everycase, extracts, tmp_path):
    breaking, place, said = BROKEN[kind]
    breaking(copied)
    sample = extracts["met_homicides"].extract
    ran = everycase("check", "--project", copied, "--no-gx", "--out", tmp_path / "out", "--extract",
                    f"met_homicides={sample}")  # fmt: skip
    assert ran.code == 2, ran.printed
    assert ran.err.startswith(place), ran.err
    assert said in ran.err
    assert "docs/errors.md#" in ran.err
    assert "Traceback" not in ran.printed
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_file_that_may_not_be_read_is_refused(check, rows, tmp_path):
    path = tmp_path / "extract.csv"
    path.write_text(_text(rows), encoding="utf-8")
    path.chmod(0)
    assert check("met_homicides", met_homicides=path).code == 3


HOSTILE = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "'; DROP TABLE prepared; --", "<script>alert(1)</script>",
           "\u202etxt.exe", "a\nb", '"quoted"', "${HOME}", "%s%n", "{{7*7}}"]  # fmt: skip


def test_values_that_look_like_formulas_sql_or_html_do_nothing(extracts, check, tmp_path):
    with extracts["police_recorded_crime"].extract.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for i, value in enumerate(HOSTILE, 1):
        rows[i][0] = value
        rows[i][rows[0].index("victim_sex")] = value
        rows[i][rows[0].index("victim_type")] = "P"
    path = tmp_path / "extract.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    ran = check("police_recorded_crime", police_recorded_crime=path)
    assert ran.code == 1
    with (tmp_path / "out" / "failing.csv").open(encoding="utf-8-sig", newline="") as file:
        keys = {r["key"] for r in csv.DictReader(file)}
    assert "'=cmd|' /C calc'!A0" in keys
    assert not [k for k in keys if k.startswith(("=", "+", "-", "@"))]
    shown = ran.printed + (tmp_path / "out" / "scorecard.html").read_text(encoding="utf-8")
    assert "<script>alert" not in shown
    assert shown.lower().count("<script") == 1  # the page's own
    assert "DROP TABLE" not in shown


def test_columns_called_force_group_or_select_work(everycase, tmp_path):
    project = tmp_path / "project"
    (project / "expectations/codelists").mkdir(parents=True)
    (project / "reports").mkdir()
    (project / "reports/gate.yaml").write_text(
        "report: gate\ntitle: Gate\naudience: Machines\noutputs: [{format: result_json, file: result.json}]\n",
        encoding="utf-8",
    )
    (project / "expectations/codelists/words.yaml").write_text(
        "codelist: words\ntitle: Words\nsource: {title: Made up}\ncodes: {a: {meaning: A}, b: {meaning: B}}\n",
        encoding="utf-8",
    )
    (project / "expectations/odd.yaml").write_text(
        "suite: odd\ntitle: Odd\nfields:\n"
        "  force: {title: Force, type: code, codelist: words, thresholds: {known: 1.0}}\n"
        "  group: {title: Group, type: text}\n  select: {title: Select, type: integer}\n"
        '  "order by": {title: Order, type: date}\n'
        "expectations:\n"
        "  - code: ODD1\n    name: odd\n    title: Odd\n    why: W\n    fix: F\n    dimension: validity\n"
        "    severity: error\n    references: [{title: Made up}]\n"
        "    applies: force = 'a' AND supplied(group)\n    requires: select > 1\n"
        "    passing: [{force: a, group: x, select: '2'}]\n    failing: [{force: a, group: x, select: '1'}]\n",
        encoding="utf-8",
    )
    (project / "sources.yaml").write_text(
        "version: 1\nproject: {id: odd, title: Odd}\nsources:\n  odd:\n    title: T\n    agency: A\n    owner: O\n"
        "    description: D\n    jurisdiction: J\n    cadence: C\n    legal_basis: L\n    suite: odd\n"
        "    extract: odd.csv\n    group_by: [force]\n",
        encoding="utf-8",
    )
    (project / "odd.csv").write_text(
        'force,group,select,order by\na,x,2,2020-01-01\na,x,1,2020-01-01\nb,x,1,2020-02-31\n"a",,1,\n', encoding="utf-8"
    )
    ran = everycase("check", "--project", project, "--out", tmp_path / "out", "--no-gx", "--format", "json")
    assert ran.code == 1, ran.printed
    (source,) = json.loads(ran.out)["sources"]
    rule = next(r for r in source["rules"] if r["code"] == "ODD1")
    assert (rule["passing"], rule["failing"], rule["undetermined"]) == (1, 1, 0)
    assert [(g["value"], g["records"]) for g in source["groups"]] == [("a", 3), ("b", 1)]


def test_a_project_found_by_walking_upward_runs_no_code_and_says_so(copied, everycase, tmp_path, monkeypatch):
    (copied / "checks/flagging.py").write_text("raise SystemExit('ran')\n", encoding="utf-8")
    monkeypatch.setenv("EVERYCASE_CONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(copied)
    ran = everycase("check", "--no-gx", "--out", tmp_path / "out")
    assert ran.code == 2
    assert "everycase trust" in ran.err
    assert "ran" not in ran.out


def test_after_trust_the_code_runs_until_it_changes(copied, everycase, tmp_path, monkeypatch):
    monkeypatch.setenv("EVERYCASE_CONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(copied)
    assert everycase("trust", copied).code == 0
    assert everycase("rules").code == 0
    with (copied / "checks/flagging.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert everycase("rules").code == 2
    assert sys.modules.get("everycase_checks.flagging") is not None
