"""Compiled patterns in files of a cache folder. What others could have written is not read: it would be run as it is."""

from __future__ import annotations

import contextlib
import os
import stat

LARGEST = 64 << 20
MOST_FILES = 32


class PatternFiles:
    """`engines.runtime.patterns.Kept`. A folder that cannot be used is a cache that is empty."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        """The bytes, if the file and its folder are ours alone."""
        try:
            descriptor = os.open(self._path(key), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            if not (_ours(os.fstat(descriptor)) and _ours(os.stat(self._folder))):
                return None
            data = file.read(LARGEST + 1)
        return data if len(data) <= LARGEST else None

    def put(self, key: str, data: bytes) -> None:
        """Written beside and renamed, so that nobody reads half of it; a full disk is no error."""
        fresh = f"{self._path(key)}.{os.getpid()}"
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
                file.write(data)
            os.replace(fresh, self._path(key))
            self._shorten()
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(fresh)

    def _shorten(self) -> None:
        """The oldest go when there are many: each set of rules makes one."""
        paths = [os.path.join(self._folder, name) for name in os.listdir(self._folder)]
        for path in sorted(paths, key=os.path.getmtime)[:-MOST_FILES]:
            os.unlink(path)

    def _path(self, key: str) -> str:
        return os.path.join(self._folder, f"{key}.hsdb")


class CompiledFiles:
    """`ports.compiled_words.CompiledWords` in files of a folder."""

    def __init__(self, folder: str) -> None:
        self._files = PatternFiles(folder)

    def get(self, kind: str, key: str) -> bytes | None:
        """As of `PatternFiles`."""
        return self._files.get(f"{kind}-{key}")

    def put(self, kind: str, key: str, data: bytes) -> None:
        """As of `PatternFiles`."""
        self._files.put(f"{kind}-{key}", data)


def _ours(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not stat.S_IMODE(status.st_mode) & 0o022
