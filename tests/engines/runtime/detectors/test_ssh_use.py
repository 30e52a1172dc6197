"""ssh, where it is usual and where not."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.ssh_use import DETECTOR
from periderm.engines.runtime.scene import HOST, connects, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

S = EventFlag.EXEC_SESSION


@pytest.mark.parametrize(
    ("argv", "port"),
    [
        (("ssh", "-p", "443", "a@h"), "443"),
        (("ssh", "-Np443", "a@h"), "443"),
        (("ssh", "-oPort=2200", "a@h"), "2200"),
        (("ssh", "-o", "Port=2200", "a@h"), "2200"),
        (("ssh", "ssh://a@h:99"), "99"),
        (("scp", "-P", "99", "x", "a@h:x"), "99"),
        (("ssh", "a@h"), "22"),
        (("ssh", "-p", "x", "a@h"), "22"),
    ],
)
def test_the_port_is_read(argv: tuple[str, ...], port: str) -> None:
    """In every way to write it, also nonsense."""
    said = run_example(DETECTOR, scene(runs(2, 900, f"/usr/bin/{argv[0]}", *argv, flags=S)))
    assert [a.evidence["port"] for a in said] == [port]


def test_a_host_is_a_place_for_ssh() -> None:
    """Usual ports and neighbours are not noted there."""
    ssh = runs(9, 1, "/usr/bin/ssh", "ssh", "h", on=HOST)
    for address, port in (("198.51.100.4", 22), ("10.0.0.4", 5022), ("198.51.100.4", 2222), ("127.0.0.1", 9999)):
        assert run_example(DETECTOR, scene(ssh, connects(9, address, port, on=HOST))) == []
    assert [a.severity for a in run_example(DETECTOR, scene(ssh, connects(9, "198.51.100.4", 5022, on=HOST)))] == [Severity.LOW]


def test_tools_that_use_ssh() -> None:
    """git, ansible and backups from a container, on the usual port."""
    for name in ("git", "ansible-playbook", "borg"):
        assert run_example(DETECTOR, scene(runs(2, 1, f"/usr/bin/{name}", name), runs(3, 2, "/usr/bin/ssh", "ssh", "h"))) == []


def test_inbound_is_worse_from_outside() -> None:
    """A neighbour is low, a stranger medium, oneself nothing."""
    sshd = runs(1, 0, "/usr/sbin/sshd", "sshd", "-D", at=0.0)
    for address, severities in (("10.0.0.4", [Severity.LOW]), ("198.51.100.4", [Severity.MEDIUM]), ("127.0.0.1", [])):
        accepted = row(EventKind.ACCEPT, 1, address, port=22, family=2)
        assert [a.severity for a in run_example(DETECTOR, scene(sshd, accepted))] == severities


@pytest.mark.parametrize(
    "argv",
    [("ssh", "h.example", "id"), ("ssh", "-i", "k", "-o", "A=b", "u@h.example", "ls", "-la"), ("scp", "x", "u@h.example:y")],
)
def test_the_destination_is_read(argv: tuple[str, ...]) -> None:
    """Neither an option's value nor the command."""
    assert run_example(DETECTOR, scene(runs(2, 900, "/usr/bin/x", *argv, flags=S)))[0].object == "h.example"
