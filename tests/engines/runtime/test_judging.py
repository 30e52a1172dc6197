"""What detectors are told beside an event."""

from __future__ import annotations

import pytest

from periderm.engines.runtime.detectors import DETECTORS
from periderm.engines.runtime.judging import Context, lower
from periderm.engines.runtime.process import ProcessTable
from periderm.engines.runtime.scene import HOST, SHOP, opens, row, runs
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.severity import Severity


def context(*events: Event, listening: int = 0) -> Context:
    """The context of the last event."""
    table = ProcessTable()
    for event in events:
        if event.kind is EventKind.EXEC:
            table.start(
                event.process, parent=event.parent, pid=event.pid, uid=0, subject=event.subject, time=event.time,
                exe=event.text, args="\0".join(event.argv), flags=event.flags,
            )  # fmt: skip
    process = table.get(events[-1].process)
    assert process is not None
    above = table.get(listening)
    if above is not None:
        above.listening = True
    return Context(events[-1], process, table, None)


def test_the_start_of_a_container_is_its_own_programs_time() -> None:
    """Not that of an exec session, not later, not below a server, and not where the start is unknown."""
    script = runs(1, 0, "/usr/bin/dash", "sh", at=0.0)
    assert context(script, runs(2, 1, "/usr/bin/sed", "sed", at=5)).starting
    assert not context(script, runs(2, 1, "/usr/bin/sed", "sed", at=500)).starting
    assert not context(script, runs(2, 900, "/usr/bin/sed", "sed", at=5, flags=EventFlag.EXEC_SESSION)).starting
    assert not context(runs(1, 0, "/usr/sbin/nginx", "nginx"), runs(2, 1, "/usr/bin/sed", "sed", at=5)).starting
    assert not context(runs(20, 1, "/usr/bin/sed", "sed", at=5, on=HOST)).starting


def test_a_servers_shell_is_known_to_all_below_it() -> None:
    """Also through other programs; and a start script above a server is none."""
    nginx, shell = runs(1, 0, "/usr/sbin/nginx", "nginx"), runs(2, 1, "/usr/bin/dash", "sh")
    assert context(nginx, shell, runs(3, 2, "/usr/bin/env", "env"), runs(4, 3, "/usr/bin/id", "id")).server_shell
    assert not context(nginx, runs(2, 1, "/usr/bin/perl", "perl")).server_shell
    assert not context(runs(1, 0, "/usr/bin/dash", "sh"), runs(2, 1, "/usr/sbin/nginx", "nginx")).server_shell


def test_a_launcher_is_no_server_until_it_listens() -> None:
    """`npm start` runs the application through a shell; that is not an intrusion."""
    events = (
        runs(1, 0, "/usr/bin/node", "npm", "start"),
        runs(2, 1, "/usr/bin/dash", "sh", "-c", "node a.js"),
        runs(3, 2, "/usr/bin/node", "node", "a.js"),
    )
    assert not context(*events).server_shell
    assert context(*events, listening=1).server_shell


@pytest.mark.parametrize(
    ("arg0", "reads", "writes"),
    [(0, True, False), (1, False, True), (2, True, True), (0o10000000, False, False), (0o101, False, True)],
)
def test_modes_of_opening(arg0: int, reads: bool, writes: bool) -> None:
    """open(2): read, write, both, neither."""
    told = context(runs(2, 1, "/x", "x"), opens(2, "/y", arg0=arg0))
    assert (told.reads, told.writes) == (reads, writes)


def test_a_connect_that_does_not_wait_has_not_failed() -> None:
    """EINPROGRESS is how most connections begin."""
    start = runs(2, 1, "/x", "x")
    assert not context(start, row(EventKind.CONNECT, 2, ret=-115, flags=EventFlag.FAILED)).failed
    assert context(start, row(EventKind.CONNECT, 2, ret=-111)).failed


def test_severities_do_not_sink_below_low() -> None:
    """A lowered alert is still an alert."""
    assert lower(Severity.CRITICAL) is Severity.HIGH
    assert lower(Severity.LOW, 3) is Severity.LOW


def test_detectors_ask_for_what_they_judge() -> None:
    """Each has an interest, and a container's seconds are counted from its start."""
    assert all(detector.interests for detector in DETECTORS)
    assert context(runs(2, 1, "/x", "x", at=42.0)).seconds == 42.0
    assert SHOP.started


def test_a_login_is_a_session_and_no_servers_shell() -> None:
    """Of the system's own SSH server in a container; a program that only calls itself so is believed nothing."""
    shell = runs(2, 1, "/usr/bin/bash", "bash", "-c", "uptime", at=5)
    known = context(runs(1, 0, "/usr/sbin/sshd", "sshd", "-D", at=0.0), shell, listening=1)
    assert known.login is not None
    assert known.interactive
    assert known.server is None
    assert not known.server_shell
    assert not known.starting
    other = context(runs(1, 0, "/tmp/sshd", "sshd", "-D", at=0.0), shell, listening=1)
    assert other.login is None
    assert other.server_shell
    assert not other.interactive


def test_a_short_step_of_a_build_is_known_by_the_builder_above() -> None:
    """Nobody had the time to look for its container; what merely bears the builder's name is no builder."""
    builder = runs(11, 10, "/usr/bin/podman", "buildah-chroot-exec", "/bin/sh", on=HOST)
    assert context(builder, runs(12, 11, "/usr/bin/rm", "rm", on=HOST)).building
    assert not context(
        runs(11, 10, "/tmp/x", "buildah-chroot-exec", "/bin/sh", on=HOST), runs(12, 11, "/usr/bin/rm", "rm", on=HOST)
    ).building
