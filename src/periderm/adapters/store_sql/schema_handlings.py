"""The tables of who deals with what and whose assets are, and of when grave weaknesses came and went, as they are now."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from periderm.adapters.store_sql.schema import metadata

handlings = Table(
    "handlings",
    metadata,
    Column("id", Text, primary_key=True),  # of the incident or weakness
    Column("time", BigInteger, nullable=False),  # of the last change
    Column("severity", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),  # 0: none
    Column("over", Integer, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("kind", "state", "assignee", "place", "asset_id", "search")),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_handlings_time", handlings.c.time.desc(), handlings.c.id)
Index("ix_handlings_severity", handlings.c.severity.desc(), handlings.c.time.desc(), handlings.c.id)
Index("ix_handlings_due", handlings.c.over, handlings.c.due)

owner_tables = Table(
    "owner_tables",
    metadata,
    Column("id", Text, primary_key=True),  # the name
    Column("doc", LargeBinary, nullable=False),
)
risk_lives = Table(
    "risk_lives",
    metadata,
    Column("id", Text, primary_key=True),  # the weakness'
    Column("place", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("fixed", BigInteger, nullable=False),  # 0: it is there
)
Index("ix_handlings_place", handlings.c.place, handlings.c.time.desc(), handlings.c.id)
Index("ix_risk_lives_place", risk_lives.c.place, risk_lives.c.fixed)
Index("ix_risk_lives_fixed", risk_lives.c.fixed, risk_lives.c.first_seen)
