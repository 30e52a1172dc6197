"""A visitor enters one network namespace with one thread, and leaves our own where it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.sample_visitor import NamespaceVisitor
from periderm.model.errors import ConnectError
from tests.ports.tiny import TinyContainer, podman


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
    spaces = [os.readlink(task / "ns/net") for task in Path("/proc/self/task").iterdir()]
    assert spaces.count(inside) == 1
    assert os.readlink("/proc/self/ns/net") == ours
    visitor.close()
    assert inside not in [os.readlink(task / "ns/net") for task in Path("/proc/self/task").iterdir()]


def test_a_container_that_is_gone_cannot_be_visited(caplog: pytest.LogCaptureFixture) -> None:
    """One sentence, no traceback."""
    visitor = NamespaceVisitor(2**22 + 1)
    with caplog.at_level("CRITICAL", logger="concurrent.futures"), pytest.raises(ConnectError, match="cannot be entered"):
        visitor.get("/")
    with pytest.raises(ConnectError):
        visitor.listen("203.0.113.9", 1)
    visitor.close()
