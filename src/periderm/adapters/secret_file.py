"""Secrets in files that only their owner reads: the one by which the product's own processes know each other, and those that
a person names. Never says what it read."""

from __future__ import annotations

import os
import secrets
import stat

from periderm.model.errors import DeniedError, UsageError

_LARGEST = 64 << 10


def ensure_secret(path: str) -> str:
    """The secret in the file; made (256 random bits) if there is none yet. Raises UsageError if the file belongs to
    somebody else or others may read it: then it is no secret."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    fresh = f"{path}.{os.getpid()}"
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link either makes the whole file or fails: two processes that start together agree on one secret.
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(fresh)
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW)) as file:
            status = os.fstat(file.fileno())
            secret = file.read(1024).strip()
    except OSError as error:
        raise UsageError(f"The secret in {path} cannot be used: {error.strerror}.", "Check the state folder.") from error
    if status.st_uid != os.geteuid() or status.st_mode & 0o077 or len(secret) < 32:
        raise UsageError(f"{path} is not a secret file of this user.", f"Remove it (`rm {path}`) and start again.")
    return secret


def read_secret(path: str) -> str:
    """What a person wrote into a file. Raises DeniedError where it cannot be read, is empty, or others may read it too."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)) as file:
            status = os.fstat(file.fileno())
            secret = file.read(_LARGEST + 1).strip() if stat.S_ISREG(status.st_mode) else ""
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise DeniedError(f"The secret in {path} cannot be read: {why}.", "Check the path, and who owns the file.") from None
    if status.st_mode & 0o007:
        raise DeniedError(f"Everybody may read {path}: it holds no secret.", f"Take that away: chmod 600 {path}")
    if not secret or len(secret) > _LARGEST:
        raise DeniedError(f"{path} holds no secret.", "Write one line into it.")
    return secret
