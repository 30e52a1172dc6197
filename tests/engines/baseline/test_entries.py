"""Is it normal, and by which entry."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.entries import Entries
from periderm.model.behaviour import Aspect, Behaviour

NGINX = "/usr/sbin/nginx"
ENTRIES = Entries(
    [
        Behaviour(Aspect.PROGRAM, NGINX), Behaviour(Aspect.USER, NGINX, "33"), Behaviour(Aspect.READ, NGINX, "/srv/**"),
        Behaviour(Aspect.READ, NGINX, "/etc/hosts"), Behaviour(Aspect.CONNECT, NGINX, "tcp/5432 10.0.0.0/24"),
        Behaviour(Aspect.CONNECT, NGINX, "tcp/443 *"), Behaviour(Aspect.READ, "**", "/etc/ld.so.cache"),
        Behaviour(Aspect.ARGUMENTS, NGINX, "*"), Behaviour(Aspect.READ, "/opt/*/run", "/data"),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("aspect", "program", "value", "by"),
    [
        (Aspect.READ, NGINX, "/etc/hosts", "/etc/hosts"),
        (Aspect.READ, NGINX, "/srv/a/b", "/srv/**"),
        (Aspect.READ, NGINX, "/etc/shadow", None),
        (Aspect.CONNECT, NGINX, "tcp/5432 10.0.0.77", "tcp/5432 10.0.0.0/24"),
        (Aspect.CONNECT, NGINX, "tcp/5432 10.0.1.77", None),
        (Aspect.CONNECT, NGINX, "tcp/443 1.2.3.4", "tcp/443 *"),
        (Aspect.READ, "/bin/any", "/etc/ld.so.cache", "/etc/ld.so.cache"),
        (Aspect.READ, "/opt/a/run", "/data", "/data"),
        (Aspect.ARGUMENTS, NGINX, "*", "*"),
        (Aspect.ARGUMENTS, NGINX, "-c {id}", None),
        (Aspect.WRITE, NGINX, "/srv/a", None),
    ],
)
def test_a_behaviour_is_found_by_value_pattern_or_program(aspect: Aspect, program: str, value: str, by: str | None) -> None:
    """A star in a shape of arguments is a word and no pattern."""
    found = ENTRIES.find(Behaviour(aspect, program, value))
    assert (None if found is None else found.value) == by


def test_an_entry_is_added_once_and_taken_away() -> None:
    """Programs and users follow."""
    entries = Entries()
    for program in ("/a", "/b", "/b"):
        entries.add(Behaviour(Aspect.PROGRAM, program))
        entries.add(Behaviour(Aspect.USER, program, "5"))
    assert (len(entries), list(entries.programs), list(entries.users)) == (4, ["/a", "/b"], [5])
    entries.discard(Behaviour(Aspect.USER, "/a", "5"))
    assert list(entries.users) == [5]
    entries.discard(Behaviour(Aspect.USER, "/b", "5"))
    entries.discard(Behaviour(Aspect.PROGRAM, "/b"))
    entries.discard(Behaviour(Aspect.PROGRAM, "/never"))
    assert (len(entries), list(entries.programs), list(entries.users)) == (1, ["/a"], [])
    assert entries.find(Behaviour(Aspect.PROGRAM, "/b")) is None
