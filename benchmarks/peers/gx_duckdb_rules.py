"""Great Expectations' SQL engine on DuckDB, by duckdb-sqlalchemy, on a typed table loaded before.

The columns of answers are computed in one CREATE TABLE. The datasource is the library's SQL datasource with an engine
that keeps one connection, since the library loses results when it closes one of DuckDB's. On SQL the library lists a
few failing records at most, and gives the query for all of them; those queries are run for the list.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import duckdb
import gx_suite
import handwritten
import sqlalchemy as sa
from duck import answers, loaded
from duckdb_sqlalchemy import ConnectionWrapper
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource  # noqa: TID251 - this is the peer
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine  # noqa: TID251
from sqlalchemy.pool import StaticPool

_OPENED: list[duckdb.DuckDBPyConnection] = []


class OneConnectionEngine(SqlAlchemyExecutionEngine):
    """Keeps its connection open."""

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """Give the one connection."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection


class DuckDBDatasource(SQLDatasource):
    """A SQL datasource on the connection that loaded the extract."""

    type: Literal["bench_duckdb"] = "bench_duckdb"

    @property
    def execution_engine_type(self) -> Any:
        """Name the engine."""
        return OneConnectionEngine

    def get_engine(self) -> sa.Engine:
        """Give an engine that opens nothing new."""
        return sa.create_engine("duckdb://", creator=lambda: ConnectionWrapper(_OPENED[0]), poolclass=StaticPool)

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """Give the one execution engine."""
        if self._execution_engine is None:
            self._execution_engine = OneConnectionEngine(engine=self.get_engine(), create_temp_table=False)
        return self._execution_engine


def main(path: str, out: str, failing: str = "") -> None:
    """Load, then validate."""
    connection = loaded(path)
    columns = [f"{sql} AS {gx_suite.answer(code)}" for code, sql in answers(gx_suite.ANSWERS).items()]
    chosen = ", ".join([*gx_suite.READ, *columns])
    connection.execute(f"CREATE TABLE bench AS SELECT place + 2 AS row, {chosen} FROM {handwritten.records('full')}")
    connection.execute("DROP TABLE records")
    _OPENED.append(connection)
    source = gx_suite.context().data_sources.add_bench_duckdb(name="bench", connection_string="duckdb://")
    batch = source.add_table_asset("bench", table_name="bench").add_batch_definition_whole_table("all").get_batch()
    results = gx_suite.validate(batch, out, complete=bool(failing), index=["ref", "row"])
    if failing:
        # NOTE: the query about uniqueness comes with its one parameter not filled in: how often is too often.
        queries = {c: r["unexpected_index_query"].rstrip(";").replace("$1", "2") for c, r in results.items()}
        found = [f"SELECT ref AS key, row, '{code}' AS rule FROM ({query})" for code, query in queries.items()]
        connection.execute(f"COPY ({' UNION ALL '.join(found)}) TO '{failing}' (FORMAT csv, HEADER)")


if __name__ == "__main__":
    main(*sys.argv[1:])
