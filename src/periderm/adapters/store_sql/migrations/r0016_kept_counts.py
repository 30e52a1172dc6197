"""Counts of alerts by detector and day that are kept, so that no page counts a million of them. Frozen, as every step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables, and count what is stored."""
    for name, keys in (("asset_tallies", ("asset_id", "detector")), ("detector_tallies", ("detector",))):
        op.create_table(
            name,
            *(sa.Column(key, sa.Text, primary_key=True) for key in keys),
            sa.Column("day", sa.BigInteger, primary_key=True, autoincrement=False),
            *(sa.Column(count, sa.BigInteger, nullable=False) for count in ("n", "said", "excepted", "last")),
            sqlite_with_rowid=False,
        )
    op.execute(
        "INSERT INTO asset_tallies (asset_id, detector, day, n, said, excepted, last) "
        "SELECT asset_id, detector, time / 86400000000000, count(*), "
        "sum(CASE WHEN incident_id IN (SELECT id FROM incidents WHERE state = 'false-alarm') THEN 1 ELSE 0 END), "
        "sum(CASE WHEN incident_id >= 'excepted:' AND incident_id < 'excepted;' THEN 1 ELSE 0 END), max(time) "
        "FROM alerts GROUP BY asset_id, detector, time / 86400000000000"
    )
    op.execute(
        "INSERT INTO detector_tallies (detector, day, n, said, excepted, last) "
        "SELECT detector, day, sum(n), sum(said), sum(excepted), max(last) FROM asset_tallies GROUP BY detector, day"
    )
