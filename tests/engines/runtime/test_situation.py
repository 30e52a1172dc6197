"""In which situation a process acts, seen through a detector that tells it."""

from __future__ import annotations

import dataclasses

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.package_install import DETECTOR
from periderm.engines.runtime.judging import Context, Interest, Verdict
from periderm.engines.runtime.scene import HOST, SHOP, runs, scene
from periderm.engines.runtime.situation import (
    Situation,
    burst_scope,
    called,
    code_of,
    code_readings,
    first,
    from_runtime,
    graded,
    installing,
    named,
    script_of,
    situation,
    speaks,
    stranger,
    tool_interest,
    words,
)
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.severity import Severity

S = EventFlag.EXEC_SESSION
WEB = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)


def last(*events: Event) -> Context:
    """The context of the last event."""
    seen: list[Context] = []

    def judge(context: Context) -> Verdict | None:
        seen.append(context)
        return None

    teller = dataclasses.replace(DETECTOR, interests=(Interest(kinds=(EventKind.EXEC,)),), judge=judge)
    run_example(teller, scene(*events))
    return seen[-1]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((WEB, runs(2, 1, "/usr/bin/dash", "sh", "-c", "x"), runs(3, 2, "/usr/bin/id", "id")), Situation.INTRUDER),
        ((runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), runs(3, 2, "/usr/bin/id", "id")), Situation.INTRUDER),
        ((runs(2, 1, "/tmp/x", "x"),), Situation.INTRUDER),
        (
            (runs(2, 900, "/usr/bin/apt-get", "apt-get", "install", "x", flags=S), runs(3, 2, "/usr/bin/id", "id")),
            Situation.BUILD,
        ),
        ((runs(2, 900, "/usr/bin/id", "id", flags=S),), Situation.SESSION),
        ((runs(1, 0, "/usr/bin/dash", "sh", "/start.sh", at=0.0), runs(2, 1, "/usr/bin/id", "id", at=1.0)), Situation.START),
        ((runs(1, 0, "/usr/bin/dash", "sh", "/start.sh", at=0.0), runs(2, 1, "/usr/bin/id", "id", at=500.0)), Situation.OWN),
        ((runs(9, 1, "/usr/bin/id", "id", on=HOST),), Situation.HOST),
        ((runs(9, 1, "/tmp/x", "x", on=HOST),), Situation.HOST),
    ],
)
def test_situations(events: tuple[Event, ...], expected: Situation) -> None:
    """From the worst to the most ordinary."""
    assert situation(last(*events)) is expected


def test_a_package_manager_that_does_not_install() -> None:
    """`npm start` runs an application; `npm ci` installs; a dropped `apt` is not believed."""
    npm = ("/usr/bin/node", "node", "/usr/bin/npm")
    below = runs(3, 2, "/usr/bin/id", "id")
    assert installing(last(runs(2, 1, *npm, "start"), below)) is None
    assert installing(last(runs(2, 1, *npm, "ci"), below)) is not None
    assert installing(last(runs(2, 1, "/usr/bin/python3", "python3", "setup.py", "install"), below)) is not None
    assert installing(last(runs(2, 1, "/srv/apt", "apt", "install", flags=EventFlag.UPPER), below)) is None


def test_grading_takes_the_situations_severity() -> None:
    """None is quiet."""
    context = last(runs(2, 900, "/usr/bin/id", "id", flags=S))
    assert graded(context) is Severity.MEDIUM
    assert graded(context, session=None) is None
    assert graded(last(runs(9, 1, "/usr/bin/id", "id", on=HOST))) is None


def test_the_first_program() -> None:
    """By a start script or an init, and not by a program."""
    shell = runs(1, 0, "/usr/bin/dash", "sh", "/start.sh", at=0.0)
    assert first(last(shell, runs(2, 1, "/usr/bin/x", "x")))
    assert first(last(runs(1, 0, "/sbin/tini", "tini", at=0.0), runs(2, 1, "/usr/bin/x", "x")))
    assert not first(last(WEB, runs(2, 1, "/usr/bin/x", "x")))
    assert not first(last(runs(2, 900, "/usr/bin/x", "x", flags=S)))


