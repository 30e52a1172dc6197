"""A live sensor in a pin folder of its own that reports only unknown mount namespaces, and a program that makes calls in
one: so a test sees its own process and not the rest of the machine."""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from periderm.adapters.sensor_ebpf import EbpfSensor
from periderm.model.asset import Node
from periderm.model.event import Event, EventBatch, EventFlag, EventKind
from periderm.ports.sensor import KernelPolicy
from tools import build_bpf

HERE = Path(__file__).resolve().parent
NODE = Node(id="node-test", name="test", hostname="test", machine_id="m", kernel="k", os_name="Linux", architecture="x86_64")
QUIET = KernelPolicy(report=False)
_NUMBERS = itertools.count(os.getpid() * 1000)


def pin_dir(name: str) -> str:
    """A folder below bpffs that no other test process uses."""
    return f"/sys/fs/bpf/periderm-test-{os.getpid()}-{name}"


@functools.cache
def kernel_object() -> Path:
    """The compiled kernel side."""
    build_bpf.build()
    return build_bpf.TARGET


@functools.cache
def program() -> Path:
    """The compiled caller."""
    folder = Path(tempfile.mkdtemp(prefix="periderm-calls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    target = folder / "calls"
    sources = [str(HERE / name) for name in ("calls.c", "changes.c", "powers.c")]
    subprocess.run(["gcc", "-O1", "-w", "-static", "-o", str(target), *sources], check=True)
    return target


def sensor(
    name: str,
    ring_bytes: int = 1 << 22,
    resend_seconds: float = 600.0,
    *,
    stable_seed: int = 0,
    retell_seconds: float = 3600.0,
    calls_used: bool = True,
) -> EbpfSensor:
    """A sensor that is not started."""
    return EbpfSensor(
        kernel_object(),
        pin_dir(name),
        ring_bytes,
        resend_seconds=resend_seconds,
        stable_seed=stable_seed,
        retell_seconds=retell_seconds,
        calls_used=calls_used,
    )


def start_quiet(live: EbpfSensor) -> None:
    """Starts it; the host's own namespace is not reported."""
    live.start()
    live.set_subjects([NODE])
    live.set_policy(NODE, QUIET)
    drain(live)


def fresh_program() -> Path:
    """The caller under a name that nothing had before: numbers of namespaces come again, and what was told of the same
    program in one of the same number is only counted."""
    folder = Path(tempfile.mkdtemp(prefix="periderm-fresh-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    target = folder / f"calls{next(_NUMBERS)}"
    shutil.copy(program(), target)
    return target


def call(
    *arguments: str, wait: bool = True, environment: dict[str, str] | None = None, fresh: bool = False
) -> subprocess.Popen[bytes]:
    """Runs the caller in a mount namespace of its own; `pid` is the caller's."""
    caller = fresh_program() if fresh else program()
    command = ["unshare", "-m", "--propagation", "private", str(caller), *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    if wait:
        process.wait(60)
        if fresh:
            shutil.rmtree(caller.parent)
    return process


def batches(live: EbpfSensor, quiet_seconds: float = 0.15) -> Iterator[EventBatch]:
    """All batches until none came for a while, or until they are from after the call: others on the machine may never be
    quiet, and however slowly one reads, what lay there before the call is read."""
    called = time.time_ns()
    while batch := live.read(quiet_seconds):
        yield batch
        if int(batch.rows["time"].max()) > called + 3_000_000_000:
            break


def drain(live: EbpfSensor, quiet_seconds: float = 0.15) -> list[Event]:
    """The events of all `batches`."""
    return [batch.event(index) for batch in batches(live, quiet_seconds) for index in range(len(batch))]


def drain_until(live: EbpfSensor, there: Callable[[list[Event]], object], seconds: float = 60.0) -> list[Event]:
    """All events until what comes by itself, some time later, is among them; a test fails by what it finds missing."""
    found: list[Event] = []
    until(lambda: bool(found.extend(drain(live)) or there(found)), seconds)
    return found


@contextlib.contextmanager
def alive(live: EbpfSensor) -> Iterator[None]:
    """The agent lives as long as the block runs, however long that takes here: its heart beats in a thread."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(0.5):
            live.heartbeat()

    live.heartbeat()
    thread = threading.Thread(target=beat, name="heart")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def events_of(live: EbpfSensor, *arguments: str, environment: dict[str, str] | None = None, fresh: bool = False) -> list[Event]:
    """What the sensor told of one caller and its children."""
    process = call(*arguments, environment=environment, fresh=fresh)
    told = [event for event in drain(live) if not event.has(EventFlag.FROM_PROC)]
    mine = {event.process for event in told if event.pid == process.pid}
    mine |= {event.process for event in told if event.parent in mine}
    return [event for event in told if event.process in mine]


def of_kind(events: list[Event], kind: EventKind) -> list[Event]:
    """Those of one kind."""
    return [event for event in events if event.kind is kind]


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Waits for a condition; says whether it came."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
