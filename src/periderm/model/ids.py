"""Identities that stay the same across restarts, replays and machines: a digest of what makes the thing itself."""

from __future__ import annotations

import hashlib


def stable_id(prefix: str, *parts: object) -> str:
    """`prefix-` and 24 hex digits of BLAKE2b over the length-prefixed parts; equal parts give equal ids everywhere."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        data = str(part).encode("utf-8", "surrogateescape")
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return f"{prefix}-{digest.hexdigest()}"
