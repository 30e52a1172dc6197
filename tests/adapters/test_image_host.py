"""The machine itself as a source."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.image_folder import Tree, folder_layer
from periderm.adapters.image_host import SKIPPED, HostRoot, disks, kernel
from periderm.model.image import Origin
from periderm.ports.image_source import TreeLayer


def open_tree(path: str, skip: object, enter: object) -> TreeLayer:
    """As wiring makes it."""
    assert isinstance(skip, tuple)
    assert isinstance(enter, tuple)
    return folder_layer(Tree(path, skip=skip, enter=enter), "")


def test_containers_and_pseudo_file_systems_are_left_out(tmp_path: Path) -> None:
    """Files of the machine are told; those of containers, /proc and caches are not, and this is said."""
    for path in ("usr/bin/tool", "var/lib/docker/overlay2/x/etc/passwd", "proc/1/status", "var/lib/dpkg/status"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"x")
    with HostRoot(open_tree).open(str(tmp_path), "node-1") as image:
        (layer,) = image.layers
        assert isinstance(layer, TreeLayer)
        files = {item.entry.path for item in layer.entries() if item.entry.size}
    assert files == {"usr/bin/tool", "var/lib/dpkg/status"}
    assert image.reference == "node-1"
    assert image.packages == ()  # another root than this machine's has no running kernel
    assert "var/lib/docker" in image.left_out[0]


def test_this_machine_tells_its_running_kernel() -> None:
    """The kernel that runs is a package, whether or not one installed it; nothing is walked before it is asked for."""
    with HostRoot(open_tree).open("/", "") as image:
        (package,) = image.packages
    assert os.uname().release.startswith(package.version)
    assert package.purl == f"pkg:generic/linux@{package.version}"
    assert package.origin is Origin.RECOGNISED
    assert image.digest.startswith("sha256:")


def test_a_distribution_kernel_names_its_own_version() -> None:
    """Debian's build string tells the source version that its advisories speak of."""
    package = kernel(
        "6.1.0-22-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.94-1 (2024-06-21)", owned="deb:linux-image-6.1.0-22-amd64"
    )
    assert (package.version, package.source_version, package.owner) == ("6.1.0", "6.1.94-1", "deb:linux-image-6.1.0-22-amd64")
    assert kernel("6.18.0-rc3-fast", "#1", owned="").version == "6.18.0-rc3"


def test_only_disks_of_the_machine_are_entered() -> None:
    """A second disk at /var is the machine's own; overlays of containers, /proc and bind mounts are not."""
    lines = (
        b"20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        b"21 20 8:2 / /var rw - xfs /dev/sda2 rw\n"
        b"22 20 0:5 / /proc rw - proc proc rw\n"
        b"23 20 0:40 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw\n"
        b"24 20 8:2 /some /srv/bind rw - xfs /dev/sda2 rw\n"
    )
    assert disks(lines) == ("var",)
    assert disks(b"nonsense") == ()


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_kernel_name_is_told(release: str, version: str) -> None:
    """uname(2) gives what the kernel's builder chose: no text is too odd."""
    assert kernel(release, version, owned="").purl.startswith("pkg:generic/linux")


def test_skipped_paths_are_relative() -> None:
    """They are compared with paths as layers tell them."""
    assert all(not path.startswith("/") and not path.endswith("/") for path in SKIPPED)
