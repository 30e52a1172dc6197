"""Raw and packet sockets, and who may have them."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.raw_socket import DETECTOR
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.severity import Severity


def made(process: int, domain: int, kind: int = 3) -> Event:
    """A socket of this family."""
    return row(EventKind.SOCKET, process, arg0=domain, arg1=kind, family=domain)


@pytest.mark.parametrize("name", ["keepalived", "dhclient", "zebra", "iptables-legacy", "calico-node", "udhcpc"])
def test_daemons_are_believed(name: str) -> None:
    """Where they were not brought later."""
    program = runs(2, 1, f"/usr/sbin/{name}", name)
    assert run_example(DETECTOR, scene(program, made(2, 17), made(2, 2))) == []
    brought = runs(2, 1, f"/usr/sbin/{name}", name, flags=EventFlag.UPPER)
    assert run_example(DETECTOR, scene(brought, made(2, 17)))[0].severity is Severity.HIGH


@pytest.mark.parametrize("name", ["ping", "traceroute", "fping", "mtr-packet"])
def test_pings_have_raw_sockets_but_do_not_sniff(name: str) -> None:
    """ICMP is their work, other people's packets are not."""
    program = runs(2, 1, f"/usr/bin/{name}", name)
    assert run_example(DETECTOR, scene(program, made(2, 2))) == []
    assert run_example(DETECTOR, scene(program, made(2, 17)))


@pytest.mark.parametrize("domain", [1, 16, 38, 40])
def test_other_families_are_not_meant(domain: int) -> None:
    """Netlink sockets are raw by name; unix, crypto and vsock are none of this."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), made(2, domain))) == []


def test_a_refusal_is_said_more_softly() -> None:
    """Without CAP_NET_RAW nothing is seen, but it was tried."""
    refused = row(EventKind.SOCKET, 2, arg0=17, arg1=3, family=17, ret=-1, flags=EventFlag.FAILED)
    said = run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/perl", "perl", "-e", "…"), refused))
    assert [a.severity for a in said] == [Severity.MEDIUM]


def test_a_build_pings() -> None:
    """Nothing of a raw socket below a package manager."""
    apt = runs(2, 1, "/usr/bin/apt-get", "apt-get", "install", "x")
    assert run_example(DETECTOR, scene(apt, runs(3, 2, "/usr/bin/x", "x"), made(3, 2))) == []
