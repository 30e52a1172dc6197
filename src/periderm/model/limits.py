"""The documented limits of looking into an image: what lies beyond is not looked at, and that is counted and said."""

from __future__ import annotations

import msgspec

MIB = 1 << 20
GIB = 1 << 30


class ScanLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one scan. Sizes are bytes.

    `inflated` bounds all inflated layers together. Once an image has given `ratio_floor` bytes, each layer (from its
    sixteenth MiB on) may be at most `ratio` times its compressed size: real layers are 2 to 10 times. `entries` bounds
    the file system's entries over all layers. Texts up to `secret_whole` are searched for secrets whole, larger ones in
    overlapping pieces, those above `secret_file` not at all. `database_file` is the largest package database read,
    `databases` their sum, `sparse_file` the largest sparse file whose holes are filled in to hash it, `confirm` how
    many bytes may be searched again to confirm secrets. `findings` bounds the findings of one detector in one image.
    """

    layers: int = 1_000
    inflated: int = 64 * GIB
    ratio: int = 250
    ratio_floor: int = GIB
    entries: int = 2_000_000
    depth: int = 256
    secret_whole: int = 8 * MIB
    secret_file: int = GIB
    database_file: int = 64 * MIB
    databases: int = 256 * MIB
    sparse_file: int = GIB
    confirm: int = GIB
    findings: int = 250


DEFAULT_LIMITS = ScanLimits()
