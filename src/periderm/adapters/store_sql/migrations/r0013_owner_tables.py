"""Tables of owners from elsewhere. Frozen, as every step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the table; nothing that was there changes."""
    op.create_table(
        "owner_tables",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
