"""The tables of telling others, as they are now. How they came to be is in `migrations/`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from periderm.adapters.store_sql.schema import metadata

destinations = Table(
    "destinations",
    metadata,
    Column("id", Text, primary_key=True),  # its name
    Column("doc", LargeBinary, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("time", BigInteger, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("kind", "state", "key", "search")),  # the kind is the destination
    Column("not_before", BigInteger, nullable=False),
    Column("tries", BigInteger, nullable=False),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_deliveries_time", deliveries.c.time.desc(), deliveries.c.id)
Index("ix_deliveries_kind", deliveries.c.kind, deliveries.c.time.desc(), deliveries.c.id)
Index("ix_deliveries_due", deliveries.c.kind, deliveries.c.state, deliveries.c.not_before, deliveries.c.id)

told = Table(
    "told",
    metadata,
    Column("id", Text, primary_key=True),  # the destination and the subject
    *(Column(name, Text, nullable=False) for name in ("destination", "subject_id", "state")),
    Column("time", BigInteger, nullable=False),
    Column("looked", BigInteger, nullable=False),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_told_destination", told.c.destination, told.c.state, told.c.looked, told.c.id)
Index("ix_told_subject_id", told.c.subject_id)
