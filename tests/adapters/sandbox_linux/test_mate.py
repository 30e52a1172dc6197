"""What two children share."""

from __future__ import annotations

import fcntl
import os
import signal
import threading

import pytest

from periderm.adapters.sandbox_linux.mate import Pair
from periderm.ports.sandbox import Mate


@pytest.fixture
def pair() -> Pair:
    """Both ends in one process."""
    return Pair(1000)


def test_every_ticket_once(pair: Pair) -> None:
    """Two takers never get one number; after the last there is none, and nobody waits."""
    mate: Mate = pair
    taken: list[int] = []
    threads = [threading.Thread(target=lambda: taken.extend(mate.ticket() for _ in range(3000))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(6000))
    assert [mate.ticket() for _ in range(2192)] == list(range(6000, 8192))
    assert mate.ticket() > 1_000_000
    pair.close()


def test_parts_arrive_until_the_giver_ends(pair: Pair) -> None:
    """In order; the end of the giver is the end of giving; a helper that says too much is not listened to."""
    pair.give(3, b"three")
    pair.give(1, b"")
    os.close(pair.descriptors[2])
    assert list(pair.given()) == [(3, b"three"), (1, b"")]


def test_a_death_releases_the_lock(pair: Pair) -> None:
    """One process at a time; one that dies while it holds the lock does not keep the other waiting."""
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        with pair.alone():
            os.write(told, b"x")
            signal.pause()
    os.read(ready, 1)
    with pytest.raises(BlockingIOError):
        fcntl.lockf(pair.descriptors[3], fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with pair.alone():
        pass
    for descriptor in (ready, told):
        os.close(descriptor)
    pair.close()
