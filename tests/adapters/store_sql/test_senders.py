"""Envelopes and heartbeats of agents and workers."""

from __future__ import annotations

import threading

from periderm.adapters.store_sql.store import SqlStore


def test_an_envelope_that_comes_twice_at_once_is_taken_once(store: SqlStore) -> None:
    """Looking and marking in one transaction lets one of many through."""
    taken: list[int] = []

    def take() -> None:
        with store.transaction():
            if store.seen("agent") < 5:
                store.mark_seen("agent", 5)
                taken.append(5)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [5]


def test_a_limit_of_changes(store: SqlStore) -> None:
    """No more than asked for; none for none; a number that was never reached gives nothing."""
    for number in range(5):
        store.put_sign_in(f"{number}", "x", 1)
    assert list(store.changes(0)) == []
    assert list(store.changes(2**80, limit=-1)) == []
