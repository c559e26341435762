"""What a run puts on disk for a while is closed to others, and a killed run's leavings go at the next start."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import closing

import pytest
from support import AS_OF, ROOT

from everycase.engines import duck_engine
from everycase.engines.duck_engine import Engine, memory_share
from everycase.scratch import scratch_folder, sweep


def test_the_folder_is_closed_to_others_and_goes_with_the_run():
    with scratch_folder() as folder:
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "cell").write_text("x", encoding="utf-8")
    assert not folder.exists()


def test_only_folders_of_dead_processes_are_swept(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", "pass"])
    dead.wait()
    left, alive, other = (tmp_path / f"everycase-{n}" for n in (f"{dead.pid}-a", f"{os.getpid()}-a", "notes"))
    for folder in (left, alive, other):
        folder.mkdir()
    assert sweep(tmp_path) == [left]
    assert alive.exists()
    assert other.exists()


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_a_killed_check_leaves_no_report_and_the_next_start_clears_its_files(project, tmp_path, monkeypatch):
    from everycase.sampling import write_sample

    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    (tmp_path / "tmp").mkdir()
    sample = write_sample(project, "police_recorded_crime", 300_000, 1, AS_OF, tmp_path).extract
    latin = tmp_path / "latin.csv"
    latin.write_bytes(sample.read_bytes().replace(b"Wife", b"Wif\xe9", 1))
    command = [sys.executable, "-m", "everycase", "check", "police_recorded_crime", "--project", str(ROOT), "--no-gx",
               "--out", str(tmp_path / "out"), "--extract", f"police_recorded_crime={latin}"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(400):
        if list((tmp_path / "tmp").glob("everycase-*/*/*")):
            break
        if running.poll() is not None:
            break
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    running.send_signal(signal.SIGKILL)
    running.wait()
    left = list((tmp_path / "tmp").glob("everycase-*"))
    assert left, "the run was to be killed while it had files"
    assert not (tmp_path / "out").exists()
    sweep()
    assert not list((tmp_path / "tmp").glob("everycase-*"))


def test_what_does_not_fit_in_memory_is_spilled_and_cannot_be_read(tmp_path):
    canary = "canary-7731-"
    with closing(Engine(tmp_path, memory="24MiB", threads=1)) as engine:
        session = engine.session()
        session.execute(f"CREATE TABLE kept AS SELECT '{canary}' || i AS key, i FROM range(1500000) AS t(i)")
        spilled = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in spilled) > 1 << 20
        assert not any(canary.encode() in path.read_bytes() for path in spilled)
        assert session.execute("SELECT count(DISTINCT i), min(key) FROM kept").fetchall() == [(1500000, f"{canary}0")]


def test_sources_share_one_limit_and_no_table(tmp_path):
    with closing(Engine(tmp_path, memory="64MiB")) as engine:
        one, other = engine.session(), engine.session()
        one.execute("CREATE TABLE t AS SELECT 1 AS a")
        other.execute("CREATE TABLE t AS SELECT 2 AS a")
        assert one.execute("SELECT a, current_setting('memory_limit') FROM t").fetchall() == [(1, "64.0 MiB")]
        assert other.execute("SELECT a, current_setting('memory_limit') FROM t").fetchall() == [(2, "64.0 MiB")]


def test_where_nothing_is_said_the_limit_is_a_share_of_what_the_process_may_have(tmp_path, monkeypatch):
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    monkeypatch.setattr(duck_engine, "_GROUP_LIMITS", (str(tmp_path / "none"),))
    assert memory_share() == whole * 6 // 10
    (tmp_path / "max").write_text("max\n", encoding="ascii")
    (tmp_path / "limit").write_text("1000000000\n", encoding="ascii")
    monkeypatch.setattr(duck_engine, "_GROUP_LIMITS", (str(tmp_path / "max"), str(tmp_path / "limit")))
    assert memory_share() == 600_000_000
