"""Facts as behaviour."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.birth_behaviours import behaviours, owning
from periderm.model.behaviour import Aspect
from periderm.model.start_facts import FactKind

LIB = "/usr/lib/libx.so.*"


@pytest.mark.parametrize(
    ("kind", "value", "want"),
    [
        (FactKind.PROGRAM, "", {(Aspect.PROGRAM, "")}),
        (FactKind.USER, "33", {(Aspect.USER, "33")}),
        (FactKind.READ, "/a/**", {(Aspect.READ, "/a/**"), (Aspect.READ, "/a")}),
        (
            FactKind.EXECUTE,
            "/usr/lib/libx.so.1.2",
            {(Aspect.READ, "/usr/lib/libx.so.*"), (Aspect.EXECUTE, "/usr/lib/libx.so.*")},
        ),
        (FactKind.BECOME, "user 33", {(Aspect.BECOME, "user 33"), (Aspect.CAPABILITY, "CAP_SETUID")}),
        (FactKind.RESOLVE, "api", {(Aspect.RESOLVE, "api"), (Aspect.CONNECT, "udp/53 *")}),
        (FactKind.CONNECT, "unix /run/x.sock", {(Aspect.CONNECT, "unix /run/x.sock")}),
        (FactKind.CHANGE, "mkdir /run/x", {(Aspect.CHANGE, "mkdir /run/x")}),
    ],
)
def test_each_kind(kind: FactKind, value: str, want: set[tuple[Aspect, str]]) -> None:
    """As the engine will write what it sees."""
    assert {(b.aspect, b.value) for b in behaviours(kind, "/p", value)} == want


def test_a_file_that_is_kept() -> None:
    """Written, made, read again, renamed and removed; its owner and mode only by those that start as root."""
    found = {(b.aspect, b.value) for b in behaviours(FactKind.WRITE, "/p", "/var/log/x/*")}
    assert {(Aspect.WRITE, "/var/log/x/*"), (Aspect.CREATE, "/var/log/x/*"), (Aspect.CHANGE, "rename /var/log/x/*")} <= found
    assert {(Aspect.READ, "/var/log/x"), (Aspect.CHANGE, "mkdir /var/log/x")} <= found
    assert not {value for _, value in found if value.startswith(("chown", "chmod"))}
    assert {b.value for b in owning("/p", "/x")} == {"chown /x", "chmod /x"}


def test_a_door() -> None:
    """Whoever comes in by it; a capability below 1024 only; a socket is made and removed."""
    found = {(b.aspect, b.value) for b in behaviours(FactKind.LISTEN, "/p", "tcp/8080")}
    assert (Aspect.ACCEPT, "tcp/8080 *") in found
    assert (Aspect.CAPABILITY, "CAP_NET_BIND_SERVICE") not in found
    unix = {(b.aspect, b.value) for b in behaviours(FactKind.LISTEN, "/p", "unix /run/x.sock")}
    assert (Aspect.CHANGE, "unlink /run/x.sock") in unix
