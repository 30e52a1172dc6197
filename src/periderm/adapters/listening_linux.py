"""`ports.listening.Listening` over /proc/PID/net, which shows the network namespace of that process. Judges nothing."""

from __future__ import annotations

from pathlib import Path

from periderm.formats.proc_net import parse_listening

_LARGEST = 8 << 20  # some forty thousand sockets


class LinuxListening:
    """`root` is another folder only in tests."""

    def __init__(self, root: Path = Path("/proc")) -> None:
        self._root = root

    def listening(self, pid: int) -> frozenset[str] | None:
        """Both families; a kernel without IPv6 has only one of the files."""
        found: set[str] = set()
        read = False
        for name in ("tcp", "tcp6"):
            try:
                with (self._root / str(pid) / "net" / name).open("rb") as file:
                    found |= parse_listening(file.read(_LARGEST))
                read = True
            except OSError:
                continue
        return frozenset(found) if read else None
