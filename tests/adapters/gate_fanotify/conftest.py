"""A busybox container, and a gate with its watchdog in a process of its own."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator

import pytest

from periderm.adapters.gate_fanotify.gate import FanotifyGate
from periderm.adapters.gate_fanotify.watchdog import Watchdog
from tests import busy

Start = Callable[..., FanotifyGate]


@pytest.fixture(scope="session")
def busy_image() -> Iterator[str]:
    """One image for all."""
    yield from busy.make_image({})


@pytest.fixture
def busy_container(busy_image: str) -> Iterator[busy.Busy]:
    """A container of the test's own."""
    yield from busy.run(busy_image)


@pytest.fixture
def start_gate() -> Iterator[Start]:
    """Starts a gate; `run` is another handler."""
    started: list[tuple[FanotifyGate, int]] = []

    def start(**options: object) -> FanotifyGate:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                Watchdog(theirs, **options).serve()  # type: ignore[arg-type]  # only `run`, as the tests give it
            finally:
                os._exit(0)
        theirs.close()
        gate = FanotifyGate(ours)
        started.append((gate, pid))
        return gate

    yield start
    for gate, pid in started:
        gate.close()
        os.waitpid(pid, 0)
