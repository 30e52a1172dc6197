"""By which right somebody changes a system."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.runtime import actors
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import BUILD_LABEL, Context
from periderm.engines.runtime.process import ProcessTable
from periderm.engines.runtime.scene import SHOP, opens, runs
from periderm.model.event import Event, EventFlag, EventKind, Subject
from periderm.model.severity import Severity


def acts(*events: Event, on: Subject = SHOP) -> Context:
    """The context of the last event."""
    table = ProcessTable()
    for event in events:
        if event.kind is EventKind.EXEC:
            table.start(
                event.process, parent=event.parent, pid=event.pid, uid=event.uid, subject=on, time=event.time,
                exe=event.exe, args="\0".join(event.argv), flags=int(event.flags),
            ).drifted = event.has(EventFlag.UPPER)  # fmt: skip
    last = msgspec.structs.replace(events[-1], subject=on)
    process = table.get(last.process)
    assert process is not None
    return Context(last, process, table, None)


WRITE = opens(3, "/etc/x", write=True)


@pytest.mark.parametrize(
    ("chain", "who"),
    [
        (
            (runs(2, 1, "/usr/bin/dpkg", "dpkg"), runs(3, 2, "/usr/bin/dash", "sh", "/var/lib/dpkg/info/x.postinst")),
            Actor.PACKAGES,
        ),
        ((runs(2, 1, "/usr/bin/apt", "apt"), runs(3, 2, "/usr/bin/dash", "sh", "-c", "hook")), Actor.PACKAGES),
        ((runs(2, 1, "/usr/bin/apt", "apt"), runs(3, 2, "/usr/bin/dash", "sh")), Actor.PROGRAM),
        ((runs(2, 1, "/tmp/dpkg", "dpkg", flags=EventFlag.UPPER), runs(3, 2, "/usr/bin/cp", "cp")), Actor.PROGRAM),
        ((runs(2, 1, "/usr/bin/npm", "npm", "i"), runs(3, 2, "/usr/bin/python3", "python3", "post.py")), Actor.PROGRAM),
        ((runs(2, 1, "/usr/sbin/nginx", "nginx"), runs(3, 2, "/usr/bin/dash", "sh", "-c", "x")), Actor.INTRUDER),
        ((runs(3, 1, "/srv/x", "x", flags=EventFlag.UPPER),), Actor.INTRUDER),
        (
            (runs(3, 1, "/usr/bin/python3", "python3", "/root/.ansible/tmp/ansible-tmp-1/AnsiballZ_user.py"),),
            Actor.CONFIGURATION,
        ),
        ((runs(3, 900, "/usr/bin/cp", "cp", flags=EventFlag.EXEC_SESSION),), Actor.PERSON),
        ((runs(2, 1, "/usr/sbin/nginx", "nginx"), runs(3, 2, "/usr/bin/perl", "perl", "x.cgi")), Actor.SERVER),
        ((runs(1, 0, "/usr/sbin/nginx", "nginx"), runs(3, 1, "/usr/sbin/nginx", "nginx")), Actor.SERVER),
        ((runs(3, 1, "/app/x", "x"),), Actor.PROGRAM),
    ],
)
def test_who_acts(chain: tuple[Event, ...], who: Actor) -> None:
    """The strongest word decides; a name alone is none."""
    assert actors.actor(acts(*chain, WRITE)) is who


def test_the_first_minute_belongs_to_the_start_script() -> None:
    """Later it is a program like others."""
    script = runs(1, 0, "/usr/bin/dash", "sh", "/entry.sh", at=0.0)
    chain = (script, runs(3, 1, "/usr/bin/cp", "cp", at=1.0))
    assert actors.actor(acts(*chain, opens(3, "/etc/x", at=2.0))) is Actor.START
    assert actors.actor(acts(*chain, opens(3, "/etc/x", at=90.0))) is Actor.PROGRAM


def test_a_server_is_one_from_its_first_second() -> None:
    """What it is led to do by a visitor is not its start script's work; a runtime may still be unpacking itself."""
    for exe, argv, who in (
        ("/usr/bin/php8.2", ("php", "-S", "0:80"), Actor.SERVER),
        ("/usr/sbin/nginx", ("nginx",), Actor.SERVER),
        ("/usr/bin/java", ("java", "Bootstrap"), Actor.START),
    ):
        assert actors.actor(acts(runs(1, 0, exe, *argv, at=0.0), opens(1, "/etc/x", at=2.0))) is who


def test_a_build_step_is_a_build() -> None:
    """Known by the label that the runtime's adapter sets."""
    build = msgspec.structs.replace(SHOP, labels={BUILD_LABEL: "true"})
    assert actors.actor(acts(runs(3, 1, "/usr/bin/cp", "cp"), WRITE, on=build)) is Actor.BUILD


def test_grades() -> None:
    """Who is not named does it by right; what failed counts one step less."""
    table = actors.grades(Severity.CRITICAL, program=Severity.HIGH)
    program = runs(3, 1, "/app/x", "x")
    assert actors.grade(acts(program, WRITE), table) is Severity.HIGH
    assert actors.grade(acts(program, opens(3, "/etc/x", write=True, denied=True)), table) is Severity.MEDIUM
    assert actors.grade(acts(runs(3, 900, "/usr/bin/cp", "cp", flags=EventFlag.EXEC_SESSION), WRITE), table) is None
