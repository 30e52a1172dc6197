"""Runs of the self-test in their table."""

from __future__ import annotations

import msgspec

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.exercise import SelfTest

RUN = SelfTest(id="slf-1", started=5, ended=6, node_id="n", container_id="c", author="a", version="1", signature="s")


def test_the_latest_come_first(store: SqlStore) -> None:
    """Whole, and no more than asked for."""
    later = msgspec.structs.replace(RUN, id="slf-2", started=9)
    store.put_selftest(RUN)
    store.put_selftest(later)
    store.put_selftest(RUN)
    assert store.selftests() == [later, RUN]
    assert store.selftests(1) == [later]
