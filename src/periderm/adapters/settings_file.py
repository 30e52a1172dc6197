"""The file with all settings, and beside it the one of what was set in the console: read and watched, bounded, and only where
nobody else could have written them. Judges nothing."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat

from periderm.model.errors import DeniedError, NotFoundError, StoreError

MOST_BYTES = (256 << 10) + 1  # one more than what is parsed, so that a larger one is told as such


def read_settings(path: str) -> bytes:
    """Its bytes. Raises NotFoundError, DeniedError if it cannot be read, is no file, or may be written by everybody or
    belongs to neither us nor root: who writes it decides what the product watches and hits."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise NotFoundError(f"There is no file {path}.", f"Make one: periderm config init --config {path}") from None
    except OSError as error:
        raise DeniedError(f"{path} cannot be read: {error.strerror}.", "Check who owns it.") from None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise DeniedError(f"{path} is not a file.", "Name another.")
        if found.st_mode & stat.S_IWOTH:
            raise DeniedError(f"Everybody may write {path}.", f"Take that away: chmod o-w {path}")
        if found.st_uid not in (0, os.geteuid()):
            raise DeniedError(f"{path} belongs to somebody else.", f"Make it yours: chown {os.geteuid()} {path}")
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return file.read(MOST_BYTES)
    finally:
        os.close(descriptor)


def mark_of(path: str) -> tuple[int, ...]:
    """Changes whenever the file does; () while there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_ino, found.st_dev, found.st_size, found.st_mtime_ns, found.st_mode, found.st_uid


def write_new(path: str, text: str) -> None:
    """A new file with its folder, mode 0644 less the umask. Raises DeniedError if there is one, or it cannot be made."""
    try:
        with contextlib.suppress(FileExistsError):  # what is there and no folder is told by what follows
            os.makedirs(os.path.dirname(path) or ".", mode=0o755, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    except FileExistsError:
        raise DeniedError(f"{path} is there already.", "Edit it, or name another with --config.") from None
    except OSError as error:
        raise DeniedError(f"{path} cannot be made: {error.strerror}.", "Name another with --config.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


class ConsoleSettingsFile:
    """`ports.console_settings.ConsoleSettings` as one file of the state (mode 0600): a new one takes its place whole."""

    def __init__(self, path: str) -> None:
        self._path = path

    def read(self) -> bytes | None:
        """See the port."""
        try:
            return read_settings(self._path)
        except NotFoundError:
            return None

    def write(self, data: bytes) -> None:
        """See the port."""
        folder = os.path.dirname(self._path)
        fresh = f"{self._path}.{secrets.token_hex(8)}"
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, self._path)
            within = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(within)
            finally:
                os.close(within)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(fresh)
            raise StoreError(f"The settings cannot be kept: {error.strerror}.", "Look at the state folder.") from error
