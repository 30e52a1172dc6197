"""A connection whose waits are bounded, and an answer that is read in bounded pieces. Connects to nothing by itself.

A server that sends its head slower than `HEAD_SECONDS`, or its body slower than `SLOWEST` bytes a second, is given up;
http.client bounds the head itself (100 lines of 64 KiB).
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Iterator, Mapping
from typing import Any

IDLE_SECONDS = 30.0
HEAD_SECONDS = 60.0
GRACE_SECONDS = 60.0
SLOWEST = 32 << 10  # bytes a second, on average, after the grace
PIECE = 256 << 10
_MOST_DRAINED = 64 << 10  # what is left of a body is read to keep the connection; of more it is closed


class Line:
    """A socket whose reads and writes end at `until` (monotonic seconds), whoever sleeps on the other side."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._readers = 0
        self._closing = False
        self.until = time.monotonic() + HEAD_SECONDS

    def arm(self) -> None:
        """Sets how long the next call may take. Raises TimeoutError when there is no time left."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("it is too slow")
        self._sock.settimeout(min(left, IDLE_SECONDS))

    def sendall(self, data: bytes) -> None:
        """As of a socket."""
        self.arm()
        self._sock.sendall(data)

    def receive(self, buffer: memoryview) -> int:
        """As recv_into of a socket."""
        self.arm()
        return self._sock.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What http.client reads from."""
        self._readers += 1
        return io.BufferedReader(_Raw(self), 64 << 10)

    def close(self) -> None:
        """Closes it when nobody reads from it any more, as a socket does."""
        self._closing = True
        if not self._readers:
            self._sock.close()

    def done(self) -> None:
        """One reader ended."""
        self._readers -= 1
        if self._closing and not self._readers:
            self._sock.close()


class _Raw(io.RawIOBase):
    """The reading end of a line."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # any writable buffer; it has a name only from Python 3.12 on
        return self._line.receive(buffer)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._line.done()


class Connection(http.client.HTTPConnection):
    """A connection over a line that is already there."""

    def __init__(self, line: Line) -> None:
        super().__init__("unused")
        self.line = line
        self.sock = line  # http.client calls sendall, makefile and close, which a line has
        self.auto_open = 0

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request, and the head of its answer. Raises OSError, HTTPException."""
        self.line.until = time.monotonic() + HEAD_SECONDS
        self.request(method, target, body=body or None, headers=dict(headers))
        return Answer(self.getresponse(), self.line)


class Answer:
    """A response whose body is read in bounded pieces."""

    def __init__(self, response: http.client.HTTPResponse, line: Line) -> None:
        self._response = response
        self._line = line
        self._began = time.monotonic()
        self._given = 0
        self.status = response.status

    def header(self, name: str) -> str:
        """All headers of that name, joined with commas; '' without."""
        return ", ".join(self._response.headers.get_all(name) or ())

    @property
    def length(self) -> int | None:
        """How many bytes of the body are still to come, if the server says so."""
        return self._response.length

    def pieces(self) -> Iterator[bytes]:
        """The body. Raises OSError, HTTPException; a body that ends early is an IncompleteRead."""
        response = self._response
        while True:
            if response.length == 0 or response.isclosed():
                return
            self._line.until = self._began + GRACE_SECONDS + self._given / SLOWEST
            piece = response.read1(PIECE)
            if not piece:
                if response.length:
                    raise http.client.IncompleteRead(b"", response.length)
                return
            self._given += len(piece)
            yield piece

    def read(self, most: int) -> bytes:
        """The whole body. Raises ValueError if it has more than `most` bytes."""
        if (self.length or 0) > most:
            raise ValueError(self.length)
        data = bytearray()
        for piece in self.pieces():
            data += piece
            if len(data) > most:
                raise ValueError(len(data))
        return bytes(data)

    def drained(self) -> bool:
        """Whether the connection can be used again: the body was read, or so little of it is left that it now is."""
        response = self._response
        if response.will_close:
            return False
        if response.length is None and not response.isclosed():
            return False
        try:
            if (response.length or 0) > _MOST_DRAINED:
                return False
            for _ in self.pieces():
                pass
        except (OSError, http.client.HTTPException):
            return False
        response.close()
        return True

    def close(self) -> None:
        """Gives it up."""
        self._response.close()
