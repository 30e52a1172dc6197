"""The tables of machines that joined, as they are now. How they came to be is in `migrations/`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from periderm.adapters.store_sql.schema import metadata

join_tokens = Table(
    "join_tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_join_tokens_time", join_tokens.c.time)

joined_nodes = Table(
    "joined_nodes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_joined_nodes_name", joined_nodes.c.name)

node_certificates = Table(
    "node_certificates",
    metadata,
    Column("id", Text, primary_key=True),  # the serial number in hex
    Column("until", BigInteger, nullable=False),
    Column("node_id", Text, nullable=False),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_node_certificates_until", node_certificates.c.until)
Index("ix_node_certificates_node_id", node_certificates.c.node_id, node_certificates.c.until)
