"""Secrets that were typed in the console, one file each (mode 0600) in a folder of their own. Reading is `secret_file`'s."""

from __future__ import annotations

import contextlib
import os
import re
import secrets

from periderm.model.errors import StoreError, UsageError

LONGEST = 16 << 10
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,100}")
_KEPT = re.compile(r"[a-z0-9][a-z0-9._-]{0,100}\.[0-9a-f]{16}")


class KeptSecrets:
    """`ports.secrets.Secrets` over a folder, which is made when it is first needed."""

    def __init__(self, folder: str) -> None:
        self._folder = os.path.abspath(folder)

    def keep(self, name: str, secret: str) -> str:
        """See the port. The name on disk is new each time, so that what still uses the one before it reads that."""
        secret = secret.strip()
        if not secret or len(secret) > LONGEST or not secret.isprintable():
            raise UsageError("That is no secret.", f"Give one line of at most {LONGEST} characters.")
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name[:80]!r} cannot name a secret.", "Use small letters, digits, '.', '_' and '-'.")
        path = os.path.join(self._folder, f"{name}.{secrets.token_hex(8)}")
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(secret + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(path)
            raise StoreError(f"The secret cannot be kept: {error.strerror}.", "Look at the state folder.") from error
        return f"file:{path}"

    def mine(self, reference: str) -> bool:
        """See the port."""
        kind, _, path = reference.partition(":")
        return kind == "file" and os.path.dirname(path) == self._folder and bool(_KEPT.fullmatch(os.path.basename(path)))

    def forget(self, reference: str) -> None:
        """See the port."""
        if self.mine(reference):
            with contextlib.suppress(OSError):
                os.unlink(reference.partition(":")[2])
