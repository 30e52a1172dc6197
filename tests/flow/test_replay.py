"""A recording is judged by the same engine as live events."""

from __future__ import annotations

from periderm.flow.replay import Replay
from periderm.model.event import EventFlag
from tests.flow.rows import Player, batch
from tests.flow.test_watch import DROPPED, SERVER


def played() -> Player:
    """A server, and a program that its image did not bring."""
    return Player(batch(SERVER), batch({**DROPPED, "flags": EventFlag.UPPER}))


def test_alerts_and_incidents_of_a_recording() -> None:
    """The alerts and the incident that the agent and the server would have made."""
    player = played()
    replay = Replay(player)
    assert list(replay.run()) == [1, 2]
    assert "RUN-005" in {a.detector for a in replay.by_id.values()}
    incidents = replay.incidents()
    assert len(incidents) == 1
    assert incidents[0].container_name == "web"
    assert player.stopped is False


def test_replaying_twice_gives_the_same() -> None:
    """Nothing depends on when or how often a recording is judged."""
    first, second = Replay(played()), Replay(played())
    for replay in (first, second):
        list(replay.run())
    assert first.by_id == second.by_id
    assert first.incidents() == second.incidents()


def test_an_empty_recording_is_no_error() -> None:
    """Nothing recorded, nothing judged."""
    replay = Replay(Player())
    assert list(replay.run()) == []
    assert replay.incidents() == []
