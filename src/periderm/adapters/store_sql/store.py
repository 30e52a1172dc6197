"""The store as its port names it, put together from its parts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from periderm.adapters.store_sql.accounts import SqlAccounts
from periderm.adapters.store_sql.alerts import SqlAlerts
from periderm.adapters.store_sql.announcements import SqlAnnouncements
from periderm.adapters.store_sql.assets import SqlAssets
from periderm.adapters.store_sql.audit import SqlAudit
from periderm.adapters.store_sql.baselines import SqlBaselines
from periderm.adapters.store_sql.covered import SqlReach
from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.derived import derive
from periderm.adapters.store_sql.effects import SqlEffects
from periderm.adapters.store_sql.exemptions import SqlExemptions
from periderm.adapters.store_sql.findings import SqlFindings
from periderm.adapters.store_sql.fleet import SqlFleet
from periderm.adapters.store_sql.gaps import SqlGaps
from periderm.adapters.store_sql.handlings import SqlHandlings
from periderm.adapters.store_sql.incidents import SqlIncidents
from periderm.adapters.store_sql.notifications import SqlNotifications
from periderm.adapters.store_sql.owner_tables import SqlOwnerTables
from periderm.adapters.store_sql.packages import SqlPackages
from periderm.adapters.store_sql.places import SqlPlaces
from periderm.adapters.store_sql.policies import SqlPolicies
from periderm.adapters.store_sql.registries import SqlRegistries
from periderm.adapters.store_sql.saved_views import SqlSavedViews
from periderm.adapters.store_sql.scan_queue import SqlScanQueue
from periderm.adapters.store_sql.scans import SqlScans
from periderm.adapters.store_sql.selftests import SqlSelfTests
from periderm.adapters.store_sql.senders import SqlSenders
from periderm.adapters.store_sql.sessions import SqlSessions
from periderm.adapters.store_sql.tallies import SqlTallies
from periderm.adapters.store_sql.transfers import SqlTransfers
from periderm.adapters.store_sql.usage import SqlUsage
from periderm.adapters.store_sql.vulnerabilities import SqlVulnerabilities
from periderm.ports.clock import Clock


class SqlStore(
    SqlAssets,
    SqlFindings,
    SqlScans,
    SqlScanQueue,
    SqlRegistries,
    SqlPackages,
    SqlVulnerabilities,
    SqlPlaces,
    SqlExemptions,
    SqlUsage,
    SqlAlerts,
    SqlIncidents,
    SqlTallies,
    SqlEffects,
    SqlGaps,
    SqlPolicies,
    SqlAnnouncements,
    SqlSelfTests,
    SqlSessions,
    SqlTransfers,
    SqlBaselines,
    SqlHandlings,
    SqlOwnerTables,
    SqlSavedViews,
    SqlNotifications,
    SqlAudit,
    SqlAccounts,
    SqlReach,
    SqlFleet,
    SqlSenders,
):
    """`ports.store.Store`. Opening brings the schema forward; any thread may use it, and several processes may open
    the same file. Raises StoreError."""

    def __init__(self, where: str, clock: Clock) -> None:
        super().__init__(Database(where, clock))
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            derive(self._database)
            undo.pop_all()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Groups writes of this thread; they are durable when the block ends, gone when it raises. An inner one that
        raises takes back only its own."""
        with self._database.transaction():
            yield

    @contextlib.contextmanager
    def look(self) -> Iterator[None]:
        """What this thread reads in the block is of one state, until it writes."""
        with self._database.look():
            yield

    def close(self) -> None:
        """Close the database. Using the store after that raises StoreError."""
        self._database.close()
