"""Docker's records, written here in their documented form: no docker engine runs on the machines of these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.containers_docker import DockerContainers
from periderm.adapters.records_local import LocalRecords
from periderm.model.errors import ContainerRuntimeError
from periderm.model.identity import container_id, image_id, workload_id
from periderm.ports.proc import ProcessFacts
from tests.adapters.runtimes import HOST, PaperProc, process, put

ID = "8" * 64
DIGEST = "sha256:" + "9" * 64
RECORD: dict[str, object] = {
    "ID": ID,
    "State": {"Running": True, "Pid": 42, "StartedAt": "2026-01-01T00:00:00Z"},
    "Path": "nginx",
    "Args": ["-g", "daemon off;"],
    "Config": {
        "User": "www",
        "Image": "shop:1",
        "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": "web", "owner": "web-team"},
    },
    "Image": DIGEST,
    "Name": "/shop-web-1",
    "MountPoints": {"/var/run/docker.sock": {"Source": "/var/run/docker.sock", "Destination": "/var/run/docker.sock"}},
}


def docker(root: Path, *facts: ProcessFacts) -> DockerContainers:
    """Docker with its data at `root`."""
    return DockerContainers("n", PaperProc(*facts), LocalRecords(), str(root), str(root / "run"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """One running container and one image with a name."""
    put(tmp_path / "containers" / ID / "config.v2.json", RECORD)
    put(tmp_path / "containers" / ID / "hostconfig.json", {"Privileged": True})
    put(tmp_path / "image/overlay2/repositories.json", {"Repositories": {"shop": {"shop:1": DIGEST}}})
    facts = {"created": "2026-01-01T00:00:00Z", "config": {"Labels": {"maintainer": "someone"}}}
    put(tmp_path / "image/overlay2/imagedb/content/sha256" / ("9" * 64), facts)
    return tmp_path


def test_a_running_container_is_told(root: Path) -> None:
    """Everything that ties events to it, its owner and its workload."""
    runtime = docker(root, process(42, container_id=ID, runtime="docker", overlay_upper="/up"))
    (container,) = runtime.containers()
    assert container.id == container_id("n", ID)
    assert (container.name, container.runtime, container.image_digest) == ("shop-web-1", "docker", DIGEST)
    assert (container.pid, container.mount_namespace, container.overlay_upper) == (42, HOST + 42, "/up")
    assert container.privileged
    assert container.command == ("nginx", "-g", "daemon off;")
    assert container.mounts == ("/var/run/docker.sock:/var/run/docker.sock",)
    assert container.workload_id == workload_id("compose", "shop", "web")
    assert (container.ownership.owner, container.ownership.application) == ("web-team", "shop")
    assert runtime.identify(42) == container


@pytest.mark.parametrize(
    "facts", [(), (process(42, mount_namespace=HOST),), (process(42, container_id="7" * 64),)], ids=["gone", "host", "another"]
)
def test_a_record_that_outlived_its_process_is_no_container(root: Path, facts: tuple[ProcessFacts, ...]) -> None:
    """The daemon may have died without writing the end; the pid may be somebody else's by now."""
    assert docker(root, *facts).containers() == ()


def test_a_stopped_or_half_written_record_is_no_container(root: Path) -> None:
    """And no error."""
    put(root / "containers" / ID / "config.v2.json", {**RECORD, "State": {"Running": False, "Pid": 0}})
    assert docker(root, process(42)).containers() == ()
    put(root / "containers" / ID / "config.v2.json", b'{"ID":')
    assert docker(root, process(42)).containers() == ()
    put(root / "containers" / ID / "config.v2.json", {**RECORD, "ID": "7" * 64})
    assert docker(root, process(42)).containers() == ()


def test_images_are_told(root: Path) -> None:
    """Those that have both a name and a configuration."""
    put(root / "image/overlay2/repositories.json", {"Repositories": {"a": {"shop:1": DIGEST, "half:1": "sha256:" + "0" * 64}}})
    (image,) = docker(root).images()
    assert (image.id, image.name, image.ownership.owner) == (image_id(DIGEST), "shop:1", "someone")


def test_broken_records_are_told(root: Path) -> None:
    """Not a silence that looks like a machine without images."""
    put(root / "image/overlay2/repositories.json", b"{")
    with pytest.raises(ContainerRuntimeError, match="cannot be read"):
        docker(root).images()


def test_a_machine_without_docker_says_so(tmp_path: Path) -> None:
    """One sentence."""
    runtime = docker(tmp_path / "none")
    assert "docker" in runtime.available()
    assert runtime.images() == ()
    assert runtime.containers() == ()


def test_what_a_container_was_given_is_told(root: Path, tmp_path: Path) -> None:
    """From what was asked for; from the OCI runtime's configuration where it can be read, which knows all."""
    put(root / "containers" / ID / "hostconfig.json", {"CapAdd": ["SYS_ADMIN"], "PidMode": "host"})
    facts = process(42, container_id=ID, runtime="docker")
    (container,) = docker(root, facts).containers()
    assert (container.capabilities, container.host_namespaces) == (("CAP_SYS_ADMIN",), ("pid",))
    assert container.mount_sources == ("/var/run/docker.sock:/var/run/docker.sock:rw",)
    config = {
        "process": {"cwd": "/srv", "capabilities": {"bounding": ["CAP_CHOWN"]}},
        "linux": {"namespaces": [{"type": "pid"}], "devices": [{"path": "/dev/kvm"}], "maskedPaths": ["/proc/kcore"]},
    }
    state = tmp_path / "state"
    put(state / "io.containerd.runtime.v2.task" / "moby" / ID / "config.json", config)
    (container,) = DockerContainers("n", PaperProc(facts), LocalRecords(), str(root), str(state)).containers()
    assert (container.capabilities, container.devices, container.folder) == (("CAP_CHOWN",), ("/dev/kvm",), "/srv")
    assert container.host_namespaces == ("network", "ipc", "uts", "mount")
    assert container.unconfined == ("seccomp",)
