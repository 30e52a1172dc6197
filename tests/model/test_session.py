"""Announced sessions on the wire."""

from __future__ import annotations

import msgspec
from hypothesis import given

from periderm.model.session import AnnouncedSession
from tests.strategies import values


@given(values(AnnouncedSession))
def test_it_survives_the_wire(session: AnnouncedSession) -> None:
    """Agents read what the server keeps."""
    for codec in (msgspec.json, msgspec.msgpack):
        assert codec.decode(codec.encode(session), type=AnnouncedSession) == session
