"""What lies in a partition, by the marks at its beginning: what is read here, and what is named and not read.

Sources: Linux include/uapi/linux/magic.h, Documentation/filesystems, cryptsetup's LUKS specification, MS-FSA.
"""

from __future__ import annotations

import msgspec

from periderm.formats.disk.reading import Read


class Content(msgspec.Struct, frozen=True):
    """`kind` is 'ext', 'xfs', 'lvm', 'swap', 'empty', or 'other' for what is not read; `name` as people call it."""

    kind: str
    name: str


# (offset, bytes, kind, name), the more certain first.
_MARKS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"LUKS\xba\xbe", "other", "an encrypted LUKS volume"),
    (0, b"XFSB", "xfs", "XFS"),
    (0x438, b"\x53\xef", "ext", "ext4"),
    (0x10040, b"_BHRfS_M", "other", "btrfs"),
    (0, b"hsqs", "other", "squashfs"),
    (0x400, b"\xe2\xe1\xf5\xe0", "other", "EROFS"),
    (0x400, b"\x10\x20\xf5\xf2", "other", "F2FS"),
    (3, b"-FVE-FS-", "other", "an encrypted BitLocker volume"),
    (3, b"NTFS    ", "other", "NTFS"),
    (3, b"EXFAT   ", "other", "exFAT"),
    (82, b"FAT32   ", "other", "FAT (an EFI system partition, as a rule)"),
    (54, b"FAT16   ", "other", "FAT"),
    (54, b"FAT12   ", "other", "FAT"),
    (32, b"NXSB", "other", "APFS"),
    (0x8001, b"CD001", "other", "ISO 9660"),
    (0x1018, b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81", "other", "bcache or bcachefs"),
    (0x10034, b"ReIsEr", "other", "ReiserFS"),
    (0x8000, b"JFS1", "other", "JFS"),
    (0x1000, b"\xfc\x4e\x2b\xa9", "other", "a part of a Linux software RAID"),
    (0, b"\xfc\x4e\x2b\xa9", "other", "a part of a Linux software RAID"),
    (0xFF6, b"SWAPSPACE2", "swap", "swap"),
    (0xFF6, b"SWAP-SPACE", "swap", "swap"),
    (0xFFF6, b"SWAPSPACE2", "swap", "swap"),
)
_ZFS = (b"\x0c\xb1\xba\x00", b"\x00\xba\xb1\x0c")  # uberblock magic, either byte order; ring from 128 KiB on


def identify(read: Read) -> Content:
    """What it is; kind 'empty' where only zeros are."""
    head = read(0, 0x11000)
    for sector in range(4):
        if head[sector * 512 : sector * 512 + 8] == b"LABELONE" and head[sector * 512 + 24 : sector * 512 + 32] == b"LVM2 001":
            return Content("lvm", "an LVM physical volume")
    for offset, mark, kind, name in _MARKS:
        if head[offset : offset + len(mark)] == mark:
            return Content(kind, name)
    ring = read(128 << 10, 128 << 10)
    if any(ring[at : at + 4] in _ZFS for at in range(0, len(ring), 1024)):
        return Content("other", "a part of a ZFS pool")
    return Content("other", "something that is not known") if any(head) else Content("empty", "nothing")
