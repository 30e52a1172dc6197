"""Which proxy leads to a host, by the environment: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY as curl takes them.

This machine itself is never asked through a proxy. Connects to nothing.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import msgspec

from periderm.adapters.registry_http.addresses import is_loopback
from periderm.model.errors import UsageError


class Proxy(msgspec.Struct, frozen=True):
    """A proxy that is spoken to without TLS. `authorization` is the value of its header, '' if it asks for none."""

    host: str
    port: int
    authorization: str = ""

    def __repr__(self) -> str:
        return f"Proxy({self.host}:{self.port})"


def proxy_for(environment: Mapping[str, str], scheme: str, host: str) -> Proxy | None:
    """The proxy to a host; None to go directly. Raises UsageError for a setting that is none."""
    names = ("HTTPS_PROXY", "ALL_PROXY") if scheme == "https" else ("HTTP_PROXY", "ALL_PROXY")
    told = next((value for name in names if (value := _read(environment, name))), "")
    if not told or is_loopback(host) or _past(environment, host.strip("[]").lower()):
        return None
    try:
        parts = urlsplit(told if "://" in told else f"http://{told}")
        name, port = parts.hostname or "", parts.port or 3128
    except ValueError:
        name, port = "", 0
    else:
        name = name if parts.scheme == "http" else ""
    if not name or not port:
        raise UsageError("The proxy in HTTPS_PROXY cannot be used.", "Write it like http://proxy.example:3128.")
    authorization = ""
    if parts.username:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(user.encode()).decode("ascii")
    return Proxy(name, port, authorization)


def _past(environment: Mapping[str, str], host: str) -> bool:
    """Whether NO_PROXY names the host, a domain above it, or its network."""
    for entry in _read(environment, "NO_PROXY").split(","):
        word = entry.strip().lower().lstrip("*").lstrip(".")
        if entry.strip() == "*" or (word and (host == word or host.endswith(f".{word}"))):
            return True
        try:
            if "/" in word and ipaddress.ip_address(host) in ipaddress.ip_network(word, strict=False):
                return True
        except ValueError:
            continue
    return False


def _read(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name, "") or environment.get(name.lower(), "")
