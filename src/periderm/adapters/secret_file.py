"""The secret by which the product's own processes know each other, in a file that only its owner reads."""

from __future__ import annotations

import os
import secrets

from periderm.model.errors import UsageError


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
