"""Which addresses the product may speak to when somebody names a host: the public ones, and the networks that were allowed.

Asks no name server: whoever resolves a name asks here about each address it got, and connects to that address itself
(so that a name which answers differently the second time gains nothing).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from periderm.model.errors import UsageError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# RFC 6052 (NAT64) and RFC 3056 (6to4) carry an IPv4 address inside: what counts is that one.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What the registries of special-purpose addresses (RFC 6890, IANA) hold beyond what this Python knows of; of IPv6 only global
# unicast (RFC 4291, 2.4) is public, and of that not what is assigned to protocols (Teredo is among them) or to examples.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_SPECIAL = tuple(
    ipaddress.ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "3fff::/20")
)


def network_of(text: str) -> Network:
    """A network or a single address. Raises UsageError."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise UsageError(f"{text[:60]!r} is no network.", "Write one like 10.0.0.0/8 or fd00::/8.") from None


def permitted(address: Address, networks: Iterable[Network] = (), *, public: bool = True) -> bool:
    """Whether it may be spoken to: it is in one of the networks or, if those of the `public` internet may, one of them."""
    inside = _inside(address)
    if any(inside.version == n.version and inside in n for n in networks):
        return True
    if not public or (isinstance(inside, ipaddress.IPv6Address) and inside not in _GLOBAL_UNICAST):
        return False
    if any(inside.version == n.version and inside in n for n in _SPECIAL):
        return False
    return inside.is_global and not inside.is_multicast and not inside.is_reserved


def _inside(address: Address) -> Address:
    """The address that is really meant."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
