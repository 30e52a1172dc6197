"""The audit log; accounts, groups, tokens; sessions that tell more of themselves; marks of assets. Frozen, as every step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables. Whoever is signed in signs in again; marks are made from the assets when the store is opened."""
    op.create_table(
        "audit_log",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("who", "action", "subject", "detail")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("previous", "digest", "search")),
    )
    op.create_index("ix_audit_log_time", "audit_log", ["time"])
    op.create_index("ix_audit_log_action", "audit_log", ["action", "sequence"])
    if op.get_bind().dialect.name == "sqlite":
        for what in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{what} BEFORE {what.upper()} ON audit_log "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
    for name in ("accounts", "account_groups"):
        op.create_table(
            name,
            sa.Column("id", sa.Text, primary_key=True),
            sa.Column("doc", sa.LargeBinary, nullable=False),
        )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("public", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.drop_table("sessions")
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("public", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("doc", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "asset_marks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("mark", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_index("ix_asset_marks_value", "asset_marks", ["mark", "value", "id"])
    # Asks `derived.py` to make the marks (and all other rows to search by) from what is stored.
    counters = sa.table("counters", sa.column("id", sa.Text), sa.column("value", sa.BigInteger))
    if op.get_bind().execute(sa.select(counters.c.id).where(counters.c.id == "derive")).first() is None:
        op.bulk_insert(counters, [{"id": "derive", "value": 1}])
