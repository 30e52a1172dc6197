"""The list of what the product has done and holds, in a file that outlives it, and as leftovers for `doctor --clean`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from periderm.model.diagnosis import Orphan

LONGEST = 16 << 20

_Held = TypeVar("_Held")


class StandingFile(Generic[_Held]):
    """`kind` is the type of what is kept."""

    def __init__(self, path: str, kind: type[_Held]) -> None:
        self._path = path
        self._decoder = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]  # the type is a value here

    def load(self) -> Sequence[_Held]:
        """What was kept; nothing where there is no file or a damaged one."""
        try:
            with open(self._path, "rb") as file:
                return tuple(self._decoder.decode(file.read(LONGEST)))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return ()

    def save(self, held: Sequence[_Held]) -> None:
        """The file is there as a whole or not at all; without anything to keep there is none."""
        if not held:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)
            return
        fresh = f"{self._path}.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(list(held)))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self._path)


class StandingLeftovers:
    """What a stopped agent left paused or cut off. `find_all` names it, `undo` takes one back."""

    def __init__(self, find_all: Callable[[], Sequence[str]], undo: Callable[[], Sequence[str]]) -> None:
        self._find_all = find_all
        self._undo = undo

    def find(self) -> Sequence[Orphan]:
        """Each response that still holds."""
        return tuple(Orphan(kind="response", name=name) for name in self._find_all())

    def remove(self) -> Sequence[str]:
        """Takes them back. Raises ResponderError where one cannot be."""
        return tuple(f"response {name}" for name in self._undo())
