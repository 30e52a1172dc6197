"""Addresses and where they lie."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.peers import Scope, address, host_of, scope, scope_of_url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1", Scope.SELF),
        ("::1", Scope.SELF),
        ("0.0.0.0", Scope.SELF),  # noqa: S104 -- it is read
        ("::ffff:127.0.0.1", Scope.SELF),
        ("10.1.2.3", Scope.NEAR),
        ("172.31.0.1", Scope.NEAR),
        ("100.64.0.1", Scope.NEAR),
        ("169.254.169.254", Scope.NEAR),
        ("fd00::1", Scope.NEAR),
        ("224.0.0.1", Scope.NEAR),
        ("172.32.0.1", Scope.OUTSIDE),
        ("198.51.100.7", Scope.OUTSIDE),
        ("2001:db8::1", Scope.OUTSIDE),
        ("/run/x.sock", Scope.NONE),
        ("", Scope.NONE),
    ],
)
def test_scopes(text: str, expected: Scope) -> None:
    """Itself, near, outside, and what is no address."""
    assert scope(text) is expected


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://a.example:80/x", "a.example"),
        ("https://u:p@A.example/x", "a.example"),
        ("http://[2001:db8::1]:8/x", "[2001:db8::1]"),
        ("user@host:path", "host"),
        ("10.0.0.1", "10.0.0.1"),
        ("'http://q'", "q"),
    ],
)
def test_hosts_of_urls(url: str, host: str) -> None:
    """With user, port, brackets and quotes."""
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8080/", Scope.SELF),
        ("http://127.0.0.1/", Scope.SELF),
        ("http://api/", Scope.NEAR),
        ("http://api.shop.svc/", Scope.NEAR),
        ("https://h.example/", Scope.NAME),
        ("https://198.51.100.7/", Scope.OUTSIDE),
        ("http://[::1]/", Scope.SELF),
    ],
)
def test_scopes_of_urls(url: str, expected: Scope) -> None:
    """Names without a dot and cluster names are near."""
    assert scope_of_url(url) is expected


@given(st.ip_addresses())
def test_every_address_has_a_scope(given_address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """And stays itself when it is read."""
    assert scope(str(given_address)) in (Scope.SELF, Scope.NEAR, Scope.OUTSIDE)
    assert address(str(given_address)) is not None


@given(st.text(max_size=200))
def test_nonsense_is_answered(text: str) -> None:
    """Whatever somebody writes where a URL should be."""
    assert isinstance(host_of(text), str)
    assert scope_of_url(text) in Scope
