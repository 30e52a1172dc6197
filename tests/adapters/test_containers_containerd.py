"""containerd for real where it is installed; on paper what kubelet adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.containers_containerd import ContainerdContainers
from periderm.adapters.proc_linux import LinuxProc
from periderm.adapters.records_local import LocalRecords
from periderm.model.identity import workload_id
from tests.adapters.containerd import Daemon
from tests.adapters.runtimes import HOST, PaperProc, process, put
from tests.ports import tiny

CRI = {
    "io.kubernetes.cri.container-type": "container",
    "io.kubernetes.cri.container-name": "web",
    "io.kubernetes.cri.sandbox-name": "shop-7d4b9c6f5d-x2x7z",
    "io.kubernetes.cri.sandbox-namespace": "prod",
    "io.kubernetes.cri.image-name": "registry.example/shop:1",
}
ID = "5" * 64


@pytest.mark.container
def test_a_real_container_is_told(daemon: Daemon, tiny_image: tiny.TinyImage, tmp_path: Path) -> None:
    """The same image has the same digest as podman gives it; the process is the kernel's."""
    saved = tmp_path / "image.tar"
    tiny.podman("save", "--quiet", "--format", "docker-archive", "--output", str(saved), tiny_image.reference)
    daemon.ctr("image", "import", str(saved))
    daemon.ctr("run", "--detach", "--label", "io.periderm.owner=web-team", tiny_image.reference, "web-1")
    runtime = ContainerdContainers("n", LinuxProc(), LocalRecords(), str(daemon.root), str(daemon.state))
    assert runtime.available() == ""
    (container,) = runtime.containers()
    assert (container.name, container.image_digest, container.ownership.owner) == ("web-1", tiny_image.digest, "web-team")
    assert container.command == ("/beat",)
    assert container.mount_namespace == Path(f"/proc/{container.pid}/ns/mnt").stat().st_ino
    assert container.overlay_upper.startswith(str(daemon.root))
    assert container.workload_id == workload_id("container", "", "web")
    assert runtime.identify(container.pid) == container
    (image,) = runtime.images()
    assert (image.digest, image.name) == (tiny_image.digest, tiny_image.reference)


def paper(tmp_path: Path, namespace: str = "k8s.io", **changes: object) -> ContainerdContainers:
    """One container of kubelet's, without a database."""
    folder = tmp_path / "state/io.containerd.runtime.v2.task" / namespace / ID
    put(folder / "init.pid", b"42")
    put(folder / "config.json", {"annotations": CRI, "process": {"args": ["nginx"]}})
    facts = process(42, **{"container_id": ID, "runtime": "kubernetes", **changes})
    return ContainerdContainers("n", PaperProc(facts), LocalRecords(), str(tmp_path / "root"), str(tmp_path / "state"))


def test_a_pods_container_is_named_by_its_pod(tmp_path: Path) -> None:
    """From the annotations alone; replicas of a Deployment share their workload."""
    runtime = paper(tmp_path)
    (container,) = runtime.containers()
    assert container.name == "shop-7d4b9c6f5d-x2x7z/web"
    assert container.image_name == "registry.example/shop:1"
    assert container.workload_id == workload_id("kubernetes", "prod", "shop/web")
    assert runtime.identify(42) == container


def test_dockers_containers_are_left_to_docker(tmp_path: Path) -> None:
    """Docker runs them through containerd, namespace moby."""
    assert paper(tmp_path, "moby").containers() == ()


@pytest.mark.parametrize("changes", [{"mount_namespace": HOST}, {"container_id": "6" * 64}])
def test_a_stale_record_is_no_container(tmp_path: Path, changes: dict[str, object]) -> None:
    """The kernel's facts decide."""
    assert paper(tmp_path, **changes).containers() == ()


def test_names_that_lead_elsewhere_are_not_followed(tmp_path: Path) -> None:
    """Folders that containerd would never make."""
    runtime = paper(tmp_path)
    (tmp_path / "state/io.containerd.runtime.v2.task" / "-odd-").mkdir()
    assert len(runtime.containers()) == 1


def test_a_machine_without_containerd_says_so(tmp_path: Path) -> None:
    """One sentence."""
    runtime = ContainerdContainers("n", PaperProc(), LocalRecords(), str(tmp_path), str(tmp_path))
    assert "containerd" in runtime.available()
    assert runtime.images() == ()
    assert runtime.containers() == ()
