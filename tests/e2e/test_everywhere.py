"""The same behaviours are told right wherever they happen: musl and busybox, an rpm distribution's layout, without a shell,
one static file, and the plain host; and a container that only pauses is silent."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.alert import Alert
from periderm.model.query import Query
from periderm.model.settings import Settings
from tests.e2e.everywhere import Box, build, layouts, podman
from tests.e2e.test_spine import environment

pytestmark = [pytest.mark.root, pytest.mark.container, pytest.mark.slow]

PATIENCE = 300.0
WITH = {"shell": ": from a server", "drift": "/dropped"}
# What must tell of a deed, and what it must say was acted on ('' where that is the program's own affair).
EXPECTED = {
    "shell": ("RUN-002", ""),
    "shadow": ("RUN-010", "/etc/shadow"),
    "drift": ("RUN-005", "/dropped"),
    "memory": ("RUN-007", ""),
    "reverse": ("RUN-003", ""),
    "keys": ("RUN-121", "/root/.ssh/authorized_keys"),
    "mount": ("RUN-022", ""),
}
KINDS = ("musl", "rpm", "distroless", "scratch", "pause")
ON_HOST = ("shadow", "memory", "reverse")
DONE = {
    "musl": tuple(EXPECTED),
    "rpm": tuple(EXPECTED),
    "distroless": ("shadow", "drift", "memory", "keys", "mount"),
    "scratch": ("drift", "memory", "keys", "mount"),
}


class World:
    """A product that runs, and all boxes."""

    def __init__(self, store: SqlStore, boxes: dict[str, Box]) -> None:
        self.store = store
        self.boxes = boxes
        self.since = 0

    def alerts(self, box: Box) -> list[Alert]:
        """What was told of a box."""
        page = self.store.alerts(Query(limit=1000))
        if box.container:
            return [a for a in page.items if a.container_id == box.container]
        exe = box.command[0]
        return [a for a in page.items if not a.container_id and exe in (a.process.exe, *(p.exe for p in a.lineage))]

    def told(self, box: Box, deed: str) -> list[Alert]:
        """What tells of a deed there."""
        detector, thing = EXPECTED[deed]
        return [a for a in self.alerts(box) if a.detector == detector and thing in ("", a.object)]

    def wait(self, holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
        """Whether it comes to hold."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def known(self) -> bool:
        """Whether the product knows every container."""
        held = {getattr(a, "container_id", "") for a in self.store.assets(Query(kind="container", limit=1000)).items}
        return {b.container for b in self.boxes.values() if b.container} <= held


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One product and all containers; every deed is done once, and what is expected is waited for once."""
    folder = tmp_path_factory.mktemp("everywhere")
    env = environment(folder / "state")
    boxes = {kind: Box(kind, command, deeds, files, links) for kind, (files, links, command, deeds) in layouts(folder).items()}
    host = folder / "on-the-host"
    host.write_bytes(build(folder)["static"])
    host.chmod(0o755)
    boxes["host"] = Box("host", [str(host)], ON_HOST)
    with _running(env):
        try:
            store_file = Path(Settings(state=env["PERIDERM_STATE"], cache="").database)
            assert _within(PATIENCE, store_file.exists)
            made = World(SqlStore(str(store_file), SystemClock()), boxes)
            assert made.wait(lambda: any(b.role == "agent" for b in made.store.heartbeats()))
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(Box.start, boxes.values()))
            assert made.wait(made.known)
            told = [box for box in boxes.values() if box.deeds]
            for number in range(60):  # until each is told of: before, the sensor or the engine is still getting to know it
                for box in told:
                    box.do("drift", f"/tmp/periderm-warm-{os.getpid()}-{number}" if box.kind == "host" else f"/warm-{number}")
                if made.wait(lambda: all(made.alerts(box) for box in told if box.container), 3):
                    break
            for box in told:
                for deed in box.deeds:
                    box.do(deed, WITH.get(deed, ""))
            made.wait(lambda: all(made.told(box, deed) for box in told for deed in box.deeds))
            yield made
        finally:
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(Box.stop, boxes.values()))
            for left in Path("/tmp").glob(f"periderm-warm-{os.getpid()}-*"):
                left.unlink()
    shutil.rmtree(env["PERIDERM_PINS"], ignore_errors=True)


@contextlib.contextmanager
def _running(env: dict[str, str]) -> Iterator[None]:
    """`periderm up`, whose words nobody reads; ended as Ctrl-C does."""
    argv = [sys.executable, "-m", "periderm", "up", "--quiet"]
    process = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(300)


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)
    return holds()


def of(world: World, kind: str) -> Box:
    """A box by its kind; what this machine cannot build is skipped with its reason."""
    if kind not in world.boxes:
        pytest.skip("needs musl-gcc, from Debian's musl-tools")
    return world.boxes[kind]


@pytest.mark.parametrize(("kind", "deed"), [(k, d) for k, deeds in DONE.items() for d in deeds])
def test_a_deed_in_a_container_is_told_right(world: World, kind: str, deed: str) -> None:
    """The right detector, container, image and path, and a lineage that ends at the container's own first program."""
    box = of(world, kind)
    assert box.said[deed].startswith(deed)
    found = world.told(box, deed)
    assert found, (box.said, [(a.detector, a.object) for a in world.alerts(box)])
    alert = found[0]
    assert alert.container_name == box.name
    assert alert.image_digest == box.digest
    assert alert.lineage[-1].exe == box.command[0]
    assert box.command[0] in (alert.process.exe, *(p.exe for p in alert.lineage))


@pytest.mark.parametrize(("kind", "shell"), [("musl", "/bin/busybox"), ("rpm", "/usr/bin/bash")])
def test_a_shell_is_known_by_what_it_is(world: World, kind: str, shell: str) -> None:
    """/bin/sh is an applet of busybox, or bash behind a merged /usr: the program that ran is named by its own path."""
    alert = next(a for a in world.alerts(of(world, kind)) if a.detector == "RUN-002")
    assert alert.process.exe == shell
    assert [p.exe for p in alert.lineage][-1] == "/usr/bin/deeds"


@pytest.mark.parametrize("deed", ON_HOST)
def test_a_deed_on_the_plain_host_is_told_of_the_host(world: World, deed: str) -> None:
    """No container is named, the node is; the program is named by its path on the host."""
    box = world.boxes["host"]
    found = world.told(box, deed)
    assert found, (box.said, [(a.detector, a.object) for a in world.alerts(box)])
    alert = found[0]
    assert (alert.container_id, alert.container_name, alert.image_digest) == ("", "", "")
    assert alert.asset_id == alert.node_id
    assert box.command[0] in (alert.process.exe, *(p.exe for p in alert.lineage))


def test_a_container_that_only_pauses_is_silent(world: World) -> None:
    """It was known and ran all the while, and nothing was told of it."""
    box = world.boxes["pause"]
    assert podman("inspect", "-f", "{{.State.Running}}", box.name) == "true"
    assert world.alerts(box) == []
