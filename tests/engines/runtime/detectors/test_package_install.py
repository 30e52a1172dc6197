"""What changes software in a container, and what only asks."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.package_install import DETECTOR
from periderm.engines.runtime.scene import HOST, runs, scene

CHANGES = [
    ("/usr/bin/apt", "apt", "-qq", "install", "x"),
    ("/usr/bin/dpkg", "dpkg", "-i", "x.deb"),
    ("/usr/bin/dnf-3", "dnf", "-y", "upgrade"),
    ("/sbin/apk", "apk", "del", "x"),
    ("/usr/bin/pip3", "pip3", "install", "-r", "r.txt"),
    ("/usr/bin/node", "node", "/usr/lib/node_modules/npm/bin/npm-cli.js", "ci"),
    ("/usr/bin/npm", "npm", "i", "x"),
    ("/usr/local/bin/uv", "uv", "pip", "install", "x"),
    ("/usr/bin/gem", "gem", "install", "x"),
    ("/usr/bin/rpm", "rpm", "-i", "x.rpm"),
]
ASKS = [
    ("/usr/bin/apt", "apt", "list"),
    ("/usr/bin/dpkg", "dpkg", "-S", "/bin/ls"),
    ("/usr/bin/rpm", "rpm", "-qa"),
    ("/usr/bin/pip3", "pip3", "freeze"),
    ("/usr/bin/npm", "npm", "run", "install-hooks"),
    ("/usr/bin/node", "node", "server.js", "install"),
    ("/usr/bin/go", "go", "version"),
    ("/usr/bin/yarn", "yarn", "start"),
]


@pytest.mark.parametrize("line", CHANGES, ids=lambda line: " ".join(line[1:4]))
def test_changes(line: tuple[str, ...]) -> None:
    """Of systems and languages, also as a module of an interpreter."""
    assert run_example(DETECTOR, scene(runs(2, 1, *line)))


@pytest.mark.parametrize("line", ASKS, ids=lambda line: " ".join(line[1:4]))
def test_questions(line: tuple[str, ...]) -> None:
    """Nothing is changed."""
    assert run_example(DETECTOR, scene(runs(2, 1, *line))) == []


def test_only_the_outermost_is_told() -> None:
    """apt calls dpkg; one alert is enough."""
    apt = runs(2, 1, "/usr/bin/apt-get", "apt-get", "install", "x")
    assert len(run_example(DETECTOR, scene(apt, runs(3, 2, "/usr/bin/dpkg", "dpkg", "--unpack", "x.deb")))) == 1


def test_a_host_is_administered() -> None:
    """Hosts are upgraded in place."""
    assert run_example(DETECTOR, scene(runs(9, 1, "/usr/bin/apt-get", "apt-get", "install", "x", on=HOST))) == []
