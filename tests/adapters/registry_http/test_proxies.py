"""Proxies by the environment, as curl takes them."""

from __future__ import annotations

import pytest

from periderm.adapters.registry_http.proxies import Proxy, proxy_for
from periderm.model.errors import UsageError

WORD = "made-" + "up"


def test_by_scheme_and_name() -> None:
    """The more exact variable first; small letters too."""
    told = {"HTTPS_PROXY": "http://p.example:8080", "http_proxy": "q.example", "ALL_PROXY": "http://r.example:1"}
    assert proxy_for(told, "https", "a.example") == Proxy("p.example", 8080)
    assert proxy_for(told, "http", "a.example") == Proxy("q.example", 3128)
    assert proxy_for({"ALL_PROXY": "http://r.example:1"}, "https", "a.example") == Proxy("r.example", 1)
    assert proxy_for({}, "https", "a.example") is None


@pytest.mark.parametrize("past", ["*", "a.example", ".example", "example", "*.example", "b, a.example"])
def test_no_proxy(past: str) -> None:
    """Names, domains with and without a dot, and everything."""
    assert proxy_for({"HTTPS_PROXY": "p", "NO_PROXY": past}, "https", "a.example") is None


def test_no_proxy_networks_and_this_machine() -> None:
    """Networks count for addresses; this machine is never asked through a proxy."""
    told = {"HTTPS_PROXY": "p", "NO_PROXY": "10.0.0.0/8,nonsense/x"}
    assert proxy_for(told, "https", "10.2.3.4") is None
    assert proxy_for(told, "https", "11.2.3.4") is not None
    assert proxy_for(told, "https", "localhost") is None
    assert proxy_for(told, "https", "notexample") is not None


def test_a_password_is_sent_and_not_shown() -> None:
    """It goes into its header and into no repr."""
    proxy = proxy_for({"HTTPS_PROXY": f"http://u:{WORD}@p.example"}, "https", "a.example")
    assert proxy is not None
    assert proxy.authorization.startswith("Basic ")
    assert "Basic" not in repr(proxy)


@pytest.mark.parametrize("told", ["socks5://p.example:1", "http://p.example:x", "http://:3128"])
def test_what_is_no_proxy(told: str) -> None:
    """Is an error: going past it might be forbidden."""
    with pytest.raises(UsageError):
        proxy_for({"HTTPS_PROXY": told}, "https", "a.example")
