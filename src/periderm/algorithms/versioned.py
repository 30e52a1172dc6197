"""State as bytes (MessagePack) that says of which version it is: what one version wrote, another refuses in words."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from periderm.model.errors import FormatError

State = TypeVar("State")


class _Versioned(msgspec.Struct):
    version: int = 0


_VERSIONS = msgspec.msgpack.Decoder(_Versioned)


class Kept(Generic[State]):
    """Reads and writes a Struct that has a field `version`. `whose` is whose state it is ('The runtime engine'), `instead` what
    happens without it."""

    def __init__(self, kind: type[State], version: int, whose: str, instead: str) -> None:
        self._version, self._whose, self._instead = version, whose, instead
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(kind)

    def encode(self, state: State) -> bytes:
        """The state as bytes."""
        return self._encoder.encode(state)

    def decode(self, data: bytes) -> State:
        """The state again. Raises FormatError if the bytes are damaged or of another version."""
        try:
            version = _VERSIONS.decode(data).version
            if version != self._version:
                raise FormatError(
                    f"{self._whose}'s state has version {version}; this one reads {self._version}.", self._instead
                )
            return self._decoder.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise FormatError(f"{self._whose}'s state is damaged.", self._instead) from error
