"""Who may talk to the runtime."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.runtime_socket import DETECTOR
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

SOCK = "/run/podman/podman.sock"


@pytest.mark.parametrize(
    ("exe", "flags", "expected"),
    [
        ("/usr/bin/curl", EventFlag(0), [Severity.HIGH]),
        ("/usr/bin/curl", EventFlag.EXEC_SESSION, [Severity.CRITICAL]),
        ("/tmp/traefik", EventFlag.UPPER, [Severity.CRITICAL]),
    ],
)
def test_in_a_container_it_counts_who_and_how(exe: str, flags: EventFlag, expected: list[Severity]) -> None:
    """A person or a dropped program is worse than the container's own; a borrowed name helps nobody."""
    events = (runs(2, 1, exe, "x", flags=flags), row(EventKind.CONNECT, 2, SOCK, family=1))
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected


@pytest.mark.parametrize(
    ("exe", "expected"),
    [
        ("/usr/bin/podman", []),
        ("/usr/local/bin/docker", []),
        ("/usr/bin/python3", [Severity.LOW]),
        ("/usr/bin/socat", [Severity.MEDIUM]),
        ("/dev/shm/docker", [Severity.HIGH]),
    ],
)
def test_on_the_host_clients_are_quiet(exe: str, expected: list[Severity]) -> None:
    """Nothing that administrators do is high; a program in shared memory is."""
    events = (runs(20, 10, exe, "x", on=HOST), row(EventKind.CONNECT, 20, SOCK, on=HOST, family=1))
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected


def test_an_address_that_looks_like_the_name_is_none() -> None:
    """Only Unix sockets are meant."""
    events = (runs(2, 1, "/app/x", "x"), row(EventKind.CONNECT, 2, "docker.sock", family=2, port=80))
    assert run_example(DETECTOR, scene(*events)) == []
