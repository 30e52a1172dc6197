"""Policies in their table."""

from __future__ import annotations

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.policy import Policy, PolicyMode, ResponseKind

POLICY = Policy(
    id="pol-1",
    name="shop",
    workload="shop-*",
    labels={"tier": "web"},
    mode=PolicyMode.ENFORCE,
    kill_drift=True,
    kill_executables=("/tmp/x",),
    on_alert={"*": ResponseKind.PAUSE_CONTAINER},
    priority=5,
)


def test_a_policy_comes_back_whole(store: SqlStore) -> None:
    """With everything it allows, and told once."""
    store.put_policy(POLICY)
    store.put_policy(POLICY)
    assert store.policies() == [POLICY]
    store.remove_policy("pol-1")
    store.remove_policy("pol-1")
    assert store.policies() == []
    assert [(change.what, change.id) for change in store.changes(0)] == [("policy", "pol-1")] * 2
