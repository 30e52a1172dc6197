"""Listening to a network namespace for some seconds, into a pcap file within a limit. Sends nothing."""

from __future__ import annotations

import ctypes
import os
import select
import socket
import struct
import threading
import time
from pathlib import Path

from periderm.model.errors import ResponderError

MOST_SECONDS = 60
MOST_BYTES = 16 << 20
SNAP = 65535
_CLONE_NEWNET = 0x40000000  # linux/sched.h
_ETH_P_ALL = 3  # linux/if_ether.h
_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAP, 1)  # pcap, link type Ethernet


def listen(pid: int, seconds: int, proc_root: Path = Path("/proc")) -> tuple[bytes, bool]:
    """A pcap of what passes the interfaces of that process's network namespace, and whether the limit cut it. Raises
    ResponderError."""
    found: list[socket.socket | OSError] = []

    def enter() -> None:
        # setns changes only this thread, and the socket stays where it was made
        try:
            descriptor = os.open(proc_root / str(pid) / "ns/net", os.O_RDONLY | os.O_CLOEXEC)
            try:
                libc = ctypes.CDLL(None, use_errno=True)
                if libc.setns(descriptor, _CLONE_NEWNET) != 0:
                    number = ctypes.get_errno()
                    raise OSError(number, os.strerror(number))
            finally:
                os.close(descriptor)
            found.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL)))
        except OSError as error:
            found.append(error)

    thread = threading.Thread(target=enter, name="packets")
    thread.start()
    thread.join()
    opened = found[0]
    if isinstance(opened, OSError):
        raise ResponderError(f"The network of process {pid} cannot be listened to: {opened.strerror}.")
    with opened:
        return _read(opened, min(max(seconds, 1), MOST_SECONDS))


def _read(opened: socket.socket, seconds: int) -> tuple[bytes, bool]:
    out = bytearray(_HEADER)
    deadline = time.monotonic() + seconds
    waiting = select.poll()
    waiting.register(opened, select.POLLIN)
    while (left := deadline - time.monotonic()) > 0:
        if not waiting.poll(left * 1000):
            continue
        data = opened.recv(SNAP, socket.MSG_DONTWAIT)
        if len(out) + len(data) + 16 > MOST_BYTES:
            return bytes(out), True
        second, rest = divmod(time.time_ns(), 10**9)
        out += struct.pack("<IIII", second, rest // 1000, len(data), len(data)) + data
    return bytes(out), False
