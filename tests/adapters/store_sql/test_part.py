"""What the parts of the store share."""

from __future__ import annotations

from periderm.adapters.store_sql.alerts import SqlAlerts
from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.gaps import SqlGaps
from periderm.model.query import Query
from tests.ports.plugs import alert, gap


def test_parts_share_a_transaction(database: Database) -> None:
    """Two parts over one database write together or not at all."""
    alerts, gaps = SqlAlerts(database), SqlGaps(database)
    with database.transaction():
        alerts.put_alerts([alert()])
        gaps.put_gaps([gap()])
        assert gaps.gaps(Query()).total == 1
    assert alerts.alert("alt-0001") == alert()
