"""What is ready to use, run as far as a machine without these services can: the very lines that stand in the files."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from making import make_project, rule
from support import ROOT

FIELDS = "ref: {title: Ref, type: text}\ncode: {title: Code, type: code, codelist: words}"


@pytest.fixture
def shell(tmp_path):
    """Run lines of a pipeline in a folder with a project and an extract, with our own everycase on the path."""
    make_project(tmp_path / "p", FIELDS, rule("R1", "code = '1'"), keys="ref")
    (tmp_path / "x y.csv").write_text("ref,code\na,1\nb,2\n")
    binary = tmp_path / "bin"
    binary.mkdir()
    command = binary / "everycase"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m everycase "$@"\n')
    command.chmod(0o755)

    def run(script, **variables):
        path = {"PATH": f"{binary}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src")}
        environment = {**os.environ, **path, **variables}
        command = ["bash", "-eo", "pipefail", "-c", script]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


def test_the_steps_of_the_github_action(shell, tmp_path):
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert action["runs"]["using"] == "composite"
    install, gate = action["runs"]["steps"]
    assert all(step["shell"] == "bash" and "${{" not in step["run"] for step in (install, gate))
    inputs = {name: str(found.get("default", "")) for name, found in action["inputs"].items()}
    inputs |= {"extracts": "s=x y.csv\n", "project": "p", "out": "o; touch hacked"}
    given = {k: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: inputs[m[1]], v) for k, v in gate["env"].items()}
    assert not any("${{" in value for value in given.values())
    ran = shell(gate["run"], **given, GITHUB_STEP_SUMMARY=str(tmp_path / "step.md"))
    assert ran.returncode == 1, ran.stderr
    assert "::error file=p/expectations/s.yaml,line=" in ran.stdout
    assert (tmp_path / "step.md").read_text().startswith("## FAILED")
    assert (tmp_path / "o; touch hacked/junit.xml").is_file()
    assert not (tmp_path / "hacked").exists()
    assert "constraints.txt" in install["run"]


def test_the_job_of_gitlab(shell, tmp_path):
    job = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text())[".everycase-gate"]
    variables = {**job["variables"], "EVERYCASE_EXTRACT": "s=x y.csv", "EVERYCASE_PROJECT": "p"}
    ran = shell("\n".join(job["script"]), **variables)
    assert ran.returncode == 1, ran.stderr
    for path in (*job["artifacts"]["reports"].values(), *job["cache"]["paths"]):
        assert (tmp_path / path).is_file(), path


def test_the_hook_of_pre_commit(shell, tmp_path):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["language"] == "python"
    assert not hook["pass_filenames"]
    ran = shell(f"cd p && {hook['entry']}")
    assert ran.returncode == 0, ran.stderr
    watched = re.compile(hook["files"])
    for name in (
        "sources.yaml",
        "waivers.yaml",
        "expectations/codelists/words.yaml",
        "checks/flagging.py",
        "reports/gate.yaml",
    ):
        assert watched.search(name), name
    assert not watched.search("README.md")


def test_the_container_file_copies_what_is_there_and_all_that_the_wheel_needs():
    lines = re.sub(r"\\\n", " ", (ROOT / "Containerfile").read_text()).splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    assert {s[0] for s in steps} <= {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT"}
    copied = {name for kind, rest in steps if kind == "COPY" for name in rest.split()[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert {*included, "src", "pyproject.toml", "README.md", "LICENSE", "constraints.txt"} <= copied
    kinds = [s[0] for s in steps]
    assert kinds.index("USER") < kinds.index("ENTRYPOINT")
    assert dict(steps)["USER"] != "root"
    assert Path(ROOT / "constraints.txt").is_file()
