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
    may be searched again to confirm secrets. `content_file` is the largest file that content rules are run over,
    `contents` the sum of all of them. `archive_file` is the largest archive in an image that is looked into for secrets and
    malware, `archive_member` the largest file in it, `archive_depth` how deep archives may lie in archives; `archive_entries`
    and `archives` (inflated bytes) bound those of one layer together. `findings` bounds the findings of one detector in
    one image, `packages` the packages of one image, `owned` the files of all packages that are told. `memory`, `file` and
    `answer` bound the sandboxed process: what it may hold, write, and say. `seconds` bounds its life.
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
    content_file: int = 64 * MIB
    contents: int = 2 * GIB
    archive_file: int = 256 * MIB
    archive_member: int = 32 * MIB
    archive_depth: int = 8
    archive_entries: int = 500_000
    archives: int = 2 * GIB
    findings: int = 250
    packages: int = 250_000
    owned: int = 2_000_000
    memory: int = 2 * GIB
    file: int = GIB
    answer: int = 512 * MIB
    seconds: int = 3_600


DEFAULT_LIMITS = ScanLimits()


class DiskLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of looking into a disk image. `partitions` bounds those that are looked at (`partition_entries` the lines of
    their table), `volumes` the logical volumes and `metadata` the bytes of a volume group's description. `folder` is the
    largest folder (bytes), `names` bounds the names in all folders, `link` the longest symbolic link, `extents` the parts of
    one file, `depth` folders in folders. `file` is the largest file that is listed. `holes` bounds the zeros of a sparse
    file that are filled in, for one file; `zeros` for the whole disk. `tables` bounds the tables of a wrapping (qcow2, VMDK,
    VHD) in bytes, `cluster` one piece of it.
    `again` is how often the bytes of a disk may be read over (files may share them); of a wrapped disk `held` bounds the
    size that is believed, beside `ratio` times its file. `window` how many files are put into
    the order of the disk at once, `cached` how much of the disk is remembered (bytes)."""

    partitions: int = 256
    partition_entries: int = 4_096
    volumes: int = 1_000
    metadata: int = 16 * MIB
    folder: int = GIB
    names: int = 2_500_000
    link: int = 65_536
    extents: int = 1_000_000
    depth: int = 256
    file: int = 1 << 40
    holes: int = GIB
    zeros: int = 64 * GIB
    tables: int = 64 * MIB
    cluster: int = 16 * MIB
    again: int = 8
    held: int = 1 << 62
    ratio: int = 250
    window: int = 8_192
    cached: int = 16 * MIB


DEFAULT_DISK_LIMITS = DiskLimits()
