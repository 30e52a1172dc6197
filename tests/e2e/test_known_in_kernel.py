"""The whole way down: a real sensor, a real baseline engine; what it confirms is from then on only counted in the kernel."""

from __future__ import annotations

import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.sensor_ebpf import EbpfSensor
from periderm.engines.baseline.engine import BaselineEngine
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.flow.baselining import Baselining
from periderm.model.asset import Container
from periderm.model.event import EventKind
from tests.adapters.sensor_ebpf import watching
from tests.adapters.sensor_ebpf.watching import NODE

pytestmark = pytest.mark.root

HOUR_NS = 3600 * 10**9
RESEND = 1.0


class Replica:
    """A shell in a mount namespace of its own, as a container has: what it is told, it runs."""

    def __init__(self) -> None:
        command = ["unshare", "-m", "--propagation", "private", "/bin/sh"]
        self._shell = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.run("true")
        self.container = Container(
            id="ctr-1",
            name="web",
            container_id="c" * 64,
            runtime="podman",
            node_id=NODE.id,
            workload_id="wkl-web",
            mount_namespace=os.stat(f"/proc/{self._shell.pid}/ns/mnt").st_ino,
        )

    def run(self, command: str) -> None:
        """Until it has ended."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{command} >/dev/null; echo done\n")
        self._shell.stdin.flush()
        assert self._shell.stdout.readline() == "done\n"

    def end(self) -> None:
        """Nothing is left of it."""
        self._shell.kill()
        self._shell.communicate()


@pytest.fixture
def replica() -> Iterator[Replica]:
    """One that ends with the test."""
    made = Replica()
    yield made
    made.end()


class Noting:
    """The sensor's own knowledge, and of whom it was told: other processes of the machine may be known for long."""

    def __init__(self, sensor: EbpfSensor) -> None:
        self._sensor = sensor
        self.taught: Counter[str] = Counter()

    @property
    def behaviours(self) -> npt.NDArray[np.uint64]:
        """Of the batch that was read last."""
        return self._sensor.behaviours

    def learn(self, workload_id: str, behaviours: npt.NDArray[np.uint64]) -> None:
        """Told on."""
        self.taught[workload_id] += len(behaviours)
        self._sensor.learn(workload_id, behaviours)

    def unlearn(self, workload_id: str = "") -> None:
        """Told on."""
        self._sensor.unlearn(workload_id)

    def learned(self) -> int:
        """Of all."""
        return self._sensor.learned()


class Node:
    """The stages that matter, in their order."""

    def __init__(self, sensor: EbpfSensor) -> None:
        self.sensor = sensor
        self.kernel = Noting(sensor)
        self.rules = RuntimeEngine(NODE)
        self.stage = Baselining(BaselineEngine(NODE), lambda _: None, SystemClock(), kernel=self.kernel, node=NODE)

    def read(self, folder: Path) -> list[str]:
        """Judges all that waits; files below the folder that were told as opened."""
        found: list[str] = []
        for batch in watching.batches(self.sensor, 0.2):
            alerts = self.rules.feed(batch)
            self.stage.judge(batch, alerts, self.rules.unwanted)
            events = [batch.event(index) for index in range(len(batch))]
            found += [e.text for e in events if e.kind is EventKind.OPEN and e.text.startswith(f"{folder}/")]
        return found


def test_what_is_confirmed_stays_in_the_kernel(replica: Replica, tmp_path: Path) -> None:
    """Learned, told again while it is provisional, and after it was confirmed counted; a file that is new is told as ever."""
    for name in ("0", "1", "2"):
        (tmp_path / name).write_text("x")
    sensor = watching.sensor("known", ring_bytes=1 << 24, resend_seconds=RESEND, stable_seed=9)
    try:
        watching.start_quiet(sensor)
        sensor.set_subjects([NODE, replica.container])
        node = Node(sensor)
        both = {f"{tmp_path}/0", f"{tmp_path}/1"}

        def again() -> set[str]:
            """What is told when the same is done once more; a kernel that does not say how it counts time may take a little
            longer than RESEND to tell a repetition again."""
            time.sleep(RESEND)
            replica.run(f"sha256sum {tmp_path}/0 {tmp_path}/1")
            return set(node.read(tmp_path))

        replica.run(f"sha256sum {tmp_path}/0 {tmp_path}/1")
        assert set(node.read(tmp_path)) == both
        assert watching.until(lambda: again() == both)
        assert node.kernel.taught["wkl-web"] == 0
        node.stage.step(time.monotonic_ns(), time.time_ns() + HOUR_NS)
        assert watching.until(lambda: again() <= both and node.kernel.taught["wkl-web"] >= 2)
        assert sensor.learned() >= 2
        time.sleep(3 * RESEND)  # by then what is not known would be told again
        replica.run(f"sha256sum {tmp_path}/0 {tmp_path}/1 {tmp_path}/2")
        assert set(node.read(tmp_path)) == {f"{tmp_path}/2"}
    finally:
        sensor.stop()
