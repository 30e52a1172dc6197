"""Where the authorities' keys lie: a folder that only its owner reads, with one list of what is in force. Signs nothing."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from periderm.model.errors import UsageError

LIST = "authorities.json"
_MOST = 64 << 10


class Kept(msgspec.Struct, frozen=True):
    """The list: fingerprints, the one that issues first. `vouched` maps one to the certificate (PEM) by which the one
    before it vouches for it."""

    trusted: tuple[str, ...]
    vouched: dict[str, str] = {}


class AuthorityFolder:
    """`path` is made when it is first locked."""

    def __init__(self, path: str) -> None:
        self.path = path

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One process changes it at a time."""
        os.makedirs(self.path, mode=0o700, exist_ok=True)
        status = os.stat(self.path)
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise UsageError(f"{self.path} is not this user's alone.", f"chmod 700 {self.path}")
        descriptor = os.open(os.path.join(self.path, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def stamp(self) -> tuple[int, int]:
        """Changes when the list changes; (0, 0) if there is none."""
        try:
            status = os.stat(os.path.join(self.path, LIST))
        except OSError:
            return 0, 0
        return status.st_mtime_ns, status.st_ino

    def kept(self) -> Kept | None:
        """The list; None if there is none. Raises UsageError if it cannot be read."""
        try:
            data = self.read(LIST)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UsageError(f"{self.path}/{LIST} cannot be read: {error.strerror}.", "Check the state folder.") from error
        try:
            return msgspec.json.decode(data, type=Kept)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{self.path}/{LIST} is damaged: {error}.", "Restore it from a backup.") from error

    def keep(self, kept: Kept) -> None:
        """From now on this is in force."""
        self.write(LIST, msgspec.json.format(msgspec.json.encode(kept), indent=2))

    def certificate(self, fingerprint: str) -> x509.Certificate:
        """Of an authority. Raises UsageError."""
        try:
            return x509.load_pem_x509_certificate(self.read(f"{fingerprint}.pem"))
        except (OSError, ValueError) as error:
            raise UsageError(f"{self.path}/{fingerprint}.pem cannot be used: {error}.", "Restore it from a backup.") from error

    def key(self, name: str) -> ec.EllipticCurvePrivateKey:
        """A private key. Raises UsageError, also if others may read it."""
        path = os.path.join(self.path, f"{name}.key")
        try:
            data = self.read(f"{name}.key")
            status = os.stat(path)
            key = serialization.load_pem_private_key(data, None)
        except (OSError, ValueError, TypeError) as error:
            raise UsageError(f"{path} cannot be used: {error}.", "Restore it from a backup.") from error
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise UsageError(f"{path} is not this user's alone.", f"chmod 600 {path}")
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise UsageError(f"{path} is no elliptic-curve key.", "Restore it from a backup.")
        return key

    def put_key(self, name: str, key: ec.EllipticCurvePrivateKey) -> str:
        """Keeps it; its path."""
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.write(f"{name}.key", private)
        return os.path.join(self.path, f"{name}.key")

    def read(self, name: str) -> bytes:
        """A file of the folder. Raises OSError."""
        descriptor = os.open(os.path.join(self.path, name), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        with open(descriptor, "rb") as file:
            return file.read(_MOST)

    def write(self, name: str, data: bytes) -> None:
        """There as a whole or not at all, for its owner only."""
        path = os.path.join(self.path, name)
        fresh = f"{path}.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)

    def remove(self, name: str) -> None:
        """It is gone, if it was there."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self.path, name))
