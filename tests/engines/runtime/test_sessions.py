"""Announced sessions: everything below one is labelled, nothing else is, and no alert goes away."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import RuntimeEngine
from periderm.engines.runtime.scene import HOST, SECOND, START, batch_of, opens, runs, scene
from periderm.model.alert import Alert
from periderm.model.event import EventFlag
from periderm.model.session import AnnouncedSession

SESSION = AnnouncedSession(
    id="ses-1",
    author="ada",
    reason="look at a full disk",
    container="sh*",
    since=START + 500 * SECOND,
    until=START + 700 * SECOND,
)
EXEC = EventFlag.EXEC_SESSION | EventFlag.TTY


def alerts(*sessions: AnnouncedSession, at: float = 600.0, flags: EventFlag = EXEC) -> list[Alert]:
    """A person's shell reads the shadow file by a child's child."""
    engine = RuntimeEngine(HOST)
    engine.announce(sessions)
    story = scene(
        runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0),
        runs(2, 900, "/usr/bin/bash", "bash", at=at, flags=flags),
        runs(3, 2, "/usr/bin/bash", "bash", "-c", "cat /etc/shadow", at=at + 1, flags=flags),
        runs(4, 3, "/usr/bin/cat", "cat", "/etc/shadow", at=at + 2, flags=flags),
        opens(4, "/etc/shadow", at=at + 3),
    )
    return engine.feed(batch_of(story.events))


def test_all_below_is_labelled() -> None:
    """The shell itself and what its children do carry the session and who announced it."""
    said = alerts(SESSION)
    assert len(said) >= 2
    assert {alert.session for alert in said} == {"ses-1"}
    assert {alert.evidence["announced"] for alert in said} == {"ada: look at a full disk"}


def test_an_announcement_hides_nothing() -> None:
    """The same alerts come with and without one, equally severe."""
    with_one, without = alerts(SESSION), alerts()
    assert [(a.id, a.severity, a.detector) for a in with_one] == [(a.id, a.severity, a.detector) for a in without]
    assert not any(alert.session for alert in without)


@pytest.mark.parametrize(
    ("container", "at", "ended"),
    [("web*", 600.0, 0), ("sh*", 400.0, 0), ("sh*", 701.0, 0), ("sh*", 600.0, START + 550 * SECOND)],
)
def test_others_are_not_labelled(container: str, at: float, ended: int) -> None:
    """Another container, a session before or after the announced time, one that was ended: no label."""
    session = AnnouncedSession(
        id="x", author="a", reason="r", container=container, since=SESSION.since, until=SESSION.until, ended=ended
    )
    assert not any(alert.session for alert in alerts(session, at=at))


def test_what_a_server_starts_is_never_a_session() -> None:
    """An attacker who comes through the application during an announced session gets no label."""
    engine = RuntimeEngine(HOST)
    engine.announce((SESSION,))
    story = scene(runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0), runs(2, 1, "/usr/bin/bash", "bash", "-c", "id"))
    said = engine.feed(batch_of(story.events))
    assert said
    assert not any(alert.session for alert in said)


def test_a_host_session_needs_a_terminal() -> None:
    """On a plain host what has a terminal is labelled, a service is not."""
    engine = RuntimeEngine(HOST)
    engine.announce((AnnouncedSession(id="h", author="a", reason="r", container="host", since=0, until=2 * START),))
    story = scene(
        runs(10, 1, "/usr/bin/bash", "bash", on=HOST, flags=EventFlag.TTY),
        runs(11, 10, "/tmp/xmrig", "xmrig", on=HOST, flags=EventFlag.TTY),
        runs(12, 1, "/tmp/minerd", "minerd", on=HOST),
    )
    said = engine.feed(batch_of(story.events))
    assert {alert.process.exe: alert.session for alert in said} == {"/tmp/xmrig": "h", "/tmp/minerd": ""}


def test_labels_outlive_a_restart() -> None:
    """What was brought in before the agent stopped is still the session's when it goes on."""
    first, second = RuntimeEngine(HOST), RuntimeEngine(HOST)
    first.announce((SESSION,))
    first.feed(batch_of(scene(runs(2, 900, "/usr/bin/bash", "bash", flags=EXEC)).events))
    second.restore(first.snapshot())
    said = second.feed(batch_of(scene(runs(3, 2, "/usr/bin/cat", "cat", flags=EXEC), opens(3, "/etc/shadow")).events))
    assert {alert.session for alert in said} == {"ses-1"}
