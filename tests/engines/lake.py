"""One Spark for all tests, in this process as on a cluster or in a notebook, and how records get into it."""

import warnings
from contextlib import contextmanager


@contextmanager
def started(folder):
    """Start Spark on two cores; nothing of it is written outside of a folder."""
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    settings = {
        "spark.master": "local[2]",
        "spark.app.name": "tests",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.driver.memory": "2g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.ansi.enabled": "false",
        "spark.sql.session.timeZone": "America/New_York",
        "spark.sql.caseSensitive": "false",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = SparkContext(conf=SparkConf(loadDefaults=False).setAll(list(settings.items())))
    context.setLogLevel("OFF")
    session = SparkSession(context)
    try:
        yield session
    finally:
        session.stop()


def frame(session, header, rows):
    """Make a DataFrame of texts, a blank cell being NULL."""
    from pyspark.sql.types import StringType, StructField, StructType

    schema = StructType([StructField(name, StringType()) for name in header])
    return session.createDataFrame([tuple(cell or None for cell in row) for row in rows], schema)
