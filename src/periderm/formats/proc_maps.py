"""/proc/PID/maps (proc_pid_maps(5)): which files a process has mapped. Judges nothing."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\([0-7]{3})")
_LIMIT = 8 << 20
_DELETED = " (deleted)"


def mapped_files(data: bytes) -> frozenset[str]:
    """Paths (relative to the root) of mapped regular files that still exist; what lies beyond 8 MiB is not looked at.
    The kernel writes line ends in names as octal escapes."""
    found: set[str] = set()
    last = ""
    for line in data[:_LIMIT].decode("utf-8", "surrogateescape").split("\n"):
        # address, permissions, offset, device, inode, path; the path begins at the sixth field and may hold blanks
        fields = line.split(None, 5)
        if len(fields) < 6 or fields[5] == last:
            continue
        last = fields[5]
        if fields[4] != "0" and last.startswith("/") and not last.endswith(_DELETED):
            found.add(_ESCAPE.sub(lambda m: chr(int(m[1], 8)), last)[1:])
    return frozenset(found)
