"""A container as a whole: killed, its files taken; and who would be hit."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from periderm.adapters.responder_linux.responder import LinuxResponder
from periderm.model.effect import (
    IsolateContainer,
    KillContainer,
    KillProcess,
    PauseContainer,
    QuarantineFile,
    RestoreFile,
    ResumeContainer,
)
from periderm.model.errors import ResponderError
from tests import busy

Common = Callable[[str], dict[str, Any]]


@pytest.mark.root
@pytest.mark.container
@pytest.mark.parametrize("paused", [False, True])
def test_a_container_dies_whole(responder: LinuxResponder, busy_container: busy.Busy, common: Common, paused: bool) -> None:
    """With everything that forks in it, also while it is paused; twice is as once."""
    busy_container.start("while true; do (sleep 30 &); sleep 0.01; done")
    container = busy_container.container
    effect = KillContainer(**common("eff-k"), container_id=busy_container.id, runtime="podman")
    assert {t.pid for t in responder.targets(effect)} >= {container.pid}
    if paused:
        box = {**common("eff-p"), "container_id": busy_container.id, "runtime": "podman"}
        responder.pause_container(PauseContainer(**box))
    responder.kill_container(effect)
    assert busy.until(lambda: not Path(f"/proc/{container.pid}").exists())
    responder.kill_container(effect)


@pytest.mark.root
@pytest.mark.container
def test_a_file_is_taken_out_of_a_container_and_put_back(
    responder: LinuxResponder, busy_container: busy.Busy, common: Common
) -> None:
    """Through the container's own root, by the path that it has there."""
    busy_container.do("sh", "-c", "cp /bin/busybox /tmp/sleep")
    seen = Path(f"/proc/{busy_container.container.pid}/root/tmp/sleep").stat()
    effect = QuarantineFile(
        **common("eff-q"),
        path="/tmp/sleep",
        container_id=busy_container.id,
        inode=seen.st_ino,
        device=seen.st_dev,
    )
    said = responder.quarantine_file(effect).en
    assert hashlib.sha256(Path(busy.BUSYBOX).read_bytes()).hexdigest() in said
    assert "sleep" not in busy_container.do("ls", "/tmp")
    responder.restore_file(RestoreFile(**common("eff-r"), undoes="eff-q"))
    assert "sleep" in busy_container.do("ls", "/tmp")
    busy_container.do("/tmp/sleep", "0")


@pytest.mark.root
@pytest.mark.container
def test_who_runs_a_file_is_told_before_it_is_taken(
    responder: LinuxResponder, busy_container: busy.Busy, common: Common
) -> None:
    """So that a guard sees whose program it is."""
    pid = busy_container.container.pid
    taking = QuarantineFile(**common("eff-q"), path="/bin/busybox", container_id=busy_container.id)
    assert pid in {t.pid for t in responder.targets(taking)}


def test_a_process_is_its_own_target(responder: LinuxResponder, common: Common) -> None:
    """With what a guard wants to know of it."""
    effect = KillProcess(**common("e"), process_key=1, pid=os.getpid(), started=1)
    (target,) = responder.targets(effect)
    assert (target.pid, target.parent, target.on_host) == (os.getpid(), os.getppid(), True)
    assert "python" in target.executable


def test_a_container_that_is_gone(responder: LinuxResponder, common: Common) -> None:
    """It is killed and resumed already, cannot be isolated, and hits nobody."""
    box = {**common("e"), "container_id": "f" * 64, "runtime": "podman"}
    responder.kill_container(KillContainer(**box))
    responder.resume_container(ResumeContainer(**box, undoes="x"))
    assert responder.targets(KillContainer(**box)) == ()
    with pytest.raises(ResponderError, match="does not run"):
        responder.isolate_container(IsolateContainer(**box))
