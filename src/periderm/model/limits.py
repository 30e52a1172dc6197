"""The documented limits of looking into an image: what lies beyond is not looked at, and that is counted and said."""

from __future__ import annotations

import msgspec

MIB = 1 << 20
GIB = 1 << 30


class ScanLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one scan. Sizes are bytes.

    `layers` bounds their number, `depth` that of folders in folders. `inflated` bounds all inflated layers together. A
    layer (from its sixteenth MiB, or its even share of `ratio_floor` on) may be at most `ratio` times its compressed
    size: real layers are 2 to 10 times. `entries` bounds the file system's entries over all layers. Texts up to
    `secret_whole` are searched for secrets whole, larger ones in overlapping pieces, those above `secret_file` not at
    all. `database_file` is the largest file that any package format is given (each has its own bound too), `databases`
    the sum of them in one layer. `mapped`: larger contents are not held in memory but in a file of the cache that has
    no name. `sparse_file` is the largest sparse file whose holes are filled in to hash it, `confirm` how many bytes
    may be searched again to confirm secrets. `findings` bounds the findings of one detector in one image, `packages`
    the packages of one image, `owned` the files of all packages that are told. `memory`, `file` and `answer` bound the
    sandboxed process: what it may hold, write, and say. `seconds` bounds its life.
    """

    layers: int = 1_000
    inflated: int = 64 * GIB
    ratio: int = 250
    ratio_floor: int = GIB
    entries: int = 2_000_000
    depth: int = 256
    secret_whole: int = 8 * MIB
    secret_file: int = GIB
    database_file: int = GIB
    databases: int = 8 * GIB
    mapped: int = 24 * MIB
    sparse_file: int = GIB
    confirm: int = GIB
    findings: int = 250
    packages: int = 250_000
    owned: int = 2_000_000
    memory: int = 2 * GIB
    file: int = GIB
    answer: int = 512 * MIB
    seconds: int = 3_600


DEFAULT_LIMITS = ScanLimits()
