"""The tables of counts that are kept, as they are now: so many alerts of a detector in a day, and how many of them were false.

They are made from the alerts and incidents, in the transactions that store these.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from periderm.adapters.store_sql.schema import metadata


def _counts() -> list[Column[int]]:
    names = (
        "n",  # alerts
        "said",  # of these, in incidents that people call false alarms
        "excepted",  # of these, taken out by an exception since
        "last",  # when the latest happened
    )
    return [Column(name, BigInteger, nullable=False) for name in names]


asset_tallies = Table(
    "asset_tallies",  # for callers who see a part only
    metadata,
    Column("asset_id", Text, primary_key=True),
    Column("detector", Text, primary_key=True),
    Column("day", BigInteger, primary_key=True, autoincrement=False),  # since 1970, UTC
    *_counts(),
    sqlite_with_rowid=False,
)
detector_tallies = Table(
    "detector_tallies",  # over all assets
    metadata,
    Column("detector", Text, primary_key=True),
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    *_counts(),
    sqlite_with_rowid=False,
)
