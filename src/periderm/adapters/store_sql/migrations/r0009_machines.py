"""Machines that joined: their tokens and certificates. Frozen, as every step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables; nothing that was there changes."""
    for table, column in (("join_tokens", "time"), ("joined_nodes", "name"), ("node_certificates", "until")):
        op.create_table(
            table,
            sa.Column("id", sa.Text, primary_key=True),
            sa.Column(column, sa.Text if column == "name" else sa.BigInteger, nullable=False),
            *([sa.Column("node_id", sa.Text, nullable=False)] if table == "node_certificates" else []),
            sa.Column("doc", sa.LargeBinary, nullable=False),
        )
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_node_certificates_node_id", "node_certificates", ["node_id", "until"])
