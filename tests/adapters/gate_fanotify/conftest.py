"""A busybox container, and a gate with its watchdog in a process of its own."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator

import pytest

from periderm.adapters.gate_fanotify.gate import FanotifyGate
from periderm.adapters.gate_fanotify.watchdog import HANG_NS, Watchdog
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
    """Starts a gate; `run` is another handler. A real one is given much time: on a busy machine it may not run for long, and
    then it would be ended, and refuse nothing for a while."""
    started: list[tuple[FanotifyGate, int]] = []

    def start(**options: object) -> FanotifyGate:
        options = {"patience_ns": HANG_NS if "run" in options else 60 * 10**9, **options}
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                Watchdog(theirs, **options).serve()  # type: ignore[arg-type]  # as the tests give them
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
