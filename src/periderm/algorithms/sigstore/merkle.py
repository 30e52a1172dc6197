"""Merkle trees of transparency logs: that a leaf is in a tree, told by its path. Knows no log and no signature.

Source: RFC 6962 (2.1, hashes) and RFC 9162 (2.1.3.2, verifying an inclusion proof, whose loop this is).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

LONGEST_PATH = 64  # a tree has fewer than 2^63 leaves
_HASH = 32


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf: with the prefix 0, so that no leaf can be taken for a node."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a path from this leaf's hash leads to; b'' where the path cannot be one in a tree of that size."""
    if not 0 <= index < size or len(path) > LONGEST_PATH or any(len(each) != _HASH for each in path):
        return b""
    number, last, at = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return b""  # the path is too long
        if number & 1 or number == last:
            at = node_hash(sibling, at)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            at = node_hash(at, sibling)
        number, last = number >> 1, last >> 1
    return at if last == 0 else b""
