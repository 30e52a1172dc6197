"""Who deals with what, and when grave weaknesses came and went. Frozen, as every step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables; nothing that was there changes."""
    op.create_table(
        "handlings",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("over", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "state", "assignee", "place", "asset_id", "search")),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_handlings_time", "handlings", [sa.text("time DESC"), "id"])
    op.create_index("ix_handlings_severity", "handlings", [sa.text("severity DESC"), sa.text("time DESC"), "id"])
    op.create_index("ix_handlings_due", "handlings", ["over", "due"])
    op.create_table(
        "risk_lives",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("fixed", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_handlings_place", "handlings", ["place", sa.text("time DESC"), "id"])
    op.create_index("ix_risk_lives_place", "risk_lives", ["place", "fixed"])
    op.create_index("ix_risk_lives_fixed", "risk_lives", ["fixed", "first_seen"])