def test_names() -> None:
    """By file, by call, as applet, in small letters."""
    context = last(runs(2, 1, "/bin/busybox", "busybox", "NC", "h"))
    assert called(context)[0] == "nc"
    assert named(context, words("nc ncat")) == "nc"
    assert named(last(runs(2, 1, "/opt/X", "/usr/bin/Nmap")), words("nmap")) == "nmap"
    assert speaks(last(runs(2, 1, "/usr/bin/grep", "grep", "nmap")))
    assert speaks(last(runs(2, 1, "/usr/bin/timeout", "timeout", "1", "nmap")))
    assert not speaks(last(runs(2, 1, "/usr/bin/nmap", "nmap")))


def test_scripts_and_strangers() -> None:
    """What an interpreter was given; what nobody brought."""
    context = last(runs(2, 1, "/usr/bin/python3", "python3", "/app/a.py"))
    assert script_of(context.process) == "/app/a.py"
    assert not stranger(context.process)
    assert stranger(last(runs(2, 1, "/memfd:x", "x", flags=EventFlag.MEMORY_BACKED)).process)


def test_a_runtime_that_was_seen_late() -> None:
    """By its name, as long as no arguments are known."""
    process = last(runs(2, 1, "/usr/bin/id", "id")).process
    process.exe, process.args = "/runc", ""
    assert from_runtime(process)
    process.args = "runc\0exec"
    assert not from_runtime(process)


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/nc", "nc"),
        ("/opt/x", "/usr/bin/nc"),
        ("/bin/busybox", "busybox", "nc"),
        ("/lib64/ld.so", "ld.so", "/usr/bin/NC"),
    ],
)
def test_tool_interests_offer_every_guise(line: tuple[str, ...]) -> None:
    """By file, as called, as applet, behind the loader."""
    seen: list[str] = []

    def judge(context: Context) -> Verdict | None:
        seen.append(context.process.exe)
        return None

    teller = dataclasses.replace(DETECTOR, interests=(tool_interest(words("nc")),), judge=judge)
    run_example(teller, scene(runs(2, 1, *line), runs(3, 1, "/usr/bin/ncdu", "ncdu", on=SHOP)))
    assert seen == [line[0]]


def test_over_what_a_burst_is_counted() -> None:
    """Below a server over the container, in a loop of the container's own script over the script, else over the session."""
    shell = runs(2, 1, "/usr/bin/dash", "sh", "-c", "x")
    assert burst_scope(last(WEB, shell, runs(3, 2, "/usr/bin/id", "id"))) == "subject"
    script = runs(1, 0, "/usr/bin/dash", "sh", "/start.sh", at=0.0)
    assert burst_scope(last(script, runs(3, 1, "/usr/bin/id", "id"))) == "parent"
    assert (
        burst_scope(last(runs(2, 900, "/usr/bin/bash", "bash", flags=S), runs(3, 2, "/usr/bin/id", "id", flags=S))) == "session"
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("/usr/bin/python3", "python3", "-c", "x()", "exec(y)"), "x()"),
        (("/usr/bin/python3", "python3", "-u", "-c", "x()"), "x()"),
        (("/usr/bin/python3", "python3", "-cimport os;x()"), "import os;x()"),
        (("/usr/bin/perl", "perl", "-MA::B", "-ne", "x"), "x"),
        (("/usr/bin/node", "node", "--eval=x()"), "x()"),
        (("/usr/bin/mawk", "awk", "-Fx", "BEGIN{}"), "BEGIN{}"),
        (("/usr/bin/bash", "bash", "-lc", "x"), "x"),
        (("/usr/bin/python3", "python3", "a.py", "b", "-c", "x"), ""),
        (("/usr/bin/python3", "python3"), ""),
    ],
)
def test_code_is_only_what_runs(line: tuple[str, ...], code: str) -> None:
    """What comes after the code is data, and a script's options are its own."""
    context = last(runs(2, 1, *line))
    assert code_of(context) == code
    assert code_readings(context)[:1] == ((code,) if code else ())


def test_a_virtual_environment_is_an_installation() -> None:
    """`python -m venv` runs ensurepip, which writes programs."""
    made = runs(2, 1, "/usr/bin/python3.11", "python3", "-m", "venv", "/tmp/v")
    assert installing(last(made, runs(3, 2, "/usr/bin/python3.11", "python3", "-m", "ensurepip"))) is not None
    assert installing(last(runs(2, 1, "/usr/bin/python3.11", "python3", "-m", "http.server"))) is None
