"""How alike two incidents are."""

from __future__ import annotations

import msgspec

from periderm.model.similar import Likeness, Trait, TraitKind
from tests.story import FixedClock, incident


def test_it_travels() -> None:
    """As the API sends it and a reader takes it up."""
    now = FixedClock().time
    told = Likeness(incident=incident(now - 10, now), score=73, shared=(Trait(TraitKind.PROGRAM, "sh"),))
    assert msgspec.json.decode(msgspec.json.encode(told), type=Likeness) == told
