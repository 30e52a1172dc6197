"""Tells systemd how a service is: sd_notify(3), a datagram to the socket that NOTIFY_SOCKET names. Nothing without one."""

from __future__ import annotations

import contextlib
import os
import socket


def notify(words: str) -> bool:
    """Lines of NAME=VALUE, such as READY=1; whether anybody was told."""
    where = os.environ.get("NOTIFY_SOCKET", "")
    if not where.startswith(("/", "@")):
        return False
    address = "\0" + where[1:] if where.startswith("@") else where
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as way:
        way.setblocking(False)
        way.sendto(words.encode(), address)
        return True
    return False


def watchdog_seconds() -> float:
    """How often systemd wants to hear from this process at least: half of what it allows. 0 for never."""
    told, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not (told.isascii() and told.isdecimal() and len(told) < 16) or pid not in ("", str(os.getpid())):
        return 0.0
    return int(told) / 2e6
