"""An index, so that the history of one source among thousands of runs is found at once."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create it."""
    op.create_index("extracts_by_source", "extracts", ["project", "source", "sequence"])
