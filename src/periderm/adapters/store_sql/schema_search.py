"""The tables of searching, as they are now: the names by which assets are searched, and views that people keep."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from periderm.adapters.store_sql.schema import metadata
from periderm.adapters.store_sql.schema_handlings import handlings

# Made from the assets, in the transactions that store them (and again by `derived.py`, when a step of the schema says so).
asset_words = Table(
    "asset_words",
    metadata,
    Column("id", Text, primary_key=True),  # the asset's id
    Column("field", Text, primary_key=True),  # 'owner', 'container', 'label' …
    Column("value", Text, primary_key=True),  # with its case folded
)
Index("ix_asset_words_value", asset_words.c.field, asset_words.c.value, asset_words.c.id)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Text, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    Column("shared", Integer, nullable=False),
    Column("page", Text, nullable=False),
    Column("doc", LargeBinary, nullable=False),
)
Index("ix_saved_views_author", saved_views.c.author, saved_views.c.page)
Index("ix_saved_views_shared", saved_views.c.shared, saved_views.c.page)
Index("ix_handlings_assignee", handlings.c.assignee, handlings.c.id)
