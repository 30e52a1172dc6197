"""A real container is watched, hardened by its own baseline, and then runs under its own seccomp profile, capabilities and
read-only root: it still serves, and what it never did is refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest

from periderm import wiring
from periderm.adapters.sensor_replay.sensor import ReplaySensor
from periderm.engines.baseline.engine import BaselineEngine
from periderm.engines.baseline.hardening import harden
from periderm.engines.baseline.hardening_replay import Replay
from periderm.formats.hardening import command, seccomp
from periderm.formats.recording import MAGIC
from periderm.model.asset import Container, Node
from periderm.model.event import EventBatch, Tick
from periderm.model.hardening import Hardening
from periderm.model.settings import Settings
from tests.e2e.everywhere import archive, podman
from tests.e2e.test_spine import environment

pytestmark = [pytest.mark.root, pytest.mark.container, pytest.mark.slow]

NAME = f"periderm-hardened-{os.getpid()}"
IMAGE = f"localhost/{NAME}:1"
LIMITS = ("--network=none", "--pull=never", "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096")
START = b"#!/bin/sh\nmkdir -p /data/state\ndate > /data/state/started\nexec httpd -f -p 8080 -h /www\n"
ASK = "import sys, urllib.request as u; print(u.urlopen('http://127.0.0.1' + sys.argv[1], timeout=5).read().decode()[:15])"
HOUR = 3600 * 10**9


@dataclass(frozen=True)
class Kind:
    """A workload: its image, what is run, what is asked of it and how each answer begins, and programs to be refused."""

    image: str
    command: tuple[str, ...]
    pages: dict[str, str]
    needed: str  # a call without which it does not serve


KINDS = {
    # `date` and the web server are applets of one static program.
    "busybox": Kind(IMAGE, ("/start.sh",), {":8080/index.html": "a page"}, "listen"),
    # The product's own sample: lighttpd, as root. Its CGI script starts a shell, which no baseline learns by itself.
    "sample": Kind("localhost/periderm-sample:1", (), {"/": "<!doctype html>", "/health.txt": "ok"}, "listen"),
}


def run(kind: Kind, *options: str) -> None:
    """Starts the container."""
    podman("run", "--detach", "--name", NAME, *LIMITS, *options, kind.image, *kind.command)


def ask(page: str) -> str:
    """What the server answers, asked from inside its network."""
    pid = podman("inspect", "-f", "{{.State.Pid}}", NAME)
    argv = ["nsenter", "-t", pid, "-n", sys.executable, "-c", ASK, page]
    deadline = time.monotonic() + 120
    while True:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode == 0 or time.monotonic() > deadline:
            return done.stdout.strip()
        time.sleep(0.2)


def remove() -> None:
    """Whatever is left of it."""
    subprocess.run(["podman", "rm", "--force", "--time=0", "--volumes", NAME], capture_output=True, check=False)
    listed = subprocess.run(["podman", "volume", "ls", "--quiet"], capture_output=True, text=True, check=False).stdout
    for volume in listed.split():
        if volume.startswith(NAME[:24]):
            subprocess.run(["podman", "volume", "rm", "--force", volume], capture_output=True, check=False)


def within(holds: Callable[[], bool], seconds: float = 300.0) -> bool:
    """Whether it comes to hold."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def serves(kind: Kind) -> bool:
    """Whether all its pages are as they should be."""
    return all(ask(page).startswith(begins) for page, begins in kind.pages.items())


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kind]:
    """The image of each kind, made."""
    if request.param == "sample":
        settings = Settings(state=str(tmp_path_factory.mktemp("sample")), cache="/var/cache/periderm")
        made = wiring.sample(settings)
        if made.available():
            pytest.skip(made.available())
        made.build(lambda _what, _done: None)
        yield KINDS["sample"]
        return
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.skip("needs busybox, from Debian's busybox-static")
    files = {"bin/busybox": Path(busybox).read_bytes(), "start.sh": START, "www/index.html": b"a page", "data/keep": b""}
    links = {f"bin/{name}": "busybox" for name in ("sh", "mkdir", "date", "httpd", "id", "mount", "unshare", "touch")}
    podman("import", "--quiet", "-", IMAGE, given=archive(files, links))
    yield KINDS["busybox"]
    subprocess.run(["podman", "rmi", "--force", IMAGE], capture_output=True, check=False)


