"""A visitor enters one network namespace with one thread, and leaves our own where it is."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import pytest

from periderm.adapters.sample_visitor import NamespaceVisitor
from periderm.model.errors import ConnectError
from tests.ports.tiny import TinyContainer, podman


def spaces_of_threads() -> list[str]:
    """The network namespace of each thread of this process; one that ends meanwhile is passed over."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            found.append(os.readlink(task / "ns/net"))
    return found


@pytest.mark.container
def test_our_own_threads_stay_outside(tiny_container: TinyContainer) -> None:
    """Only the visitor's thread is in the container's network."""
    pid = int(podman("inspect", "--format", "{{.State.Pid}}", tiny_container.name))
    ours = os.readlink("/proc/self/ns/net")
    inside = os.readlink(f"/proc/{pid}/ns/net")
    assert ours != inside
    visitor = NamespaceVisitor(pid)
    with pytest.raises(ConnectError):
        visitor.get("/")
    assert spaces_of_threads().count(inside) == 1
    assert os.readlink("/proc/self/ns/net") == ours
    visitor.close()
    # Python says that a thread has ended a moment before the kernel has taken its task away.
    for _ in range(6000):
        if inside not in spaces_of_threads():
            break
        time.sleep(0.01)
    assert inside not in spaces_of_threads()


def test_a_container_that_is_gone_cannot_be_visited(caplog: pytest.LogCaptureFixture) -> None:
    """One sentence, no traceback."""
    visitor = NamespaceVisitor(2**22 + 1)
    with caplog.at_level("CRITICAL", logger="concurrent.futures"), pytest.raises(ConnectError, match="cannot be entered"):
        visitor.get("/")
    with pytest.raises(ConnectError):
        visitor.listen("203.0.113.9", 1)
    visitor.close()
