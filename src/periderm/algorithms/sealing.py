"""Sealing a long file with a passphrase, in chunks, so that neither a changed, cut, swapped nor added chunk goes unnoticed.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015, https://eprint.iacr.org/2015/189, as age and Tink use it):
each chunk's nonce holds its number and whether it is the last. Key: scrypt (RFC 7914) with N 2^17, r 8, p 1. Cipher:
AES-256-GCM. Makes no randomness and opens nothing.
"""

from __future__ import annotations

import struct

from periderm.model.errors import FormatError, SignatureError

MAGIC = b"PDRMSEAL1"
CHUNK = 64 << 10
TAG = 16
SALT_BYTES, PREFIX_BYTES = 16, 7
HEADER_BYTES = len(MAGIC) + SALT_BYTES + PREFIX_BYTES
SHORTEST = 12  # characters of a passphrase
_COST = 1 << 17


def header(salt: bytes, prefix: bytes) -> bytes:
    """The first bytes of a sealed file."""
    if len(salt) != SALT_BYTES or len(prefix) != PREFIX_BYTES:
        raise ValueError("salt or prefix of a wrong length")
    return MAGIC + salt + prefix


class Seal:
    """One pass over one file: chunks in order, the last one said to be so. `head` is its header; never two files with one."""

    def __init__(self, passphrase: bytes, head: bytes, *, cost: int = _COST) -> None:
        """Takes about half a second and 128 MiB. Raises FormatError if the header is none."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        if len(head) != HEADER_BYTES or not head.startswith(MAGIC):
            raise FormatError("This file is not sealed by us.", "Name another.")
        salt = head[len(MAGIC) : len(MAGIC) + SALT_BYTES]
        self._cipher = AESGCM(Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase))
        self._prefix = head[len(MAGIC) + SALT_BYTES :]
        self._head = head
        self._number = 0

    def close(self, plain: bytes, *, last: bool) -> bytes:
        """The next chunk, sealed. All but the last have CHUNK bytes."""
        return self._cipher.encrypt(self._nonce(last), plain, self._head)

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        """The next chunk as it was. Raises SignatureError if it is not the one that was sealed here with this passphrase."""
        from cryptography.exceptions import InvalidTag

        first = not self._number
        try:
            return self._cipher.decrypt(self._nonce(last), sealed, self._head)
        except (InvalidTag, ValueError):
            what = "The passphrase is wrong, or the file was changed." if first else "The file was changed or cut off."
            raise SignatureError(what, "Check the passphrase, or take another copy.") from None

    def _nonce(self, last: bool) -> bytes:
        nonce = self._prefix + struct.pack(">I", self._number) + bytes([last])
        self._number += 1
        return nonce