@pytest.fixture(scope="module")
def watched(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[EventBatch]]:
    """Everything that was seen of the container, from its first moment."""
    folder = tmp_path_factory.mktemp("hardened")
    recording = folder / "events.prec"
    argv = [sys.executable, "-m", "periderm", "record", str(recording)]
    recorder = subprocess.Popen(argv, env=environment(folder / "state"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        # What ran before is written first, as soon as the sensor is loaded.
        assert within(lambda: recording.exists() and recording.stat().st_size > len(MAGIC))
        time.sleep(1)
        run(kind)
        for _ in range(3):
            assert serves(kind)
        time.sleep(3)
        recorder.send_signal(signal.SIGINT)
        recorder.wait(300)
        remove()
        yield batches(recording)
    finally:
        recorder.kill()
        remove()


def batches(recording: Path) -> list[EventBatch]:
    """What the recording has of the container."""
    sensor = ReplaySensor(str(recording))
    sensor.start()
    found = []
    try:
        while True:
            batch = sensor.read(0)
            mine = np.asarray([s.name == NAME for s in batch.subjects], dtype=bool)[batch.rows["subject"]]
            if mine.any():
                found.append(EventBatch(batch.rows[mine], batch.strings, batch.subjects, batch.generation))
    except EOFError:
        return found
    finally:
        sensor.stop()


@pytest.fixture(scope="module")
def hardening(watched: list[EventBatch]) -> Hardening:
    """What the baseline engine learned of it, an hour later, when nothing is provisional any more."""
    node = next(s for batch in watched for s in batch.subjects if isinstance(s, Node))
    engine = BaselineEngine(node)
    for batch in watched:
        engine.feed(batch)
    last = max(int(batch.rows["time"].max()) for batch in watched if len(batch))
    engine.tick(Tick(last + HOUR))
    container = containers(watched)[0]
    baseline = engine.baseline(container.workload_id or container.id)
    assert baseline is not None
    return harden(baseline, None, (container,))


def containers(watched: list[EventBatch]) -> list[Container]:
    """The container, by what was seen of it."""
    return [s for batch in watched for s in batch.subjects if isinstance(s, Container) and s.name == NAME]


def test_its_past_is_let_through_by_its_own_hardening(watched: list[EventBatch], hardening: Hardening) -> None:
    """Not one of its own events would have been refused."""
    assert hardening.system_calls is not None
    assert {"accept4", "openat", "mkdirat"} & {*hardening.system_calls, *seccomp.allowed(hardening)}
    replay = Replay(hardening, seccomp.allowed(hardening), {c.id for c in containers(watched)})
    for batch in watched:
        replay.feed(batch)
    proof = replay.proof(0, 1)
    assert proof.events > 20
    assert [r for r in proof.refused if not r.session] == []


def test_it_runs_under_its_own_profile(kind: Kind, hardening: Hardening, tmp_path: Path) -> None:
    """It serves as before, without capabilities that it did not use, and can neither write to its root nor leave its
    namespaces; the profile refuses what the same program may do without it."""
    profile = tmp_path / "profile.json"
    profile.write_bytes(seccomp.write(hardening))
    assert len(json.loads(profile.read_bytes())["syscalls"][0]["names"]) < 160
    options = [word for line in command.options(hardening, "podman", str(profile)) for word in line]
    options = [word for word in options if not word.startswith("--network")]
    assert "--read-only" in options
    assert "--cap-drop=ALL" in options
    try:
        run(kind, *options)
        assert serves(kind)
        pid = podman("inspect", "-f", "{{.State.Pid}}", NAME)
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
        assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1")
        kept = int(status["CapEff"], 16)
        assert kept.bit_count() == len(hardening.capabilities or ())
        for deed in (["touch", "/bin/x"], ["unshare", "-U", "id"], ["mount", "-t", "tmpfs", "x", "/data"]):
            done = subprocess.run(["podman", "exec", NAME, *deed], capture_output=True, timeout=300, check=False)
            assert done.returncode != 0, deed
    finally:
        remove()


def test_a_profile_that_lacks_a_call_stops_it(kind: Kind, hardening: Hardening, tmp_path: Path) -> None:
    """The profile is what holds it: without one call that it needs, it does not serve."""
    calls = [name for name in hardening.system_calls or () if name != kind.needed]
    profile = tmp_path / "profile.json"
    profile.write_bytes(seccomp.write(msgspec.structs.replace(hardening, system_calls=tuple(calls))))
    try:
        run(kind, "--security-opt", f"seccomp={profile}")
        assert within(lambda: podman("inspect", "-f", "{{.State.Running}}", NAME) == "false")
    finally:
        remove()
