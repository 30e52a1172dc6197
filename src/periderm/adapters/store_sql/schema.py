"""The tables as they are now: a document each, with the columns beside it by which it is filtered and ordered.

A column named as a field of `Query` is what that field filters. How the tables came to be is in `migrations/`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _documents(name: str, *texts: str, severity: bool = False, indexed: tuple[str, ...] = ()) -> Table:
    """Documents by id that can be paged: newest first, by severity if they have one, and within each `indexed` column."""
    table = Table(
        name,
        metadata,
        Column("id", Text, primary_key=True),
        _number("time"),
        *([Column("severity", Integer, nullable=False)] if severity else []),
        *(_text(column) for column in texts),
        _text("search"),
        Column("doc", LargeBinary, nullable=False),
    )
    newest = (table.c.time.desc(), table.c.id)
    Index(f"ix_{name}_time", *newest)
    if severity:
        Index(f"ix_{name}_severity", table.c.severity.desc(), *newest)
    for column in indexed:
        Index(f"ix_{name}_{column}", table.c[column], *newest)
    return table


assets = _documents(
    "assets", "kind", "node_id", "workload_id", "image_digest", indexed=("kind", "node_id", "workload_id", "image_digest")
)
findings = _documents(
    "findings",
    *("kind", "asset_id", "image_digest", "detector"),
    severity=True,
    indexed=("kind", "asset_id", "image_digest", "detector"),
)
alerts = _documents(
    "alerts",
    *("asset_id", "node_id", "workload_id", "image_digest", "incident_id", "detector"),
    severity=True,
    indexed=("asset_id", "node_id", "workload_id", "image_digest", "incident_id", "detector"),
)
incidents = _documents(
    "incidents",
    *("asset_id", "node_id", "workload_id", "image_digest", "state"),
    severity=True,
    indexed=("asset_id", "node_id", "workload_id", "image_digest", "state"),
)
effects = _documents(
    "effects",
    *("kind", "asset_id", "node_id", "incident_id", "state"),
    indexed=("asset_id", "node_id", "incident_id", "state"),
)
gaps = _documents("gaps", "kind", "asset_id", indexed=("kind", "asset_id"))
scan_results = _documents("scan_results", "node_id", indexed=("node_id",))

effect_history = Table(
    "effect_history",
    metadata,
    Column("effect_id", Text, primary_key=True),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),  # tells records of the same time apart
    Column("doc", LargeBinary, nullable=False),
)

scan_requests = Table(
    "scan_requests",
    metadata,
    Column("id", Text, primary_key=True),  # the image's digest
    _number("requested"),
    _text("worker"),
    _number("lease_until"),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_scan_requests_requested", scan_requests.c.requested, scan_requests.c.id)

inventories = Table(
    "inventories",
    metadata,
    Column("id", Text, primary_key=True),  # the image's digest
    Column("doc", LargeBinary, nullable=False),
)

policies = Table(
    "policies",
    metadata,
    Column("id", Text, primary_key=True),
    _number("priority"),
    Column("doc", LargeBinary, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", Text, primary_key=True),  # the token's digest
    _text("name"),
    _number("expires"),
    Column("used", Integer, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),  # the cookie's digest
    _text("name"),
    _number("expires"),
)

senders = Table(
    "senders",
    metadata,
    Column("id", Text, primary_key=True),
    _number("sequence"),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("role", Text, primary_key=True),
    Column("node_id", Text, primary_key=True),
    Column("doc", LargeBinary, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    _text("what"),
    _text("id"),
    _number("time"),
)

# Our own counters: a database's sequences have holes after a roll-back, or restart when their table is emptied.
counters = Table(
    "counters",
    metadata,
    Column("id", Text, primary_key=True),
    _number("value"),
)
