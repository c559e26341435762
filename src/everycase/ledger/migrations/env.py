"""Runs the migrations of the ledger within the transaction that opens it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()
