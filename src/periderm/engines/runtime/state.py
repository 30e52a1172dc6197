"""The runtime engine's whole state as bytes (MessagePack), so that an agent goes on where it stopped."""

from __future__ import annotations

import msgspec

from periderm.engines.runtime.causes import Cause
from periderm.engines.runtime.facts import ImageFacts
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.tallies import Tally
from periderm.model.errors import FormatError

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


class _Versioned(msgspec.Struct):
    version: int = 0


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(State)
_VERSIONS = msgspec.msgpack.Decoder(_Versioned)


def encode(state: State) -> bytes:
    """The state as bytes."""
    return _ENCODER.encode(state)


def decode(data: bytes) -> State:
    """The state again. Raises FormatError if the bytes are damaged or of another version."""
    try:
        version = _VERSIONS.decode(data).version
        if version != VERSION:
            raise FormatError(
                f"The runtime engine's state has version {version}; this one reads {VERSION}.",
                "Start without it: processes that run are read again from the machine.",
            )
        return _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(
            "The runtime engine's state is damaged.", "Start without it: processes that run are read again."
        ) from error
