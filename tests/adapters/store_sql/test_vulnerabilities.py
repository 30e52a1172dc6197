"""Vulnerabilities: what a scan of one image costs does not grow with all others, and nothing is counted twice."""

from __future__ import annotations

from periderm.adapters.store_sql.store import SqlStore
from periderm.adapters.store_sql.vulnerabilities import STATES
from periderm.model.query import Query
from tests.ports.plugs import image
from tests.ports.test_store_scans import scan, vulnerable


def test_every_state_is_a_question_with_an_answer(store: SqlStore) -> None:
    """Also on an empty store."""
    assert [store.vulnerabilities(Query(state=state)).total for state in STATES] == [0] * len(STATES)


def test_a_finding_that_becomes_another_vulnerability(store: SqlStore) -> None:
    """An alias that became the better name: the old one is gone, the new one has all."""
    store.put_assets([image(1)])
    store.put_scan_result(scan(1, (), (vulnerable(1, "GHSA-x"),)))
    store.put_scan_result(scan(1, (), (vulnerable(1, "CVE-2099-1"),)))
    assert [(v.id, v.findings) for v in store.vulnerabilities(Query()).items] == [("CVE-2099-1", 1)]


def test_the_first_time_is_kept(store: SqlStore) -> None:
    """Of the finding, and so of the vulnerability."""
    store.put_findings([vulnerable(1)])
    store.put_findings([vulnerable(1, priority=99.0)])
    assert [(v.first_seen, v.priority) for v in store.vulnerabilities(Query()).items] == [(100, 99.0)]


def test_more_packages_than_are_named(store: SqlStore) -> None:
    """The count is right beyond the names that are kept."""
    store.put_scan_result(scan(1, (), tuple(vulnerable(n, package=f"p{n:03}") for n in range(60))))
    store.put_scan_result(scan(2, (), tuple(vulnerable(100 + n, of=2, package=f"p{n + 30:03}") for n in range(60))))
    found = store.vulnerabilities(Query()).items[0]
    assert (found.packages, len(found.package_names), found.images, found.findings) == (90, 50, 2, 120)
