"""Every command as it is documented: what it prints, where, and how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import AS_OF, ROOT


def test_planted_defects_fail_with_1_and_the_result_is_written(check, tmp_path):
    ran = check()
    assert ran.code == 1
    result = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert [s["id"] for s in result["sources"]] == ["police_recorded_crime", "met_homicides"]
    for source in result["sources"]:
        for rule in source["rules"]:
            assert rule["applicable"] == rule["passing"] + rule["failing"] + rule["undetermined"]
        for field in source["fields"]:
            assert field["applicable"] == field["known"] + sum(field["not_known"].values())
    assert "FAILED" in ran.out
    assert "Traceback" not in ran.printed


def test_every_planted_defect_is_found_and_nothing_else(check, extracts, tmp_path):
    check()
    import csv

    with (tmp_path / "out" / "failing.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = {(r["source"], int(r["row"]), r["code"]) for r in csv.DictReader(file)}
    for source, sample in extracts.items():
        planted = json.loads(sample.defects.read_text(encoding="utf-8"))
        fields = {"Age_Group": "age_group", "Borough": "borough", "Method_of_Killing": "method",
                  "Ethnicity": "ethnicity",
                  "Sex": "victim_sex", "Domestic_Abuse": "da_flag", "Solved_Status": "solved", "Year": "year",
                  "BCU": "command_unit"}  # fmt: skip

        def named(code, fields=fields):
            base, _, field = code.partition(".")
            return f"{base}.{fields.get(field, field)}" if field else base

        expected = {(source, d["row"], named(d["code"])) for d in planted if not d["near_miss"]}
        found = {x for x in listed if x[0] == source and not x[2].startswith(("CMP01", "CMP03"))}
        assert found == expected


@pytest.mark.parametrize(("fail_on", "code"), [("error", 1), ("query", 1), ("warning", 1), ("never", 0)])
def test_fail_on_decides_which_severity_fails(check, fail_on, code):
    assert check("--fail-on", fail_on).code == code


def test_queries_alone_do_not_fail_unless_asked(check, tmp_path):
    real = ROOT.parent / "shared" / "data" / "mps_homicides_2003_2023.csv"
    if not real.is_file():
        pytest.skip("the real data is not here")
    assert check("met_homicides", met_homicides=real).code == 0
    assert check("met_homicides", "--fail-on", "query", met_homicides=real).code == 1


def test_could_not_check_wins_over_failed_and_is_not_masked_by_never(check, tmp_path):
    assert check(met_homicides=tmp_path / "none.csv").code == 3
    assert check("--fail-on", "never", met_homicides=tmp_path / "none.csv").code == 3


def test_one_source_that_cannot_be_read_does_not_keep_the_others_from_their_verdict(check, tmp_path):
    check(met_homicides=tmp_path / "none.csv")
    result = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert {s["id"]: s["status"] for s in result["sources"]} == {
        "police_recorded_crime": "failed",
        "met_homicides": "could_not_check",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "no_such_source"),
        ("check", "--extract", "police_recorded_crime"),
        ("check", "--extract", "no_such_source=x.csv"),
        ("check", "--as-of", "31/12/2026"),
        ("check", "--as-of", "2026-02-31"),
        ("check", "--fail-on", "sometimes"),
        ("check", "--format", "xml"),
        ("check", "--nonsense"),
        ("explain", "NOPE99"),
        ("rules", "--source", "no_such_source"),
        ("schema", "nothing"),
        ("sources", "--project", "/does/not/exist"),
        ("nonsense",),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(everycase, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if "--project" not in arguments and arguments[0] in {"check", "rules", "explain"}:
        arguments = (*arguments, "--project", ROOT)
    ran = everycase(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.strip()
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


def test_the_nearest_right_name_is_offered(everycase):
    assert "police_recorded_crime" in everycase("check", "police_recorded_crimes", "--project", ROOT).err
    assert "FLG02" in everycase("explain", "FLG2", "--project", ROOT).err


def test_json_goes_to_stdout_alone_and_equals_the_file(check, tmp_path):
    ran = check("--format", "json")
    assert json.loads(ran.out) == json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))


def test_the_plan_names_every_rule_and_reads_nothing(everycase, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = everycase("check", "--explain", "--project", ROOT)
    assert ran.code == 0
    for rule in json.loads(everycase("rules", "--format", "json", "--project", ROOT).out):
        assert rule["code"] in ran.out
    assert "equal in crime_ref are counted against each other afterwards, from what was kept, for UNI01" in ran.out
    assert list(tmp_path.iterdir()) == []
    other = everycase("check", "nibrs_pairs", "--explain", "--project", ROOT / "examples/nibrs_louisiana")
    assert "not in force" in other.out


def test_quiet_prints_a_line_a_source(check):
    ran = check("--quiet")
    assert len(ran.out.strip().splitlines()) <= 4
    assert "police_recorded_crime" in ran.out
    assert "FLG02" not in ran.out


def test_the_same_input_gives_the_same_bytes_but_for_id_and_start(check, tmp_path):
    texts = []
    for name in ("one", "two"):
        check(out=tmp_path / name)
        result = json.loads((tmp_path / name / "result.json").read_text(encoding="utf-8"))
        result["run"].pop("id")
        result["run"].pop("started")
        texts.append(json.dumps(result))
    assert texts[0] == texts[1]
    assert (tmp_path / "one/failing.csv").read_bytes() == (tmp_path / "two/failing.csv").read_bytes()


def test_rules_and_sources_as_json_have_what_programs_need(everycase):
    sources = json.loads(everycase("sources", "--format", "json", "--project", ROOT).out)
    assert {"police_recorded_crime", "met_homicides", "cps_cases"} <= {s["id"] for s in sources}
    rules = json.loads(everycase("rules", "--format", "json", "--project", ROOT).out)
    assert {"code", "official", "source", "severity", "title"} <= set(rules[0])
    one = json.loads(everycase("rules", "--source", "met_homicides", "--format", "json", "--project", ROOT).out)
    assert {r["source"] for r in one} == {"met_homicides"}


HEADINGS = ("Why it matters", "How to fix it", "What it asks", "Examples", "Where it comes from")


def test_explain_prints_the_page_of_a_rule(everycase):
    page = everycase("explain", "FLG02", "--project", ROOT)
    assert page.code == 0
    assert [h for h in HEADINGS if h not in page.out] == []


def test_every_rule_has_a_page(project, capsys):
    from everycase.listing import all_rules, show_page

    for code in {r.code for _, r in all_rules(project)}:
        show_page(project, code)
        page = capsys.readouterr().out
        assert [h for h in HEADINGS if h not in page] == [], code


@pytest.mark.parametrize("name", ["sources", "suite", "codelist", "report", "result"])
def test_every_schema_is_a_json_schema(everycase, name):
    from jsonschema import Draft202012Validator

    schema = json.loads(everycase("schema", name).out)
    Draft202012Validator.check_schema(schema)


def test_the_yaml_of_the_project_fits_its_schemas(everycase):
    import yaml
    from jsonschema import Draft202012Validator

    places = {"sources": "sources.yaml", "suite": "expectations/*.yaml", "codelist": "expectations/codelists/*.yaml",
              "report": "reports/*.yaml"}  # fmt: skip
    for name, pattern in places.items():
        validator = Draft202012Validator(json.loads(everycase("schema", name).out))
        for path in ROOT.glob(pattern):
            data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - text only
            assert isinstance(data, dict)
            unknown = [e for e in validator.iter_errors(data) if e.validator == "additionalProperties"]
            assert not unknown, path


def _process(*arguments, cwd, **options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **options.pop("env", {})}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False, **options
    )


def test_runner_and_module_are_the_same_command(tmp_path):
    module = _process("-m", "everycase", "rules", "--project", str(ROOT), cwd=tmp_path)
    runner = _process(str(ROOT / "runner.py"), "rules", "--project", str(ROOT), cwd=tmp_path)
    assert module.returncode == runner.returncode == 0
    assert module.stdout == runner.stdout


def test_commands_without_data_load_nothing_heavy(tmp_path):
    program = (
        "import sys; from everycase.cli import run_command; "
        f"code = run_command(['rules', '--project', {str(ROOT)!r}]); "
        "heavy = {'great_expectations', 'pandas', 'duckdb', 'sqlglot', 'sqlalchemy'}; "
        "print(heavy & set(sys.modules), file=sys.stderr); "
        "sys.exit(code)"
    )
    done = _process("-c", program, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.strip() == "set()"


def test_a_check_without_the_record_loads_neither_great_expectations_nor_pandas(extracts, tmp_path):
    program = (
        "import sys; from everycase.cli import run_command; "
        f"code = run_command(['check', 'met_homicides', '--no-gx', '--project', {str(ROOT)!r}, "
        f"'--extract', 'met_homicides={extracts['met_homicides'].extract}', '--out', 'out', '-q']); "
        "print({'great_expectations', 'pandas', 'sqlalchemy'} & set(sys.modules), file=sys.stderr); sys.exit(code)"
    )
    done = _process("-c", program, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stderr.strip().splitlines()[-1] == "set()"


def test_no_colour_and_no_terminal_give_plain_text(check):
    assert not re.search(r"\x1b\[", check().printed)


@pytest.mark.skipif(os.name == "nt", reason="pipes close otherwise there")
@pytest.mark.parametrize(("fail_on", "code"), [("error", 1), ("never", 0)])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_goes_away_changes_neither_the_verdict_nor_the_reports(extracts, tmp_path, fail_on, code, form):
    command = [sys.executable, "-m", "everycase", "check", "met_homicides", "--project", str(ROOT), "--no-gx",
               "--fail-on", fail_on, "--format", form, "--out", "out",
               "--extract", f"met_homicides={extracts['met_homicides'].extract}"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    running = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    running.stdout.close()
    err = running.stderr.read()
    running.stderr.close()
    assert running.wait(timeout=60) == code, err
    assert (tmp_path / "out" / "result.json").is_file()
    assert err == ""


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_an_interrupt_ends_with_130_and_leaves_nothing_half_written(project, tmp_path):
    from everycase.sampling import write_sample

    sample = write_sample(project, "police_recorded_crime", 200_000, 1, AS_OF, tmp_path)
    command = [sys.executable, "-m", "everycase", "check", "police_recorded_crime", "--project", str(ROOT),
               "--out", "out", "--extract", f"police_recorded_crime={sample.extract}"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    (tmp_path / "tmp").mkdir()
    environment["TMPDIR"] = str(tmp_path / "tmp")
    running = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while running.poll() is None and not list((tmp_path / "tmp").glob("everycase-*/*")):
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    if running.returncode not in {0, 1}:
        assert running.returncode == 130, err
        assert not (tmp_path / "out").exists()
    assert "Traceback" not in out + err


def test_the_demo_ends_with_0_and_names_the_scorecard(everycase, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = everycase("demo", "--project", ROOT, "--rows", 300)
    assert ran.code == 0
    assert str(Path("everycase-demo") / "report" / "scorecard.html") in ran.out
    assert (tmp_path / "everycase-demo" / "report" / "gx" / "police_recorded_crime.json").is_file()


def test_the_documentation_is_what_the_code_says(everycase):
    ran = everycase("docs", "--check", "--out", ROOT / "docs", "--project", ROOT)
    assert ran.code == 0, ran.err


def test_every_error_has_a_page_and_every_page_an_error():
    from everycase.error_pages import PAGES

    text = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*.py") if p.name != "error_pages.py")
    used = set(re.findall(r"\"([a-z]+(?:-[a-z]+)+|engine|environment|redaction|salt)\"", text))
    assert set(PAGES) - used == set()
    raised = set(re.findall(r"(?:refuse|Error|Problem)\(\s*\"([a-z][a-z0-9-]+)\"", text))
    assert raised - set(PAGES) == set()
