"""A service that is worth telling of."""

from __future__ import annotations

import msgspec

from periderm.model.service import RiskyService
from periderm.model.text import Text


def test_it_survives_being_sent() -> None:
    """It goes to the process that scans, and comes out the same."""
    service = RiskyService(name="a", programs=("b",), why=Text("c", "丙"), instead=Text("d", "丁"))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(service), type=RiskyService) == service
