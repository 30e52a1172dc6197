"""The extended attribute security.capability: what a program may do whoever starts it.

Source: Linux include/uapi/linux/capability.h, struct vfs_cap_data.
"""

from __future__ import annotations

import struct

_WORDS = {1: 1, 2: 2, 3: 2}  # by revision: 32-bit words of permitted and of inheritable bits, in turn


def permitted(data: bytes) -> int:
    """The permitted capabilities as bits by their numbers; 0 for what is none."""
    if len(data) < 4:
        return 0
    words = _WORDS.get(data[3], 0)  # the revision is the highest byte of a little-endian word
    if not words or len(data) < 4 + 8 * words:
        return 0
    bits = 0
    for n in range(words):
        bits |= struct.unpack_from("<I", data, 4 + 8 * n)[0] << (32 * n)
    return bits
