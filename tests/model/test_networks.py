"""Which addresses may be spoken to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.errors import UsageError
from periderm.model.networks import network_of, permitted

INSIDE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104 -- an address that must be refused, bound to by nobody
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "2001:db8::1",
    "fec0::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_no_private_address_is_spoken_to(address: str) -> None:
    """However it is written: mapped, embedded, translated."""
    assert not permitted(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are(address: str) -> None:
    """Also those that carry a public one inside, but not where only what was allowed may be spoken to."""
    assert permitted(ipaddress.ip_address(address))
    assert not permitted(ipaddress.ip_address(address), public=False)


def test_what_was_allowed_is() -> None:
    """A network that was named, and nothing beside it."""
    networks = (network_of("10.1.0.0/16"), network_of("fd00::/8"))
    for address, may in (
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("10.2.0.1", False),
        ("fd00::5", True),
        ("fe80::1", False),
    ):
        assert permitted(ipaddress.ip_address(address), networks, public=False) is may
    assert str(network_of("10.1.2.3")) == "10.1.2.3/32"
    with pytest.raises(UsageError):
        network_of("10.1.2.3/99")


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_what_is_inside(address: ipaddress.IPv4Address) -> None:
    """No form of an address gets where the address itself does not."""
    for form in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert permitted(ipaddress.ip_address(form)) is permitted(address)
