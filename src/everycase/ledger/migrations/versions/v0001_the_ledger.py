"""The ledger: entries in a chain, and the tables made from them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SPLIT = ("blank", "invalid", "unmapped", "not_known", "not_stated", "not_applicable")
_TIERS = ("records", "applicable", "undetermined", "supplied", "valid", "known", "indeterminate", "forced", "default")


def _keys(*names: str) -> list[sa.Column[Any]]:
    kinds: dict[str, Any] = {"sequence": sa.BigInteger}
    return [sa.Column(n, kinds.get(n, sa.Text), primary_key=True, autoincrement=False) for n in names]


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(n, sa.Text, nullable=False) for n in names]


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(n, sa.BigInteger, nullable=False) for n in names]


def upgrade() -> None:
    """Create every table."""
    texts = _texts("kind", "recorded", "previous", "content", "digest", "signature", "key")
    op.create_table("entries", *_keys("sequence"), *texts, sa.Column("body", sa.Text))
    texts = _texts("run", "started", "as_of", "version", "project", "project_digest", "fail_on", "status")
    op.create_table("runs", *_keys("sequence"), *texts, *_numbers("exit_code"))
    texts = _texts("project", "suite", "suite_digest", "status", "problem", "sha256", "reader")
    numbers = _numbers("bytes", "rows", "records")
    op.create_table("extracts", *_keys("sequence", "source"), *texts, *numbers, sqlite_with_rowid=False)
    keys = _keys("sequence", "source", "grouped", "value", "field")
    numbers = _numbers(*_TIERS, *(f"not_known_{n}" for n in _SPLIT), "missing")
    op.create_table("fields", *keys, *numbers, sqlite_with_rowid=False)
    keys = _keys("sequence", "source", "grouped", "value", "code")
    texts, numbers = _texts("status", "severity"), _numbers("passing", "failing", "undetermined")
    threshold = sa.Column("threshold", sa.Double)
    op.create_table("rules", *keys, *texts, threshold, *numbers, sqlite_with_rowid=False)
    op.create_table("acceptances", *_keys("sequence"), *_texts("run", "role", "reason"))
    op.create_table("removals", *_keys("sequence"), sa.Column("removed", sa.Integer, primary_key=True))
    op.create_index("runs_by_id", "runs", ["run"], unique=True)
