"""What every plug of `ports.listening` keeps."""

from __future__ import annotations

import os
import socket

import pytest

from periderm.adapters.listening_linux import LinuxListening
from periderm.ports.listening import Listening


@pytest.fixture(params=[LinuxListening])
def plug(request: pytest.FixtureRequest) -> Listening:
    """Each plug."""
    made: Listening = request.param()
    return made


def test_what_listens_is_told_as_address_and_port(plug: Listening) -> None:
    """And no longer once it is closed."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        place = f"127.0.0.1:{server.getsockname()[1]}"
        assert place in (plug.listening(os.getpid()) or ())
    assert place not in (plug.listening(os.getpid()) or ())


def test_a_process_that_is_gone_is_none(plug: Listening) -> None:
    """Not an empty set, which would say that nothing listens."""
    assert plug.listening(1 << 30) is None
