"""Which files of an image were seen in use. Frozen, as every step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table; nothing that was there changes."""
    op.create_table(
        "files_in_use", sa.Column("id", sa.Text, primary_key=True), sa.Column("doc", sa.LargeBinary, nullable=False)
    )
