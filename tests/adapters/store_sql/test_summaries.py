"""Summaries: differences lead to the same as counting all."""

from __future__ import annotations

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.query import Query
from periderm.model.severity import Severity
from tests.ports.test_store_scans import scan, vulnerable


def test_the_worst_goes_and_the_next_worst_is_told(store: SqlStore) -> None:
    """Severity, priority, exploitation and fix are those of what is left."""
    worst = vulnerable(1, priority=90.0, severity=Severity.CRITICAL, exploited=True, fixed_in="2", probability=0.9)
    store.put_scan_result(scan(1, (), (worst,)))
    store.put_scan_result(scan(2, (), (vulnerable(2, of=2, priority=10.0),)))
    store.put_scan_result(scan(1))
    left = store.vulnerabilities(Query()).items[0]
    assert (left.severity, left.priority, left.exploited, left.fixed) == (Severity.HIGH, 10.0, False, False)
    assert (left.probability, left.images, left.findings) == (-1.0, 1, 1)


def test_words_stay_when_their_finding_goes(store: SqlStore) -> None:
    """Title and aliases were known once; they are not forgotten while the vulnerability is there."""
    store.put_scan_result(scan(1, (), (vulnerable(1, summary="A heap overflow", aliases=("GHSA-x",)),)))
    store.put_scan_result(scan(2, (), (vulnerable(2, of=2),)))
    store.put_scan_result(scan(1))
    left = store.vulnerabilities(Query(text="ghsa-x")).items[0]
    assert (left.title, left.aliases) == ("A heap overflow", ("GHSA-x",))
