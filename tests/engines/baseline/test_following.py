"""The role of each row's actor, row by row."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.following import Following
from periderm.model.errors import FormatError
from periderm.model.event import Event, EventKind
from tests.behaving import NGINX, SH, batch, opens, row, runs


def programs(following: Following, *events: Event) -> list[str]:
    """Who acted, by program."""
    return [following.role(int(number)).program for number in following.follow(batch(*events))]


def test_a_start_changes_the_role_from_its_row_on() -> None:
    """Before it the process was another program, and its children are what it was when they came."""
    following = Following(lambda _: ())
    events = (
        runs(1, 900, NGINX), opens(1, "/a"), row(EventKind.FORK, 2, "", parent=1), opens(2, "/b"), runs(2, 1, SH),
        opens(2, "/c"), opens(1, "/d"), row(EventKind.EXIT, 2),
    )  # fmt: skip
    assert programs(following, *events) == [NGINX, NGINX, NGINX, NGINX, SH, SH, NGINX, SH]


def test_an_actor_is_given_as_it_was_in_its_role() -> None:
    """Though it has changed since, within the same batch."""
    following = Following(lambda _: ())
    roles = following.follow(batch(runs(1, 900, NGINX), opens(1, "/a"), runs(1, 900, SH)))
    before, now = following.actor(1, int(roles[1])), following.actor(1, int(roles[2]))
    assert before is not None
    assert now is not None
    assert (before.program, now.program) == (NGINX, SH)
    assert following.actor(99, int(roles[0])) is None


def test_roles_are_forgotten_and_processes_are_not() -> None:
    """They are numbered anew; what is dumped is loaded, and damaged bytes are refused."""
    following = Following(lambda _: ())
    programs(following, runs(1, 900, NGINX))
    following.forget_roles()
    assert programs(following, opens(1, "/a")) == [NGINX]
    again = Following(lambda _: ())
    again.load(following.decode(following.dump()))
    assert programs(again, opens(1, "/a")) == [NGINX]
    assert again.dump() == following.dump()
    with pytest.raises(FormatError):
        again.decode(b"\x01")
    assert not again.crowded()
