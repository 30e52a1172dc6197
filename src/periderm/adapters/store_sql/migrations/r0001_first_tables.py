"""The first tables. Frozen: what the schema became later is in later steps, and `schema.py` is not looked at here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    of_what = ("asset_id", "node_id", "workload_id", "image_digest")
    _documents("assets", ("kind", "node_id", "workload_id", "image_digest"))
    _documents("findings", ("kind", "asset_id", "image_digest", "detector"), severity=True)
    _documents("alerts", (*of_what, "incident_id", "detector"), severity=True)
    _documents("incidents", (*of_what, "state"), severity=True)
    _documents("effects", ("kind", "asset_id", "node_id", "incident_id", "state"), unindexed=("kind",))
    _documents("gaps", ("kind", "asset_id"))
    _documents("scan_results", ("node_id",))
    op.create_table(
        "effect_history",
        sa.Column("effect_id", sa.Text, primary_key=True),
        sa.Column("time", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        _document(),
    )
    op.create_table("scan_requests", _id(), _number("requested"), _text("worker"), _number("lease_until"), _document())
    op.create_index("ix_scan_requests_requested", "scan_requests", ["requested", "id"])
    op.create_table("inventories", _id(), _document())
    op.create_table("policies", _id(), _number("priority"), _document())
    used = sa.Column("used", sa.Integer, nullable=False)
    op.create_table("sign_ins", _id(), _text("name"), _number("expires"), used)
    op.create_table("sessions", _id(), _text("name"), _number("expires"))
    op.create_table("senders", _id(), _number("sequence"))
    op.create_table(
        "heartbeats",
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("node_id", sa.Text, primary_key=True),
        _document(),
    )
    sequence = sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False)
    op.create_table("changes", sequence, _text("what"), _text("id"), _number("time"))
    op.create_table("counters", _id(), _number("value"))
    op.execute("INSERT INTO counters (id, value) VALUES ('changes', 0)")


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.Text, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _document() -> sa.Column[bytes]:
    return sa.Column("doc", sa.LargeBinary, nullable=False)


def _documents(name: str, texts: tuple[str, ...], *, severity: bool = False, unindexed: tuple[str, ...] = ()) -> None:
    grade = [sa.Column("severity", sa.Integer, nullable=False)] if severity else []
    op.create_table(name, _id(), _number("time"), *grade, *map(_text, texts), _text("search"), _document())
    newest: list[str | sa.TextClause] = [sa.text("time DESC"), "id"]
    op.create_index(f"ix_{name}_time", name, newest)
    if severity:
        op.create_index(f"ix_{name}_severity", name, [sa.text("severity DESC"), *newest])
    for column in texts:
        if column not in unindexed:
            op.create_index(f"ix_{name}_{column}", name, [column, *newest])
