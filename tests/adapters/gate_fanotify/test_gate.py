"""Refused before it happens, in a real container; and never held up by a gate that hangs, dies, or is closed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from periderm.adapters.gate_fanotify.gate import GONE, FanotifyGate
from periderm.model.event import EventKind
from periderm.ports.guard import GuardNews, GuardPolicy, Refusal
from tests import busy

Start = Callable[..., FanotifyGate]
pytestmark = [pytest.mark.root, pytest.mark.container]


def policy(
    container: busy.Busy, *, enforce: bool = True, drift: bool = True, listed: str = "", closed: str = ""
) -> GuardPolicy:
    """For a container; `listed` may not be executed, `closed` not be opened."""
    found = container.container

    def inodes(path: str) -> tuple[tuple[int, int], ...]:
        if not path:
            return ()
        seen = Path(f"/proc/{found.pid}/root{path}").stat()
        return ((seen.st_dev, seen.st_ino),)

    return GuardPolicy(
        subject_id=found.id,
        pid=found.pid,
        mount_namespace=found.mount_namespace,
        overlay_upper=found.overlay_upper,
        enforce=enforce,
        drift=drift,
        exec_inodes=inodes(listed),
        open_inodes=inodes(closed),
        paths=tuple(p for p in (listed, closed) if p),
    )


def runs(container: busy.Busy, script: str) -> bool:
    """Whether the script ends well in the container."""
    command = ["podman", "--cgroup-manager=cgroupfs", "--runtime", "runc", "exec", container.name, "sh", "-c", script]
    return subprocess.run(command, capture_output=True, check=False, timeout=300).returncode == 0


def collect(gate: FanotifyGate, kept: list[GuardNews]) -> list[Refusal]:
    """All refusals up to now."""
    kept.append(gate.news())
    return [refusal for news in kept for refusal in news.refusals]


DROP = "cp /bin/busybox /tmp/sleep"


def test_drift_is_refused_and_the_image_is_not(start_gate: Start, busy_container: busy.Busy) -> None:
    """Dropped, renamed, linked, moved over a program of the image: all refused and told; what the image brought runs."""
    gate, kept = start_gate(), []
    assert runs(busy_container, DROP + "; /tmp/sleep 0")
    gate.program([policy(busy_container)])
    assert busy.until(lambda: not runs(busy_container, "/tmp/sleep 0"))
    assert runs(busy_container, "sleep 0 && ls / && env true")
    for script in (
        "mv /tmp/sleep /srv/true && /srv/true",
        "ln /srv/true /srv/ls && /srv/ls",
        "ln -s /srv/true /srv/id && /srv/id",
        "cp /bin/busybox /bin/cat2 && mv /bin/cat2 /bin/cat && /bin/cat /dev/null",
        "cd /srv && ./true",
    ):
        assert not runs(busy_container, script), script
    refused = collect(gate, kept)
    assert {r.cause for r in refused} == {"drift"}
    assert all(r.refused and r.kind is EventKind.EXEC and r.pid for r in refused)
    assert "/srv/true" in {r.path for r in refused}
    gate.program([])
    assert busy.until(lambda: runs(busy_container, "/srv/true"))


def test_a_program_cannot_hide_by_changing_its_name(start_gate: Start, busy_container: busy.Busy) -> None:
    """While one process renames it all the time, over a program of the image and back, nobody runs it."""
    gate = start_gate()
    assert runs(busy_container, "cp /bin/busybox /tmp/true")
    gate.program([policy(busy_container)])
    assert busy.until(lambda: not runs(busy_container, "/tmp/true"))
    busy_container.start("while :; do mv /tmp/true /bin/wc; mv /bin/wc /tmp/true; done")
    done = busy_container.do("sh", "-c", "for i in $(seq 300); do /tmp/true && echo through; done 2>/dev/null; :")
    assert done == ""


def test_listed_files_are_refused_by_inode(start_gate: Start, busy_container: busy.Busy) -> None:
    """A program at exec under any name; a script also where an interpreter only opens it."""
    assert runs(busy_container, "echo 'echo hi' > /srv/job && cp /bin/busybox /srv/sleep && ln /srv/sleep /srv/other")
    gate, kept = start_gate(), []
    gate.program([policy(busy_container, drift=False, listed="/srv/sleep", closed="/srv/job")])
    assert busy.until(lambda: not runs(busy_container, "/srv/sleep 0"))
    assert not runs(busy_container, "ln -s other /srv/ls; /srv/other true")
    assert not runs(busy_container, "sh /srv/job")
    assert not runs(busy_container, "cat /srv/job")
    assert runs(busy_container, "sleep 0")
    assert {"list", "open"} <= {r.cause for r in collect(gate, kept)}


def test_without_enforcement_it_is_only_told(start_gate: Start, busy_container: busy.Busy) -> None:
    """Everything runs, and what would have been refused is known."""
    gate, kept = start_gate(), []
    assert runs(busy_container, DROP)
    gate.program([policy(busy_container, enforce=False)])
    assert busy.until(lambda: runs(busy_container, "/tmp/sleep 0") and bool(collect(gate, kept)))
    assert not any(r.refused for r in collect(gate, kept))


def hang(stream: socket.socket, page: object) -> None:
    """A handler that takes its orders and then stops answering."""
    from periderm.adapters.gate_fanotify import handler

    def never(*_: object) -> object:
        time.sleep(3600)
        return None

    vars(handler)["decide"] = never
    handler.Handler(stream, page).run()


def test_a_handler_that_hangs_holds_nobody_up(start_gate: Start, busy_container: busy.Busy) -> None:
    """The call that waits for it passes when the watchdog ends it, and the gap is told."""
    gate, kept = start_gate(run=hang), []
    assert runs(busy_container, DROP)
    gate.program([policy(busy_container)])
    busy_container.start("/tmp/sleep 0; touch /out/through; while :; do sleep 0.1; done")
    through = Path(f"/proc/{busy_container.container.pid}/root/out/through")
    assert busy.until(through.exists)

    def told() -> bool:
        collect(gate, kept)
        return any("did not answer in time" in problem for news in kept for problem in news.problems)

    assert busy.until(told)


def test_a_gate_that_dies_holds_nobody_up(start_gate: Start, busy_container: busy.Busy) -> None:
    """Its handler ends with it; the agent is told."""
    gate, kept = start_gate(), []
    assert runs(busy_container, DROP)
    gate.program([policy(busy_container)])
    assert busy.until(lambda: not runs(busy_container, "/tmp/sleep 0"))
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    watchdog = next(int(p) for p in children if Path(f"/proc/{p}/task/{p}/children").read_text().strip())
    os.kill(watchdog, signal.SIGKILL)
    assert busy.until(lambda: runs(busy_container, "/tmp/sleep 0"))
    assert busy.until(lambda: collect(gate, kept) is not None and any(GONE in n.problems for n in kept))
