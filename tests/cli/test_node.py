"""`periderm node`: list and revoke."""

from __future__ import annotations

import json
from pathlib import Path

from periderm import wiring
from periderm.model.fleet import JoinedNode
from periderm.model.settings import Settings
from tests.cli.conftest import Periderm


def test_list_and_revoke(periderm: Periderm, state: Path) -> None:
    """By name; what was done is said, and stands in the list."""
    with wiring.keeper(Settings(state=str(state), cache=str(state / "cache"))) as app:
        app.store.put_joined_node(JoinedNode(node_id="node-1", name="web-1", joined=1, version="0.1.0"))
    assert "web-1" in periderm("node")[1]
    assert "joined" in periderm("node", "list")[1]
    status, out, _ = periderm("node", "revoke", "web-1")
    assert status == 0
    assert "web-1 (node-1)" in out
    (node,) = json.loads(periderm("node", "--json")[1])
    assert node["revoked"] > 0
    assert "by local" in periderm("node")[1]
    assert periderm("node", "revoke", "mail")[0] == 4


def test_nothing_joined(periderm: Periderm, state: Path) -> None:
    """Says how one does; what is not understood is said."""
    with wiring.keeper(Settings(state=str(state), cache=str(state / "cache"))):
        pass
    assert "No machine has joined" in periderm("node")[1]
    assert periderm("node", "remove", "x")[0] == 2
    assert periderm("node", "revoke")[0] == 2
