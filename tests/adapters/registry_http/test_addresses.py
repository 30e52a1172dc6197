"""A registry leads nowhere that is nearer to this machine than itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.registry_http.addresses import Nearness, is_loopback, may_lead, nearness

KINDS = {
    "8.8.8.8": Nearness.PUBLIC,
    "2606:4700::1": Nearness.PUBLIC,
    "10.1.2.3": Nearness.PRIVATE,
    "192.168.0.1": Nearness.PRIVATE,
    "100.64.0.1": Nearness.PRIVATE,
    "fd00::1": Nearness.PRIVATE,
    "127.0.0.1": Nearness.LOOPBACK,
    "127.9.9.9": Nearness.LOOPBACK,
    "::1": Nearness.LOOPBACK,
    "::ffff:127.0.0.1": Nearness.LOOPBACK,
    "169.254.169.254": Nearness.LINK,
    "fe80::1%eth0": Nearness.LINK,
    "::ffff:169.254.169.254": Nearness.LINK,
    "64:ff9b::a9fe:a9fe": Nearness.LINK,
    "2002:a9fe:a9fe::1": Nearness.LINK,
    "fd00:ec2::254": Nearness.LINK,
    "100.100.100.200": Nearness.LINK,
    "168.63.129.16": Nearness.LINK,
    "192.0.0.192": Nearness.LINK,
    "::169.254.169.254": Nearness.LINK,
    "::127.0.0.1": Nearness.LOOPBACK,
    "::8.8.8.8": Nearness.PUBLIC,
    "0.0.0.0": Nearness.NEVER,  # noqa: S104 -- an address to refuse, and nothing is bound
    "0.1.2.3": Nearness.NEVER,
    "::": Nearness.NEVER,
    "224.0.0.1": Nearness.NEVER,
    "255.255.255.255": Nearness.NEVER,
    "host.example": Nearness.NEVER,
}


@pytest.mark.parametrize("address", KINDS)
def test_kinds_of_addresses(address: str) -> None:
    """Also those that hide an IPv4 address inside an IPv6 one."""
    assert nearness(address) is KINDS[address]


def test_who_may_lead_where() -> None:
    """Outwards always, inwards never; metadata services only if the registry is there itself."""
    assert may_lead(Nearness.PUBLIC, Nearness.PUBLIC)
    assert may_lead(Nearness.PRIVATE, Nearness.PUBLIC)
    assert may_lead(Nearness.PRIVATE, Nearness.PRIVATE)
    assert may_lead(Nearness.LOOPBACK, Nearness.PRIVATE)
    assert not may_lead(Nearness.PUBLIC, Nearness.PRIVATE)
    for home in (Nearness.PUBLIC, Nearness.PRIVATE, Nearness.LOOPBACK):
        assert not may_lead(home, Nearness.LINK)
        assert not may_lead(home, Nearness.NEVER)
    assert not may_lead(Nearness.PRIVATE, Nearness.LOOPBACK)
    assert may_lead(Nearness.LINK, Nearness.LINK)


def test_this_machine_by_name() -> None:
    """The name and the addresses, not what only looks like them."""
    assert is_loopback("localhost")
    assert is_loopback("127.0.0.1")
    assert is_loopback("[::1]")
    assert not is_loopback("127.0.0.1.example")


@given(st.ip_addresses())
def test_every_address_is_of_one_kind(address: object) -> None:
    """And nothing that is no public address is taken for one."""
    found = nearness(str(address))
    if found is Nearness.PUBLIC and getattr(address, "version", 4) == 4:
        assert getattr(address, "is_global", False)
