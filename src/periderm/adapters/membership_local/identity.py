"""The file with this machine's key, certificate and whom it trusts: there as a whole or not at all, for its owner only."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator

import msgspec

from periderm.model.errors import DeniedError, NotFoundError

_MOST = 1 << 20


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """`key` and `certificate` are PEM, `authorities` those that may have signed the server's. `since` and `until` are of this
    machine's own clock: a constant error of it then does no harm."""

    server: str
    node_id: str
    name: str
    key: str
    certificate: str
    authorities: tuple[str, ...]
    since: int
    until: int

    @property
    def half(self) -> int:
        """When it is time for the next."""
        return (self.since + self.until) // 2


class IdentityFile:
    """`path` is the file; another process of this machine may write it too."""

    def __init__(self, path: str) -> None:
        self.path = path

    def stamp(self) -> tuple[int, int]:
        """Changes when the identity does; (0, 0) if there is none."""
        try:
            status = os.stat(self.path)
        except OSError:
            return 0, 0
        return status.st_mtime_ns, status.st_ino

    def load(self) -> Identity:
        """Raises NotFoundError if this machine has not joined, DeniedError if the file is damaged or is not its owner's
        alone."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            with open(descriptor, "rb") as file:
                status = os.fstat(file.fileno())
                data = file.read(_MOST)
        except FileNotFoundError:
            raise NotFoundError("This machine has not joined a server.", "Give `periderm agent --join` a token.") from None
        except OSError as error:
            raise DeniedError(f"{self.path} cannot be read: {error.strerror}.", "Run as its owner.") from error
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise DeniedError(f"{self.path} is not this user's alone.", f"chmod 600 {self.path}")
        try:
            return msgspec.json.decode(data, type=Identity)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DeniedError(f"{self.path} is damaged: {error}.", "Remove it and join again.") from error

    def save(self, identity: Identity) -> None:
        """It is there whole, also after a crash."""
        os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
        fresh = f"{self.path}.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(identity), indent=1))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self.path)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One process renews at a time."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(f"{self.path}.lock", flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
