"""Floods and bombs, and what only looks like them."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.flood import DETECTOR
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/bash", "bash", "-c", ":(){ :|:& };:"),
        ("/usr/bin/bash", "bash", "-c", "b() { b | b & }; b"),
        ("/usr/bin/python3", "python3", "-c", "import os\nwhile True: os.fork()"),
        ("/usr/bin/python3", "python3", "-c", "import os\nwhile 1:\n  os.fork()"),
        ("/usr/bin/ruby", "ruby", "-e", "loop { fork }"),
        ("/usr/bin/perl", "perl", "-e", "fork while 1"),
        ("/usr/bin/python3", "python3", "/srv/slowloris.py", "h"),
        ("/opt/x", "x", "--flood", "10.0.0.4"),
        ("/usr/bin/slowhttptest", "slowhttptest", "-H"),
    ],
    ids=lambda line: line[-1][:20],
)
def test_attacks(line: tuple[str, ...]) -> None:
    """High in a container."""
    assert [a.severity for a in run_example(DETECTOR, scene(runs(2, 1, *line)))] == [Severity.HIGH]


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/bash", "bash", "-c", "log() { echo x | tee -a y & }; log"),
        ("/usr/bin/python3", "python3", "-c", "import os; os.fork()"),
        ("/usr/bin/perl", "perl", "-e", "my $pid = fork; waitpid $pid, 0"),
        ("/usr/bin/wrk", "wrk", "--version"),
        ("/usr/bin/git", "git", "fork"),
    ],
    ids=lambda line: line[-1][:20],
)
def test_ordinary_forks(line: tuple[str, ...]) -> None:
    """One child, a function with a pipe, a word."""
    assert run_example(DETECTOR, scene(runs(2, 1, *line))) == []


def test_load_tools_by_situation() -> None:
    """A container's own program is a load test, a session's is noted, an intruder's is an attack."""
    own = runs(1, 0, "/usr/bin/wrk", "wrk", "h", at=0.0)
    session = runs(2, 900, "/usr/bin/wrk", "wrk", "h", flags=EventFlag.EXEC_SESSION)
    web, shell = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0), runs(2, 1, "/usr/bin/dash", "sh")
    assert run_example(DETECTOR, scene(own)) == []
    assert [a.severity for a in run_example(DETECTOR, scene(session))] == [Severity.LOW]
    assert [a.severity for a in run_example(DETECTOR, scene(web, shell, runs(3, 2, "/usr/bin/wrk", "wrk", "h")))] == [
        Severity.HIGH
    ]


def test_slow_forks_are_work() -> None:
    """A thousand processes within a minute are a busy script."""
    script = runs(2, 1, "/usr/bin/dash", "sh", "x.sh")
    forks = (row(EventKind.FORK, 10 + n, parent=2, exe="/usr/bin/dash", at=601.0 + n * 0.05) for n in range(1000))
    assert run_example(DETECTOR, scene(script, *forks)) == []
