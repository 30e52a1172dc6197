"""The runtime engine's whole state as bytes (MessagePack), so that an agent goes on where it stopped."""

from __future__ import annotations

import msgspec

from periderm.algorithms.versioned import Kept
from periderm.engines.runtime.causes import Cause
from periderm.engines.runtime.facts import ImageFacts
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.tallies import Tally

VERSION = 2


class State(msgspec.Struct, kw_only=True):
    """Processes alive and ended (oldest first), causes of alerts, facts of images, and what is being counted."""

    live: list[Process]
    ended: list[Process]
    forgotten: int
    causes: list[Cause]
    grown: list[tuple[str, str, str, str]]
    images: list[ImageFacts]
    tallies: list[Tally]
    version: int = VERSION


_KEPT = Kept(State, VERSION, "The runtime engine", "Start without it: processes that run are read again from the machine.")
encode, decode = _KEPT.encode, _KEPT.decode
