"""What tests of readers share: a private folder, and a file opened and loaded as an engine would."""

from __future__ import annotations

from contextlib import contextmanager

import duckdb
import pytest
from front_door import CANARY

from everycase.errors import EXIT_COULD_NOT_CHECK, ExtractError
from everycase.readers import Wanted
from everycase.readers.opening import open_file
from everycase.registry import Reader


@pytest.fixture
def private(tmp_path):
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    return folder


@contextmanager
def _loaded(path, private, wanted, reader):
    with open_file(path, Reader(**reader), wanted, private) as opened, duckdb.connect() as connection:
        try:
            connection.execute(f"CREATE TABLE t AS SELECT * FROM {opened.relation}")
        except duckdb.Error as error:
            raise opened.explain(error) from None
        rows = connection.execute("SELECT * FROM t ORDER BY rowid").fetchall()
        assert opened.records in {None, len(rows)}
        opened.inspected()
        yield opened, rows


@pytest.fixture
def read(private):
    """Read a file: what was opened, and its rows; nothing may stay behind."""

    def read(path, names=(), padded=None, **reader):
        with _loaded(path, private, Wanted(dict.fromkeys(names, "text"), padded or {}), reader) as found:
            pass
        assert list(private.iterdir()) == []
        return found

    return read


@pytest.fixture
def refused(read, private):
    """Give the refusal of a file; neither it nor what it hides may hold a cell."""

    def refused(path, names=(), **reader):
        with pytest.raises(ExtractError) as caught:
            read(path, names, **reader)
        error = caught.value
        assert CANARY not in f"{error}{error!r}{error.__cause__}"
        assert error.__suppress_context__ or error.__context__ is None
        assert error.exit_code == EXIT_COULD_NOT_CHECK
        assert list(private.iterdir()) == []
        return error

    return refused
