"""The baseline engine's whole state as bytes (MessagePack), so that an agent goes on where it stopped. Decides nothing."""

from __future__ import annotations

import msgspec

from periderm.algorithms.versioned import Kept
from periderm.engines.baseline.causes import Cause, Key

VERSION = 2


class State(msgspec.Struct, kw_only=True):
    """`actors` as `Following.dump` gives them; each workload as its own bytes; images as `ImageFiles.packed`; causes of alerts;
    `calls` as `RareCalls.dump` gives them; programs that were told, by workload; the newest time that was seen (Unix
    nanoseconds), and up to when workloads were counted as watched (Unix seconds)."""

    actors: bytes
    workloads: list[bytes]
    images: list[bytes]
    causes: list[tuple[Key, Cause]]
    calls: bytes
    told: dict[str, list[str]]
    now: int
    watched: int
    version: int = VERSION


_KEPT = Kept(State, VERSION, "The baseline engine", "Start without it: what was learned comes from the server again.")
encode, decode = _KEPT.encode, _KEPT.decode
