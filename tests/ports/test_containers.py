"""What `Machine` and every `ContainerRuntime` promise. Podman and the kernel are real; docker's records are written here in
their documented form, since no docker engine runs on the machines where these tests run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.containers_podman import PodmanContainers, PodmanStorage
from periderm.adapters.machine_linux import LinuxMachine
from periderm.adapters.proc_linux import LinuxProc
from periderm.adapters.records_local import LocalRecords
from periderm.model.asset import Container, Grade, Ownership
from periderm.model.identity import container_id, image_id, workload_id
from periderm.ports.containers import ContainerRuntime, Machine
from tests.ports import tiny
from tests.ports.tiny import ROOT, RUN, TinyContainer, TinyImage, podman

NODE = "node-under-test"


@pytest.fixture
def runtime() -> ContainerRuntime:
    """Podman's records as root sees them."""
    return PodmanContainers(NODE, LinuxProc(), LocalRecords(), [PodmanStorage(ROOT, RUN)])


def only(runtime: ContainerRuntime, identity: str) -> Container:
    """The container with the runtime's id."""
    found = [c for c in runtime.containers() if c.container_id == identity]
    assert len(found) == 1
    return found[0]


def test_this_machine_is_an_asset_that_stays_the_same() -> None:
    """Without root: a stable id, and the kernel's own answers."""
    machine: Machine = LinuxMachine()
    node = machine.node()
    assert node == LinuxMachine().node()
    assert node.kernel == os.uname().release
    assert node.architecture == os.uname().machine
    assert node.hostname == os.uname().nodename
    assert node.mount_namespace == Path("/proc/self/ns/mnt").stat().st_ino
    assert "127.0.0.1" not in node.addresses


@pytest.mark.container
def test_a_running_container_is_told_with_all_that_ties_events_to_it(
    runtime: ContainerRuntime, tiny_container: TinyContainer
) -> None:
    """Its process, cgroup, namespace and layer are those that the kernel itself shows."""
    container = only(runtime, tiny_container.id)
    pid = int(podman("inspect", "--format", "{{.State.Pid}}", tiny_container.name))
    assert container.pid == pid
    assert container.running
    assert container.name == tiny_container.name
    assert container.runtime == "podman"
    assert container.command == ("/beat",)
    assert container.user == "0:0"
    assert not container.privileged
    assert container.mount_namespace == Path(f"/proc/{pid}/ns/mnt").stat().st_ino
    unified = next(p for p in (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup")) if (p / "cgroup.controllers").exists())
    assert container.cgroup == (unified / container.cgroup_path.lstrip("/")).stat().st_ino
    assert str(pid) in (unified / container.cgroup_path.lstrip("/") / "cgroup.procs").read_text().split()
    assert any(mount.endswith(":/out") for mount in container.mounts)
    assert container.id == container_id(NODE, tiny_container.id)
    (Path(f"/proc/{pid}/root/tmp") / "dropped").write_text("x")
    assert (Path(container.overlay_upper) / "tmp" / "dropped").read_text() == "x"


@pytest.mark.container
def test_a_containers_image_and_owner_come_from_the_records(runtime: ContainerRuntime, tiny_container: TinyContainer) -> None:
    """The labels of `podman run` go before the image's; the workload is what the label says."""
    container = only(runtime, tiny_container.id)
    assert container.image_digest == tiny_container.image.digest
    assert container.image_name == tiny_container.image.reference
    assert container.ownership == Ownership("test", "shop", "web-team", Grade.CORE)
    assert container.workload_id == workload_id("workload", "", "shop-web")


@pytest.mark.container
def test_identify_gives_what_the_list_gives(runtime: ContainerRuntime, tiny_container: TinyContainer) -> None:
    """The fast way and the slow way agree; a process of the host is in no container."""
    container = only(runtime, tiny_container.id)
    assert runtime.identify(container.pid) == container
    assert runtime.identify(os.getpid()) is None
    assert runtime.identify(2**22 + 1) is None


@pytest.mark.container
def test_a_container_that_ended_is_not_told(runtime: ContainerRuntime, tiny_container: TinyContainer) -> None:
    """Stopped containers have no process to tie events to."""
    podman("kill", "--signal=KILL", tiny_container.name)
    podman("wait", tiny_container.name)
    assert all(c.container_id != tiny_container.id for c in runtime.containers())


@pytest.mark.container
def test_a_paused_container_is_still_there(runtime: ContainerRuntime, tiny_container: TinyContainer) -> None:
    """A pause is no end."""
    podman("pause", tiny_container.name)
    try:
        assert only(runtime, tiny_container.id).running
    finally:
        podman("unpause", tiny_container.name)


@pytest.mark.container
def test_images_are_told_with_names_and_labels(runtime: ContainerRuntime, tiny_image: TinyImage) -> None:
    """An image is known by its configuration's digest, which is what scans are filed under."""
    image = next(i for i in runtime.images() if i.digest == tiny_image.digest)
    assert image.id == image_id(tiny_image.digest)
    assert tiny_image.reference in image.references
    assert image.ownership.owner == "image-team"
    assert image.size > 0
    assert image.created > 0
    assert runtime.scan_source(image) == f"podman:{tiny_image.digest}"


def test_a_machine_without_the_runtime_says_so(tmp_path: Path) -> None:
    """One sentence, no error, nothing found."""
    empty = PodmanContainers(NODE, LinuxProc(), LocalRecords(), [PodmanStorage(tmp_path / "none", tmp_path / "run")])
    assert "podman" in empty.available()
    assert empty.images() == ()
    assert empty.containers() == ()


@pytest.mark.container
def test_what_a_container_was_given_is_told(runtime: ContainerRuntime, tiny_image: TinyImage, tmp_path: Path) -> None:
    """Capabilities, namespaces, mounts, devices and the missing filter, as a real podman starts it."""
    wide = (
        "--pid=host",
        "--cap-add=SYS_PTRACE",
        "--security-opt=seccomp=unconfined",
        "--volume=/etc:/host:ro",
        "--device=/dev/fuse",
    )
    started = tiny.run(tiny_image, tmp_path / "out", *wide)
    container = only(runtime, next(started).id)
    assert "CAP_SYS_PTRACE" in container.capabilities
    assert "CAP_SYS_ADMIN" not in container.capabilities
    assert "pid" in container.host_namespaces
    assert "network" not in container.host_namespaces
    assert "/etc:/host:ro" in container.mount_sources
    assert any(entry.endswith(":/out:rw") for entry in container.mount_sources)
    assert container.devices == ("/dev/fuse",)
    assert "seccomp" in container.unconfined
    assert container.folder == "/"
    next(started, None)


@pytest.mark.container
def test_a_usual_container_was_given_nothing(runtime: ContainerRuntime, tiny_container: TinyContainer) -> None:
    """Podman's defaults: own namespaces, a filter, no device, no strong capability."""
    container = only(runtime, tiny_container.id)
    assert container.host_namespaces == ()
    assert container.devices == ()
    assert not {"CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_NET_ADMIN"} & set(container.capabilities)
    assert "periderm.image-build" not in container.labels
