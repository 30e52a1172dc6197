"""Who last said a word, of those that are expected to."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.app.last_words import last_words
from periderm.model.envelope import Heartbeat
from periderm.model.fleet import JoinedNode


def test_nobody_waits_for_what_was_shown_out(empty: Application) -> None:
    """Until it joins again; the server's own words name no machine and stay."""
    for role, node_id in (("server", ""), ("agent", "node-1"), ("worker", "node-1"), ("agent", "node-2"), ("agent", "node-3")):
        empty.store.put_heartbeat(Heartbeat(role=role, node_id=node_id, pid=1, time=5, version="1"))
    empty.store.put_joined_node(JoinedNode(node_id="node-1", name="web-1", joined=1, revoked=2))
    empty.store.put_joined_node(JoinedNode(node_id="node-2", name="web-2", joined=1))
    assert [(beat.role, beat.node_id) for beat in last_words(empty.store)] == [
        ("agent", "node-2"),
        ("agent", "node-3"),
        ("server", ""),
    ]
    empty.store.put_joined_node(JoinedNode(node_id="node-1", name="web-1", joined=3))
    assert {beat.node_id for beat in last_words(empty.store)} == {"", "node-1", "node-2", "node-3"}
