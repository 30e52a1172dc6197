"""The way to a server: directly, or through a proxy (CONNECT), with the system's certificate authorities or one's own.
Sends no request of its own.

Proxies come from the environment as curl takes them: HTTPS_PROXY, ALL_PROXY, NO_PROXY (names, suffixes, addresses, '*').
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import os
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, unquote, urlsplit

from periderm.model.errors import AdvisoryError, UsageError

TIMEOUT_SECONDS = 30.0


def split(url: str) -> SplitResult:
    """The parts of an address. Raises UsageError unless it is https, or http on loopback."""
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        port_is_number = False
        parts = SplitResult("", "", "", "", "")
    if not port_is_number or not parts.hostname or not _printable(url):
        raise UsageError(f"{url!r} is no address.", "Give one like https://mirror.example/advisories.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(url)):
        raise UsageError(f"{url} is not secure.", "Only https is fetched; plain http only from this machine itself.")
    return parts


def _printable(url: str) -> bool:
    return url.isascii() and url.isprintable() and " " not in url


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's own."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Route:
    """Opens connections. `ca_file` replaces the system's certificate authorities. Raises UsageError if it cannot be read."""

    def __init__(
        self, *, ca_file: str = "", environment: Mapping[str, str] | None = None, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._timeout = timeout
        self._ca_file = ca_file
        self._context: ssl.SSLContext | None = None
        if ca_file:
            self._trust()

    def open(self, url: str) -> tuple[http.client.HTTPConnection, str]:
        """A connection that is not yet open, and the target to ask it for. Raises UsageError."""
        parts = split(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.hostname or ""
        proxy = None if parts.scheme == "http" else self._proxy(host)
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=self._timeout), target
        if proxy is None:
            return http.client.HTTPSConnection(host, parts.port, timeout=self._timeout, context=self._trust()), target
        connection = http.client.HTTPSConnection(
            proxy.hostname or "", proxy.port or 3128, timeout=self._timeout, context=self._trust()
        )
        headers = {}
        if proxy.username:
            told = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
            headers["Proxy-Authorization"] = "Basic " + base64.b64encode(told.encode()).decode("ascii")
        connection.set_tunnel(host, parts.port or 443, headers)
        return connection, target

    def _trust(self) -> ssl.SSLContext:
        if self._context is None:
            try:
                self._context = ssl.create_default_context(cafile=self._ca_file or None)
            except (OSError, ssl.SSLError) as error:
                raise UsageError(
                    f"{self._ca_file} holds no certificate authority that can be read: {error}.",
                    "Name a PEM file with --ca-file.",
                ) from error
            self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._context

    def _proxy(self, host: str) -> SplitResult | None:
        told = next((v for name in ("HTTPS_PROXY", "ALL_PROXY") if (v := self._read(name))), "")
        if not told or self._past_proxy(host):
            return None
        proxy = urlsplit(told if "://" in told else f"http://{told}")
        try:
            usable = proxy.scheme == "http" and bool(proxy.hostname) and (proxy.port is None or proxy.port > 0)
        except ValueError:
            usable = False
        if not usable:
            raise AdvisoryError(
                f"The proxy {proxy.hostname or told!r} cannot be used.", "HTTPS_PROXY is like http://proxy.example:3128."
            )
        return proxy

    def _past_proxy(self, host: str) -> bool:
        """Whether NO_PROXY names the host, a domain above it, or its network."""
        for entry in self._read("NO_PROXY").split(","):
            word = entry.strip().lower().lstrip(".")
            if word == "*" or (word and (host.lower() == word or host.lower().endswith(f".{word}"))):
                return True
            if "/" in word:
                try:
                    if ipaddress.ip_address(host) in ipaddress.ip_network(word, strict=False):
                        return True
                except ValueError:
                    continue
        return False

    def _read(self, name: str) -> str:
        return self._environment.get(name, "") or self._environment.get(name.lower(), "")
