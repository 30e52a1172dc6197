"""What is said of the network's errors, and which addresses are any."""

from __future__ import annotations

import errno
import http.client
import ssl

import pytest

from periderm.adapters.registry_http.saying import address_parts, said, split_host, unreachable
from periderm.adapters.registry_http.site import Site


def test_hosts_are_split() -> None:
    """With and without a port, IPv6 in brackets."""
    cases: dict[str, tuple[str, int]] = {"a": ("a", 0), "a:5": ("a", 5), "[::1]:7": ("::1", 7), "[::1]": ("::1", 0)}
    for text, expected in cases.items():
        assert split_host(text) == expected


def test_errors_in_a_few_words() -> None:
    """Printable, short, and without a class's name where there is a better word."""
    assert said(TimeoutError()) == "it does not answer in time"
    assert said(http.client.IncompleteRead(b"", 5)) == "the transfer broke off"
    assert said(OSError(errno.ECONNREFUSED, "Connection refused")) == "Connection refused"
    assert said(OSError()) == "OSError"
    assert said(http.client.BadStatusLine("\x1b[31m" + "x" * 900)).isprintable()
    assert len(said(OSError("x" * 900))) == 200


def test_a_certificate_that_is_not_trusted() -> None:
    """Says where its authority belongs."""
    error = unreachable(Site("r.example", "r.example", "a"), ssl.SSLCertVerificationError("no"))
    assert "certs.d/r.example" in error.next_step


@pytest.mark.parametrize(
    "url",
    [
        "", "/x", "file:///x", "http://", "http://a:0/", "http://a:99999/", "http://a b/", "http://\u00e9/", "https://[::1/",
        "http://a/\n", "x" * 9000,
    ],
)  # fmt: skip
def test_what_is_no_address(url: str) -> None:
    """Is not asked."""
    assert address_parts(url) is None


def test_addresses() -> None:
    """The port of the scheme where none is told; the path and the query as they are, no fragment."""
    assert address_parts("https://a.example") == ("https", "a.example", 443, "/")
    assert address_parts("http://[::1]:5000/x%20y?q=1#f") == ("http", "::1", 5000, "/x%20y?q=1")
