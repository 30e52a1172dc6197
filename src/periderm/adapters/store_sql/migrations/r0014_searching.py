"""The names by which assets are searched, and views that people keep. Frozen, as every step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables. The counter 'words' asks `derived.py` to fill the one of names from the assets that are stored."""
    op.create_table(
        "asset_words",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("id", "field", "value")),
    )
    op.create_index("ix_asset_words_value", "asset_words", ["field", "value", "id"])
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("shared", sa.Integer, nullable=False),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_saved_views_author", "saved_views", ["author", "page"])
    op.create_index("ix_saved_views_shared", "saved_views", ["shared", "page"])
    op.create_index("ix_handlings_assignee", "handlings", ["assignee", "id"])
    counters = sa.table("counters", sa.column("id", sa.Text), sa.column("value", sa.BigInteger))
    op.bulk_insert(counters, [{"id": "words", "value": 1}])
