"""Where an address lies, as seen from a workload: itself, its neighbourhood, or outside.

Ranges are IANA's special-purpose registries (RFC 6890); documentation ranges count as outside, since nothing inside has
such an address. It resolves no names.
"""

from __future__ import annotations

import enum
import ipaddress
import re
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NEAR = tuple(
    ipaddress.ip_network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10")
)
_IN_URL = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?(\[[0-9a-f:.]+\]|[^/:\s?#]+)", re.IGNORECASE)


class Scope(enum.Enum):
    """How far away a peer is. NAME: a name that says nothing of it; NONE: not an address."""

    SELF = "self"
    NEAR = "near"
    OUTSIDE = "outside"
    NAME = "name"
    NONE = "none"


@lru_cache(maxsize=4096)
def address(text: str) -> Address | None:
    """The address; an IPv4 address mapped into IPv6 becomes itself. None for names, Unix paths and nonsense."""
    try:
        found = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


@lru_cache(maxsize=4096)
def scope(text: str) -> Scope:
    """Where the peer of a connection lies."""
    found = address(text)
    if found is None:
        return Scope.NONE
    if found.is_loopback or found.is_unspecified:
        return Scope.SELF
    if found.is_multicast or any(found.version == net.version and found in net for net in _NEAR):
        return Scope.NEAR
    return Scope.OUTSIDE


def host_of(url: str) -> str:
    """The host in a URL or in `user@host:path`, in small letters; '' if there is none."""
    found = _IN_URL.match(url.strip("'\""))
    return found[1].lower() if found else ""


def scope_of_url(url: str) -> Scope:
    """Where a URL points: single words and cluster names are near, other names are names."""
    host = host_of(url)
    near = scope(host)
    if near is not Scope.NONE:
        return near
    if host == "localhost" or host.endswith(".localhost"):
        return Scope.SELF
    if "." not in host or host.endswith((".local", ".internal", ".svc", ".lan", ".home.arpa")):
        return Scope.NEAR
    return Scope.NAME
