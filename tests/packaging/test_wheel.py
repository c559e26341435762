"""The wheel holds the machine and the project, and nothing else; installed alone it does the main job."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.packaging
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (found,) = out.glob("*.whl")
    return found


def test_the_wheel_holds_the_package_and_the_project_and_no_other_name(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {n.split("/")[0] for n in names} == {"everycase", "everycase-0.1.0.dist-info"}
    assert not [n for n in names if "__pycache__" in n or n.endswith((".pyc", ".csv", ".db"))]
    project = {n.removeprefix("everycase/_project/") for n in names if n.startswith("everycase/_project/")}
    tracked = {
        p.relative_to(ROOT).as_posix()
        for pattern in ("sources.yaml", "expectations/**/*", "checks/*.py", "reports/*", "samples/*.py")
        for p in ROOT.glob(pattern)
        if p.is_file()
    }
    assert project == tracked
    assert "everycase/py.typed" in names
    assert any(n.startswith("everycase/reporting/templates/") for n in names)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    home = tmp_path_factory.mktemp("clean")
    venv.create(home / "venv", with_pip=True)
    scripts = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
    command = [str(scripts / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "--constraint", str(ROOT / "constraints.txt"), str(wheel)], check=True)
    return scripts


def _run(scripts, *arguments, cwd):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return subprocess.run(
        [str(scripts / arguments[0]), *arguments[1:]], cwd=cwd, env=clean, capture_output=True, text=True, check=False
    )


def test_installed_alone_the_demo_runs_from_any_folder(installed, tmp_path):
    done = _run(installed, "everycase", "demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    report = tmp_path / "everycase-demo" / "report"
    result = json.loads((report / "result.json").read_text(encoding="utf-8"))
    assert result["run"]["status"] == "failed"
    assert [s["status"] for s in result["sources"]].count("could_not_check") == 0
    assert (report / "scorecard.html").is_file()
    assert str(Path("everycase-demo") / "report" / "scorecard.html") in done.stdout
    asked = _run(installed, "python", "-c", "import everycase; print(everycase.__file__)", cwd=tmp_path)
    site = Path(asked.stdout.strip())
    assert not [p for p in site.parent.rglob("*") if p.suffix in {".csv", ".html"} and "templates" not in p.parts]


def test_the_module_form_and_the_command_are_the_same(installed, tmp_path):
    command = _run(installed, "everycase", "sources", "--format", "json", cwd=tmp_path)
    module = _run(installed, "python", "-m", "everycase", "sources", "--format", "json", cwd=tmp_path)
    assert command.returncode == module.returncode == 0
    assert command.stdout == module.stdout


def test_without_an_extract_the_exit_code_says_could_not_check(installed, tmp_path):
    done = _run(installed, "everycase", "check", "--no-gx", cwd=tmp_path)
    assert done.returncode == 3
    assert "Traceback" not in done.stdout + done.stderr
