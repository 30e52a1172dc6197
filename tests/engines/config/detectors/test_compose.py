"""Compose services that reach the host."""

from __future__ import annotations

import pytest

from periderm.model.severity import Severity
from tests.engines.config.files import COMPOSE, judged, lines

HEAD = "services:\n  a:\n    image: x:1\n"


@pytest.mark.parametrize(
    ("volume", "found"),
    [
        ("/var/run/docker.sock:/s", "CFG-042"),
        ("/etc:/x", "CFG-043"),
        ("$HOME/.ssh:/k", "CFG-043"),
        ("${X:-/root}:/r", "CFG-043"),
        ("/etc/localtime:/etc/localtime:ro", ""),
        ("./etc:/etc", ""),
        ("data:/var/lib/docker", ""),
        ("/srv/a:/etc", ""),
        ("/tmp", ""),
    ],
)
def test_mounts(volume: str, found: str) -> None:
    """The socket, folders of the system, and what only looks like them."""
    text = HEAD + f"    volumes:\n      - '{volume}'\n"
    assert {one.detector for one in judged(text, COMPOSE)} & {"CFG-042", "CFG-043"} == ({found} if found else set())


def test_severities_of_mounts_and_capabilities() -> None:
    """What is only read is less; some capabilities are less."""
    assert [o.severity for o in judged(HEAD + "    volumes: ['/:/h:ro', '/proc:/p:ro', '/etc:/h']\n", COMPOSE, "CFG-043")] == [
        Severity.MEDIUM,
        Severity.LOW,
        Severity.HIGH,
    ]
    assert [o.severity for o in judged(HEAD + "    cap_add: [all, NET_RAW, CHOWN]\n", COMPOSE, "CFG-045")] == [
        Severity.HIGH,
        Severity.LOW,
    ]


def test_anchors_are_judged_where_they_are_used() -> None:
    """A merged setting counts for every service that has it, at the line where it stands."""
    text = "x-base: &base\n  privileged: true\nservices:\n"
    text += "  a:\n    <<: *base\n    image: x:1\n  b:\n    <<: *base\n    image: y:1\n"
    assert [(o.line, o.message.en.split()[0]) for o in judged(text, COMPOSE, "CFG-041")] == [(2, "a"), (2, "b")]


def test_the_others() -> None:
    """Namespaces, confinement, devices, users, and one sentence about what is missing."""
    text = (
        HEAD
        + "    network_mode: host\n    ipc: host\n"
        + "    security_opt: [seccomp=unconfined]\n    devices: [/dev/kmem]\n    user: 0\n"
    )
    assert {o.detector: o.line for o in judged(text, COMPOSE)} == {
        "CFG-044": 5,
        "CFG-046": 6,
        "CFG-048": 7,
        "CFG-049": 8,
        "CFG-047": 2,
    }
    assert lines("services:\n  a:\n    image: x:1\n  b:\n    image: y:1\n", "CFG-047", COMPOSE) == [2]
