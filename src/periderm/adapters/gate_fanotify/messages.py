"""What the agent, the watchdog and the handler say to each other: length and msgpack over a stream socket. No judgement."""

from __future__ import annotations

import socket
import struct

import msgspec

from periderm.ports.guard import GuardPolicy, Refusal

MOST_BYTES = 16 << 20


class Program(msgspec.Struct, frozen=True, tag="program"):
    """What is guarded from now on. `own` are pids that are never held up."""

    policies: tuple[GuardPolicy, ...]
    own: tuple[int, ...] = ()


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """Refusals, in order."""

    refusals: tuple[Refusal, ...]


class Problem(msgspec.Struct, frozen=True, tag="problem"):
    """A sentence that says what is not guarded, and why."""

    text: str


Message = Program | Refused | Problem
_DECODER = msgspec.msgpack.Decoder(Message)


def frame(message: Message) -> bytes:
    """Length and content."""
    data = msgspec.msgpack.encode(message)
    return struct.pack("<I", len(data)) + data


def send(stream: socket.socket, message: Message, seconds: float) -> None:
    """Sends it whole. Raises OSError (TimeoutError too) where the other side does not take it in time."""
    stream.settimeout(seconds)
    try:
        stream.sendall(frame(message))
    finally:
        stream.settimeout(None)


class Reader:
    """Collects what comes over a non-blocking stream."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._data = bytearray()

    def take(self) -> list[Message]:
        """Whole messages that are there. Raises EOFError at the end or at what is no message."""
        while True:
            try:
                part = self._stream.recv(1 << 16, socket.MSG_DONTWAIT)
            except (BlockingIOError, InterruptedError, TimeoutError):
                break
            except OSError as error:
                raise EOFError from error
            if not part:
                if not self._data:
                    raise EOFError
                break
            self._data += part
        found = []
        while len(self._data) >= 4:
            length = struct.unpack_from("<I", self._data)[0]
            if length > MOST_BYTES:
                raise EOFError
            if len(self._data) < 4 + length:
                break
            try:
                found.append(_DECODER.decode(bytes(self._data[4 : 4 + length])))
            except msgspec.DecodeError as error:
                raise EOFError from error
            del self._data[: 4 + length]
        return found
