"""What an image says of its start."""

from __future__ import annotations

import msgspec

from periderm.model.behaviour import Aspect
from periderm.model.start_facts import FactKind, StartFact, StartFacts


def test_every_kind_is_an_aspect_of_the_same_name() -> None:
    """So that birth only has to translate."""
    assert {kind.value for kind in FactKind} <= {aspect.value for aspect in Aspect}


def test_it_travels() -> None:
    """With the inventory of its image."""
    fact = StartFact(FactKind.LISTEN, "/usr/sbin/nginx", "tcp/80", "configuration", "/etc/nginx/nginx.conf:3 listen 80", 90)
    given = StartFacts(facts=(fact,), owned={"/usr/sbin/nginx": ("/etc/nginx",)}, complete=False)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(given), type=StartFacts) == given
