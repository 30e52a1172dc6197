"""Who builds, commits, copies and enters on the host."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.container_control import DETECTOR
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("parent", "uid", "severity", "origin"),
    [
        ("/usr/sbin/sshd", 1000, Severity.LOW, "an SSH session"),
        ("/usr/sbin/cron", 0, Severity.MEDIUM, "cron"),
        ("/usr/lib/systemd/systemd", 998, Severity.MEDIUM, "a service"),
        ("/usr/lib/systemd/systemd", 0, Severity.LOW, "a service"),
        ("/usr/bin/make", 1000, Severity.LOW, "a build"),
        ("/tmp/.x", 1000, Severity.HIGH, "a program from nowhere"),
    ],
)
def test_by_whom_and_from_where(parent: str, uid: int, severity: Severity, origin: str) -> None:
    """It stands in the message; a person or a builder is never more than low."""
    events = (runs(10, 1, parent, "p", on=HOST), runs(11, 10, "/usr/bin/docker", "docker", "build", ".", on=HOST, uid=uid))
    (alert,) = run_example(DETECTOR, scene(*events))
    assert alert.severity is severity
    assert f"user {uid}, from {origin}" in alert.message.en


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("docker", "--host", "tcp://a", "image", "build", "."), "build"),
        (("podman", "--cgroup-manager=cgroupfs", "container", "commit", "a"), "commit"),
        (("ctr", "-n", "moby", "t", "exec", "x"), "exec"),
        (("docker", "run", "exec"), ""),
        (("docker", "--context", "build", "ps"), ""),
        (("docker",), ""),
    ],
)
def test_the_deed_is_read_from_the_command_line(words: tuple[str, ...], expected: str) -> None:
    """Options, their values and groups are passed over."""
    found = run_example(DETECTOR, scene(runs(11, 1, f"/usr/bin/{words[0]}", *words, on=HOST)))
    assert [a.object for a in found] == ([expected] if expected else [])


def test_an_engine_that_starts_itself_again_is_told_once() -> None:
    """Rootless podman does, and builders with a helper."""
    events = (
        runs(11, 1, "/usr/bin/podman", "podman", "build", ".", on=HOST),
        runs(12, 11, "/usr/bin/podman", "podman", "build", ".", on=HOST),
    )
    assert sum(a.count for a in run_example(DETECTOR, scene(*events))) == 1
