"""With whom a workload talks."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.hardening_doors import door_of, doors, own
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.hardening import Door
from periderm.model.image import ImageConfig
from tests.hardened import NGINX, baseline


def test_the_loopback_is_nobody_elses() -> None:
    """Peers beyond the container are doors; names asked for open the way to name servers only."""
    told = baseline(Behaviour(Aspect.RESOLVE, NGINX, "db.example"), Behaviour(Aspect.CONNECT, NGINX, "udp/53 10.0.0.1"))
    found = doors(told.entries, ImageConfig(exposed_ports=("8443/tcp", "53/udp", "x/y")))
    assert found.listens == (Door("tcp", 80), Door("tcp", 8443), Door("udp", 53))
    assert found.connects == (Door("tcp", 5432, "10.0.0.7"),)
    assert found.resolves


@pytest.mark.parametrize(
    ("value", "door"),
    [
        ("tcp/80", Door("tcp", 80)),
        ("udp/* 10.0.0.0/8", Door("udp", 0, "10.0.0.0/8")),
        ("unix /run/x.sock", None),
        ("raw/0 10.0.0.1", None),
        ("tcp/http *", None),
        ("", None),
    ],
)
def test_values_of_behaviour_are_read(value: str, door: Door | None) -> None:
    """What is no port is no door."""
    assert door_of(value) == door


def test_own_addresses() -> None:
    """Of both families; a name or a star is somebody else's."""
    assert own("127.0.0.53")
    assert own("::1")
    assert not own("*")
    assert not own("10.0.0.1")
