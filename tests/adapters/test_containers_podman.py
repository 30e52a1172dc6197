"""Podman's records on paper: what a real podman on this machine does not show (podman 5, rootless users, lies)."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from periderm.adapters.containers_podman import PodmanContainers, PodmanStorage
from periderm.adapters.records_local import LocalRecords
from periderm.formats.podman_records import big_data_name
from periderm.model.errors import ContainerRuntimeError
from periderm.ports.proc import ProcessFacts
from tests.adapters.runtimes import HOST, PaperProc, process, put

ID, OTHER, IMAGE, BASE = "c" * 64, "d" * 64, "1" * 64, "2" * 64


def storage(tmp_path: Path, *, owner: int = 0, pid: bytes = b"42") -> PodmanStorage:
    """A storage with one container."""
    root, run = tmp_path / "root", tmp_path / "run"
    record = {"id": ID, "names": ["web-1"], "image": IMAGE, "layer": "a" * 64, "metadata": json.dumps({"image-name": "shop:1"})}
    put(root / "overlay-containers/containers.json", [record])
    put(run / "overlay-containers" / ID / "userdata/pidfile", pid)
    return PodmanStorage(root, run, owner)


def podman(place: PodmanStorage, *facts: ProcessFacts) -> PodmanContainers:
    """Podman on a machine with these processes."""
    return PodmanContainers("n", PaperProc(*facts), LocalRecords(), [place])


def test_names_come_from_the_storage_if_there_is_no_database(tmp_path: Path) -> None:
    """Less is known, but the container is."""
    (container,) = podman(storage(tmp_path), process(42, overlay_upper="/up")).containers()
    assert (container.name, container.image_name, container.image_digest) == ("web-1", "shop:1", f"sha256:{IMAGE}")
    assert container.overlay_upper == "/up"


def test_podman_5_keeps_its_containers_in_sqlite(tmp_path: Path) -> None:
    """The table as podman 5 makes it (sqlite_state_internal.go)."""
    place = storage(tmp_path)
    connection = sqlite3.connect(place.root / "db.sql")
    connection.execute(
        "CREATE TABLE ContainerConfig(ID TEXT PRIMARY KEY NOT NULL, Name TEXT UNIQUE NOT NULL, PodID TEXT, JSON TEXT NOT NULL)"
    )
    config = {"id": ID, "name": "shop", "labels": {"io.periderm.owner": "web"}, "privileged": True, "command": ["/x"]}
    connection.execute("INSERT INTO ContainerConfig VALUES (?,?,?,?)", (ID, "shop", None, json.dumps(config).encode()))
    connection.commit()
    connection.close()
    (container,) = podman(place, process(42)).containers()
    assert (container.name, container.ownership.owner, container.privileged, container.command) == (
        "shop",
        "web",
        True,
        ("/x",),
    )


@pytest.mark.parametrize(
    "hostile",
    [
        (
            "CREATE VIEW ContainerConfig AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS JSON FROM n WHERE i < 0"
        ),
        "CREATE TABLE ContainerConfig(JSON); INSERT INTO ContainerConfig VALUES (7), (NULL), ('{'), ('[]')",
        "CREATE TABLE Other(x)",
    ],
)
def test_a_users_database_cannot_hold_us_up(tmp_path: Path, hostile: str) -> None:
    """An endless view, wrong types, no table: the container is still told, by its other records."""
    place = storage(tmp_path, owner=1000)
    connection = sqlite3.connect(place.root / "db.sql")
    connection.executescript(hostile)
    connection.close()
    (container,) = podman(place, process(42, owners=(1000,))).containers()
    assert container.name == "web-1"


@pytest.mark.parametrize(
    ("pid", "facts"),
    [
        (b"42", process(42, mount_namespace=HOST)),  # a process of the host passed off as a container
        (b"42", process(42, mount_namespace=0)),
        (b"42", process(42, container_id=OTHER, runtime="podman")),  # another container's process
        (b"42", process(42, owners=(0,))),  # root's process in a user's record
        (b"41", process(42, owners=(1000,))),
        (b"99999999999999999999", process(42, owners=(1000,))),
        (b"-1", process(42, owners=(1000,))),
    ],
)
def test_a_users_lies_make_no_container(tmp_path: Path, pid: bytes, facts: ProcessFacts) -> None:
    """Whatever a rootless user writes, the kernel's facts decide."""
    assert podman(storage(tmp_path, owner=1000, pid=pid), facts).containers() == ()


def test_a_rootless_container_is_told(tmp_path: Path) -> None:
    """Its process may run as a subordinate id; its user namespace maps the user's."""
    (container,) = podman(storage(tmp_path, owner=1000), process(42, owners=(1000, 100000))).containers()
    assert container.pid == 42


