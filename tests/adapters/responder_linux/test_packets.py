"""A pcap of a network namespace, within its time and size."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.responder_linux import packets
from periderm.model.errors import ResponderError
from tests import busy

TALKING = """
import socket, time
speaking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    speaking.sendto(b"periderm-test-packet", ("127.0.0.1", 9))
    time.sleep(0.02)
"""


def test_a_process_that_is_gone_is_told() -> None:
    """Without a namespace there is nothing to listen to."""
    with pytest.raises(ResponderError, match="cannot be listened to"):
        packets.listen(2**22 + 1, 1)


@pytest.fixture
def talker() -> Iterator[int]:
    """A process that talks to itself all the time, in a network of its own: nothing else of the machine passes there."""
    script = 'ip link set lo up && exec "$0" -c "$1"'
    with subprocess.Popen(["unshare", "--net", "sh", "-c", script, sys.executable, TALKING]) as process:

        def talks() -> bool:
            lines = Path(f"/proc/{process.pid}/net/dev").read_text().splitlines()[2:]
            return [line.split()[0] for line in lines] == ["lo:"] and int(lines[0].split()[2]) > 0

        try:
            assert busy.until(talks)
            yield process.pid
        finally:
            process.kill()


@pytest.mark.root
@pytest.mark.parametrize(("limit", "seconds"), [(1 << 20, 3), (300, 60)])
def test_what_passes_is_kept_with_its_length(talker: int, limit: int, seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records can be walked to the end; a limit cuts between two of them, and ends the listening."""
    monkeypatch.setattr(packets, "MOST_BYTES", limit)
    data, cut = packets.listen(talker, seconds)
    assert cut is (limit == 300)
    assert len(data) <= limit
    at = 24
    while at < len(data):
        kept, whole = struct.unpack_from("<II", data, at + 8)
        assert kept == whole
        at += 16 + kept
    assert at == len(data)
    assert b"periderm-test-packet" in data
