"""/proc/PID/mountinfo (proc_pid_mountinfo(5)): where file systems are mounted. Says nothing of who mounted them."""

from __future__ import annotations

import re

import msgspec

from periderm.model.errors import FormatError

_ESCAPE = re.compile(r"\\([0-7]{3})")
_LIMIT = 16 * 1024 * 1024


class Mount(msgspec.Struct, frozen=True):
    """One line. `options` are those of the superblock."""

    number: int
    parent: int
    device: str
    root: str
    point: str
    type: str
    source: str
    options: str


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 8)), text)


def parse_mountinfo(data: bytes) -> tuple[Mount, ...]:
    """All lines in order. Raises FormatError."""
    if len(data) > _LIMIT:
        raise FormatError(f"{len(data)} bytes of mounts are too many.", where="mountinfo")
    mounts = []
    for line in data.decode("utf-8", "surrogateescape").splitlines():
        left, dash, right = line.partition(" - ")
        head, tail = left.split(" "), right.split(" ")
        if not dash or len(head) < 6 or len(tail) < 3 or not (head[0].isdecimal() and head[1].isdecimal()):
            raise FormatError(f"{line[:80]!r} is no line of it.", where="mountinfo")
        mounts.append(
            Mount(int(head[0]), int(head[1]), head[2], _plain(head[3]), _plain(head[4]), tail[0], _plain(tail[1]), tail[2])
        )
    return tuple(mounts)


def overlay_upper(mounts: tuple[Mount, ...]) -> str:
    """The writable directory of the overlay that is mounted at `/`, '' if `/` is none. The last mount at `/` counts."""
    root = next((m for m in reversed(mounts) if m.point == "/"), None)
    if root is None or root.type != "overlay":
        return ""
    # The kernel writes commas, spaces and backslashes of a value as octal escapes (seq_show_option, fs/seq_file.h).
    for option in root.options.split(","):
        if option.startswith("upperdir="):
            return _plain(option[len("upperdir=") :])
    return ""
