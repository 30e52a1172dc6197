"""Listening sockets as the kernel lists them in /proc/PID/net/tcp and tcp6. Opens nothing.

Source: proc_net_tcp(5) of the kernel's documentation (Documentation/networking/proc_net_tcp.rst): addresses are hex in the
machine's byte order, word by word; state 0A is TCP_LISTEN.
"""

from __future__ import annotations

import ipaddress
import struct

_LISTEN = b"0A"
MOST = 256


def parse_listening(data: bytes) -> frozenset[str]:
    """'ADDRESS:PORT' of each socket that listens ('0.0.0.0:80', '[::]:443'), at most `MOST`. Lines that are none are left
    out: the kernel writes them, and a newer one may write more."""
    found: set[str] = set()
    for line in data.splitlines()[1:]:
        fields = line.split(None, 4)
        if len(fields) < 4 or fields[3] != _LISTEN:
            continue
        address, _, port = fields[1].partition(b":")
        place = _address(address)
        number = _number(port)
        if place and number >= 0 and len(found) < MOST:
            found.add(f"{place}:{number}")
    return frozenset(found)


def _number(text: bytes) -> int:
    """A port of four hexadecimal digits, -1 for what is none."""
    try:
        return int(text, 16) if len(text) == 4 else -1
    except ValueError:
        return -1


def _address(text: bytes) -> str:
    """An address as people write it, '' for what is none."""
    try:
        words = [int(text[at : at + 8], 16) for at in range(0, len(text), 8)]
    except ValueError:
        return ""
    if len(text) not in (8, 32) or min(words) < 0:
        return ""
    raw = struct.pack(f"={len(words)}I", *words)
    address = ipaddress.ip_address(raw)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    return f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
