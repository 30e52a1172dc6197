"""This machine: its node, runtimes, sensor, recordings.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from periderm.model.settings import Settings
from periderm.wiring.stored import reader
from periderm.wiring.told import told

if TYPE_CHECKING:
    from periderm.adapters.sensor_ebpf.sensor import EbpfSensor
    from periderm.flow.budget import Budget
    from periderm.model.alert import Alert
    from periderm.model.asset import Node
    from periderm.model.incident import Incident
    from periderm.ports.containers import ContainerRuntime
    from periderm.ports.sensor import Recorder, Shedder


RING_SIZES = ("1", "2", "4", "8", "16", "32", "64")  # MiB; powers of two, as the kernel asks


def this_node(settings: Settings) -> Node:
    """This machine as an asset, with who answers for it."""
    import msgspec

    from periderm.adapters.machine_linux import LinuxMachine
    from periderm.adapters.state_files import read_ownership

    node = LinuxMachine(fallback=Path(settings.state)).node()
    ownership = read_ownership(told("PERIDERM_OWNERSHIP", "/etc/periderm/ownership"))
    return msgspec.structs.replace(node, ownership=ownership)


def runtimes(node_id: str) -> list[ContainerRuntime]:
    """The container runtimes that have been used on this machine."""
    return [r for r in all_runtimes(node_id) if not r.available()]


def all_runtimes(node_id: str) -> list[ContainerRuntime]:
    """The container runtimes that the product knows."""
    from periderm.adapters.containers_containerd import ContainerdContainers
    from periderm.adapters.containers_docker import DockerContainers
    from periderm.adapters.containers_podman import PodmanContainers, default_storages
    from periderm.adapters.proc_linux import LinuxProc
    from periderm.adapters.records_local import LocalRecords

    proc, records = LinuxProc(), LocalRecords()
    return [
        PodmanContainers(node_id, proc, records, default_storages(records)),
        DockerContainers(node_id, proc, records),
        ContainerdContainers(node_id, proc, records),
    ]


def pins() -> str:
    """The folder in bpffs where the sensor keeps its programs; another one for tests."""
    from periderm.adapters.sensor_ebpf.pins import DEFAULT_PIN_DIR

    return told("PERIDERM_PINS") or DEFAULT_PIN_DIR


def bpffs_mounted() -> bool:
    """Whether the file system for pinned programs is there already."""
    from periderm.adapters.sensor_ebpf.pins import is_bpffs

    return is_bpffs("/sys/fs/bpf")


def unmount_bpffs() -> None:
    """Takes it away again, unless somebody uses it meanwhile."""
    from periderm.adapters.sensor_ebpf import pins as folder

    folder.unmount_bpffs()


def live_sensor(*, own: bool = False, seed: int = 0, system_calls: bool = True) -> EbpfSensor:
    """The sensor on the running kernel; not started. With `own` it is a second one beside the agent's. `seed`: the secret of
    the behaviours that it tells; `system_calls`: whether it keeps the set of those that each container uses."""
    from periderm.adapters.sensor_ebpf.sensor import EbpfSensor
    from periderm.model.errors import UsageError

    mib = told("PERIDERM_RING_MIB", "8")
    if mib not in RING_SIZES:
        raise UsageError(f"PERIDERM_RING_MIB is {mib!r}.", f"Set it to one of {', '.join(RING_SIZES)}.")
    folder = f"{pins()}-{os.getpid()}" if own else pins()
    return EbpfSensor(pin_dir=folder, ring_bytes=int(mib) << 20, stable_seed=seed, calls_used=system_calls)


def budget_of(settings: Settings, sensor: Shedder, node_id: str) -> Budget:
    """What keeps the agent within the settings' CPU and memory."""
    from periderm.flow.budget import Budget

    return Budget(sensor, node_id, cpu=settings.budget_cpu, memory=settings.budget_memory_mib)


def recorder(path: str) -> Recorder:
    """A new file for events."""
    from periderm.adapters.sensor_replay.recorder import FileRecorder

    return FileRecorder(path)


def record(settings: Settings, path: str, *, seconds: float, only: str, progress: Callable[[str], None]) -> int:
    """Writes this machine's events into a file; the number of events."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.app.record import record as run

    node = this_node(settings)
    sensor = live_sensor(own=True)
    return run(sensor, recorder(path), node, runtimes(node.id), SystemClock(), seconds=seconds, only=only, progress=progress)


def replay(settings: Settings, path: str, progress: Callable[[str], None]) -> tuple[int, Sequence[Alert], Sequence[Incident]]:
    """Judges a recorded file; what was scanned on this machine before is used to tell what the image brought."""
    from periderm.adapters.sensor_replay.sensor import ReplaySensor
    from periderm.app.replay import replay as run
    from periderm.flow.replay import unknown

    sensor = ReplaySensor(path)
    if not os.path.exists(settings.database):
        return run(sensor, unknown, progress)
    with reader(settings) as app:
        return run(sensor, app.store.inventory, progress)
