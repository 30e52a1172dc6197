"""What is used at all: a container's set of system calls, and the capabilities of its processes, each told once."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.sensor_ebpf import EbpfSensor
from periderm.model.asset import Container
from periderm.model.event import Event, EventFlag, EventKind, Origin
from periderm.model.system_calls import capability_name, system_call_of
from tests.adapters.sensor_ebpf import watching
from tests.adapters.sensor_ebpf.watching import drain, fresh_program

pytestmark = pytest.mark.root

BOX = Container(id="box", name="box", container_id="box", runtime="podman", node_id="n", workload_id="wkl-used")
CONTAINER = ["unshare", "--mount", "--pid", "--fork", "--propagation", "private"]


def contained(*arguments: str) -> str:
    """Runs the caller, under a name of its own, as the first process of its own namespaces; the name."""
    program = str(fresh_program())
    subprocess.run([*CONTAINER, program, *arguments], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return program


def children(pid: int) -> list[int]:
    """Of a process with one thread."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def of(events: Sequence[Event], program: str, kind: EventKind) -> list[Event]:
    """What that program did."""
    return [event for event in events if event.exe == program and event.kind is kind]


def test_each_call_of_a_container_is_told_once(live: EbpfSensor) -> None:
    """A thousand opens are one row, with the name by the number; calls of the plain host are none."""
    live.read(0.0)
    program = contained("open-many", "/etc/hostname", "1000")
    used = of(drain(live), program, EventKind.SYSCALL_USED)
    names = [system_call_of(event) for event in used]
    assert {"execve", "openat", "close"} <= set(names)
    assert len(names) == len(set(names))
    assert all(event.origin is Origin.SYSCALL and not event.has(EventFlag.FAILED) for event in used)


def test_a_call_that_is_denied_is_told_as_denied(live: EbpfSensor) -> None:
    """A profile made from what was used must not allow what never worked."""
    program = str(fresh_program())
    command = [*CONTAINER, "setpriv", "--bounding-set=-all", "--reuid=65534", "--clear-groups", program, "chroot", "/"]
    subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    used = of(drain(live), program, EventKind.SYSCALL_USED)
    denied = {system_call_of(event) for event in used if event.has(EventFlag.FAILED)}
    worked = {system_call_of(event) for event in used if not event.has(EventFlag.FAILED)}
    assert "chroot" in denied - worked


def test_a_capability_is_told_once_for_a_program(live: EbpfSensor) -> None:
    """Only what was needed and granted: not what everybody is asked for."""
    program = str(fresh_program())
    command = [*CONTAINER, program, "chroot", "/"]
    for _ in range(3):
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    used = [capability_name(event.arg0) for event in of(drain(live), program, EventKind.CAPABILITY_USED)]
    assert used
    assert set(used) == {"CAP_SYS_CHROOT"}


def test_a_call_is_told_again_when_it_is_asked_for(live: EbpfSensor) -> None:
    """Whoever enters the namespaces and is not seen as a session may use a call first, and is told in place of the service.
    After an alert in the workload, and every hour, the service's own use is told all the same."""
    drain(live)
    service = str(fresh_program())
    command = [*CONTAINER, service, "getppid-each"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as running:
        stdin, stdout = running.stdin, running.stdout
        assert stdin is not None
        assert stdout is not None

        def uses() -> set[str]:
            stdin.write(b"x")
            assert stdout.read(1) == b"x"
            return {system_call_of(event) for event in of(drain(live), service, EventKind.SYSCALL_USED)}

        assert "getppid" in uses()
        assert "getppid" not in uses()
        (inside,) = {os.stat(f"/proc/{pid}/ns/mnt").st_ino for pid in children(running.pid)}
        box = msgspec.structs.replace(BOX, mount_namespace=inside)
        live.set_subjects([watching.NODE, box])
        assert "getppid" not in uses()
        live.unlearn(box.normal_id)
        assert "getppid" in uses()
        live.set_subjects([watching.NODE])
        stdin.close()


def test_it_can_be_switched_off() -> None:
    """Then no call of any container is told as used, and the sensor says so."""
    plain = watching.sensor("plain", calls_used=False)
    try:
        found = {each.name: each for each in plain.start()}
        assert not found["system calls used"].works
        assert found["system calls"].works
        plain.set_subjects([watching.NODE])
        plain.set_policy(watching.NODE, watching.QUIET)
        drain(plain)
        program = contained("open-many", "/etc/hostname", "10")
        events = drain(plain)
        assert of(events, program, EventKind.OPEN)
        assert not of(events, program, EventKind.SYSCALL_USED)
    finally:
        plain.stop()


def test_the_slot_of_a_container_that_ended_is_free(live: EbpfSensor) -> None:
    """Numbers of namespaces come again: the next one with the same number tells its calls anew."""
    drain(live)
    for _ in range(5):
        program = contained("open-many", "/etc/hostname", "1")
        end = time.monotonic() + 5
        told: list[Event] = []
        while not told and time.monotonic() < end:
            told = of(drain(live), program, EventKind.SYSCALL_USED)
        assert "openat" in {system_call_of(event) for event in told}
