"""Services that hand out control, and services that containers are for."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.risky_service import DETECTOR
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

S = EventFlag.EXEC_SESSION


@pytest.mark.parametrize("name", ["sshd", "dropbear", "vsftpd", "in.telnetd", "x11vnc", "ttyd", "gdbserver", "rpcbind"])
def test_services_by_name(name: str) -> None:
    """Also as the container's own program, more softly than in a session."""
    assert run_example(DETECTOR, scene(runs(2, 900, f"/usr/sbin/{name}", name, "-x", flags=S)))[0].severity is Severity.HIGH
    assert run_example(DETECTOR, scene(runs(1, 0, f"/usr/sbin/{name}", name, "-x", at=0.0)))[0].severity is Severity.MEDIUM


@pytest.mark.parametrize(
    "argv",
    [
        ("mongod", "--noauth"),
        ("mysqld", "--skip-grant-tables"),
        ("jupyter-lab", "--ServerApp.token=''"),
        ("dockerd", "-H", "tcp://0.0.0.0:2375"),
        ("node", "--inspect=0.0.0.0:9229", "a.js"),
        ("java", "-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005"),
        ("kube-apiserver", "--anonymous-auth=true"),
    ],
    ids=lambda argv: argv[0],
)
def test_doors_taken_off(argv: tuple[str, ...]) -> None:
    """An option that lets everybody in."""
    assert run_example(DETECTOR, scene(runs(1, 0, f"/usr/bin/{argv[0]}", *argv, at=0.0)))


@pytest.mark.parametrize("port", [80, 443, 3306, 5432, 6379, 8080, 9200, 27017])
def test_what_containers_are_for(port: int) -> None:
    """Web and databases."""
    program = runs(1, 0, "/usr/local/bin/shopd", "shopd", at=0.0)
    assert run_example(DETECTOR, scene(program, row(EventKind.LISTEN, 1, "::", port=port, family=10))) == []


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "/run/x.sock"])
def test_loopback_is_nobodys_door(address: str) -> None:
    """On any port."""
    program = runs(1, 0, "/usr/bin/x", "x", at=0.0)
    family = 1 if address.startswith("/") else 10 if ":" in address else 2
    assert run_example(DETECTOR, scene(program, row(EventKind.LISTEN, 1, address, port=23, family=family))) == []


def test_a_host_serves() -> None:
    """sshd belongs there."""
    assert run_example(DETECTOR, scene(runs(9, 1, "/usr/sbin/sshd", "sshd", "-D", on=HOST))) == []


def test_one_connection_is_not_a_server() -> None:
    """sshd starts itself again for each."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/sbin/sshd", "sshd", "-D", "-R"))) == []
