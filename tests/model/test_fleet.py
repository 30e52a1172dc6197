"""What is said between a machine that joins and its server."""

from __future__ import annotations

import msgspec

from periderm.model.fleet import JoinRequest, JoinToken, MemberRole


def test_a_token_joins_one_node_unless_it_says_more() -> None:
    """It neither takes the place of a known machine nor joins as something else by default."""
    token = JoinToken(id="1", digest="d")
    assert token.role is MemberRole.NODE
    assert not token.again


def test_a_later_version_may_say_more() -> None:
    """Fields that this version does not know are passed over, those that an older one did not send have defaults."""
    said = {"token_id": "1", "secret": "s", "node_id": "n", "name": "web", "request": "r", "later": 1}
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(said), type=JoinRequest).version == ""
