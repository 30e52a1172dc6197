"""File capabilities as they lie in an extended attribute: `struct vfs_cap_data` of linux/capability.h. Judges nothing."""

from __future__ import annotations

import struct

NAME = "security.capability"
PAX = b"SCHILY.xattr." + NAME.encode()  # as star, GNU tar and the runtimes write it
_REVISION = 0xFF000000
_SIZES = {0x01000000: 12, 0x02000000: 20, 0x03000000: 24}  # VFS_CAP_REVISION_1 to 3
_WORD = struct.Struct("<I")


def permitted(data: bytes) -> int:
    """The permitted capabilities as bits, by their numbers; 0 for what is no such attribute."""
    if len(data) < 12:
        return 0
    size = _SIZES.get(_WORD.unpack_from(data)[0] & _REVISION)
    if size is None or len(data) < size:
        return 0
    low: int = _WORD.unpack_from(data, 4)[0]
    high: int = _WORD.unpack_from(data, 12)[0] if size >= 20 else 0
    return high << 32 | low
