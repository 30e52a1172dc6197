"""A process as the baseline sees it."""

from __future__ import annotations

import msgspec

from periderm.engines.baseline.actor import SESSION_FLAGS, Actor
from periderm.model.event import EventFlag


def test_it_survives_a_snapshot() -> None:
    """What is remembered of a process is the same after it was written down."""
    actor = Actor(key=7, parent=1, pid=1007, subject="ast-1", program="/usr/sbin/nginx", distrust="alt-1", distrusted=5, role=3)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(actor), type=Actor) == actor


def test_nobody_is_trusted_less_by_default() -> None:
    """A process that nobody spoke of may teach, and its role is not known."""
    actor = Actor(key=7, parent=1, pid=1007, subject="ast-1")
    assert (actor.distrust, actor.session, actor.role) == ("", "", -1)


def test_sessions_are_told_by_either_flag() -> None:
    """One that a runtime brought in, and one that came from outside."""
    assert int(EventFlag.EXEC_SESSION) | int(EventFlag.FOREIGN) == SESSION_FLAGS
