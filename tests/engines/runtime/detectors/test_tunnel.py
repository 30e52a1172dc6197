"""Tunnels by name, by line, and by ssh."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.tunnel import DETECTOR
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity

S = EventFlag.EXEC_SESSION


@pytest.mark.parametrize(
    "line",
    [
        ("/opt/a", "a", "client", "--auth", "u:p", "wss://h:443", "R:0.0.0.0:9:127.0.0.1:22"),
        ("/opt/a", "a", "server", "--reverse", "-p", "9"),
        ("/opt/a", "a", "-L=socks5://:9"),
        ("/opt/a", "a", "-connect", "198.51.100.4:11601", "-ignore-cert"),
        ("/opt/a", "a", "tunnel", "--url", "http://localhost:80"),
        ("/usr/bin/ssh", "ssh", "-fND", "1080", "u@h"),
        ("/usr/bin/ssh", "ssh", "-w", "0:0", "u@h"),
        ("/usr/bin/dbclient", "dbclient", "-R", "9:localhost:22", "u@h"),
        ("/usr/bin/autossh", "autossh", "-M", "0", "-N", "-o", "RemoteForward 9 localhost:22", "u@h"),
        ("/usr/bin/sshuttle", "sshuttle", "-r", "u@h", "0/0"),
        ("/usr/bin/tor", "tor"),
    ],
    ids=lambda line: " ".join(line[1:4]),
)
def test_what_opens_one(line: tuple[str, ...]) -> None:
    """High in a session."""
    assert [a.severity for a in run_example(DETECTOR, scene(runs(2, 900, *line, flags=S)))] == [Severity.HIGH]


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/ssh", "ssh", "-v", "u@h", "ls", "-R"),
        ("/usr/bin/nginx", "nginx", "-c", "/etc/nginx/nginx.conf"),
        ("/usr/bin/redis-cli", "redis-cli", "client", "list"),
        ("/usr/bin/openssl", "openssl", "s_client", "-connect", "h:443"),
        ("/usr/bin/timeout", "timeout", "1", "chisel", "client", "http://h", "R:socks"),
        ("/usr/bin/apt-get", "apt-get", "install", "tor"),
        ("/usr/bin/vault", "vault", "server", "-dev"),
    ],
    ids=lambda line: " ".join(line[1:4]),
)
def test_what_does_not(line: tuple[str, ...]) -> None:
    """Words that tunnels use too."""
    assert [a.severity for a in run_example(DETECTOR, scene(runs(2, 1, *line))) if a.severity >= Severity.MEDIUM] == []


def test_a_container_that_was_made_for_it() -> None:
    """A proxy that is the container's own program is noted only."""
    said = run_example(DETECTOR, scene(runs(1, 0, "/usr/bin/cloudflared", "cloudflared", "tunnel", "run", at=0.0)))
    assert [a.severity for a in said] == [Severity.LOW]


def test_people_forward_ports_on_hosts() -> None:
    """-L and -D are everyday, -R is noted."""
    for option, severities in (("-L", []), ("-D", []), ("-R", [Severity.LOW])):
        ssh = runs(9, 1, "/usr/bin/ssh", "ssh", option, "9:localhost:9", "h", on=HOST)
        assert [a.severity for a in run_example(DETECTOR, scene(ssh))] == severities


def test_a_relay() -> None:
    """socat from a port to a port."""
    assert run_example(DETECTOR, scene(runs(2, 900, "/opt/s", "s", "TCP-LISTEN:80,fork", "TCP:10.0.0.4:22", flags=S)))
    assert run_example(DETECTOR, scene(runs(2, 900, "/usr/bin/socat", "socat", "-", "TCP:10.0.0.4:22", flags=S))) == []
