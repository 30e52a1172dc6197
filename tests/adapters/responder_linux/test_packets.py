"""A pcap of a network namespace, within its time and size."""

from __future__ import annotations

import os
import socket
import struct
import threading

import pytest

from periderm.adapters.responder_linux import packets
from periderm.model.errors import ResponderError


def test_a_process_that_is_gone_is_told() -> None:
    """Without a namespace there is nothing to listen to."""
    with pytest.raises(ResponderError, match="cannot be listened to"):
        packets.listen(2**22 + 1, 1)


@pytest.mark.root
@pytest.mark.parametrize("limit", [1 << 20, 300])
def test_what_passes_is_kept_with_its_length(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records can be walked to the end; a limit cuts between two of them."""
    monkeypatch.setattr(packets, "MOST_BYTES", limit)
    stop = threading.Event()

    def talk() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as speaking:
            while not stop.wait(0.02):
                speaking.sendto(b"periderm-test-packet", ("127.0.0.1", 9))

    thread = threading.Thread(target=talk)
    thread.start()
    data, cut = packets.listen(os.getpid(), 1)
    stop.set()
    thread.join()
    assert cut is (limit == 300)
    assert len(data) <= limit
    at = 24
    while at < len(data):
        kept, whole = struct.unpack_from("<II", data, at + 8)
        assert kept == whole
        at += 16 + kept
    assert at == len(data)
    assert b"periderm-test-packet" in data
