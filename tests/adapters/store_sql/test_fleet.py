"""Machines that joined, in their tables."""

from __future__ import annotations

import msgspec

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.fleet import IssuedCertificate, JoinedNode, JoinToken

TOKEN = JoinToken(id="tok-1", digest="d", name="web-1", created=10, expires=100)
NODE = JoinedNode(node_id="node-1", name="web-1", joined=20, token_id="tok-1")


def test_what_was_put_comes_back(store: SqlStore) -> None:
    """By its id, and in order; a put replaces."""
    later = msgspec.structs.replace(TOKEN, id="tok-2", created=11)
    store.put_join_token(TOKEN)
    store.put_join_token(later)
    used = msgspec.structs.replace(TOKEN, used=30, used_by="node-1")
    store.put_join_token(used)
    assert store.join_token("tok-1") == used
    assert store.join_token("tok-9") is None
    assert store.join_tokens() == [later, used]
    store.put_joined_node(NODE)
    other = msgspec.structs.replace(NODE, node_id="node-0", name="web-2")
    store.put_joined_node(other)
    assert store.joined_node("node-1") == NODE
    assert store.joined_node("node-9") is None
    assert store.joined_nodes() == [NODE, other]


def test_certificates_are_forgotten_when_they_ended(store: SqlStore) -> None:
    """A node's, the newest first; those that ended before a time go, and no others."""
    made = [IssuedCertificate(serial=f"{n}", node_id="node-1", authority="a", since=n, until=n + 10) for n in range(3)]
    for certificate in made:
        store.put_certificate(certificate)
    store.put_certificate(IssuedCertificate(serial="9", node_id="node-2", authority="a", since=0, until=10))
    assert store.certificates("node-1") == made[::-1]
    assert store.certificate("1") == made[1]
    assert store.remove_certificates(11) == 2
    assert store.certificate("9") is None
    assert store.certificates("node-1") == [made[2], made[1]]
