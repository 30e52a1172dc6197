"""The key pair by which this machine signs what it builds and exports, in files that only their owner reads (the private
one). Signs nothing itself."""

from __future__ import annotations

import contextlib
import os

from periderm.model.errors import UsageError

PRIVATE, PUBLIC = "signing.pem", "signing.pub.pem"
_MOST = 16 << 10


def ensure_key(folder: str) -> tuple[bytes, str, bool]:
    """(private key in PEM, path of the public one, whether both were made now). Ed25519, PKCS 8. Raises UsageError if others
    may read the private key, or it is another user's."""
    private, public = os.path.join(folder, PRIVATE), os.path.join(folder, PUBLIC)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        made = not os.path.exists(private) and _make(private, public)
        descriptor = os.open(private, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            data = file.read(_MOST)
    except OSError as error:
        raise UsageError(f"The key in {private} cannot be used: {error.strerror}.", "Name another with --key.") from None
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise UsageError(f"{private} is not this user's alone.", f"chmod 600 {private}, or name another with --key.")
    return data, public, made


def _make(private: str, public: str) -> bool:
    """Two processes that start together agree on one pair: a link is there whole or not."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    shown = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    fresh = f"{private}.{os.getpid()}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, private)
            with open(public, "wb") as file:
                file.write(shown)
            return True
        return False
    finally:
        os.unlink(fresh)
