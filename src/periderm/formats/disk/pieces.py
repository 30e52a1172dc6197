"""A virtual disk of pieces that lie anywhere in a file: what qcow2, VMDK, VHD and VHDX have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from periderm.formats.disk.reading import Read, exactly
from periderm.model.errors import FormatError

_KEPT = 8  # inflated pieces that are remembered


class Disk(NamedTuple):
    """A disk as its machine sees it: `size` in bytes. `told` is what must be said of it."""

    kind: str
    read: Read
    size: int
    told: tuple[str, ...] = ()


# Where a piece lies: an offset in the file, None for zeros, or its bytes (a piece that was inflated).
Locate = Callable[[int], "int | bytes | None"]


def pieces(read: Read, locate: Locate, piece: int, size: int, where: str) -> Read:
    """A reader of `size` bytes in pieces of `piece` bytes each; `locate` tells where one lies, by its number."""

    def read_at(offset: int, wanted: int) -> bytes:
        wanted = min(wanted, size - offset)
        found = []
        while wanted > 0 and offset >= 0:
            number, inside = divmod(offset, piece)
            length = min(wanted, piece - inside)
            place = locate(number)
            if isinstance(place, int):
                # Neighbours in the file are read at once.
                while length < wanted:
                    following = locate((offset + length) // piece)
                    if not isinstance(following, int) or following != place + inside + length:
                        break
                    length += min(wanted - length, piece)
                found.append(exactly(read, place + inside, length, where))
            elif place is None:
                found.append(bytes(length))
            else:
                found.append(place[inside : inside + length])
            offset += length
            wanted -= length
        return found[0] if len(found) == 1 else b"".join(found)

    return read_at


class Remembered:
    """The last tables or inflated pieces, by their place."""

    def __init__(self, make: Callable[[int], bytes], kept: int = _KEPT) -> None:
        self._make = make
        self._most = kept
        self._known: dict[int, bytes] = {}

    def __call__(self, key: int) -> bytes:
        """Made, or as it was made."""
        found = self._known.pop(key, None)
        if found is None:
            found = self._make(key)
            if len(self._known) >= self._most:
                del self._known[next(iter(self._known))]
        self._known[key] = found
        return found


def table(read: Read, offset: int, size: int, most: int, where: str) -> bytes:
    """A table of the file that is held in memory. Raises FormatError if it is larger than `most`, or not there."""
    if size > most:
        raise FormatError(f"a table of {size} bytes is larger than {most}, which is the most that is read.", where=where)
    return exactly(read, offset, size, where)
