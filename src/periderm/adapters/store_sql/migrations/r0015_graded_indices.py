"""Indices that tell the severity too, and the worst incidents of a state: for a million alerts. Frozen, as every step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_GRADED = {
    "findings": ("kind", "asset_id", "image_digest", "detector"),
    "alerts": ("asset_id", "node_id", "workload_id", "image_digest", "incident_id", "detector"),
    "incidents": ("asset_id", "node_id", "workload_id", "image_digest", "state"),
}


def upgrade() -> None:
    """Make each index anew; documents stay as they are."""
    newest: list[str | sa.TextClause] = [sa.text("time DESC"), "id"]
    for table, columns in _GRADED.items():
        op.drop_index(f"ix_{table}_time", table)
        op.create_index(f"ix_{table}_time", table, [*newest, "severity"])
        for column in columns:
            op.drop_index(f"ix_{table}_{column}", table)
            op.create_index(f"ix_{table}_{column}", table, [column, *newest, "severity"])
    op.create_index("ix_incidents_state_severity", "incidents", ["state", sa.text("severity DESC"), *newest])
