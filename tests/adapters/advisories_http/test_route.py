"""Which way a request takes: directly or through a proxy, and never in the clear to another machine."""

from __future__ import annotations

import http.client
from pathlib import Path

import pytest

from periderm.adapters.advisories_http.route import Route, is_loopback, split
from periderm.model.errors import AdvisoryError, UsageError


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://a.example/x", True),
        ("https://a.example:8443", True),
        ("http://127.0.0.1:8000/x", True),
        ("http://[::1]/x", True),
        ("http://localhost/x", True),
        ("http://a.example/x", False),
        ("http://127.0.0.1.evil.example/", False),
        ("ftp://a.example/x", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://a.example:99999999/", False),
        ("https://a.example/\r\nHost: b", False),
        ("https://a.example/ü", False),
        ("nonsense", False),
    ],
)
def test_addresses(url: str, fine: bool) -> None:
    """https everywhere, http on this machine, nothing else."""
    if fine:
        assert split(url).hostname
        return
    with pytest.raises(UsageError):
        split(url)


def test_loopback() -> None:
    """By address and not by how it looks."""
    assert is_loopback("http://127.8.9.1/")
    assert not is_loopback("http://128.0.0.1/")


@pytest.mark.parametrize(
    ("no_proxy", "proxied"),
    [
        ("", True),
        ("other.example", True),
        ("a.example", False),
        (".example", False),
        ("*", False),
        ("b.example, A.EXAMPLE", False),
        ("xa.example", True),
    ],
)
def test_past_the_proxy(no_proxy: str, proxied: bool) -> None:
    """NO_PROXY as curl reads it."""
    route = Route(environment={"https_proxy": "http://user:p%40ss@proxy.example:3128", "NO_PROXY": no_proxy})
    connection, target = route.open("https://a.example/x?y=1")
    assert target == "/x?y=1"
    assert isinstance(connection, http.client.HTTPSConnection)
    assert connection.host == ("proxy.example" if proxied else "a.example")


def test_networks_past_the_proxy() -> None:
    """Addresses may be left out by network."""
    route = Route(environment={"ALL_PROXY": "proxy.example:3128", "NO_PROXY": "10.0.0.0/8,bad/net"})
    assert route.open("https://10.1.2.3/")[0].host == "10.1.2.3"
    assert route.open("https://11.1.2.3/")[0].host == "proxy.example"


@pytest.mark.parametrize("proxy", ["socks5://p.example:1", "http://", "http://p.example:x"])
def test_a_proxy_that_cannot_be_used(proxy: str) -> None:
    """It is told, and nothing goes past it."""
    with pytest.raises(AdvisoryError, match="proxy"):
        Route(environment={"HTTPS_PROXY": proxy}).open("https://a.example/")


def test_authorities_of_ones_own(tmp_path: Path) -> None:
    """A file that is none is told when the route is made, not in the middle of an update."""
    (tmp_path / "ca.pem").write_text("nothing", encoding="ascii")
    for name in ("ca.pem", "none.pem"):
        with pytest.raises(UsageError, match=name):
            Route(ca_file=str(tmp_path / name))
