"""Which addresses a registry may lead to: nothing that is nearer to this machine than the registry itself.

Keeps a registry from having this machine ask its cloud's metadata service or its neighbours (server-side request forgery).
Kinds are those of RFC 6890; connects to nothing.
"""

from __future__ import annotations

import enum
import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Metadata services that do not lie on a link-local address: of EC2 by IPv6, of Alibaba, Azure (WireServer) and Oracle.
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")))
_THIS = ipaddress.ip_network("0.0.0.0/8")  # RFC 1122: "this network"; Linux takes 0.0.0.0 for loopback
_COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291, 2.5.5.1: likewise, given up long ago
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address


class Nearness(enum.Enum):
    """How near an address is to this machine."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    LINK = "link-local"
    NEVER = "never"


def nearness(address: str) -> Nearness:
    """Of an IP address; one that is none is NEVER."""
    try:
        told = _inner(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return Nearness.NEVER
    if told.is_unspecified or told.is_multicast or told in _THIS:
        return Nearness.NEVER
    if told.is_loopback:
        return Nearness.LOOPBACK
    if told.is_link_local or told in _METADATA:
        return Nearness.LINK
    if told.is_global:
        return Nearness.PUBLIC
    return Nearness.NEVER if told.is_reserved else Nearness.PRIVATE


def may_lead(home: Nearness, target: Nearness) -> bool:
    """Whether a server of one kind may send us to an address of another."""
    if target is Nearness.NEVER:
        return False
    if target in (Nearness.PUBLIC, home):
        return True
    return target is Nearness.PRIVATE and home is not Nearness.PUBLIC


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own, as far as its name tells."""
    return host == "localhost" or nearness(host.strip("[]")) is Nearness.LOOPBACK


def _inner(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that stands for it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 0xFFFF):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address
