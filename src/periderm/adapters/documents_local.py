"""`ports.documents.Documents` on this machine's file system. Understands none of what it carries."""

from __future__ import annotations

import contextlib
import os
import stat
import sys

from periderm.model.errors import LimitError, NotFoundError, UsageError


class LocalDocuments:
    """Reads regular files and standard input, and writes beside a file before it takes its place."""

    def read(self, path: str, most: int) -> bytes:
        """The file's bytes. A FIFO or a device is refused: it might never end."""
        if path == "-":
            return _bounded(sys.stdin.buffer.read(most + 1), path, most)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            raise NotFoundError(f"There is no {path}.", "Check the path.") from None
        except (OSError, ValueError) as error:
            raise UsageError(f"{path} cannot be opened: {_why(error)}.", "Check the path and the rights to it.") from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise UsageError(f"{path} is not a regular file.", "Name a file, or '-' for standard input.")
        with open(descriptor, "rb") as file:
            return _bounded(file.read(most + 1), path, most)

    def write(self, path: str, data: bytes) -> None:
        """A regular file is replaced whole; what is no regular file (a pipe, /dev/stdout) is written into."""
        try:
            if os.path.exists(path) and not os.path.isfile(path):
                with open(path, "wb") as there:
                    there.write(data)
                return
            folder = os.path.dirname(os.path.abspath(path))
            mode = stat.S_IMODE(os.stat(path).st_mode) if os.path.exists(path) else 0o666 & ~_umask()
            import tempfile  # brings random numbers and their tables: only for whoever writes

            descriptor, beside = tempfile.mkstemp(prefix=".periderm-", dir=folder)
            try:
                with open(descriptor, "wb") as file:
                    file.write(data)
                    os.fchmod(file.fileno(), mode)
                os.replace(beside, path)
            finally:
                with contextlib.suppress(OSError):
                    os.unlink(beside)  # gone already where it took the file's place
        except (OSError, ValueError) as error:
            raise UsageError(
                f"{path} cannot be written: {_why(error)}.", "Name a file in a folder that may be written."
            ) from None

    def exists(self, path: str) -> bool:
        """Whether a regular file lies there."""
        return os.path.isfile(path)


def _umask() -> int:
    """The process's mask; Linux tells it without changing it."""
    try:
        with open("/proc/self/status", "rb") as file:
            line = next(line for line in file if line.startswith(b"Umask:"))
        return int(line.split()[1], 8)
    except (OSError, StopIteration, ValueError):
        return 0o077


def _bounded(data: bytes, path: str, most: int) -> bytes:
    if len(data) > most:
        raise LimitError(f"it is larger than {most >> 20} MiB.", where=path)
    return data


def _why(error: OSError | ValueError) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
