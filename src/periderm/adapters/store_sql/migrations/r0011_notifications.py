"""Destinations of notices, what waits for them, and what they were told. Frozen, as every step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables; nothing that was there changes."""
    op.create_table(
        "destinations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("doc", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("time", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "state", "key", "search")),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_deliveries_time", "deliveries", [sa.text("time DESC"), "id"])
    op.create_index("ix_deliveries_kind", "deliveries", ["kind", sa.text("time DESC"), "id"])
    op.create_index("ix_deliveries_due", "deliveries", ["kind", "state", "not_before", "id"])
    op.create_table(
        "told",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("destination", "subject_id", "state")),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("looked", sa.BigInteger, nullable=False),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_told_destination", "told", ["destination", "state", "looked", "id"])
    op.create_index("ix_told_subject_id", "told", ["subject_id"])
