"""Baselines of workloads, what of them is new since when, and alerts that were reviewed. Frozen, as every step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables; nothing that was there changes."""
    op.create_table(
        "baselines",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_baselines_time", "baselines", [sa.text("time DESC"), "id"])
    op.create_index("ix_baselines_state", "baselines", ["state", sa.text("time DESC"), "id"])
    op.create_table(
        "baseline_bodies",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "baseline_news",
        sa.Column("workload_id", sa.Text, primary_key=True),
        sa.Column("sequence", sa.BigInteger, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "baseline_reviews",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_baseline_reviews_decision", "baseline_reviews", ["decision"])
