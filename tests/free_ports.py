"""A port for a server that a test starts as a process, which can only be told a number."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_FIRST = 10_000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of loopback that nobody has, and that the kernel gives to nobody by itself: below those that it hands out, so that
    no connection of another test takes it before the server is there."""
    last = int(_RANGE.read_text().split()[0])
    chance = random.SystemRandom()
    for _ in range(1000):
        port = chance.randrange(_FIRST, last) if last > 2 * _FIRST else 0
        with socket.socket(socket.AF_INET, kind) as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
            given: int = found.getsockname()[1]
            return given
    raise AssertionError("every port is taken")
