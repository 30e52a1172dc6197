"""One pattern for several behaviours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.baseline.accepted import stands_for
from periderm.engines.baseline.widening import wide
from periderm.model.behaviour import Aspect, Behaviour

VALUES = {
    Aspect.READ: ("/etc/a", "/etc/b/c", "/usr/lib/x", "/etc/b/**", "/srv/*", "/"),
    Aspect.CHANGE: ("rename /usr/a", "rename /usr/b/c", "unlink /usr/a", "chmod /etc/x"),
    Aspect.CONNECT: ("tcp/443 10.0.0.1", "tcp/443 fe80::1", "udp/53 1.1.1.1", "unix /run/x", "tcp/80 10.0.0.0/24"),
    Aspect.LISTEN: ("tcp/80", "tcp/81", "unix /run/y"),
    Aspect.RESOLVE: ("a.example.com", "b.example.com", "c.d.example.com", "other.org", "localhost"),
    Aspect.ARGUMENTS: ("-a", "-c {ls}", "/x/y -b"),
    Aspect.PROGRAM: ("",),
    Aspect.ACT: ("ptrace", "signal /usr/bin/x"),
}
BEHAVIOURS = st.sampled_from(list(VALUES)).flatmap(
    lambda aspect: st.lists(
        st.builds(Behaviour, st.just(aspect), st.sampled_from(("/usr/bin/a", "/usr/bin/b", "/opt/c", "/bin/sh /x/y")),
                  st.sampled_from(VALUES[aspect])),
        min_size=1, max_size=5,
    )
)  # fmt: skip


@given(BEHAVIOURS)
def test_a_pattern_stands_for_all_that_it_was_made_of(several: list[Behaviour]) -> None:
    """Whatever is accepted by it is what was told, all of it."""
    pattern = several[0]
    for each in several[1:]:
        pattern = wide(pattern, each)
    assert all(stands_for(pattern, each) for each in several)


@pytest.mark.parametrize(
    ("one", "other", "pattern"),
    [
        (Behaviour(Aspect.CHANGE, "/d", "rename /usr/a"), Behaviour(Aspect.CHANGE, "/d", "rename /usr/b/c"), "rename /usr/**"),
        (Behaviour(Aspect.CHANGE, "/d", "rename /usr/a"), Behaviour(Aspect.CHANGE, "/d", "unlink /usr/b"), "* /usr/**"),
        (Behaviour(Aspect.CONNECT, "/d", "tcp/443 a"), Behaviour(Aspect.CONNECT, "/d", "tcp/443 b"), "tcp/443 *"),
        (Behaviour(Aspect.CONNECT, "/d", "tcp/443 a"), Behaviour(Aspect.CONNECT, "/d", "tcp/80 b"), "tcp/* *"),
        (Behaviour(Aspect.RESOLVE, "/d", "a.b.c"), Behaviour(Aspect.RESOLVE, "/d", "x.b.c"), "*.b.c"),
    ],
)
def test_a_pattern_is_narrow(one: Behaviour, other: Behaviour, pattern: str) -> None:
    """It keeps what the two have in common."""
    assert wide(one, other).value == pattern
