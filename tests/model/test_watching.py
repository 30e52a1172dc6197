"""The nouns of watching: names of tags and calls, and that they survive the wire."""

from __future__ import annotations

import msgspec
from hypothesis import given

from periderm.model.watching import RegistryCall, RegistryTag, WatchedRegistry
from tests.strategies import values


def test_a_tag_is_named_as_people_write_it() -> None:
    """And in the store by its watch, so that two watches of one registry do not share rows."""
    tag = RegistryTag(watch="shop", registry="registry.test:5000", repository="team/web", tag="v1", digest="sha256:1")
    assert (tag.id, tag.reference) == ("shop/team/web:v1", "registry.test:5000/team/web:v1")
    assert RegistryCall(watch="shop", repository="team/web", tag="v1").id == tag.id


@given(values(WatchedRegistry), values(RegistryTag))
def test_they_survive_the_wire(watch: WatchedRegistry, tag: RegistryTag) -> None:
    """Read back equal."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(watch), type=WatchedRegistry) == watch
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(tag), type=RegistryTag) == tag
