"""`ports.rule_files.RuleFiles` on this machine's file system. Understands no rule and checks no signature.

Links are followed (a ConfigMap is a folder of links). A file that others may change is not used: whoever could would decide
what is not seen.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping, Sequence

import msgspec

from periderm.model.errors import UsageError
from periderm.ports.rule_files import RuleFile

LARGEST = 4 << 20  # a signed pack is a third larger than the pack
LARGEST_KEY = 64 << 10
MOST_FILES = 200
_PACKS = (".yaml", ".yml", ".dsse")
_KEYS = (".pem", ".pub")
_Kept = dict[str, bytes]


class LocalRuleFiles:
    """`folder` holds the packs; `keys` is a file or a folder of public keys, '' for none; `memory` is the file that remembers
    what was in force, '' to remember nothing."""

    def __init__(self, folder: str, keys: str = "", memory: str = "") -> None:
        self._folder, self._keys, self._memory = folder, keys, memory

    def stamp(self) -> tuple[tuple[str | int, ...], ...]:
        """Name, time of change, size and inode of each."""
        return tuple(_stamp(path) for path in (*self._paths(self._folder, _PACKS), *self._key_paths()))

    def files(self) -> Sequence[RuleFile]:
        """At most MOST_FILES; one more is said as a problem."""
        paths = self._paths(self._folder, _PACKS)
        found = [_read(path, LARGEST) for path in paths[:MOST_FILES]]
        if len(paths) > MOST_FILES:
            left = os.path.basename(paths[MOST_FILES])
            found.append(RuleFile(left, b"", f"There are more than {MOST_FILES} packs, and this one is the first too many."))
        return found

    def keys(self) -> Sequence[bytes]:
        """All keys of the file or folder."""
        found = [_read(path, LARGEST_KEY) for path in self._key_paths()]
        bad = next((file for file in found if file.problem), None)
        if bad is not None:
            raise UsageError(f"The key {bad.name} cannot be used: {bad.problem}", "Check PERIDERM_RULES_KEYS.")
        if self._keys and not found:
            raise UsageError(f"There is no key in {self._keys}.", "Name a PEM file, or a folder of them.")
        return [file.data for file in found]

    def kept(self) -> Mapping[str, bytes]:
        """Nothing if the file is not there or damaged."""
        if not self._memory:
            return {}
        file = _read(self._memory, LARGEST * 16)
        try:
            return msgspec.msgpack.decode(file.data, type=_Kept) if file.data else {}
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return {}

    def keep(self, packs: Mapping[str, bytes]) -> None:
        """Written beside and put in its place, readable for the owner only."""
        if not self._memory:
            return
        fresh = f"{self._memory}.{os.getpid()}"
        with contextlib.suppress(OSError):
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.msgpack.encode(dict(packs)))
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, self._memory)

    @staticmethod
    def _paths(folder: str, ends: tuple[str, ...]) -> list[str]:
        try:
            names = sorted(n for n in os.listdir(folder) if n.endswith(ends) and not n.startswith("."))
        except OSError:
            return []
        return [os.path.join(folder, name) for name in names]

    def _key_paths(self) -> list[str]:
        if not self._keys:
            return []
        return self._paths(self._keys, _KEYS) if os.path.isdir(self._keys) else [self._keys]


def _stamp(path: str) -> tuple[str | int, ...]:
    try:
        status = os.stat(path)
    except OSError as error:
        return (path, error.errno or 0)
    return (path, status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def _read(path: str, most: int) -> RuleFile:
    name = os.path.basename(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return RuleFile(name, b"", f"It cannot be read: {error.strerror}.")
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        return RuleFile(name, b"", "It is no regular file.")
    with os.fdopen(descriptor, "rb") as file:
        if status.st_mode & stat.S_IWOTH or status.st_uid not in (0, os.geteuid()):
            return RuleFile(name, b"", "Others may change it: let it belong to root, and let nobody else write it.")
        data = file.read(most + 1)
    return RuleFile(name, data) if len(data) <= most else RuleFile(name, b"", f"It is larger than {most >> 20} MiB.")