def test_what_came_by_nsenter_is_found_by_its_namespace(tmp_path: Path) -> None:
    """Once the container is known, a process in its mount namespace belongs to it whatever its cgroup says."""
    runtime = podman(storage(tmp_path), process(42), process(50, mount_namespace=HOST + 42), process(51))
    assert runtime.identify(50) is None
    (container,) = runtime.containers()
    assert runtime.identify(50) == container
    assert runtime.identify(51) is None


def test_steps_of_a_build_are_no_images_of_their_own(tmp_path: Path) -> None:
    """What `podman images` hides is hidden; what a container uses is not."""
    place = storage(tmp_path)
    put(place.root / "overlay-layers/layers.json", [{"id": "l1", "diff-size": 5}, {"id": "l2", "parent": "l1", "diff-size": 7}])
    images = [{"id": BASE, "names": None, "layer": "l1"}, {"id": "3" * 64, "names": ["shop:1"], "layer": "l2"}]
    put(place.root / "overlay-images/images.json", images)
    (image,) = podman(place).images()
    assert (image.name, image.size) == ("shop:1", 12)
    put(place.root / "overlay-images/images.json", [{**images[0], "id": IMAGE}, images[1]])
    assert {i.digest for i in podman(place).images()} == {f"sha256:{IMAGE}", "sha256:" + "3" * 64}


def test_broken_records_are_told(tmp_path: Path) -> None:
    """Not a silence that looks like an empty machine."""
    place = storage(tmp_path)
    put(place.root / "overlay-containers/containers.json", b"{")
    with pytest.raises(ContainerRuntimeError, match="cannot be read"):
        podman(place).containers()
    put(place.root / "overlay-images/images.json", b"{")
    with pytest.raises(ContainerRuntimeError, match="cannot be read"):
        podman(place).images()


def test_a_step_of_a_build_is_told_as_such(tmp_path: Path) -> None:
    """Neither pid file nor cgroup name it: the layer that is its root does. It stays as long as its process."""
    place = storage(tmp_path, pid=b"")
    record = {"id": ID, "names": ["base-working-container"], "image": IMAGE, "layer": "a" * 64}
    put(place.root / "overlay-containers/containers.json", [record])
    upper = str(place.root / "overlay" / ("a" * 64) / "diff")
    runtime = podman(place, process(42, overlay_upper=upper), process(43, overlay_upper="/elsewhere/diff"))
    assert runtime.containers() == ()
    step = runtime.identify(42)
    assert step is not None
    assert (step.name, step.labels, step.pid) == ("base-working-container", {"periderm.image-build": "true"}, 42)
    assert runtime.containers() == (step,)
    assert runtime.identify(43) is None


def test_nobody_can_call_itself_a_step_of_a_build(tmp_path: Path) -> None:
    """A label that would quieten detectors is not taken from an image or a command line, nor a container of libpod's with
    the same layer for one."""
    place = storage(tmp_path)
    put(place.root / "overlay-images/images.json", [{"id": IMAGE, "names": ["shop:1"], "layer": "l"}])
    config = {"config": {"Labels": {"periderm.image-build": "true", "a": "b"}}}
    put(place.root / "overlay-images" / IMAGE / big_data_name(f"sha256:{IMAGE}"), config)
    upper = str(place.root / "overlay" / ("a" * 64) / "diff")
    runtime = podman(place, process(42, overlay_upper=upper), process(44, overlay_upper=upper))
    (container,) = runtime.containers()
    assert container.labels == {"a": "b"}
    put(place.root / "overlay-containers/containers.json", [json_record(layer="a" * 64)])
    assert runtime.identify(44) is None


def json_record(*, layer: str) -> dict[str, object]:
    """A container that libpod made."""
    return {"id": ID, "names": ["web-1"], "image": IMAGE, "layer": layer, "metadata": json.dumps({"image-name": "shop:1"})}


def test_what_a_container_was_given_is_told(tmp_path: Path) -> None:
    """From the configuration that the OCI runtime was given."""
    place = storage(tmp_path)
    config = {
        "process": {"args": ["/x"], "cwd": "/srv", "capabilities": {"bounding": ["CAP_SYS_ADMIN", "CAP_CHOWN"]}},
        "mounts": [{"destination": "/host", "source": "/", "options": ["ro", "rbind"]}],
        "linux": {"namespaces": [{"type": "mount"}, {"type": "ipc"}, {"type": "uts"}], "devices": [{"path": "/dev/sda"}]},
    }
    put(place.root / "overlay-containers" / ID / "userdata/config.json", config)
    (container,) = podman(place, process(42)).containers()
    assert container.capabilities == ("CAP_CHOWN", "CAP_SYS_ADMIN")
    assert container.host_namespaces == ("pid", "network")
    assert container.mount_sources == ("/:/host:ro",)
    assert container.devices == ("/dev/sda",)
    assert container.unconfined == ("seccomp", "masked-paths")
    assert container.folder == "/srv"
