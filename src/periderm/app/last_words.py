"""When each process of the product last said that it is alive, without machines that were shown out: nobody expects a word of
them. Judges nothing: who is silent for how long is for those who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from periderm.model.envelope import Heartbeat

if TYPE_CHECKING:
    from periderm.ports.store import Store


def last_words(store: Store) -> tuple[Heartbeat, ...]:
    """All that are expected, as the whole store has them (`app.scoped` asks it for those who see a part)."""
    gone = {node.node_id for node in store.joined_nodes() if node.revoked}
    return tuple(beat for beat in store.heartbeats() if not beat.node_id or beat.node_id not in gone)
