"""What is said of a registry that cannot be asked, and how addresses are taken apart. Asks nothing."""

from __future__ import annotations

import http.client
import ssl
from urllib.parse import urlsplit

from periderm.adapters.registry_http.site import Site
from periderm.model.errors import ConnectError

_LONGEST_ADDRESS = 8192
_AGAIN = "Check the network, the proxy (HTTPS_PROXY) and the registry's name."


def split_host(host: str) -> tuple[str, int]:
    """(host without brackets, port or 0) of HOST[:PORT]."""
    parts = urlsplit(f"//{host}")
    return parts.hostname or "", parts.port or 0


def said(error: Exception) -> str:
    """An error of the network in a few words."""
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, http.client.IncompleteRead):
        return "the transfer broke off"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({getattr(error, 'verify_message', '') or 'it cannot be verified'})"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return "".join(c if c.isprintable() else "?" for c in str(text))[:200]


def unreachable(site: Site, error: Exception) -> ConnectError:
    """What to say when nothing helped."""
    hint = _AGAIN
    if isinstance(error, ssl.SSLCertVerificationError):
        hint = f"Put its authority into /etc/containers/certs.d/{site.host}/ca.crt, or name it in PERIDERM_REGISTRY_CA_FILE."
    return ConnectError(f"{site.host} cannot be asked: {said(error)}.", hint)


def address_parts(url: str) -> tuple[str, str, int, str] | None:
    """(scheme, host, port, target) of an http address; None for anything else."""
    if len(url) > _LONGEST_ADDRESS or not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or port == 0:
        return None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target
