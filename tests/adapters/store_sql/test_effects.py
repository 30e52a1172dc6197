"""Effects and their history."""

from __future__ import annotations

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.effect import EffectState
from periderm.model.query import Query
from tests.ports.plugs import effect


def test_two_records_of_one_time_are_both_kept(store: SqlStore) -> None:
    """The one that came later is current; sending the first again does not bring it back."""
    first, second = effect(time=10, state=EffectState.ORDERED), effect(time=10, state=EffectState.APPLIED)
    store.put_effect(first)
    store.put_effect(second)
    store.put_effect(first)
    assert store.effect_history("eff-1") == [first, second]
    assert store.effect("eff-1") == second
    assert len(store.changes(0)) == 1 + 1


def test_orders_for_a_node(store: SqlStore) -> None:
    """Those that nobody has carried out yet, of that node."""
    store.put_effect(effect(1, state=EffectState.ORDERED))
    store.put_effect(effect(2, state=EffectState.ORDERED))
    store.put_effect(effect(2, time=200, state=EffectState.APPLIED))
    orders = store.effects(Query(node_id="nod-1", state=EffectState.ORDERED.value)).items
    assert [record.effect.id for record in orders] == ["eff-1"]
    assert store.effects(Query(node_id="nod-2")).total == 0
