"""Scanners by name and by what they must be told."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.scan_tool import DETECTOR
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity

S = EventFlag.EXEC_SESSION


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/masscan", "masscan", "10.0.0.0/8", "-p80"),
        ("/opt/n", "n", "-sS", "-p-", "10.0.0.4"),
        ("/opt/n", "n", "-Pn", "-sV", "10.0.0.4"),
        ("/usr/bin/nc.openbsd", "nc", "-vz", "10.0.0.4", "20-90"),
        ("/opt/fscan", "fscan", "-h", "10.0.0.0/24"),
        ("/usr/bin/perl", "perl", "/srv/portscan.pl", "10.0.0.4"),
        ("/usr/local/bin/kubeletctl", "kubeletctl", "scan"),
    ],
    ids=lambda line: " ".join(line[1:3]),
)
def test_scanners(line: tuple[str, ...]) -> None:
    """High in a container, whoever brought it."""
    assert [a.severity for a in run_example(DETECTOR, scene(runs(2, 900, *line, flags=S)))] == [Severity.HIGH]


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/nc.openbsd", "nc", "-z", "db", "5432"),
        ("/usr/bin/ss", "ss", "-ltn"),
        ("/usr/bin/redis-cli", "redis-cli", "-p", "6379", "--scan"),
        ("/usr/bin/iptables", "iptables", "-A", "INPUT", "-s", "10.0.0.0/8"),
        ("/usr/bin/vim", "vim", "nmap.txt"),
        ("/usr/bin/python3", "python3", "/app/scan_documents.py"),
        ("/usr/bin/docker-proxy", "docker-proxy", "-p", "8000-8010", "x"),
    ],
    ids=lambda line: " ".join(line[1:3]),
)
def test_options_that_look_alike(line: tuple[str, ...]) -> None:
    """Ports and networks are named by much else."""
    assert run_example(DETECTOR, scene(runs(2, 900, *line, flags=S))) == []


def test_an_administrator_on_a_host() -> None:
    """Noted, not more."""
    assert [a.severity for a in run_example(DETECTOR, scene(runs(9, 1, "/usr/bin/nmap", "nmap", "h", on=HOST)))] == [
        Severity.LOW
    ]
