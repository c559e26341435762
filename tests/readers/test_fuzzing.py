"""A small share of `make fuzz`: damaged files are refused in a sentence, or read whole."""

from __future__ import annotations

from fuzzing import run


def test_damaged_files_are_refused_or_read_whole(tmp_path):
    tally = run(200, 1, tmp_path)
    assert tally.wrong == []
    assert len(tally.refused) > 5
    assert sum(tally.accepted.values()) > 30
    assert tally.uncounted < sum(tally.accepted.values()) / 2
