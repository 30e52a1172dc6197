"""Passwords by argon2id (RFC 9106), through argon2-cffi. Says nothing of what a password should be."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

# RFC 9106, section 4, second recommended option: 64 MiB, three passes, four lanes, 128-bit salt, 256-bit tag.
MEMORY_KIB = 64 * 1024
PASSES = 3
LANES = 4
AT_ONCE = 2  # so many times the memory at most, however many sign in


class Argon2Passwords:
    """`ports.passwords.Passwords`."""

    def __init__(self, memory_kib: int = MEMORY_KIB, passes: int = PASSES, lanes: int = LANES) -> None:
        self._hasher = PasswordHasher(passes, memory_kib, lanes, type=Type.ID)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = ""

    def hash(self, password: str) -> str:
        """With a fresh salt."""
        with self._turns:
            return self._hasher.hash(_bytes(password))

    def verify(self, hashed: str, password: str) -> bool:
        """As long for nobody as for somebody."""
        if not self._nobody:
            self._nobody = self.hash("nobody has this password")
        with self._turns:
            try:
                self._hasher.verify(hashed or self._nobody, _bytes(password))
            except (VerifyMismatchError, VerificationError, InvalidHashError):
                return False
        return bool(hashed)

    def stale(self, hashed: str) -> bool:
        """Whether other parameters made it."""
        try:
            return self._hasher.check_needs_rehash(hashed)
        except InvalidHashError:
            return True


def _bytes(password: str) -> bytes:
    """A form can carry what is not Unicode; it is compared like all else."""
    return password.encode("utf-8", "surrogatepass")
