"""What listens in the network of a process."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from periderm.adapters.listening_linux import LinuxListening


def test_a_real_socket_is_seen() -> None:
    """From the kernel itself."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        place = f"127.0.0.1:{server.getsockname()[1]}"
        seen = LinuxListening().listening(os.getpid())
    assert seen is not None
    assert place in seen


def test_what_is_gone_is_not_said_to_be_closed(tmp_path: Path) -> None:
    """None is no empty set: nobody could look."""
    assert LinuxListening(tmp_path).listening(1) is None
