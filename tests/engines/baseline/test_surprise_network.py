"""A peer surprises by its distance and by who calls; a port by who opens it; a name by what it looks like."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.cases import CURL, NGINX, PHP, SH, case, did, normal, situation_of
from periderm.engines.baseline.surprise import BARS
from periderm.engines.baseline.surprise_network import accept, connect, distance, listen, resolve, socket
from periderm.model.behaviour import Aspect


@pytest.mark.parametrize(
    ("peer", "far"),
    [
        ("127.0.0.1", "local"),
        ("::1", "local"),
        ("10.1.2.3", "near"),
        ("100.64.0.1", "near"),
        ("fd00::1", "near"),
        ("fe80::1%eth0", "near"),
        ("::ffff:10.0.0.1", "near"),
        ("169.254.169.254", "metadata"),
        ("198.51.100.1", "far"),
        ("2606:4700::1111", "far"),
        ("no address", "near"),
    ],
)
def test_distance(peer: str, far: str) -> None:
    """This machine, a private network, the cloud's own address, the world."""
    assert distance(peer) == far


@pytest.mark.parametrize(
    ("value", "number", "told"),
    [
        ("tcp/443 198.51.100.7", "04-02", True),
        ("tcp/5432 10.0.0.6", "04-01", False),
        ("tcp/22 10.0.0.5", "04-04", False),
        ("tcp/80 169.254.169.254", "04-10", True),
        ("unix /run/containerd/containerd.sock", "04-09", True),
        ("unix /run/nscd/socket", "04-09", False),
    ],
)
def test_calls_of_an_application(value: str, number: str, told: bool) -> None:
    """One that only knows its database, which may move."""
    judged = connect(situation_of(case(did("connect", PHP, value), normal(PHP, connect="tcp/5432 10.0.0.5"))))
    assert judged.event_type == number
    assert (judged.score >= BARS[Aspect.CONNECT]) == told


def test_who_calls() -> None:
    """A shell surprises more than a client that calls many."""
    many = normal(CURL, connect=tuple(f"tcp/443 198.51.100.{n}" for n in range(1, 12)))
    shell = connect(situation_of(case(did("connect", SH, "tcp/443 203.0.113.9"), normal(SH)))).score
    client = connect(situation_of(case(did("connect", CURL, "tcp/443 203.0.113.9"), many))).score
    assert shell >= 80
    assert client < BARS[Aspect.CONNECT]


def test_ports() -> None:
    """A shell that waits is worse than a server that opens one more; a visitor of a known port is none."""
    shell = listen(situation_of(case(did("listen", SH, "tcp/4444"), normal(SH)))).score
    server = listen(situation_of(case(did("listen", NGINX, "tcp/8080"), normal(NGINX, listen="tcp/80")))).score
    assert shell > server >= BARS[Aspect.LISTEN]
    visitor = accept(situation_of(case(did("accept", NGINX, "tcp/80 *"), normal(NGINX, listen="tcp/80")))).score
    assert visitor < BARS[Aspect.ACCEPT]
    assert accept(situation_of(case(did("accept", SH, "tcp/4444 *"), normal(SH)))).score >= BARS[Aspect.ACCEPT]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pool.other.example", True),
        ("4f7a9c01be2d83f6aa17c5d09e6b24.t.example", True),
        ("b.shop.example", False),
        ("5.0.0.10.in-addr.arpa", False),
        ("db", False),
    ],
)
def test_names(name: str, told: bool) -> None:
    """A stranger's name and data in labels are told; neighbours, addresses asked backwards and names inside are not."""
    score = resolve(situation_of(case(did("resolve", PHP, name), normal(PHP, resolve="a.shop.example")))).score
    assert (score >= BARS[Aspect.RESOLVE]) == told


def test_sockets() -> None:
    """What can overhear is told, what the C library opens is not."""
    scores = {
        value: socket(situation_of(case(did("socket", PHP, value), normal(PHP)))).score
        for value in ("packet/raw", "netlink/raw")
    }
    assert scores["packet/raw"] >= BARS[Aspect.SOCKET] > scores["netlink/raw"]
