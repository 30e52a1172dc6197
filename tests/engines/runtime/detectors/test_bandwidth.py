"""Programs that share the line."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.bandwidth import DETECTOR
from periderm.engines.runtime.scene import connects, runs, scene
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    "argv",
    [
        ("x", "start", "accept", "--token", "abc"),
        ("x", "-tou-accept", "-email", "a@b", "-pass", "c", "-device", "d"),
        ("x", "-email=a@h.example", "-password=b", "-device-name=c", "-accept-tos"),
    ],
)
def test_renamed_clients(argv: tuple[str, ...]) -> None:
    """They must be told whose account is paid."""
    assert [a.severity for a in run_example(DETECTOR, scene(runs(2, 1, "/opt/x", *argv)))] == [Severity.HIGH]


def test_a_container_made_to_share_files() -> None:
    """Said softly where it is the container's own program, louder below a server."""
    own = runs(1, 0, "/usr/bin/transmission-daemon", "transmission-daemon", "-f", at=0.0)
    assert [a.severity for a in run_example(DETECTOR, scene(own))] == [Severity.LOW]
    web = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
    shell = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")
    torrent = runs(3, 2, "/usr/bin/aria2c", "aria2c", "magnet:?xt=urn:btih:0")
    assert [a.severity for a in run_example(DETECTOR, scene(web, shell, torrent))] == [Severity.HIGH]


def test_many_peers_on_the_ports_of_torrents() -> None:
    """One is nothing, five are a swarm."""
    program = runs(2, 1, "/app/x", "x")
    assert run_example(DETECTOR, scene(program, connects(2, "198.51.100.1", 6881))) == []
    assert run_example(DETECTOR, scene(program, *(connects(2, f"198.51.100.{n}", 6881) for n in range(5))))


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/curl", "curl", "-o", "a.tgz", "https://h/a.tgz"),
        ("/usr/bin/dash", "sh", "-c", "honeygain"),
        ("/app/mailer", "mailer", "-email=a@h.example"),
    ],
)
def test_words_alone(line: tuple[str, ...]) -> None:
    """A download, a shell that will start it (and then it is seen), an option of a mailer."""
    assert run_example(DETECTOR, scene(runs(2, 1, *line))) == []
