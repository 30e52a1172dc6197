"""What two forked children share: numbers of parts, a pipe for results, a lock that a death releases. Knows no part."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
from collections.abc import Iterator, Sequence

from periderm.adapters.sandbox_linux import frames

_NUMBER = struct.Struct("=H")
_PARTS = 8_192  # two bytes each: less than any pipe holds
_NONE_LEFT = 1 << 30
_PIPE = 1 << 20
_FOREVER = 1e9  # the parent ends both when it is too long


class Pair:
    """Made before the forks; each child calls `as_main` or `as_helper` once, the parent `close`."""

    def __init__(self, answer: int) -> None:
        self._answer = answer
        self._tickets, write = os.pipe2(os.O_CLOEXEC)
        os.write(write, b"".join(_NUMBER.pack(n) for n in range(_PARTS)))
        os.close(write)  # so that reading ends when all are taken
        self._given, self._giving = os.pipe2(os.O_CLOEXEC)
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._given, fcntl.F_SETPIPE_SZ, _PIPE)
        self._lock = os.memfd_create("periderm-lock", os.MFD_CLOEXEC)

    @property
    def descriptors(self) -> Sequence[int]:
        """What must stay open in the children."""
        return (self._tickets, self._given, self._giving, self._lock)

    def as_main(self) -> None:
        """This process takes: without its own giving end it notices the helper's."""
        os.close(self._giving)

    def as_helper(self) -> None:
        """This process gives."""
        os.close(self._given)

    def close(self) -> None:
        """The parent has no part in it."""
        for descriptor in self.descriptors:
            os.close(descriptor)

    def ticket(self) -> int:
        """See the port."""
        data = os.read(self._tickets, _NUMBER.size)
        return int(_NUMBER.unpack(data)[0]) if len(data) == _NUMBER.size else _NONE_LEFT

    def give(self, number: int, data: bytes) -> None:
        """See the port."""
        frames.write(self._giving, frames.PART, _NUMBER.pack(number) + data)

    def given(self) -> Iterator[tuple[int, bytes]]:
        """See the port."""
        for _, data in frames.read(self._given, self._answer, _FOREVER):
            if len(data) >= _NUMBER.size:
                yield int(_NUMBER.unpack_from(data)[0]), data[_NUMBER.size :]

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """A lock of the process (fcntl(2), advisory record locking): the kernel releases it when its holder dies."""
        fcntl.lockf(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._lock, fcntl.LOCK_UN)
