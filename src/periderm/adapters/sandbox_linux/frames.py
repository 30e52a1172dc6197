"""What a child says to its parent: progress, an answer or an error, each with its length. Believes no length."""

from __future__ import annotations

import os
import select
import struct
import time
from collections.abc import Callable, Iterator

import msgspec

from periderm.model import errors
from periderm.model.errors import PeridermError, SandboxError

PROGRESS, ANSWER, ERROR, PART = b"P", b"A", b"E", b"F"
_HEAD = struct.Struct("=cQ")
_MOST_SMALL = 1 << 16
_PIECE = 1 << 20


class Failure(msgspec.Struct, array_like=True):
    """An error of `model.errors` by its name."""

    family: str
    what: str
    next_step: str
    where: str = ""


class Progress(msgspec.Struct, array_like=True):
    """How far it is."""

    text: str
    done: float | None


def write(fd: int, kind: bytes, data: bytes) -> None:
    """One frame, whole."""
    for part in (_HEAD.pack(kind, len(data)), data):
        view = memoryview(part)
        while view:
            view = view[os.write(fd, view) :]


def failure_of(error: PeridermError) -> Failure:
    """An error as values. Text that no encoder takes is escaped."""
    parts = (type(error).__name__, error.what, error.next_step, getattr(error, "where", ""))
    return Failure(*(part.encode("utf-8", "backslashreplace").decode()[:4096] for part in parts))


def error_of(failure: Failure) -> PeridermError:
    """The error again; a family that is unknown is the sandbox's own."""
    family = getattr(errors, failure.family, None)
    if not (isinstance(family, type) and issubclass(family, PeridermError)):
        family = SandboxError
    error: PeridermError = family(failure.what, failure.next_step)
    if isinstance(error, errors.FormatError):
        error.where = failure.where
    return error


def read(fd: int, answer: int, seconds: float, check: Callable[[], None] = lambda: None) -> Iterator[tuple[bytes, bytes]]:
    """All frames until the child closes its end. Raises SandboxError for one that is too long, and after `seconds`;
    `check` is called about once a second while nothing comes, and may raise."""
    deadline = time.monotonic() + seconds
    waiting = select.poll()
    waiting.register(fd, select.POLLIN)

    def take(size: int) -> bytes | None:
        data = bytearray(size)
        view, at = memoryview(data), 0
        while at < size:
            left = deadline - time.monotonic()
            if left <= 0:
                raise SandboxError(
                    f"The scan took longer than {seconds:.0f} seconds and was ended.",
                    "Scan it alone on a quieter machine, or allow it more time.",
                )
            if not waiting.poll(min(left, 1.0) * 1000):
                check()
                continue
            got = os.readv(fd, [view[at : at + _PIECE]])
            if not got:
                return None
            at += got
        return bytes(data)

    while (head := take(_HEAD.size)) is not None:
        kind, length = _HEAD.unpack(head)
        if length > (answer if kind in (ANSWER, PART) else _MOST_SMALL):
            raise SandboxError(
                f"The scan's answer has {length} bytes, more than the {answer} that are taken.",
                "The image holds more packages or findings than can be told; scan parts of it.",
            )
        data = take(length)
        if data is None:
            return
        yield kind, data
