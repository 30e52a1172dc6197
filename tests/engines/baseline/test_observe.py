"""Rows of the kernel as behaviour."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.actor import Actor
from periderm.engines.baseline.observe import O_CREAT, O_EXCL, O_PATH, observe, program_pattern
from periderm.model.event import Event, EventFlag, EventKind
from tests.behaving import NGINX, SHOP, connects, opens, row, runs

ACTOR = Actor(key=7, parent=1, pid=1007, subject=SHOP.id, program=NGINX, exe=NGINX, uid=33, above="runtime", chain="a > b")


def said(event: Event) -> list[str]:
    """Aspect and value."""
    return [f"{each.aspect} {each.value}".strip() for each in observe(event, ACTOR)]


def test_a_start_is_five_behaviours() -> None:
    """That it runs, as whom, below whom, how called, and in which chain; one that failed is none."""
    event = runs(7, 1, NGINX, "nginx", "-p", "81")
    assert said(event) == ["program", "user 33", "parent runtime", "arguments -p N", "chain a > b"]
    assert said(runs(7, 1, NGINX, "nginx", flags=EventFlag.FAILED, ret=-13)) == []


@pytest.mark.parametrize(
    ("event", "behaviour"),
    [
        (opens(7, "/etc/hosts"), ["read /etc/hosts"]),
        (opens(7, "/var/log/x", write=True), ["write /var/log/x"]),
        (opens(7, "/var/x", write=True, arg0=O_CREAT | O_EXCL), ["create /var/x"]),
        (opens(7, "/etc", arg0=O_PATH), []),
        (opens(7, "/proc/1007/status"), ["read /proc/self/status"]),
        (opens(7, "/proc/1008/status"), ["read /proc/*/status"]),
        (row(EventKind.OPEN, 7, "/gone", ret=-2), []),
        (connects(7, "10.0.0.5", 5432), ["connect tcp/5432 10.0.0.5"]),
        (connects(7, "10.0.0.5", 53, kind=2), ["connect udp/53 10.0.0.5"]),
        (connects(7, "10.0.0.5", 0, kind=2), []),
        (row(EventKind.CONNECT, 7, "/run/x.sock", family=1), ["connect unix /run/x.sock"]),
        (row(EventKind.ACCEPT, 7, "10.0.0.9", port=80, family=2), ["accept tcp/80 *"]),
        (row(EventKind.LISTEN, 7, "::", port=40_000, family=10), ["listen tcp/*"]),
        (row(EventKind.BIND, 7, "::", port=53, family=10, arg0=2), ["listen udp/53"]),
        (row(EventKind.DNS, 7, "db.example."), ["resolve db.example"]),
        (row(EventKind.SOCKET, 7, arg0=17, arg1=0x80003), ["socket packet/raw"]),
        (row(EventKind.SOCKET, 7, arg0=2, arg1=1), []),
        (row(EventKind.UNSHARE, 7, arg0=0x10020000), ["namespace unshare mount", "namespace unshare user"]),
        (row(EventKind.SETUID, 7, arg0=33), ["become user 33"]),
        (row(EventKind.CAPSET, 7, arg0=1 << 21), ["become capabilities CAP_SYS_ADMIN"]),
        (row(EventKind.CHMOD, 7, "/x/y", arg0=0o4755), ["change chmod+s /x/y"]),
        (row(EventKind.RENAME, 7, "/x/new", raw="/x/old"), ["change rename /x/new"]),
        (row(EventKind.DUP, 7, "10.0.0.1", family=2), ["act stdio-socket"]),
        (row(EventKind.DUP, 7, "", family=1), []),
        (row(EventKind.PTRACE, 7, arg0=16), ["act ptrace"]),
        (row(EventKind.SIGNAL, 7, "redis", arg0=9), ["act signal redis"]),
        (row(EventKind.ENVIRONMENT, 7, "LD_PRELOAD=/tmp/x.so"), ["act environment LD_PRELOAD=/tmp/x.so"]),
        (row(EventKind.SYSCALL_USED, 7, arg0=0), ["syscall read"]),
        (row(EventKind.CAPABILITY_USED, 7, arg0=12), ["capability CAP_NET_ADMIN"]),
        (row(EventKind.EXIT, 7), []),
    ],
)
def test_a_row_is_what_was_done(event: Event, behaviour: list[str]) -> None:
    """One line for each kind, and what of it is nothing."""
    assert said(event) == behaviour


def test_programs_with_made_up_names_are_one() -> None:
    """Only where names are made up."""
    assert program_pattern("/tmp/tmpAb3dEf9") == program_pattern("/tmp/tmpXy7zQw1")
    assert program_pattern("/usr/bin/python3.11") == "/usr/bin/python3.11"
