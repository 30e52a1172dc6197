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


def stable_uuid(*parts: object) -> str:
    """A UUID (RFC 9562, version 8: ours to define) made of `stable_id`'s digest of the parts; equal parts, equal UUIDs."""
    digits = stable_id("uuid", *parts)[5:] + stable_id("uuid", "more", *parts)[5:13]
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-{'89ab'[int(digits[16], 16) % 4]}{digits[17:20]}-{digits[20:32]}"
