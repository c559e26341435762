"""Python of a project that was only found runs for nobody until it is trusted, and no longer than it stays the same."""

import json
import stat

import pytest
from making import make_project, rule

from everycase import trust
from everycase.errors import TrustError
from everycase.project import Place, load_place

MINE = """
from dataclasses import replace
from pathlib import Path
from everycase import generic
Path({ran!r}).write_text("ran")
MINE = replace(generic.KEY_UNIQUE, code="MIN01", name="mine")
"""


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Give a project found by walking, whose check leaves a mark when it runs."""
    monkeypatch.setenv("EVERYCASE_CONFIG", str(tmp_path / "config"))
    folder = make_project(tmp_path / "p", "k: {title: K, type: text}", "  - {check: mine, fields: {key: k}}\n")
    (folder / "checks").mkdir()
    (folder / "checks/mine.py").write_text(MINE.format(ran=str(tmp_path / "mark")), encoding="utf-8")
    return folder


def load_found(folder):
    return load_place(Place(folder.resolve(), "found"))


def test_what_was_only_found_runs_nothing_and_says_what_to_do(found, tmp_path):
    project = load_found(found)
    assert project.code_withheld
    assert not (tmp_path / "mark").exists()
    with pytest.raises(TrustError) as caught:
        project.rules_of("s")
    assert caught.value.slug == "not-trusted"
    assert "everycase trust" in caught.value.instead


def test_what_is_trusted_runs_until_its_code_changes(found, tmp_path):
    assert not trust.is_trusted(found)
    assert trust.trust(found) == trust.code_digest(found)
    assert [r.code for r in load_found(found).rules_of("s")] == ["MIN01"]
    assert (tmp_path / "mark").exists()
    (tmp_path / "mark").unlink()
    with (found / "checks/mine.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert not trust.is_trusted(found)
    assert load_found(found).code_withheld
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("change", ["checks/new.py", "samples/new.py"])
def test_a_new_file_of_code_ends_trust(found, change):
    trust.trust(found)
    (found / change).parent.mkdir(exist_ok=True)
    (found / change).write_text("x = 1\n", encoding="utf-8")
    assert not trust.is_trusted(found)


def test_a_renamed_or_removed_file_ends_trust_and_another_folder_has_none(found, tmp_path):
    trust.trust(found)
    path = found / "checks/mine.py"
    text = path.read_text(encoding="utf-8")
    path.rename(found / "checks/other.py")
    assert not trust.is_trusted(found)
    path.write_text(text, encoding="utf-8")
    (found / "checks/other.py").unlink()
    assert trust.is_trusted(found)
    twin = tmp_path / "twin"
    (twin / "checks").mkdir(parents=True)
    (twin / "checks/mine.py").write_text(text, encoding="utf-8")
    assert not trust.is_trusted(twin)


def test_yaml_may_change_without_ending_trust(found):
    trust.trust(found)
    with (found / "sources.yaml").open("a", encoding="utf-8") as file:
        file.write("# a note\n")
    assert trust.is_trusted(found)


def test_trust_is_kept_where_only_its_owner_may_write_and_beside_what_was_there(found, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    trust.trust(other)
    trust.trust(found)
    assert trust.is_trusted(other)
    assert trust.is_trusted(found)
    assert stat.S_IMODE(trust.store().stat().st_mode) == 0o600
    assert sorted(trust.remembered()) == sorted([str(other.resolve()), str(found.resolve())])


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', '{"x": 1}'])
def test_a_damaged_memory_trusts_nobody_and_is_written_anew(found, text):
    trust.store().parent.mkdir(parents=True)
    trust.store().write_text(text, encoding="utf-8")
    assert not trust.is_trusted(found)
    trust.trust(found)
    assert trust.is_trusted(found)
    assert json.loads(trust.store().read_text(encoding="utf-8"))[str(found.resolve())]


def test_a_link_to_a_trusted_folder_is_that_folder(found, tmp_path):
    trust.trust(found)
    (tmp_path / "link").symlink_to(found, target_is_directory=True)
    assert trust.is_trusted(tmp_path / "link")


def test_a_project_without_code_needs_no_trust(tmp_path, monkeypatch):
    monkeypatch.setenv("EVERYCASE_CONFIG", str(tmp_path / "config"))
    folder = make_project(tmp_path / "p", "k: {title: K, type: text}", rule("R1", "supplied(k)"))
    project = load_found(folder)
    assert not project.code_withheld
    assert [r.code for r in project.rules_of("s")] == ["R1"]
